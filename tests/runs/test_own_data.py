"""Data of one's own: dealt out, made numbers of, hashed; and a sentence for what cannot be used."""

import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from genbench.embeddings import embedding_for
from genbench.ground.errors import BadInput
from genbench.runs.cells import Cell
from genbench.runs.leaks import check_leaks, shares_in_train
from genbench.runs.own_data import OwnData, stamp_of

PEOPLE = "age,city,smokes\n" + "".join(
    f"{20 + 2 * i},{('Bern', 'Chur', 'Basel')[i % 3]},{('yes', 'no')[i % 2]}\n" for i in range(40)
)


@pytest.fixture
def own(tmp_path):
    """Return what describes data in files of the folder."""

    def own(*names, **said):
        files = tuple(tmp_path / name for name in names)
        return OwnData(name="mine", samples=files, **said)

    return own


def distinct(n, d=2, *, start=0):
    return np.arange(start, start + n * d).reshape(n, d) + 0.25


def test_one_file_is_dealt_out_by_its_seed_and_every_row_once(own, tmp_path):
    np.save(tmp_path / "all.npy", samples := distinct(50))

    one, same, other = (
        own("all.npy", shares=(0.6, 0.3, 0.1), split_seed=seed).load() for seed in (1, 1, 2)
    )

    assert [len(part) for part in (one.train, one.test, one.fresh)] == [30, 15, 5]
    joined = np.concatenate([one.train, one.test, one.fresh])
    np.testing.assert_array_equal(joined[joined[:, 0].argsort()], samples)
    assert one.content_hash == same.content_hash != other.content_hash


@pytest.mark.parametrize(
    ("n", "sizes"), [(50, [25, 13, 12]), (4_000, [2000, 1000, 1000]), (9_000, [7000, 1000, 1000])]
)
def test_unless_told_half_is_train_and_more_where_there_is_enough_to_compare(
    own, tmp_path, n, sizes
):
    np.save(tmp_path / "all.npy", distinct(n))

    found, told = own("all.npy").load(), own("all.npy", shares=(0.5, 0.25, 0.25)).load()

    assert [len(part) for part in (found.train, found.test, found.fresh)] == sizes
    assert len(told.test) == round(n * 0.75) - round(n * 0.5)


def test_three_files_are_the_parts_as_they_are_and_of_two_half_of_test_is_fresh(own, tmp_path):
    for place, name in enumerate("abc"):
        np.save(tmp_path / f"{name}.npy", distinct(10, start=100 * place))

    three, two = own("a.npy", "b.npy", "c.npy").load(), own("a.npy", "b.npy").load()

    np.testing.assert_array_equal(three.train, np.load(tmp_path / "a.npy"))
    np.testing.assert_array_equal(three.test, np.load(tmp_path / "b.npy"))
    np.testing.assert_array_equal(three.fresh, np.load(tmp_path / "c.npy"))
    np.testing.assert_array_equal(two.train, three.train)
    halves = np.concatenate([two.test, two.fresh])
    assert len(two.test) == len(two.fresh) == 5
    np.testing.assert_array_equal(halves[halves[:, 0].argsort()], three.test)


def test_columns_of_several_files_are_matched_by_name_and_share_their_categories(own, tmp_path):
    (tmp_path / "a.csv").write_text("age,city\n1.5,Bern\n2.5,Chur\n3.5,Bern\n")
    (tmp_path / "b.csv").write_text("city,age\nBasel,4.5\nBern,5.5\n")
    (tmp_path / "c.csv").write_text("age,city\n6.5,Chur\n7.5,Chur\n")

    data = own("a.csv", "b.csv", "c.csv").load()

    assert data.columns == ("age", "city=Basel", "city=Bern", "city=Chur")
    np.testing.assert_array_equal(data.test, [[4.5, 1, 0, 0], [5.5, 0, 1, 0]])
    np.testing.assert_array_equal(data.project(np.array([[1.0, 0.2, 0.4, 0.3]])), [[1, 0, 1, 0]])


def test_labels_are_a_column_or_a_file(own, tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE)
    np.save(tmp_path / "all.npy", distinct(12))
    np.save(tmp_path / "labels.npy", np.arange(12) // 4)
    (tmp_path / "labels.csv").write_text("kind\n" + "a\n" * 4 + "b\n" * 4 + "c\n" * 4)

    by_column = own("people.csv", labels=("city",)).load()
    by_file, by_word = (
        own("all.npy", labels=(str(tmp_path / name),), labels_in_files=True).load()
        for name in ("labels.npy", "labels.csv")
    )

    assert by_column.columns == ("age", "smokes=yes")
    city = np.concatenate([by_column.train_labels, by_column.test_labels, by_column.fresh_labels])
    age = np.concatenate([by_column.train, by_column.test, by_column.fresh])[:, 0]
    np.testing.assert_array_equal(city, np.array([1, 2, 0])[(age.astype(int) - 20) // 2 % 3])
    for data in (by_file, by_word):
        np.testing.assert_array_equal(data.train_labels, data.train[:, 0] // 8)


def test_pictures_of_a_folder_and_of_a_zip_are_the_same_data(own, tmp_path):
    rng = np.random.default_rng(0)
    (tmp_path / "faces").mkdir()
    with zipfile.ZipFile(tmp_path / "faces.zip", "w") as archive:
        for i in range(12):
            path = tmp_path / "faces" / f"{i:02}.png"
            Image.fromarray(rng.integers(256, size=(4, 6, 3)).astype(np.uint8)).save(path)
            archive.write(path, path.name)

    folder, archived = own("faces").load(), own("faces.zip").load()

    assert folder.content_hash == archived.content_hash
    assert folder.picture == (4, 6, 3)
    assert folder.train.shape == (6, 72)
    np.testing.assert_array_equal(folder.project(np.full((1, 72), 300.4)), np.full((1, 72), 255))


def test_a_function_of_yours_makes_the_features_and_is_part_of_the_key(own, tmp_path):
    np.save(tmp_path / "faces.npy", np.random.default_rng(0).uniform(size=(40, 3, 4)))
    code = tmp_path / "embed.py"
    features = {"features": "embed.py:embed", "features_from": code}

    def made(text):
        code.write_text(text)
        stamp = stamp_of([code, tmp_path / "faces.npy"])
        return own("faces.npy", **features, stamp=f"{stamp}{len(text)}")

    once = made("def embed(pictures):\n    return pictures.mean(axis=2)\n")
    key = Cell("mine", "copycat", 0, own=once).key()
    data = once.load()
    points = embedding_for(data).embed(data.test)
    wrong = made("def embed(pictures):\n    return pictures[:3, :, 0]\n")

    np.testing.assert_array_equal(points, data.test.reshape(-1, 3, 4).mean(axis=2))
    assert Cell("mine", "copycat", 0, own=wrong).key() != key
    with pytest.raises(BadInput, match=re.escape("must have shape (10, k), a row a sample")):
        embedding_for(wrong.load()).embed(data.test)
    with pytest.raises(BadInput, match="defines no function 'embed'"):
        embedding_for(made("").load())


def test_other_files_are_other_data_and_the_same_again_are_the_same(own, tmp_path):
    path = tmp_path / "all.npy"

    def key(samples):
        np.save(path, samples)
        return Cell("mine", "copycat", 0, own=own("all.npy", stamp=str(samples.sum()))).key()

    assert key(distinct(20)) == key(distinct(20)) != key(distinct(20, start=1))


def write_sizes(folder):
    (folder / "faces").mkdir()
    for side in (4, 5):
        Image.new("L", (side, side)).save(folder / "faces" / f"{side}.png")


BAD = {
    "a missing file": (("nothing.csv",), {}, "There is no file"),
    "a missing file of labels": (
        ("all.npy",),
        {"labels": ("none.npy",), "labels_in_files": True},
        "There is no file none.npy",
    ),
    "labels of another length": (
        ("all.npy",),
        {"labels": ("seven.npy",), "labels_in_files": True},
        "must hold 20 labels, one for each sample of",
    ),
    "labels that are no column": (
        ("people.csv",),
        {"labels": ("town",)},
        "has no column 'town' of labels: its columns are age, city, smokes",
    ),
    "labels of an array": (("all.npy",), {"labels": ("town",)}, "it has no named columns"),
    "an empty part": (
        ("all.npy",),
        {"shares": (0.95, 0.03, 0.02)},
        "the test part would be 1 of 20 samples; expected 2 at least",
    ),
    "words that nobody can encode": (("names.csv",), {}, "column 'name' holds 60 different words"),
    "pictures of several sizes": (("faces",), {}, "is a picture of shape (5, 5); expected (4, 4)"),
    "files of other shapes": (
        ("all.npy", "wide.npy"),
        {},
        "has samples of (3,); expected (2,), as",
    ),
    "columns of other names": (("people.csv", "names.csv"), {}, "lacks 'age'"),
    "rows that are numbered": (("numbered.csv",), {}, "that only counts the rows"),
    "test samples to train on": (
        ("all.npy", "all.npy", "fresh.npy"),
        {},
        "20 of 20 test samples (100.0%) are training samples as well, of fresh ones 0.0%",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_used_is_said_in_a_sentence(case, own, tmp_path, monkeypatch):
    names, said, message = BAD[case]
    monkeypatch.chdir(tmp_path)
    np.save("all.npy", distinct(20))
    np.save("fresh.npy", distinct(20, start=500))
    np.save("wide.npy", distinct(20, 3))
    np.save("seven.npy", np.zeros(7))
    Path("people.csv").write_text(PEOPLE)
    Path("names.csv").write_text("name,size\n" + "".join(f"n{i}x,{i}.5\n" for i in range(60)))
    Path("numbered.csv").write_text("index,size\n" + "".join(f"{i},{i}.5\n" for i in range(60)))
    write_sizes(tmp_path)

    with pytest.raises(BadInput, match=re.escape(message)):
        own(*names, **said).load()


def test_copies_are_refused_from_one_in_a_hundred_on():
    train, fresh = distinct(1000), distinct(400, start=9000)

    def test(copies):
        return np.concatenate([train[:copies], distinct(400 - copies, start=5000)])

    check_leaks(train, test(3), fresh, name="mine")
    with pytest.raises(BadInput, match=r"4 of 400 test samples \(1.0%\)"):
        check_leaks(train, test(4), fresh, name="mine")
    assert shares_in_train(train, test(4), fresh) == (0.01, 0.0)


def test_two_copies_may_be_an_accident():
    train = distinct(100)
    test = np.concatenate([train[:2], distinct(20, start=5000)])

    check_leaks(train, test, distinct(22, start=9000), name="mine")


def test_samples_that_repeat_by_nature_are_no_copies_unless_there_are_more_than_by_nature():
    rng = np.random.default_rng(0)
    for seed in range(50):
        train, test, fresh = (
            np.random.default_rng([seed, part]).integers(30, size=(200, 2)) for part in range(3)
        )
        check_leaks(train, test, fresh, name="mine")
    leaked = np.concatenate([train[rng.permutation(200)[:100]], test[:100]])
    with pytest.raises(BadInput, match="are training samples as well"):
        check_leaks(train, leaked, fresh, name="mine")
    with pytest.raises(BadInput, match="are training samples as well"):
        check_leaks(train, leaked, leaked, name="mine")


def test_a_table_with_every_row_twice_is_dealt_out_by_chance():
    twice = np.repeat(distinct(200), 2, axis=0)
    for seed in range(50):
        dealt = np.random.default_rng(seed).permutation(twice)
        check_leaks(dealt[:200], dealt[200:300], dealt[300:], name="mine")


def test_fresh_samples_that_are_copies_too_are_no_excuse():
    train = distinct(100)

    with pytest.raises(BadInput, match=r"training samples as well, of fresh ones 100\.0%"):
        check_leaks(train, train[:50], train[50:], name="mine")


LINES = ["ab", "ba", "abab", "bb", "aab", "bba", "abba", "baab", "aa", "abb", "bab", "aba"]


def test_lines_of_text_are_rows_of_symbols_and_their_features_ngrams(own, tmp_path):
    (tmp_path / "all.txt").write_text("\n".join(LINES))

    data = own("all.txt").load()

    assert data.symbols.vocabulary == ("", "a", "b")
    assert data.symbols.end == 0
    assert data.features == "ngrams"
    rows = np.concatenate([data.train, data.test, data.fresh])
    assert sorted(map(data.symbols.spell, rows)) == sorted(LINES)
    assert rows.shape[1] == 5
    np.testing.assert_array_equal(data.project(np.array([[2.2, 0.1, 5, 1, -1]])), [[2, 0, 0, 0, 0]])


@pytest.mark.parametrize("seed", range(5))
def test_every_character_of_one_text_is_met_in_train(own, tmp_path, seed):
    (tmp_path / "all.txt").write_text("\n".join([*LINES, "cab", "dab", "eab"]))

    data = own("all.txt", split_seed=seed).load()

    assert len(np.unique(data.train)) == data.symbols.count == 6


def test_characters_of_other_files_than_train_are_refused_if_train_lacks_them(own, tmp_path):
    (tmp_path / "train.txt").write_text("\n".join(LINES[:6]))
    (tmp_path / "test.txt").write_text("\n".join(["Q", *LINES[6:]]))

    with pytest.raises(BadInput, match="mine: 'Q' stands in test or fresh samples, but in none of"):
        own("train.txt", "test.txt").load()


def test_text_of_three_files_has_one_vocabulary_and_one_width(own, tmp_path):
    for name, lines in (("a", [*LINES, "cc"]), ("b", ["ab", "cabab"]), ("c", ["b", "ba"])):
        (tmp_path / f"{name}.txt").write_text("\n".join(lines))

    data = own("a.txt", "b.txt", "c.txt").load()

    assert data.symbols.vocabulary == ("", "a", "b", "c")
    np.testing.assert_array_equal(data.test, [[1, 2, 0, 0, 0, 0], [3, 1, 2, 1, 2, 0]])


def test_text_and_other_files_are_not_one_data_set(own, tmp_path):
    (tmp_path / "a.txt").write_text("\n".join(LINES))
    np.save(tmp_path / "b.npy", distinct(10))

    with pytest.raises(BadInput, match=r"b\.npy is not text"):
        own("a.txt", "b.npy").load()


def test_what_features_text_has_is_part_of_its_key_and_can_be_said(own, tmp_path):
    (tmp_path / "all.txt").write_text("\n".join(LINES))

    usual, same, other = (
        own("all.txt", features=name).load() for name in ("", "ngrams", "standardised")
    )

    assert usual.content_hash == same.content_hash != other.content_hash
    assert embedding_for(usual).embed(usual.test).shape[1] == 96
    assert embedding_for(other).embed(other.test).shape[1] == 5
