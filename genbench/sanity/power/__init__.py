"""Power: how many samples show a difference, and whether that is so when samples are drawn."""
