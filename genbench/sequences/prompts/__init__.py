"""Models of sequences are asked for what they have learned, in several ways."""
