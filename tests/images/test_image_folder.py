"""Folders of pictures: which files count, what their pixels are, what is refused."""

import numpy as np
import pytest
from PIL import Image  # Pillow comes with matplotlib, which genbench needs anyway

from genbench.ground.errors import BadInput
from genbench.images.image_folder import list_images, load_image

COLOURS = np.arange(2 * 5 * 3, dtype=np.uint8).reshape(2, 5, 3)


def save(path, pixels=COLOURS, mode=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(pixels)
    (image if mode is None else image.convert(mode)).save(path)


def test_finds_pictures_at_any_depth_by_suffix_in_any_case_ordered_by_path(tmp_path):
    for name in ("b.png", "a/z.JPG", "a/b/c.jpeg", "B.PnG", "a.png"):
        save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("not listed")
    (tmp_path / "folder.png").mkdir()

    found = [path.relative_to(tmp_path).as_posix() for path in list_images(tmp_path)]

    assert found == ["B.PnG", "a.png", "a/b/c.jpeg", "a/z.JPG", "b.png"]


def test_a_missing_folder_a_file_and_a_folder_without_pictures_are_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing to see")

    with pytest.raises(BadInput, match=r"absent is missing"):
        list_images(tmp_path / "absent")
    with pytest.raises(BadInput, match=r"notes\.txt is not a folder"):
        list_images(tmp_path / "notes.txt")
    with pytest.raises(BadInput, match=r"holds no image: .*\.png, \.jpg, \.jpeg"):
        list_images(tmp_path)


def test_pixels_are_channels_first_and_exact(tmp_path):
    save(tmp_path / "a.png")

    pixels = load_image(tmp_path / "a.png")

    assert pixels.dtype == np.uint8
    np.testing.assert_array_equal(pixels, COLOURS.transpose(2, 0, 1))


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "1"])
def test_other_kinds_of_picture_become_rgb(tmp_path, mode):
    save(tmp_path / "a.png", mode=mode)

    assert load_image(tmp_path / "a.png").shape == (3, 2, 5)


def test_grey_values_beyond_eight_bits_are_refused_rather_than_cut_off(tmp_path):
    save(tmp_path / "deep.png", np.arange(0, 60_000, 10_000, dtype=np.uint16).reshape(2, 3))

    with pytest.raises(BadInput, match=r"deep\.png holds more than 8 bits"):
        load_image(tmp_path / "deep.png")


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_file_cut_short_anywhere_is_refused_by_name(tmp_path, rng, suffix):
    whole, cut = tmp_path / f"whole{suffix}", tmp_path / f"cut{suffix}"
    save(whole, rng.integers(256, size=(40, 30, 3), dtype=np.uint8))
    content = whole.read_bytes()

    for length in (0, 1, 8, 30, len(content) // 2, len(content) - 50):
        cut.write_bytes(content[:length])
        with pytest.raises(BadInput, match=rf"cut\{suffix} cannot be read as a picture"):
            load_image(cut)


def test_text_and_dangling_links_that_claim_to_be_pictures_are_refused_by_name(tmp_path):
    (tmp_path / "text.png").write_text("I am no picture.")
    (tmp_path / "link.png").symlink_to(tmp_path / "gone.png")

    for path in list_images(tmp_path):
        with pytest.raises(BadInput, match=rf"{path.name} cannot be read as a picture"):
            load_image(path)
    assert len(list_images(tmp_path)) == 2


@pytest.fixture
def rng():
    return np.random.default_rng(0)
