"""Which pictures count, and what their pixels are: the same at every door."""

import io
import struct
import warnings
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from genbench.files import read_samples
from genbench.ground.errors import BadInput
from genbench.ground.paths import brief
from genbench.images.decoding import decode
from genbench.images.image_folder import list_images, load_image

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (8, 6, 3), dtype=np.uint8)


def encoded(image, form="PNG", **settings):
    content = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(
        content, form, **settings
    )
    return content.getvalue()


def in_folder(folder, members):
    for name, content in members.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def in_archive(folder, members):
    folder.mkdir()
    with zipfile.ZipFile(folder / "p.zip", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return folder / "p.zip"


@pytest.fixture(params=[in_folder, in_archive])
def place(request, tmp_path):
    """Put files in a folder or in an archive."""
    return lambda members: request.param(tmp_path / "p", members)


# Which files count

FIVE = {f"{number}.png": encoded(PIXELS + np.uint8(number)) for number in range(5)}
OTHERS = {f"{end}.{end}": encoded(PIXELS, "GIF") for end in ("avif", "gif", "jxl", "psd")}
HIDDEN = {
    ".ipynb_checkpoints/0-checkpoint.png": FIVE["0.png"],
    "a/.Trash-1000/files/1.jpg": FIVE["1.png"],
    "b/.2.png": FIVE["2.png"],
    "@eaDir/3.png/thumb.png": FIVE["3.png"],
}
MACOS = {"__MACOSX/._4.png": b"notes", "._4.png": b"notes", "a/._0.png": b"notes"}
NO_PICTURES = {"notes.txt": b"", "a/labels.csv": b"", "LICENSE": b"", ".DS_Store": b""}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (OTHERS, "5 pictures; left out: 4 of other formats (.avif, .gif, .jxl, .psd)."),
        (
            HIDDEN,
            "5 pictures; left out: 4 hidden (.2.png, .Trash-1000, .ipynb_checkpoints, @eaDir).",
        ),
        (MACOS, "5 pictures; left out: 3 left by macOS (._*, __MACOSX)."),
        (
            NO_PICTURES,
            "5 pictures; left out: 1 hidden (.DS_Store), 3 not of pictures (.csv, .txt, LIC",
        ),
        ({}, "5 pictures; nothing is left out."),
    ],
)
def test_one_rule_for_all_places_and_all_is_said(place, more, said):
    found, told = place(FIVE | more), []

    read = read_samples(found, told=told.append)

    np.testing.assert_array_equal(read, [PIXELS + np.uint8(number) for number in range(5)])
    assert len(told) == 1
    assert said in told[0]


@pytest.mark.parametrize("more", [OTHERS, HIDDEN])
def test_pictures_that_are_left_out_are_warned_of_where_nobody_asked(place, more):
    found = place(FIVE | more)

    with pytest.warns(UserWarning, match="5 pictures; left out: 4 "):
        assert len(read_samples(found)) == 5


def test_what_holds_no_picture_says_what_was_left_out(place):
    with pytest.raises(BadInput, match=r"holds no image: .*left out: 4 of other formats \(.avif"):
        read_samples(place(OTHERS))


def test_inception_has_the_same_list(tmp_path):
    folder = in_folder(tmp_path, FIVE | OTHERS | HIDDEN | MACOS | NO_PICTURES)
    told = []

    assert [path.name for path in list_images(folder, told=told.append)] == list(FIVE)
    assert "5 pictures; left out: 5 hidden" in told[0]


def test_links_are_refused_in_folders_as_in_archives(tmp_path):
    folder = in_folder(tmp_path / "a", FIVE)
    (folder / "again.png").symlink_to(folder / "0.png")

    with pytest.raises(BadInput, match=r"again.png cannot be read as a picture: links are not"):
        read_samples(folder)
    with pytest.raises(BadInput, match=r"again.png cannot be read as a picture: links are not"):
        load_image(folder / "again.png")
    (folder / "again.png").unlink()
    (folder / "more").symlink_to(in_folder(tmp_path / "b", FIVE))
    with pytest.raises(BadInput, match=r"more is a link to a folder: links are not followed; copy"):
        read_samples(folder)
    (folder / "more").rename(folder / ".more")
    assert len(read_samples(folder)) == 5


def test_the_number_of_samples_in_other_files_is_said(tmp_path):
    (tmp_path / "a.csv").write_text("age,income\n1,2\n3,4\n")
    np.save(tmp_path / "a.npy", np.ones((4, 2)))
    told = []

    for name in ("a.csv", "a.npy"):
        read_samples(tmp_path / name, told=told.append)

    assert [line.split(": ")[1] for line in told] == [
        "2 samples of shape (2,) (age, income).",
        "4 samples of shape (2,).",
    ]


# Pixels


def png_of_16_bits(colour):
    """Write what Pillow cannot: a picture of 16 bits a channel in colour."""

    def chunk(kind, content):
        sum_ = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + sum_

    channels = {2: 3, 6: 4, 4: 2, 0: 1}[colour]
    rows = b"".join(b"\0" + RNG.bytes(2 * channels * 6) for _ in range(8))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 6, 8, 16, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def palette_seen_through():
    return encoded(Image.fromarray(PIXELS).quantize(4), transparency=0)


SEEN_THROUGH = np.dstack([PIXELS, RNG.integers(0, 256, (8, 6), dtype=np.uint8)])
REFUSED = {
    "alpha": (encoded(SEEN_THROUGH), "is a picture of mode RGBA"),
    "grey alpha": (encoded(SEEN_THROUGH[..., 2:]), "is a picture of mode LA"),
    "palette": (palette_seen_through(), "is a picture of mode P with transparency"),
    "a clear colour": (
        encoded(PIXELS, transparency=tuple(map(int, PIXELS[0, 0]))),
        "is a picture of mode RGB with transparency",
    ),
    "16 bits": (encoded(PIXELS[..., 0].astype(np.uint16)), "holds more than 8 bits a channel"),
    "16 bits, grey": (png_of_16_bits(0), "holds more than 8 bits a channel"),
    "16 bits, colour": (png_of_16_bits(2), "holds more than 8 bits a channel"),
    "16 bits, alpha": (png_of_16_bits(6), "holds more than 8 bits a channel"),
    "16 bits, grey alpha": (png_of_16_bits(4), "holds more than 8 bits a channel"),
    "CMYK": (encoded(Image.fromarray(PIXELS).convert("CMYK"), "JPEG"), "mode CMYK; expected"),
    "film": (
        encoded(PIXELS, save_all=True, append_images=[Image.fromarray(255 - PIXELS)]),
        "is a film of 2 pictures",
    ),
    "another format": (encoded(PIXELS, "GIF"), "it is no PNG, JPEG, WEBP, BMP, PPM or TIFF file"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_eight_bits_cannot_hold_is_refused_at_every_door(place, tmp_path, kind):
    content, message = REFUSED[kind]

    with pytest.raises(BadInput, match=message) as caught:
        read_samples(place({"a.png": content}))
    assert "0x" not in str(caught.value)
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(BadInput, match=f"a.png .*{message}"):
        load_image(tmp_path / "a.png")


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_photographs_are_turned_as_they_are_shown(place, tmp_path, orientation, form):
    exif = Image.Exif()
    exif[0x0112] = orientation
    shown = np.kron(PIXELS[:2, :2], np.ones((16, 16, 1), dtype=np.uint8))  # what JPEG can hold
    stored = {  # what to do to what is shown, so that a viewer undoes it
        1: shown,
        2: shown[:, ::-1],
        3: shown[::-1, ::-1],
        4: shown[::-1],
        5: shown.transpose(1, 0, 2),
        6: np.rot90(shown),
        7: shown[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(shown, -1),
    }[orientation]
    end = form.lower()
    content = encoded(np.ascontiguousarray(stored), form, exif=exif)
    (tmp_path / f"a.{end}").write_bytes(content)

    (read,) = read_samples(place({f"a.{end}": content}))

    assert np.abs(read - shown).mean() < 5
    np.testing.assert_array_equal(load_image(tmp_path / f"a.{end}").transpose(1, 2, 0), read)


def test_a_layer_that_hides_nothing_is_no_loss(place):
    opaque = np.dstack([PIXELS, np.full((8, 6), 255, dtype=np.uint8)])

    read = read_samples(place({"a.png": encoded(opaque), "b.png": encoded(PIXELS)}))

    np.testing.assert_array_equal(read, [PIXELS, PIXELS])


def test_all_doors_agree_on_every_kind_of_picture(place, tmp_path):
    kinds = {
        "grey": encoded(PIXELS[..., 0]),
        "colour": encoded(PIXELS),
        "black and white": encoded(Image.fromarray(PIXELS).convert("1")),
        "palette": encoded(Image.fromarray(PIXELS).quantize(16)),
        "jpeg": encoded(PIXELS, "JPEG"),
        "grey jpeg": encoded(PIXELS[..., 0], "JPEG"),
    }
    for number, content in enumerate(kinds.values()):
        pixels = decode(content, name="x")
        (tmp_path / f"{number}.png").write_bytes(content)
        loaded = load_image(tmp_path / f"{number}.png")
        expected = pixels.transpose(2, 0, 1) if pixels.ndim == 3 else np.stack([pixels] * 3)
        np.testing.assert_array_equal(loaded, expected)
    np.testing.assert_array_equal(
        read_samples(place({"a.png": kinds["jpeg"]}))[0], decode(kinds["jpeg"], name="x")
    )


def test_no_message_shows_where_an_object_lies_in_memory():
    assert brief(object()) == "<object>"
    assert brief(io.BytesIO()) == "<_io.BytesIO>"
    assert "0x" not in brief(ValueError(f"cannot take {warnings.warn} and {object()!r}"))
