"""The same numbers as other programs, on the same arrays; or why theirs is not the right one."""

import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest

import genbench
from genbench.metrics.frechet import frechet_distance

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore"),  # what others warn of is not ours to fail on
]

SAME = {"rel": 1e-6, "abs": 1e-12}


def value(name, test, generated, **inputs):
    found = genbench.score(test=test, generated=generated, metrics=name, **inputs)[name]
    assert found.status == "ok", found.reason
    return found.value


def moments(points):
    return points.mean(axis=0), np.cov(points, rowvar=False)


def test_frechet_distance_is_that_of_torch_fidelity(find_peer, features):
    fid = find_peer("torch_fidelity.metric_fid")
    statistics = [dict(zip(("mu", "sigma"), moments(points), strict=True)) for points in features]

    theirs = fid.fid_statistics_to_metric(*statistics, verbose=False)

    assert value("fid", *features) == pytest.approx(theirs["frechet_inception_distance"], **SAME)


def test_frechet_distance_is_that_of_pytorch_fid_with_the_root_it_means(
    find_peer, features, monkeypatch
):
    """Its call `sqrtm(..., disp=False)` is not for every SciPy: it is given one that works."""
    fid_score = find_peer("pytorch_fid.fid_score")
    plain = fid_score.linalg.sqrtm
    monkeypatch.setattr(fid_score.linalg, "sqrtm", lambda matrix, **_: (plain(matrix), 0.0))
    (test_mean, test_covariance), (mean, covariance) = map(moments, features)

    theirs = fid_score.calculate_frechet_distance(test_mean, test_covariance, mean, covariance)

    assert value("fid", *features, preset="pytorch-fid") == pytest.approx(theirs, **SAME)


def test_frechet_and_kernel_distances_are_those_of_clean_fid(find_peer, features, monkeypatch):
    fid = find_peer("cleanfid.fid")
    plain = fid.linalg.sqrtm
    monkeypatch.setattr(fid.linalg, "sqrtm", lambda matrix, **_: (plain(matrix), 0.0))
    test, generated = features
    (test_mean, test_covariance), (mean, covariance) = map(moments, features)

    theirs = fid.frechet_distance(test_mean, test_covariance, mean, covariance)
    whole = test[: len(generated)]  # one subset of everything: the full statistic, on equal sizes
    np.random.seed(0)  # noqa: NPY002  # it draws from the global stream
    kid = fid.kernel_distance(whole, generated, num_subsets=1, max_subset_size=len(generated))

    assert value("fid", test, generated) == pytest.approx(theirs, **SAME)
    assert value("kid", whole, generated) == pytest.approx(kid, **SAME)


def test_frechet_distance_is_that_of_torchmetrics(find_peer, features):
    torch = find_peer("torch")
    image = find_peer("torchmetrics.image.fid")
    theirs = image._compute_fid(
        *(torch.as_tensor(part) for points in features for part in moments(points))
    )

    assert value("fid", *features) == pytest.approx(float(theirs), **SAME)


def test_kernel_distance_of_subsets_is_that_of_torch_fidelity(find_peer, features):
    torch = find_peer("torch")
    kid = find_peer("torch_fidelity.metric_kid")
    test, generated = (torch.as_tensor(points) for points in features)

    theirs = kid.kid_features_to_metric(generated, test, verbose=False)

    ours = genbench.score(
        test=features[0], generated=features[1], metrics="kid", preset="torch-fidelity"
    )["kid"]
    assert ours.value == pytest.approx(theirs["kernel_inception_distance_mean"], **SAME)
    spread = ours.parameters["spread_over_subsets"]
    assert spread == pytest.approx(theirs["kernel_inception_distance_std"], **SAME)
    # Their standard deviation is over subsets, not the error of their mean, and not of ours.
    whole = value("kid", *features)
    assert ours.value == pytest.approx(whole, abs=5 * spread)


def test_kernel_distance_of_subsets_is_that_of_torchmetrics(find_peer, features):
    torch = find_peer("torch")
    kid = find_peer("torchmetrics.image.kid")
    test, generated = (torch.as_tensor(points) for points in features)
    peer = kid.KernelInceptionDistance(feature=torch.nn.Flatten(), normalize=True)
    peer.real_features, peer.fake_features = [test], [generated]

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        theirs, _ = kid.KernelInceptionDistance.compute(peer)

    assert value("kid", *features, preset="torchmetrics", seed=4) == pytest.approx(
        float(theirs), **SAME
    )


def test_inception_score_is_that_of_torch_fidelity(find_peer):
    torch = find_peer("torch")
    isc = find_peer("torch_fidelity.metric_isc")
    logits = np.random.default_rng(1).normal(scale=3, size=(505, 6))
    table = torch.softmax(torch.as_tensor(logits), dim=1).numpy()

    ours = genbench.score(generated_probabilities=table, metrics="is", preset="torch-fidelity")
    whole = genbench.score(generated_probabilities=table, metrics="is")

    theirs = isc.isc_features_to_metric(torch.as_tensor(logits))
    assert ours["is"].value == pytest.approx(theirs["inception_score_mean"], **SAME)
    theirs = isc.isc_features_to_metric(torch.as_tensor(logits), splits=1)
    assert whole["is"].value == pytest.approx(theirs["inception_score_mean"], **SAME)


def test_inception_score_is_that_of_torchmetrics(find_peer):
    torch = find_peer("torch")
    inception = find_peer("torchmetrics.image.inception")
    logits = np.random.default_rng(2).normal(scale=3, size=(505, 6))
    peer = inception.InceptionScore(feature=torch.nn.Flatten(), normalize=True)
    peer.features = [torch.as_tensor(logits)]

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        theirs, _ = inception.InceptionScore.compute(peer)

    table = torch.softmax(torch.as_tensor(logits), dim=1).numpy()
    ours = genbench.score(
        generated_probabilities=table, metrics="is", preset="torchmetrics", seed=3
    )
    assert ours["is"].value == pytest.approx(float(theirs), **SAME)


def test_precision_and_recall_are_those_of_torch_fidelity(find_peer, features):
    torch = find_peer("torch")
    prc = find_peer("torch_fidelity.metric_prc")
    test, generated = (torch.as_tensor(points) for points in features)

    precision, recall = prc.calculate_precision_recall_full(generated, test)

    # One point on a rounding edge would make a step of 1 / n.
    names = ("precision", "recall")
    ours = [value(name, *features, preset="torch-fidelity") for name in names]
    assert ours == pytest.approx([precision, recall], **SAME)


def test_precision_recall_density_and_coverage_are_those_of_prdc(find_peer, features, capsys):
    prdc = find_peer("prdc")

    theirs = prdc.compute_prdc(*features, nearest_k=5)

    for name, expected in theirs.items():
        assert value(name, *features, preset="prdc") == pytest.approx(expected, **SAME)
        # On continuous data ties decide nothing, and our own choice gives the same.
        assert value(name, *features) == pytest.approx(expected, **SAME)


def test_on_repeated_samples_prdc_calls_perfection_nothing(find_peer, capsys):
    """Ten copies of each sample leave every ball without volume, and open balls hold nothing."""
    prdc = find_peer("prdc")
    # Whole numbers, whose distances it computes without rounding.
    points = np.repeat(np.random.default_rng(5).integers(20, size=(30, 2)) * 1.0, 10, axis=0)

    theirs = prdc.compute_prdc(points, points, nearest_k=5)

    for name, found in theirs.items():
        assert value(name, points, points, preset="prdc") == found == 0
        assert value(name, points, points) >= 1


def test_kernel_log_likelihood_is_that_of_scikit_learn_where_it_is_right(features):
    """In two dimensions; in many its tree gives up too early, so there the sum is written out."""
    from scipy.special import logsumexp
    from sklearn.neighbors import KernelDensity

    from genbench.evidence.kernel_likelihood import kernel_log_density

    test, generated = (points[:, :2] for points in features)
    theirs = KernelDensity(bandwidth=0.3).fit(generated).score_samples(test)
    np.testing.assert_allclose(kernel_log_density(test, generated, [0.3])[0], theirs, rtol=1e-6)

    rng = np.random.default_rng(6)
    test, generated, width = rng.normal(size=(50, 64)), rng.normal(size=(1000, 64)), 0.2
    squared = ((test[:, None] - generated) ** 2).sum(axis=2)
    direct = logsumexp(-squared / (2 * width**2), axis=1) - np.log(1000)
    direct -= 32 * np.log(2 * np.pi * width**2)
    ours = kernel_log_density(test, generated, [width])[0]
    theirs = KernelDensity(bandwidth=width).fit(generated).score_samples(test)
    np.testing.assert_allclose(ours, direct, rtol=1e-9)
    assert np.abs(theirs - direct).max() > 1  # nats


def test_classifier_two_sample_test_is_that_of_sbibm(features):
    """Its package imports much that the test does not need: the file is read on its own."""
    torch = pytest.importorskip("torch")
    found = importlib.util.find_spec("sbibm")
    if found is None:
        if os.environ.get("GENBENCH_ALL_EXTRAS"):
            pytest.fail("sbibm is not installed")
        pytest.skip("needs sbibm")
    path = Path(found.origin).parent / "metrics" / "c2st.py"
    spec = importlib.util.spec_from_file_location("sbibm_c2st", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    test, generated = (points[:80, :2] for points in features)

    theirs = module.c2st(torch.as_tensor(test), torch.as_tensor(generated))

    # It rounds its answer to single precision.
    assert value("c2st", test, generated, preset="sbibm") == pytest.approx(float(theirs), rel=1e-6)


def test_wasserstein_distance_is_that_of_pot(features):
    import ot

    test, generated = (points[:400] for points in features)
    uniform = np.full(400, 1 / 400)

    theirs = ot.emd2(uniform, uniform, ot.dist(test, generated, metric="euclidean"))

    assert value("w1", test, generated) == pytest.approx(theirs, **SAME)


def test_vendi_score_is_that_of_vendi_score(find_peer, features):
    vendi = find_peer("vendi_score.vendi")

    for points in (features[0], features[0][:8]):  # more and fewer points than dimensions
        theirs = vendi.score_dual(points, normalize=True)
        ours = genbench.score(generated=points, metrics="vendi")["vendi"].value
        assert ours == pytest.approx(theirs, **SAME)


@pytest.mark.parametrize("noise", [1e-3, 0.3])
def test_memorization_informed_distance_is_that_of_torchmetrics_with_its_preset(find_peer, noise):
    torch = find_peer("torch")
    mifid = find_peer("torchmetrics.image.mifid")
    rng = np.random.default_rng(7)
    train = rng.normal(size=(200, 12))
    copies = train[rng.integers(10, size=150)] + noise * rng.normal(size=(150, 12))
    parts = [torch.as_tensor(part) for x in (train, copies) for part in (*moments(x), x)]

    theirs = float(mifid._mifid_compute(*parts))

    inputs = {"test": train, "train": train, "generated": copies}
    preset, ours = (
        genbench.score(**inputs, metrics="mifid", **settings)["mifid"].value
        for settings in ({"preset": "torchmetrics"}, {})
    )
    assert preset == pytest.approx(theirs, **SAME)
    # Near-copies of ten training samples: theirs finds nothing wrong, the definition does.
    plain = genbench.score(**inputs, metrics="fid")["fid"].value
    assert theirs == pytest.approx(plain, rel=1e-6)
    assert (ours > 1e3 * plain) == (noise == 1e-3)


def test_frechet_distance_of_moments_is_that_of_samples(features):
    from genbench.evidence import Gaussian, Moments

    found = frechet_distance(Moments(*(Gaussian.of(points) for points in features)))

    assert found == pytest.approx(value("fid", *features), **SAME)
