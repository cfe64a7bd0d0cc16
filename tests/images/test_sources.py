"""Every form in which pictures may come gives the same pictures; what is not one is refused."""

import gzip
import io
import pickle
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from genbench.ground.errors import BadInput
from genbench.images.cache import FeatureCache
from genbench.images.embedding import embed
from genbench.images.pictures import as_rgb
from genbench.images.sources import Values, holds_pictures, open_source

SIGNED = Values(range=(-1, 1))


def content(pixels, form="PNG", **settings):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, form, **settings)
    return buffer.getvalue()


def folder(path, pixels):
    for place, picture in enumerate(pixels):
        (path / f"{place % 3}").mkdir(exist_ok=True)
        form, end = [("PNG", "PNG"), ("BMP", "bmp"), ("TIFF", "tif"), ("PPM", "ppm")][place % 4]
        settings = {"lossless": True} if form == "WEBP" else {}
        name = path / f"{place:02d}.{end}"
        name.write_bytes(content(picture, form, **settings))
    return path


def archive(path, pixels):
    with zipfile.ZipFile(path / "a.zip", "w") as file:
        for place, picture in enumerate(pixels):
            file.writestr(f"{place:02d}.webp", content(picture, "WEBP", lossless=True))
    return path / "a.zip"


def npy(path, pixels):
    np.save(path / "a.npy", pixels)
    return path / "a.npy"


def npz(path, pixels):
    np.savez_compressed(path / "a.npz", arr_0=pixels, arr_1=np.arange(len(pixels)))
    return path / "a.npz"


def floats(_, pixels):
    return torch.tensor(pixels.transpose(0, 3, 1, 2) / 127.5 - 1, dtype=torch.float32)


class Items(torch.utils.data.Dataset):
    """Pillow's pictures, each with a class."""

    def __init__(self, pixels):
        self.pixels = pixels

    def __len__(self):
        return len(self.pixels)

    def __getitem__(self, place):
        return Image.fromarray(self.pixels[place]), place


class Tensors(Items):
    """Tensors, channels first, each with a class."""

    def __getitem__(self, place):
        return torch.tensor(self.pixels[place]).permute(2, 0, 1), place


def loader(_, pixels):
    return torch.utils.data.DataLoader(Tensors(pixels), batch_size=7)


def generator(_, pixels):
    state = {"given": 0}

    def make(n, rng):
        start = state["given"] % len(pixels)
        state["given"] += n
        return pixels[start : start + n]

    return make


FORMS = {
    "folder": folder,
    "archive": archive,
    ".npy": npy,
    ".npz": npz,
    "array": lambda _, pixels: pixels,
    "channels first": lambda _, pixels: pixels.transpose(0, 3, 1, 2),
    "floats": floats,
    "Pillow's": lambda _, pixels: Items(pixels),
    "data set": lambda _, pixels: Tensors(pixels),
    "loader": loader,
    "batches": lambda _, pixels: iter([pixels[:5], pixels[5:]]),
    "generator": generator,
}


def read(given, **settings):
    return [as_rgb(one.read()) for one in open_source(given, **settings).pictures()]


@pytest.fixture(params=FORMS)
def form(request):
    return request.param


def opened(form, path, pixels, **settings):
    settings.setdefault("n", len(pixels) if form == "generator" else None)
    return FORMS[form](path, pixels), {"values": SIGNED, **settings}


def test_every_form_gives_the_same_pictures(form, tmp_path, pixels):
    given, settings = opened(form, tmp_path, pixels)

    np.testing.assert_array_equal(read(given, **settings), pixels)


def test_the_same_pictures_in_any_form_are_seen_once(tmp_path, pixels, network):
    cache, kept = FeatureCache(tmp_path / "kept"), []
    for place, form in enumerate(FORMS):
        (tmp_path / f"{place}").mkdir()
        given, settings = opened(form, tmp_path / f"{place}", pixels)
        found = embed(open_source(given, **settings), network, cache=cache, show_progress=False)
        kept.append(found.seen.n_kept)
    cache.close()

    assert kept == [0] + [20] * (len(FORMS) - 1)
    assert cache.size()[0] == 1


def test_every_form_gives_its_first_pictures_and_no_more_than_there_are(form, tmp_path, pixels):
    given, settings = opened(form, tmp_path, pixels, n=6)
    np.testing.assert_array_equal(read(given, **settings), pixels[:6])
    if form != "generator":
        given, settings = opened(form, tmp_path, pixels, n=21)
        with pytest.raises(BadInput, match="has 20 pictures; 21 are asked for"):
            read(given, **settings)


def idx(pixels, *, shape=None, kind=0x08):
    shape = pixels.shape if shape is None else shape
    return struct.pack(f">2x2B{len(shape)}I", kind, len(shape), *shape) + pixels.tobytes()


@pytest.mark.parametrize("packed", [True, False])
def test_idx(packed, tmp_path, pixels):
    grey = pixels[..., 0]
    path = tmp_path / "t10k-images-idx3-ubyte"
    path.write_bytes(gzip.compress(idx(grey)) if packed else idx(grey))

    np.testing.assert_array_equal([one.read() for one in open_source(path).pictures()], grey)
    assert holds_pictures(path)


def test_labels_beside_pictures_are_their_classes(tmp_path, pixels, photographs):
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx(pixels[..., 0]))
    beside = tmp_path / "train-labels-idx1-ubyte"
    labels = np.arange(len(pixels), dtype=np.uint8) % 10
    beside.write_bytes(gzip.compress(idx(labels)))
    assert open_source(tmp_path / "train-images-idx3-ubyte").labels == [*map(str, labels)]
    beside.write_bytes(idx(labels[1:]))  # of other pictures
    assert open_source(tmp_path / "train-images-idx3-ubyte").labels is None
    batch = tmp_path / "test_batch.bin"
    batch.write_bytes(binary(photographs))
    assert open_source(batch).labels == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (idx(np.zeros(5, np.uint8)), "is IDX of type 0x8 with 1 axes; expected bytes"),
        (idx(np.zeros((2, 3, 4), np.uint8))[:-1], "is not as it says: 24 bytes .* but 23 are"),
        (idx(np.zeros((2, 3, 4), np.uint8)) + b"1", "is not as it says: .* but more are there"),
        (idx(np.zeros(0, np.uint8), shape=(0, 3, 4)), "which is not one of pictures"),
        (idx(np.zeros(1, np.uint8), shape=(2**31, 2**31, 2)), "which is not one of pictures"),
    ],
)
def test_idx_that_is_something_else_is_refused(content, message, tmp_path):
    path = tmp_path / "images-idx3-ubyte"
    path.write_bytes(content)

    with pytest.raises(BadInput, match=message):
        open_source(path)


@pytest.fixture(scope="module")
def photographs():
    return np.random.default_rng(1).integers(256, size=(4, 32, 32, 3), dtype=np.uint8)


def planes(photographs):
    return photographs.transpose(0, 3, 1, 2).reshape(len(photographs), -1)


def binary(photographs):
    labels = np.arange(len(photographs), dtype=np.uint8)[:, None]
    return np.concatenate([labels, planes(photographs)], axis=1).tobytes()


@pytest.mark.parametrize("protocol", [2, 4])
def test_cifar_as_a_pickle_which_is_not_run(protocol, tmp_path, photographs):
    ran = []

    class Run:
        def __reduce__(self):
            return ran.append, (1,)

    batch = {b"labels": [3, 1, 4, 1], b"data": planes(photographs), b"run": Run()}
    path = tmp_path / "data_batch_1"
    path.write_bytes(pickle.dumps(batch, protocol=protocol))

    np.testing.assert_array_equal(read(path), photographs)
    assert not ran
    assert holds_pictures(path)


def test_cifar_in_binary_form(tmp_path, photographs):
    path = tmp_path / "test_batch.bin"
    path.write_bytes(binary(photographs))

    np.testing.assert_array_equal(read(path), photographs)
    path.write_bytes(b"\xff" + binary(photographs)[1:])
    with pytest.raises(BadInput, match="has a label of 255; those of CIFAR-10 are below 10"):
        open_source(path)


def test_a_pickle_without_pictures_is_refused(tmp_path):
    path = tmp_path / "data_batch_1"
    path.write_bytes(pickle.dumps({"data": list(range(100))}))

    with pytest.raises(BadInput, match=r"holds no pictures of 3 x 32 x 32 bytes"):
        open_source(path)


def write(path, **arrays):
    np.savez(path / "a.npz", **arrays)
    return path / "a.npz"


GREY = np.zeros((2, 20, 20), np.uint8)
REFUSED = {
    "missing": (lambda path: path / "absent.zip", "There is no file or folder"),
    "empty array": (lambda _: GREY[:0], "is empty"),
    "empty list": (lambda _: [], "is empty"),
    "objects": (lambda path: write(path, arr_0=np.array([{}])), "holds pickled objects"),
    "no usual name": (lambda path: write(path, a=GREY, b=GREY), "holds the arrays a, b; expected"),
    "Fortran's": (lambda path: write(path, a=np.asfortranarray(GREY)), "in Fortran's order"),
    "ambiguous": (lambda _: np.zeros((2, 3, 20, 3), np.uint8), "either axis may be that of cha"),
    "no channels": (lambda _: np.zeros((2, 20, 20, 4), np.uint8), "expected 1 or 3 channels"),
    "no pictures": (lambda _: np.zeros((2, 20), np.uint8), r"must have shape \(n, height"),
    "no range": (lambda _: GREY.astype(float), "say what black and white are: --range 0,1"),
    "whole numbers": (lambda _: GREY.astype(int), "as uint8, not int64"),
    "text": (lambda _: np.array([["a"]]), "must hold pixels, not <U1"),
    "what is no form": (lambda _: 5, "must be pictures in one of the forms known, not 5"),
    "no number": (lambda _: lambda *_: GREY, "say how many, --n 10000"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_source_is_refused_in_one_sentence(kind, tmp_path):
    make, message = REFUSED[kind]

    with pytest.raises(BadInput, match=message):
        read(make(tmp_path))


@pytest.mark.parametrize("value", [-1.01, 1.01, np.nan])
def test_numbers_outside_of_their_range_are_refused_and_none_cut_off(value):
    pictures = np.zeros((2, 3, 20, 20))
    pictures[1, 2, 3, 4] = value

    with pytest.raises(BadInput, match="outside of the range -1 to 1"):
        read(pictures, values=SIGNED)


def test_floating_point_numbers_are_rounded_to_the_nearest_level():
    levels = np.arange(256).reshape(1, 16, 16)
    nearly = (levels + np.random.default_rng(0).uniform(-0.49, 0.49, levels.shape)) / 255

    (read_levels,) = open_source(np.clip(nearly, 0, 1), values=Values(range=(0, 1))).pictures()

    np.testing.assert_array_equal(read_levels.read(), levels[0])


def test_folders_are_classes_where_every_picture_lies_in_one(tmp_path, pixels):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        for place, picture in enumerate(pixels[:4]):
            file.writestr(f"all/{'elk' if place % 2 else 'cat'}/{place}.png", content(picture))
    with zipfile.ZipFile(tmp_path / "a.zip") as file:
        file.extractall(tmp_path / "b")

    for given in (tmp_path / "a.zip", tmp_path / "b"):
        assert open_source(given).labels == ["cat", "cat", "elk", "elk"]
        assert open_source(given, n=3).labels == ["cat", "cat", "elk"]
    (tmp_path / "b" / "0.png").write_bytes(content(pixels[0]))
    assert open_source(tmp_path / "b").labels is None
    assert open_source(pixels).labels is None


def test_layout_decides_where_shapes_do_not():
    square = np.random.default_rng(0).integers(256, size=(2, 3, 20, 3), dtype=np.uint8)

    last = read(square, values=Values(layout="nhwc"))
    first = read(square, values=Values(layout="nchw"))

    np.testing.assert_array_equal(last, square)
    np.testing.assert_array_equal(first, square.transpose(0, 2, 3, 1))


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (GREY, "returned 2 pictures; 5 were asked for"),
        (None, "returned nothing"),
        (np.zeros((5, 2), np.uint8), r"must have shape \(n, height"),
    ],
)
def test_a_generator_that_returns_something_else_is_refused(made, message):
    with pytest.raises(BadInput, match=message):
        read(lambda *_: made, n=5)


def test_a_generator_is_asked_for_no_more_than_is_seen(network):
    asked = []

    def make(n, rng):
        asked.append(n)
        return rng.integers(256, size=(n, 20, 20), dtype=np.uint8)

    embed(open_source(make, n=40), network, show_progress=False)

    assert asked == [40]


def test_a_generator_draws_the_same_from_the_same_seed():
    def make(n, rng):
        return rng.integers(256, size=(n, 20, 20), dtype=np.uint8)

    one, again, other = (read(make, n=300, seed=seed) for seed in (0, 0, 1))

    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)
    assert not np.array_equal(one[0], one[256])


def test_what_is_seen_through_needs_a_background(tmp_path):
    clear = np.full((20, 20, 4), 200, np.uint8)
    clear[..., 3] = 51  # a fifth
    (tmp_path / "a.png").write_bytes(content(clear))

    with pytest.raises(BadInput, match="is a picture of mode RGBA"):
        read(tmp_path)
    (seen,) = read(tmp_path, background=(0, 100, 255))
    np.testing.assert_allclose(seen[0, 0], [40, 120, 244], atol=1)


@pytest.mark.parametrize(("form", "mode"), [("TIFF", "I;16"), ("PPM", "I;16")])
def test_sixteen_bits_are_refused_in_other_formats_too(form, mode, tmp_path):
    deep = Image.fromarray(np.arange(400, dtype=np.uint16).reshape(20, 20) * 100)
    suffix = {"TIFF": "tif", "PPM": "pgm"}[form]
    deep.save(tmp_path / f"a.{suffix}", form)

    with pytest.raises(BadInput, match=r"holds more than 8 bits a channel|mode I"):
        read(tmp_path)


def test_colours_of_sixteen_bits_are_refused_in_ppm(tmp_path):
    (tmp_path / "a.ppm").write_bytes(b"P6 # deep\n2 2\n65535\n" + bytes(24))

    with pytest.raises(BadInput, match="holds more than 8 bits a channel"):
        read(tmp_path)


def test_colours_of_sixteen_bits_are_refused_in_tiff(tmp_path):
    entries = [(256, 3, 1, 2), (257, 3, 1, 2), (258, 3, 3, 122), (259, 3, 1, 1), (262, 3, 1, 2)]
    entries += [(273, 4, 1, 128), (277, 3, 1, 3), (278, 3, 1, 2), (279, 4, 1, 24)]
    table = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    head = struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + table + bytes(4)
    assert len(head) == 122
    (tmp_path / "a.tif").write_bytes(head + struct.pack("<3H", 16, 16, 16) + bytes(24))

    with pytest.raises(BadInput, match="holds more than 8 bits a channel"):
        read(tmp_path)


@pytest.mark.parametrize("form", ["WEBP", "TIFF"])
def test_films_are_refused_in_other_formats_too(form, tmp_path):
    first, second = (Image.fromarray(np.full((20, 20, 3), value, np.uint8)) for value in (1, 9))
    path = tmp_path / f"a.{form.lower()}"
    first.save(path, form, save_all=True, append_images=[second])

    with pytest.raises(BadInput, match="is a film of 2 pictures"):
        read(tmp_path)


@pytest.mark.parametrize("save", [np.save, np.savez_compressed])
def test_arrays_in_files_are_read_as_streams(save, tmp_path):
    path = tmp_path / ("a.npy" if save is np.save else "a.npz")
    save(path, np.zeros((500, 256, 256, 3), np.uint8))  # 98 MB
    source = open_source(path)
    tracemalloc.start()

    assert sum(1 for _ in source.pictures()) == 500
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 40 * 2**20  # a batch, and an archive's list of members
