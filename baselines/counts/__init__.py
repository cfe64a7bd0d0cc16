"""Count models: laws of whole numbers, by counting, and what is set aside for the unseen."""
