"""What the checks found as one HTML page that opens from disk: no request, and no script.

Its sections and tables are its own, for verdicts are no scores of models; what they are made of
(`genbench.report.markup`) is shared with the page of a board.

A user's own metric brings names and reasons of its own: all words are escaped, and nothing else
enters the markup.
"""

from collections.abc import Iterable, Mapping
from itertools import starmap

import genbench
from genbench.report.markup import card, figure, filled, header, text
from genbench.sanity.check import Check, Desideratum
from genbench.sanity.findings import demonstrations
from genbench.sanity.heat_table import colours, heat_table, interval, words
from genbench.sanity.human import Agreement, agreements
from genbench.sanity.markup import listed, prose, table
from genbench.sanity.reading import HUMAN, RULES
from genbench.sanity.results import Results
from genbench.sanity.trial_sections import NONE, Trials, trial_sections


def page(results: Results, figures: Mapping[str, bytes], trials: Trials = NONE) -> str:
    """Return the page; `figures` are drawings by caption. What trials found leads."""
    sections = {
        **trial_sections(trials),
        "found": ("What was found", listed(demonstrations(results.of_sound))),
        "reading": ("How to read it", listed(RULES)),
        "heatmap": ("Every metric by every check", heat_table(results)),
        "desiderata": ("Desiderata", _desiderata(results)),
        "figures": (
            "Responses, and metric against metric",
            "".join(starmap(figure, figures.items())),
        ),
        "human": ("Human judgement", _human(results)),
        "broken": ("Broken metrics", _broken(results)),
        "aliases": ("Metrics that are one another", _aliases(results.aliases)),
        "checks": ("Checks", "".join(_check(results, one) for one in results.checks.values())),
    }
    links = {name: title for name, (title, _) in sections.items()}
    main = "\n".join(card(name, title, body) for name, (title, body) in sections.items())
    facts = (
        f"{len(results.sound)} metrics, {len(results.checks)} checks · seeds {results.seeds} ·"
        f" genbench {genbench.__version__} · made by `{results.command}`"
    )
    title = "How metrics behave"
    head = header(title, prose(facts), links)
    parts = {"title": title, "header": head, "main": main, "colours": colours()}
    return filled("genbench.sanity", parts)


def _desiderata(results: Results) -> str:
    rows = [
        [
            f'<th scope="row">{words(name)}</th>',
            *(_score(results, name, column) for column in results.desiderata),
        ]
        for name in results.sound
        if any((name, column) in results.standing for column in results.desiderata)
    ]
    return (
        "<p>Score, 95 % interval, and last the score of the least family of checks, or of the data"
        " set on which it agrees least with people.</p>"
        + table(["metric", *results.desiderata], rows, "Desiderata")
    )


def _score(results: Results, name: str, column: Desideratum) -> str:
    one = results.standing.get((name, column))
    if one is None:
        return "<td></td>"
    tip = f"{one.passed} passed, {one.failed} failed, {one.undecided} undecided"
    return (
        f'<td title="{tip}">{one.score:.2f}<small>{interval(one.low, one.high)}</small>'
        f" {one.least:.2f}</td>"
    )


def _human(results: Results) -> str:
    if not results.human:
        return "<p>No such numbers were published of these metrics.</p>"
    found = [one for one in agreements() if one.metric in results.sound]
    heads = ["metric", "features", "data", "models", "correlation", "ceiling"]
    return f"<p>{prose(HUMAN)}</p>" + table(heads, map(_agreement, found), "Human judgement")


def _agreement(one: Agreement) -> list[str]:
    return [
        f'<th scope="row">{words(one.metric)}</th>',
        f'<td class="left">{text(one.features)}</td><td class="left">{text(one.dataset)}</td>',
        f"<td>{one.n_models}</td><td>{one.correlation:+.2f}",
        f"<small>{interval(one.low, one.high)}</small></td><td>{one.ceiling:.2f}</td>",
    ]


def _broken(results: Results) -> str:
    n_caught = sum(bool(by) for by in results.caught.values())
    rows = [
        [
            f'<th scope="row">{text(name)}</th><td>{"yes" if by else "no"}</td>',
            f'<td class="words">{text(", ".join(by))}</td>',
        ]
        for name, by in results.caught.items()
    ]
    return (
        f"<p>{n_caught} of {len(rows)} metrics that were broken on purpose are caught.</p>"
        + table(["metric and mistake", "caught", "by"], rows, "Broken metrics")
    )


def _aliases(pairs: Iterable[tuple[str, str]]) -> str:
    named = ", ".join(f"`{one}` and `{other}`" for one, other in pairs) or "none"
    return f"<p>Up to a factor and a constant, on all checks: {prose(named)}.</p>"


def _check(results: Results, check: Check) -> str:
    rows = [
        [
            f'<th scope="row">{words(finding.metric)}</th><td>{text(one.letter)}</td>',
            "<td></td>" if finding.strength is None else f"<td>{finding.strength:.2f}</td>",
            f"<td>{interval(finding.low, finding.high)}</td>",
            f'<td class="words">{text(finding.note)}</td>',
        ]
        for one in results.of_check(check.name)
        if (finding := one.finding).claimed or finding.p is not None
    ]
    source = f" {check.source}." if check.source else ""
    levels = ", ".join(f"{level:g}" for level in check.levels)
    return (
        f'<details id="c-{text(check.name)}"><summary><b>{words(check.name)}</b>:'
        f" {text(check.asks)} {results.counts(check.name)}</summary><p>A sound metric"
        f" {text(check.expects.says)}. Knob: {text(check.knob)}; levels {levels}.{text(source)}</p>"
        + table(["metric", "", "strength", "95 %", "numbers"], rows, check.name)
        + "</details>"
    )
