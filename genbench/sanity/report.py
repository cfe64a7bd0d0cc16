"""The folder of a sanity run, made from its responses alone: tables, figures and a page."""

import gzip
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import genbench
from genbench.landing import replace_file
from genbench.metric import Metric
from genbench.sanity import frames
from genbench.sanity.check import Check, Desideratum, Response, Verdict
from genbench.sanity.findings import demonstrations
from genbench.sanity.human import agreements
from genbench.sanity.judging import Judgement, judge
from genbench.sanity.mutants import MUTANTS
from genbench.sanity.summary import Standing, aliases, caught, standings

READING = """\
## How to read it

- Each check makes samples of known truth and turns a knob: the more of a fault there is, the
  worse a metric that claims to see it must get. Nothing is judged by eye, and no threshold was
  chosen.
- `+` the response is as claimed and `-` the opposite, at 1 % after Holm's correction over all
  checks of the metric; `·` is undecided, which is not failed. In brackets: the metric claims
  nothing there, and the letter tells what it happens to do.
- Getting worse is tested by Page's test over seeds; the strength is the mean rank correlation of
  the loss with the knob, from 1 (always worse) over 0 (no response) to -1 (always better).
- A known or declared value holds if it lies within three standard errors of the mean.
- What must not matter may move a metric by no more than two draws of the same samples differ;
  the strength is 1 if it does not move at all, and -1 if it moves by as much.
- A desideratum's score is the mean strength over families of checks, with a 95 % interval over
  seeds and checks drawn anew; the least family stands beside it.
- A metric that is listed nowhere lacks what these checks give: a pool of rivals, for instance.
"""
HUMAN = """\
## Human judgement

Spearman's correlation of a metric's order of published models with how often people take their
pictures for real; 95 % interval over models and participants; the ceiling is how well two halves
of the participants agree. Numbers of [Stein et al.](https://arxiv.org/abs/2306.04675)
"""


def report(
    responses: Sequence[Response],
    checks: Mapping[str, Check],
    metrics: Mapping[str, Metric],
    folder: Path,
    *,
    command: str,
) -> list[Path]:
    """Write tables, figures and page into `folder`; return what was written.

    Raises:
        OSError: a file could not be written.
    """
    from genbench import figures
    from genbench.sanity.curves import curves
    from genbench.sanity.heatmap import heatmap

    judged = judge(responses, checks, metrics)
    sound = {name: metric for name, metric in metrics.items() if name not in MUTANTS}
    of_sound = [one for one in judged if one.finding.metric in sound]
    standing = standings(of_sound, checks)
    chart = heatmap(of_sound, checks, list(sound))
    lines = curves(responses, of_sound, checks, sound)
    contents = {
        "README.md": _page(responses, judged, standing, checks, metrics, command).encode(),
        "responses.csv.gz": gzip.compress(
            _csv(frames.responses_frame(responses, checks, metrics)), mtime=0
        ),
        "checks.csv": _csv(frames.checks_frame(judged, checks)),
        "desiderata.csv": _csv(frames.desiderata_frame(standing.values())),
        "heatmap.png": figures.png(chart),
        "heatmap.svg": figures.svg(chart, letters=True),
        "curves.png": figures.png(lines),
    }
    return [replace_file(folder / name, content) for name, content in contents.items()]


def _page(
    responses: Sequence[Response],
    judged: Sequence[Judgement],
    standing: Mapping[tuple[str, Desideratum], Standing],
    checks: Mapping[str, Check],
    metrics: Mapping[str, Metric],
    command: str,
) -> str:
    sound = [name for name in metrics if name not in MUTANTS]
    of_sound = [one for one in judged if one.finding.metric not in MUTANTS]
    seeds = sorted({one.seed for one in responses})
    parts = [
        "# How metrics behave\n",
        f"Made by `{command}` with genbench {genbench.__version__} and seeds {_span(seeds)}; not "
        "to be edited by hand.\n",
        "![Every metric by every check](heatmap.png)\n",
        "## What was found\n",
        "".join(f"- {sentence}\n" for sentence in demonstrations(of_sound)),
        "\n" + READING,
        "## Desiderata\n\nScore, 95 % interval, least family.\n",
        _desiderata(sound, standing),
        "## Checks\n",
        *(_check(check, of_sound) for check in checks.values()),
        "![How metrics respond](curves.png)\n",
        HUMAN,
        _human(),
        "## Broken metrics\n",
        _mutants(judged, [metrics[name] for name in metrics if name in MUTANTS], checks),
        "## Metrics that are one another\n\nUp to a factor and a constant, on all checks: "
        + (", ".join(f"`{a}` and `{b}`" for a, b in aliases(responses, sound)) or "none")
        + ".\n",
        "Every number: [responses.csv.gz](responses.csv.gz); every verdict: "
        "[checks.csv](checks.csv); every score: [desiderata.csv](desiderata.csv).\n",
    ]
    return "\n".join(parts)


def _desiderata(
    metrics: Iterable[str], standing: Mapping[tuple[str, Desideratum], Standing]
) -> str:
    columns = [one for one in Desideratum if any(place[1] == one for place in standing)]
    rows = [
        [f"`{name}`", *(_cell(standing.get((name, column))) for column in columns)]
        for name in metrics
        if any((name, column) in standing for column in columns)
    ]
    return _table(["metric", *map(str, columns)], rows)


def _cell(one: Standing | None) -> str:
    if one is None:
        return ""
    return f"{one.score:.2f} [{one.low:.2f}, {one.high:.2f}] {one.least:.2f}"


def _check(check: Check, judged: Iterable[Judgement]) -> str:
    mine = [one for one in judged if one.finding.check == check.name]
    claimed = [one for one in mine if one.finding.claimed and one.letter]
    count = {verdict: sum(one.verdict == verdict for one in claimed) for verdict in Verdict}
    rows = [
        [
            f"`{one.finding.metric}`",
            one.letter,
            "" if one.finding.strength is None else f"{one.finding.strength:.2f}",
            "" if one.finding.low is None else f"[{one.finding.low:.2f}, {one.finding.high:.2f}]",
            one.finding.note,
        ]
        for one in sorted(mine, key=lambda one: not one.finding.claimed)
        if one.finding.claimed or one.finding.p is not None
    ]
    source = f" {check.source}." if check.source else ""
    return (
        f"<details><summary><b>{check.name}</b>: {check.asks} {count[Verdict.PASS]} +, "
        f"{count[Verdict.FAIL]} -, {count[Verdict.UNDECIDED]} ·</summary>\n\n"
        f"A sound metric {check.expects.says}. Knob: {check.knob}; levels "
        f"{', '.join(f'{level:g}' for level in check.levels)}.{source}\n\n"
        + _table(["metric", "", "strength", "95 %", "numbers"], rows)
        + "\n</details>\n"
    )


def _human() -> str:
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
    ]
    return _table(["metric", "features", "data", "models", "correlation", "ceiling"], rows)


def _mutants(
    judged: Iterable[Judgement], mutants: Sequence[Metric], checks: Mapping[str, Check]
) -> str:
    found = caught((one for one in judged if not checks[one.finding.check].timed), mutants)
    n_caught = sum(bool(checks) for checks in found.values())
    rows = [
        [f"`{name}`", "yes" if by else "no", ", ".join(by[:4]) + (", ..." if len(by) > 4 else "")]
        for name, by in found.items()
    ]
    return (
        f"{n_caught} of {len(found)} metrics that were broken on purpose are caught.\n\n"
        + _table(["metric and mistake", "caught", "by"], rows)
    )


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _span(seeds: Sequence[int]) -> str:
    whole = list(range(seeds[0], seeds[-1] + 1)) == list(seeds) if seeds else False
    return f"{seeds[0]} to {seeds[-1]}" if whole and len(seeds) > 1 else ", ".join(map(str, seeds))


def _csv(frame: "object") -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode()  # type: ignore[attr-defined, no-any-return]
