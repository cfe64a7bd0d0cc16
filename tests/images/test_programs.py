"""From pictures to numbers as torch-fidelity, pytorch-fid and clean-fid find them, on one network.

Weights are random, as none can be downloaded. Features are those of the layer of 64, of which
distances take the first few: more pictures than dimensions are then seen in seconds.
"""

import importlib

import numpy as np
import pytest
import torch
from PIL import Image

from genbench.images.embedding import embed
from genbench.images.sources import open_source
from genbench.images.weights import Wanted
from genbench.scoring.evaluate import score
from genbench.scoring.images import Settings

pytestmark = pytest.mark.peers

N, LAYER, D, SIDE = 14, 64, 10, 8


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    """Two folders of small pictures, one with a white edge: ways to resize differ most at edges."""
    rng, found = np.random.default_rng(0), {}
    for name, least in (("test", 0), ("generated", 255)):
        found[name] = tmp_path_factory.mktemp(name)
        for place in range(N):
            pixels = rng.integers(256, size=(SIDE, SIDE, 3))
            pixels[-1] = pixels[-1].clip(least)
            pixels[:, -1] = pixels[:, -1].clip(least)
            Image.fromarray(pixels.astype(np.uint8)).save(found[name] / f"{place:03d}.png")
    return found


@pytest.fixture
def of_torch_fidelity(torch_fidelity, weights):
    network = torch_fidelity.FeatureExtractorInceptionV3(
        "inception", [str(LAYER)], feature_extractor_weights_path=str(weights)
    )
    fid = importlib.import_module("torch_fidelity.metric_fid")

    def features(folder):
        pictures = [np.asarray(Image.open(path)) for path in sorted(folder.iterdir())]
        return network(torch.tensor(np.stack(pictures)).permute(0, 3, 1, 2))[0].numpy()

    def distance(*both):
        statistics = [fid.fid_features_to_statistics(torch.tensor(each)) for each in both]
        return fid.fid_statistics_to_metric(*statistics, False)["frechet_inception_distance"]

    return features, distance


@pytest.fixture
def of_pytorch_fid(torch_fidelity, weights, monkeypatch):
    program = importlib.import_module("pytorch_fid.fid_score")
    state = torch.load(weights, weights_only=True)
    monkeypatch.setattr(
        "pytorch_fid.inception.load_state_dict_from_url", lambda *_, **__: dict(state)
    )
    monkeypatch.setattr(program, "tqdm", lambda batches: batches)
    network = program.InceptionV3([0])

    def features(folder):
        return program.get_activations(sorted(folder.iterdir()), network, N, LAYER, num_workers=0)

    def distance(*both):
        statistics = [part for each in both for part in (each.mean(axis=0), np.cov(each.T))]
        return program.calculate_frechet_distance(*statistics)

    return features, distance


@pytest.fixture
def of_clean_fid(of_pytorch_fid):
    program = importlib.import_module("cleanfid.fid")
    kind = importlib.import_module("pytorch_fid.inception").InceptionV3
    network = kind([0], resize_input=False, normalize_input=False).eval()

    def seen(batch):
        return network((batch - 128) / 128)[0].mean(dim=(2, 3))

    def features(folder):
        return program.get_folder_features(
            str(folder), seen, num_workers=0, batch_size=N, device="cpu", verbose=False
        )

    return features, program.fid_from_feats


PRESETS = ("torch-fidelity", "pytorch-fid", "clean-fid")


@pytest.fixture(scope="module")
def ours(weights, sets):
    """Features of both sets by each preset."""
    settings = Settings(features=f"inception-{LAYER}", weights=Wanted(weights))
    extractors = {preset: settings.extractor(preset) for preset in PRESETS}
    return {
        preset: {
            name: embed(open_source(folder), extractor, show_progress=False).features
            for name, folder in sets.items()
        }
        for preset, extractor in extractors.items()
    }


def distance_of(found, preset):
    some = {name: features[:, :D] for name, features in found.items()}
    return score(**some, metrics=["fid"], preset=preset)["fid"].value


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the programs
@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_gives_from_pictures_what_its_program_gives(preset, ours, sets, request):
    features, distance = request.getfixturevalue(f"of_{preset.replace('-', '_')}")
    theirs = {name: features(folder) for name, folder in sets.items()}

    for name, found in ours[preset].items():
        assert (np.abs(found - theirs[name]) < 1e-3 * theirs[name].std(axis=0)).all()
    assert distance_of(ours[preset], preset) == pytest.approx(
        distance(theirs["generated"][:, :D], theirs["test"][:, :D]), rel=1e-5
    )


def test_the_programs_differ_by_more_than_a_percent(ours):
    found = sorted(distance_of(ours[preset], preset) for preset in PRESETS)

    assert min(np.diff(found)) > 0.01 * found[0], found
