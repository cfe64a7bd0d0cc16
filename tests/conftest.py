"""What tests share: small worlds whose truth is known, and the ways a model can fail in them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import settings
from scipy.ndimage import gaussian_filter

from genbench.datasets.ar_process import Autoregression
from genbench.datasets.densities import GaussianMixture
from genbench.datasets.symbols import Symbols
from genbench.evidence import Comparison, Reference
from genbench.sanity.sequence_worlds import Sentences
from genbench.tournament.pools import Pool

settings.register_profile("steady", derandomize=True, deadline=None, max_examples=40)
settings.load_profile("steady")

N = 400
N_PICTURES, SIDE = 120, 16
N_ROWS, LENGTH = 240, 20

# Three Gaussians, near enough that noise between them leaves a classifier unsure.
ANGLES = 2 * np.pi * np.arange(3) / 3
MIXTURE = GaussianMixture(1.8 * np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1), width=0.5)

POOL = Pool(
    names=("this", "better", "worse"),
    called_real=np.array([[0.4, 0.5, 0.2], [0.3, 0.4, 0.1], [0.6, 0.7, 0.5]]),
    n_samples=(100, 100, 100),
    test_errors=np.array([0.3, 0.32, 0.28]),
    n_test=200,
    curves=np.array([[0.5, 0.5, 0.5], [0.4, 0.45, 0.3], [0.35, 0.4, 0.1]]),
)


@dataclass(frozen=True)
class World:
    """Real samples with every fact that a metric may ask for, and models good and bad."""

    reference: Reference
    compare: Callable[..., Comparison]  # from generated samples to all evidence about them
    draw: Callable[[int, np.random.Generator], np.ndarray]
    failures: Mapping[str, Callable[[Reference, np.random.Generator], np.ndarray]]
    _made: dict[str, Comparison] = field(default_factory=dict)

    @property
    def reals(self):
        """Five models without a fault: fresh real samples."""
        n = len(self.reference.test)
        for draw in range(5):
            name = f"real {draw}"
            if name not in self._made:
                samples = self.draw(n, np.random.default_rng(10 + draw))
                self._made[name] = self.compare(samples, seed=draw)
        return [self._made[f"real {draw}"] for draw in range(5)]

    def failed(self, failure):
        """A model that has this failure, made once."""
        if failure not in self._made:
            samples = self.failures[failure](self.reference, np.random.default_rng(20))
            self._made[failure] = self.compare(samples)
        return self._made[failure]


def locked(array):
    """Arrays as they are behind the doors: whoever writes to one fails at once."""
    array.flags.writeable = False
    return array


def drawn(n, rng):
    return MIXTURE.sample(n, rng=rng)[0]


def beyond_two_widths(points):
    """Distance of each point to the discs where most samples of the small world lie."""
    from_centres = np.linalg.norm(points[:, None] - MIXTURE.centres, axis=2)
    return np.maximum(from_centres.min(axis=1) - 2 * MIXTURE.width, 0)


def asked_for(posterior):
    """Which class each sample was made for; a class that is never drawn was asked for as well."""
    classes = posterior.argmax(axis=1)
    n, n_classes = posterior.shape
    return classes if len(np.unique(classes)) == n_classes else np.arange(n) % n_classes


@pytest.fixture(scope="session")
def points():
    """The small world of points: three Gaussians in the plane."""
    test, train = (locked(drawn(N, np.random.default_rng(seed))) for seed in (1, 2))
    posteriors = {
        name: locked(MIXTURE.posterior(part)) for name, part in (("test", test), ("train", train))
    }
    reference = Reference(
        test=test,
        train=train,
        test_labels=locked(posteriors["test"].argmax(axis=1)),
        train_labels=locked(posteriors["train"].argmax(axis=1)),
        test_factors=locked(np.floor(2 * test) + 20),
        test_probabilities=posteriors["test"],
        prior=locked(posteriors["train"].mean(axis=0)),
        density=MIXTURE,
        manifold=beyond_two_widths,
    )

    def compare(generated, *, seed=0):
        """All that a model may say of itself, by one whose density is the true one."""
        rng = np.random.default_rng(3)
        posterior = MIXTURE.posterior(generated)
        return Comparison(
            reference=reference,
            generated=locked(generated),
            generated_probabilities=locked(posterior),
            generated_labels=locked(asked_for(posterior)),
            generated_quality=locked(MIXTURE.log_prob(generated)),
            test_log_prob=locked(MIXTURE.log_prob(test)),
            train_log_prob=locked(MIXTURE.log_prob(train)),
            test_score=locked((posteriors["test"] @ MIXTURE.centres - test) / MIXTURE.width**2),
            test_reconstruction=locked(test + rng.normal(scale=0.1, size=test.shape)),
            test_log_weights=locked(
                MIXTURE.log_prob(test)[:, None] + rng.normal(scale=0.1, size=(N, 8)) - 0.005
            ),
            test_codes=locked(test @ np.array([[1.0, 0.2], [-0.2, 1.0]])),
            generated_latents=locked(generated * np.array([2.0, 0.5])),
            path_starts=locked(test.copy()),
            path_ends=locked(test + 1e-3 * rng.normal(size=test.shape)),
            path_step=1e-3,
            token_log_prob=locked(np.log(rng.uniform(0.1, 0.9, size=50))),
            test_bytes=200.0,
            pool=POOL,
            seed=seed,
        )

    return World(reference, compare, drawn, FAILURES)


def painted(n, rng):
    """Smooth random fields between 0 and 1, each brighter on one of two halves."""
    fields = gaussian_filter(rng.normal(size=(n, SIDE, SIDE)), (0, 1.5, 1.5), mode="wrap")
    fields += 0.15 * rng.choice([-1, 1], size=(n, 1, 1)) * np.linspace(-1, 1, SIDE)
    return np.clip(0.5 + 1.2 * fields, 0, 1)


@pytest.fixture(scope="session")
def pictures():
    """The small world of pictures: smooth fields of 16 x 16."""
    test, train = (locked(painted(N_PICTURES, np.random.default_rng(seed))) for seed in (1, 2))
    reference = Reference(test=test, train=train, data_range=1.0, picture=(SIDE, SIDE))

    def compare(generated, *, seed=0):
        blurred = gaussian_filter(test, (0, 0.5, 0.5))
        return Comparison(
            reference=reference,
            generated=locked(generated),
            test_reconstruction=locked(blurred),
            seed=seed,
        )

    return World(reference, compare, painted, PICTURE_FAILURES)


# Rows begin with a; nothing else comes before c, and nothing but a or the end after e.
CHAIN = Sentences(
    np.array(
        [
            [0.1, 0.4, 0.3, 0.2, 0.0, 0.0],
            [0.3, 0.3, 0.0, 0.2, 0.2, 0.0],
            [0.0, 0.2, 0.0, 0.6, 0.2, 0.0],
            [0.3, 0.1, 0.0, 0.1, 0.3, 0.2],
            [0.8, 0.0, 0.0, 0.0, 0.0, 0.2],
            [0.0, 0.0, 0.0, 0.0, 0.0, 1.0],
        ]
    ),
    LENGTH,
)
SYMBOLS = Symbols(("a", "b", "c", "d", "e", ""), end=5)


@pytest.fixture(scope="session")
def sequences():
    """The small world of sequences of symbols: a Markov chain of five letters and an end."""
    test, train = (
        locked(CHAIN.sample(N_ROWS, rng=np.random.default_rng(seed))[0]) for seed in (1, 2)
    )
    reference = Reference(test=test, train=train, symbols=SYMBOLS, density=CHAIN)

    def compare(generated, *, seed=0):
        return Comparison(
            reference=reference,
            generated=locked(generated),
            test_log_prob=locked(CHAIN.log_prob(test) - 0.1),
            seed=seed,
        )

    return World(reference, compare, lambda n, rng: CHAIN.sample(n, rng=rng)[0], ROW_FAILURES)


AUTOREGRESSION = Autoregression((0.75, -0.5, 0.3), 2 * LENGTH)


@pytest.fixture(scope="session")
def series():
    """The small world of series: a Gaussian process of which each value depends on three before."""
    test, train = (
        locked(AUTOREGRESSION.sample(N_ROWS, rng=np.random.default_rng(seed))[0]) for seed in (1, 2)
    )
    reference = Reference(test=test, train=train, series=True, density=AUTOREGRESSION)

    def compare(generated, *, seed=0):
        return Comparison(reference=reference, generated=locked(generated), seed=seed)

    draw = lambda n, rng: AUTOREGRESSION.sample(n, rng=rng)[0]  # noqa: E731
    return World(reference, compare, draw, SERIES_FAILURES)


@pytest.fixture(scope="session")
def reference(points):
    """Real samples of the small world."""
    return points.reference


@pytest.fixture(scope="session")
def compare(points):
    """A function from generated samples to all evidence about them."""
    return points.compare


@pytest.fixture(scope="session")
def reals(points):
    """Five models without a fault: fresh real samples."""
    return points.reals


@pytest.fixture(scope="session")
def failed(points):
    """A function from a failure to a model that has it, made once each."""
    return points.failed


def noise(reference, rng):
    """Real samples, blurred until most have left the modes."""
    return drawn(N, rng) + rng.normal(scale=1.5, size=(N, 2))


def shift(reference, rng):
    """Real samples, all moved by two widths of a mode."""
    return drawn(N, rng) + np.array([1.0, 0.0])


def collapse(reference, rng):
    """The middle of one mode again and again, hardly changed."""
    return MIXTURE.centres[0] + rng.normal(scale=0.01, size=(N, 2))


def dropped_mode(reference, rng):
    """Real samples, but for one mode."""
    samples, modes = MIXTURE.sample(2 * N, rng=rng)
    return samples[modes > 0][:N].copy()


def copying(reference, rng):
    """The training samples, in another order."""
    return rng.permutation(reference.train)


FAILURES = {
    "noise": noise,
    "shift": shift,
    "collapse": collapse,
    "dropped mode": dropped_mode,
    "copying": copying,
}

PICTURE_FAILURES = {
    "noise": lambda _, rng: np.clip(
        painted(N_PICTURES, rng) + rng.normal(scale=0.2, size=(N_PICTURES, SIDE, SIDE)), 0, 1
    ),
    "shift": lambda _, rng: 0.3 * painted(N_PICTURES, rng),  # dark, and of little contrast
    "collapse": lambda _, rng: np.clip(
        painted(1, rng) + rng.normal(scale=0.001, size=(N_PICTURES, SIDE, SIDE)), 0, 1
    ),
    "copying": copying,
}


def too_safe(_, rng):
    """Rows of the chain with every probability squared: what is likely is likelier."""
    squared = CHAIN.moves**2
    law = Sentences(squared / squared.sum(axis=1, keepdims=True), LENGTH)
    return law.sample(N_ROWS, rng=rng)[0]


def without_c(_, rng):
    """Rows of the chain that never say c."""
    rows = CHAIN.sample(20 * N_ROWS, rng=rng)[0]
    return rows[(rows != SYMBOLS.vocabulary.index("c")).all(axis=1)][:N_ROWS].copy()


ROW_FAILURES = {
    "noise": lambda _, rng: SYMBOLS.close(
        rng.integers(SYMBOLS.count, size=(N_ROWS, LENGTH)).astype(float)
    ),
    "shift": too_safe,
    "collapse": lambda _, rng: np.repeat(CHAIN.sample(4, rng=rng)[0], N_ROWS // 4, axis=0),
    "dropped mode": without_c,
    "copying": copying,
}

SERIES_FAILURES = {
    "noise": lambda _, rng: (
        AUTOREGRESSION.sample(N_ROWS, rng=rng)[0] + 0.75 * rng.normal(size=(N_ROWS, 2 * LENGTH))
    ),
    "shift": lambda _, rng: 1 + AUTOREGRESSION.sample(N_ROWS, rng=rng)[0],
    "collapse": lambda _, rng: np.repeat(AUTOREGRESSION.sample(4, rng=rng)[0], N_ROWS // 4, axis=0),
    "copying": copying,
}
