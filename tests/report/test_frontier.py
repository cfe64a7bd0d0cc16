"""How near models come to the frontier: numbers against definitions, and who moves them."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from genbench.creativity.capacity import information
from genbench.creativity.envelope import Envelope
from genbench.creativity.laws import Law
from genbench.evidence.kinds import N_CELLS, channel_of
from genbench.report import frames
from genbench.report.folder import report
from genbench.report.frontier import frontier_frame, measures, planes, unplaced
from genbench.report.frontier_plot import MOST_OF_FRONT, frontier_figure
from genbench.runs import codebooks
from genbench.runs import records as store
from genbench.runs.codebooks import Book
from genbench.runs.records import REAL, Record

N_KINDS = 30
WEIGHTS = np.round(0.5 + np.random.default_rng(1).gamma(0.5, size=N_KINDS), 6)
# What is familiar is of better quality: as copies are.
QUALITY = np.round(np.linspace(0.0, 0.9, N_KINDS)[np.argsort(np.argsort(WEIGHTS))], 6)


@pytest.fixture(scope="module")
def book():
    channel = channel_of("mine", WEIGHTS, 200.0)
    usual = Envelope.of(channel, QUALITY)
    lower = replace(usual, novelty=0.9 * usual.novelty, multiplier=0.9 * usual.multiplier)
    frontiers = {N_CELLS // 2: lower, N_CELLS: usual}
    return Book(codebook="0a1b", weights=WEIGHTS, total=200.0, quality=QUALITY, frontiers=frontiers)


def record(model, counts, *, seed=0, family="yours", **facts):
    law = Law(codebook="0a1b", counts=tuple(map(int, counts)))
    known = {"key": "k", "status": "ok", "kinds": law, "dataset": "mine"} | facts
    return Record(model=model, seed=seed, family=family, **known)


def drawn(seed, concentration=0.5):
    rng = np.random.default_rng(seed)
    return rng.multinomial(400, rng.dirichlet(np.full(N_KINDS, concentration)))


RECORDS = [
    record(REAL, drawn(0), family="control"),
    record(REAL, drawn(1), family="control", seed=1),
    *(record("ours", drawn(10 + seed), seed=seed) for seed in range(2)),
    record("collapsed", np.eye(N_KINDS)[0] * 400),
    record("noise", np.where(np.argsort(np.argsort(QUALITY)) < 4, 100, 0), family="control"),
]


def test_measures_are_means_over_the_law_and_mutual_information(book):
    laws = np.array([drawn(seed) / 400 for seed in range(5)])

    found = measures(laws, "mine", book)

    channel = channel_of("mine", WEIGHTS, 200.0)
    assert found.quality == pytest.approx([law @ QUALITY for law in laws])
    assert found.novelty == pytest.approx([information(channel, law) for law in laws])
    assert found.efficiency == pytest.approx(found.novelty / book.frontier.at(found.quality))
    before = np.full(channel.shape[1], 1 / channel.shape[1])
    surprise = np.sum(channel * np.log(channel / before), axis=1)
    assert found.surprise == pytest.approx(laws @ surprise)


def test_no_law_has_more_novelty_than_the_frontier_at_its_quality(book):
    rng = np.random.default_rng(2)
    laws = np.array([*rng.dirichlet(np.full(N_KINDS, 0.2), size=300), *np.eye(N_KINDS)])

    found = measures(laws, "mine", book)

    assert (found.novelty <= book.frontier.at(found.quality) + 1e-9).all()
    assert (found.novelty <= found.surprise + 1e-12).all()
    assert found.novelty[-N_KINDS:] == pytest.approx(0, abs=1e-12)  # one kind tells nothing


def test_places_have_all_seeds_and_only_laws_of_this_codebook(book):
    other = Law(codebook="ffff", counts=(1,) * N_KINDS)
    records = [
        *RECORDS,
        record("old", [], kinds=None),
        record("elsewhere", [], kinds=other),
        record("small", [], kinds=Law(reason="needs 6 test samples")),
        record("failed", [], kinds=None, status="error", reason="oh"),
        record("ours", [], kinds=other, seed=2),
        record("else", drawn(3), dataset="another"),
    ]

    (plane,) = planes(records, {"mine": book}).values()

    assert [place.model for place in plane.places] == [REAL, "collapsed", "noise", "ours"]
    (ours,) = (place for place in plane.places if place.model == "ours")
    assert ours.seeds == (0, 1)
    assert ours.quality.values == pytest.approx([drawn(s) @ QUALITY / 400 for s in (10, 11)])
    assert plane.absent == {
        "elsewhere": "its kinds were counted by another codebook",
        "failed": "oh",
        "old": "its kinds were not counted",
        "small": "needs 6 test samples",
    }


def test_quality_below_half_of_real_samples_is_told_from_the_rest(book):
    (plane,) = planes(RECORDS, {"mine": book}).values()

    real = next(place for place in plane.places if place.model == REAL)
    for place in plane.places:
        assert place.clear == (place.quality.mean >= real.quality.mean / 2)
    assert {place.model for place in plane.places if not place.clear} >= {"noise"}


def test_the_band_is_the_least_and_the_greatest_frontier(book):
    (plane,) = planes(RECORDS, {"mine": book}).values()

    assert plane.middle == pytest.approx(book.frontier.at(plane.quality))
    assert (plane.low <= plane.middle).all()
    assert plane.high == pytest.approx(plane.middle)
    lower = book.frontiers[N_CELLS // 2].at(plane.quality)
    assert plane.low == pytest.approx(np.maximum(np.minimum(lower, plane.middle), 0))


def test_another_model_moves_nobody(book):
    def lines(records):
        found = frames.to_csv(frontier_frame(planes(records, {"mine": book})))
        return found.decode().splitlines()

    before, after = lines(RECORDS), lines([record("new", drawn(7)), *reversed(RECORDS)])

    assert [line for line in after if ",new," not in line] == before
    assert len(after) == len(before) + 2


def test_without_laws_or_codebooks_there_is_no_plane(book):
    assert planes(RECORDS, {}) == {}
    assert planes([record("old", [], kinds=None)], {"mine": book}) == {}


def test_the_csv_holds_what_is_drawn(book):
    found = planes([*RECORDS, record("old", [], kinds=None)], {"mine": book})

    rows = list(csv.DictReader(io.StringIO(frames.to_csv(frontier_frame(found)).decode())))

    (plane,) = found.values()
    assert [float(r["novelty"]) for r in rows if r["what"] == "frontier"] == list(plane.middle)
    means = {r["name"]: r for r in rows if r["what"] == "model" and not r["seed"]}
    for place in plane.places:
        for name in ("quality", "novelty", "surprise", "efficiency"):
            assert float(means[place.model][name]) == getattr(place, name).mean
    assert [(r["name"], r["reason"]) for r in rows if r["what"] == "absent"] == [
        ("old", "its kinds were not counted")
    ]


def test_a_data_set_without_a_plane_says_why(book):
    few, old, other = Law(reason="needs 6 test samples"), None, Law(codebook="ff", counts=(3,))
    records = [
        record("a", [], dataset=n, kinds=k) for n, k in zip("fox", (few, old, other), strict=True)
    ]
    found = planes([*RECORDS, *records], {"mine": book})

    missing = unplaced([*RECORDS, *records], found)

    assert missing == {
        "f": "needs 6 test samples",
        "o": "its kinds were not counted",
        "x": "its codebook does not come out here as where its samples were scored",
    }
    assert list(frontier_frame(found, missing)["reason"][-3:]) == list(missing.values())


def test_a_report_draws_the_frontier_from_records_and_codebooks_alone(book, tmp_path, monkeypatch):
    monkeypatch.setattr(codebooks, "kinds_of", lambda *_: pytest.fail("a codebook was fitted"))
    old = record("ours", [], dataset="o|ld", kinds=None)
    for name, found in (("one", [*RECORDS, old]), ("two", [old, *reversed(RECORDS)])):
        (tmp_path / name).mkdir()
        store.write(tmp_path / name / "records.jsonl", found)
        (tmp_path / name / codebooks.NAME).write_bytes(codebooks.to_json_lines({"mine": book}))
        report(tmp_path / name)

    names = ("frontier.csv", "frontier.png", "frontier.svg", codebooks.NAME)
    one, two = ([(tmp_path / n / name).read_bytes() for name in names] for n in ("one", "two"))
    assert one == two
    text = (tmp_path / "one" / "README.md").read_text(encoding="utf-8")
    assert "![The frontier](frontier.png)" in text
    assert r"- not drawn: o\|ld, its kinds were not counted" in text


def boxes(ax):
    return [
        (text.get_text(), text.get_window_extent())
        for text in ax.texts
        if text.get_text() and "%" not in text.get_text()
    ]


@pytest.mark.parametrize("n", [5, 60])
def test_no_name_lies_on_another_or_on_a_point(book, n):
    many = [record(f"model {i}", drawn(100 + i, 3.0), family=f"f{i % 7}") for i in range(n)]
    found = planes([*RECORDS, *many], {"mine": book})

    figure = frontier_figure(found)

    ax = figure.axes[0]
    named = boxes(ax)
    names = {name for name, _ in named}
    assert "real samples" in names
    assert len(names - {"real samples", "noise"}) <= MOST_OF_FRONT
    assert len(names) >= 5
    for i, (_, one) in enumerate(named):
        assert not any(one.overlaps(other) for _, other in named[:i])
    points = [
        ax.transData.transform((p.quality.mean, p.novelty.mean)) for p in found["mine"].places
    ]
    assert not any(box.contains(x, y) for x, y in points for _, box in named)


def test_one_figure_holds_all_data_sets_within_its_bounds(book):
    names = [f"data {i}" for i in range(5)]
    records = [replace(r, dataset=name) for name in names for r in RECORDS]

    figure = frontier_figure(planes(records, dict.fromkeys(names, book)))

    assert [ax.get_title(loc="left") for ax in figure.axes[::2]] == names
    width, height = figure.get_size_inches() * 160
    assert width <= 2400
    assert height <= 3000
