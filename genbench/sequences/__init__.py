"""Sequences of symbols: how models are made to write them, asked, and made larger."""
