"""Standard errors over parts: by the definition written out, and against laws that are known."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from genbench.evidence import Comparison, Evidence, Reference, neighbours, proximity
from genbench.evidence.parts import FREEDOM, PART, OverParts, on_parts
from genbench.ground.errors import Unavailable


@dataclass(frozen=True, eq=False)
class Sets(Evidence):
    """The sets themselves."""

    inputs: ClassVar = ("test", "generated")

    test: np.ndarray
    generated: np.ndarray
    labels: np.ndarray | None

    @classmethod
    def of(cls, comparison):
        """Take them as they are."""
        reference = comparison.reference
        return cls(reference.test_set, comparison.generated_set, reference.test_labels)


def compared(test, generated, *, seed=0, **known):
    reference = Reference(test=test, **known)
    return Comparison(reference=reference, generated=generated, seed=seed)


def difference(sets):
    return float(sets.generated.mean() - sets.test.mean())


def test_parts_of_a_cut_hold_every_sample_once_and_rows_stay_together():
    test = np.arange(61.0)[:, None]
    comparison = compared(test, -np.arange(40.0)[:, None], test_labels=np.arange(61))

    cuts = comparison.get(on_parts(Sets))

    assert len(cuts) == FREEDOM  # of two parts each
    for parts in cuts:
        assert sorted(np.concatenate([part.labels for part in parts])) == list(range(61))
        assert sorted(np.concatenate([-part.generated[:, 0] for part in parts])) == list(range(40))
        for part in parts:
            assert (part.labels == part.test[:, 0]).all()
    assert len({tuple(cut[0].labels) for cut in cuts}) == len(cuts)


def test_the_error_is_the_spread_over_parts_of_one_cut_averaged_over_cuts():
    rng = np.random.default_rng(1)
    comparison = compared(rng.normal(size=(90, 1)), rng.normal(size=(30, 1)))

    found = OverParts().error(difference, Sets, comparison, 0.0)

    values = np.array(
        [[difference(part) for part in cut] for cut in comparison.get(on_parts(Sets))]
    )
    squares = [((row - row.mean()) ** 2).sum() / (len(row) - 1) / len(row) for row in values]
    assert found == pytest.approx(np.sqrt(np.mean(squares)))


@pytest.mark.parametrize(("n", "m"), [(100, 40), (2100, 1700)])
def test_of_means_it_is_their_standard_error(n, m):
    rng = np.random.default_rng(2)
    errors = [
        OverParts().error(
            difference,
            Sets,
            compared(rng.normal(size=(n, 1)), 3 * rng.normal(size=(m, 1)), seed=seed),
            0.0,
        )
        for seed in range(60)
    ]

    # The root of a mean of chi-squares of 10 degrees is good to 2.9 % of 60.
    truth = np.sqrt(1 / n + 9 / m)
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(truth, rel=4 * 0.029)


def test_large_sets_are_cut_into_more_parts_and_fewer_times():
    rng = np.random.default_rng(3)

    cuts = compared(rng.normal(size=(9 * PART, 1)), rng.normal(size=(12 * PART, 1))).get(
        on_parts(Sets)
    )

    assert [len(cut) for cut in cuts] == [9, 9]


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_of_a_square_whose_root_scatters_as_a_mean_does_it_is_right_near_zero_too(scale):
    """Where means are equal n times the square is a chi-square: its spread falls as 1 / n."""
    rng, n = np.random.default_rng(4), 60

    def square(sets):
        return difference(sets) ** 2

    values, errors = [], []
    for seed in range(400):
        comparison = compared(
            rng.normal(size=(n, 1)), scale - 1 + rng.normal(size=(n, 1)), seed=seed
        )
        values.append(square(Sets.of(comparison)))
        errors.append(OverParts(power=0.5).error(square, Sets, comparison, values[-1]))

    spread = np.std(values)
    # A chi-square of one degree has its own error made of its root's, cut off at zero.
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(spread, rel=0.3)


def test_of_a_distance_that_shrinks_with_density_its_share_is_what_carries_over():
    rng, n, d = np.random.default_rng(5), 80, 2

    def distance(sets):
        squares = ((sets.test[:, None] - sets.generated) ** 2).sum(axis=2)
        return float(np.sqrt(squares.min(axis=1)).mean())

    values, errors, plain = [], [], []
    for seed in range(150):
        comparison = compared(rng.uniform(size=(n, d)), rng.uniform(size=(n, d)), seed=seed)
        values.append(distance(Sets.of(comparison)))
        errors.append(OverParts(power=0).error(distance, Sets, comparison, values[-1]))
        plain.append(OverParts().error(distance, Sets, comparison, values[-1]))

    ratios = [np.sqrt(np.mean(np.square(found))) / np.std(values) for found in (errors, plain)]
    assert ratios[0] == pytest.approx(1, abs=0.25)
    assert ratios[1] > 1.25 * ratios[0]  # parts of half the points are wider apart


def test_a_part_without_a_number_takes_its_cut_with_it_and_too_many_take_all():
    rng = np.random.default_rng(6)
    labels = np.zeros(40, dtype=int)
    labels[:7] = 1
    comparison = compared(rng.normal(size=(40, 1)), rng.normal(size=(40, 1)), test_labels=labels)

    def of_fewest(fewest):
        def compute(sets):
            if sets.labels.sum() < fewest:
                raise Unavailable("too few")
            return difference(sets)

        return compute

    assert OverParts().error(of_fewest(1), Sets, comparison, 0.0) > 0
    with pytest.raises(Unavailable, match="too small"):
        OverParts().error(of_fewest(4), Sets, comparison, 0.0)  # one part has at most three


def test_small_sets_have_none_and_sets_that_are_not_needed_do_not_count():
    rng = np.random.default_rng(7)
    few, many = rng.normal(size=(19, 1)), rng.normal(size=(40, 1))

    with pytest.raises(Unavailable, match="19 samples"):
        OverParts().error(difference, Sets, compared(many, few), 0.0)
    with_few = compared(many, many + 1, train=few)
    assert OverParts().error(difference, Sets, with_few, 1.0) > 0
    assert with_few.of_rows({"test": np.arange(3)}).reference.train.shape == (19, 1)


def test_of_what_is_learned_and_judged_both_are_counted_once():
    """The value is a learned number plus the mean over test samples."""
    rng = np.random.default_rng(8)
    comparison = compared(rng.normal(size=(80, 1)), rng.normal(size=(60, 1)))

    def judging(sets):
        return float(sets.test.std(ddof=1) / np.sqrt(len(sets.test)))

    found = OverParts(judging=judging).error(difference, Sets, comparison, 0.0)

    cuts = comparison.get(on_parts(Sets))
    total = np.mean([np.var([difference(part) for part in cut], ddof=1) / 2 for cut in cuts])
    judged = np.mean([[judging(part) ** 2 for part in cut] for cut in cuts]) / 2
    whole = judging(Sets.of(comparison)) ** 2
    assert total > judged
    assert found == pytest.approx(np.sqrt(whole + (total - judged) / 2))  # of two parts


@dataclass(frozen=True, eq=False)
class Distances(Sets):
    """The same, of which distances are all that is read."""

    reads_distances_only: ClassVar = True


def test_points_of_more_dimensions_than_there_are_of_them_are_had_in_coordinates_of_their_span():
    rng = np.random.default_rng(9)
    test, generated = 5 + rng.normal(size=(40, 300)), rng.normal(size=(30, 300))
    comparison = compared(test, generated, test_labels=np.arange(40))

    (part, *_), *_ = comparison.get(on_parts(Distances))

    assert part.test.shape[1] == 70
    (whole, *_), *_ = comparison.get(on_parts(Sets))
    assert whole.test.shape[1] == 300
    of_part, of_whole = (
        np.linalg.norm(one.test[:, None] - one.generated, axis=2) for one in (part, whole)
    )
    assert of_part == pytest.approx(of_whole, rel=1e-12)


def test_what_depends_on_parts_of_train_alone_is_found_once_for_all_models(monkeypatch):
    rng = np.random.default_rng(9)
    train = rng.normal(size=(400, 3))
    models = [rng.normal(size=(300, 3)) * scale for scale in (1.0, 1.2)]
    calls = []
    original = neighbours.nearest
    monkeypatch.setattr(
        neighbours, "nearest", lambda *of, **more: calls.append(more) or original(*of, **more)
    )

    def errors(references):
        found = []
        for reference, generated in zip(references, models, strict=True):
            comparison = Comparison(reference=reference, generated=generated)
            evidence = comparison.get(on_parts(proximity.Proximity))
            found.append([part.spacing_there for cut in evidence for part in cut])
        return found

    shared = Reference(train=train)
    together = errors([shared, shared])
    within = sum(more.get("same", False) for more in calls)
    calls.clear()
    apart = errors([Reference(train=train), Reference(train=train)])

    assert 2 * within == sum(more.get("same", False) for more in calls) > 0
    for one, other in zip(together, apart, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)
