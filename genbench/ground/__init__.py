"""What everybody stands on: arrays, errors, files, processes, random numbers."""
