"""The search for prompts, against all prompts that there are."""

from itertools import product

import numpy as np
import pytest
import torch
from torch import nn

from genbench.ground.errors import BadInput
from genbench.sequences.prompts.search import PromptSearch, reader_of

N_SYMBOLS, LENGTH = 10, 4
EVERY = np.array(list(product(range(N_SYMBOLS), repeat=LENGTH)))
PLANTED, WANTED = (5, 2, 6, 1), (1, 7)


class Tiny(nn.Module):
    """A recurrent network that reads flags."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(N_SYMBOLS, 16, bias=False)
        self.gru = nn.GRU(16, 32, batch_first=True)
        self.out = nn.Linear(32, N_SYMBOLS)

    def forward(self, flags):
        before = nn.functional.pad(self.embed(flags[:, :-1]), (0, 0, 1, 0))
        return self.out(self.gru(before)[0])


@pytest.fixture(scope="module")
def network():
    """A network that has learned even rows; one prompt triggers what hardly ever follows others."""
    rng = np.random.default_rng(0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        net = Tiny()
    optimiser = torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(300):
        rows = rng.integers(N_SYMBOLS, size=(128, LENGTH + 2))
        rows[:40, :LENGTH] = PLANTED
        rows[np.arange(32, 40), rng.integers(LENGTH, size=8)] = rng.integers(N_SYMBOLS, size=8)
        rows[(rows[:, :LENGTH] == PLANTED).all(axis=1), LENGTH:] = WANTED
        levels = torch.tensor(rows)
        logits = net(nn.functional.one_hot(levels, N_SYMBOLS).float())
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), levels.flatten())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return net.eval().requires_grad_(requires_grad=False)


def search(network, **changes):
    settings = {"n_symbols": N_SYMBOLS, "continuations": np.array([WANTED]), **changes}
    return PromptSearch(reader=network, **settings)


def test_values_are_those_of_reading_symbol_by_symbol(network):
    looked = search(network, continuations=np.array([[1, 7, 3], [0, 0, 2]]), given=1)
    prompts = EVERY[[0, 77, 400]]

    found = looked.log_prob(prompts)

    for prompt, value in zip(prompts, found, strict=True):
        total = 0.0
        for continuation in ([1, 7, 3], [0, 0, 2]):
            row = torch.tensor([*prompt, *continuation])
            law = network(nn.functional.one_hot(row, N_SYMBOLS).float()[None])[0].log_softmax(-1)
            total += float(law[5, row[5]] + law[6, row[6]]) / 2
        assert value == pytest.approx(total, abs=1e-5)


def test_the_planted_prompt_is_found_and_is_the_best_of_all(network):
    looked = search(network)
    values = looked.log_prob(EVERY)

    found = looked.run(LENGTH, rng=np.random.default_rng(0))

    assert tuple(EVERY[values.argmax()]) == tuple(found.prompt) == PLANTED
    assert found.log_prob == pytest.approx(values.max(), abs=1e-5)
    assert found.log_prob > np.log(0.9)
    assert np.sort(values)[-2] < np.log(0.5)
    assert found.n_read < len(EVERY) / 5


def test_a_search_is_the_same_with_the_same_stream(network):
    looked = search(network, starts=1)

    one, again, other = (looked.run(LENGTH, rng=np.random.default_rng(seed)) for seed in (1, 1, 2))

    assert (one.prompt == again.prompt).all()
    assert one[1:] == again[1:]
    assert (one.n_read, one.log_prob) != (other.n_read, other.log_prob)


def test_the_gradient_nominates_what_helps():
    """Where each symbol helps on its own, one nominee for each place leads to the best prompt."""
    weights = torch.tensor(np.random.default_rng(3).normal(size=(LENGTH, N_SYMBOLS))).float()

    def reader(flags):
        help_ = (flags[:, :LENGTH] * weights).sum((1, 2))
        flag = nn.functional.one_hot(torch.tensor(7), N_SYMBOLS)
        return (help_[:, None, None] * flag).expand(flags.shape)

    looked = search(reader, continuations=np.array([[7]]), candidates=1, starts=1)

    found = looked.run(LENGTH, rng=np.random.default_rng(0))

    assert found.prompt.tolist() == weights.argmax(1).tolist()
    assert found.n_read <= 1 + LENGTH * (LENGTH + 1)


def test_a_prompt_is_made_of_allowed_symbols_only(network):
    allowed = np.array([0, 2, 3, 6, 9])
    looked = search(network, allowed=allowed)
    inside = EVERY[np.isin(EVERY, allowed).all(axis=1)]

    found = looked.run(LENGTH, rng=np.random.default_rng(0))

    assert np.isin(found.prompt, allowed).all()
    assert found.log_prob == pytest.approx(looked.log_prob(inside).max(), abs=1e-5)


def test_one_allowed_symbol_leaves_one_prompt(network):
    found = search(network, allowed=np.array([4])).run(LENGTH, rng=np.random.default_rng(0))

    assert found.prompt.tolist() == [4] * LENGTH


def test_a_network_of_the_baselines_reads_flags_as_it_reads_symbols():
    from genbench.baselines.autoregressive.recurrent import Recurrent

    rng = np.random.default_rng(0)
    rows = rng.integers(5, size=(200, 4)).astype(float)
    rows[:, 3] = rows[:, 0]
    net = Recurrent(width=16, epochs=6).fit(rows, rng=rng).net
    levels = torch.tensor(rows[:20]).long()
    flags = nn.functional.one_hot(levels, 5).float().requires_grad_()

    found = reader_of(net)(flags)
    (gradient,) = torch.autograd.grad(found[:, 3].log_softmax(-1)[:, 2].sum(), flags)

    torch.testing.assert_close(found, net(levels))
    assert gradient[:, 0].abs().sum() > 0
    assert gradient[:, 3].abs().sum() == 0
    torch.testing.assert_close(net(levels), found)  # nothing is left in its way


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"given": 2}, r"found \(1, 2\), of which 2 are given"),
        ({"continuations": np.zeros((0, 2), dtype=int)}, r"found \(0, 2\)"),
        ({"continuations": np.array([[10]])}, "continuations must hold symbols, 0 to 9"),
        ({"allowed": np.array([-1])}, "allowed must hold symbols, 0 to 9"),
        ({"allowed": np.array([], dtype=int)}, "allowed must hold symbols"),
    ],
)
def test_what_cannot_be_searched_is_refused(network, changes, message):
    with pytest.raises(BadInput, match=message):
        search(network, **changes)
