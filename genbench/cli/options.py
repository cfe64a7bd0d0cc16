"""What several commands share: consoles, options, and words that become values."""

import shlex
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from genbench.ground.consoles import WideConsole
from genbench.ground.errors import BadInput
from genbench.models.parameters import SETTING, has_parameters
from genbench.sanity.command import span

CONSOLE = WideConsole()
ERRORS = WideConsole(stderr=True)
FOLDER = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("leaderboards"),
    show_default=True,
    help="Where boards are kept, each in a folder of its name.",
)

RESULTS = click.option(
    "--results",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("results"),
    show_default=True,
    help="Where your own models' samples and scores are kept.",
)

ONLY = click.option(
    "--only",
    type=click.Choice(["missing", "stale", "failed", "all"]),
    default="missing",
    show_default=True,
    help="missing: with no record that holds; stale: with one that no longer does.",
)
JOBS = click.option(
    "--jobs", "-j", type=click.IntRange(1), help="Cells at a time; one a core by default."
)
ENGINE = click.option(
    "--engine", default="local", show_default=True, help="local, loky, dask, ray, slurm."
)

BUDGET = click.option(
    "--budget",
    type=click.FloatRange(0, min_open=True),
    help="Seconds of two cores that a fit should take, for models that let that be said.",
)


DECODE = click.option(
    "--decode", help="Ways to write rows of sequences: greedy, beam:5, top_p:0.9, mirostat:2, ..."
)
PREFIX = click.option(
    "--prefix",
    type=click.IntRange(1),
    help="Let rows go on from so many symbols of real ones, and score what follows.",
)


def names(text: str | None) -> tuple[str, ...] | None:
    """Return names that commas separate; None where nothing was said."""
    return None if text is None else tuple(name.strip() for name in text.split(",") if name.strip())


def models_from(text: str | None) -> tuple[str, ...] | None:
    """Return models that commas separate, as they separate the parameters of one."""
    found: list[str] = []
    for part in names(text) or ():
        if found and has_parameters(found[-1]) and SETTING.fullmatch(part):
            found[-1] += f",{part}"
        else:
            found.append(part)
    return None if text is None else tuple(found)


def decoders_from(text: str | None) -> tuple[str, ...] | None:
    """Return the names of decoders that commas separate; None where nothing was said.

    Raises:
        BadInput: there is no such decoder.
    """
    from genbench.sequences import decoders

    told = names(text)
    return None if told is None else tuple(decoders.parse(each).name for each in told)


def decoder_from(text: str | None) -> str:
    """Return the name of the one decoder; "" where nothing was said.

    Raises:
        BadInput: there is no such decoder, or there are several.
    """
    told = decoders_from(text)
    if told is not None and len(told) != 1:
        raise BadInput(f"--decode takes one decoder here, not {text!r}; a board takes several.")
    return told[0] if told else ""


def refuse_idle(way: str, taken: str) -> None:
    """Refuse options of the command at hand that were given but do nothing in this way to use it.

    `way` is what is done, as in "to score a model on files"; `taken` are the names of the options
    that count, with spaces between.

    Raises:
        BadInput: there are such options; the message names all of them.
    """
    context = click.get_current_context()
    options = {
        parameter.name: parameter.opts[0]
        for parameter in context.command.params
        if isinstance(parameter, click.Option) and parameter.name
    }
    given = {name for name in options if _said(context, name)}
    if idle := [option for name, option in options.items() if name in given - {*taken.split()}]:
        used = ", ".join(options[name] for name in taken.split())
        raise BadInput(f"{', '.join(idle)} would do nothing: {way} takes no option but {used}.")


def _said(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) not in (None, ParameterSource.DEFAULT)


def seeds_from(text: str | None) -> tuple[int, ...] | None:
    """Return the seeds of 0,1,2 or 0-4; None where nothing was said.

    Raises:
        BadInput: the text is neither.
    """
    if text is None:
        return None
    first, dash, last = text.partition("-")
    try:
        numbers = [int(part) for part in ((first, last) if dash else text.split(","))]
    except ValueError as error:
        raise BadInput(f"--seeds must look like 0,1,2 or 0-4, not {text!r}.") from error
    return tuple(span(*numbers)) if dash else tuple(numbers)


def words_from(text: str) -> tuple[str, ...]:
    """Return the words of a command, as a shell parts them.

    Raises:
        BadInput: a shell could not.
    """
    try:
        return tuple(shlex.split(text))
    except ValueError as error:  # a quotation that is never closed
        raise BadInput(f"--isolate must be a command as a shell takes it, not {text!r}.") from error


def shard_from(text: str) -> Any:
    """Return the `Shard` of 1/4.

    Raises:
        BadInput: the text is no part of a whole.
    """
    from genbench.runs.run import Shard

    part, slash, of = text.partition("/")
    if not (slash and part.isdigit() and of.isdigit()):
        raise BadInput(f"--shard must look like 1/4, not {text!r}.")
    return Shard(part=int(part), of=int(of))


def bytes_from(text: str | None) -> int | None:
    """Return the bytes of 8GB or 500MiB; None where nothing was said.

    Raises:
        BadInput: the text is no amount of memory.
    """
    if text is None:
        return None
    units = {"MB": 10**6, "GB": 10**9, "MiB": 2**20, "GiB": 2**30}
    for unit, size in units.items():
        number = text.removesuffix(unit)
        if number != text and number.strip().replace(".", "", 1).isdigit() and float(number) > 0:
            return int(float(number) * size)
    raise BadInput(f"--memory must look like 8GB or 500MiB, not {text!r}.")
