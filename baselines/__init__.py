"""Baselines: models of every family in a folder each, which `catalog.py` lists."""
