"""A board for papers and other programs: read back, every number is that of the board."""

import csv
import hashlib
import io
import json
import re

import pytest
from scipy.stats import t

from genbench.report.folder import report
from genbench.report.latex import safe
from genbench.report.leaderboard import tables
from genbench.report.overall import overall
from genbench.runs import records


@pytest.fixture
def export(call):
    def run(form, *more, board="mine"):
        result = call("export", board, "--format", form, *more)
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


@pytest.fixture
def found(boards):
    return records.read(boards / "mine" / "records.jsonl")


@pytest.fixture
def every(found):
    return overall(tables(found))


def read_board(text):
    """Read board.json as a program would that knows its schema: rows by data set and model."""
    values = json.loads(text, parse_constant=pytest.fail)
    assert values["schema"] == 1
    places = {each["name"]: each for each in values["datasets"]} | {"overall": values["overall"]}
    return values, {
        where: {row["model"]: row for row in place["rows"]} for where, place in places.items()
    }


def assert_row(row, interval, standing):
    assert row["agreement"] == interval.mean
    assert row["half"] == interval.half
    if interval.variance:
        width = t.ppf(0.975, row["df"]) * interval.variance**0.5
        assert row["half"] == pytest.approx(width, rel=1e-12)
    told = (row["letter"], row["hollow"], row["rank"])
    expected = standing and (standing.letter, standing.hollow, [standing.first, standing.last])
    assert told == (expected or (None, None, None))


def test_json_holds_every_row_of_every_table(export, found, every):
    made = tables(found)
    values, rows = read_board(export("json"))

    assert [each["name"] for each in values["datasets"]] == ["moons", "ring"]
    for table, place in zip(made, values["datasets"], strict=True):
        assert place["counted"] == list(table.counted)
        assert [row["model"] for row in place["rows"]] == [row.model for row in table.rows]
        for row in table.rows:
            told = rows[table.dataset][row.model]
            assert_row(told, row.agreement, row.standing)
            assert (told["family"], told["n"]) == (row.family, 3)
            assert told["copies"] == (row.model in ("copycat", "copyist"))
            assert list(told["faces"]) == ["distance", "fidelity", "coverage"]
            for name, face in row.faces.items():
                assert told["faces"][name]["agreement"] == face.mean
    assert list(rows["overall"]) == [line.model for line in every.lines]
    for line in every.lines:
        assert_row(rows["overall"][line.model], line.agreement, line.standing)
        assert rows["overall"][line.model]["n"] == {"moons": 3, "ring": 3}
    assert rows["overall"]["copyist"]["copies_on"] == ["moons", "ring"]
    assert [each["model"] for each in values["overall"]["incomplete"]] == ["narrow"]


def test_a_report_writes_the_same_json(boards, export):
    before = export("json")
    report(boards / "mine")

    assert (boards / "mine" / "board.json").read_text() == before == export("json")


def test_csv_is_the_table_of_all_data_sets(boards, export):
    whole = export("csv")
    report(boards / "mine")

    assert whole == (boards / "mine" / "board.csv").read_text()
    rows = list(csv.DictReader(io.StringIO(export("csv", "--top", 2, "--columns", "model,rank"))))
    assert rows[0].keys() == {"model", "rank"}
    names = [row["model"] for row in rows]
    # Ranked are `first`, and one of the equals after it; the others stand above it.
    assert set(names[:4]) == {"(real samples)", "copycat", "copyist", "first"}
    assert len(names) == 5
    assert names[4] in ("second", "level")


def test_mean_rank_and_win_rate_are_over_all_that_are_ranked(export, every):
    ranked = [line for line in every.lines if line.standing]
    rows = {row["model"]: row for row in csv.DictReader(io.StringIO(export("csv", "--top", 1)))}
    ranks, wins = [], []
    for dataset in every.datasets:
        values = [line.rows[dataset].agreement.mean for line in ranked]
        mine = next(line for line in ranked if line.model == "first").rows[dataset].agreement.mean
        ranks.append(1 + sum(value > mine for value in values))
        wins.append(sum(value < mine for value in values) / (len(ranked) - 1))

    assert float(rows["first"]["mean_rank"]) == pytest.approx(sum(ranks) / 2)
    assert float(rows["first"]["win_rate"]) == pytest.approx(sum(wins) / 2)
    assert rows["copyist"]["mean_rank"] == rows["copyist"]["win_rate"] == ""


def cells_of(table):
    body = table.split(r"\midrule")[1].split(r"\bottomrule")[0]
    return [re.split(r" & ", line.removesuffix(r" \\")) for line in body.strip().splitlines()]


def test_latex_has_letters_as_superscripts_and_names_that_print(export, every):
    said = export("latex")
    rows = {cells[1]: cells for cells in cells_of(said)}

    assert r"\toprule" in said
    assert all(len(cells) == 6 for cells in rows.values())
    assert said.count("{") - said.count(r"\{") == said.count("}") - said.count(r"\}")
    line = every.by_model["first"]
    mean, half = line.agreement.mean, line.agreement.half
    shown = re.fullmatch(
        r"\$([\d.]+) \\pm ([\d.]+)\^\{(?:\\mathrm\{(\w)\}|\(\\mathrm\{(\w)\}\))\}\$",
        rows["first"][2],
    )
    assert float(shown[1]) == pytest.approx(mean, abs=1e-3)
    assert float(shown[2]) == pytest.approx(half, abs=1e-3)
    assert (shown[3], shown[4])[line.standing.hollow] == line.standing.letter
    assert rows["first"][3].startswith("$0.97^{")
    assert rows["copyist"][3] == r"$0.98$\dag"
    assert rows["copyist"][0] == "--"
    hostile = r"50\%\_of \{a\} \textbackslash{}b \& c\#\$\textasciitilde{}\textasciicircum{}"
    assert hostile in rows
    assert safe("a<b>|\x1b[31m") == "a\\textless{}b\\textgreater{}\\textbar{}\ufffd[31m"


def test_the_caption_says_what_was_counted_and_where_it_is_from(export, found):
    caption = next(line for line in export("latex").splitlines() if line.startswith(r"\caption"))

    for words in (
        r"moons: counted frechet\_distance, precision, coverage",
        "1000 training samples, 500 to test against, 400 drawn from each model",
        "seeds 0, 1, 2",
        "protocol 0",
        "genbench 0.1.0, board mine",
        f"records {hashlib.sha256(records.to_lines(found)).hexdigest()[:12]}, 2024-05-03",
        "$p < 0.0003$",
    ):
        assert words in caption
    assert "narrow" not in caption


def test_latex_takes_columns_and_an_end(export):
    rows = cells_of(export("latex", "--top", 1, "--columns", "model,ring,seconds"))

    assert {cells[0] for cells in rows} == {"(real samples)", "copycat", "copyist", "first"}
    assert all(len(cells) == 3 and cells[2] == "1.5" for cells in rows)


def test_with_one_seed_the_caption_says_that_it_is_no_ranking(export):
    said = export("latex", board="once")

    assert "an order, not a ranking" in said
    assert "^{" not in said
    assert r"\pm" not in said
    _, rows = read_board(export("json", board="once"))
    assert rows["ring"]["first"]["half"] is rows["ring"]["first"]["df"] is None
    assert rows["ring"]["first"]["rank"] is None
    assert rows["ring"]["first"]["agreement"] == pytest.approx(0.97, abs=0.01)


def test_bibtex_cites_the_records_not_the_day(export, found):
    said = export("bibtex")
    entry = dict(re.findall(r"^  (\w+) = \{(.*)\},$", said, re.MULTILINE))

    assert said.startswith("@misc{genbench-mine,\n")
    assert said.endswith("}\n")
    checksum = hashlib.sha256(records.to_lines(found)).hexdigest()[:12]
    assert entry == {
        "title": "{Leaderboard mine}",
        "howpublished": "genbench 0.1.0",
        "year": "2024",
        "note": f"records {checksum}, the newest of 2024-05-03",
    }


def test_it_goes_to_a_file(boards, call, export):
    result = call("export", "mine", "--format", "bibtex", "--out", "mine.bib")

    assert result.exit_code == 0
    assert "Wrote mine.bib." in result.stdout
    assert (boards / "mine.bib").read_text() == export("bibtex")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("quik", "--format", "csv"), "No board named 'quik'. Did you mean 'quick'?"),
        (
            ("mine", "--format", "csv", "--columns", "model,agrement"),
            "No column named 'agrement'. Did you mean 'agreement'",
        ),
        (("mine", "--format", "latex", "--columns", "rnig"), "Did you mean 'ring'"),
        (("mine", "--format", "csv", "--columns", ","), "--columns names no column"),
        (("mine", "--format", "json", "--top", "3"), "--top would do nothing: json is of the"),
        (("mine", "--format", "bibtex", "--columns", "a"), "--columns would do nothing: bibtex"),
        (("bare", "--format", "latex"), "no model has an agreement everywhere"),
    ],
)
def test_what_cannot_be_exported_is_told_in_a_sentence(boards, found, call, arguments, says):
    bare = [cell for cell in found if cell.model == "first"]  # no anchors, so no headline
    records.write(boards / "bare" / "records.jsonl", bare)
    result = call("export", *arguments)

    assert result.exit_code == 2
    assert says in result.stderr
    assert not result.stdout
