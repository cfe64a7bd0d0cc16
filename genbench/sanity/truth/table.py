"""The tables of truth: what is true of models, which metrics see it, and with how many samples."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from genbench.report.frames import frame_of
from genbench.report.markdown import grid
from genbench.sanity.frames import rounded
from genbench.sanity.truth.boards import REAL, board
from genbench.sanity.truth.cells import Found, Place, metrics_for
from genbench.sanity.truth.divergences import Known
from genbench.sanity.truth.facts import Truth
from genbench.sanity.truth.ranking import (
    TRUTHS,
    Agreement,
    Separating,
    agreement,
    losses_of,
    separating,
)

DIGITS = 4
SHOWN = 6  # metrics of each truth, best first

READING = (
    "Models of known distance from laws that are known exactly; test, training and generated "
    "samples are as many as it says, drawn anew with each of {seeds} seeds. What is true of each "
    "model is in [truths.csv](truths.csv), with its standard error and a second estimate that "
    "shares no sample with it; the sharper of both counts. Agreement is Kendall's tau of a metric "
    "with what is true, over the models of a board: 1 if it puts all in the true order, 0 if it "
    "knows nothing of it; 95 % interval over seeds. n95 is the least number of samples from which "
    "on a metric puts real samples before a faulty model in 95 of 100 pairs of seeds, of those "
    "that were tried: {sizes}."
)
STABLE = "Split into two halves of the seeds, the best metric is the same in {same} of {of} cells."


def results(
    truths: Mapping[str, Sequence[Truth]], found: Sequence[Found]
) -> tuple[list[Agreement], list[Separating]]:
    """Return agreements and separating sizes of all boards, sizes and metrics."""
    agreements: list[Agreement] = []
    sizes: list[Separating] = []
    for name, of_board in truths.items():
        own = [one for one in found if one.place.board == name]
        numbers = sorted({one.place.n for one in own})
        metrics = dict.fromkeys(m for n in numbers for m in metrics_for(board(name), n))
        for metric in metrics:
            by_size = {
                n: losses_of((one for one in own if one.place.n == n), metric) for n in numbers
            }
            for n, losses in by_size.items():
                each = (agreement(name, n, metric, t, losses, of_board) for t in TRUTHS)
                agreements.extend(one for one in each if one is not None)
            faulty = (one for one in of_board if one.family != REAL)
            made = (separating(name, metric, one, by_size) for one in faulty)
            sizes.extend(one for one in made if one is not None)
    return agreements, sizes


def truths_frame(truths: Mapping[str, Sequence[Truth]]) -> Any:
    """Return a row for each board and model."""
    return frame_of(
        {
            "board": name,
            "model": one.model,
            "family": one.family,
            **_columns("kl_forward", one.forward),
            **_columns("kl_forward_again", one.forward_again),
            **_columns("kl_reverse", one.reverse),
            **_columns("kl_reverse_again", one.reverse_again),
            **_columns("w2", one.w2),
            **_columns("total_variation", one.missed),
            "dropped_mass": round(one.uncovered, DIGITS),
            "copies": round(one.copies, DIGITS),
        }
        for name, of_board in truths.items()
        for one in of_board
    )


def _columns(name: str, known: Known | None) -> dict[str, float | None]:
    return {
        name: None if known is None else rounded(known.value, DIGITS),
        f"{name}_error": None if known is None else rounded(known.error, 2),
    }


def agreements_frame(agreements: Iterable[Agreement]) -> Any:
    """Return a row for each board, truth, size and metric."""
    return frame_of(
        vars(one) | {name: round(getattr(one, name), 3) for name in ("tau", "low", "high")}
        for one in agreements
    )


def sizes_frame(sizes: Iterable[Separating]) -> Any:
    """Return a row for each board, model and metric."""
    return frame_of(map(vars, sizes))


def values_frame(found: Iterable[Found]) -> Any:
    """Return a row for each board, model, size and seed, with a column for each metric."""
    rows = list(found)
    metrics = dict.fromkeys(metric for one in rows for metric in one.values)
    return frame_of(
        vars(one.place) | {metric: one.values.get(metric) for metric in metrics} for one in rows
    )


def markdown(
    agreements: Sequence[Agreement],
    sizes: Sequence[Separating],
    places: Sequence[Place],
    command: str,
    halves: tuple[int, int],
) -> str:
    """Return the page: for each board the metrics that are most often right, and n95."""
    seeds = len({one.seed for one in places})
    numbers = ", ".join(f"{n:,}" for n in sorted({one.n for one in places}))
    parts = [
        "# Who sees the truth?\n",
        f"Made by `{command}`; not to be edited by hand.\n",
        f"{READING.format(seeds=seeds, sizes=numbers)}\n",
        f"{STABLE.format(same=halves[0], of=halves[1])}\n",
    ]
    for name in dict.fromkeys(one.board for one in agreements):
        own = [one for one in agreements if one.board == name]
        parts += [f"## {name}\n", _ranks(own), _sizes([s for s in sizes if s.board == name])]
    parts.append(
        "Numbers: [truths.csv](truths.csv), [agreement.csv](agreement.csv), [n95.csv](n95.csv); "
        "every value: [truth_values.csv.gz](truth_values.csv.gz).\n"
    )
    return "\n".join(parts)


def _ranks(agreements: Sequence[Agreement]) -> str:
    """Return a row for each truth and size, the best metrics first."""
    rows = []
    for truth, n in dict.fromkeys((one.truth, one.n) for one in agreements):
        own = best_first(one for one in agreements if (one.truth, one.n) == (truth, n))
        cells = [
            f"`{one.metric}` {one.tau:.2f} [{one.low:.2f}, {one.high:.2f}]" for one in own[:SHOWN]
        ]
        rows.append([truth.replace("|", "\\|"), f"{n:,}", *cells, *[""] * (SHOWN - len(cells))])
    return grid(["truth", "n", *(f"{place}." for place in range(1, SHOWN + 1))], rows)


def best_first(agreements: Iterable[Agreement]) -> list[Agreement]:
    """Sort by agreement, best first."""
    return sorted(agreements, key=lambda one: -one.tau)


def _sizes(sizes: Sequence[Separating]) -> str:
    """Return a row for each metric, a column for each model."""
    models = list(dict.fromkeys(one.model for one in sizes))
    by_place = {(one.metric, one.model): one for one in sizes}
    rows = [
        [f"`{metric}`", *(_size(by_place.get((metric, model))) for model in models)]
        for metric in dict.fromkeys(one.metric for one in sizes)
    ]
    return grid(["n95", *models], rows)


def _size(one: Separating | None) -> str:
    if one is None:
        return ""
    return f">{one.most:,}" if one.n95 is None else f"{one.n95:,}"


def agreeing_halves(
    truths: Mapping[str, Sequence[Truth]], found: Sequence[Found]
) -> tuple[int, int]:
    """Return in how many cells the best metric is the same by either half of the seeds, of all.

    With fewer than two seeds there is nothing to compare.
    """
    seeds = sorted({one.place.seed for one in found})
    halves = [set(seeds[::2]), set(seeds[1::2])]
    if not halves[1]:
        return 0, 0
    tops = []
    for half in halves:
        agreements, _ = results(truths, [one for one in found if one.place.seed in half])
        best: dict[tuple[str, str, int], Agreement] = {}
        for one in best_first(agreements):
            best.setdefault((one.board, one.truth, one.n), one)
        tops.append({place: one.metric for place, one in best.items()})
    shared = set(tops[0]) & set(tops[1])
    return sum(tops[0][place] == tops[1][place] for place in shared), len(shared)
