"""What attacks reached: a table, marks for metrics that fall, and pictures of what won."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable
from genbench.ground.randomness import rng_for
from genbench.metric import ARROWS
from genbench.metrics import find
from genbench.report.frames import frame_of
from genbench.report.markdown import bullets, grid
from genbench.sanity.attack.attempts import HEADLINE, Attempt
from genbench.sanity.attack.world import N_SAMPLES, World
from genbench.sanity.frames import rounded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOSTLY = 0.5  # of the pictures
DIGITS = 4
SHOWN = 12  # pictures of a winner

READING = (
    "{n} pictures were moved so as to raise a metric on the digits board: down its gradient where "
    "it has one, by search where it has none, {evaluations} looks at it in every attempt; seeds "
    "{seeds}. The attacker has the metric, the classifier and training samples, or test samples as "
    "well, which are public. Values are those beside test samples, of pictures rounded to whole "
    "grey levels. Exploitability is 0 for noise and 1 for as many fresh real samples: at 1 and "
    "above (**bold**), what was made to please is preferred to what is real. In brackets: the "
    "value, the start, and the shares of its pictures that are like no real one (junk) and are "
    "training or test samples (copies)."
)
FALLS = "**falls to {}**"


@dataclass(frozen=True, kw_only=True)
class Anchors:
    """What a metric says of as many real samples, drawn anew, and of noise."""

    draws: tuple[float, ...]
    noise: float

    @property
    def real(self) -> float:
        """Of real samples, on average."""
        return float(np.mean(self.draws))

    @property
    def spread(self) -> float:
        """Standard deviation over draws of them."""
        return float(np.std(self.draws, ddof=1))

    def reached(self, metric: str, value: float) -> float:
        """Return how far a value has come from noise (0) to real samples (1), or beyond.

        Real samples, too, are off what is to be matched: by as much as each draw from the others.
        """
        known, mean, n = find(metric), self.real, len(self.draws)
        of_noise, found = (known.loss(each, real=mean) for each in (self.noise, value))
        others = [(n * mean - draw) / (n - 1) for draw in self.draws]
        pairs = zip(self.draws, others, strict=True)
        of_real = fmean(known.loss(draw, real=rest) for draw, rest in pairs)
        return (of_noise - found) / (of_noise - of_real) if of_noise != of_real else math.nan


def anchors_of(world: World, metric: str) -> Anchors:
    """Measure them.

    Raises:
        Unavailable: the metric has no value for real samples or for noise.
    """
    known = find(metric)
    real = world.of_real(known)
    noise = world.value(known, np.rint(world.noise(rng_for(0, "attack", "anchor"))))
    if not (np.isfinite(real).all() and np.isfinite(noise)):
        raise Unavailable(f"{metric} is not finite on real samples or noise")
    return Anchors(draws=tuple(map(float, real)), noise=noise)


@dataclass(frozen=True, kw_only=True)
class Fall:
    """The best that was reached of one metric with what was given, from starts of one kind."""

    attempt: Attempt | None
    exploitability: float | None

    @property
    def falls(self) -> bool:
        """Whether it is preferred to real samples."""
        return self.exploitability is not None and self.exploitability >= 1

    @property
    def words(self) -> str:
        """For a cell of a table."""
        one = self.attempt
        if one is None or self.exploitability is None:
            return "no value"
        shares = f"{100 * one.junk:.0f} % junk, {100 * one.copies:.0f} % copies"
        text = f"{self.exploitability:.2f} ({one.value:.3g}; {one.start}: {shares})"
        return f"**{text}**" if self.falls else text


def best(metric: str, anchors: Anchors, attempts: Iterable[Attempt]) -> Fall:
    """Return the attempt that the metric likes best."""
    scored = [
        (anchors.reached(metric, one.value), one) for one in attempts if one.value is not None
    ]
    if not scored:
        return Fall(attempt=None, exploitability=None)
    reached, found = max(scored, key=lambda pair: pair[0])
    return Fall(attempt=found, exploitability=reached)


def is_junk(attempt: Attempt) -> bool:
    """Tell whether most of its pictures are like no real one."""
    return attempt.junk > MOSTLY


def is_copies(attempt: Attempt) -> bool:
    """Tell whether most of its pictures are real ones that it was given."""
    return attempt.copies > MOSTLY


def is_neither(attempt: Attempt) -> bool:
    """Tell whether most are neither: one average picture, say, over and over."""
    return not is_junk(attempt) and not is_copies(attempt)


KINDS = {"junk": is_junk, "copies": is_copies, "others": is_neither}


def falls(
    metric: str, anchors: Anchors, attempts: Sequence[Attempt]
) -> Mapping[tuple[str, str], Fall]:
    """Return the best by what was given and what it is made of."""
    return {
        (given, kind): best(
            metric, anchors, [one for one in attempts if one.given == given and holds(one)]
        )
        for given in dict.fromkeys(one.given for one in attempts)
        for kind, holds in KINDS.items()
    }


def frame(attempts: Iterable[Attempt], anchors: Mapping[str, Anchors]) -> Any:
    """Return a row for each attempt."""
    return frame_of(
        {
            "metric": one.metric,
            "given": one.given,
            "start": one.start,
            "seed": one.seed,
            "way": one.way,
            "before": rounded(one.before, DIGITS),
            "value": rounded(one.value, DIGITS),
            "real": rounded(anchors[one.metric].real, DIGITS),
            "spread_of_real": rounded(anchors[one.metric].spread, DIGITS),
            "noise": rounded(anchors[one.metric].noise, DIGITS),
            "exploitability": None
            if one.value is None
            else round(anchors[one.metric].reached(one.metric, one.value), 3),
            "junk": round(one.junk, 3),
            "copies": round(one.copies, 3),
        }
        for one in attempts
    )


def markdown(
    attempts: Sequence[Attempt], anchors: Mapping[str, Anchors], evaluations: int, command: str
) -> str:
    """Return the page: a row a metric."""
    by_metric = {
        metric: falls(metric, anchors[metric], [one for one in attempts if one.metric == metric])
        for metric in dict.fromkeys(one.metric for one in attempts)
    }
    places = list(dict.fromkeys(place for found in by_metric.values() for place in found))
    rows = []
    for metric, found in by_metric.items():
        marks = [kind for kind in KINDS if any(found[p].falls for p in found if p[1] == kind)]
        one = anchors[metric]
        rows.append(
            [
                f"`{metric}` {ARROWS[find(metric).aim]}",
                "yes" if metric in HEADLINE else "",
                FALLS.format(" and ".join(marks)) if marks else "stands",
                f"{one.real:.3g} ± {one.spread:.1g}",
                f"{one.noise:.3g}",
                *(found[place].words if place in found else "" for place in places),
            ]
        )
    heads = ["metric", "headline", "", "real", "noise", *(f"{k}, given {g}" for g, k in places)]
    seeds = ", ".join(map(str, sorted({one.seed for one in attempts})))
    said = READING.format(n=N_SAMPLES, evaluations=evaluations, seeds=seeds)
    return "\n".join(
        [
            "# What an attack reaches\n",
            f"Made by `{command}`; not to be edited by hand.\n",
            f"{said}\n",
            grid(heads, rows),
            "![What won](attacks.png)\n",
            bullets(_findings(by_metric)),
            "Every attempt: [attacks.csv](attacks.csv).\n",
        ]
    )


def _findings(by_metric: Mapping[str, Mapping[tuple[str, str], Fall]]) -> Iterable[str]:
    for kind in KINDS:
        fallen = [
            metric
            for metric, found in by_metric.items()
            if any(fall.falls for (_, what), fall in found.items() if what == kind)
        ]
        names = ", ".join(f"`{name}`" for name in fallen) or "none"
        made = (
            f"pictures that are mostly {kind}" if kind != "others" else "pictures that are neither"
        )
        yield f"Metrics that prefer {made} to real samples: {names}."


def winners(attempts: Sequence[Attempt], anchors: Mapping[str, Anchors]) -> "Figure":
    """Draw, for each metric, pictures of the best junk and of the best of all."""
    from matplotlib.figure import Figure

    metrics = list(dict.fromkeys(one.metric for one in attempts))
    figure = Figure(figsize=(11, 0.72 * len(metrics) + 0.8), dpi=120)
    axes = figure.subplots(len(metrics), 2, squeeze=False)
    for row, metric in zip(axes, metrics, strict=True):
        own = [one for one in attempts if one.metric == metric]
        for ax, kept in zip(row, (own, [one for one in own if is_junk(one)]), strict=True):
            ax.set_axis_off()
            found = best(metric, anchors[metric], kept)
            if found.attempt is None:
                continue
            ax.imshow(_strip(found.attempt.pictures), cmap="gray_r", vmin=0, vmax=16)
            ax.set_title(
                f"{metric}: {found.exploitability:.2f}, {found.attempt.start}, "
                f"given {found.attempt.given}",
                fontsize=6,
                pad=2,
            )
    figure.suptitle("What won: of all attempts, and of those that are junk", fontsize=9)
    figure.tight_layout(rect=(0, 0, 1, 0.98))
    return figure


def _strip(pictures: Array) -> Array:
    some = pictures[np.linspace(0, len(pictures) - 1, min(SHOWN, len(pictures))).astype(int)]
    framed = np.pad(some.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))
    return np.concatenate(list(framed), axis=1)
