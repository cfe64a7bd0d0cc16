"""The page of the checks: whole in one file, no script, deaf to what names and reasons say."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from genbench.metrics import find
from genbench.sanity.check import Response
from genbench.sanity.checks import CATALOG
from genbench.sanity.mutants import MUTANTS
from genbench.sanity.page import page
from genbench.sanity.results import Results

HOSTILE = '"><script>alert(1)</script><img src=//evil onerror=alert(2)> {{main}} `x` \x1b[31m'
CHECKS = {name: CATALOG[name] for name in ("noise", "mode_drop", "copying")}
NAMES = ("frechet_distance", "precision", "recall")
EMPTY = {"meta", "img", "br", "link"}


class Parsed(HTMLParser):
    """Tags with their attributes, whether they nest, and each table as rows of cells' texts."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.tables, self.open, self.cell = [], [], [], None
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("td", "th"):
            self.cell = [dict(attrs), ""]
            self.tables[-1][-1].append(self.cell)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag in ("td", "th"):
            self.cell = None

    def handle_data(self, data):
        if self.cell:
            self.cell[1] += data


def results(names=NAMES, checks=CHECKS, **changed):
    """Answer so that everything gets worse as a distance's loss does; precision never moves."""
    metrics = {name: MUTANTS.get(name) or find(name) for name in names}
    responses = [
        Response(check=check.name, seed=seed, metric=name, level=level,
                 value=0.5 if name == "precision" else i + 0.01 * seed, ideal=0.0)
        for name in names
        for check in checks.values()
        for seed in range(5)
        for i, level in enumerate(check.levels)
    ]  # fmt: skip
    facts = {"responses": responses, "checks": checks, "metrics": metrics, "command": "genbench"}
    return Results(**facts | changed)


@pytest.fixture(scope="module")
def html():
    return page(results([*NAMES, "recall__precision"]), {"A figure": b"<svg/>"})


def test_nothing_is_asked_of_the_network_and_there_is_no_script(html):
    found = Parsed(html)

    links = [
        value
        for _, attributes in found.tags
        for key, value in attributes.items()
        if key in ("src", "href", "srcset", "action", "data", "poster", "background")
    ]
    assert all(link.startswith(("#", "data:image/")) for link in links)
    assert not {"link", "iframe", "object", "embed", "base", "script"} & {t for t, _ in found.tags}
    policy = next(a["content"] for _, a in found.tags if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "script" not in policy


def test_every_link_within_the_page_arrives(html):
    found = Parsed(html)

    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {a["href"].removeprefix("#") for t, a in found.tags if t == "a"}
    assert targets <= set(ids)
    assert {f"c-{name}" for name in CHECKS} <= targets


def test_every_cell_of_the_heatmap_tells_what_it_rests_on(html):
    groups, heads, *rows = Parsed(html).tables[0]

    assert [text for _, text in groups] == [
        "", "discriminability", "diversity", "human judgement"
    ]  # fmt: skip
    assert [a.get("colspan") for a, _ in groups[1:]] == ["1", "2", None]
    assert [text for _, text in heads] == ["metric", "noise", "mode drop", "copying",
                                           "ranking of models"]  # fmt: skip
    cells = {row[0][1]: row[1:] for row in rows}
    assert list(cells) == ["frechet distance", "precision", "recall"]
    assert [text for _, text in cells["frechet distance"]] == ["+", "+", "+", "+"]
    assert [text for _, text in cells["precision"][:3]] == ["·", "·", "·"]
    assert [text for _, text in cells["recall"][:3]] == ["−", "−", "−"]
    claimed, *_ = cells["frechet distance"]
    assert claimed[0]["class"] == "first s20"
    tip = "frechet_distance, noise; strength 1.00 [1.00, 1.00]; p "
    assert claimed[0]["title"].startswith(tip)
    assert claimed[0]["title"].endswith("; from 0.02 to 4.02")
    kinds = {name: [a["class"] for a, _ in row[:3]] for name, row in cells.items()}
    assert kinds["precision"] == ["first s10", "first no", "no"]  # it claims to see noise alone
    assert kinds["recall"] == ["first no", "first s0", "no"]
    assert "score 0.61 [-0.05, 1.00]" in cells["recall"][3][0]["title"]


def test_each_check_has_its_table(html):
    found = Parsed(html)

    by_head = {tuple(text for _, text in table[0]): table for table in found.tables}
    _, *rows = next(t for t in found.tables if [c[1] for c in t[0]][2:3] == ["strength"])
    assert len(by_head) >= 4
    assert [[text for _, text in row][:3] for row in rows] == [
        ["frechet distance", "+", "1.00"],
        ["precision", "·", "0.00"],
        ["recall", "(-)", "-1.00"],
    ]
    assert re.search(r"<b>noise</b>: [^<]+\? 1 \+, 0 -, 1 ·</summary>", html)


def test_scores_of_sound_metrics_only_and_mutants_apart(html):
    tables = Parsed(html).tables
    desiderata = next(t for t in tables if t[0][-1][1] == "human judgement" and t[0][0][1])
    broken = next(t for t in tables if t[0][0][1] == "metric and mistake")

    assert [row[0][1] for row in desiderata[1:]] == ["frechet distance", "precision", "recall"]
    assert desiderata[1][1][1] == "1.00 [1.00, 1.00] 1.00"
    assert [row[0][1] for row in broken[1:]] == ["recall__precision"]


def test_names_and_reasons_cannot_become_markup():
    hostile = replace(CHECKS["noise"], asks=HOSTILE, knob=HOSTILE, source=HOSTILE)
    silent = [
        Response(check="noise", seed=0, metric="recall", level=level, reason=HOSTILE)
        for level in hostile.levels
    ]
    kept = [one for one in results().responses if one.metric != "recall"]
    mine = replace(find("recall"), catches=("noise",))

    def own(overlap):
        """Measure nothing."""

    own.__name__ = HOSTILE
    odd = results(
        responses=[*kept, *silent, *(replace(one, metric=HOSTILE) for one in kept)],
        checks=CHECKS | {"noise": hostile},
        metrics={name: find(name) for name in NAMES[:2]}
        | {"recall": mine, HOSTILE: replace(find("coverage"), compute=own)},
        command=HOSTILE,
    )

    html = page(odd, {HOSTILE: b"<svg/>"})

    found = Parsed(html)
    assert "script" not in {tag for tag, _ in found.tags}
    assert not any(key.startswith("on") for _, attributes in found.tags for key in attributes)
    assert not any("evil" in a.get("src", "") + a.get("style", "") for _, a in found.tags)
    assert "\x1b" not in html
    assert html.count('id="reading"') == 1
    assert html.count("&lt;script&gt;") > 5


def test_a_metric_without_published_numbers_has_no_column_of_people():
    html = page(results(["energy_distance"]), {})

    groups, heads, _ = Parsed(html).tables[0]
    assert groups[-1][1] == "diversity"
    assert heads[-1][1] == "copying"
    assert "No such numbers were published" in html
