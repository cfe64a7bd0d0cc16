"""EfficientNet-Lite0: the network of its package, told from pictures that anybody has."""

import io

import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter
from sklearn.datasets import load_sample_images

from genbench.evidence.gaussians import Gaussian, squared_distance
from genbench.ground.devices import PROCESSOR
from genbench.ground.errors import BadInput
from genbench.images.embedding import embed
from genbench.images.extractors import find, lite0
from genbench.images.preparing import find as find_preparing
from genbench.images.sources import open_source
from genbench.images.weights import Wanted

pytestmark = pytest.mark.images

PALACE, DAISY = 698, 985  # of the classes of ImageNet


@pytest.fixture(scope="module")
def network():
    return find("lite0-128")


def test_photographs_are_what_they_show():
    temple, flower = load_sample_images().images
    squares = np.stack([picture[:, 100:527] for picture in (temple, flower)])

    found = embed(open_source(squares), find("lite0-224"), show_progress=False)

    assert found.probabilities.argmax(axis=1).tolist() == [PALACE, DAISY]
    assert found.features.shape == (2, 1280)


def test_folded_and_faster_it_is_the_same_network():
    from efficientnet_lite_pytorch import EfficientNet

    batch = torch.randn(4, 3, 128, 128, generator=torch.Generator().manual_seed(0))
    state = torch.load(lite0._weights().path, weights_only=True)
    plain = EfficientNet.from_name("efficientnet-lite0", image_size=128)
    plain.load_state_dict(state)
    plain.eval()
    folded = lite0._network(lite0._weights(), 128)
    with torch.no_grad():
        features, logits = plain.extract_features(batch).mean(dim=(2, 3)), plain(batch)

    runs = {
        "torch": lite0.in_torch(folded, PROCESSOR),
        "ONNX Runtime": lite0.session(lite0.graph_of(folded, 128), "lite0"),
    }

    for run in runs.values():
        with torch.inference_mode():
            ours, classes = run(batch)
        torch.testing.assert_close(ours, features, atol=2e-4, rtol=1e-4)
        torch.testing.assert_close(classes, logits, atol=2e-3, rtol=1e-3)
    faster = lite0._faster(folded, 128, runs["torch"])
    assert faster is not runs["torch"]


def test_without_the_faster_engine_torch_does_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    folded = lite0._network(lite0._weights(), 128)
    run = lite0.in_torch(folded, PROCESSOR)

    assert lite0._faster(folded, 128, run) is run


def test_its_weights_are_those_of_its_package_alone(tmp_path, monkeypatch):
    with pytest.raises(BadInput, match="lite0-128 has its weights in a package"):
        find("lite0-128", weights=Wanted(tmp_path / "w.pth"))
    monkeypatch.setattr(lite0, "SHA256", "0" * 64)
    with pytest.raises(BadInput, match="has the SHA-256 checksum 5793"):
        find("lite0-128")


N, SIDE, STRIP = 60, 48, 128
CLASSES = 10  # strips of two photographs


def crops(rng, classes=CLASSES):
    """Crops of strips of photographs, of any size."""
    pictures, found = load_sample_images().images, []
    for place in range(N):
        strip = place % classes
        picture = pictures[strip % 2][:, STRIP * (strip // 2) :][:, :STRIP]
        size = int(rng.integers(64, STRIP))
        top, left = (int(rng.integers(0, extent - size + 1)) for extent in picture.shape[:2])
        image = Image.fromarray(picture[top : top + size, left : left + size])
        found.append(image.resize((SIDE, SIDE), Image.Resampling.BICUBIC))
    return found


def blurred(images, radius):
    return [image.filter(ImageFilter.GaussianBlur(radius)) for image in images]


def noisy(images, spread):
    rng = np.random.default_rng(1)
    arrays = (
        np.asarray(image) + rng.normal(scale=spread, size=(SIDE, SIDE, 3)) for image in images
    )
    return [Image.fromarray(np.clip(array, 0, 255).astype(np.uint8)) for array in arrays]


def as_jpeg(images, quality):
    found = []
    for image in images:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality)
        found.append(Image.open(buffer).convert("RGB"))
    return found


def test_the_frechet_distance_rises_with_every_fault(network):
    def moments(images):
        stacked = np.stack([np.asarray(image) for image in images])
        found = embed(open_source(stacked), network, show_progress=False)
        return Gaussian.of(found.features.astype(float))

    real, clean = moments(crops(np.random.default_rng(0))), crops(np.random.default_rng(1))
    faults = {
        "blur": [blurred(clean, radius) for radius in (1, 2)],
        "noise": [noisy(clean, spread) for spread in (5, 15, 40)],
        "jpeg": [as_jpeg(clean, quality) for quality in (40, 10)],
        "classes": [crops(np.random.default_rng(1), classes) for classes in (2, 1)],
    }

    base = squared_distance(real, moments(clean))
    for fault, levels in faults.items():
        found = [base, *(squared_distance(real, moments(images)) for images in levels)]
        assert found == sorted(found), (fault, found)
        assert found[-1] > 1.3 * base, (fault, found)


def test_pictures_may_be_prepared_otherwise(network):
    other = find("lite0-128@clip-224")

    assert other.preparing == find_preparing("clip-224")
    assert other.described != network.described
