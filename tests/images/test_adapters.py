"""Anybody's network: modules, functions in files, ONNX files."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from genbench.ground.errors import BadInput
from genbench.images.embedding import embed
from genbench.images.extractors import CATALOG, Extractor, find
from genbench.images.extractors.onnx_graph import Graph
from genbench.images.preparing import CATALOG as WAYS
from genbench.images.sources import open_source


def seen(pixels, extractor):
    return embed(open_source(pixels), extractor, show_progress=False)


@pytest.fixture
def module():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3 * 24 * 24, 5))


def test_a_module_sees_prepared_pictures_in_evaluation_mode(pixels, module):
    whole = torch.nn.Sequential(module, torch.nn.Dropout(0.9))

    found = seen(pixels, find((whole, "as-is"))).features

    batch = torch.tensor(pixels).permute(0, 3, 1, 2).float()
    np.testing.assert_allclose(found, module(batch).detach(), rtol=1e-4, atol=1e-3)


def test_a_module_of_two_outputs_gives_classes(pixels, module):
    class Two(torch.nn.Module):
        def forward(self, batch):
            features = module(batch / 255)
            return features, 2 * features

    found = seen(pixels, find((Two(), "as-is")))

    expected = np.exp(2 * found.features.astype(float))
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found.probabilities, expected, rtol=1e-6)


def test_other_weights_make_another_extractor(module):
    before = find((module, "as-is")).described
    assert find((module, "as-is")).described == before
    with torch.no_grad():
        module[1].bias[0] += 1

    assert find((module, "as-is")).described != before


def test_a_function_in_a_file_sees_bytes_channels_last(pixels, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "def means(pictures):\n"
        "    assert str(pictures.dtype) == 'uint8'\n"
        "    return pictures.mean(axis=(1, 2))\n"
    )

    found = seen(pixels, find(f"{path}:means"))

    np.testing.assert_allclose(found.features, pixels.mean(axis=(1, 2)), rtol=1e-6)
    path.write_text("def means(pictures):\n    return pictures.mean(axis=(1, 2))\n")
    prepared = seen(pixels, find(f"{path}:means@pil-bicubic-128-lite"))
    expected = WAYS["pil-bicubic-128-lite"](pixels[3]).mean(dim=(1, 2))
    np.testing.assert_allclose(prepared.features[3], expected, atol=1e-5)


def onnx_of_means():
    graph = Graph()
    means = graph.node("Flatten", graph.node("GlobalAveragePool", "pictures"))
    return graph.content("pictures", (3, 128, 128), [means])


@pytest.mark.extras
def test_an_onnx_file(pixels, tmp_path):
    path = tmp_path / "means.onnx"
    path.write_bytes(onnx_of_means())

    found = seen(pixels, find(f"{path}@pil-bicubic-128-lite")).features

    expected = WAYS["pil-bicubic-128-lite"](pixels[3]).mean(dim=(1, 2))
    np.testing.assert_allclose(found[3], expected, atol=1e-5)
    with pytest.raises(BadInput, match=r"means.onnx takes no pictures of shape \(20, 3, 224, 224"):
        seen(pixels, find(f"{path}@pil-bicubic-224-lite"))
    path.write_bytes(onnx_of_means()[:100])
    with pytest.raises(BadInput, match=r"means.onnx is not a readable .onnx file"):
        find(f"{path}@pil-bicubic-128-lite")


def test_what_sees_nothing_is_refused(tmp_path, module):
    (tmp_path / "mine.py").write_text("means = 3\n")
    (tmp_path / "a.onnx").write_bytes(b"")
    wrong = {
        "inceptoin": "No features named 'inceptoin'. Did you mean 'inception'",
        "inception@tf1": "No preprocessing named 'tf1'",
        f"{tmp_path}/a.onnx": "say how pictures are prepared for it: one of",
        f"{tmp_path}/b.onnx@clip-224": "There is no file",
        f"{tmp_path}/mine.py:means": "defines no function 'means'",
        module: "say how pictures are prepared",
    }
    for given, message in wrong.items():
        with pytest.raises(BadInput, match=message):
            find(given)
    with pytest.raises(BadInput, match="features must be a name or a network, not 5"):
        find((5, "as-is"))


def test_features_that_are_none_are_refused(pixels, network):
    for run, message in (
        (lambda batch: (torch.full((len(batch), 2), torch.nan), None), "not finite"),
        (lambda _: (torch.zeros(1, 512), None), r"features of shape \(20, 512\), not \(1, 512\)"),
    ):
        wrong = replace(network, run=run, dimensions=None if "finite" in message else 512)
        with pytest.raises(BadInput, match=message):
            seen(pixels, wrong)


def test_pixels_are_pixels(pixels):
    found = seen(pixels, find("pixels")).features

    np.testing.assert_array_equal(found, pixels.transpose(0, 3, 1, 2).reshape(20, -1))


def test_the_catalog_names_ways_that_there_are(network):
    assert all(entry.preparing in WAYS for entry in CATALOG.values())
    assert isinstance(find(network), Extractor)
    other = find("random-convolution@clip-224")
    assert other.preparing.name == "clip-224"
    assert other.described != network.described
