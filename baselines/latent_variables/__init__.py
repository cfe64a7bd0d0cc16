"""Latent variable models: a decoder of normal noise, trained by a bound on the likelihood."""
