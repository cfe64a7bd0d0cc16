"""Path length: by hand, and of a linear decoder in closed form."""

import numpy as np
import pytest
from scipy.stats import chi2

from genbench.evidence import Comparison, Reference
from genbench.evidence.path_lengths import PathLengths
from genbench.ground.errors import BadInput, Unavailable
from genbench.latents.interpolation import paths
from genbench.metrics.path_length import mean_error, perceptual_path_length


def lengths(path_starts, path_ends, path_step):
    return PathLengths.of(
        Comparison(
            reference=Reference(),
            path_starts=path_starts,
            path_ends=path_ends,
            path_step=path_step,
        )
    )


def normal(k):
    return lambda n, rng: rng.normal(size=(n, k))


def test_matches_the_definition_written_out():
    rng = np.random.default_rng(1)
    starts, ends = rng.normal(size=(2, 250, 2, 3))

    found = lengths(starts, ends, 0.1)

    each = sorted(((a - b) ** 2).sum() / 0.1**2 for a, b in zip(starts, ends, strict=True))
    kept = each[3:-3]  # a hundredth of 250 at either end, and of 249 steps between them: 2.49
    assert perceptual_path_length(found) == pytest.approx(np.mean(kept))
    assert found.parameters == {"step": 0.1, "n_paths": 250, "n_kept": 244}
    assert mean_error(found) == pytest.approx(np.std(kept, ddof=1) / np.sqrt(244))


def test_of_a_linear_decoder_it_is_twice_the_squared_norm():
    A = np.random.default_rng(2).normal(size=(5, 3))

    found = lengths(**paths(lambda z: z @ A.T, normal(3), 20_000, step=1e-3))

    whole = found.squared_speeds
    expected = 2 * (A**2).sum()
    assert whole.mean() == pytest.approx(expected, abs=4 * whole.std() / np.sqrt(20_000))
    assert perceptual_path_length(found) < whole.mean()  # a long tail is cut


def test_what_trimming_leaves_of_a_rotation_is_known_too():
    k = 4

    found = lengths(**paths(lambda z: z, normal(k), 20_000))

    low, high = chi2.ppf([0.01, 0.99], k)
    within = k * (chi2.cdf(high, k + 2) - chi2.cdf(low, k + 2)) / 0.98
    assert perceptual_path_length(found) == pytest.approx(2 * within, abs=5 * mean_error(found))


def test_paths_lie_along_lines_at_even_places():
    lines = iter([np.zeros((500, 1)), np.ones((500, 1))])
    even = paths(lambda z: z, lambda *_: next(lines), 500, step=0.2)

    assert even["path_ends"] - even["path_starts"] == pytest.approx(np.full((500, 1), 0.2))
    assert even["path_starts"].min() >= 0
    assert 0.9 < even["path_ends"].max() <= 1


def test_seeds_repeat_and_differ():
    one, again, other = (
        paths(np.sin, normal(2), 20, seed=seed)["path_starts"] for seed in (1, 1, 2)
    )

    assert (one == again).all()
    assert (one != other).any()


def test_says_when_paths_lead_nowhere():
    still = np.ones((30, 2))

    found = lengths(still, still + 1e-9, 1e-4)

    assert "30 of 30 paths" in found.warnings[0]
    assert lengths(still, still + 1e-3, 1e-4).warnings == ()


def test_refuses_too_few_paths_and_steps_that_are_none():
    with pytest.raises(Unavailable, match="needs 10 path"):
        lengths(np.zeros((4, 2)), np.ones((4, 2)), 0.1)
    with pytest.raises(Unavailable, match="path_step"):
        lengths(np.zeros((20, 2)), np.ones((20, 2)), None)
    with pytest.raises(BadInput, match="between 0 and 1"):
        paths(np.sin, normal(2), 10, step=2)


def test_of_equal_speeds_none_is_least_or_greatest():
    found = lengths(np.zeros((20, 2)), np.ones((20, 2)), 0.5)

    assert perceptual_path_length(found) == 2 / 0.5**2
    assert found.parameters["n_kept"] == 20


def test_rounding_is_that_of_the_largest_value_of_a_sample():
    starts = np.tile([1000.0, 0.0], (20, 1))

    assert "20 of 20 paths" in lengths(starts, starts + 1e-5, 0.1).warnings[0]
