"""Scores in training loops: batches, orders, ranks and padded samplers make no difference."""

import subprocess
import sys
from copy import deepcopy

import numpy as np
import pytest
import torch

from genbench import loops
from genbench.evidence.gaussians import Gaussian, squared_distance
from genbench.ground.errors import BadInput
from genbench.loops import ImageScores, side
from genbench.loops.side import UNKNOWN, Rows, Side, order_of

METRICS = ["fid", "kid", "coverage"]
N_REAL, N_MADE, SIDE_LENGTH = 50, 30, 16


class Means(torch.nn.Module):
    """Six numbers of a picture, and two classes."""

    def forward(self, batch):
        features = torch.cat([batch.mean(dim=(2, 3)), batch.std(dim=(2, 3))], dim=1)
        return features, features[:, :2] / 10


NETWORK = (Means(), "as-is")


@pytest.fixture(scope="module")
def real():
    return np.random.default_rng(0).integers(256, size=(N_REAL, 16, 16, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def made():
    return np.random.default_rng(1).integers(4, 256, size=(N_MADE, 16, 16, 3), dtype=np.uint8)


def scores(**settings):
    return ImageScores(NETWORK, **({"metrics": METRICS} | settings))


def whole(real, made, **settings):
    found = scores(**settings)
    found.update(real, real=True, index=np.arange(len(real)))
    found.update(made, real=False)
    return found


def values(found):
    return {name: score.value for name, score in found.compute().items()}


def test_batches_and_their_order_make_no_difference(real, made):
    expected = values(whole(real, made))
    order = np.random.default_rng(2).permutation(N_REAL)
    found = scores()

    for part in np.array_split(order, 7):
        found.update(torch.tensor(real[part]).permute(0, 3, 1, 2), real=True, index=part)
    for part in np.array_split(made, 4)[::-1]:
        found.update(part, real=False)

    assert values(found) == pytest.approx(expected, rel=1e-6)
    assert expected["frechet_distance"] > 0.1


def test_it_is_the_score_of_all_pictures(real, made):
    found = values(whole(real, made))

    def points(pictures):
        flat = pictures.reshape(len(pictures), -1, 3).astype(np.float64)
        return np.concatenate([flat.mean(axis=1), flat.std(axis=1, ddof=1)], axis=1)

    expected = squared_distance(*(Gaussian.of(points(each)) for each in (real, made)))
    assert found["frechet_distance"] == pytest.approx(expected, rel=1e-4)


def test_parts_add_up_and_what_a_sampler_repeats_counts_once(real, made):
    expected = values(whole(real, made))
    padded = np.concatenate([np.arange(N_REAL), [1, 0, 3, 2]])  # each is the other rank's
    ranks = []
    for rank in range(2):
        one = scores()
        for part in np.array_split(padded[rank::2], 3):
            one.update(real[part], real=True, index=part)
        one.update(made[rank::2], real=False)
        ranks.append(one)

    for both in (ranks[0] + ranks[1], ranks[1] + ranks[0]):
        assert values(both) == pytest.approx(expected, rel=1e-6)
    assert ranks[0].merged(one.pack() for one in ranks).compute()["fid"].value == pytest.approx(
        expected["frechet_distance"], rel=1e-6
    )


def test_generated_pictures_that_are_alike_count_each(real, made):
    same = np.repeat(made[:1], N_MADE, axis=0)
    found, half = whole(real, same), scores()
    half.update(same, real=False)

    both = found + half

    assert both._sides["generated"].n == 2 * N_MADE
    assert len(both._sides["generated"].kept) == 2 * N_MADE


def test_of_many_the_distance_is_of_all_and_neighbours_are_some(real, made):
    expected = values(whole(real, made))
    order = np.random.default_rng(3).permutation(N_REAL)
    few, turned = whole(real, made, keep=20), scores(keep=20)
    turned.update(real[order], real=True, index=order)
    turned.update(made[::-1], real=False)

    assert values(few)["frechet_distance"] == pytest.approx(expected["frechet_distance"], rel=1e-6)
    assert values(turned) == pytest.approx(values(few), rel=1e-6)
    assert values(few)["coverage"] != expected["coverage"]
    said = few.compute()["coverage"].warnings
    assert "the Frechet distance is of all 50 test pictures, every other measure of 20." in said


def test_sums_forget_pictures_but_the_last_ones_wait(real, made, monkeypatch):
    expected = values(whole(real, made, keep=10))
    monkeypatch.setattr(side, "WAITING", 6)
    padded, ranks = np.concatenate([np.arange(N_REAL), [1, 0]]), []
    for rank in range(2):
        one = scores(keep=10)
        for part in np.array_split(padded[rank::2], 5):
            one.update(real[part], real=True, index=part)
        one.update(made[rank::2], real=False)
        ranks.append(one)

    both = ranks[0] + ranks[1]

    assert ranks[0]._sides["test"].sums.n > 0
    assert both._sides["test"].n == N_REAL
    assert values(both) == pytest.approx(expected, rel=1e-6)
    twice = ranks[0] + ranks[0]
    assert twice._sides["test"].repeated == 20  # of 26, those that do not wait
    assert any("20 test pictures counted twice" in one for one in twice.compute()["fid"].warnings)


def test_resetting_forgets_all_or_what_was_generated(real, made):
    found = whole(real, made)
    expected = values(found)

    found.reset(keep_real=True)
    with pytest.raises(BadInput, match="No generated picture has come yet"):
        found.compute()
    found.update(made, real=False)
    assert values(found) == pytest.approx(expected)
    found.reset()
    with pytest.raises(BadInput, match="No real picture has come yet"):
        found.compute()


def test_without_other_processes_gathering_changes_nothing(real, made):
    found = whole(real, made)

    assert values(found.gather()) == values(found)
    assert values(deepcopy(found)) == values(found)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"images": np.zeros((2, 16, 16, 3))}, "as uint8, not float64"),
        ({"index": [1]}, r"one for each of 2 pictures"),
        ({"index": [0.5, 1.5]}, "must be whole numbers from 0 up"),
        ({"index": [-1, 2]}, "must be whole numbers from 0 up"),
    ],
)
def test_what_cannot_be_taken_in_is_refused(wrong, message):
    given = {"images": np.zeros((2, 16, 16, 3), np.uint8), "real": True} | wrong
    with pytest.raises(BadInput, match=message):
        scores().update(given.pop("images"), **given)


def test_sets_of_other_features_cannot_be_added():
    with pytest.raises(BadInput, match="different features or preprocessing cannot be added"):
        scores() + ImageScores((Means(), "pil-bicubic-128-lite"))
    with pytest.raises(BadInput, match="keep must be a whole number from 2 up, not 1"):
        scores(keep=1)
    with pytest.raises(AttributeError):
        _ = loops.ImageScore


def test_packing_keeps_everything():
    rows = Rows(
        np.array([order_of(i) for i in range(5)], dtype=np.uint64),
        np.array([0, 1, 2, 3, UNKNOWN]),
        np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32),
        np.zeros((5, 0), np.float32),
    )
    packed = Side(3).extended(rows)

    again = Side.unpack(packed.pack())

    assert (again.n, again.keep, again.indices) == (5, 3, {0, 1, 2, 3})
    np.testing.assert_array_equal(again.kept.order, np.sort(rows.order)[:3])
    np.testing.assert_array_equal(again.waiting.features, rows.features)


RANK = """
import sys
import numpy as np, torch
from torch import distributed
from genbench.loops import ImageScores

place, rank = sys.argv[1], int(sys.argv[2])

class Means(torch.nn.Module):
    def forward(self, batch):
        features = torch.cat([batch.mean(dim=(2, 3)), batch.std(dim=(2, 3))], dim=1)
        return features, features[:, :2] / 10

distributed.init_process_group("gloo", init_method=f"file://{place}/meet", rank=rank, world_size=2)
real, made = np.load(f"{place}/real.npy"), np.load(f"{place}/made.npy")
sampler = torch.utils.data.DistributedSampler(real, num_replicas=2, rank=rank, seed=3)
scores = ImageScores((Means(), "as-is"), metrics=["fid"])
for index in torch.tensor(list(sampler)).split(9):
    scores.update(torch.tensor(real[index]), real=True, index=index)
scores.update(torch.tensor(made[rank::2]), real=False)
if rank == 0:  # alone: nobody else is asked
    assert scores.compute()["fid"].value > 0
print(repr(scores.gather().compute()["fid"].value))
distributed.destroy_process_group()
"""


def on_two_processes(tmp_path, real, made):
    np.save(tmp_path / "real.npy", real)
    np.save(tmp_path / "made.npy", made)
    script = tmp_path / "rank.py"
    script.write_text(RANK)
    started = [
        subprocess.Popen(
            [sys.executable, "-P", str(script), str(tmp_path), str(rank)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    told = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0, 0], told
    return [float(out) for out, _ in told]


def test_two_processes_with_a_padded_sampler_equal_one(real, made, tmp_path):
    odd = real[:-1]  # 49 pictures: the sampler repeats one
    expected = values(whole(odd, made, metrics=["fid"]))["frechet_distance"]

    found = on_two_processes(tmp_path, odd, made)

    assert found == pytest.approx([expected, expected], rel=1e-6)
