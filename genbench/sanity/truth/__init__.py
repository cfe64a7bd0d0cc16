"""Truth: models whose distance from a law is known, and which metrics put them in its order."""
