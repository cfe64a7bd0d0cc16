"""Accumulators: added up, batches say what all samples together would have said."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import genbench
from genbench.ground.errors import BadInput
from genbench.scoring.accumulators import ClassMoments, FeatureMoments

RNG = np.random.default_rng(0)
FEATURES = RNG.normal(size=(60, 3)) @ RNG.normal(size=(3, 3)) + 1e6
TABLE = RNG.dirichlet(np.ones(4), size=50)


def added(accumulator, rows, cuts):
    parts = np.split(rows, sorted(cuts))
    first, *others = (accumulator.of(part) for part in parts if len(part))
    for other in others:
        first = first + other
    return first


@given(st.lists(st.integers(1, 59), max_size=6, unique=True))
def test_moments_of_batches_are_those_of_all(cuts):
    found = added(FeatureMoments, FEATURES, cuts)

    assert found.n == 60
    np.testing.assert_allclose(found.mean, FEATURES.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.covariance, np.cov(FEATURES, rowvar=False), rtol=1e-7)


@given(st.lists(st.integers(1, 49), max_size=6, unique=True))
def test_class_moments_of_batches_are_those_of_all(cuts):
    found = added(ClassMoments, TABLE, cuts)
    whole = genbench.score(generated_probabilities=TABLE, metrics="is")["is"].value

    assert found.n == 50
    assert found.inception_score == pytest.approx(whole, rel=1e-12)


def test_samples_of_any_shape_are_features():
    assert FeatureMoments.of(RNG.normal(size=(5, 2, 3))).mean.shape == (6,)


def test_the_frechet_distance_of_moments_is_that_of_samples():
    test, generated = RNG.normal(size=(80, 3)), 1.5 * RNG.normal(size=(70, 3)) + 1
    found = genbench.score(
        test_moments=FeatureMoments.of(test),
        generated_moments=FeatureMoments.of(generated[:30]) + FeatureMoments.of(generated[30:]),
        metrics="fid",
    )["fid"]
    whole = genbench.score(test=test, generated=generated, metrics="fid")["fid"]

    assert found.value == pytest.approx(whole.value, rel=1e-9)
    # Points show how covariances fluctuate, moments alone do not: as a Gaussian's, then.
    assert found.chance == pytest.approx(whole.chance, rel=0.1)


def test_files_give_back_what_was_saved(tmp_path):
    moments, classes = FeatureMoments.of(FEATURES), ClassMoments.of(TABLE)

    moments.save(tmp_path / "moments.npz")
    classes.save(tmp_path / "classes.npz")
    found = FeatureMoments.load(tmp_path / "moments.npz")
    found_classes = ClassMoments.load(tmp_path / "classes.npz")

    assert found.n == 60
    np.testing.assert_array_equal(found.mean, moments.mean)
    np.testing.assert_allclose(found.scatter, moments.scatter, rtol=1e-14)
    assert found_classes.inception_score == classes.inception_score
    assert sorted(path.name for path in tmp_path.iterdir()) == ["classes.npz", "moments.npz"]


def test_statistics_of_other_programs_are_read_if_the_count_is_given(tmp_path):
    path = tmp_path / "statistics.npz"
    np.savez(path, mu=FEATURES.mean(axis=0), sigma=np.cov(FEATURES, rowvar=False))

    found = FeatureMoments.load(path, n=60)

    np.testing.assert_allclose(found.scatter, FeatureMoments.of(FEATURES).scatter, rtol=1e-9)
    with pytest.raises(BadInput, match="does not say of how many samples"):
        FeatureMoments.load(path)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"mean": np.ones(2)}, "holds mean; expected mu, sigma"),
        ({"mu": np.ones(2), "sigma": np.eye(3)}, "must have shape"),
        ({"mu": np.ones(2), "sigma": np.full((2, 2), np.nan)}, "holds NaN"),
    ],
)
def test_files_of_something_else_are_refused(tmp_path, values, reason):
    np.savez(tmp_path / "found.npz", **values)

    with pytest.raises(BadInput, match=reason):
        FeatureMoments.load(tmp_path / "found.npz", n=5)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"some text"])
def test_files_that_are_no_archives_are_refused(tmp_path, content):
    path = tmp_path / "found.npz"
    path.write_bytes(content)

    with pytest.raises(BadInput, match=r"found\.npz is not a readable \.npz file"):
        FeatureMoments.load(path)
    with pytest.raises(BadInput, match="There is no file"):
        FeatureMoments.load(tmp_path / "absent.npz")


def test_what_does_not_fit_is_not_added():
    with pytest.raises(BadInput, match="in 3 and in 2 dimensions"):
        FeatureMoments.of(FEATURES) + FeatureMoments.of(FEATURES[:, :2])
    with pytest.raises(BadInput, match="4 and of 3 classes"):
        ClassMoments.of(TABLE) + ClassMoments.of(np.full((2, 3), 1 / 3))
    with pytest.raises(BadInput, match=r"must end in \.npz"):
        ClassMoments.of(TABLE).save("table.txt")
    with pytest.raises(BadInput, match="must be FeatureMoments or a path"):
        genbench.score(generated_moments=3, test_moments=FeatureMoments.of(FEATURES))
    with pytest.raises(BadInput, match="differ in dimension"):
        genbench.score(
            generated_moments=FeatureMoments.of(FEATURES[:, :2]),
            test_moments=FeatureMoments.of(FEATURES),
        )
    with pytest.raises(BadInput, match="differ in dimension"):
        genbench.score(generated=FEATURES[:, :2], test_moments=FeatureMoments.of(FEATURES))
    with pytest.raises(BadInput, match="of one sample have no covariance"):
        FeatureMoments.of(FEATURES[:1]).gaussian()


def test_moments_of_equal_samples_are_compared_too():
    same = FeatureMoments.of(np.ones((5, 3)))

    found = genbench.score(test_moments=same, generated_moments=same, metrics="fid")["fid"]
    other = genbench.score(generated=FEATURES[:, :3], test_moments=same, metrics="fid")["fid"]

    assert found.value == 0
    centred = ((FEATURES[:, :3].mean(axis=0) - 1) ** 2).sum()
    assert other.value == pytest.approx(centred + FEATURES[:, :3].var(axis=0, ddof=1).sum())
