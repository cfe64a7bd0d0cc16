"""Sheets show the pictures themselves, from every form alike, and nothing but those asked for."""

import struct
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from genbench.ground.errors import BadInput
from genbench.images.pictures import as_rgb, digest_of
from genbench.images.sheets import (
    CAPTION,
    GAP,
    LARGE,
    MARGIN,
    PAPER,
    SMALL,
    TITLE,
    WIDTH,
    Row,
    Section,
    Side,
    Tile,
    _captions,
    _font,
    _Shown,
    fitted,
    write,
)
from genbench.images.sources import open_source

N, EDGE = 12, 24


@pytest.fixture
def grey():
    return np.random.default_rng(0).integers(256, size=(N, EDGE, EDGE), dtype=np.uint8)


def side(given):
    source = open_source(given)
    digests = [digest_of(as_rgb(picture.read())) for picture in source.pictures()]
    return Side(source, np.zeros((len(digests), 1)), digests)


def forms(path, grey):
    """The same grey pictures in every form of a file."""
    (path / "folder").mkdir()
    for place, pixels in enumerate(grey):
        Image.fromarray(pixels).save(path / "folder" / f"{place:02d}.png")
    with zipfile.ZipFile(path / "a.zip", "w") as archive:
        for file in sorted((path / "folder").iterdir()):
            archive.write(file, file.name)
    np.save(path / "a.npy", grey)
    np.savez_compressed(path / "a.npz", arr_0=as_colour(grey))
    (path / "a.idx").write_bytes(b"\0\0\x08\x03" + struct.pack(">3I", *grey.shape) + grey.tobytes())
    return [path / name for name in ("folder", "a.zip", "a.npy", "a.npz", "a.idx")]


def as_colour(grey):
    return np.stack([grey] * 3, axis=-1)


def drawn(path, sides, *tiles, size=SMALL):
    write(path, "Title", "", [Section("", "", [Row([tiles])], size)], sides)
    return np.asarray(Image.open(path))


def test_all_forms_agree_to_the_last_pixel(tmp_path, grey):
    tiles = [Tile("made", place) for place in (3, 0, 11)]
    found = {
        drawn(tmp_path / "sheet.png", {"made": side(form)}, *tiles).tobytes()
        for form in forms(tmp_path, grey)
    }
    assert len(found) == 1


def test_a_small_picture_is_enlarged_by_a_whole_factor(tmp_path, grey):
    sheet = drawn(tmp_path / "sheet.png", {"made": side(grey)}, Tile("made", 0), Tile("made", 5))
    assert sheet.shape[1] == WIDTH
    bottom = len(sheet) - MARGIN - GAP
    for column, place in enumerate((0, 5)):
        left = MARGIN + column * (SMALL + GAP)
        shown = sheet[bottom - SMALL : bottom, left : left + SMALL]
        times = SMALL // EDGE
        assert (shown == as_colour(grey[place].repeat(times, 0).repeat(times, 1))).all()
    assert (sheet[:, WIDTH - MARGIN :] == PAPER).all()


@pytest.mark.parametrize(
    ("height", "width", "size", "shape"),
    [
        (28, 28, SMALL, (84, 84)),
        (10, 30, SMALL, (30, 90)),
        (LARGE, 40, LARGE, (LARGE, 40)),
        (300, 600, LARGE, (LARGE // 2, LARGE)),
        (1, 2000, SMALL, (1, SMALL)),
    ],
)
def test_pictures_keep_their_aspect(height, width, size, shape):
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    pixels[..., 0] = 200
    found = np.asarray(fitted(pixels, size))
    assert found.shape == (*shape, 3)
    assert (found == [200, 0, 0]).all()


def test_only_what_is_shown_is_read_and_no_further_than_the_last(tmp_path, grey):
    known, read = side(grey), []

    def pictures():
        for place, picture in enumerate(known.source.pictures()):
            assert place <= 7
            yield replace(picture, read=lambda p=place, r=picture.read: read.append(p) or r())

    counted = replace(known, source=replace(known.source, pictures=pictures))
    drawn(tmp_path / "sheet.png", {"made": counted}, Tile("made", 7), Tile("made", 2))
    assert read == [2, 7]


@pytest.mark.parametrize(
    ("changed", "said"),
    [(lambda x: 255 - x, "has changed"), (lambda x: x[:4], "has lost pictures")],
)
def test_a_sheet_that_is_there_stays_until_the_new_one_is_whole(tmp_path, grey, changed, said):
    path = tmp_path / "sheet.png"
    path.write_bytes(b"old")
    other = replace(side(grey), source=open_source(changed(grey)))
    with pytest.raises(BadInput, match=f"{said} since it was scored"):
        drawn(path, {"made": other}, Tile("made", 1), Tile("made", 7))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    drawn(path, {"made": side(grey)}, Tile("made", 1))
    assert list(tmp_path.iterdir()) == [path]


def test_words_that_are_too_long_for_a_line_go_on_in_the_next(tmp_path):
    sheets = []
    for word in ("a/", "a/" * 60):
        write(tmp_path / "sheet.png", word, "", [], {})
        sheets.append(np.asarray(Image.open(tmp_path / "sheet.png")))
    short, long = sheets
    assert len(long) >= len(short) + 2 * TITLE
    assert (long[:, WIDTH - MARGIN :] == PAPER).all()
    dark = (long != PAPER).any(axis=(1, 2))
    assert dark[-MARGIN - TITLE :].any()  # the last line is not empty


def test_of_a_long_name_the_end_stands_below_a_picture():
    known = {("made", 0, SMALL): _Shown(None, "a_name_that_has_no_room_00017.png")}
    (name, said) = _captions(Tile("made", 0, "0.5", named=True), SMALL, known)
    assert name.startswith("…")
    assert name.endswith("17.png")
    assert SMALL - 20 < _font(CAPTION).getlength(name) <= SMALL
    assert said == "0.5"


def test_names_of_any_kind_are_drawn(tmp_path, grey):
    for place, name in enumerate(("line\nbreak", "猫", "\u202eturned", "a" * 120)):
        (tmp_path / "in" / name).mkdir(parents=True)
        Image.fromarray(grey[place]).save(tmp_path / "in" / name / f"{name}.png")
    tiles = [Tile("made", place, named=True) for place in range(4)]

    sheet = drawn(tmp_path / "sheet.png", {"made": side(tmp_path / "in")}, *tiles)

    assert (sheet[:, WIDTH - MARGIN :] == PAPER).all()
    assert (sheet[-MARGIN - GAP - CAPTION : -MARGIN] != PAPER).any()
