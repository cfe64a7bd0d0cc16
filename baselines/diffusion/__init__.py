"""Diffusion: noise turned into data in many small steps."""
