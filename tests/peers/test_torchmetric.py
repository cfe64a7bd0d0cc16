"""As a metric of torchmetrics: the same numbers, also in its collections and on many processes."""

import sys
from copy import deepcopy

import numpy as np
import pytest
import torch

from genbench.ground.errors import MissingExtra, Unavailable
from genbench.loops import ImageScores, as_torchmetric

RNG = np.random.default_rng(0)
REAL, MADE = (RNG.integers(low, 256, size=(30, 3, 16, 16), dtype=np.uint8) for low in (0, 50))


class Means(torch.nn.Module):
    """Three numbers of a picture."""

    def forward(self, batch):
        return batch.mean(dim=(2, 3))


NETWORK = (Means(), "as-is")


@pytest.fixture
def torchmetrics(find_peer):
    return find_peer("torchmetrics")


@pytest.fixture
def expected():
    scores = ImageScores(NETWORK, metrics=["fid"])
    scores.update(REAL, real=True)
    scores.update(MADE, real=False)
    return scores.compute()["fid"].value


def filled(metric):
    for part in np.array_split(REAL, 3):
        metric.update(torch.tensor(part), real=True)
    metric.update(torch.tensor(MADE), real=False)
    return metric


@pytest.mark.peers
def test_it_is_a_metric_of_torchmetrics(torchmetrics, expected):
    metric = as_torchmetric("fid", NETWORK)

    assert isinstance(metric, torchmetrics.Metric)
    assert metric.higher_is_better is False
    assert float(filled(metric).compute()) == pytest.approx(expected, rel=1e-9)
    assert float(deepcopy(metric).compute()) == pytest.approx(expected, rel=1e-9)
    metric.reset(keep_real=True)
    metric(torch.tensor(MADE), real=False)
    assert float(metric.compute()) == pytest.approx(expected, rel=1e-9)


@pytest.mark.peers
def test_what_it_hands_round_makes_all_processes_one(torchmetrics, expected):
    ranks = [as_torchmetric("fid", NETWORK) for _ in range(2)]
    for rank, metric in enumerate(ranks):
        index = np.concatenate([np.arange(30), [1, 0]])[rank::2]  # padded with the other's
        metric.update(torch.tensor(REAL[index]), real=True, index=index)
        metric.update(torch.tensor(MADE[rank::2]), real=False)
    packed = [torch.tensor(list(metric.scores.pack()), dtype=torch.uint8) for metric in ranks]
    alone = float(ranks[0].compute())
    handed = []

    def hand_round(state, group=None):
        handed.append(state)
        return packed

    ranks[1].dist_sync_fn, ranks[1].distributed_available_fn = hand_round, lambda: True

    assert float(ranks[1].compute()) == pytest.approx(expected, rel=1e-6)
    assert torch.equal(handed[0], packed[1])
    assert alone != pytest.approx(expected, rel=1e-3)


@pytest.mark.peers
def test_it_stands_in_collections(torchmetrics, expected):
    both = torchmetrics.MetricCollection(
        {"fid": as_torchmetric("fid", NETWORK), "coverage": as_torchmetric("coverage", NETWORK)}
    )

    found = filled(both).compute()

    assert float(found["fid"]) == pytest.approx(expected, rel=1e-9)
    assert 0 <= float(found["coverage"]) <= 1


@pytest.mark.peers
def test_what_has_no_value_says_why(torchmetrics):
    with pytest.raises(Unavailable, match="There are no class probabilities"):
        filled(as_torchmetric("is", NETWORK)).compute()


def test_without_torchmetrics_the_message_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "torchmetrics", None)

    with pytest.raises(MissingExtra, match="This needs torchmetrics: pip install torchmetrics"):
        as_torchmetric("fid", NETWORK)
