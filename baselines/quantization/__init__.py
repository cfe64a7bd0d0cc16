"""Quantization: data as few codewords, and the frequencies of these."""
