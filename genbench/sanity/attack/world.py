"""What is attacked: the board of digits, as a competitor has it.

Samples are pictures of the range of pixels, and are scored on the features of the digit classifier,
as on the boards. A competitor knows the metric and the classifier, training samples, and perhaps
the test samples, which are public.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
from scipy.spatial.distance import cdist

from genbench.evidence import Comparison
from genbench.ground.arrays import Array, read_only
from genbench.ground.errors import Unavailable
from genbench.ground.randomness import rng_for
from genbench.metric import Metric
from genbench.scoring.evaluate import evaluate
from genbench.scoring.inputs import comparison_of

N_SAMPLES = 100  # that are moved
WHITE = 16.0
NEIGHBOUR = 5  # whose distance is the radius of a real picture's ball
N_REAL = 10  # draws of as many real samples
OF_CLASSES = "generated_probabilities"


@dataclass(frozen=True, eq=False)
class World:
    """Pictures (n, 64), what the classifier makes of them, and how metrics score them."""

    classifier: Any  # a DigitClassifier
    embed: Callable[[Array], Array]  # its features
    train: Array
    test: Array
    fresh: Array

    @cached_property
    def _bases(self) -> dict[str, Comparison]:
        train = self.embed(self.train)
        return {
            name: comparison_of(
                test=self.embed(pictures),
                train=train,
                generated=train[:2],
                generated_probabilities=self.classifier.classify(self.train[:2]),
            )
            for name, pictures in (("train", self.train), ("test", self.test))
        }

    def features(self, against: str) -> Array:
        """Return the features (n, d) of the samples that a metric compares with."""
        return self._bases[against].reference.test_set

    def value(self, metric: Metric, pictures: Array, *, against: str = "test") -> float:
        """Return what a metric says of pictures (n, 64), beside test or training samples.

        Raises:
            Unavailable: it has no value for them.
        """
        asked = metric.inputs
        points = self.embed(pictures) if "generated" in asked else None
        classes = self.classifier.classify(pictures) if OF_CLASSES in asked else None
        comparison = replace(
            self._bases[against],
            generated=None if points is None else read_only(points),
            generated_probabilities=classes,
        )
        plain = replace(metric, standard_error=None, ideal=None, chance=None, p_value=None)
        score = evaluate(comparison, [plain])[metric.name]
        if score.value is None:
            raise Unavailable(score.reason or f"{metric.name} has no value")
        return score.value

    def of_real(self, metric: Metric, *, against: str = "test", n: int = N_SAMPLES) -> Array:
        """Return values of as many fresh real samples, drawn anew `N_REAL` times."""
        return np.array(
            [
                self.value(metric, rng_for(draw, "attack", "real").permutation(self.fresh)[:n],
                           against=against)
                for draw in range(N_REAL)
            ]
        )  # fmt: skip

    def noise(self, rng: np.random.Generator, n: int = N_SAMPLES) -> Array:
        """Draw pictures of noise, even over the range of pixels."""
        return rng.uniform(0, WHITE, size=(n, self.train.shape[1]))

    def share_of_copies(self, pictures: Array) -> float:
        """Return which share of pictures are training or test samples, to rounding."""
        real = np.concatenate([self.train, self.test])
        return float((cdist(pictures, real).min(axis=1) < 1e-3).mean())

    def share_of_junk(self, pictures: Array) -> float:
        """Return which share of pictures lie, pixel by pixel, in no ball of a real picture.

        Balls reach to the fifth neighbour; real pictures are all there are.
        """
        real = np.concatenate([self.train, self.test, self.fresh])
        radii = cdist(real, real)
        radii.partition(NEIGHBOUR, axis=1)  # itself comes first
        inside = cdist(real, pictures) <= radii[:, NEIGHBOUR, None]
        return float((~inside.any(axis=0)).mean())


@cache
def world() -> World:
    """Load digits and the classifier, which is trained once."""
    from genbench.datasets import load
    from genbench.embeddings import embedding_for

    digits = load("digits")
    classifier = embedding_for(digits)
    return World(
        classifier=classifier,
        embed=classifier.embed,
        train=np.asarray(digits.train),
        test=np.asarray(digits.test),
        fresh=np.asarray(digits.fresh),
    )


def remembering(embed: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Return an embedding that makes the features of a picture only once, as a search needs it."""
    known: dict[bytes, Array] = {}

    def remembered(pictures: Array) -> Array:
        keys = [picture.tobytes() for picture in pictures]
        new = {key: place for place, key in enumerate(keys) if key not in known}
        if new:
            known.update(zip(new, embed(pictures[list(new.values())]), strict=True))
        return np.stack([known[key] for key in keys])

    return remembered
