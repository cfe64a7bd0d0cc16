"""Autoregressive models: each coordinate drawn given those before it."""
