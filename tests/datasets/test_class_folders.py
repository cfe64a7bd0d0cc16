"""CIFAR-10 as folders of pictures: the same data as the binary version, or a reason."""

import numpy as np
import pytest
from PIL import Image

from genbench.datasets.local import load_cifar10
from genbench.ground.errors import BadInput

CLASSES = [f"class_{i}" for i in range(10)]


@pytest.fixture
def pictures():
    return np.random.default_rng(0).integers(256, size=(2, 10, 2, 32, 32, 3)).astype(np.uint8)


@pytest.fixture
def folder(tmp_path, pictures):
    for part, of_part in zip(("train", "test"), pictures, strict=True):
        for name, of_class in zip(CLASSES, of_part, strict=True):
            place = tmp_path / part / name
            place.mkdir(parents=True)
            for i, picture in enumerate(of_class):
                Image.fromarray(picture).save(place / f"{i}.png")
    return tmp_path


def test_classes_are_numbered_by_name_and_pictures_come_as_they_are(folder, pictures):
    data = load_cifar10(folder)

    np.testing.assert_array_equal(data.train, pictures[0].reshape(20, -1))
    np.testing.assert_array_equal(data.train_labels, np.repeat(np.arange(10), 2))
    assert (len(data.test), len(data.fresh), data.picture) == (10, 10, (32, 32, 3))


def test_they_are_the_same_data_as_the_binary_version(folder, pictures, tmp_path):
    binary = tmp_path / "binary"
    binary.mkdir()
    labels = np.repeat(np.arange(10, dtype=np.uint8), 2)
    rows = [
        np.column_stack([labels, part.reshape(20, 32, 32, 3).transpose(0, 3, 1, 2).reshape(20, -1)])
        for part in pictures
    ]
    for i, batch in enumerate(np.split(rows[0], 5), start=1):
        (binary / f"data_batch_{i}.bin").write_bytes(batch.tobytes())
    (binary / "test_batch.bin").write_bytes(rows[1].tobytes())

    assert load_cifar10(folder).content_hash == load_cifar10(binary).content_hash


def test_what_systems_leave_beside_pictures_is_no_sample(folder, pictures):
    for name in (".DS_Store", "Thumbs.db", "._0.png"):
        (folder / "train" / "class_3" / name).write_bytes(b"left here")

    np.testing.assert_array_equal(load_cifar10(folder).train, pictures[0].reshape(20, -1))


def spoil(folder, how):
    place = folder / "train" / "class_3"
    if how == "small":
        Image.fromarray(np.zeros((16, 32, 3), np.uint8)).save(place / "0.png")
    elif how == "grey":
        Image.fromarray(np.zeros((32, 32), np.uint8)).save(place / "0.png")
    elif how == "clear":
        Image.fromarray(np.zeros((32, 32, 4), np.uint8)).save(place / "0.png")
    elif how == "broken":
        (place / "0.png").write_bytes((place / "0.png").read_bytes()[:50])
    elif how == "empty":
        for path in place.iterdir():
            path.unlink()
    elif how == "eleven":
        (folder / "train" / "class_x").mkdir()
    elif how == "renamed":
        (folder / "test" / "class_3").rename(folder / "test" / "class_x")
    elif how == "no test":
        (folder / "test").rename(folder / "tset")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("small", r"class_3/0\.png is a picture of shape \(16, 32, 3\); expected \(32, 32, 3\)"),
        ("grey", r"class_3/0\.png is a picture of shape \(32, 32\)"),
        ("clear", r"class_3/0\.png is a picture of mode RGBA"),
        ("broken", r"class_3/0\.png cannot be read"),
        ("empty", r"class_3 holds no image"),
        ("eleven", r"train has 11 folders; expected one for each class: 10"),
        ("renamed", r"test lacks the class class_3 of"),
        ("no test", r"There is no folder .*test"),
    ],
)
def test_what_is_no_such_folder_is_refused_by_name(how, said, folder):
    spoil(folder, how)

    with pytest.raises(BadInput, match=said) as refused:
        load_cifar10(folder)
    assert "\n" not in str(refused.value)
