"""Reference and Comparison: where and when evidence is computed, once each."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from genbench.arrays import Array, Labels, flat
from genbench.datasets import Density
from genbench.distances import kth_neighbour_distances
from genbench.errors import Unavailable
from genbench.evidence.bins import Bins
from genbench.evidence.classifier_test import ClassifierTest
from genbench.evidence.critic import Critic
from genbench.evidence.duplicates import Duplicates
from genbench.evidence.kernel_likelihood import KernelLikelihood
from genbench.evidence.kernel_means import Kernels
from genbench.evidence.level_set import LevelSet
from genbench.evidence.moments import Gaussian, Moments
from genbench.evidence.overlap import Overlap
from genbench.evidence.probabilities import Probabilities
from genbench.evidence.proximity import Proximity
from genbench.evidence.transport import Transport
from genbench.randomness import rng_for


@dataclass(frozen=True, eq=False, kw_only=True)
class Reference:
    """What depends on real samples only, computed on first use and kept.

    Samples are as they are; points are what an embedding makes of them, or else the samples
    themselves, flattened. Any part may be absent: what needs it is then unavailable.
    """

    test: Array | None = None
    train: Array | None = None
    test_points: Array | None = None
    train_points: Array | None = None
    test_probabilities: Array | None = None
    prior: Array | None = None  # law of the classes
    density: Density | None = None
    k: int = 5  # neighbours that reach of a ball is counted in

    @cached_property
    def test_set(self) -> Array:
        """Test points (n_test, d)."""
        return _points("test", self.test_points, self.test)

    @cached_property
    def train_set(self) -> Array:
        """Training points (n_train, d)."""
        return _points("train", self.train_points, self.train)

    @cached_property
    def test_moments(self) -> Gaussian:
        return Gaussian.of(_at_least(2, self.test_set, "test"))

    @cached_property
    def test_radii(self) -> Array:
        """Each test point's distance to its k-th nearest other."""
        points = _at_least(self.k + 1, self.test_set, "test")
        return kth_neighbour_distances(points, self.k)

    @cached_property
    def test_spacing(self) -> Array:
        """Each test point's distance to its nearest other."""
        return kth_neighbour_distances(_at_least(2, self.test_set, "test"), 1)

    @cached_property
    def train_spacing(self) -> Array:
        """Each training point's distance to its nearest other."""
        return kth_neighbour_distances(_at_least(2, self.train_set, "train"), 1)

    @cached_property
    def level(self) -> float:
        """Log-density above which nearly all real samples lie."""
        if self.density is None:
            raise Unavailable("the true density is not known")
        return LevelSet.level_of(self.density)


@dataclass(frozen=True, eq=False, kw_only=True)
class Comparison:
    """What depends on one model's samples: each kind of evidence is an attribute of this."""

    reference: Reference
    generated: Array | None = None  # samples (n_generated, ...)
    generated_points: Array | None = None
    generated_probabilities: Array | None = None
    generated_labels: Labels | None = None
    test_log_prob: Array | None = None  # the model's own log-density of test samples (n_test,)
    seed: int = 0

    @cached_property
    def generated_set(self) -> Array:
        """Generated points (n_generated, d)."""
        return _points("generated", self.generated_points, self.generated)

    @cached_property
    def moments(self) -> Moments:
        generated = Gaussian.of(_at_least(2, self.generated_set, "generated"))
        return Moments(self.reference.test_moments, generated)

    @cached_property
    def kernels(self) -> Kernels:
        test = _at_least(2, self.reference.test_set, "test")
        return Kernels.measure(test, _at_least(2, self.generated_set, "generated"))

    @cached_property
    def transport(self) -> Transport:
        rng = self._rng("transport")
        return Transport.measure(self.reference.test_set, self.generated_set, rng=rng)

    @cached_property
    def critic(self) -> Critic:
        rng = self._rng("critic")
        return Critic.measure(self.reference.test_set, self.generated_set, rng=rng)

    @cached_property
    def classifier_test(self) -> ClassifierTest:
        rng = self._rng("classifier_test")
        return ClassifierTest.measure(self.reference.test_set, self.generated_set, rng=rng)

    @cached_property
    def bins(self) -> Bins:
        real = self.reference
        has_train = real.train is not None or real.train_points is not None
        codebook_points = real.train_set if has_train else real.test_set
        rng = rng_for(0, "bins")  # the cells belong to the reference: the same for every model
        return Bins.measure(codebook_points, real.test_set, self.generated_set, rng=rng)

    @cached_property
    def overlap(self) -> Overlap:
        real = self.reference
        generated = _at_least(real.k + 1, self.generated_set, "generated")
        return Overlap.measure(real.test_set, real.test_radii, generated, k=real.k)

    @cached_property
    def proximity(self) -> Proximity:
        real = self.reference
        return Proximity.measure(real.train_set, real.train_spacing, self.generated_set)

    @cached_property
    def duplicates(self) -> Duplicates:
        generated = _at_least(2, self.generated_set, "generated")
        return Duplicates.measure(self.reference.test_spacing, generated)

    @cached_property
    def probabilities(self) -> Probabilities:
        generated = self.generated_probabilities
        if generated is None:
            raise Unavailable("there are no class probabilities of the generated samples")
        labels = self.generated_labels
        if labels is None:
            labels = generated.argmax(axis=1)
        real = self.reference
        return Probabilities(generated, labels, real.prior, real.test_probabilities)

    @cached_property
    def kernel_likelihood(self) -> KernelLikelihood:
        """In the space of the samples, as the model's own density is."""
        if self.reference.test is None or self.generated is None:
            raise Unavailable("needs the samples themselves, test and generated")
        test, generated = flat(self.reference.test), flat(self.generated)
        return KernelLikelihood.measure(test, generated, rng=self._rng("kernel_likelihood"))

    @cached_property
    def log_likelihoods(self) -> Array:
        if self.test_log_prob is None:
            raise Unavailable("the model has no log_prob")
        return self.test_log_prob

    @cached_property
    def level_set(self) -> LevelSet:
        level = self.reference.level
        density = self.reference.density
        assert density is not None  # noqa: S101  # `level` is unavailable otherwise
        if self.generated is None:
            raise Unavailable("there are no generated samples")
        return LevelSet(level, density.log_prob(flat(self.generated)))

    def _rng(self, evidence: str) -> np.random.Generator:
        return rng_for(self.seed, evidence)


def _points(name: str, points: Array | None, samples: Array | None) -> Array:
    if points is not None:
        return points
    if samples is None:
        raise Unavailable(f"there are no {name} samples")
    return flat(samples)


def _at_least(fewest: int, points: Array, name: str) -> Array:
    if len(points) < fewest:
        raise Unavailable(f"needs {fewest} {name} samples; there are {len(points)}")
    return points
