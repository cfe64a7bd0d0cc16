"""What is left of numbers in double precision when large ones are subtracted from each other."""

ROUNDING = 1e-15  # of what a sum is made of
PRECISE = 1e-3  # of a number: a larger share of it may not be rounding


def is_lost(number: float, rounding: float) -> bool:
    """Tell whether a number that may be off by so much is little else."""
    return rounding > PRECISE * abs(number)
