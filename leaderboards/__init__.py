"""Boards that have been run; their records are shipped, for other models to stand beside."""
