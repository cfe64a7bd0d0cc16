"""What trials found leads the page of metrics, and each claim to the row that it rests on."""

import csv
import re

import pytest

from genbench.report.advice import FAULTS
from genbench.sanity.trial_sections import NONE, Trials, trial_sections

HOSTILE = '"><script>alert(1)</script>'


def write(path, *rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def size(metric, n95, *, family, model="a", board="plane"):
    return {"board": board, "family": family, "model": model, "metric": metric, "n95": n95,
            "most": 10_000}  # fmt: skip


def attack(metric, reached, *, given="train", junk=0.0, copies=0.0, start="noise"):
    return {"metric": metric, "given": given, "start": start, "exploitability": reached,
            "junk": junk, "copies": copies}  # fmt: skip


@pytest.fixture
def trials(tmp_path):
    write(
        tmp_path / "n95.csv",
        *(size("recall", 2000, family=fault) for fault in FAULTS),
        size("recall", "", family=FAULTS[0], model=HOSTILE),
        size("coverage", 500, family=FAULTS[0]),
        size("coverage", "500", family=FAULTS[0], model=HOSTILE),
        size("recall", 10_000, family="shift", board="gaussian"),
    )
    write(
        tmp_path / "agreement.csv",
        *(
            {"board": "plane", "truth": "W2", "n": n, "metric": metric, "tau": tau, "low": 0.1,
             "high": 0.95}
            for n in (500, 2000)
            for metric, tau in (("recall", 0.2), ("coverage", 0.8))
        ),
    )  # fmt: skip
    write(
        tmp_path / "attacks.csv",
        attack("recall", 0.4, junk=1.0),
        attack("recall", 1.3, copies=0.9, start="copies"),
        attack("recall", "", given="train and test"),
        attack("coverage", 0.9, given="train and test", junk=0.1),
    )
    write(
        tmp_path / "power.csv",
        {"metric": "recall", "law": "two_moons", "difference": 0.1, "samples": 800, "seen": 0.79,
         "low": 0.73, "high": 0.85},
        {"metric": "coverage", "law": "two_moons", "difference": 0.1, "samples": "", "seen": "",
         "low": "", "high": ""},
    )  # fmt: skip
    return Trials.read(tmp_path)


def plain(markup):
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", markup))


def test_a_line_for_each_fault_leads_to_the_row_it_rests_on(trials):
    sections = trial_sections(trials)

    assert [*sections] == ["use", "seen", "order", "attacks", "promises"]
    lines = re.findall("<li>(.*?)(?=<li>|</ul>)", sections["use"][1])
    assert len(lines) == len(FAULTS)
    assert "To see dropped classes : coverage with 500 samples; it sees 2 of 2" in plain(lines[0])
    assert "it stands attacks" in lines[0]
    assert "recall with 2,000 samples; it sees 1 of 1" in plain(lines[1])
    assert "attacks make it like copies better than real ones" in lines[1]
    everything = "".join(body for _, body in sections.values())
    links = re.findall('href="#([^"]*)"', everything)
    assert len(links) == 2 * len(FAULTS)
    assert set(links) <= set(re.findall('id="([^"]*)"', everything))


def test_tables_say_what_was_found_and_nothing_where_there_is_nothing(trials):
    sections = {anchor: plain(body) for anchor, (_, body) in trial_sections(trials).items()}

    assert "coverage 500 500 recall 2,000 &gt; 10,000" in sections["seen"]  # the best first
    assert "gaussian: a recall 10,000" in sections["seen"]
    order = sections["order"]
    assert "W2, n 500 W2, n 2,000 coverage 0.80 [0.10, 0.95]" in order  # the best first
    assert "recall copies 1.30 copies, from copies" in sections["attacks"]
    assert "coverage neither 0.90 neither, from noise" in sections["attacks"]
    assert "recall two moons 0.1 800 0.79 [0.73, 0.85]" in sections["promises"]


def test_what_a_name_says_is_no_markup(trials):
    everything = "".join(body for _, body in trial_sections(trials).values())

    assert "<script" not in everything
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in everything


def test_trials_that_were_not_run_have_no_section(tmp_path):
    assert trial_sections(NONE) == trial_sections(Trials.read(tmp_path)) == {}
