"""The codebooks, the gradient and the prior of the VQ-VAE, each against its definition."""

import numpy as np
import torch

from genbench.baselines.quantization.code_prior import Prior
from genbench.baselines.quantization.codebooks import Codebooks
from genbench.baselines.quantization.vq_vae import VQVAE


def clusters(n, generator):
    centres = torch.tensor([[0.0, 0.0], [8.0, 0.0], [0.0, 8.0], [8.0, 8.0]])
    return centres[torch.arange(n) % 4] + 0.1 * torch.randn((n, 2), generator=generator)


def test_full_updates_end_at_a_fixed_point_of_lloyds_algorithm():
    generator = torch.Generator().manual_seed(0)
    vectors = clusters(200, generator)
    books = Codebooks(vectors, slots=1, size=6, random=generator)

    for _ in range(50):
        codes, _, seen = books.quantize(vectors)
        books.update(codes, seen, rate=1.0)
    codes, quantized, _ = books.quantize(vectors)

    nearest = torch.cdist(vectors, books.entries[0]).argmin(dim=1)
    assert torch.equal(codes[:, 0], nearest)
    for code in codes.unique():
        mean_of_cell = vectors[codes[:, 0] == code].mean(dim=0)
        torch.testing.assert_close(books.entries[0, code], mean_of_cell, atol=1e-5, rtol=0)
    torch.testing.assert_close(books.decode(codes), quantized)


def test_a_small_update_is_a_running_mean_over_batches():
    generator = torch.Generator().manual_seed(0)
    vectors = clusters(40, generator)
    books = Codebooks(vectors, slots=1, size=3, random=generator)
    counts, totals = books.counts[0].clone(), books.totals[0].clone()
    codes, _, seen = books.quantize(vectors)

    books.update(codes, seen, rate=0.1)

    for entry in range(3):
        mine = vectors[codes[:, 0] == entry]
        count = 0.9 * counts[entry] + 0.1 * len(mine)
        expected = (0.9 * totals[entry] + 0.1 * mine.sum(dim=0)) / count
        torch.testing.assert_close(books.entries[0, entry], expected)


def test_each_slot_codes_what_the_slots_before_it_left_over():
    generator = torch.Generator().manual_seed(0)
    vectors = clusters(200, generator)
    books = Codebooks(vectors, slots=3, size=4, random=generator)

    codes, quantized, seen = books.quantize(vectors)

    first = books.entries[0][codes[:, 0]]
    second = books.entries[1][codes[:, 1]]
    torch.testing.assert_close(seen[1], vectors - first)
    torch.testing.assert_close(seen[2], vectors - first - second, atol=1e-5, rtol=0)
    torch.testing.assert_close(books.decode(codes), quantized, atol=1e-5, rtol=0)


def test_dead_entries_come_back_at_vectors_that_were_seen():
    generator = torch.Generator().manual_seed(0)
    vectors = clusters(200, generator)
    books = Codebooks(vectors, slots=2, size=4, random=generator)
    books.entries[1, 2] = 1e6
    for _ in range(3):
        codes, _, seen = books.quantize(vectors)
        books.update(codes, seen, rate=1.0)
    assert books.counts[1, 2] == 0

    books.revive(seen, least=0.5, random=generator)

    assert (books.entries[1, 2] == seen[1]).all(dim=1).any()
    assert books.counts[1, 2] == 50


def test_the_prior_predicts_a_code_from_earlier_codes_only():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        prior = Prior(slots=4, size=5, hidden=8)
    codes = torch.tensor([[0, 1, 2, 3]])
    changed = torch.tensor([[0, 1, 4, 3]])

    before, after = prior(codes), prior(changed)

    assert torch.equal(before[:, :, :3], after[:, :, :3])
    assert not torch.equal(before[:, :, 3], after[:, :, 3])


def test_the_prior_learns_which_codes_go_together():
    generator = torch.Generator().manual_seed(0)
    first = torch.randint(4, (400,), generator=generator)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        prior = Prior(slots=2, size=4, hidden=16)
    together = torch.stack([first, (first + 1) % 4], dim=1)

    learned = prior.trained(together, steps=400, batch=128, random=generator)
    with torch.no_grad():
        codes = learned.sample(400, generator)

    assert ((codes[:, 0] + 1) % 4 == codes[:, 1]).float().mean() > 0.9
    assert torch.bincount(codes[:, 0], minlength=4).min() > 60


def test_the_gradient_passes_the_codebooks_straight_to_the_encoder():
    train = np.random.default_rng(0).normal(size=(64, 3)) @ np.diag([1.0, 2.0, 3.0])
    settings = {"slots": 1, "size": 4, "width": 2, "hidden": 16, "commitment": 0.0}

    start, later = (
        VQVAE(**settings, steps=steps, prior_steps=1).fit(train, rng=np.random.default_rng(1))
        for steps in (0, 30)
    )

    # Weight decay alone would shrink every weight by the same share.
    share = later.encoder[0].weight / start.encoder[0].weight
    assert share.std() > 0.01


def test_codes_name_entries_and_decode_to_samples_near_their_own():
    rng = np.random.default_rng(0)
    train = 50 + 10 * clusters(200, torch.Generator().manual_seed(0)).double().numpy()
    model = VQVAE(slots=2, size=4, hidden=32, steps=200, prior_steps=20).fit(train, rng=rng)

    codes = model.encode(train)
    lost = model.decode(codes) - train

    assert codes.shape == (200, 2)
    assert set(np.unique(codes)) <= {0.0, 1.0, 2.0, 3.0}
    assert (lost.var(axis=0) < 0.05 * train.var(axis=0)).all()
    drawn = model.sample_latents(20, rng=np.random.default_rng(1))
    samples = model.sample(20, rng=np.random.default_rng(1))
    np.testing.assert_array_equal(samples, model.decode(drawn))
