"""Curves: a model with several values of a parameter, drawn as one line and never ranked.

Those of a decoder join what one model writes by top_p:0.5, top_p:0.9, ...: rows of the tables, not
ranked either, as one fit writes them all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from genbench.models.parameters import Value, has_parameters, parse
from genbench.sequences import decoders


class Named(Protocol):
    """What belongs to one model."""

    @property
    def model(self) -> str:
        """The model's name."""
        ...


P = TypeVar("P", bound=Named)
P_co = TypeVar("P_co", bound=Named, covariant=True)


@dataclass(frozen=True, kw_only=True)
class Curve(Generic[P_co]):
    """What belongs to the points of one curve, in order of the parameters that they are named by.

    Numbers come before words.
    """

    model: str  # without parameters
    told: str  # the parameters and from where to where they go: "bandwidth .02 to 1"
    points: tuple[P_co, ...]

    @property
    def label(self) -> str:
        """The curve's name."""
        return f"{self.model}, {self.told}"


def parted(every: Iterable[P]) -> tuple[tuple[P, ...], tuple[Curve[P], ...]]:
    """Return what belongs to models of a name alone, and the curves that the others make.

    A curve has the points of one model that differ in the values of the same parameters.
    """
    alone: list[P] = []
    curves: dict[tuple[str, ...], list[P]] = {}
    for one in every:
        if not has_parameters(one.model):
            alone.append(one)
            continue
        model, params = parse(one.model)
        curves.setdefault((model, *params), []).append(one)
    return tuple(alone), tuple(_curve(key[0], curves[key]) for key in sorted(curves))


def _curve(model: str, points: Iterable[P]) -> Curve[P]:
    ordered = tuple(sorted(points, key=_place))
    each = [parse(point.model)[1] for point in ordered]
    told = ", ".join(f"{name} {_span([params[name] for params in each])}" for name in each[0])
    return Curve(model=model, told=told, points=ordered)


def by_decoder(every: Iterable[P]) -> tuple[Curve[P], ...]:
    """Return the curves of what a model writes by decoders that differ in their number."""
    found: dict[tuple[str, str], dict[float, P]] = {}
    for one in every:
        model, decoder = decoders.split(one.model)
        kind, _, number = decoder.partition(":")
        if number:
            found.setdefault((model, kind), {})[float(number)] = one
    return tuple(
        Curve(
            model=model,
            told=f"{kind} {_span(list(points))}",
            points=tuple(points[number] for number in sorted(points)),
        )
        for (model, kind), points in sorted(found.items())
        if len(points) > 1
    )


def _place(one: Named) -> list[tuple[bool, Value]]:
    return [(isinstance(value, str), value) for value in parse(one.model)[1].values()]


def _span(values: Sequence[Value]) -> str:
    """Write the first and the last number, or every word."""
    if any(isinstance(value, str | bool) for value in values):
        return ", ".join(dict.fromkeys(str(value).lower() for value in values))
    ends = dict.fromkeys(_short(float(value)) for value in (min(values), max(values)))
    return " to ".join(ends)


def _short(value: float) -> str:
    """Write a number without the nought before its point."""
    text = f"{value:g}"
    sign = "-" * text.startswith("-")
    return f"{sign}{text[len(sign) + 1 :]}" if text.startswith(f"{sign}0.") else text
