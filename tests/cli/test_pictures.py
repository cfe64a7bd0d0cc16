"""Pictures on the command line: which way is taken, what is said, and what is kept."""

import json
import re
import shlex
import zipfile
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from genbench import presets
from genbench.cli.main import main
from genbench.cli.options import names
from genbench.images.extractors import CATALOG
from genbench.images.weights import FILES
from genbench.metrics import find

NETWORK = ("--features", "random-convolution")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with pictures, real and generated ones, and a cache of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GENBENCH_CACHE", str(tmp_path / "cache"))
    rng = np.random.default_rng(0)
    for name, n in (("real", 24), ("made", 12)):
        (tmp_path / name).mkdir()
        for number in range(n):
            pixels = rng.integers(256, size=(16, 16, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / name / f"{number:02d}.png")
    return tmp_path


def call(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def ok(*words):
    result = call(*words)
    assert result.exit_code == 0, result.output + str(result.exception)
    return result


def refused(*words):
    result = call(*words)
    assert result.exit_code == 2, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return " ".join(result.stderr.split())


def scores(*words):
    return json.loads(ok("score", *words, "--json").stdout)


def as_zip(folder, path):
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return path


def test_two_folders_are_compared_by_a_network(place):
    result = ok("score", "made", "--against", "real", *NETWORK, "-m", "fid,kid,coverage")

    assert "made (n = 12, d = 512) against real (n = 24, d = 512)" in result.output
    for name in ("frechet_distance", "kernel_distance", "coverage"):
        assert f"  {name} " in result.output
    assert "Take care: generated has 12 pictures, test 24" in result.output


def test_json_says_what_the_numbers_depend_on_and_nothing_else_is_printed(place):
    found = scores("made", "--against", "real", *NETWORK, "-m", "fid", "--no-fresh")

    about = found["frechet_distance"]["parameters"]
    assert about["features"] == "random-convolution"
    assert about["preprocessing"] == "pil-bicubic-128-lite v1"
    assert about["device"] == "cpu"
    assert json.loads(about["generated_pictures"])["formats"] == {"PNG": 12}


def test_every_form_gives_one_number_and_is_seen_once(place):
    pixels = np.stack([np.asarray(Image.open(path)) for path in sorted((place / "made").iterdir())])
    np.savez("made.npz", arr_0=pixels)
    np.save("floats.npy", (pixels / 127.5 - 1).transpose(0, 3, 1, 2).astype(np.float32))
    as_zip(place / "made", place / "made.zip")
    rest = ("--against", "real", *NETWORK, "-m", "fid", "--no-fresh")

    values = [
        scores(*form, *rest)["frechet_distance"]["value"]
        for form in (["made"], ["made.npz"], ["made.zip"], ["floats.npy", "--range", "-1,1"])
    ]

    assert len(set(values)) == 1
    assert "2 batches of features" in ok("cache").output
    assert "0 batches of features" in ok("cache", "--clear").output


def test_nothing_is_kept_where_that_is_asked_for(place):
    ok("score", "made", "--against", "real", *NETWORK, "-m", "fid", "--no-cache")
    assert not (place / "cache").exists()
    ok("score", "made", "--against", "real", *NETWORK, "-m", "fid", "--cache", place / "here")
    assert "2 batches" in ok("cache", "--cache", place / "here").output


def test_training_pictures_show_copies(place):
    result = ok(
        *("score", "made", "--against", "real", "--train", "made", *NETWORK),
        *("-m", "authenticity,data_copying", "--sheet", "sheet.png"),
    )

    assert "12 of 12 generated pictures are pictures of train, pixel by pixel" in result.output
    assert "authenticity" in result.output
    assert result.output.endswith("Wrote sheet.png.\n")
    with Image.open("sheet.png") as sheet:
        colours = {colour for _, colour in sheet.getcolors(sheet.width * sheet.height)}
    shown = (np.asarray(Image.open(path)) for path in (place / "made").iterdir())
    assert all(tuple(map(int, pixels[3, 5])) in colours for pixels in shown)


def test_statistics_stand_in_for_pictures(place):
    said = ok("stats", "real", "-o", "real.npz", *NETWORK).output
    assert "Wrote real.npz: 24 pictures, random-convolution, pil-bicubic-128-lite v1" in said
    result = ok("score", "made", "--against", "real.npz", *NETWORK, "-m", "fid")

    whole = scores("made", "--against", "real", *NETWORK, "-m", "fid", "--no-fresh")
    value = whole["frechet_distance"]["value"]
    assert f"{value:.3g}" in result.output
    assert "against real.npz (n = 24, d = 512)" in result.output


def test_the_first_pictures_only(place):
    found = scores("made", "--against", "real", *NETWORK, "-m", "fid", "--n", 7)

    assert json.loads(found["frechet_distance"]["parameters"]["generated_pictures"])["n"] == 7
    assert "has 12 pictures; 13 are asked for" in refused(
        *("score", "made", "--against", "real", *NETWORK, "-m", "fid", "--n", 13)
    )


def test_pixels_are_compared_as_before(place):
    result = ok("score", "made", "--against", "real", "--features", "pixels", "-m", "fid")

    assert "made (n = 12, d = 768) against real (n = 24, d = 768)" in result.output


def test_small_pictures_have_nothing_for_a_network_to_see(place):
    for name in ("made", "real"):
        pixels = np.random.default_rng(0).integers(256, size=(30, 8, 8), dtype=np.uint8)
        np.save(f"{name}.npy", pixels)

    result = ok("score", "made.npy", "--against", "real.npy", "-m", "fid")

    assert "d = 64" in result.output


@pytest.mark.images
def test_without_a_word_the_network_is_lite0(place):
    found = scores("made", "--against", "real", "-m", "fid,is", "--no-fresh")

    assert found["frechet_distance"]["parameters"]["features"] == "lite0-128"
    assert found["inception_score"]["value"] > 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["absent", *NETWORK], "--features would do nothing: to score a model on files"),
        (["made", *NETWORK, "--range", "zero"], "--range must look like 0,1 or -1,1, not 'zero'"),
        (["made", *NETWORK, "--range", "1,0"], "The range must be black and then white"),
        (["made", *NETWORK, "--background", "blue"], "--background must look like white or 255"),
        (["made", *NETWORK, "--cache", "x", "--no-cache"], "contradict each other"),
        pytest.param(
            ["made", "--features", "inception"],
            "The weights of inception are not here: weights-inception",
            marks=pytest.mark.images,
        ),
        (["made", "--preset", "dgm-eval"], "The weights of dinov2-vitl14 are not here"),
        (["made", "--features", "lite"], "No features named 'lite'. Did you mean"),
        (["made", *NETWORK, "--preset", "fidelity"], "No preset named 'fidelity'"),
        (["made", *NETWORK, "-m", "fdi"], "No metric named 'fdi'"),
        (["made", "--preset", "pytorch-fid", "--standardise"], "--standardise would do nothing"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(place, words, message, monkeypatch):
    monkeypatch.delenv("GENBENCH_WEIGHTS", raising=False)
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(place))
    said = refused("score", *words, "--against", "real")

    assert message in said


def test_statistics_need_a_name_that_other_programs_read(place):
    assert "--out must end in .npz" in refused("stats", "real", "-o", "real.json", *NETWORK)
    assert "There is no file or folder" in refused("stats", "absent", "-o", "a.npz", *NETWORK)
    assert not (place / "a.npz").exists()


def test_lists_name_all_networks_and_weights():
    features, weights = (ok("list", what).output for what in ("features", "weights"))

    for name, entry in CATALOG.items():
        assert name in features
        assert entry.preparing in features
    for file in FILES.values():
        assert file.sha256[:20] in "".join(weights.split())


def test_what_we_take_for_the_commands_of_other_programs_can_be_typed():
    readme = Path(__file__).parents[2] / "genbench" / "images" / "README.md"
    text = readme.read_text(encoding="utf-8")
    taken = re.findall(r"^\|.*\| `genbench ([^`]*)` \|$", text, re.MULTILINE)

    assert len(taken) == 6
    for line in taken:
        name, *words = shlex.split(line)
        given = main.commands[name].make_context(name, words).params
        assert presets.find(given["preset"]).features in CATALOG
        assert all(map(find, names(given.get("metrics")) or ()))
