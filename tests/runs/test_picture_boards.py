"""The boards of pictures, from files as others write them to scores and a page."""

import struct
from dataclasses import replace

import numpy as np
import pytest

from genbench.datasets import load
from genbench.models.find import Selective, baselines
from genbench.report.folder import report
from genbench.runs import board_files
from genbench.runs.run import run
from genbench.scoring.standouts import N_EACH

BOARDS = ("pictures", "mnist", "fashion_mnist", "cifar10")
CONVOLUTIONAL = {
    "convolutional_vae",
    "convolutional_vq_vae",
    "dcgan",
    "convolutional_wgan_gp",
    "unet_ddpm",
    "unet_flow_matching",
}
SIZES = {"train": 120, "t10k": 80}


def drawn(label, rng, *shape):
    """A picture with a bright block, where depends on the label."""
    picture = rng.integers(60, size=shape)
    row, column = divmod(label, 4)
    picture[4 + 8 * row : 10 + 8 * row, 2 + 6 * column : 8 + 6 * column] += 180
    return picture.astype(np.uint8)


def idx(values):
    axes = struct.pack(f">{values.ndim}I", *values.shape)
    return bytes([0, 0, 8, values.ndim]) + axes + values.astype(np.uint8).tobytes()


def write_idx(folder):
    rng = np.random.default_rng(0)
    for part, n in SIZES.items():
        labels = np.arange(n) % 10
        pictures = np.stack([drawn(label, rng, 28, 28) for label in labels])
        (folder / f"{part}-images-idx3-ubyte").write_bytes(idx(pictures))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(idx(labels))


def write_cifar(folder):
    rng = np.random.default_rng(0)
    files = {**{f"data_batch_{i}": 24 for i in range(1, 6)}, "test_batch": 80}
    for name, n in files.items():
        labels = np.arange(n) % 10
        pictures = np.stack([drawn(label, rng, 32, 32, 3) for label in labels])
        planes = pictures.transpose(0, 3, 1, 2).reshape(n, -1)
        rows = np.column_stack([labels.astype(np.uint8), planes])
        (folder / f"{name}.bin").write_bytes(rows.tobytes())


@pytest.fixture
def data(tmp_path, monkeypatch):
    for name, write in (
        ("mnist", write_idx),
        ("fashion_mnist", write_idx),
        ("cifar10", write_cifar),
    ):
        place = tmp_path / "data" / name
        place.mkdir(parents=True)
        write(place)
    monkeypatch.setenv("GENBENCH_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("GENBENCH_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize("name", BOARDS)
def test_boards_have_the_convolutional_models_and_refuse_only_colours_to_the_pixel_cnn(name, data):
    board = board_files.find(name)
    made = {model: baselines()[model].make() for model in board.models}

    refused = [
        (model, dataset)
        for dataset in map(load, board.datasets)
        for model in board.models
        if isinstance(made[model], Selective) and made[model].refuses(dataset.train)
    ]

    assert set(board.models) >= CONVOLUTIONAL
    assert [(model, of.name) for model, of in refused] == (
        [("pixel_cnn", "photographs_16")] if name == "pictures" else []
    )


@pytest.mark.parametrize(
    ("name", "features", "n_generated"),
    [
        ("pictures", {"digits": "digit_classifier", "photographs_16": "standardised"}, {399, 520}),
        pytest.param("mnist", {"mnist": "classifier"}, {40}, marks=pytest.mark.long),
        pytest.param("cifar10", {"cifar10": "classifier"}, {40}, marks=pytest.mark.long),
    ],
)
def test_a_board_goes_from_files_to_scores_and_a_page(name, features, n_generated, data, tmp_path):
    models = ("gaussian", "convolutional_vae")
    whole = board_files.find(name)
    board = replace(whole, metrics=("frechet_distance", "coverage")).narrowed(
        models=models, datasets=None, seeds=(0,), budget=1.0
    )
    folder = tmp_path / "board"

    records = run(board, folder)
    report(folder, board=board)

    assert len(records) == len(features) * (1 + len(models))
    assert {(record.status, record.reason) for record in records} == {("ok", None)}
    assert {record.dataset: record.features for record in records} == features
    assert {record.n_generated for record in records} == n_generated
    page = (folder / "index.html").read_text()
    assert all(model in page for model in models)
    assert page.count("Pictures that stand out") == len(features)
    kept = [record.standouts for record in records]
    assert all(len(each.nearest) == len(each.most_typical) == N_EACH for each in kept)
