"""Normalizing flows: bijections between data and normal noise, trained by exact likelihood."""
