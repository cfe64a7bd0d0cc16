"""The table: standard errors over the spread of the numbers that they belong to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from genbench.ground.arrays import Array
from genbench.ground.randomness import rng_for
from genbench.report.frames import frame_of
from genbench.report.markdown import grid
from genbench.sanity.calibration.redraws import FEWEST_DRAWS, Pair
from genbench.sanity.frames import rounded

N_BOOTSTRAP = 1000
WITHIN = 1.96  # standard deviations of the logarithm, over draws drawn anew
GOOD = (0.8, 1.25)  # ratios that a reader may rely on
DIGITS = 4

READING = (
    "All sets were drawn anew {draws} times from a known law, and scored each time. A number is "
    "the root mean square of the standard errors over the standard deviation of the values: 1 "
    "where an error says what it should, less where it promises too much. **Bold** where it is "
    "surely outside 0.8 to 1.25: the whole 95 % interval over draws."
)
LAWS = (
    "The laws: a unit Gaussian in eight dimensions; ten Gaussians fitted to handwritten digits in "
    "eight principal components; and these as pictures; sentences of a Markov chain; series of an "
    "autoregression. The model is that law or a different one (shifted and narrower; without two "
    "digits and with the others twice as wide; with copies and wrong words; of a lower order). The "
    "two numbers are those of test and of generated samples."
)


@dataclass(frozen=True)
class Calibration:
    """How a metric's standard errors compare with the spread of its values, in one case.

    The ratio is of the root of their mean square to the standard deviation of the values; its 95 %
    interval is over draws.
    """

    metric: str
    case: str
    draws: int
    spread: float
    standard_error: float
    low: float
    high: float

    @property
    def ratio(self) -> float:
        """Above 1 where the error says more than the spread is."""
        return self.standard_error / self.spread

    @property
    def off(self) -> bool:
        """Whether the ratio is surely outside `GOOD`."""
        return self.high < GOOD[0] or self.low > GOOD[1]


def calibrated(case: str, pairs: Mapping[str, Sequence[Pair]]) -> list[Calibration]:
    """Return what draws of a case say of each metric that has enough of them, and any spread."""
    rows = []
    for metric, found in pairs.items():
        values, errors = np.array(found).T
        if len(found) < FEWEST_DRAWS or values.std() == 0:
            continue
        rng = rng_for(0, "calibration", metric, case)
        chosen = rng.integers(len(found), size=(N_BOOTSTRAP, len(found)))
        logs = np.log(_ratios(values[chosen], errors[chosen]))
        ratio = float(_ratios(values[None], errors[None])[0])
        factor = float(np.exp(WITHIN * logs.std(ddof=1)))
        spread = float(values.std(ddof=1))
        interval = (ratio / factor, ratio * factor)
        rows.append(Calibration(metric, case, len(found), spread, ratio * spread, *interval))
    return rows


def _ratios(values: Array, errors: Array) -> Array:
    """Return the ratio of each row of draws."""
    return np.asarray(np.sqrt((errors**2).mean(axis=1)) / values.std(axis=1, ddof=1))


def frame(rows: Iterable[Calibration]) -> Any:
    """Return a row for each metric and case."""
    return frame_of(
        {
            "metric": one.metric,
            "case": one.case,
            "draws": one.draws,
            "spread": rounded(one.spread, DIGITS),
            "standard_error": rounded(one.standard_error, DIGITS),
            "ratio": round(one.ratio, 2),
            "low": round(one.low, 2),
            "high": round(one.high, 2),
        }
        for one in rows
    )


def markdown(rows: Sequence[Calibration], command: str) -> str:
    """Return the page: a row a metric, a column a case."""
    cases = list(dict.fromkeys(one.case for one in rows))
    counts = [one.draws for one in rows]
    by_place = {(one.metric, one.case): one for one in rows}
    table = [
        [f"`{metric}`", *(_cell(by_place.get((metric, case))) for case in cases)]
        for metric in dict.fromkeys(one.metric for one in rows)
    ]
    draws = " to ".join(map(str, sorted({min(counts), max(counts)})))
    return "\n".join(
        [
            "# Do standard errors hold?\n",
            f"Made by `{command}`; not to be edited by hand.\n",
            f"{READING.format(draws=draws)}\n",
            f"{LAWS}\n",
            grid(["metric", *cases], table),
            "Numbers: [calibration.csv](calibration.csv).\n",
        ]
    )


def _cell(one: Calibration | None) -> str:
    if one is None:
        return ""
    text = f"{one.ratio:.2f}"
    return f"**{text}**" if one.off else text
