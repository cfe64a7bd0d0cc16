"""Energy-based models: a density known up to its constant."""
