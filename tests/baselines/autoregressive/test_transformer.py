"""What attention is blind to: order, unless it is told places; and what comes later."""

import numpy as np
import pytest
import torch
from torch import nn

from genbench.baselines.autoregressive.transformer import Block, Decoder
from genbench.baselines.training import gradient_step


def block(*, alike=False, causal=False, bias=1.0):
    torch.manual_seed(0)
    block = Block(9, 16, 4, 0.0, alike=alike, causal=causal).double()
    block.attention_bias.data.copy_(bias * torch.randn(block.attention_bias.shape))
    return block


def permuted(block):
    """How far the block's answer to rows in another order is from its answer, so ordered."""
    x, order = torch.randn(3, 9, 16, dtype=torch.float64), torch.randperm(9)
    with torch.no_grad():
        return float((block(x[:, order], {}) - block(x, {})[:, order]).abs().max())


def test_without_mask_and_places_attention_commutes_with_permutations():
    assert permuted(block(bias=0.0)) < 1e-6


@pytest.mark.parametrize(
    "told", [{"bias": 1.0}, {"bias": 1.0, "alike": True}, {"bias": 0.0, "causal": True}]
)
def test_with_places_distances_or_a_mask_it_does_not(told):
    assert permuted(block(**told)) > 0.01


def test_distances_are_the_same_wherever_a_row_begins():
    x = torch.randn(2, 5, 16, dtype=torch.float64)
    known, placed = block(alike=True), block()
    moved = [  # read at the places 0 to 4, and 4 to 8
        (known.bias(0, 5), known.bias(4, 9)[:, :, 4:]),
        (placed.bias(0, 5), placed.bias(4, 9)[:, :, 4:]),
    ]

    assert torch.equal(*moved[0])
    assert not torch.equal(*moved[1])
    assert known(x, {}).shape == x.shape


@pytest.mark.parametrize("alike", [False, True])
@pytest.mark.parametrize("place", [0, 4, 7])
def test_nothing_before_a_symbol_or_at_its_place_moves_when_it_does(alike, place, rng):
    marginals = torch.zeros(9, 5)
    torch.manual_seed(0)
    net = Decoder(marginals, 16, 2, 4, 0.0, alike=alike, input_dropout=0.0).double().eval()
    nn.init.normal_(net.output_layer.weight)
    rows = torch.tensor(rng.integers(5, size=(4, 9)))
    changed = rows.clone()
    changed[:, place] = (rows[:, place] + 1) % 5

    with torch.no_grad():
        moved = (net(rows) - net(changed)).abs().amax(dim=(0, 2))

    assert (moved[: place + 1] == 0).all()
    assert (moved[place + 1 :] > 1e-3).all()


def test_it_learns_any_table_of_64_rows_and_labels(rng):
    rows = rng.permutation(np.unique(rng.integers(4, size=(200, 8)), axis=0))[:64]
    labels = torch.tensor(rng.integers(4, size=64))
    table = nn.functional.pad(torch.tensor(rows), (0, 1))  # the last place reads the eight before
    torch.manual_seed(0)
    net = Decoder(torch.zeros(9, 4), 32, 2, 4, 0.0, alike=False, input_dropout=0.0)
    optimiser = torch.optim.Adam(net.parameters(), lr=5e-3)

    losses = []
    for _ in range(100):
        losses.append(nn.functional.cross_entropy(net(table)[:, 8], labels))
        gradient_step(optimiser, losses[-1])

    assert len(table) == 64
    assert losses[0].item() > 1.3
    assert losses[-1].item() < 0.01
