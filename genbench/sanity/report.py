"""The folder of a sanity run, made from its responses alone: tables, figures and pages.

What it holds is not what a board's folder does (`genbench.report.folder`); what tables, lists and
files are made of is shared with that.
"""

import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path

import genbench
from genbench.metric import Metric
from genbench.report.folder import write_files
from genbench.report.frames import to_csv
from genbench.report.markdown import bullets, grid
from genbench.sanity import frames
from genbench.sanity.check import Check, Response
from genbench.sanity.findings import demonstrations
from genbench.sanity.human import agreements
from genbench.sanity.reading import HUMAN, RULES, SAME
from genbench.sanity.results import Results
from genbench.sanity.summary import Standing
from genbench.sanity.trial_sections import Trials

CURVES = "Loss of each metric as a fault grows."
CORRELATIONS = "Which metrics say the same as faults grow."


def report(
    responses: Sequence[Response],
    checks: Mapping[str, Check],
    metrics: Mapping[str, Metric],
    folder: Path,
    *,
    command: str,
) -> list[Path]:
    """Write tables, figures and pages into `folder`; return what was written.

    Raises:
        OSError: a file could not be written.
    """
    results = Results(responses=responses, checks=checks, metrics=metrics, command=command)
    return write_files(folder, _contents(results, Trials.read(folder)))


def _contents(results: Results, trials: Trials) -> dict[str, bytes]:
    """Return what each file should hold."""
    from genbench.report import figures
    from genbench.sanity.correlations import correlation_figure
    from genbench.sanity.curves import curves
    from genbench.sanity.heatmap import heatmap
    from genbench.sanity.page import page

    responses, checks, sound = results.responses, results.checks, results.sound
    chart = heatmap(results.of_sound, checks, list(sound), results.human)
    lines = curves(responses, results.of_sound, checks, sound)
    pictures = {"heatmap.png": chart, "curves.png": lines}
    drawings = {CURVES: lines}
    if results.alike[0]:
        alike = correlation_figure(*results.alike)
        pictures["correlations.png"] = drawings[f"{CORRELATIONS} {SAME}"] = alike
    inside = {caption: figures.svg(drawn, letters=True) for caption, drawn in drawings.items()}
    all_responses = frames.responses_frame(responses, checks, results.metrics)
    return {
        "README.md": _readme(results).encode(),
        "index.html": page(results, inside, trials).encode(),
        "responses.csv.gz": gzip.compress(to_csv(all_responses), mtime=0),
        "checks.csv": to_csv(frames.checks_frame(results.judged, checks)),
        "desiderata.csv": to_csv(frames.desiderata_frame(results.standing.values())),
        "heatmap.svg": figures.svg(chart, letters=True),
        **{name: figures.png(drawn) for name, drawn in pictures.items()},
    }


def _readme(results: Results) -> str:
    parts = [
        "# How metrics behave\n",
        f"Made by `{results.command}` with genbench {genbench.__version__} and seeds "
        f"{results.seeds}; not to be edited by hand. What each verdict rests on, cell by cell and "
        "check by check: open [index.html](index.html).\n",
        "![Every metric by every check](heatmap.png)\n",
        "## What was found\n",
        bullets(demonstrations(results.of_sound)),
        "## How to read it\n",
        bullets(RULES),
        "## Desiderata\n\nScore, 95 % interval, least family.\n",
        _desiderata(results),
        "## Checks\n\nHow many metrics that claim to pass do (+), fail (-) or are undecided (·).\n",
        bullets(
            f"**{check.name}**: {check.asks} {results.counts(check.name)}"
            for check in results.checks.values()
        ),
        "![How metrics respond](curves.png)\n",
        _human(results),
        "## Broken metrics\n",
        _mutants(results.caught),
        "## Metric against metric\n",
        f"{SAME}\n\n![{CORRELATIONS}](correlations.png)\n" if results.alike[0] else "",
        "One another up to a factor and a constant, on all checks: "
        + (", ".join(f"`{a}` and `{b}`" for a, b in results.aliases) or "none")
        + ".\n",
        "Every number: [responses.csv.gz](responses.csv.gz); every verdict: "
        "[checks.csv](checks.csv); every score: [desiderata.csv](desiderata.csv).\n",
    ]
    return "\n".join(part for part in parts if part)


def _desiderata(results: Results) -> str:
    rows = [
        [f"`{name}`", *(_cell(results.standing.get((name, one))) for one in results.desiderata)]
        for name in results.sound
        if any((name, one) in results.standing for one in results.desiderata)
    ]
    return grid(["metric", *map(str, results.desiderata)], rows)


def _cell(one: Standing | None) -> str:
    if one is None:
        return ""
    return f"{one.score:.2f} [{one.low:.2f}, {one.high:.2f}] {one.least:.2f}"


def _human(results: Results) -> str:
    if not results.human:
        return ""  # no such numbers were published of these metrics
    rows = [
        [
            f"`{one.metric}`",
            one.features,
            one.dataset,
            str(one.n_models),
            f"{one.correlation:+.2f} [{one.low:+.2f}, {one.high:+.2f}]",
            f"{one.ceiling:.2f}",
        ]
        for one in agreements()
        if one.metric in results.sound
    ]
    heading = ["metric", "features", "data", "models", "correlation", "ceiling"]
    return f"## Human judgement\n\n{HUMAN}\n\n{grid(heading, rows)}"


def _mutants(found: Mapping[str, Sequence[str]]) -> str:
    n_caught = sum(bool(by) for by in found.values())
    rows = [
        [f"`{name}`", "yes" if by else "no", ", ".join(by[:4]) + (", ..." if len(by) > 4 else "")]
        for name, by in found.items()
    ]
    return f"{n_caught} of {len(found)} metrics that were broken on purpose are caught.\n\n" + grid(
        ["metric and mistake", "caught", "by"], rows
    )
