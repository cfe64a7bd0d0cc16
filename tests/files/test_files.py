"""Sample files: what is read, and one clear sentence for what is not."""

import io
import struct
import sys
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from genbench.files import holds_samples, pictures, read_samples
from genbench.files.arrays import read_arrays
from genbench.ground import archives, limits
from genbench.ground.errors import BadInput, MissingExtra

SAMPLES = np.arange(6.0).reshape(3, 2)


def test_reads_npy_and_npz(tmp_path):
    np.save(tmp_path / "a.npy", SAMPLES)
    np.savez(tmp_path / "b.npz", anything=SAMPLES)
    np.savez(tmp_path / "c.npz", samples=SAMPLES, labels=np.zeros(3))

    for name in ("a.npy", "b.npz", "c.npz"):
        np.testing.assert_array_equal(read_samples(tmp_path / name), SAMPLES)


def write_text(path):
    path.write_text("not numbers")


def write_empty(path):
    path.write_bytes(b"")


def write_pickle(path):
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)


def write_pickled_npz(path):
    np.savez(path, samples=np.array([{"a": 1}], dtype=object))


def write_two_arrays(path):
    np.savez(path, left=SAMPLES, right=SAMPLES)


def write_npy_named_npz(path):
    with path.open("wb") as file:
        np.save(file, SAMPLES)


def write_strings(path):
    np.save(path, np.array([["a", "b"]]))


def write_nan(path):
    np.save(path, np.array([[1.0, np.nan], [0.0, 1.0]]))


def write_vector(path):
    np.save(path, np.arange(3.0))


def write_other_width(path):
    np.save(path, np.ones((3, 5)))


def write_cut_off(path):
    np.savez(path, samples=np.ones((100, 5)))
    path.write_bytes(path.read_bytes()[:200])


@pytest.mark.parametrize(
    ("name", "write", "message"),
    [
        ("a.npy", write_text, "a.npy is not a readable .npy file"),
        ("a.npy", write_empty, "a.npy is not a readable .npy file"),
        ("a.npz", write_cut_off, "a.npz is not a readable .npz file"),
        ("a.npy", write_pickle, "a.npy holds pickled objects, which are never loaded"),
        ("a.npz", write_pickled_npz, "a.npz holds pickled objects, which are never loaded"),
        ("a.npz", write_two_arrays, "a.npz holds the arrays left, right; expected one"),
        ("a.npz", write_npy_named_npz, "a.npz is named .npz but is not one"),
        ("a.npy", write_strings, "a.npy must hold real numbers"),
        ("a.npy", write_nan, "a.npy: 1 of 2 samples hold NaN or infinity"),
        ("a.npy", write_vector, r"a.npy must have shape \(n_samples, ...\), not \(3,\)"),
        ("a.npy", write_other_width, r"a.npy has samples of shape \(5,\); expected \(2,\)"),
        ("a.txt", write_text, "a.txt is text, and can only be compared with text"),
        (
            "a.doc",
            write_text,
            "a.doc must be a .npy, .npz, .csv, .parquet, .txt or .zip file, or a folder",
        ),
    ],
)
def test_a_file_that_is_not_what_it_claims_is_named(tmp_path, name, write, message):
    write(tmp_path / name)

    with pytest.raises(BadInput, match=message):
        read_samples(tmp_path / name, like=SAMPLES)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadInput, match=r"There is no file .*gone.npy"):
        read_samples(tmp_path / "gone.npy")


def header(shape="(3, 2)", dtype="<f8", version=b"\x01\x00"):
    """Write what a .npy file begins with, whether it is true or not."""
    text = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY" + version + struct.pack("<H", len(text)) + text


@pytest.mark.parametrize("order", "CF")
@pytest.mark.parametrize("dtype", ["<f8", ">f4", "<f2", "<i8", "|u1", "?"])
def test_arrays_of_any_numbers_are_read_as_they_are(tmp_path, dtype, order):
    values = np.asarray(SAMPLES, dtype=dtype, order=order)
    np.save(tmp_path / "a.npy", values)
    np.savez_compressed(tmp_path / "a.npz", values)

    for name in ("a.npy", "a.npz"):
        read = read_samples(tmp_path / name)
        assert read.dtype == np.float64
        assert not read.flags.writeable
        np.testing.assert_array_equal(read, values)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (header("(99999999999, 999999)"), "promises more numbers than the limit of 1073741824"),
        (header("(10, 10)"), "not as its header says: 800 bytes of numbers, but 48 are there"),
        (header("(2, 2)"), "not as its header says: 32 bytes of numbers, but 48 are there"),
        (header("(-3, -2)"), r"is empty: its shape is \(-3, -2\)"),
        (header("(0, 2)"), r"is empty: its shape is \(0, 2\)"),
        (header("(3, '2')"), "is not a readable .npy file"),
        (header(dtype="|O"), "holds pickled objects, which are never loaded"),
        (header(dtype="<c16"), "must hold real numbers, not complex128"),
        (header(dtype="<M8[s]"), "must hold real numbers, not datetime64"),
        (header(version=b"\x03\x00"), r"has an array of format \(3, 0\)"),
        (header().replace(b"'<f8'", b"[('a', '<f8')]"), "is not a readable .npy file"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff", "is not a readable .npy file"),
    ],
)
def test_the_header_of_an_array_is_not_trusted(tmp_path, content, message):
    (tmp_path / "a.npy").write_bytes(content + SAMPLES.tobytes())
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("samples.npy", content + SAMPLES.tobytes())

    for name in ("a.npy", "a.npz"):
        with pytest.raises(BadInput, match=message.replace(".npy", name[1:])):
            read_samples(tmp_path / name)


def test_records_of_several_fields_are_refused(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros(3, dtype=[("x", float), ("y", float)]))

    with pytest.raises(BadInput, match=r"a.npy holds records of several fields"):
        read_samples(tmp_path / "a.npy")


def test_a_file_beyond_the_limit_is_not_even_opened(tmp_path):
    with (tmp_path / "a.npy").open("wb") as file:
        file.truncate(limits.MOST_FILE_BYTES + 1)  # takes no space

    with pytest.raises(BadInput, match=f"has {10 * 2**30 + 1} bytes; the limit is {10 * 2**30}"):
        read_samples(tmp_path / "a.npy")


@pytest.mark.parametrize(
    "text",
    [
        "0.1,2\n-3e5,.25\n",
        "x,y\n0.1,2\n-3e5,.25",
        "\ufeffx,y\r\n0.1,2\r\n-3e5,.25\r\n",
        "\ufeff0.1,2\r\n-3e5,.25\r\n",
        '"x, of it","y"\n"0.1", 2 \n\n-3e5,+.25\n\n',
        '\n"two\nlines",y\n0.1,2\n-3e5,.25\n',
    ],
)
def test_csv_is_read_with_and_without_names_of_its_columns(tmp_path, text):
    (tmp_path / "a.csv").write_text(text, encoding="utf-8", newline="")

    np.testing.assert_array_equal(read_samples(tmp_path / "a.csv"), [[0.1, 2], [-3e5, 0.25]])


def test_csv_gives_every_digit_back(tmp_path):
    values = np.random.default_rng(0).normal(size=(50, 3))
    lines = "\n".join(",".join(map(repr, row)) for row in values.tolist())
    (tmp_path / "a.CSV").write_text(lines)

    np.testing.assert_array_equal(read_samples(tmp_path / "a.CSV"), values)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty: it holds no row of numbers"),
        ("\n\n", "is empty: it holds no row of numbers"),
        ("x,y\n", "is empty: it holds no row of numbers"),
        ("x,y\n1,2\n3,n/a\n", r"row 3, column 2 \(y\) holds 'n/a'; expected a number"),
        ("1,2\n\n3,\n", "row 3, column 2 holds ''; expected a number"),
        ("1,2\n3\n", "row 2 has 1 cells; expected 2"),
        ("1,2\n3,4,5\n", "row 2 has 3 cells; expected 2"),
        ("1,x\n3,4\n", "row 1, column 2 holds 'x'; expected a number"),
        ("1;2\n3;4\n5,6", "row 2, column 1 .*holds '3;4'; expected a number"),
        ("1,2\n3,1_000\n", "row 2, column 2 holds '1_000'"),
        ("1,2\n3,\u0661\n", "row 2, column 2 holds"),
        ("x,y,z\n1,2\n3,4\n", "names 3 columns, but its rows have 2 cells"),
        ("0,1\n3,4\n", "begins with the row 0,1: leave it out if it numbers the columns"),
        (",x\n0,5\n1,6\n", "first column without a name that only counts the rows"),
        ("1,2\n3,nan\n", "1 of 2 samples hold NaN or infinity"),
        ("1,2\n3,1e999\n", "1 of 2 samples hold NaN or infinity"),
        ("1,2\n3,\0\n", "row 2, column 2 holds|is not a readable .csv file"),
    ],
)
def test_csv_names_the_cell_that_is_no_number(tmp_path, text, message):
    (tmp_path / "a.csv").write_text(text, encoding="utf-8", newline="")

    with pytest.raises(BadInput, match=f"a.csv.*{message}"):
        read_samples(tmp_path / "a.csv")


def test_csv_that_is_not_text_is_named(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"1,2\n3,\xff\n")

    with pytest.raises(BadInput, match=r"a.csv is not a readable .csv file"):
        read_samples(tmp_path / "a.csv")


@pytest.mark.extras
def test_parquet_is_read_without_the_index(tmp_path):
    import pandas as pd

    frame = pd.DataFrame({"x": [0.1, -3e5, 2.0], "n": [1, 2, 3], "yes": [True, False, True]})
    frame.to_parquet(tmp_path / "a.parquet")
    frame.set_index(pd.Index([7, 9, 8], name="key")).to_parquet(tmp_path / "b.parquet")
    frame.astype("float32").to_parquet(tmp_path / "c.parquet", row_group_size=2)

    expected = [[0.1, 1, 1], [-3e5, 2, 0], [2, 3, 1]]
    np.testing.assert_array_equal(read_samples(tmp_path / "a.parquet"), expected)
    np.testing.assert_array_equal(read_samples(tmp_path / "b.parquet"), expected)
    np.testing.assert_allclose(read_samples(tmp_path / "c.parquet"), expected, rtol=1e-6)


@pytest.mark.extras
@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"x": [1.0, 2.0], "y": ["a", "b"]}, "column y holds (large_)?string; expected numbers"),
        ({"x": [[1.0], [2.0]]}, "column x holds list"),
        ({"x": [1.0, 2.0], "y": [1, None]}, "row 2, column y is empty"),
        ({"x": np.zeros(0)}, "is empty"),
    ],
)
def test_parquet_names_the_column_that_holds_no_numbers(tmp_path, columns, message):
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table(columns), tmp_path / "a.parquet")

    with pytest.raises(BadInput, match=f"a.parquet.*({message})"):
        read_samples(tmp_path / "a.parquet")


@pytest.mark.extras
def test_parquet_is_held_to_the_limits_before_it_is_unpacked(tmp_path, monkeypatch):
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table({"x": np.zeros(10**5)}), tmp_path / "a.parquet")
    monkeypatch.setattr(limits, "MOST_NUMBERS", 10**5 - 1)

    assert (tmp_path / "a.parquet").stat().st_size < 10**4
    with pytest.raises(BadInput, match="promises more numbers than the limit of 99999"):
        read_samples(tmp_path / "a.parquet")


def test_parquet_without_its_package_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "a.parquet").write_bytes(b"PAR1")

    with pytest.raises(MissingExtra, match=r"pip install 'genbench\[tables\]'"):
        read_samples(tmp_path / "a.parquet")


GREY = np.arange(24, dtype=np.uint8).reshape(2, 3, 4) * 10
COLOUR = np.arange(72, dtype=np.uint8).reshape(2, 3, 4, 3) * 3


def png(pixels, mode=None):
    content = io.BytesIO()
    image = Image.fromarray(pixels)
    (image if mode is None else image.convert(mode)).save(content, "PNG")
    return content.getvalue()


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def unpacked(folder, members):
    for name, content in members.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize("write", [unpacked, zipped])
@pytest.mark.parametrize("pixels", [GREY, COLOUR], ids=["grey", "colour"])
def test_pictures_are_read_in_the_order_of_their_names(tmp_path, write, pixels):
    second, first = png(pixels[1]), png(pixels[0])
    members = {"b/1.png": second, "a/2.PNG": first, "notes.txt": b"of no use"}

    read = read_samples(write(tmp_path / "p.zip", members))

    np.testing.assert_array_equal(read, pixels)
    assert read.dtype == np.float64


def test_pictures_with_few_colours_are_read_without_a_loss(tmp_path):
    black_and_white = np.where(GREY > 100, np.uint8(255), np.uint8(0))
    members = {"a.png": png(black_and_white[0], "1"), "b.png": png(black_and_white[1])}
    np.testing.assert_array_equal(
        read_samples(zipped(tmp_path / "p.zip", members)), black_and_white
    )

    palette = {"a.png": png(COLOUR[0] // 200 * 255, "P")}
    np.testing.assert_array_equal(
        read_samples(zipped(tmp_path / "c.zip", palette)), COLOUR[:1] // 200 * 255
    )


def test_what_macos_leaves_in_archives_is_passed_over(tmp_path):
    members = {"a.png": png(GREY[0]), "__MACOSX/._a.png": b"no picture"}

    assert read_samples(zipped(tmp_path / "p.zip", members)).shape == (1, 3, 4)


@pytest.mark.parametrize("write", [unpacked, zipped])
@pytest.mark.parametrize(
    ("odd", "message"),
    [
        (
            png(GREY[0][:, :2]),
            r"b.png.* is a picture of shape \(3, 2\); expected \(3, 4\), as .*a.png",
        ),
        (png(COLOUR[0]), r"b.png.* is a picture of shape \(3, 4, 3\); expected \(3, 4\)"),
        (
            png(np.dstack([COLOUR[0], GREY[0]])),
            "b.png.* is a picture of mode RGBA; expected 8-bit grey",
        ),
        (png(GREY[0].astype(np.uint16)), "b.png.* is a picture of mode I;16; expected 8-bit grey"),
        (png(GREY[0])[:48], "b.png.* cannot be read as a picture"),
        (b"GIF89a", "b.png.* cannot be read as a picture"),
        (b"", "b.png.* cannot be read as a picture"),
    ],
    ids=["size", "colour", "transparent", "16 bits", "cut off", "GIF", "empty"],
)
def test_the_first_odd_picture_is_named(tmp_path, write, odd, message):
    members = {"a.png": png(GREY[0]), "b.png": odd, "c.png": odd}

    with pytest.raises(BadInput, match=message):
        read_samples(write(tmp_path / "p.zip", members))


def test_a_picture_with_a_colour_that_is_seen_through_is_named(tmp_path):
    image = Image.fromarray(COLOUR[0] // 200 * 255).convert("P")
    image.save(tmp_path / "a.png", transparency=0)

    with pytest.raises(BadInput, match=r"a.png is a picture of mode P with transparency"):
        read_samples(tmp_path)


def test_places_without_pictures_are_named(tmp_path):
    with pytest.raises(BadInput, match="holds no image"):
        read_samples(tmp_path)
    with pytest.raises(BadInput, match=r"p.zip holds no image: no member's name ends in .png"):
        read_samples(zipped(tmp_path / "p.zip", {"a.npy": b"", "b.zip": b""}))


@pytest.mark.parametrize(
    ("limit", "value", "message"),
    [
        ("MOST_PIXELS", 11, "a.png.* has 4 x 3 pixels; the limit is 11"),
        ("MOST_PICTURE_BYTES", 50, "a.png.* has .* bytes; the limit is 50"),
    ],
)
@pytest.mark.parametrize("write", [unpacked, zipped])
def test_a_picture_is_held_to_the_limits(tmp_path, monkeypatch, write, limit, value, message):
    monkeypatch.setattr(pictures, limit, value)

    with pytest.raises(BadInput, match=message):
        read_samples(write(tmp_path / "p.zip", {"a.png": png(GREY[0])}))


@pytest.mark.parametrize(
    ("limit", "value", "message"),
    [
        ("MOST_MEMBERS", 1, "holds 2 files; the limit is 1"),
        ("MOST_NUMBERS", 23, "promises more numbers than the limit of 23"),
    ],
)
@pytest.mark.parametrize("write", [unpacked, zipped])
def test_pictures_together_are_held_to_the_limits(
    tmp_path, monkeypatch, write, limit, value, message
):
    monkeypatch.setattr(limits, limit, value)

    with pytest.raises(BadInput, match=message):
        read_samples(write(tmp_path / "p.zip", {"a.png": png(GREY[0]), "b.png": png(GREY[1])}))


def chunk(kind, content):
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("side", "limit", "message"),
    [
        (6_000, pictures.MOST_PIXELS, "has 6000 x 6000 pixels; the limit is"),
        (10_000, 10**12, "could be decompression bomb DOS attack"),  # Pillow itself only warns
        (60_000, 10**12, "could be decompression bomb DOS attack"),
    ],
)
def test_a_bomb_of_pixels_is_an_error(tmp_path, monkeypatch, side, limit, message):
    monkeypatch.setattr(pictures, "MOST_PIXELS", limit)
    size = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunks = chunk(b"IHDR", size) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)

    with pytest.raises(BadInput, match=message):
        read_samples(tmp_path)


@pytest.mark.parametrize("suffix", [".npz", ".zip"])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("/a.png", "its member /a.png has a name that leads out of the archive"),
        ("../a.png", r"its member \.\./a.png has a name that leads out"),
        ("b/../../a.png", "has a name that leads out"),
        ("..\\a.png", "has a name that leads out"),
        ("\\\\server\\a.png", "has a name that leads out"),
        ("C:/a.png", "its member C:/a.png has a name that leads out"),
        ("c:a.png", "has a name that leads out"),
    ],
)
def test_members_that_lead_out_of_an_archive_are_refused(tmp_path, suffix, name, message):
    members = {"good.png": png(GREY[0]), name: png(GREY[0])}

    with pytest.raises(BadInput, match=message):
        read_samples(zipped(tmp_path / f"p{suffix}", members))
    assert [path.name for path in tmp_path.rglob("*")] == [f"p{suffix}"]


def test_links_and_other_than_files_in_an_archive_are_refused(tmp_path):
    for kind, refused in ((0o120777, True), (0o020666, True), (0o100644, False), (0, False)):
        member = zipfile.ZipInfo("a.png")
        member.external_attr = kind << 16
        with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
            archive.writestr(member, png(GREY[0]))
        if refused:
            with pytest.raises(BadInput, match=r"its member a.png is a link or a device"):
                read_samples(tmp_path / "p.zip")
        else:
            assert len(read_samples(tmp_path / "p.zip")) == 1


def altered(path, field, value):
    """Change a field of the first member, both beside it and in the list of members."""
    content = bytearray(path.read_bytes())
    place, form = {"flags": (6, "<H"), "method": (8, "<H"), "size": (22, "<I")}[field]
    listed = content.index(b"PK\x01\x02") + 2
    for start in (0, listed):
        struct.pack_into(form, content, start + place, value)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("flags", 1, "its member a.png is encrypted"),
        ("method", 14, "its member a.png is packed by method 14; expected stored or deflated"),
        ("size", 40, "is not a readable .zip file: Bad CRC-32"),
        (
            "size",
            10**6,
            "a.png, has .* bytes; the archive's list promises 1000000|promises 1000000",
        ),
        ("size", 2**29, "has 536870912 bytes; the limit is 268435456"),
    ],
)
def test_the_list_of_members_is_not_trusted(tmp_path, field, value, message):
    path = altered(zipped(tmp_path / "p.zip", {"a.png": png(GREY[0])}), field, value)

    with pytest.raises(BadInput, match=message):
        read_samples(path)


def test_a_member_is_counted_while_it_is_unpacked(tmp_path, monkeypatch):
    path = zipped(tmp_path / "p.zip", {"a.png": png(GREY[0])})
    endless = io.BytesIO(bytes(10 * archives.CHUNK_BYTES))
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: endless)
    monkeypatch.setattr(pictures, "MOST_PICTURE_BYTES", 1000)

    with pytest.raises(BadInput, match=r"member a.png has .* bytes; the limit is 1000"):
        read_samples(path)


def test_a_list_of_members_without_end_is_not_read(tmp_path, monkeypatch):
    path = zipped(tmp_path / "p.zip", {f"{number}.png": b"" for number in range(30)})
    monkeypatch.setattr(archives, "MOST_DIRECTORY_BYTES", 1000)

    with pytest.raises(BadInput, match=r"has a list of members of .* bytes; the limit is 1000"):
        read_samples(path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "p.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", b"0")
    content = bytearray((tmp_path / "p.zip").read_bytes())
    entry = content[content.index(b"PK\x01\x02") :]
    struct.pack_into("<I", content, content.index(b"PK\x01\x02") + 24, 2**31)
    listed = content.index(b"PK\x01\x02")
    directory = bytearray()
    for number in range(6):  # each of 2 GiB, by the list
        one = bytearray(content[listed : listed + 46 + 5])
        one[46:51] = b"%d.png" % number
        directory += one
    end = bytearray(entry[-22:])
    struct.pack_into("<HHII", end, 8, 6, 6, len(directory), listed)
    (tmp_path / "p.zip").write_bytes(content[:listed] + directory + end)

    with pytest.raises(BadInput, match=f"p.zip, unpacked, has {6 * 2**31} bytes; the limit is"):
        read_samples(tmp_path / "p.zip")


def test_two_members_of_one_name_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr("a.png", png(GREY[0]))
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.png", png(GREY[1]))

    with pytest.raises(BadInput, match=r"has two members named a.png"):
        read_samples(tmp_path / "p.zip")


@pytest.mark.parametrize(
    "name", ["nul\0.npy", "half \ud800.npy", "x" * 5000 + ".npy", "new\nline.npy"]
)
def test_a_name_that_no_file_has_is_told_on_one_short_line(tmp_path, name):
    with pytest.raises(BadInput, match="There is no file") as caught:
        read_samples(tmp_path / name)

    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_samples_are_told_from_models_by_their_names(tmp_path):
    for name in ("a.npy", "a.NPZ", "a.csv", "a.parquet", "a.zip", str(tmp_path)):
        assert holds_samples(name)
    for name in ("gaussian", "my_model.py", "package.module:Model", "generator.pt:64"):
        assert not holds_samples(name)


def test_all_arrays_of_a_file_are_read_by_their_names(tmp_path):
    np.savez(tmp_path / "a.npz", mean=SAMPLES, n=np.array(7))

    read = read_arrays(tmp_path / "a.npz")

    assert list(read) == ["mean", "n"]
    assert read["n"] == 7
    np.testing.assert_array_equal(read["mean"], SAMPLES)
    (tmp_path / "b.npz").write_bytes(b"PK")
    with pytest.raises(BadInput, match=r"b.npz is not a readable .npz file"):
        read_arrays(tmp_path / "b.npz")
