"""Laws of samples: histograms over the kinds of a codebook that no model moves."""

import dataclasses

import numpy as np
import pytest

from genbench.creativity.capacity import information
from genbench.datasets import load
from genbench.evidence.kinds import N_CELLS
from genbench.scoring.laws import kinds_of, law_of


@pytest.fixture(scope="module")
def ring():
    return load("ring")


@pytest.fixture(scope="module")
def kinds(ring):
    (found,) = kinds_of(ring, N_CELLS)
    return found


def test_a_law_counts_all_samples_by_the_codebook_that_it_names(ring, kinds):
    law = law_of(ring, ring.fresh)

    assert sum(law.counts) == len(ring.fresh)
    assert len(law.counts) == len(kinds.weights)
    assert law.codebook == kinds.checksum
    assert law.reason is None
    assert law.is_current


def test_the_codebook_is_fitted_before_and_without_any_model(ring, kinds):
    noise = np.random.default_rng(0).uniform(-9, 9, size=(500, 2))
    law_of(ring, noise)

    assert law_of(ring, ring.fresh) == law_of(load("ring"), ring.fresh)


def test_copies_are_of_kinds_that_surprise_little_and_tell_less_than_real_samples(ring, kinds):
    def told(samples):
        counts = np.array(law_of(ring, samples).counts)
        return information(kinds.channel, counts / counts.sum())

    copies, real, one = told(ring.train), told(ring.fresh), told(np.repeat(ring.fresh[:1], 9, 0))

    assert one == pytest.approx(0, abs=1e-12)
    assert copies < 0.6 * real


def test_real_samples_are_typical_by_half_and_noise_is_not(ring, kinds):
    def quality(samples):
        counts = np.array(law_of(ring, samples).counts)
        return counts @ kinds.quality / counts.sum()

    noise = np.random.default_rng(0).uniform(-9, 9, size=(500, 2))
    assert quality(noise) < 0.1 < 0.35 < quality(ring.fresh) < 0.6


def test_a_data_set_that_has_no_kinds_says_why():
    few = dataclasses.replace(load("wine"), test=load("wine").test[:3], test_labels=None,
                              train_labels=None, fresh_labels=None)  # fmt: skip

    law = law_of(few, few.fresh)

    assert law.counts == ()
    assert law.codebook == ""
    assert "needs 6 test samples" in law.reason
