"""What is known beside samples: numbers, sizes of pictures, densities, pools, moments."""

import math
from pathlib import Path
from typing import Any

import numpy as np

from genbench.evidence.comparison import SETS
from genbench.ground.arrays import as_numbers, has_channels_first
from genbench.ground.errors import BadInput
from genbench.ground.paths import brief
from genbench.scoring.accumulators import FeatureMoments, is_count
from genbench.scoring.covariances import check_covariance
from genbench.tournament.pools import Pool

ROUNDING = 1e-6  # of values in single precision
LARGEST = 1e40  # about what single precision holds; products of a few such numbers do not overflow


def facts(found: dict[str, Any], checked: dict[str, Any]) -> dict[str, Any]:
    """Return what is known beside samples, checked; `checked` are the samples, by their names.

    Raises:
        BadInput: one of them is not what it should be, or does not fit the samples.
    """
    scalars = _scalars(found)
    if "data_range" in scalars:
        _check_range(scalars["data_range"], checked)
    return scalars | _objects(found, checked) | _moments(found, checked)


def shape_of_pictures(checked: dict[str, Any]) -> tuple[int, ...] | None:
    """Return the shape that samples have if they come as pictures."""
    shapes = (checked[name].shape[1:] for name in SETS if name in checked)
    shape = next(shapes, ())
    return tuple(shape) if len(shape) in (2, 3) else None


def _scalars(found: dict[str, Any]) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    for name in ("data_range", "path_step", "test_bytes"):
        if name in found:
            checked[name] = _above_zero(found[name], name=name)
    return checked


def _check_range(data_range: float, checked: dict[str, Any]) -> None:
    """Hold the largest possible difference to those that are there, of real samples."""
    for name in ("test", "train"):
        if name in checked:
            low, high = checked[name].min(), checked[name].max()
            if high - low > data_range * (1 + ROUNDING):
                raise BadInput(
                    f"data_range is {data_range:g}, but {name} holds values from {low:g} to "
                    f"{high:g}."
                )


def _above_zero(value: Any, *, name: str) -> float:
    try:
        number = float(value) if isinstance(value, int | float | np.integer | np.floating) else 0.0
    except OverflowError:
        number = np.inf
    if not 1 / LARGEST <= number <= LARGEST:
        raise BadInput(f"{name} must be a number above 0, not {brief(repr(value))}.")
    return number


def _objects(found: dict[str, Any], checked: dict[str, Any]) -> dict[str, Any]:
    objects: dict[str, Any] = {}
    if "picture" in found:
        objects["picture"] = _as_picture(found["picture"], checked)
    if "density" in found:
        objects["density"] = density = found["density"]
        if not all(callable(getattr(density, name, None)) for name in ("sample", "log_prob")):
            raise BadInput(
                f"density must have `sample` and `log_prob`, unlike {brief(repr(density))}."
            )
    if "manifold" in found:
        manifold = found["manifold"]
        if not callable(manifold):
            raise BadInput(f"manifold must be a function, not {brief(repr(manifold))}.")
        objects["manifold"] = lambda points: as_numbers(
            manifold(points), name="what manifold returns", n=len(points)
        )
    if "pool" in found:
        objects["pool"] = pool = found["pool"]
        if not isinstance(pool, Pool):
            raise BadInput(f"pool must be a genbench.Pool, not {type(pool).__name__}.")
    return objects


def _as_picture(picture: Any, checked: dict[str, Any]) -> tuple[int, ...]:
    listed = picture.tolist() if isinstance(picture, np.ndarray) else picture
    sizes = tuple(listed) if isinstance(listed, list | tuple) else ()
    whole = all(isinstance(size, int | np.integer) and size > 0 for size in sizes)
    if len(sizes) not in (2, 3) or not whole or has_channels_first(sizes):
        raise BadInput(
            "picture must be (height, width) or (height, width, channels), not "
            f"{brief(repr(picture))}."
        )
    shape = next((checked[name].shape[1:] for name in SETS if name in checked), None)
    if shape is not None and math.prod(shape) != math.prod(map(int, sizes)):
        raise BadInput(f"picture is {sizes}, but that is not the size of samples of shape {shape}.")
    return tuple(map(int, sizes))


def _moments(found: dict[str, Any], samples: dict[str, Any]) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    for name in ("test_moments", "generated_moments"):
        if name in found:
            value = found[name]
            moments = FeatureMoments.load(value) if isinstance(value, str | Path) else value
            if not isinstance(moments, FeatureMoments):
                raise BadInput(
                    f"{name} must be FeatureMoments or a path, not {brief(repr(value))}."
                )
            d = len(moments.mean)
            proper = np.isfinite(moments.mean).all() and np.isfinite(moments.scatter).all()
            if moments.scatter.shape != (d, d) or not proper or np.diag(moments.scatter).min() < 0:
                raise BadInput(f"{name} must be a mean (d,) and a scatter (d, d) around it.")
            if not is_count(moments.n):
                raise BadInput(
                    f"{name} must say of how many samples it is, at least 2, not "
                    f"{brief(repr(moments.n))}."
                )
            check_covariance(moments.scatter, name=f"the scatter of {name}")
            checked[name] = moments.gaussian()
    dimensions = {name: len(moments.mean) for name, moments in checked.items()}
    if checked:
        given = {name: samples[name] for name in SETS if name in samples}
        dimensions |= {name: math.prod(part.shape[1:]) for name, part in given.items()}
    if len(set(dimensions.values())) > 1:
        raise BadInput(f"Moments and samples differ in dimension: {dimensions}.")
    return checked
