"""The page: whole in one file, readable without its script, deaf to what names and reasons say."""

import base64
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files

import numpy as np
import pytest
from PIL import Image

from genbench.metric import Score
from genbench.report.behaviour import Failing
from genbench.report.drawing import _name
from genbench.report.frames import overall_frame, wide_frame
from genbench.report.leaderboard import tables
from genbench.report.overall import overall
from genbench.report.page import MOST_BYTES, Content, pages
from genbench.report.sprites import sprite
from genbench.report.tradeoff import novelty_quality_points
from genbench.runs.records import REAL, Record

HOSTILE = '"><script>alert(1)</script><img src=//evil onerror=alert(2)> {{main}} \x1b[31m\u202e'
AIMS = {"precision": "high", "coverage": "high", "recall": "high"}
AIMS |= {"authenticity": "match", "bayesian_surprise": "match"}


def score(name, value, **more):
    aim = AIMS.get(name, "low")
    status = "skipped" if value is None else "ok"
    return Score(
        metric=name, value=value, **{"aim": aim, "bounds": (0, 1), "status": status} | more
    )


def record(model, seed=0, *, family="yours", dataset="ring", status="ok", preview=(), **values):
    return Record(
        key=f"{dataset}{model}{seed}",
        dataset=dataset,
        model=model,
        family="control" if model in (REAL, "noise", "copycat") else family,
        seed=seed,
        status=status,
        preview=preview,
        n_generated=400,
        fit_seconds=1.5,
        scores={
            name: value if isinstance(value, Score) else score(name, value)
            for name, value in values.items()
        },
    )


def several(model, way, *, dataset="ring", family="yours", originals=0.5, **more):
    """Return three seeds of a model so far from noise (0) to real samples (1)."""
    return [
        record(
            model,
            seed,
            dataset=dataset,
            family=family,
            frechet_distance=10 - 9 * (way + shift),
            precision=0.1 + 0.8 * (way + shift),
            coverage=0.1 + 0.8 * (way + shift),
            authenticity=originals,
            bayesian_surprise=0.6 - 0.2 * way,
            **more,
        )
        for seed, shift in enumerate((-1e-3, 0.0, 1e-3))
    ]


def board(*datasets):
    return [
        cell
        for dataset in datasets
        for model, way, family, originals in (
            (REAL, 1.0, "", 0.5),
            ("noise", 0.0, "", 0.9),
            ("copycat", 0.99, "", 0.0),
            ("first", 0.97, "GAN", 0.5),
            ("second", 0.9, "diffusion", 0.5),
            ("level", 0.9, "diffusion", 0.5),
            ("copyist", 0.98, "GAN", 0.01),
        )
        for cell in several(model, way, dataset=dataset, family=family, originals=originals)
    ]


SLOW = replace(record("slow", status="timeout"), phase="fit", reason="no answer after 300 s")
MISSING = score("recall", None, reason="too few samples")
RECORDS = [*board("ring", "moons"), SLOW, *several("b", 0.5, recall=MISSING),
           *several("c", 0.4, recall=score("recall", 0.5, ideal=1, chance=0))]  # fmt: skip


class Parsed(HTMLParser):
    """Tags with their attributes, and tables as rows of (attributes, text)."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.tables, self.cell = [], [], None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("td", "th"):
            self.cell = [dict(attrs), ""]
            self.tables[-1][-1].append(self.cell)

    def handle_endtag(self, tag):
        if tag in ("table", "thead", "tbody"):
            self.cell = None

    def handle_data(self, data):
        if self.cell:
            self.cell[1] += data.rstrip("\n")


def pages_of(records, **content):
    made = tables(records)
    panels = novelty_quality_points(records)
    return pages(made, overall(made), Content(title="mine", panels=panels, **content))


def html_of(records=RECORDS, **content):
    known = {"colours": {"GAN": "#0173b2", "diffusion": "#de8f05"}} | content
    panels = novelty_quality_points(records)
    made = pages(
        tables(records), overall(tables(records)), Content(title="mine", panels=panels, **known)
    )
    return made["index.html"].decode()


def parsed(records=RECORDS, **content):
    return Parsed(html_of(records, **content))


def table_of(found, dataset, datasets=("moons", "ring")):
    """Return the rows of a data set's table: the summary's comes first, then that of all."""
    return found.tables[2 + datasets.index(dataset)]


def column(rows, name):
    heads = [text for _, text in rows[0]]
    index = next(i for i, head in enumerate(heads) if head.startswith(name))
    return {row[2][1].split(" ")[0]: row[index] for row in rows[1:]}


def test_nothing_is_asked_of_the_network():
    html = html_of()
    found = Parsed(html)

    links = [
        value
        for _, attributes in found.tags
        for key, value in attributes.items()
        if key in ("src", "href", "srcset", "action", "data", "poster", "background")
    ]
    assert links
    assert all(link.startswith(("#", "data:image/")) or link == "results.csv" for link in links)
    assert not {"link", "iframe", "object", "embed", "base"} & {tag for tag, _ in found.tags}
    assert not re.search(r"url\((?!data:)|@import|https?:|fetch\(|XMLHttp", html)
    policy = next(a["content"] for t, a in found.tags if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'; img-src data:;")


def test_names_and_reasons_cannot_become_markup():
    failed = replace(record(HOSTILE, status="error", family=HOSTILE), reason=HOSTILE)
    missing = several("c", 0.5, recall=score("recall", None, reason=HOSTILE))
    odd = [failed, *missing, *several(HOSTILE, 0.6, family=HOSTILE)]
    hostile = [replace(r, dataset=HOSTILE) for r in [*board("ring"), *odd]]
    html = html_of(
        hostile,
        colours={HOSTILE: "red;background:url(//evil)"},
        meanings={"recall": HOSTILE},
        failings={"recall": (Failing(check=HOSTILE, on_pictures=False),)},
        summaries={HOSTILE: HOSTILE},
        citation=HOSTILE,
    )

    plain, found = parsed(), Parsed(html)
    assert [t for t, _ in found.tags].count("script") == [t for t, _ in plain.tags].count("script")
    assert not any(key.startswith("on") for _, attributes in found.tags for key in attributes)
    assert not any("evil" in a.get("src", "") + a.get("style", "") for _, a in found.tags)
    assert "//evil)" not in re.findall(r"<style>.*?</style>", html, re.DOTALL)[0]
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert html.count("id=reading>") == 1


def test_every_cell_is_the_number_of_the_csv_to_the_digits_shown():
    made = tables(RECORDS)
    found = parsed()
    csv = wide_frame(made)

    checked = 0
    for table in made:
        rows = table_of(found, table.dataset)
        for name in [c.name for c in table.columns]:
            shown = column(rows, name.replace("_", " "))
            of = csv[(csv["dataset"] == table.dataset) & csv[name].notna()]
            for model, value in zip(of["model"], of[name], strict=True):
                text = shown[model.split(" ")[0]][1].split("±")[0]
                digits = len(text.partition(".")[2])
                assert float(text) == pytest.approx(value, abs=0.51 * 10**-digits)
                checked += 1
    assert checked > 60


def test_the_table_of_all_data_sets_is_that_of_the_csv():
    rows = parsed().tables[1]
    frame = overall_frame(overall(tables(RECORDS)))

    assert [row[2][1].split(" ")[0].strip("()") for row in rows[1:]] == [
        model.strip("()").split(" ")[0] for model in frame["model"]
    ]
    for row, (_, line) in zip(rows[1:], frame.iterrows(), strict=True):
        assert float(row[4][1].split("±")[0]) == pytest.approx(line["agreement"], abs=0.0051)
        assert (row[0][1].replace("–", "-"), row[1][1]) == (
            line["rank"] or "-",
            line["group"] or "",
        )
        assert float(row[5][1].rstrip("ABC")) == pytest.approx(line["moons"], abs=0.0051)


def test_ten_seconds_tell_who_leads_who_copies_and_how_far_to_trust_it():
    html = html_of()
    top = html[html.index("<div class=top>") : html.index("<div class=tools>")]
    text = re.sub(r"<[^>]+>", " ", top)

    assert "In front" in text
    assert "0.97" in text
    assert "One model is told apart from all others" in text
    assert re.search(r"first\b", text)
    assert re.search(r"Copies its training data\s+copyist", text)
    assert re.search(r"real samples\s+1.00\s+what a perfect model gets", text)
    assert re.search(r"noise\s+0.00", text)
    assert "2 of 3 pairs apart" in text


def test_the_summary_says_who_of_those_in_front_copies_on_a_data_set():
    copied = [
        replace(c, scores=dict(c.scores) | {"authenticity": score("authenticity", 0.01)})
        if (c.model, c.dataset) == ("first", "ring")
        else c
        for c in board("ring", "moons")
    ]
    text = re.sub(r"<[^>]+>", " ", html_of(copied))

    assert (
        "1 more copies on ring alone, where its numbers are underlined,"
        " 1 of those in front among them." in text
    )
    assert "more copies on" not in re.sub(r"<[^>]+>", " ", html_of(board("ring", "moons")))


def test_with_one_seed_the_summary_says_that_it_is_an_order():
    html = html_of([cell for cell in board("ring") if cell.seed == 0])

    assert "an order, not a ranking" in html
    assert "nothing is told apart" in html


def test_what_does_not_count_is_named_and_its_column_marked():
    records = [
        replace(c, scores=dict(c.scores) | {"coverage": score("coverage", 0.5 + 0.1 * c.seed)})
        for c in board("ring")
    ]
    found = parsed(records)
    html = html_of(records)

    assert "coverage on ring" in html
    heads = [text for _, text in table_of(found, "ring", ("ring",))[0]]
    assert any(head.startswith("coverage⚠") for head in heads)
    assert any(head.startswith("precision●") for head in heads)


def test_a_missing_number_is_a_dash_that_tells_why():
    attributes, text = column(table_of(parsed(), "ring"), "recall")["b"]

    assert (text, attributes["title"]) == ("–", "too few samples")


def test_a_head_tells_what_the_metric_is_and_how_to_read_it():
    found = parsed(meanings={"recall": "Share of test samples."})

    tips = [attributes.get("title", "") for tag, attributes in found.tags if tag == "button"]
    expected = "Share of test samples. [more is better; from 0 to 1; ideal 1; chance 0]"
    assert any(tip.startswith(expected) for tip in tips)


def test_what_is_in_no_table_is_listed_with_its_reason():
    other = [replace(c, n_test=99) for c in several("other", 0.7)]
    html = html_of([*RECORDS, *other])

    assert "<b>slow</b> on ring, seed 0: timeout in fit: no answer after 300 s" in html
    assert "<b>other</b> on ring, seed 0: another number of test samples (99 for 0)" in html
    assert "<b>b</b>, 1 of 2 data sets: moons: not run" in html


def test_a_card_tells_each_seed_of_each_data_set():
    html = html_of(summaries={"first": "A model of mine."})
    cards = html.split("<div popover ")[1:]
    (card,) = (card for card in cards if "<h3><s></s>first</h3>" in card)

    assert "A model of mine." in card
    assert card.count("<u ") == 6
    assert "group A, places 1" in card
    number = re.search(r"id=(c\d+)", card)[1]
    assert html.count(f"popovertarget={number}>") >= 3  # its names, and the cross that closes it


def test_a_card_tells_who_is_as_good_as_real_samples():
    close = [*board("ring"), *several("close", 0.999)]
    told = "all but surely as good as real samples"
    cards = {c.split("</h3>")[0].rpartition(">")[2]: c for c in html_of(close).split("popover id")}

    assert told in cards["close"]
    assert told not in cards["second"]


def test_data_sets_without_an_agreement_are_named_under_the_table_of_all():
    blind = [
        replace(cell, scores={"precision": cell.scores["precision"]}) for cell in board("blind")
    ]

    assert "Without an agreement, and so not in it: blind." in html_of([*board("ring"), *blind])
    assert "so not in it" not in html_of(board("ring"))


def test_one_s_own_model_is_marked():
    known = dict.fromkeys(("first", "second", "level", "copyist", "b"), "A baseline.")
    html = html_of(summaries=known)

    own = re.findall(r"<th scope=row class=own><button[^>]*>(\w+)<", html)
    assert set(own) == {"c"}


def test_ours_with_a_decoder_is_no_model_of_one_s_own():
    records = [
        *several(REAL, 1.0),
        *several("noise", 0.0),
        *several("first@top_p:0.9", 0.9),
        *several("theirs@top_p:0.9", 0.8),
    ]
    html = html_of(records, summaries={"first": "A baseline."})

    own = re.findall(r"<th scope=row class=own><button[^>]*>([^<]+)", html)
    assert {name.replace("<wbr>", "") for name in own} == {"theirs@top_"}


def test_columns_that_no_table_has_cannot_be_hidden():
    shown = [re.findall(r"id=k\d+>([^<]+)", html_of(records)) for records in (
        RECORDS,
        [replace(each, scores={**each.scores, "judged_bits": score("judged_bits", 2.0)})
         for each in RECORDS],
    )]  # fmt: skip

    assert "distances" in shown[0]
    assert "classes" not in shown[0]
    assert [group for group in shown[1] if group not in shown[0]] == ["sequences"]


def crowd(models, datasets, metrics, preview=()):
    """Return a board of so many models, with as many metrics more than those of the headline."""
    rng = np.random.default_rng(0)
    ways = {REAL: 1.0, "noise": 0.0} | {f"m{i}": float(rng.uniform()) for i in range(models)}
    return [
        replace(cell, preview=preview, scores=dict(cell.scores) | more)
        for dataset in datasets
        for model, way in ways.items()
        for cell in several(model, way, dataset=dataset, family=f"family {len(model)}")
        for more in [{f"metric_{i}": score(f"metric_{i}", rng.uniform()) for i in range(metrics)}]
    ]


def test_a_large_board_keeps_its_budget_and_parts_with_data_sets_from_the_last():
    picture = tuple(tuple(float((i * j) % 17) for j in range(64)) for i in range(16))
    records = crowd(63, ("a", "b", "c", "d", "e"), 20, picture)

    made = pages(
        tables(records),
        overall(tables(records)),
        Content(title="x", panels=novelty_quality_points(records)),
    )

    assert len(made["index.html"]) <= MOST_BYTES
    assert list(made) == ["index.html", *(f"{n}.html" for n in "abcde" if f"{n}.html" in made)]
    assert "a.html" not in made
    parted = [name for name in made if name != "index.html"]
    assert parted
    for name in parted:
        assert f'<a href="{name}">'.encode() in made["index.html"]
        assert b"<table>" in made[name]
        anchors = re.findall(r'href="(?:index.html)?#(\w+)"', made[name].decode())
        assert anchors
        assert all(f"<section id={one}>".encode() in made["index.html"] for one in anchors)
        assert b'href="#' not in made[name]  # what it leads to is on the first page
        assert b'<a href="index.html">' in made[name]


@pytest.mark.long
def test_200_models_on_30_metrics_five_seeds_and_five_data_sets_keep_the_budget():
    records = crowd(200, ("a", "b", "c", "d", "e"), 25)

    made = pages(
        tables(records),
        overall(tables(records)),
        Content(title="x", panels=novelty_quality_points(records)),
    )

    assert len(made["index.html"]) <= MOST_BYTES


def pixels(found):
    return np.asarray(Image.open(io.BytesIO(found.png)).convert("RGB"))


def test_samples_of_two_numbers_are_a_scatter():
    square = tuple((float(x), float(y)) for x in (0, 1) for y in (0, 1)) * 20
    found = sprite([record("a", preview=square), record("b", preview=((0.0, 0.0),) * 5)])

    drawn = pixels(found)[:, :, 0]
    assert (found.models, found.pictures, drawn.shape) == (("a", "b"), False, (88, 44))
    dark = np.argwhere(drawn[:44] < 100)
    assert {tuple(spot) for spot in np.round(dark / 43)} == {(0, 0), (0, 1), (1, 0), (1, 1)}
    down, right = np.argwhere(drawn[44:] < 100).mean(axis=0)
    assert (down > 35, right < 9) == (True, True)  # the origin is below and left


def test_samples_of_a_square_number_of_values_are_pictures_on_one_scale():
    previews = {"a": ((0, 4, 8, 16),) * 2, "b": ((8,) * 4,) * 2}
    found = sprite([record(model, preview=preview) for model, preview in previews.items()])

    drawn = pixels(found)[:, :, 0]
    assert (found.width, found.height, found.pictures) == (5, 2, True)
    assert drawn[:2].tolist() == [[0, 68, 255, 0, 68], [136, 255, 255, 136, 255]]  # four bits
    assert set(drawn[2:, [0, 1, 3, 4]].ravel().tolist()) == {136}


def test_samples_of_three_times_a_square_are_pictures_in_colour():
    red, green, blue, white = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)

    drawn = pixels(sprite([record("a", preview=((*red, *green, *blue, *white),) * 2)]))

    assert drawn.shape == (2, 5, 3)
    assert drawn[:, :2].tolist() == [[[*red], [*green]], [[*blue], [*white]]]
    assert drawn[:, 3:].tolist() == drawn[:, :2].tolist()


@pytest.mark.parametrize("sample", [(1.0,), (1.0, 2.0, 3.0), (1.0,) * 5, ()])
def test_other_samples_are_not_drawn(sample):
    assert sprite([record("a", preview=(sample,))]) is None


def test_a_row_shows_its_own_part_of_the_picture():
    records = [replace(each, preview=((0.0,) * 4,)) for each in board("ring")]
    html = html_of(records)

    shown = re.findall(r"<button type=button popovertarget=c\d+>([^<]+)</button>.*?--i:(\d+)", html)
    models = sorted({each.model for each in records})
    assert {name: models[int(place)] for name, place in shown if name in models} == {
        name: name for name in models
    }
    assert base64.b64encode(sprite(records).png).decode() in html


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
    html = html_of(records, failings=FAILINGS)

    found = Parsed(html)
    tips = [attributes.get("title", "") for tag, attributes in found.tags if tag == "button"]
    assert [says in tip for tip in tips if "checks" in tip] == [True]
    marks = [attributes for tag, attributes in found.tags if attributes.get("role") == "img"]
    assert [m["aria-label"] for m in marks if "checks" in m.get("aria-label", "")] == [
        "fails checks or attacks"
    ]
    assert says.replace("'", "&#x27;") in html[html.index("id=measures") :]


def test_a_metric_that_likes_junk_better_than_real_samples_is_marked():
    found = Parsed(html_of(RECORDS, falls={"coverage": ("junk",)}))

    tips = [attributes.get("title", "") for tag, attributes in found.tags if tag == "button"]
    assert (
        len([tip for tip in tips if "it liked junk better than real samples" in tip]) == 2
    )  # a table each
    marks = [attributes for tag, attributes in found.tags if attributes.get("role") == "img"]
    assert [m["aria-label"] for m in marks].count("fails checks or attacks") == 2


def luminance(colour):
    """Return the relative luminance of a colour (https://www.w3.org/TR/WCAG21/#contrast-minimum)."""
    values = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]
    return sum(w * v for w, v in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_what_they_stand_on(scheme):
    blocks = re.findall(
        r":root \{(.*?)\}",
        (files("genbench.report") / "page.css").read_text(encoding="utf-8"),
        re.DOTALL,
    )
    found = [dict(re.findall(r"--(\w+): (#\w+);", block)) for block in blocks]
    colours = {
        name: f"#{''.join(2 * c for c in value[1:])}" if len(value) == 4 else value
        for name, value in found[scheme == "dark"].items()
    }

    for ink in ("ink", "soft", "accent", "warn", "lead"):
        for ground in ("paper", "sheet"):
            assert contrast(colours[ink], colours[ground]) >= 4.5
    assert contrast(colours["ink"], colours["best"]) >= 4.5
    assert contrast(colours["soft"], colours["best"]) >= 4.5


def test_a_name_that_is_far_from_its_point_has_a_line_to_it():
    beside = _name("a name", (100.0, 100.0), (40.0, 12.0), (128.0, 100.0))
    above = _name("a name", (100.0, 100.0), (40.0, 12.0), (110.0, 70.0))

    assert "leader" not in beside
    assert '<path class=leader d="M100 100L100 76"/>' in above
