"""Reversal, whose alignment is known: what is written at step t stands at L - 1 - t."""

import numpy as np
import pytest

from genbench.baselines.sequences.encoder_decoder import EncoderDecoder

LENGTH = 6


def reversals(steps):
    """Share of symbols of unseen rows that are reversed rightly, and of those so aligned."""
    rng = np.random.default_rng(0)
    train, test = (rng.integers(10, size=(n, LENGTH)).astype(float) for n in (4000, 500))
    model = EncoderDecoder(steps=steps).fit(train, train[:, ::-1], rng=rng)

    written, attention = model.translate(test)

    assert attention.shape == (500, LENGTH, LENGTH)
    np.testing.assert_allclose(attention.sum(axis=2), 1, atol=1e-5)
    aligned = attention.argmax(axis=2) == np.arange(LENGTH)[::-1]
    return (written == test[:, ::-1]).mean(), aligned.mean()


@pytest.mark.long
def test_attention_of_a_reversal_goes_from_the_end_to_the_beginning():
    right, aligned = reversals(600)

    assert right > 0.995
    assert aligned > 0.995


def test_before_it_has_learned_it_does_not():
    right, aligned = reversals(1)

    assert right < 0.3
    assert aligned == pytest.approx(1 / LENGTH, abs=0.1)


def test_the_target_may_have_another_length_and_other_symbols():
    rng = np.random.default_rng(0)
    sources, targets = rng.integers(3, size=(20, 3)), rng.integers(5, 9, size=(20, 4))

    model = EncoderDecoder(width=8, steps=50).fit(sources, targets, rng=rng)
    written, attention = model.translate(sources[:7])

    assert written.shape == (7, 4)
    assert set(np.unique(written)) <= {5, 6, 7, 8}
    assert attention.shape == (7, 4, 3)
