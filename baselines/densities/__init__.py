"""Density estimators: a density fitted to the data, and drawn from directly."""
