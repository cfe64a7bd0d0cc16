"""Autoencoders: a code learned by reconstruction, and a density on the code."""
