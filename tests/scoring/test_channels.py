"""Pictures with channels first are refused with the remedy, at every door."""

import numpy as np
import pytest
import torch
from click.testing import CliRunner

import genbench
from genbench.cli.main import main
from genbench.datasets import load
from genbench.files import read_samples
from genbench.ground.arrays import as_samples
from genbench.ground.errors import BadInput
from genbench.scoring.dataset import score_samples

REMEDY = r"as of pictures with channels first: put channels last, numpy\.moveaxis\(x, 1, -1\)"
FIRST = [(3, 32, 32), (1, 28, 28), (1, 8, 8), (2, 16, 16), (4, 32, 32), (3, 8, 5), (1, 4, 4)]
LAST = [(32, 32, 3), (28, 28, 1), (28, 28), (4, 4, 3), (3, 3, 3), (1, 9, 3), (512, 7, 7), (3, 32)]


def pictures(shape, n=30):
    return np.random.default_rng(0).uniform(size=(n, *shape))


@pytest.mark.parametrize("shape", FIRST)
def test_channels_first_are_refused_at_every_door(shape, tmp_path):
    made = pictures(shape)
    np.save(tmp_path / "made.npy", made)
    np.savez(tmp_path / "made.npz", samples=made)
    like = pictures((*shape[1:], shape[0]))
    doors = [
        lambda: genbench.score(test=made, generated=made),
        lambda: genbench.score(test=torch.tensor(made), generated=torch.tensor(made)),
        lambda: genbench.score(test=like, generated=(255 * made).astype(np.uint8)),
        lambda: genbench.score(test=like, generated=like, train=made),
        lambda: genbench.score(test=like, generated=like, fresh=made),
        lambda: read_samples(tmp_path / "made.npy"),
        lambda: read_samples(tmp_path / "made.npz"),
        lambda: read_samples(tmp_path / "made.npy", like=like),
        lambda: score_samples(load("digits"), made),
    ]
    for door in doors:
        with pytest.raises(BadInput, match=REMEDY):
            door()
    for words in (("--against", "made.npy"), ("--dataset", "digits")):
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(tmp_path)
            result = CliRunner().invoke(main, ["score", "made.npy", *words])
        assert result.exit_code != 0
        assert isinstance(result.exception, BadInput) or "channels first" in result.output
    with pytest.raises(BadInput, match=r"picture must be .* \(height, width, channels\)"):
        genbench.score(test=made.reshape(30, -1), generated=made.reshape(30, -1), picture=shape)


@pytest.mark.parametrize("shape", LAST)
def test_what_may_have_channels_last_or_none_is_taken(shape):
    assert as_samples(pictures(shape), name="test").shape[1:] == shape


def test_the_remedies_are_the_same_pictures():
    made = pictures((3, 12, 12))
    for last in (np.moveaxis(made, 1, -1), torch.movedim(torch.tensor(made), 1, -1)):
        found = as_samples(last, name="test")
        assert found.shape == (30, 12, 12, 3)
        np.testing.assert_array_equal(found[..., 1], made[:, 1])
