"""The words a person types: commands, and the lists they print."""
