"""`genbench score --sheet`: the pictures are on it, in every way to score; bad input is told."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from genbench.cli.main import main

EDGE, TIMES = 8, 12  # pixels of a picture, and what they are enlarged by
PLANTED = 10


def call(*words):
    return CliRunner().invoke(main, ["score", *map(str, words)])


def save(folder, pixels):
    folder.mkdir()
    for place, each in enumerate(pixels):
        Image.fromarray(each).save(folder / f"{place:03d}.png")


@pytest.fixture
def planted(tmp_path, monkeypatch):
    """Folders of pictures, of which ten of a hundred generated ones are training pictures."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    real, train, made = rng.integers(256, size=(3, 100, EDGE, EDGE, 3), dtype=np.uint8)
    made[1::10] = train[:PLANTED]
    for name, pixels in (("real", real), ("train", train), ("made", made)):
        save(tmp_path / name, pixels)
    return train[:PLANTED]


def coded(pixels):
    """A whole number for each pixel."""
    return pixels @ np.array([1, 256, 256**2], dtype=np.int32)


def holds(sheet, pixels):
    """Tell whether a picture, enlarged, is somewhere on a sheet, pixel by pixel; both are coded."""
    tile = pixels.repeat(TIMES, 0).repeat(TIMES, 1)
    size = len(tile)
    return any(
        np.array_equal(sheet[top : top + size, left : left + size], tile)
        for top, left in np.argwhere(sheet == tile[0, 0])
    )


def test_ten_planted_training_pictures_are_on_the_sheet(planted):
    words = "made", "--against", "real", "--train", "train", "-m", "coverage"
    result = call(*words, "--sheet", "sheet.png")
    assert result.exit_code == 0, result.output
    assert "Wrote sheet.png." in result.output
    sheet = coded(np.asarray(Image.open("sheet.png")))
    assert all(holds(sheet, pixels) for pixels in coded(planted))
    assert not holds(sheet, coded(255 - planted[0]))


def test_arrays_of_small_pictures_have_a_sheet_too_and_json_stays_alone(planted):
    for name in ("made", "real"):
        files = sorted(Path(name).iterdir())
        np.save(f"{name}.npy", np.stack([np.asarray(Image.open(file)) for file in files]))
    words = "made.npy", "--against", "real.npy", "-m", "coverage", "--json"
    result = call(*words, "--sheet", "new/sheet.png")
    assert result.exit_code == 0, result.output
    assert result.stdout.strip().startswith("{")
    assert "Wrote new/sheet.png." in result.stderr
    with Image.open("new/sheet.png") as sheet:
        assert sheet.format == "PNG"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("made --against real --sheet sheet.jpg", "--sheet must end in .png, not 'sheet.jpg'."),
        ("rows.npy --against rows.npy --sheet s.png", "--sheet shows pictures: rows.npy must have"),
        ("rows.csv --against rows.csv --sheet s.png", "--sheet shows pictures: rows.csv holds no"),
        ("a.txt --against a.txt --sheet s.png", "--sheet shows pictures: a.txt holds no pictures"),
        (
            "made --against real.npz --features random-convolution --sheet s.png",
            "--sheet shows pictures, and real.npz holds statistics of them alone.",
        ),
        ("noise --dataset digits --sheet s.png", "--sheet would do nothing"),
    ],
)
def test_what_has_no_sheet_is_told_in_a_sentence(planted, words, said):
    np.save("rows.npy", np.zeros((60, 4)))
    np.savetxt("rows.csv", np.zeros((60, 4)), delimiter=",")
    Path("a.txt").write_text("a\nb\n")
    np.savez("real.npz", mu=np.zeros(3), sigma=np.eye(3), n=100)
    result = call(*words.split())
    assert result.exit_code == 2, result.output
    assert said in " ".join(result.stderr.split())
    assert not Path("s.png").exists()
