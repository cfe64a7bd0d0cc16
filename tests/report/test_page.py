"""The page: whole in one file, readable without its script, deaf to what names and reasons say."""

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from genbench.metric import Score
from genbench.report.behaviour import Failing
from genbench.report.leaderboard import tables
from genbench.report.page import page
from genbench.report.thumbnails import thumbnails
from genbench.runs.records import REAL, Record

HOSTILE = '"><script>alert(1)</script><img src=//evil onerror=alert(2)> {{main}} \x1b[31m\u202e'


def score(name, value, **more):
    return Score(
        metric=name,
        bounds=(0, 1),
        value=value,
        **{"aim": "low", "status": "skipped" if value is None else "ok"} | more,
    )


def record(model, seed=0, *, family="yours", status="ok", preview=(), **values):
    return Record(
        key=f"{model}{seed}",
        dataset="ring",
        model=model,
        family="control" if model in (REAL, "noise") else family,
        seed=seed,
        status=status,
        preview=preview,
        fit_seconds=1.5,
        scores={
            name: value if isinstance(value, Score) else score(name, value)
            for name, value in values.items()
        },
    )


RECORDS = [
    record(REAL, frechet_distance=1.0, recall=score("recall", 0.9, aim="high", ideal=1, chance=0)),
    record("noise", frechet_distance=11.0, recall=score("recall", 0.0, aim="high")),
    record("a", family="GAN", frechet_distance=1 / 3, recall=score("recall", 0.5, aim="high")),
    record("b", frechet_distance=2.0, recall=score("recall", None, reason="too few samples")),
    replace(record("slow", status="timeout"), phase="fit", reason="no answer after 300 s"),
]


class Parsed(HTMLParser):
    """Tags with their attributes, and tables as rows of (attributes, text)."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.rows, self.cell = [], [], None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.cell = [dict(attrs), ""]
            self.rows[-1].append(self.cell)

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.cell = None

    def handle_data(self, data):
        if self.cell:
            self.cell[1] += data


def parsed(records=RECORDS, **options):
    return Parsed(page("Leaderboard", tables(records), **options))


def column(found, name):
    heads = [text for _, text in found.rows[0]]
    index = next(i for i, head in enumerate(heads) if head.startswith(name))
    return {row[1][1]: row[index] for row in found.rows[1:] if len(row) == len(heads)}


def test_nothing_is_asked_of_the_network():
    found = parsed(figures={"A figure": b"<svg/>"})

    links = [
        value
        for _, attributes in found.tags
        for key, value in attributes.items()
        if key in ("src", "href", "srcset", "action", "data", "poster", "background")
    ]
    assert links
    assert all(link.startswith(("#", "data:image/")) for link in links)
    assert not {"link", "iframe", "object", "embed", "base"} & {tag for tag, _ in found.tags}
    assert not re.search(r"url\(|@import|https?:|fetch\(|XMLHttp", page("x", tables(RECORDS)))
    policy = next(a["content"] for t, a in found.tags if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'; img-src data:;")


def test_names_and_reasons_cannot_become_markup():
    failed = replace(record(HOSTILE, status="error", family=HOSTILE), reason=HOSTILE)
    missing = score("recall", None, reason=HOSTILE)
    odd = [
        failed,
        record("c", frechet_distance=1.0, recall=missing),
        record(HOSTILE, 1, family=HOSTILE, frechet_distance=1.0),
    ]
    html = page(
        HOSTILE,
        tables([replace(r, dataset=HOSTILE) for r in RECORDS + odd]),
        figures={HOSTILE: b"<svg/>"},
        colours={HOSTILE: "red;background:url(//evil)"},
        meanings={"recall": HOSTILE},
        failings={"recall": (Failing(check=HOSTILE, on_pictures=False),)},
    )

    plain, found = parsed(), Parsed(html)
    assert [t for t, _ in found.tags].count("script") == [t for t, _ in plain.tags].count("script")
    assert not any(key.startswith("on") for _, attributes in found.tags for key in attributes)
    assert not any("evil" in a.get("src", "") + a.get("style", "") for _, a in found.tags)
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert html.count('id="reading"') == 1


def test_every_number_is_in_the_markup_with_all_its_digits():
    cells = column(parsed(), "frechet distance")

    assert {name: float(cell[0]["data-v"]) for name, cell in cells.items()} == {
        REAL: 1.0,
        "noise": 11.0,
        "a": 1 / 3,
        "b": 2.0,
    }
    assert cells["a"][1] == "0.333"
    assert "best" in cells["a"][0]["class"]


def test_a_missing_number_is_a_dash_that_tells_why():
    attributes, text = column(parsed(), "recall")["b"]

    assert (text, attributes["title"]) == ("–", "too few samples")
    assert "data-v" not in attributes


def test_a_header_tells_what_the_metric_is_and_how_to_read_it():
    found = parsed(meanings={"recall": "Share of test samples."})

    tips = [attributes.get("title", "") for tag, attributes in found.tags if tag == "button"]
    expected = "Share of test samples. [more is better; from 0 to 1; ideal 1; chance 0]"
    assert expected in tips
    assert any(text == "recall↑" for _, text in found.rows[0])


def test_rows_come_ranked_and_real_samples_first():
    found = parsed()
    order = [(row[0][1], row[1][1]) for row in found.rows[1:]]

    assert order == [
        ("–", REAL),
        ("1", "a"),
        ("2", "b"),
        ("–", "noise"),
        ("–", "slow (seed 0)"),
    ]


def test_a_failure_is_a_row_and_is_listed_with_its_reason():
    html = page("Leaderboard", tables(RECORDS))

    assert '<tr class="failed" data-model="slow"' in html
    assert "<b>slow</b> (seed 0): timeout in fit: no answer after 300 s" in html


def test_the_page_of_a_large_board_stays_small():
    picture = tuple(tuple(float((i * j) % 17) for j in range(64)) for i in range(16))
    names = [f"metric_{i}" for i in range(25)]
    records = [
        replace(
            record(f"model {i}", seed, preview=picture, **dict.fromkeys(names, 1 / (3 + i + seed))),
            dataset=dataset,
        )
        for i in range(25)
        for seed in range(3)
        for dataset in ("one", "two", "three", "four")
    ]

    assert len(page("Leaderboard", tables(records)).encode()) < 400_000


def test_figures_are_carried_inside():
    html = page("Leaderboard", tables(RECORDS), figures={"One": b"<svg/>", "Two": b"<svg />"})

    assert base64.b64encode(b"<svg/>").decode() in html
    assert base64.b64encode(b"<svg />").decode() in html


def test_samples_of_two_numbers_are_a_scatter():
    found = thumbnails([record("a", preview=((0.0, 0.0), (1.0, 1.0)))])

    assert found["a"].startswith('<svg class="scatter"')
    assert 'd="M2.0 42.0h0M42.0 2.0h0"' in found["a"]


def test_samples_of_a_square_number_of_values_are_pictures_on_one_scale():
    from io import BytesIO

    from matplotlib.image import imread

    found = thumbnails(
        [record("a", preview=((0, 4, 8, 16),) * 2), record("b", preview=((8,) * 4,))]
    )

    first, second = (
        imread(BytesIO(base64.b64decode(re.search(r"base64,([^\"]+)", found[name])[1])))
        for name in "ab"
    )
    assert first.shape == (2, 5, 4)
    grey, opacity = first[..., 0] * 255, first[..., 3]
    assert grey[:, :2].round().tolist() == [[0, 64], [128, 255]]
    assert opacity.tolist() == [[1, 1, 0, 1, 1]] * 2
    assert (second[..., 0] * 255).round().tolist() == [[128, 128]] * 2


def test_samples_of_three_times_a_square_are_pictures_in_colour():
    from io import BytesIO

    from matplotlib.image import imread

    red, green, blue, white = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)

    found = thumbnails([record("a", preview=((*red, *green, *blue, *white),) * 2)])

    strip = imread(BytesIO(base64.b64decode(re.search(r"base64,([^\"]+)", found["a"])[1])))
    assert strip.shape == (2, 5, 4)
    colours = (strip[..., :3] * 255).round().astype(int)
    assert colours[:, :2].tolist() == [[[*red], [*green]], [[*blue], [*white]]]
    assert colours[:, 3:].tolist() == colours[:, :2].tolist()
    assert strip[..., 3].tolist() == [[1, 1, 0, 1, 1]] * 2


@pytest.mark.parametrize("sample", [(1.0,), (1.0, 2.0, 3.0), (1.0,) * 5, ()])
def test_other_samples_are_not_drawn(sample):
    assert thumbnails([record("a", preview=(sample,))]) == {}


FAILINGS = {
    "recall": (
        Failing(check="collapse_within_modes", on_pictures=False),
        Failing(check="junk_pictures", on_pictures=True),
    )
}
WITHIN_MODES = "In genbench's checks of metrics it fails: collapse within modes."


@pytest.mark.parametrize(
    ("preview", "says"),
    [
        ((), WITHIN_MODES),
        (((0.0, 1.0),), WITHIN_MODES),
        (((0.0,) * 4,), WITHIN_MODES.replace(".", ", junk pictures.")),
    ],
)
def test_a_metric_that_fails_checks_is_marked_and_says_which(preview, says):
    records = [replace(each, preview=preview) for each in RECORDS]
    html = page("Leaderboard", tables(records), failings=FAILINGS)

    found = Parsed(html)
    tips = [attributes.get("title", "") for tag, attributes in found.tags if tag == "button"]
    assert [tip for tip in tips if "checks" in tip] == [
        f"[more is better; from 0 to 1; ideal 1; chance 0] {says}"
    ]
    assert [text for _, text in found.rows[0] if "!" in text] == ["recall!↑"]
    marks = [attributes for tag, attributes in found.tags if tag == "sup"]
    assert [mark["aria-label"] for mark in marks] == ["fails checks"]
    listed = html[html.index('id="reading"') :]
    assert f"chance 0] {says}".replace("'", "&#x27;") in listed


def test_what_a_metric_fails_on_pictures_is_nothing_to_a_table_of_points():
    failed = {"recall": FAILINGS["recall"][1:]}
    points = [replace(each, dataset="points") for each in RECORDS]
    pictures = [replace(each, preview=((0.0,) * 4,)) for each in RECORDS]

    alone, both = (
        page("Leaderboard", tables(records), failings=failed)
        for records in (points, points + pictures)
    )

    assert '<sup class="mark"' not in alone
    assert "it fails" not in alone
    assert both.count('<sup class="mark"') == 1  # of two tables
    assert both.count("it fails") == 2  # the head of one, and the list
