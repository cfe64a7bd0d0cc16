"""Strength of players from the results of their games: Glicko-2 and Bradley-Terry.

Glickman, "Example of the Glicko-2 system", 2013 (revised 2022),
http://www.glicko.net/glicko/glicko2.pdf; Bradley and Terry, "Rank analysis of incomplete block
designs", Biometrika 1952, https://doi.org/10.2307/2334029.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput

SCALE = 173.7178  # points of a rating per unit of log-odds
TAU = 0.5  # how freely volatility may change
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Rating:
    """A player's strength in points, its standard deviation, and how erratic it is."""

    rating: float = 1500.0
    deviation: float = 350.0
    volatility: float = 0.06


def glicko2(
    player: Rating, opponents: Sequence[Rating], scores: Sequence[float], *, tau: float = TAU
) -> Rating:
    """Return the rating after one period of games, with a score from 0 to 1 against each opponent.

    Raises:
        BadInput: no games, or not one score from 0 to 1 for each.
    """
    points = np.asarray(scores, dtype=float)
    if not len(opponents) or points.shape != (len(opponents),):
        raise BadInput(f"{len(opponents)} opponents need as many scores, not {points.shape}.")
    if not ((points >= 0) & (points <= 1)).all():
        raise BadInput("scores must lie between 0 and 1.")
    strength, spread = (player.rating - 1500) / SCALE, player.deviation / SCALE
    others = np.array([(other.rating - 1500) / SCALE for other in opponents])
    spreads = np.array([other.deviation / SCALE for other in opponents])
    weights = 1 / np.sqrt(1 + 3 * spreads**2 / np.pi**2)
    expected = scipy.special.expit(weights * (strength - others))
    variance = 1 / (weights**2 * expected * (1 - expected)).sum()
    gain = (weights * (points - expected)).sum()
    volatility = _volatility(variance * gain, spread, variance, player.volatility, tau)
    spread = 1 / np.sqrt(1 / (spread**2 + volatility**2) + 1 / variance)
    strength += spread**2 * gain
    return Rating(float(1500 + SCALE * strength), float(SCALE * spread), volatility)


def _volatility(
    change: float, spread: float, variance: float, volatility: float, tau: float
) -> float:
    """Return the most probable volatility after a change of strength."""
    from scipy.optimize import brentq

    start = np.log(volatility**2)

    def slope(x: float) -> float:
        total = spread**2 + variance + np.exp(x)
        gained = np.exp(x) * (change**2 - total) / (2 * total**2)
        return float(gained - (x - start) / tau**2)

    # It falls from plus to minus infinity: widen until the root is inside.
    low, high = start - tau, start + tau
    while slope(low) < 0:
        low -= tau
    while slope(high) > 0:
        high += tau
    return float(np.exp(brentq(slope, low, high, xtol=TOLERANCE) / 2))


def bradley_terry(wins: Array) -> tuple[Array, Array]:
    """Return log-odds of every player (n,), which sum to zero, and their covariance (n, n).

    wins: (n, n) games that the row's player won against the column's. The likelihood is greatest
    at the result, whatever the order of games.

    Raises:
        BadInput: not a square table of numbers from 0 up, or some players never lost to any of the
            others, so that their strength has no bound.
    """
    wins = np.asarray(wins, dtype=float)
    if wins.ndim != 2 or wins.shape[0] != wins.shape[1] or len(wins) < 2:
        raise BadInput(f"wins must be a square table of two players or more, not {wins.shape}.")
    if not np.isfinite(wins).all() or (wins < 0).any():
        raise BadInput("wins must be numbers from 0 up.")
    n = len(wins)
    reached = np.linalg.matrix_power(np.eye(n) + (wins > 0), n) > 0
    if not reached.all():
        raise BadInput("some players never lost to any of the others: their strength is unbounded.")
    games = wins + wins.T
    strength = np.zeros(n)
    for _ in range(100):
        chance = scipy.special.expit(strength[:, None] - strength)
        gradient = (wins - games * chance).sum(axis=1)
        curvature = games * chance * (1 - chance)
        information = np.diag(curvature.sum(axis=1)) - curvature
        covariance = np.linalg.pinv(information, hermitian=True)
        step = covariance @ gradient
        strength += step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-12:
            break
    return np.asarray(strength - strength.mean()), np.asarray(covariance)
