"""Controls: what no model is, to read the measures by: copies, blurred copies, noise."""
