"""Exact samplers: laws whose samples are made of uniform or normal noise in closed form."""
