"""Attack: samples that are moved until a metric likes them, whatever they look like."""
