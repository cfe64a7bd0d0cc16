"""Hundreds of malformed inputs: each works as it should, or is refused in one clear sentence.

A test takes one kind of input and damages it in CASES ways, drawn with fixed seeds. What is refused
must be so by BadInput or Unavailable, in a sentence for people; anything else that is raised, a
warning too, fails the test. On the command line, nothing may be written and no traceback be shown.
"""

import datetime
import gzip
import io
import json
import pickle
import re
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image

import genbench
from genbench.cli.main import main
from genbench.files import read_samples
from genbench.ground.errors import BadInput, Unavailable
from genbench.images.image_folder import SUFFIXES
from genbench.models.find import find, source_hash
from genbench.runs import records

CASES = 40
LONGEST = 3000  # characters of a message; some list all names that are known
N, D = 12, 3


def refused_in_a_sentence(action):
    """Whether it was refused; how, is checked."""
    try:
        action()
    except (BadInput, Unavailable) as error:
        text = str(error)
        assert text.isprintable(), f"not one line of text: {text!r}"
        assert len(text) <= LONGEST, f"too long: {text}"
        assert text[-1] in ".?", f"no sentence: {text}"
        return True
    return False


def each_is_refused_or_right(make, *, least=0):
    """Try what `make` returns for each of CASES generators; of these at least some are refused."""
    refused = 0
    for case in range(CASES):
        action = make(np.random.default_rng(case))
        try:
            refused += refused_in_a_sentence(action)
        except BaseException as error:
            error.add_note(f"in case {case}")
            raise
    assert refused >= least


def read(path):
    """Samples of a file; what is read is as it is promised, whatever the file is."""
    samples = read_samples(path)
    assert samples.dtype == np.float64
    assert samples.ndim >= 2
    assert samples.size
    assert np.isfinite(samples).all()
    assert not samples.flags.writeable


# Samples of every kind, as the bytes of a file.


def npy(rng):
    content = io.BytesIO()
    dtype = rng.choice(["<f8", "<f4", ">i4", "|u1", "?"])
    np.save(content, (rng.normal(size=(6, D)) * 9 + 20).astype(dtype))
    return content.getvalue()


def png(rng):
    content = io.BytesIO()
    kind = "PNG" if rng.integers(2) else "JPEG"
    Image.fromarray(rng.integers(256, size=(5, 4), dtype=np.uint8)).save(content, kind)
    return content.getvalue()


def zipped(members):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return content.getvalue()


def npz(rng):
    return zipped({"samples.npy": npy(rng), "labels.npy": npy(rng)})


def pictures(rng):
    return zipped({f"{number}.png": png(rng) for number in range(3)})


def table(rng):
    values = rng.normal(size=(8, D))
    lines = ["x,y,z", *(",".join(f"{cell:.6g}" for cell in row) for row in values)]
    return "\n".join(lines[rng.integers(2) :]).encode()


def parquet(rng):
    import pandas as pd

    content = io.BytesIO()
    pd.DataFrame(rng.normal(size=(20, D)), columns=list("xyz")).to_parquet(content)
    return content.getvalue()


WRITERS = {".npy": npy, ".npz": npz, ".csv": table, ".zip": pictures, ".png": png}


# Ways to damage bytes.


def cut(content, rng):
    return content[: rng.integers(len(content))]


def flip(content, rng):
    damaged = bytearray(content)
    for place in rng.integers(len(content), size=rng.integers(1, 20)):
        damaged[place] ^= 1 << int(rng.integers(8))
    return bytes(damaged)


def remove(content, rng):
    first, last = sorted(rng.integers(len(content), size=2))
    return content[:first] + content[last:]


def insert(content, rng):
    place = rng.integers(len(content))
    return content[:place] + rng.bytes(rng.integers(1, 50)) + content[place:]


def repeat(content, rng):
    return content * 2


def empty(content, rng):
    return b""


def noise(content, rng):
    return rng.bytes(rng.integers(1, 500))


def keep_only_the_start(content, rng):
    return content[:8] + rng.bytes(200)


def other_digits(content, rng):
    share = rng.choice([0.05, 0.5, 1.0])
    return re.sub(rb"\d", lambda m: b"9" if rng.random() < share else m.group(), content)


def unicode(content, rng):
    letters = "\u202e\u0000\u2028é漢\U0001f4a5\u0661,\n\"'=\ufeff\x85"
    return "".join(rng.choice(list(letters), size=60)).encode()


def other_kind(content, rng):
    return WRITERS[str(rng.choice(list(WRITERS)))](rng)


DAMAGES = (
    *(cut, flip, remove, insert, repeat, empty, noise, keep_only_the_start, other_digits),
    *(unicode, other_kind),
)


def damaged(content, rng):
    return DAMAGES[rng.integers(len(DAMAGES))](content, rng)


def read_damaged(suffix, write, folder):
    """A function that makes the reading of one damaged file."""

    def make(rng):
        path = folder / f"{rng.integers(2**31)}{suffix}"
        path.write_bytes(damaged(write(rng), rng))
        return lambda: read(path)

    return make


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".csv", ".zip"])
def test_damaged_files(suffix, tmp_path):
    each_is_refused_or_right(read_damaged(suffix, WRITERS[suffix], tmp_path), least=CASES // 2)


@pytest.mark.extras
def test_damaged_parquet(tmp_path):
    each_is_refused_or_right(read_damaged(".parquet", parquet, tmp_path), least=CASES // 2)


@pytest.mark.parametrize("suffix", [".npz", ".zip"])
def test_sound_archives_of_damaged_members(suffix, tmp_path):
    write, name = (npy, "a.npy") if suffix == ".npz" else (png, "a.png")

    def make(rng):
        path = tmp_path / f"{rng.integers(2**31)}{suffix}"
        path.write_bytes(zipped({name: damaged(write(rng), rng)}))
        return lambda: read(path)

    each_is_refused_or_right(make, least=CASES // 2)


def test_archives_whose_members_have_strange_names(tmp_path):
    parts = ["..", ".", "", "a", "C:", "\\", "\u202e", "nul\x01", "b" * 300, "漢"]

    def make(rng):
        names = ["/".join(rng.choice(parts, size=rng.integers(1, 5))) + ".png" for _ in range(2)]
        path = tmp_path / f"{rng.integers(2**31)}.zip"
        path.write_bytes(zipped(dict.fromkeys(names, png(rng)) | {"nested.zip": pictures(rng)}))
        return lambda: read(path)

    each_is_refused_or_right(make, least=CASES // 2)
    assert {path.suffix for path in tmp_path.rglob("*")} == {".zip"}


def test_folders_of_damaged_pictures(tmp_path):
    def make(rng):
        folder = tmp_path / str(rng.integers(2**31))
        folder.mkdir()
        for number in range(2):
            (folder / f"{number}.png").write_bytes(damaged(png(rng), rng))
        (folder / "link.png").symlink_to(folder / rng.choice(["0.png", "gone", "."]))
        return lambda: read(folder)

    each_is_refused_or_right(make, least=CASES // 2)


CELLS = [
    *("", " ", "nan", "inf", "-inf", "1e999", "-0", "0x10", "1,5", '"', '"1', "1_0", "١", "\t1"),
    *("=1+1", "1;2", "1\n2", "\r", "\0", "\u2028", "None", "1e-400", "1" * 400, "1j", "True"),
]


def test_tables_of_strange_cells(tmp_path):
    def make(rng):
        rows = [[f"{cell:g}" for cell in row] for row in rng.normal(size=(4, D))]
        for _ in range(rng.integers(1, 3)):
            rows[rng.integers(4)][rng.integers(D)] = str(rng.choice(CELLS))
        if rng.integers(3) == 0:
            rows[rng.integers(4)].append("7")
        path = tmp_path / f"{rng.integers(2**31)}.csv"
        path.write_text("\n".join(map(",".join, rows)), encoding="utf-8", newline="")
        return lambda: read(path)

    each_is_refused_or_right(make, least=CASES // 2)


# Arrays, as they are given in Python.


def inputs(rng):
    probabilities = rng.dirichlet(np.ones(4), size=N)
    return {
        "test": rng.normal(size=(N, D)),
        "generated": rng.normal(size=(N, D)),
        "train": rng.normal(size=(N, D)),
        "test_labels": np.arange(N) % 4,
        "train_labels": np.arange(N) % 4,
        "test_probabilities": probabilities,
        "generated_probabilities": probabilities,
        "test_log_prob": rng.normal(size=N),
        "test_score": rng.normal(size=(N, D)),
        "test_log_weights": rng.normal(size=(N, 5)),
        "test_codes": rng.normal(size=(N, 2)),
        "test_factors": np.arange(2 * N).reshape(N, 2) % 3,
        "test_reconstruction": rng.normal(size=(N, D)),
        "token_log_prob": -rng.random(9),
        "test_bytes": 20,
        "data_range": 1.0,
    }


class NoArray:
    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("not today")


class NoLength:
    def __len__(self):
        raise TypeError("no length")

    def __getitem__(self, index):
        raise KeyError(index)


STRANGE = {
    "text": lambda _: "samples.npy",
    "bytes": lambda _: b"12",
    "texts": lambda _: np.array([["a"] * D] * N),
    "objects": lambda _: np.array([[{}] * D] * N, dtype=object),
    "numbers as objects": lambda rng: rng.normal(size=(N, D)).astype(object),
    "ragged": lambda _: [[1.0] * (1 + row % 2) for row in range(N)],
    "nested": lambda _: [[[[[1.0]]]]] * N,
    "very nested": lambda _: nest(100),
    "of itself": lambda _: of_itself(),
    "NaN": lambda _: np.full((N, D), np.nan),
    "one infinity": lambda _: np.where(np.eye(N, D, dtype=bool), np.inf, 1.0),
    "minus infinity": lambda _: np.full(N, -np.inf),
    "huge": lambda _: np.full((N, D), 1e300),
    "beyond floats": lambda _: [[10**400] * D] * N,
    "beyond whole numbers": lambda _: [[2**70] * D] * N,
    "long double": lambda _: np.full((N, D), np.finfo(np.longdouble).max),
    "complex": lambda rng: rng.normal(size=(N, D)) + 1j,
    "dates": lambda _: np.full((N, D), np.datetime64("2020-01-01")),
    "a date": lambda _: datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
    "records": lambda _: np.zeros(N, dtype=[("x", float), ("y", float)]),
    "masked": lambda rng: np.ma.masked_less(rng.normal(size=(N, D)), 0),
    "empty": lambda _: np.zeros((0, D)),
    "no columns": lambda _: np.zeros((N, 0)),
    "a number": lambda _: 3.0,
    "a vector": lambda _: np.zeros(N),
    "too few": lambda rng: rng.normal(size=(N - 5, D)),
    "one": lambda rng: rng.normal(size=(1, D)),
    "too wide": lambda rng: rng.normal(size=(N, D + 1)),
    "half a label": lambda _: np.arange(N) / 2,
    "negative": lambda _: -np.ones(N),
    "many classes": lambda _: np.full(N, 10**9),
    "constant": lambda _: np.ones((N, D)),
    "flags": lambda rng: rng.normal(size=(N, D)) > 0,
    "a dictionary": lambda _: {"test": 1},
    "a set": lambda _: {1.0, 2.0},
    "a generator": lambda _: (row for row in range(N)),
    "a function": lambda _: len,
    "a type": lambda _: float,
    "no array": lambda _: NoArray(),
    "no length": lambda _: NoLength(),
    "sparse tensor": lambda _: torch.eye(N).to_sparse(),
    "complex tensor": lambda _: torch.ones(N, D, dtype=torch.complex64),
    "tensor without numbers": lambda _: torch.ones(N, D, device="meta"),
    "small floats": lambda _: torch.ones(N, D, dtype=torch.bfloat16),
    "path": lambda _: Path("samples.npy"),
    "numbers below zero of a name": lambda _: np.ones((N, D))[::-1, ::-1],
}


def nest(depth):
    value = 1.0
    for _ in range(depth):
        value = [value]
    return value


def of_itself():
    value = []
    value.append(value)
    return value


@pytest.mark.parametrize("part", range(4))
def test_strange_arrays(part):
    def make(rng):
        rng = np.random.default_rng([part, *rng.integers(2**31, size=2)])
        given = inputs(rng)
        names = [name for name in given if name in ("test", "generated") or rng.random() < 0.3]
        given = {name: given[name] for name in names}
        for _ in range(rng.integers(1, 3)):
            name = str(rng.choice([*inputs(rng), "sampels", "pool", "density", "test_moments"]))
            kind = str(rng.choice(list(STRANGE)))
            given[name] = STRANGE[kind](rng)
        return lambda: genbench.score(metrics=["fid", "energy"], **given)

    each_is_refused_or_right(make, least=CASES // 2)


def test_strange_settings():
    values = [None, -1, 0, 1.5, True, "5", b"5", 10**30, np.nan, [], {}, "", "\u202e", "cuda:99"]

    def make(rng):
        names = ("metrics", "preset", "k", "seed", "device", "fresh", "picture", "data_range")
        name = str(rng.choice(names))
        given = {"metrics": ["fid"]} | {name: values[rng.integers(len(values))]}
        return lambda: genbench.score(**inputs(rng) | given)

    each_is_refused_or_right(make, least=CASES // 3)


def test_damaged_moments(tmp_path):
    content = io.BytesIO()
    np.savez(content, mu=np.zeros(D), sigma=np.eye(D), n=np.array(50))

    def make(rng):
        strange = {"mu": np.zeros(D), "sigma": np.eye(D), "n": np.array(50)}
        key = str(rng.choice(list(strange)))
        values = [np.zeros(2), np.array(-5), np.array(np.nan), np.array(1e300), np.full(D, 1e200)]
        strange[key] = values[rng.integers(len(values))]
        path = tmp_path / f"{rng.integers(2**31)}.npz"
        path.write_bytes(damaged(content.getvalue(), rng))
        if rng.integers(2):
            np.savez(path, **strange)
        given = {"test_moments": path, "generated_moments": path}
        return lambda: genbench.score(metrics=["fid"], **given)

    each_is_refused_or_right(make, least=CASES // 2)


# Lines of records.

RECORD = {
    "schema": 2,
    "key": "0123456789abcdef",
    "dataset": "ring",
    "model": "gaussian",
    "family": "exact sampler",
    "seed": 0,
    "status": "ok",
    "n_train": 500,
    "fit_seconds": 0.5,
    "preview": [[1.0, 2.0]],
    "scores": {
        "coverage": {
            "aim": "high",
            "bounds": [0.0, 1.0],
            "seconds": 0.1,
            "status": "ok",
            "value": 0.9,
        }
    },
}
JUNK = (
    *(None, True, -1, 1.5, 10**400, "", "\u2028\x85", [], [[]], {}, {"a": {}}, [1, "a", None]),
    *(float("nan"), float("inf"), "ok" * 5000, [[["deep"]]], "../../x", {"value": "Infinity"}),
)


def strange_record(rng):
    record = json.loads(json.dumps(RECORD)) | {"seed": int(rng.integers(3))}
    place = record["scores"]["coverage"] if rng.integers(3) == 0 else record
    name = str(rng.choice([*place, "unknown"]))
    if rng.integers(4) == 0:
        place.pop(name, None)
    else:
        place[name] = JUNK[rng.integers(len(JUNK))]
    return json.dumps(record, ensure_ascii=False).encode()


def read_records(lines, folder, rng):
    path = folder / f"{rng.integers(2**31)}.jsonl"
    path.write_bytes(b"\n".join(lines))
    return lambda: records.read(path)


def test_records_of_strange_values(tmp_path):
    def make(rng):
        lines = [json.dumps(RECORD).encode(), strange_record(rng), strange_record(rng)]
        return read_records(lines, tmp_path, rng)

    each_is_refused_or_right(make, least=CASES // 2)


def test_damaged_records(tmp_path):
    whole = json.dumps(RECORD).encode()
    deep = b"[" * 100_000

    def make(rng):
        line = deep if rng.integers(10) == 0 else damaged(whole, rng)
        return read_records([whole, line], tmp_path, rng)

    each_is_refused_or_right(make)


# Models, by their targets and files.

CODE = b"""import helper
from . import other
class Mine:
    def fit(self, train, *, rng): return self
    def sample(self, n, *, rng): return rng.normal(size=(n, 2))
"""
ODDITIES = [
    *(
        "",
        ":",
        "::",
        ".",
        "..",
        "/",
        "~",
        "\0",
        "\ud800",
        "\u202e",
        "\n",
        " ",
        "a" * 5000,
        "é",
        "-h",
    ),
    *(
        "gaussian",
        "genbench",
        "sys",
        "os.path",
        "__main__",
        "file.py",
        "g.pt",
        "g.onnx",
        "64",
        "-1",
    ),
    *("fit,sample", "fit,", "Mine", "1e3", "${HOME}", "http://x.py", "\\\\server\\x.py", "a.b"),
]


def test_strange_targets():
    def make(rng):
        target = "".join(
            f"{rng.choice(ODDITIES)}{rng.choice(['', ':', '.', '/', ',', '.py', '.pt:3'])}"
            for _ in range(rng.integers(1, 4))
        )
        return lambda: source_hash(find(target))

    each_is_refused_or_right(make, least=CASES // 2)


def test_damaged_files_of_models(tmp_path):
    def make(rng):
        path = tmp_path / f"m{rng.integers(2**31)}.py"
        deep = b"x = " + b"(" * 500 + b"-" * 20_000 + b"1"
        path.write_bytes(deep if rng.integers(10) == 0 else damaged(CODE, rng))
        (tmp_path / "helper.py").write_bytes(damaged(CODE, rng))
        return lambda: source_hash(find(str(path)))

    each_is_refused_or_right(make, least=CASES // 4)


def drawing(path):
    return lambda: find(f"{path}:{D}").make().sample(2, rng=np.random.default_rng(0))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_damaged_torchscript(tmp_path):
    torch.jit.trace(torch.nn.Linear(D, 2), torch.zeros(1, D)).save(tmp_path / "g.pt")
    whole = (tmp_path / "g.pt").read_bytes()

    def make(rng):
        path = tmp_path / f"{rng.integers(2**31)}.pt"
        path.write_bytes(damaged(whole, rng))
        return drawing(path)

    each_is_refused_or_right(make, least=CASES // 2)


@pytest.mark.extras
def test_damaged_onnx(tmp_path):
    def make(rng):
        path = tmp_path / f"{rng.integers(2**31)}.onnx"
        path.write_bytes(damaged(npz(rng), rng))
        return drawing(path)

    each_is_refused_or_right(make, least=CASES // 2)


@pytest.mark.images
def test_damaged_weights(tmp_path):
    from genbench.images.extractors import find
    from genbench.images.weights import Wanted

    torch.save({"weight": torch.zeros(3)}, tmp_path / "w.pth")
    whole = (tmp_path / "w.pth").read_bytes()

    def make(rng):
        path = tmp_path / f"{rng.integers(2**31)}.pth"
        path.write_bytes(damaged(whole, rng))
        checksum = [None, "", "0" * 64, "\u202e", "6726825d"][rng.integers(5)]
        return lambda: find("inception", weights=Wanted(path, checksum))

    each_is_refused_or_right(make, least=CASES)


def idx(rng):
    pixels = rng.integers(256, size=(3, 5, 4), dtype=np.uint8)
    content = b"\0\0\x08\x03" + struct.pack(">3I", *pixels.shape) + pixels.tobytes()
    return gzip.compress(content) if rng.integers(2) else content


def cifar(rng):
    return pickle.dumps({b"data": rng.integers(256, size=(2, 3072), dtype=np.uint8)}, protocol=2)


def in_format(form):
    def write(rng):
        buffer = io.BytesIO()
        pixels = rng.integers(256, size=(9, 8, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(buffer, form)
        return buffer.getvalue()

    return write


def stack(rng):
    buffer = io.BytesIO()
    np.savez(buffer, arr_0=rng.integers(256, size=(3, 5, 4, 3), dtype=np.uint8))
    return buffer.getvalue()


SOURCES = {
    "images-idx3-ubyte": idx,
    "data_batch_1": cifar,
    "test_batch.bin": lambda rng: b"\1" + rng.bytes(3072),
    "a.npz": stack,
    **{f"a.{form.lower()}": in_format(form) for form in ("WEBP", "BMP", "PPM", "TIFF", "JPEG")},
}


@pytest.mark.parametrize("name", SOURCES)
def test_damaged_sources_of_pictures(name, tmp_path):
    from genbench.images.pictures import as_rgb
    from genbench.images.sources import holds_pictures, open_source
    from genbench.scoring.image_statistics import is_statistics

    def make(rng):
        folder = tmp_path / f"{rng.integers(2**31)}"
        folder.mkdir()
        path = folder / name
        path.write_bytes(damaged(SOURCES[name](rng), rng))
        given = folder if path.suffix in SUFFIXES else path

        def action():
            holds_pictures(path)
            is_statistics(path)
            source = open_source(given, told=lambda _: None)
            for picture in source.pictures():
                assert as_rgb(picture.read()).shape[2] == 3
                assert picture.facts is None or picture.facts().width > 0

        return action

    each_is_refused_or_right(make)


def test_damaged_statistics_of_pictures(tmp_path):
    from genbench.scoring.image_statistics import load

    def make(rng):
        buffer, path = io.BytesIO(), tmp_path / f"{rng.integers(2**31)}.npz"
        about = np.frombuffer(b'{"features": "a"}', dtype=np.uint8)
        np.savez(buffer, mu=np.zeros(3), sigma=np.eye(3), n=9, about=about)
        path.write_bytes(damaged(buffer.getvalue(), rng))
        return lambda: load(path)

    each_is_refused_or_right(make, least=CASES // 4)


# The command line.

HOPELESS = (empty, noise, keep_only_the_start, unicode)


@pytest.mark.parametrize("way", ["against", "dataset", "as the real ones"])
@pytest.mark.parametrize("suffix", [".npy", ".npz", ".csv", ".zip", ".py", ".pt"])
def test_hopeless_files_on_the_command_line(suffix, way, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("real.npy", np.random.default_rng(0).normal(size=(N, 2)))
    for case, damage in enumerate(HOPELESS):
        rng = np.random.default_rng(case)
        Path(f"bad{suffix}").write_bytes(damage(WRITERS.get(suffix, npy)(rng), rng))
        before = sorted(tmp_path.rglob("*"))
        arguments = {
            "against": [f"bad{suffix}", "--against", "real.npy"],
            "dataset": [f"bad{suffix}", "--dataset", "ring"],
            "as the real ones": ["real.npy", "--against", f"bad{suffix}"],
        }[way]

        result = CliRunner().invoke(main, ["score", *arguments])

        assert result.exit_code == 2, (damage.__name__, result.output, result.exception)
        assert isinstance(result.exception, SystemExit)
        assert "Traceback" not in result.output
        assert len(result.stderr.strip().splitlines()) == 1
        assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("command", ["check", "score"])
def test_strange_targets_on_the_command_line(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    more = ["--dataset", "ring"] if command == "score" else []
    for target in (
        "",
        ":",
        "x.py:",
        "nul\0.py",
        "g.pt",
        "g.onnx:64",
        "a..b:C",
        "é:é:é",
        "x" * 5000,
    ):
        result = CliRunner().invoke(main, [command, target, *more])

        assert result.exit_code == 2, (target, result.output, result.exception)
        assert isinstance(result.exception, SystemExit)
        assert "Traceback" not in result.output
        assert list(tmp_path.iterdir()) == []
