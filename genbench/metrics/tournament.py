"""A tournament: every model's samples before every other model's discriminator.

Olsson et al., "Skill rating for generative models", 2018, https://arxiv.org/abs/1808.04888.

Differs from the paper: one round robin of finished models, rated in one Glicko-2 period, so that
order plays no part; win rate and rating leave out a model's own discriminator; a game's score is
the share of samples that are called real. Numbers hold within the pool only.

It is a matrix game, too: Balduzzi, Tuyls, Perolat and Graepel, "Re-evaluating evaluation", NeurIPS
2018, https://arxiv.org/abs/1806.02643. Differs from the paper: payoffs are shares, in which a mix
of discriminators is linear, not log-odds, which certain results make infinite; the zero is test
samples, not the game's value, which every model that the best mix uses reaches, however bad; and
equal rows are one, so that clones move nothing.
"""

import math

import numpy as np

from genbench.evidence.matches import Matches
from genbench.ground.arrays import Array
from genbench.metric import Metric
from genbench.tournament.ratings import Rating, bradley_terry, glicko2

NUDGE = 1e-4  # of a result, to see how far a rating moves


def tournament_win_rate(matches: Matches) -> float:
    """Share of generated samples that the pool's other discriminators call real, on average."""
    return float(matches.won.mean())


def skill_rating(matches: Matches) -> float:
    """Glicko-2 rating of the model's samples after a game against each of the pool's others."""
    return _rated(matches.won).rating


def bradley_terry_strength(matches: Matches) -> float:
    """Log-odds of being called real, over those of the pool's average model, all else equal.

    The likelihood's maximum over strengths of models and of discriminators at once. Each model
    meets every discriminator, its own too, so that all have the same opponents. Each game counts
    half a win and half a loss more, which keeps strengths finite.
    """
    strengths, _ = _bradley_terry(matches)
    n = len(matches.pool.names)
    return float(strengths[matches.pool.index] - strengths[:n].mean())


def nash_average(matches: Matches) -> float:
    """Share of samples that the pool's hardest mix of judges calls real, less that of test ones.

    Strong discriminators that say the same count once, however many they are, and what no good
    model meets does not count. The mix is found from the same results, so that of a small pool with
    few samples it is a little harder on all than it would be on others.
    """
    won, by_test = _before_the_hardest(matches)
    return won - by_test


def win_rate_of_test(matches: Matches) -> float:
    """Share of test samples that the same discriminators call real."""
    return float(matches.won_by_test.mean())


def rating_of_test(matches: Matches) -> float:
    """Rating of test samples after the same games."""
    return _rated(matches.won_by_test).rating


def win_rate_error(matches: Matches) -> float:
    """Standard error over judged samples."""
    return float(np.sqrt(max(matches.covariance.mean(), 0.0)))


def rating_error(matches: Matches) -> float:
    """Standard error over judged samples, by the delta method: how the rating moves with results.

    It is no deviation of Glicko-2, which would stay wide however many samples are judged: to that
    system a pool's rivals are as many games, and skills may change.
    """
    won = matches.won
    steps = NUDGE * np.eye(len(won))
    moved = [_rated(won + step).rating - _rated(won - step).rating for step in steps]
    slopes = np.array(moved) / (2 * NUDGE)
    return math.sqrt(max(float(slopes @ matches.covariance @ slopes), 0.0))


def nash_error(matches: Matches) -> float:
    """Standard error over judged samples of the model and of the test set.

    Where it is not known which samples two discriminators both call real, as of test samples, it is
    as if all agreed: the most that it may be.
    """
    pool, mix = matches.pool, matches.hardest
    won, by_test = _before_the_hardest(matches)
    both = won
    if pool.both_call_real is not None:
        both = float(mix @ pool.both_call_real[:, :, pool.index] @ mix)
    variance = (both - won**2) / matches.n_judged + by_test * (1 - by_test) / pool.n_test
    return math.sqrt(max(variance, 0.0))


def strength_error(matches: Matches) -> float:
    """Standard error by the likelihood's curvature, games taken as independent."""
    _, covariance = _bradley_terry(matches)
    n = len(matches.pool.names)
    contrast = np.zeros(len(covariance))
    contrast[:n] = -1 / n
    contrast[matches.pool.index] += 1
    return float(np.sqrt(contrast @ covariance @ contrast))


def _before_the_hardest(matches: Matches) -> tuple[float, float]:
    """Share of the model's samples, and of test samples, that the hardest mix calls real."""
    pool, mix = matches.pool, matches.hardest
    return float(mix @ pool.called_real[:, pool.index]), float(mix @ (1 - pool.test_errors))


def _rated(scores: Array) -> Rating:
    return glicko2(Rating(), [Rating()] * len(scores), list(scores))


def _bradley_terry(matches: Matches) -> tuple[Array, Array]:
    """Strengths of models, then of discriminators, (2n,)."""
    pool, n = matches.pool, len(matches.pool.names)
    counts = np.asarray(pool.n_samples)
    wins = np.zeros((2 * n, 2 * n))
    wins[:n, n:] = (pool.called_real * counts + 0.5).T
    wins[n:, :n] = (1 - pool.called_real) * counts + 0.5
    return bradley_terry(wins)


JUDGED = "spread over judged samples; discriminators held fixed"

METRICS = (
    Metric(
        compute=tournament_win_rate,
        needs=Matches,
        aim="high",
        bounds=(0, 1),
        catches=(),
        ideal=win_rate_of_test,
        standard_error=win_rate_error,
        uncertainty=JUDGED,
        revision=2,
    ),
    Metric(
        compute=skill_rating,
        needs=Matches,
        aim="high",
        catches=(),
        ideal=rating_of_test,
        standard_error=rating_error,
        uncertainty=JUDGED,
        revision=2,
    ),
    Metric(
        compute=bradley_terry_strength,
        needs=Matches,
        aim="high",
        catches=(),
        standard_error=strength_error,
        uncertainty="curvature of the likelihood; discriminators held fixed",
    ),
    Metric(
        compute=nash_average,
        needs=Matches,
        aim="high",
        bounds=(-1, 1),
        catches=(),
        ideal=0.0,
        standard_error=nash_error,
        uncertainty="spread over judged and test samples; discriminators and mix held fixed",
    ),
)
