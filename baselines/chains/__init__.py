"""Markov chains: samples as the states of a walk whose law tends to an estimated density."""
