"""From pictures to scores in Python: what is compared, what is said, and statistics in files."""

import io
import json

import numpy as np
import pytest
import torch

import genbench
from genbench.evidence.gaussians import Gaussian, squared_distance
from genbench.ground.errors import BadInput
from genbench.images.embedding import embed, softmax, stream
from genbench.images.extractors import find
from genbench.images.sources import open_source
from genbench.metrics.inception_scores import inception_score_of
from genbench.scoring.image_statistics import Accumulator, is_statistics, load, save
from genbench.scoring.images import Settings, gather

SIDE = 16
NETWORK = "random-convolution"


@pytest.fixture(scope="module")
def sets():
    rng = np.random.default_rng(0)
    return {
        name: rng.integers(low, 256, size=(n, SIDE, SIDE, 3), dtype=np.uint8)
        for name, n, low in (("test", 60, 0), ("generated", 40, 60), ("train", 50, 0))
    }


@pytest.fixture(scope="module", autouse=True)
def kept(tmp_path_factory):
    """Features that one test needs are at hand for the next."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENBENCH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def network():
    return find(NETWORK)


def features(pictures, network):
    return embed(open_source(pictures), network, show_progress=False).features


def scored(sets, metrics, **settings):
    named = {"generated": sets["generated"], "against": sets["test"]} | settings
    made = named.pop("generated")
    named = {"features": NETWORK} | named
    return genbench.score_images(made, metrics=metrics, **named)


def test_pictures_score_as_their_features_do(sets, network):
    found = scored(sets, ["fid", "kid", "coverage", "authenticity"], train=sets["train"])

    points = {name: features(pictures, network) for name, pictures in sets.items()}
    expected = genbench.score(**points, metrics=["fid", "kid", "coverage", "authenticity"])
    for name, score in found.items():
        assert score.value == expected[name].value
        assert score.parameters["features"] == NETWORK
        assert score.parameters["preprocessing"] == "pil-bicubic-128-lite v1"
        assert json.loads(score.parameters["test_pictures"]) == {
            "n": 60,
            "formats": {"array": 60},
            "sizes": {"16 x 16": 60},
        }
        assert score.warnings[0].startswith("generated has 40 pictures, test 60")


def test_planted_copies_of_training_pictures_are_counted(sets):
    made = sets["generated"].copy()
    made[:10] = sets["train"][:10]

    found = scored(
        sets | {"generated": made}, ["authenticity", "data_copying"], train=sets["train"]
    )

    said = "10 of 40 generated pictures are pictures of train, pixel by pixel."
    assert said in found["authenticity"].warnings
    clean = scored(sets, ["authenticity", "data_copying"], train=sets["train"])
    assert clean["authenticity"].value > found["authenticity"].value
    assert not any("pixel by pixel" in one for one in clean["authenticity"].warnings)


def test_fresh_pictures_are_scored_beside(sets):
    found = scored(sets, ["fid"], fresh=sets["train"])

    assert found["fid"].real < found["fid"].value


def test_a_module_that_knows_classes_gives_the_inception_score(sets):
    class Classes(torch.nn.Module):
        def forward(self, batch):
            means = batch.mean(dim=(2, 3))
            return means, means / 10

    found = scored(sets, ["is"], features=(Classes(), "as-is"))

    means = sets["generated"].mean(axis=(1, 2))
    assert found["is"].value == pytest.approx(
        inception_score_of(softmax((means / 10).astype(np.float32))), rel=1e-4
    )


@pytest.fixture
def statistics(sets, network, tmp_path):
    """A file of statistics of the test pictures."""
    found, path = Accumulator(), tmp_path / "ref.npz"
    seen = stream(open_source(sets["test"]), network, found, show_progress=False)
    save(path, found, network, seen)
    return path


def test_statistics_stand_in_for_pictures(sets, network, statistics):
    found = scored(sets, ["fid"], against=statistics)

    expected = squared_distance(
        *(
            Gaussian.of(features(sets[name], network).astype(float))
            for name in ("test", "generated")
        )
    )
    assert found["fid"].value == pytest.approx(expected, rel=1e-6)


def test_both_sides_may_be_statistics(sets, network, statistics, tmp_path):
    found, path = Accumulator(), tmp_path / "gen.npz"
    save(path, found, network, stream(open_source(sets["generated"]), network, found))

    both = scored(sets, ["fid"], generated=path, against=statistics)

    assert both["fid"].value == pytest.approx(scored(sets, ["fid"])["fid"].value, rel=1e-6)


def test_other_programs_read_them(statistics, sets, network):
    with np.load(statistics) as file:
        points = features(sets["test"], network).astype(float)
        np.testing.assert_allclose(file["mu"], points.mean(axis=0), rtol=1e-6)
        np.testing.assert_allclose(file["sigma"], np.cov(points.T), atol=1e-8)
        assert file["n"] == 60


def test_statistics_of_others_are_read(sets, network, tmp_path):
    points = features(sets["test"], network).astype(float)
    path = tmp_path / "others.npz"
    np.savez(path, mu=points.mean(axis=0), sigma=np.cov(points.T))

    with pytest.raises(BadInput, match=r"does not say of how many pictures .* others.npz:50000"):
        scored(sets, ["fid"], against=path)
    found = scored(sets, ["fid"], against=f"{path}:60")
    assert found["fid"].value == pytest.approx(scored(sets, ["fid"])["fid"].value, rel=1e-6)
    np.savez(tmp_path / "x_kid.npz", feats=points)
    kid = scored(sets, ["kid"], against=tmp_path / "x_kid.npz")
    assert kid["kid"].value == pytest.approx(scored(sets, ["kid"])["kid"].value, rel=1e-6)


def test_a_reference_of_moments_and_pictures_gives_each_to_what_asks_for_it(
    sets, network, tmp_path
):
    whole = np.concatenate([sets["test"], sets["train"]])
    points = features(whole, network).astype(float)
    path, told = tmp_path / "virtual.npz", []
    np.savez(path, arr_0=sets["test"], mu=points.mean(axis=0), sigma=np.cov(points.T), n=len(whole))
    settings = Settings(features=NETWORK, cache=False, show_progress=False)

    found = gather({"generated": sets["generated"], "test": path}, settings, told=told.append)
    scores = genbench.score(**found.inputs, metrics=["fid", "coverage"])

    assert "its moments go to the Frechet distance, its pictures to all" in told[0]
    expected = scored(sets, ["fid"], against=whole)["fid"].value
    assert scores["fid"].value == pytest.approx(expected, rel=1e-6)
    assert scores["coverage"].value == scored(sets, ["coverage"])["coverage"].value


def test_statistics_of_another_network_or_preprocessing_are_refused(sets, statistics):
    with pytest.raises(BadInput, match=r"is of the features random-convolution, not of pixels"):
        scored(sets, ["fid"], against=statistics, features="pixels")
    with pytest.raises(BadInput, match=r"is of the preprocessing pil-bicubic-128-lite v1, not of"):
        scored(sets, ["fid"], against=statistics, features=f"{NETWORK}@clip-224")
    np.savez(statistics.with_name("small.npz"), mu=np.zeros(3), sigma=np.eye(3), n=60)
    with pytest.raises(BadInput, match="is of 3 features, and random-convolution makes 512"):
        scored(sets, ["fid"], against=statistics.with_name("small.npz"))
    with pytest.raises(BadInput, match="holds statistics: train must be pictures"):
        scored(sets, ["fid"], train=statistics)


def test_a_pickle_of_statistics_is_not_loaded(tmp_path):
    path = tmp_path / "ref.pkl"
    path.write_bytes(b"anything")

    assert is_statistics(path)
    with pytest.raises(BadInput, match=r"ref.pkl is a pickle, .*np.savez\('ref.npz'"):
        load(path)


def test_the_sums_are_those_of_all_features_at_once(network):
    rng = np.random.default_rng(0)
    found, parts = (
        Accumulator(),
        [rng.normal(size=(n, 3)).astype(np.float32) for n in (900, 900, 7)],
    )
    logits = [rng.normal(size=(len(part), 4)).astype(np.float32) for part in parts]
    for part, classes in zip(parts, logits, strict=True):
        found(part, classes)

    whole = np.concatenate(parts).astype(float)
    assert found.moments.n == 1807
    np.testing.assert_allclose(found.moments.covariance, np.cov(whole.T), rtol=1e-9)
    assert found.classes.inception_score == pytest.approx(
        inception_score_of(softmax(np.concatenate(logits))), rel=1e-9
    )


def test_nothing_is_written_where_there_is_nothing_to_write(network, tmp_path):
    found = Accumulator()
    seen = stream(open_source(np.zeros((2, 16, 16), np.uint8)), network, Accumulator())

    with pytest.raises(BadInput, match="there are no features to measure"):
        save(tmp_path / "a.npz", found, network, seen)
    with pytest.raises(BadInput, match="must end in"):
        save(tmp_path / "a.npy", found, network, seen)
    assert list(tmp_path.iterdir()) == []
    assert not is_statistics(io.BytesIO())
