"""codebook.json: made once, a function of the data set alone, and only for laws counted by it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from genbench.creativity.capacity import information
from genbench.creativity.laws import Law
from genbench.datasets import load
from genbench.evidence.kinds import N_CELLS, channel_of
from genbench.ground.errors import BadInput
from genbench.runs import codebooks as module
from genbench.runs.codebooks import NAME, SIZES, codebooks, read
from genbench.runs.records import Record
from genbench.scoring.laws import law_of

WINE = load("wine")


def record(model, law, dataset="wine"):
    return Record(key="k", dataset=dataset, model=model, family="", seed=0, status="ok", kinds=law)


REAL = record("(real samples)", law_of(WINE, WINE.fresh))


@pytest.fixture(scope="module", autouse=True)
def fewer():
    """Leave out the most cells: these take longest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SIZES", SIZES[:2])
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("board")
    codebooks(path, [REAL])
    return path


def refuse(*_):
    pytest.fail("a codebook was fitted again")


def test_a_codebook_that_is_kept_is_read_and_comes_back_the_same(folder, monkeypatch):
    monkeypatch.setattr(module, "kinds_of", refuse)
    before = (folder / NAME).read_bytes()

    (book,) = codebooks(folder, [REAL, record("another", REAL.kinds)]).values()

    assert (folder / NAME).read_bytes() == before
    assert book.codebook == REAL.kinds.codebook
    assert len(book.weights) == len(book.quality) == len(REAL.kinds.counts)
    assert tuple(sorted(book.frontiers)) == (N_CELLS // 2, N_CELLS)


def test_more_models_leave_codebook_and_frontier_as_they_are_to_the_byte(folder, tmp_path):
    noise = np.random.default_rng(0).uniform(WINE.train.min(0), WINE.train.max(0), (50, 13))

    codebooks(tmp_path, [record("noise", law_of(WINE, noise)), REAL, record("new", None)])

    assert (tmp_path / NAME).read_bytes() == (folder / NAME).read_bytes()


def test_no_law_of_kinds_has_more_information_than_the_kept_frontier(folder):
    book = read(folder / NAME)["wine"]
    channel = channel_of("wine", book.weights, book.total)
    rng = np.random.default_rng(0)
    real = np.array(REAL.kinds.counts) / sum(REAL.kinds.counts)
    laws = [real, *rng.dirichlet(np.full(len(real), 0.05), size=100), *np.eye(len(real))]

    for law in laws:
        assert information(channel, law) <= book.frontiers[N_CELLS].at(law @ book.quality)
    # And it is no idle bound: what it found at its levels is within a hundredth of it.
    assert (book.frontier.gap < 0.01).all()


def test_laws_by_another_codebook_get_none(folder, tmp_path):
    other = record("elsewhere", replace(REAL.kinds, codebook="ffff"))
    nowhere = record("lost", replace(REAL.kinds), dataset="no such data")

    assert codebooks(folder, [other]) == {}
    assert codebooks(tmp_path, [nowhere, record("few", Law(reason="too few"))]) == {}
    assert not (tmp_path / NAME).exists()
    assert list(codebooks(folder, [other, REAL])) == ["wine"]


@pytest.mark.parametrize("content", ["[]", "{", '{"wine": 7}', '{"wine": {"codebook": "a"}}'])
def test_a_file_that_holds_no_codebooks_is_named(tmp_path, content):
    (tmp_path / NAME).write_text(content)

    with pytest.raises(BadInput, match=r"codebook.json holds no codebooks .*delete it"):
        codebooks(tmp_path, [REAL])


def test_it_is_strict_json_with_a_line_for_each_data_set(folder):
    text = (folder / NAME).read_text()

    values = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert list(values) == ["wine"]
    assert len(text.splitlines()) == 3
