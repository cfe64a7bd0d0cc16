"""Inception-v3 against torch-fidelity, on weights drawn at random, as none can be downloaded."""

import hashlib
import pickle
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import genbench
from genbench.datasets import Dataset
from genbench.datasets.domain import Domain
from genbench.embeddings import embedding_for
from genbench.ground.errors import BadInput, MissingExtra
from genbench.images.embedding import embed
from genbench.images.extractors import BATCH_SIZE, Extractor, find
from genbench.images.preparing import CATALOG
from genbench.images.sources import open_source
from genbench.images.weights import Wanted

N_IMAGES = 10
SIDE = 32


def inception_of(path, sha256=None):
    return find("inception", weights=Wanted(path, sha256))


def seen(extractor, given, **settings):
    return embed(open_source(given, name="the samples"), extractor, show_progress=False, **settings)


@pytest.fixture(scope="module")
def inception(weights):
    return inception_of(weights)


@pytest.fixture(scope="module")
def embedded(inception, folders):
    return {name: seen(inception, folder) for name, folder in folders.items()}


@pytest.mark.images
def test_fid_kid_and_inception_score_agree_with_torch_fidelity(
    torch_fidelity, weights, folders, embedded
):
    theirs = torch_fidelity.calculate_metrics(
        input1=str(folders["generated"]),
        input2=str(folders["test"]),
        isc=True,
        isc_splits=1,
        fid=True,
        kid=True,
        kid_subsets=1,  # of all images: the same pairs as genbench takes
        kid_subset_size=N_IMAGES,
        feature_extractor_weights_path=str(weights),
        batch_size=1,  # it cannot batch pictures of different sizes
        samples_shuffle=False,
        save_cpu_ram=True,  # no processes to load ten pictures
        cuda=False,
        cache=False,
        verbose=False,
    )

    ours = genbench.score(
        test=embedded["test"].features,
        generated=embedded["generated"].features,
        test_probabilities=embedded["test"].probabilities,
        generated_probabilities=embedded["generated"].probabilities,
        metrics=["fid", "kid", "is"],
    )

    # torch-fidelity's own rounding is what limits the agreement. It takes means and kernels in
    # float32, and its FID sums square roots of 2048 eigenvalues of which all but n - 1 should be
    # zero but are rounding of about 1e-16, relative to the largest: together about 1e-6 of the
    # variances. So the two kinds of picture differ enough for no number to be the small rest of
    # large ones, and all agree to 1e-6; between two sets of clouds, 1e-5 was seen for the FID and
    # 2e-4 for the KID.
    assert ours["fid"].value == pytest.approx(theirs["frechet_inception_distance"], rel=1e-5)
    assert ours["kid"].value == pytest.approx(theirs["kernel_inception_distance_mean"], rel=1e-5)
    assert ours["is"].value == pytest.approx(theirs["inception_score_mean"], rel=1e-5)
    assert_every_term_counts(embedded, ours)


def assert_every_term_counts(embedded, scores):
    """Agreement means little if one term drowns the others: none may be left out unnoticed."""
    test, generated = embedded["test"].features, embedded["generated"].features
    shift = ((test.mean(axis=0) - generated.mean(axis=0)) ** 2).sum()
    variances = test.var(axis=0, ddof=1).sum(), generated.var(axis=0, ddof=1).sum()
    overlap = shift + sum(variances) - scores["fid"].value

    assert min(shift, *variances, overlap) > 0.01 * scores["fid"].value
    assert scores["is"].value > 1.5


@pytest.mark.images
def test_features_and_probabilities_have_the_shapes_of_inception(embedded):
    features, probabilities = embedded["test"].features, embedded["test"].probabilities

    assert features.shape == (N_IMAGES, 2048)
    assert probabilities.shape == (N_IMAGES, 1008)
    assert (features.dtype, probabilities.dtype) == (np.float32, np.float64)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)


@pytest.fixture
def recorded():
    """A network that only takes means, and the shapes of the batches that it sees."""
    shapes = []

    def run(images):
        shapes.append(tuple(images.shape))
        means = images.mean(dim=(2, 3))
        return means, means

    means = Extractor(name="means", dimensions=3, preparing=CATALOG["as-is"], run=run)
    return means, shapes


def test_rows_follow_the_order_of_paths(recorded, folders, pictures):
    prepared = replace(recorded[0], preparing=CATALOG["tf1-bilinear-299"])

    found = seen(prepared, folders["test"]).features

    colours = [pixels.mean(axis=(0, 1)) for pixels in pictures["test"]]
    assert np.abs(found * 128 + 128 - colours).max() < 8  # resizing moves a mean a little
    assert np.ptp(found, axis=0).min() * 128 > 10


def test_how_the_caller_cuts_batches_changes_nothing(recorded):
    means, shapes = recorded
    images = np.random.default_rng(0).integers(256, size=(BATCH_SIZE + 5, 3, 4, 6), dtype=np.uint8)

    whole = seen(means, images)
    pieces = seen(means, iter([images[:7], images[7:7], images[7:]]))

    assert shapes == 2 * [(BATCH_SIZE, 3, 4, 6), (5, 3, 4, 6)]
    np.testing.assert_allclose(whole.features, images.mean(axis=(2, 3)), rtol=1e-6)
    np.testing.assert_array_equal(whole.features, pieces.features)
    np.testing.assert_array_equal(whole.probabilities, pieces.probabilities)


def test_images_of_different_sizes_keep_their_order_where_they_are_prepared(recorded):
    means, shapes = recorded
    batches = [
        np.full((n, 3, height, 5), 10 * n, np.uint8) for n, height in ((2, 4), (1, 7), (3, 4))
    ]
    ready = replace(means, preparing=CATALOG["torch-bilinear-299"])

    found = seen(ready, map(torch.from_numpy, batches)).features

    assert shapes == [(6, 3, 299, 299)]
    np.testing.assert_allclose(found[:, 0] * 127.5 + 127.5, [20, 20, 10, 30, 30, 30], rtol=1e-5)
    with pytest.raises(BadInput, match="takes pictures of one size, not of"):
        seen(means, map(torch.from_numpy, batches))


class OnGpu:
    """A tensor that numpy cannot read where it lies."""

    def __init__(self, pixels):
        self.pixels = pixels

    def __array__(self, *_, **__):
        raise TypeError("can't convert cuda:0 device type tensor to numpy")

    def detach(self):
        return self

    def cpu(self):
        return torch.from_numpy(self.pixels)


def test_batches_may_lie_on_a_gpu(recorded):
    found = seen(recorded[0], iter([OnGpu(np.ones((2, 3, 4, 4), np.uint8))])).features

    assert found.tolist() == [[1, 1, 1], [1, 1, 1]]


def test_progress_is_on_standard_error_and_can_be_hidden(recorded, capsys):
    batch = np.zeros((2, 3, 4, 4), np.uint8)

    embed(open_source(batch), recorded[0], show_progress=False)
    hidden = capsys.readouterr()
    embed(open_source(batch, name="[red]pictures"), recorded[0])
    shown = capsys.readouterr()

    assert hidden.out == hidden.err == shown.out == ""
    assert "means: [red]pictures" in shown.err


@pytest.mark.parametrize(
    ("batches", "complaint"),
    [
        ([np.zeros((1, 3, 4, 4))], "uint8, not float64"),
        ([np.zeros((4, 3, 4), np.float32)], "uint8, not float32"),
        ([np.zeros((1, 4, 4, 5), np.uint8)], r"shape \(1, 4, 4, 5\); expected 1 or 3 channels"),
        ([np.zeros((1, 3, 0, 4), np.uint8)], r"not \(1, 3, 0, 4\)"),
        ([], "there is no image"),
        ([np.zeros((0, 3, 4, 4), np.uint8)], "there is no image"),
    ],
)
def test_what_is_not_a_batch_of_pixels_is_refused(recorded, batches, complaint):
    with pytest.raises(BadInput, match=f"the samples.*{complaint}"):
        seen(recorded[0], iter(batches))


def test_a_file_in_a_folder_that_is_no_picture_is_named(recorded, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no picture")

    with pytest.raises(BadInput, match=r"broken\.png cannot be read as a picture"):
        seen(recorded[0], tmp_path)


@pytest.mark.images
def test_the_checksum_is_told_and_verified(inception, weights):
    checksum = hashlib.sha256(weights.read_bytes()).hexdigest()

    assert inception.weights == checksum
    assert inception_of(weights, sha256=checksum.upper()).weights == checksum
    with pytest.raises(BadInput, match=rf"has the SHA-256 checksum {checksum}; expected 1234"):
        inception_of(weights, sha256="1234")


@pytest.mark.images
def test_missing_weights_are_refused(torch_fidelity, tmp_path):
    with pytest.raises(BadInput, match=r"absent\.pth cannot be read: No such file"):
        inception_of(tmp_path / "absent.pth")


@pytest.mark.images
@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is not a file of weights"),
        (b"<html>404</html>", "is not a file of weights"),
        (torch.zeros(3), "must hold a state dict"),
        ({"epoch": 3, "state_dict": {}}, "must hold a state dict"),
        ({"fc.weight": torch.zeros(2, 2)}, "does not hold the weights .* Missing key"),
    ],
)
def test_a_file_of_something_else_is_refused(torch_fidelity, tmp_path, content, complaint):
    path = tmp_path / "weights.pth"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        torch.save(content, path)

    with pytest.raises(BadInput, match=rf"weights\.pth {complaint}"):
        inception_of(path)


class Intruder:
    """Creates a file when it is unpickled without care."""

    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return Path.touch, (self.target,)


@pytest.mark.images
def test_code_inside_a_weights_file_does_not_run(torch_fidelity, tmp_path):
    path, target = tmp_path / "weights.pth", tmp_path / "intruded"
    torch.save({"fc.weight": Intruder(target)}, path)
    pickle.loads(pickle.dumps(Intruder(tmp_path / "proof")))

    with pytest.raises(BadInput, match="is not a file of weights"):
        inception_of(path)

    assert (tmp_path / "proof").exists()
    assert not target.exists()


def test_without_the_extra_the_message_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "torchvision", None)

    with pytest.raises(MissingExtra, match=r"genbench\[images\]"):
        inception_of(tmp_path / "weights.pth")


@pytest.mark.images
def test_the_command_line_scores_folders_of_images(folders, weights, inception):
    from click.testing import CliRunner

    from genbench.cli.main import main

    generated, test = (str(folders[name]) for name in ("generated", "test"))
    command = ["score", generated, "--against", test, "--features", "inception"]
    named = [*command, "--weights", str(weights)]

    scored = CliRunner().invoke(main, [*named, "--sha256", inception.weights])
    beside = CliRunner().invoke(main, [*named, "--train", test, "--fresh", test])
    refused = CliRunner().invoke(main, [*named, "--sha256", "0" * 64])

    assert scored.exit_code == 0, scored.output
    for name in ("frechet_distance", "kernel_distance", "inception_score"):
        assert name in scored.output
    assert beside.exit_code == 0, beside.output
    assert f", train {test} (n = 10, d = 2048), real: {test} (n = 10" in beside.output
    assert "authenticity" in beside.output
    assert "authenticity" not in scored.output
    assert " real " in beside.output
    assert refused.exit_code == 2
    assert "has the SHA-256 checksum" in refused.stderr


@pytest.mark.images
@pytest.mark.parametrize("colours", [(), (3,)])
def test_pictures_of_a_data_set_are_seen_as_those_of_a_folder(weights, inception, colours):
    pixels = np.random.default_rng(0).integers(256, size=(6, SIDE, SIDE, *colours))
    parts = pixels.reshape(3, 2, -1).astype(float)
    data = Dataset(
        name="faces",
        **dict(zip(("train", "test", "fresh"), parts, strict=True)),
        features="inception",
        features_from=weights,
        domain=Domain(whole=True, low=0, high=255),
        picture=(SIDE, SIDE, *colours),
    )
    rgb = pixels[2:4] if colours else np.repeat(pixels[2:4, :, :, None], 3, axis=3)
    expected = seen(inception, rgb.transpose(0, 3, 1, 2).astype(np.uint8))

    embedding = embedding_for(data)

    np.testing.assert_array_equal(embedding.embed(data.test), expected.features)
    np.testing.assert_array_equal(embedding.classify(data.test), expected.probabilities)
    with pytest.raises(BadInput, match="pictures of whole numbers from 0 to 255"):
        embedding_for(replace(data, domain=Domain()))
