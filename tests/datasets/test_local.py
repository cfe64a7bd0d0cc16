"""Files of one's own: read as they are, and refused in one sentence where they are not."""

import gzip
import struct
import tracemalloc

import numpy as np
import pytest

from genbench.datasets import load
from genbench.datasets.local import MOST, load_cifar10, load_mnist, read_idx
from genbench.ground.errors import BadInput


@pytest.fixture
def rng():
    return np.random.default_rng(0)


N_TRAIN, N_TEST = 30, 21


def idx(values, *, kind=8):
    axes = struct.pack(f">{values.ndim}I", *values.shape)
    return bytes([0, 0, kind, values.ndim]) + axes + values.astype(np.uint8).tobytes()


@pytest.fixture
def content(rng):
    """What is in the four files, by their names."""
    return {
        "train-images-idx3-ubyte": rng.integers(256, size=(N_TRAIN, 28, 28)),
        "train-labels-idx1-ubyte": rng.integers(10, size=N_TRAIN),
        "t10k-images-idx3-ubyte": rng.integers(256, size=(N_TEST, 28, 28)),
        "t10k-labels-idx1-ubyte": np.arange(N_TEST) % 10,
    }


@pytest.fixture
def folder(tmp_path, content):
    for name, values in content.items():
        (tmp_path / name).write_bytes(idx(values))
    return tmp_path


@pytest.fixture
def batches(tmp_path, rng):
    """Pictures (n, height, width, colours) and labels of each file, which are written."""
    found = {}
    for name in (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"):
        pictures = rng.integers(256, size=(4, 32, 32, 3)).astype(np.uint8)
        labels = rng.integers(10, size=4).astype(np.uint8)
        planes = pictures.transpose(0, 3, 1, 2).reshape(4, -1)
        (tmp_path / f"{name}.bin").write_bytes(np.column_stack([labels, planes]).tobytes())
        found[name] = pictures, labels
    return found


def test_pictures_and_labels_come_as_they_are(folder, content):
    mnist = load_mnist(folder)

    pictures = content["train-images-idx3-ubyte"].reshape(N_TRAIN, -1)
    np.testing.assert_array_equal(mnist.train, pictures)
    np.testing.assert_array_equal(mnist.train_labels, content["train-labels-idx1-ubyte"])
    assert mnist.picture == (28, 28)


def test_the_files_test_part_is_shuffled_and_split(folder, content):
    mnist = load_mnist(folder)

    pictures = content["t10k-images-idx3-ubyte"].reshape(N_TEST, -1)
    where = [int(np.flatnonzero((pictures == sample).all(axis=1))[0]) for sample in mnist.test]
    assert len(mnist.test) == 11
    assert len(mnist.fresh) == 10
    assert where != sorted(where)
    assert max(where) > 15
    np.testing.assert_array_equal(mnist.test_labels, content["t10k-labels-idx1-ubyte"][where])


def test_compressed_files_are_the_same_data(folder):
    plain = load_mnist(folder)

    for path in list(folder.iterdir()):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()

    assert load_mnist(folder).content_hash == plain.content_hash


def test_the_folder_is_found_by_the_variable(folder, monkeypatch):
    plain = load_mnist(folder)
    (folder / "mnist").mkdir()
    for path in folder.glob("*ubyte"):
        path.rename(folder / "mnist" / path.name)
    monkeypatch.setenv("GENBENCH_DATA", str(folder))

    assert load("mnist").content_hash == plain.content_hash


def test_colours_come_last_and_batches_in_order(tmp_path, batches):
    cifar = load_cifar10(tmp_path)

    pictures = np.concatenate([batches[f"data_batch_{i}"][0] for i in range(1, 6)])
    np.testing.assert_array_equal(cifar.train.reshape(20, 32, 32, 3), pictures)
    labels = np.concatenate([batches[f"data_batch_{i}"][1] for i in range(1, 6)])
    np.testing.assert_array_equal(cifar.train_labels, labels)
    assert cifar.picture == (32, 32, 3)
    assert len(cifar.test) == len(cifar.fresh) == 2


def test_without_the_variable_it_is_named(monkeypatch):
    monkeypatch.delenv("GENBENCH_DATA", raising=False)

    with pytest.raises(BadInput, match=r"set GENBENCH_DATA to the folder .* folder 'cifar10'\."):
        load("cifar10")


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10"])
def test_a_missing_folder_is_named_with_the_files_that_are_expected(name, tmp_path, monkeypatch):
    monkeypatch.setenv("GENBENCH_DATA", str(tmp_path / "nowhere"))

    with pytest.raises(BadInput) as refused:
        load(name)

    said = str(refused.value)
    assert str(tmp_path / "nowhere" / name) in said
    assert f"$GENBENCH_DATA/{name}" in said
    expected = "data_batch_1.bin" if name == "cifar10" else "train-images-idx3-ubyte"
    assert expected in said
    assert "\n" not in said


def test_only_files_that_are_missing_are_named(folder):
    (folder / "t10k-labels-idx1-ubyte").unlink()

    with pytest.raises(BadInput, match=r"which lacks t10k-labels-idx1-ubyte \(or \.gz\)\."):
        load_mnist(folder)


def test_pickled_batches_are_not_read_but_the_binary_version_is_asked_for(tmp_path):
    (tmp_path / "data_batch_1").write_bytes(b"not to be unpickled")

    with pytest.raises(BadInput, match=r"data_batch_1\.bin, .*of the binary version"):
        load_cifar10(tmp_path)


PICTURES = np.zeros((3, 28, 28))
HUGE = bytes([0, 0, 8, 3]) + struct.pack(">III", 2**32 - 1, 28, 28)


DAMAGES = {
    "empty": (b"", "is not an IDX file of 3 axes"),
    "cut in the header": (idx(PICTURES)[:15], "is not an IDX file of 3 axes"),
    "of another kind": (b"\x80\x04" + idx(PICTURES)[2:], "is not an IDX file of 3 axes"),
    "of other values": (
        idx(PICTURES, kind=0x0D),
        r"values of type 0x0d along 3 axes; expected bytes \(0x08\) along 3\.",
    ),
    "of one axis": (idx(np.zeros(20)), "of type 0x08 along 1 axes; expected bytes"),
    "of another size": (
        idx(np.zeros((3, 28, 27))),
        r"samples of shape \(28, 27\); expected \(28, 28\)",
    ),
    "huge, it says": (HUGE, "says that it holds 4,294,967,295 samples; expected 1 to 100,000"),
    "of no picture": (idx(np.zeros((0, 28, 28))), "says that it holds 0 samples"),
    "cut": (idx(PICTURES)[:-1], "holds fewer than the 2,352 values that its header says"),
    "too long": (idx(PICTURES) + b"\0", "holds more than the 2,352 values"),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_an_idx_file_that_is_not_what_it_should_be_is_refused(damage, ending, tmp_path):
    written, reason = DAMAGES[damage]
    path = tmp_path / f"pictures{ending}"
    path.write_bytes(gzip.compress(written) if ending else written)

    with pytest.raises(BadInput, match=reason):
        read_idx(path, (28, 28))


@pytest.mark.parametrize(
    "damaged",
    [
        pytest.param(idx(PICTURES), id="not compressed"),
        pytest.param(gzip.compress(idx(PICTURES))[:-9], id="cut"),
        pytest.param(gzip.compress(idx(PICTURES))[:10] + b"\xff" * 30, id="overwritten"),
    ],
)
def test_a_damaged_gzip_file_is_refused(damaged, tmp_path):
    path = tmp_path / "pictures.gz"
    path.write_bytes(damaged)

    with pytest.raises(BadInput, match=r"pictures\.gz cannot be read: "):
        read_idx(path, (28, 28))


def test_a_file_that_unpacks_to_more_than_its_header_says_is_not_unpacked_further(tmp_path):
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(idx(PICTURES) + bytes(50_000_000), compresslevel=1))

    tracemalloc.start()
    with pytest.raises(BadInput, match="holds more than"):
        read_idx(path, (28, 28))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 5_000_000


def test_labels_and_pictures_must_be_as_many(folder):
    (folder / "train-labels-idx1-ubyte").write_bytes(idx(np.zeros(29)))

    with pytest.raises(BadInput, match=r"holds 29 labels, but .* 30 pictures"):
        load_mnist(folder)


def test_labels_beyond_nine_are_refused(folder, tmp_path, batches):
    (folder / "t10k-labels-idx1-ubyte").write_bytes(idx(np.full(N_TEST, 10)))
    (tmp_path / "data_batch_3.bin").write_bytes(bytes([11]) + bytes(3072))

    with pytest.raises(BadInput, match="has a label 10; labels go from 0 to 9"):
        load_mnist(folder)
    with pytest.raises(BadInput, match="has a label 11"):
        load_cifar10(tmp_path)


@pytest.mark.parametrize("size", [0, 3072, 3074, (MOST + 1) * 3073])
def test_a_batch_that_is_not_made_of_whole_records_is_refused(size, tmp_path, batches):
    with (tmp_path / "data_batch_2.bin").open("wb") as file:
        file.truncate(size)

    with pytest.raises(BadInput, match=rf"data_batch_2\.bin holds {size:,} bytes; expected 3,073"):
        load_cifar10(tmp_path)


def test_a_single_test_picture_is_refused(folder):
    (folder / "t10k-images-idx3-ubyte").write_bytes(idx(np.zeros((1, 28, 28))))
    (folder / "t10k-labels-idx1-ubyte").write_bytes(idx(np.zeros(1)))

    with pytest.raises(BadInput, match="a single test picture cannot be split"):
        load_mnist(folder)
