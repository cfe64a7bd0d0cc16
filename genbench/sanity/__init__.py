"""The leaderboard of the metrics: how well does each metric itself behave?

A check makes samples whose truth is known, turns a knob, and says what a sound metric must do. Its
measured response is judged by a test, not by eye, and only for the metrics that claim to see what
the check plants.
"""
