"""Models of sequences: of symbols that follow one another, and of series."""
