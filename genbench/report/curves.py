"""Curves: a model with several values of a parameter, drawn as one line and never ranked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from genbench.models.parameters import Value, has_parameters, parse


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
    points: tuple[P_co, ...]

    @property
    def told(self) -> str:
        """The parameters and from where to where they go: "bandwidth .02 to 1"."""
        each = [parse(point.model)[1] for point in self.points]
        return ", ".join(f"{name} {_span([params[name] for params in each])}" for name in each[0])

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
    return tuple(alone), tuple(
        Curve(model=key[0], points=tuple(sorted(curves[key], key=_place))) for key in sorted(curves)
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
