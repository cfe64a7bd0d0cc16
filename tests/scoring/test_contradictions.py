"""What contradicts itself is refused: ranges, covariances, probabilities, counts."""

import numpy as np
import pytest
import torch

import genbench
from genbench import BadInput, FeatureMoments
from genbench.ground.arrays import as_probabilities
from genbench.scoring.covariances import check_covariance

RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 256, (20, 16, 16, 3))
FEATURES = RNG.normal(size=(60, 8)) * 10.0 ** np.arange(-4, 4)
SIGMA = np.cov(FEATURES.T)


# The range of values


def psnr(data_range, pictures=PICTURES, **more):
    made = np.clip(pictures + 0.02 * np.ptp(pictures), pictures.min(), pictures.max())
    return genbench.score(
        test=pictures, test_reconstruction=made, data_range=data_range, metrics="psnr", **more
    )["psnr"]


@pytest.mark.parametrize("name", ["test", "train"])
def test_a_range_that_real_pictures_go_beyond_is_refused(name):
    beyond = {"pictures": PICTURES} if name == "test" else {"train": PICTURES}
    pictures = beyond.pop("pictures", PICTURES / 255)

    for data_range in (1, 2, 254):
        with pytest.raises(
            BadInput, match=rf"data_range is {data_range}, but {name} holds values from 0 to 255"
        ):
            psnr(data_range, pictures, **beyond)
    assert psnr(255, pictures, **beyond).value > 20


def test_a_range_that_fits_is_taken():
    assert psnr(1, PICTURES.astype(np.float32) / 255).value == pytest.approx(psnr(255).value, 1e-4)
    assert psnr(2, PICTURES / 127.5 - 1).value == pytest.approx(psnr(255).value, 1e-4)
    assert psnr(510).value > psnr(255).value


# Covariances


def altered(change):
    sigma = SIGMA.copy()
    change(sigma)
    return sigma


def lopsided(sigma):
    sigma[0, 1] += 0.1 * np.sqrt(sigma[0, 0] * sigma[1, 1])


def beyond_one(sigma):
    sigma[0, 1] = sigma[1, 0] = 1.1 * np.sqrt(sigma[0, 0] * sigma[1, 1])


def against_one_another(sigma):  # a goes with b, b with c, but a against c
    roots = np.sqrt(np.diag(sigma))[:3]
    signs = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    sigma[:3, :3] = signs * np.outer(roots, roots)


def negative(sigma):
    sigma[2, 2] *= -1


def constant_that_varies(sigma):
    sigma[3, 3] = 0


WRONG = [
    (lopsided, "it is not symmetric"),
    (beyond_one, "beyond what variances"),
    (against_one_another, "some sum of features would have a negative variance"),
    (negative, "a variance is -"),
    (constant_that_varies, "beyond what variances"),
]


@pytest.mark.parametrize(("change", "message"), WRONG)
def test_a_sigma_that_is_no_covariance_is_refused(tmp_path, change, message):
    np.savez(tmp_path / "a.npz", mu=FEATURES.mean(axis=0), sigma=altered(change), n=60)

    with pytest.raises(BadInput, match=f"sigma is no covariance: .*({message})"):
        genbench.score(test_moments=tmp_path / "a.npz", generated=FEATURES, metrics="fid")
    with pytest.raises(BadInput, match=f"sigma is no covariance: .*({message})"):
        FeatureMoments.load(tmp_path / "a.npz")
    moments = FeatureMoments(60, FEATURES.mean(axis=0), 59 * altered(change))
    if change is not negative:
        with pytest.raises(BadInput, match="the scatter of test_moments is no covariance"):
            genbench.score(test_moments=moments, generated=FEATURES, metrics="fid")


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize(("n", "d"), [(2, 8), (5, 300), (400, 300), (1000, 3)])
def test_covariances_are_taken_whatever_their_rank_and_units(n, d, kind):
    points = RNG.normal(size=(n, d)) * 10 ** RNG.uniform(-9, 9, d)
    points[:, 0] = 3

    check_covariance(np.cov(points.T).astype(kind).astype(float), name="x")
    check_covariance(np.zeros((d, d)), name="x")
    assert FeatureMoments.of(points).gaussian().n == n


# How many samples


@pytest.mark.parametrize("n", [None, 0, 1, -5, 2.5, np.nan, True, "60", 10**20])
def test_moments_say_of_how_many_samples_they_are(n):
    moments = FeatureMoments(n, FEATURES.mean(axis=0), 59 * SIGMA)

    with pytest.raises(BadInput, match="test_moments must say of how many samples it is, at least"):
        genbench.score(test_moments=moments, generated=FEATURES, metrics="fid")


def test_files_of_moments_say_of_how_many_samples_they_are(tmp_path):
    np.savez(tmp_path / "a.npz", mu=FEATURES.mean(axis=0), sigma=SIGMA)
    np.savez(tmp_path / "b.npz", mu=FEATURES.mean(axis=0), sigma=SIGMA, n=60)
    np.savez(tmp_path / "c.npz", mu=FEATURES.mean(axis=0), sigma=SIGMA, n=60.5)

    with pytest.raises(BadInput, match=r"give n, .*FeatureMoments.load\(path, n=50_000\)"):
        genbench.score(test_moments=tmp_path / "a.npz", generated=FEATURES)
    for n in (1, 0.5, "many", True):
        with pytest.raises(BadInput, match="does not say of how many samples it is: give n"):
            FeatureMoments.load(tmp_path / "a.npz", n=n)
    with pytest.raises(BadInput, match=r"b.npz says that it is of 60 samples, not of 59"):
        FeatureMoments.load(tmp_path / "b.npz", n=59)
    with pytest.raises(BadInput, match=r"c.npz: n must be the number of samples"):
        FeatureMoments.load(tmp_path / "c.npz")
    assert FeatureMoments.load(tmp_path / "b.npz", n=60).n == 60


# Probabilities

LOGITS = torch.randn(200, 1000, generator=torch.Generator().manual_seed(0)) * 2


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("held", [lambda rows: rows, torch.Tensor.float, torch.Tensor.double])
def test_a_softmax_of_half_precision_is_one(kind, held):
    rows = held(torch.softmax(LOGITS.to(kind), 1))
    exact = torch.softmax(LOGITS.double(), 1).numpy()

    found = as_probabilities(rows, name="x")

    np.testing.assert_allclose(found.sum(axis=1), 1)
    np.testing.assert_allclose(found, exact, atol=0.02)


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float32])
def test_logits_of_any_precision_are_called_so(kind):
    with pytest.raises(BadInput, match="apply a softmax to logits first"):
        as_probabilities(LOGITS.to(kind), name="x")


def test_rows_that_are_off_by_more_than_rounding_are_not_called_logits():
    exact = torch.softmax(LOGITS.double(), 1).numpy()

    with pytest.raises(BadInput, match=r"sums to 0.95.*; divide each row by its sum first"):
        as_probabilities(0.95 * exact, name="x")
