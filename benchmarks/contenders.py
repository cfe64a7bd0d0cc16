"""What is compared: for each task the arrays, the contenders, and the arithmetic it cannot avoid.

A contender is a function of two or more arrays that returns its number. Imports happen before the
clock starts, in `prepared`.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Array = np.ndarray
Contender = Callable[..., float]


VALUE_ONLY = "genbench, the value alone"


@dataclass(frozen=True, kw_only=True)
class Task:
    """One measure at one size."""

    title: str
    make: Callable[[], tuple[Array, ...]]
    prepared: Callable[[str], Contender]  # from a contender's name to the function, imported
    contenders: tuple[str, ...]  # genbench comes first
    flops: float  # of the matrix products that any exact method needs
    same: bool = True  # whether all contenders estimate the same number


def features(n: int, d: int, *, shift: float = 0.0, seed: int = 0) -> Array:
    """Features (n, d) of single precision whose spectrum falls off as a power, as networks' do."""
    rng = np.random.default_rng([seed, d])
    scales = np.arange(1, d + 1) ** -0.5
    return (rng.normal(size=(n, d)) * scales + shift * scales).astype(np.float32)


def pair(n: int, d: int) -> Callable[[], tuple[Array, ...]]:
    """Return a maker of test and generated features of one size."""
    return lambda: (features(n, d), features(n, d, shift=0.1, seed=1))


def ours(name: str) -> Contender:
    """Return genbench's number of that name."""
    import genbench

    def run(test: Array, generated: Array) -> float:
        found = genbench.score(test=test, generated=generated, metrics=name)[name]
        if found.value is None:
            raise RuntimeError(found.reason)
        return found.value

    return run


def _moments(points: Array) -> tuple[Array, Array]:
    return points.mean(axis=0), np.cov(points, rowvar=False)


def frechet(contender: str) -> Contender:
    if contender == "genbench":
        return ours("frechet_distance")
    if contender == VALUE_ONLY:
        from genbench.evidence.gaussians import Gaussian, squared_distance

        return lambda test, generated: squared_distance(
            *(Gaussian.fast(points.astype(float)) for points in (test, generated))
        )
    _torchvision()
    if contender == "torch-fidelity":
        from torch_fidelity.metric_fid import fid_statistics_to_metric

        def run(test: Array, generated: Array) -> float:
            found = [
                dict(zip(("mu", "sigma"), _moments(x), strict=True)) for x in (test, generated)
            ]
            return fid_statistics_to_metric(*found, verbose=False)["frechet_inception_distance"]

    elif contender == "torchmetrics":
        import torch
        from torchmetrics.image.fid import _compute_fid

        def run(test: Array, generated: Array) -> float:
            parts = []
            for x in (test, generated):
                rows = torch.as_tensor(x).double()
                mean, n = rows.mean(dim=0), len(rows)
                parts += [mean, (rows.T @ rows - n * torch.outer(mean, mean)) / (n - 1)]
            return float(_compute_fid(*parts))

    else:
        name, function = {
            "pytorch-fid": ("pytorch_fid.fid_score", "calculate_frechet_distance"),
            "clean-fid": ("cleanfid.fid", "frechet_distance"),
        }[contender]
        program = importlib.import_module(name)
        root = program.linalg.sqrtm
        program.linalg.sqrtm = lambda matrix, **_: (root(matrix), 0.0)  # SciPy took `disp` away

        def run(test: Array, generated: Array) -> float:
            (m1, s1), (m2, s2) = _moments(test), _moments(generated)
            return float(getattr(program, function)(m1, s1, m2, s2))

    return run


def kernel(contender: str) -> Contender:
    if contender == "genbench":
        return ours("kernel_distance")
    _torchvision()
    import torch
    from torch_fidelity.metric_kid import kid_features_to_metric

    def run(test: Array, generated: Array) -> float:
        found = kid_features_to_metric(
            torch.as_tensor(generated), torch.as_tensor(test), verbose=False
        )
        return found["kernel_inception_distance_mean"]

    return run


def neighbours(contender: str) -> Contender:
    if contender == "genbench":
        import genbench

        names = ["precision", "recall", "density", "coverage"]

        def run(test: Array, generated: Array) -> float:
            found = genbench.score(test=test, generated=generated, metrics=names)
            return float(sum(found[name].value for name in names))

    elif contender == "prdc":
        import contextlib
        import io

        from prdc import compute_prdc

        def run(test: Array, generated: Array) -> float:
            with contextlib.redirect_stdout(io.StringIO()):
                return float(sum(compute_prdc(test, generated, nearest_k=5).values()))

    return run


def kernel_density(contender: str) -> Contender:
    width = 0.5
    if contender == "genbench":
        from genbench.evidence.kernel_likelihood import kernel_log_density

        def run(test: Array, generated: Array) -> float:
            test, generated = test.astype(float), generated.astype(float)
            return float(kernel_log_density(test, generated, [width]).mean())

    elif contender == "scikit-learn":
        from sklearn.neighbors import KernelDensity

        def run(test: Array, generated: Array) -> float:
            return float(KernelDensity(bandwidth=width).fit(generated).score_samples(test).mean())

    else:
        from scipy.stats import gaussian_kde

        def run(test: Array, generated: Array) -> float:
            estimate = gaussian_kde(generated.T, bw_method=1.0)
            d = generated.shape[1]
            # Its own width follows the data's spread: it is told ours.
            estimate.covariance = np.eye(d) * width**2
            estimate.cho_cov = np.eye(d) * width
            estimate.log_det = 2 * np.log(np.diag(estimate.cho_cov * np.sqrt(2 * np.pi))).sum()
            return float(estimate.logpdf(test.T).mean())

    return run


def transport(contender: str) -> Contender:
    if contender == "genbench":
        return ours("wasserstein_distance")
    import ot

    def run(test: Array, generated: Array) -> float:
        uniform = np.full(len(test), 1 / len(test))
        costs = ot.dist(test.astype(float), generated.astype(float), metric="euclidean")
        return float(ot.emd2(uniform, uniform, costs, numItermax=10_000_000))

    return run


def sliced(contender: str) -> Contender:
    if contender == "genbench":
        return ours("sliced_wasserstein_1")
    import ot

    def run(test: Array, generated: Array) -> float:
        return float(
            ot.sliced_wasserstein_distance(test, generated, n_projections=1000, p=1, seed=0)
        )

    return run


def classifier(contender: str) -> Contender:
    if contender == "genbench":
        return ours("classifier_two_sample_test")
    import genbench

    def run(test: Array, generated: Array) -> float:
        return genbench.score(test=test, generated=generated, metrics="c2st", preset="sbibm")[
            "c2st"
        ].value

    return run


def vendi(contender: str) -> Contender:
    if contender == "genbench":
        import genbench

        def run(generated: Array) -> float:
            return genbench.score(generated=generated, metrics="vendi_score")["vendi_score"].value

    else:
        from vendi_score import vendi

        def run(generated: Array) -> float:
            return float(vendi.score_dual(generated.astype(float), normalize=True))

    return run


def inception(contender: str) -> Contender:
    if contender == "genbench":
        import genbench

        def run(logits: Array) -> float:
            from scipy.special import softmax

            table = softmax(logits, axis=1)
            return genbench.score(generated_probabilities=table, metrics="is")["is"].value

    else:
        _torchvision()
        import torch
        from torch_fidelity.metric_isc import isc_features_to_metric

        def run(logits: Array) -> float:
            return isc_features_to_metric(torch.as_tensor(logits), splits=1)["inception_score_mean"]

    return run


def duplicates(contender: str) -> Contender:
    if contender == "genbench":
        return ours("birthday_support")
    from scipy.spatial.distance import pdist

    def run(test: Array, generated: Array) -> float:
        spacing = _nearest_others(test)
        tolerance = np.quantile(spacing, 0.01, method="lower")
        pairs = int((pdist(generated) <= tolerance).sum())
        from scipy.special import gammaincinv

        n = len(generated)
        return float(n * (n - 1) / 2 / gammaincinv(pairs + 1, 0.5))

    return run


def neighbour_test(contender: str) -> Contender:
    if contender == "genbench":
        return ours("neighbour_two_sample_accuracy")
    from sklearn.neighbors import NearestNeighbors

    def run(test: Array, generated: Array) -> float:
        pooled = np.concatenate([test, generated])
        found = NearestNeighbors(n_neighbors=2).fit(pooled).kneighbors(pooled)[1][:, 1]
        is_test = np.arange(len(pooled)) < len(test)
        return float((is_test[found] == is_test).mean())

    return run


def _nearest_others(points: Array) -> Array:
    from sklearn.neighbors import NearestNeighbors

    return NearestNeighbors(n_neighbors=2, algorithm="brute").fit(points).kneighbors()[0][:, 0]


def _torchvision() -> None:
    from genbench.images.torchvision_import import import_torchvision

    import_torchvision()


TASKS = {
    "frechet-50000x512": Task(
        title="Frechet distance, n 50,000, d 512",
        make=pair(50_000, 512),
        prepared=frechet,
        contenders=("genbench", VALUE_ONLY, "torch-fidelity", "torchmetrics", "pytorch-fid"),
        flops=2 * 2 * 50_000 * 512**2,
    ),
    "frechet-1000x2048": Task(
        title="Frechet distance, n 1,000, d 2,048",
        make=pair(1000, 2048),
        prepared=frechet,
        contenders=("genbench", VALUE_ONLY, "torch-fidelity", "pytorch-fid", "clean-fid"),
        flops=2 * 1000**2 * 2048,
    ),
    "neighbours-10000x64": Task(
        title="precision, recall, density, coverage, n 10,000, d 64",
        make=pair(10_000, 64),
        prepared=neighbours,
        contenders=("genbench", "prdc"),
        flops=3 * 2 * 10_000**2 * 64,
    ),
    "neighbours-5000x2048": Task(
        title="precision, recall, density, coverage, n 5,000, d 2,048",
        make=pair(5000, 2048),
        prepared=neighbours,
        contenders=("genbench", "prdc"),
        flops=3 * 2 * 5000**2 * 2048,
    ),
    "density-10000x64": Task(
        title="kernel log-likelihood, one bandwidth, 10,000 x 10,000, d 64",
        make=pair(10_000, 64),
        prepared=kernel_density,
        contenders=("genbench", "scikit-learn", "scipy"),
        flops=2 * 10_000**2 * 64,
    ),
    "transport-5000x64": Task(
        title="exact Wasserstein distance, n 5,000, d 64",
        make=pair(5000, 64),
        prepared=transport,
        contenders=("genbench", "POT"),
        flops=0.0,
    ),
    "sliced-10000x64": Task(
        title="sliced Wasserstein distance, n 10,000, d 64, 1,000 directions",
        make=pair(10_000, 64),
        prepared=sliced,
        contenders=("genbench", "POT"),
        flops=2 * 2 * 10_000 * 64 * 1000,
        same=False,
    ),
    "classifier-1000x10": Task(
        title="C2ST network, n 1,000, d 10",
        make=pair(1000, 10),
        prepared=classifier,
        contenders=("genbench", "sbibm's settings"),
        flops=0.0,
        same=False,
    ),
    "neighbour-test-5000x784": Task(
        title="C2ST nearest neighbour, n 5,000, d 784",
        make=pair(5000, 784),
        prepared=neighbour_test,
        contenders=("genbench", "scikit-learn"),
        flops=4 * 2 * 5000**2 * 784,
        same=False,
    ),
    "vendi-5000x2048": Task(
        title="Vendi score, n 5,000, d 2,048",
        make=lambda: (features(5000, 2048),),
        prepared=vendi,
        contenders=("genbench", "vendi-score"),
        flops=2 * 5000 * 2048**2,
    ),
    "inception-50000x1000": Task(
        title="inception score from logits, n 50,000, 1,000 classes",
        make=lambda: (3 * features(50_000, 1000),),
        prepared=inception,
        contenders=("genbench", "torch-fidelity"),
        flops=0.0,
    ),
    "duplicates-5000x64": Task(
        title="birthday pairs, n 5,000, d 64",
        make=pair(5000, 64),
        prepared=duplicates,
        contenders=("genbench", "scipy"),
        flops=2 * 2 * 5000**2 * 64,
    ),
    "frechet-10000x2048": Task(
        title="Frechet distance, n 10,000, d 2,048",
        make=pair(10_000, 2048),
        prepared=frechet,
        contenders=("genbench", VALUE_ONLY, "torch-fidelity", "torchmetrics", "pytorch-fid"),
        flops=2 * 2 * 10_000 * 2048**2,
    ),
    "frechet-50000x2048": Task(
        title="Frechet distance, n 50,000, d 2,048",
        make=pair(50_000, 2048),
        prepared=frechet,
        contenders=("genbench", "torch-fidelity", "torchmetrics", "pytorch-fid"),
        flops=2 * 2 * 50_000 * 2048**2,
    ),
    "neighbours-50000x64": Task(
        title="precision, recall, density, coverage, n 50,000, d 64",
        make=pair(50_000, 64),
        prepared=neighbours,
        contenders=("genbench",),  # prdc holds three matrices of 20 GB
        flops=3 * 2 * 50_000**2 * 64,
    ),
    "neighbours-50000x2": Task(
        title="precision, recall, density, coverage, n 50,000, d 2",
        make=pair(50_000, 2),
        prepared=neighbours,
        contenders=("genbench",),
        flops=0.0,
    ),
    "kernel-10000x2048": Task(
        title="KID, n 10,000, d 2,048: all pairs against 100 subsets of 1,000",
        make=pair(10_000, 2048),
        prepared=kernel,
        contenders=("genbench", "torch-fidelity"),
        flops=3 * 2 * 10_000**2 * 2048,
        same=False,
    ),
}
