"""Real handwritten digits, 8x8 pixels of 17 grey levels, from scikit-learn; no download.

Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository,
1998, https://doi.org/10.24432/C50P49.
"""

from genbench.datasets.dataset import Dataset
from genbench.datasets.domain import Domain
from genbench.ground.randomness import rng_for

N_TRAIN, N_TEST = 999, 399  # of 1,797; the other 399 are fresh


def load() -> Dataset:
    """Return the digits, shuffled once and for all."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    order = rng_for(0, "digits").permutation(len(bunch.data))
    samples, labels = bunch.data[order], bunch.target[order]
    train, test, fresh = (
        slice(None, N_TRAIN),
        slice(N_TRAIN, N_TRAIN + N_TEST),
        slice(N_TRAIN + N_TEST, None),
    )
    return Dataset(
        name="digits",
        train=samples[train],
        test=samples[test],
        fresh=samples[fresh],
        train_labels=labels[train],
        test_labels=labels[test],
        fresh_labels=labels[fresh],
        features="digit_classifier",
        domain=Domain(whole=True, low=0, high=16),
        picture=(8, 8),
    )
