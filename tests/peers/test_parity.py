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


def file_of(package, path):
    """A file of a package whose other files need more than is installed."""
    found = importlib.util.find_spec(package)
    if found is None:
        if os.environ.get("GENBENCH_ALL_EXTRAS"):
            pytest.fail(f"{package} is not installed")
        pytest.skip(f"needs {package}")
    spec = importlib.util.spec_from_file_location(Path(path).stem, Path(found.origin).parent / path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
    np.testing.assert_allclose(ours, direct, rtol=1e-9)
    # Whatever tolerance is asked for; a tree of one leaf has nowhere to give up.
    for tolerance in (0, 1e-12):
        peer = KernelDensity(bandwidth=width, rtol=tolerance).fit(generated)
        assert np.abs(peer.score_samples(test) - direct).max() > 1  # nats
    one_leaf = KernelDensity(bandwidth=width, leaf_size=2000).fit(generated)
    np.testing.assert_allclose(ours, one_leaf.score_samples(test), rtol=1e-6)


def test_classifier_two_sample_test_is_that_of_sbibm(features):
    """Its package imports much that the test does not need: the file is read on its own."""
    torch = pytest.importorskip("torch")
    module = file_of("sbibm", "metrics/c2st.py")
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


def test_frechet_distance_is_the_square_of_pots(features):
    import ot

    (test_mean, test_covariance), (mean, covariance) = map(moments, features)

    root = ot.gaussian.bures_wasserstein_distance(test_mean, mean, test_covariance, covariance)

    assert value("fid", *features) == pytest.approx(root**2, **SAME)


def test_squared_transport_is_that_of_pot(features):
    import ot

    test, generated = (points[:300] for points in features)
    uniform = np.full(300, 1 / 300)

    theirs = ot.emd2(uniform, uniform, ot.dist(test, generated))  # of squared distances

    assert value("w2", test, generated) ** 2 == pytest.approx(theirs, **SAME)


@pytest.mark.parametrize("p", [1, 2])
def test_sliced_distances_are_the_powers_of_pots_along_the_same_directions(features, p):
    import ot

    from genbench.evidence import Reference
    from genbench.evidence.projections import DIRECTIONS, Directions

    lines = Directions(Reference(test=features[0])).draw(DIRECTIONS).T

    theirs = ot.sliced_wasserstein_distance(*features, projections=lines, p=p)

    assert value(f"sw{p}", *features) == pytest.approx(theirs**p, **SAME)


def test_sinkhorn_divergence_is_that_of_pots_values_with_their_entropies(features, monkeypatch):
    """What its older functions return leaves the entropies out, and is no divergence."""
    import ot

    monkeypatch.setattr("genbench.evidence.entropic_transport.TOLERANCE", 1e-9)
    monkeypatch.setattr("genbench.evidence.entropic_transport.SHARE", 0.5)  # fewer iterations
    test, generated = features[0][:40], features[1][:30]
    found = genbench.score(test=test, generated=generated, metrics="sinkhorn")["sinkhorn"]
    worth = found.parameters["regularisation"]

    def solved(x, y):
        return ot.solve(ot.dist(x, y), reg=worth, reg_type="KL", max_iter=5000, tol=1e-10).value

    between, *within = (
        solved(*pair) for pair in ((test, generated), (test, test), (generated, generated))
    )
    without_entropies = ot.bregman.empirical_sinkhorn_divergence(test, generated, worth)
    assert found.value == pytest.approx(between - sum(within) / 2, **SAME)
    assert without_entropies > 1.2 * found.value


def test_energy_distance_is_the_square_of_scipys_less_what_chance_adds_to_that():
    """SciPy's counts the pairs of a point with itself, and knows one dimension only."""
    from scipy.spatial.distance import pdist
    from scipy.stats import energy_distance

    rng = np.random.default_rng(8)
    test, generated = rng.normal(size=(300, 1)), rng.exponential(size=(200, 1))

    theirs = energy_distance(test[:, 0], generated[:, 0])

    by_chance = pdist(test).mean() / 300 + pdist(generated).mean() / 200
    assert value("energy", test, generated) == pytest.approx(theirs**2 - by_chance, **SAME)


def test_transport_is_that_of_scipy_on_a_line_and_in_few_points_of_space(features):
    from scipy.stats import wasserstein_distance, wasserstein_distance_nd

    test, generated = (points[:, :1] for points in features)
    few = [points[:40] for points in features]

    theirs = wasserstein_distance(test[:, 0], generated[:, 0])
    of_one_size = wasserstein_distance(test[:300, 0], generated[:300, 0])

    # On a line every direction is the line itself.
    assert value("sw1", test, generated) == pytest.approx(theirs, **SAME)
    assert value("w1", test[:300], generated[:300]) == pytest.approx(of_one_size, **SAME)
    assert value("w1", *few) == pytest.approx(wasserstein_distance_nd(*few), **SAME)


def test_kernel_log_density_is_that_of_scipy_where_the_kernel_is_round(features):
    """Its kernel has the shape of the points: these are whitened, so that it is a ball."""
    from scipy.stats import gaussian_kde

    from genbench.evidence.kernel_likelihood import kernel_log_density

    mean, covariance = moments(features[1])
    root = np.linalg.cholesky(np.linalg.inv(covariance))
    test, generated = ((points - mean) @ root for points in features)

    theirs = gaussian_kde(generated.T, bw_method=0.2).logpdf(test.T)

    ours = kernel_log_density(test, generated, [0.2])[0]
    assert ours.min() < -100  # far out, where scikit-learn's is wrong
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_comparison_of_retrieval_is_scipys_signed_rank_test(features):
    from scipy.spatial.distance import cdist
    from scipy.stats import wilcoxon

    from genbench.metrics.retrieval import compare_retrieval

    test, one, other = features[0][:30], features[0][30:90], features[1][:60]

    theirs = wilcoxon(*(cdist(test, made).min(axis=1) for made in (one, other)))

    found = compare_retrieval(test=test, one=one, other=other)
    assert found.p_value == pytest.approx(theirs.pvalue, **SAME)


def test_gaussian_discrepancy_is_that_of_sbibm(features):
    """As with its classifier test, the file is read on its own."""
    torch = pytest.importorskip("torch")
    igms = file_of("sbibm", "third_party/igms/main.py")
    # An odd number of pairs, for torch's median of an even number is the lower of two.
    test, generated = (torch.as_tensor(points) for points in (features[0][:95], features[1][:80]))

    kernels = igms.ExpQuadKernel(test, generated, sigma=torch.median(torch.pdist(test)))
    theirs = float(igms.mmd2_unbiased(kernels))

    assert value("mmd", test, generated) == pytest.approx(theirs, **SAME)


def test_renyi_kernel_modes_are_the_vendi_score_of_order_two(find_peer, features):
    """Of a kernel matrix; what `score_X` gives of points is of order one, whatever is asked for."""
    from scipy.spatial.distance import cdist, pdist

    vendi = find_peer("vendi_score.vendi")
    test, generated = features[0][:150], features[1][:120]
    kernel = np.exp(-(cdist(generated, generated) ** 2) / (2 * np.median(pdist(test)) ** 2))

    theirs = vendi.score_K(kernel, q=2)

    assert value("rke", test, generated) == pytest.approx(theirs, **SAME)
    first = genbench.score(generated=generated, metrics="vendi")["vendi"].value
    assert vendi.score_X(generated, q=2) == pytest.approx(first, **SAME)
    assert vendi.score_dual(generated, q=2) < 0.99 * first


@pytest.fixture(scope="module")
def reconstructed():
    """Pictures large enough for five scales, and noisy reconstructions of them."""
    rng = np.random.default_rng(9)
    test = rng.uniform(size=(3, 180, 190))
    return test, np.clip(test + 0.2 * rng.normal(size=test.shape), 0, 1)


def likeness(name, test, made):
    inputs = {"test": test, "test_reconstruction": made, "data_range": 1.0}
    return genbench.score(**inputs, metrics=name)[name].value


def test_structural_similarity_is_that_of_torchmetrics_where_windows_stay_inside(
    find_peer, reconstructed
):
    """It mirrors pictures at their borders, and averages over what is mirrored too."""
    torch, image = find_peer("torch"), find_peer("torchmetrics.functional.image")
    test, made = (torch.as_tensor(part)[:, None] for part in reconstructed)

    theirs, every = image.structural_similarity_index_measure(
        made, test, data_range=1.0, return_full_image=True
    )

    ours = likeness("structural_similarity", *reconstructed)
    assert ours == pytest.approx(float(every[..., 5:-5, 5:-5].mean()), **SAME)
    assert abs(float(theirs) - ours) > 1e-4


def test_several_scales_are_those_of_torchmetrics_where_windows_stay_inside(
    find_peer, reconstructed, monkeypatch
):
    """Its coarsest scale counts borders, and its weights sum to 1.0001."""
    from genbench.similarity import SCALE_WEIGHTS, multiscale_structural_similarity

    torch, image = find_peer("torch"), find_peer("torchmetrics.functional.image")
    ssim = find_peer("torchmetrics.functional.image.ssim")
    test, made = (torch.as_tensor(part)[:, None] for part in reconstructed)
    plain = ssim._ssim_update

    def inside(*arguments, return_contrast_sensitivity, **settings):
        _, every = plain(*arguments, return_full_image=True, **settings)
        _, contrast = plain(*arguments, return_contrast_sensitivity=True, **settings)
        return every[..., 5:-5, 5:-5].mean(dim=(1, 2, 3)), contrast

    monkeypatch.setattr(ssim, "_ssim_update", inside)
    theirs = image.multiscale_structural_similarity_index_measure(
        made,
        test,
        data_range=1.0,
        reduction="none",
        betas=tuple(weight / sum(SCALE_WEIGHTS) for weight in SCALE_WEIGHTS),
    )

    ours = multiscale_structural_similarity(*reconstructed, data_range=1)
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-6)


def test_signal_to_noise_is_that_of_torchmetrics(find_peer, reconstructed):
    torch, image = find_peer("torch"), find_peer("torchmetrics.functional.image")
    test, made = (torch.as_tensor(part) for part in reconstructed)

    theirs = image.peak_signal_noise_ratio(made, test, data_range=1.0, dim=(1, 2))

    ours = likeness("peak_signal_to_noise_ratio", *reconstructed)
    assert ours == pytest.approx(float(theirs), **SAME)


def test_perplexity_is_that_of_torchmetrics(find_peer):
    torch, text = find_peer("torch"), find_peer("torchmetrics.functional.text")
    rng = np.random.default_rng(10)
    logits = torch.as_tensor(rng.normal(scale=2, size=(4, 30, 7)))
    tokens = torch.as_tensor(rng.integers(7, size=(4, 30)))

    theirs = text.perplexity(logits, tokens)

    log_prob = logits.log_softmax(dim=2).gather(2, tokens[:, :, None]).flatten()
    ours = genbench.score(token_log_prob=log_prob, metrics="perplexity")["perplexity"].value
    assert ours == pytest.approx(float(theirs), **SAME)


def toy_generator():
    """A generator of pictures 4 x 5 of two channels, which keeps what it was made to make."""
    import torch

    noise = torch.Generator().manual_seed(11)

    class Toy(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.weights = torch.randn(3, 40, generator=noise, dtype=torch.float64)
            self.made = []

        def sample(self, n):
            return torch.randn(n, 3, generator=noise, dtype=torch.float64)

        def forward(self, latents):
            pictures = torch.tanh(latents.double() @ self.weights).reshape(-1, 2, 4, 5)
            self.made.append(pictures.chunk(2))
            return pictures

    return Toy()


def path_length(toy, step):
    # Channels come first here; of a path's length their place says nothing.
    starts, ends = (np.concatenate(side).reshape(201, -1) for side in zip(*toy.made, strict=True))
    name = "perceptual_path_length"
    return genbench.score(path_starts=starts, path_ends=ends, path_step=step, metrics=name)[name]


def test_path_length_is_that_of_torchmetrics_on_the_same_paths(find_peer):
    """Its paths all begin at one of the two latents; ours lie at random places between them."""
    torch, image = find_peer("torch"), find_peer("torchmetrics.functional.image")

    class Squared(torch.nn.Module):
        def forward(self, one, other):  # of pictures of 256 levels, taken to between -1 and 1
            return ((one - other) ** 2).flatten(1).sum(dim=1) * 127.5**2

    toy = toy_generator()
    # A hundredth of 201 paths is no fraction of a path: there are no two ways to leave it out.
    settings = {"num_samples": 201, "batch_size": 67, "epsilon": 1e-2}
    theirs, _, kept = image.perceptual_path_length(toy, **settings, sim_net=Squared())

    found = path_length(toy, 1e-2)
    assert found.parameters["n_kept"] == len(kept) == 197
    assert found.value == pytest.approx(float(theirs), **SAME)


def test_path_length_is_that_of_torch_fidelity_on_the_same_paths(find_peer, monkeypatch):
    """It asks NumPy by a name that is gone: it is given a function that knows it."""
    fidelity, registry = find_peer("torch_fidelity"), find_peer("torch_fidelity.registry")
    ppl = find_peer("torch_fidelity.metric_ppl")

    class Squared(fidelity.SampleSimilarityBase):
        def __init__(self, name, **_):
            super().__init__(name)

        def forward(self, one, other):
            return ((one - other) ** 2).flatten(1).sum(dim=1)

    plain = np.percentile
    monkeypatch.setattr(
        np, "percentile", lambda a, q, *, interpolation: plain(a, q, method=interpolation)
    )
    monkeypatch.setitem(registry.SAMPLE_SIMILARITY_REGISTRY, "squared", Squared)
    toy = toy_generator()
    theirs = ppl.calculate_ppl(
        1,
        input1=fidelity.GenerativeModelModuleWrapper(toy, 3, "normal", 0),
        input1_model_num_samples=201,
        ppl_sample_similarity="squared",
        ppl_epsilon=1e-2,
        batch_size=67,
        cuda=False,
        verbose=False,
    )

    found = path_length(toy, 1e-2)
    assert found.value == pytest.approx(theirs["perceptual_path_length_mean"], **SAME)
