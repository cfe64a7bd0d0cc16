"""Options of the commands that look at pictures, and what they mean."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from genbench.ground.errors import BadInput

Command = TypeVar("Command", bound=Callable[..., Any])

OPTIONS = (
    click.option(
        "--features",
        help="What sees pictures: lite0-128 (the default), inception, dinov2-vitl14, ..., "
        "network.onnx@clip-224, file.py:function, or pixels. genbench list features",
    ),
    click.option(
        "--weights", type=click.Path(path_type=Path), help="File of the network's weights."
    ),
    click.option("--sha256", help="Checksum that the weights must have."),
    click.option("--download", is_flag=True, help="Weights that are not here may be downloaded."),
    click.option(
        "--n", type=click.IntRange(1), help="Pictures that are looked at; a generator draws them."
    ),
    click.option(
        "--workers", type=click.IntRange(1), default=2, help="Threads that read and resize."
    ),
    click.option(
        "--cache",
        type=click.Path(file_okay=False, path_type=Path),
        help="Where features are kept; in $GENBENCH_CACHE or the user's cache folder by default.",
    ),
    click.option("--no-cache", is_flag=True, help="Keep no features."),
    click.option(
        "--range", help="Black and white of pictures of floating-point numbers: 0,1 or -1,1."
    ),
    click.option(
        "--layout",
        type=click.Choice(["nhwc", "nchw"]),
        help="Where channels are, if shapes do not tell.",
    ),
    click.option("--background", help="What transparent pictures lie on: white or 255,255,255."),
)


def looking(command: Command) -> Command:
    """Add the options."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def settings_from(looked: dict[str, Any], *, device: str, seed: int = 0) -> Any:
    """Return the `Settings` that options mean.

    Raises:
        BadInput: one of them means nothing, or two contradict each other.
    """
    from genbench.images.sources import Values
    from genbench.images.weights import Wanted
    from genbench.scoring.images import Settings

    if looked["no_cache"] and looked["cache"] is not None:
        raise BadInput("--cache and --no-cache contradict each other: give one of them.")
    return Settings(
        features=looked["features"],
        weights=Wanted(looked["weights"], looked["sha256"], looked["download"]),
        values=Values(_ends(looked["range"]), looked["layout"]),
        background=_colour(looked["background"]),
        cache=False if looked["no_cache"] else looked["cache"],
        workers=looked["workers"],
        device=device,
        seed=seed,
    )


def _ends(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        low, high = map(float, text.split(","))
    except ValueError as error:
        raise BadInput(f"--range must look like 0,1 or -1,1, not {text!r}.") from error
    return low, high


def _colour(text: str | None) -> tuple[int, int, int] | None:
    named = {"white": (255, 255, 255), "black": (0, 0, 0)}
    if text is None or text in named:
        return None if text is None else named[text]
    try:
        red, green, blue = map(int, text.split(","))
    except ValueError:
        red = green = blue = -1
    if not all(0 <= value <= 255 for value in (red, green, blue)):
        raise BadInput(f"--background must look like white or 255,255,255, not {text!r}.")
    return red, green, blue
