"""The command `genbench plan`: how many samples and seeds show a difference."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genbench.cli.options import refuse_idle
from genbench.cli.picture_options import looking, settings_from
from genbench.cli.pictures import are_pictures
from genbench.ground.consoles import HELP, WideConsole
from genbench.ground.errors import BadInput
from genbench.ground.paths import shown

if TYPE_CHECKING:
    from rich.console import Console

    from genbench.ground.arrays import Array
    from genbench.metric import Metric
    from genbench.sanity.power.planning import Plan
    from genbench.scoring.images import Settings

# What samples that no network looks at are planned by; other options would do nothing.
AS_THEY_ARE = (
    "metric difference against value power seed_spread simulations standardise features seed"
)


@click.command(context_settings=HELP)
@click.option("--metric", "-m", required=True, help="One with a standard error, such as fid.")
@click.option("--difference", "-d", type=float, required=True, help="To be seen, in its units.")
@click.option(
    "--against", type=click.Path(path_type=Path), required=True, help="Real samples, as for score."
)
@click.option("--value", type=float, help="Of the better model; else that of real samples.")
@click.option("--power", type=float, default=0.8, show_default=True, help="How often it is seen.")
@click.option(
    "--seed-spread",
    type=float,
    default=0.0,
    show_default=True,
    help="Standard deviation of a model's value over trainings.",
)
@click.option(
    "--simulations", type=click.IntRange(0), default=0, show_default=True, help="To check it by."
)
@click.option("--standardise", is_flag=True, help="Scale each column, as score does.")
@looking
@click.option("--device", default="cpu", help="Where the network runs: cuda.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
def plan(
    metric: str,
    difference: float,
    against: Path,
    value: float | None,
    power: float,
    seed_spread: float,
    simulations: int,
    standardise: bool,
    device: str,
    seed: int,
    **looked: Any,
) -> None:
    """Say how many samples and seeds show such a DIFFERENCE between two models by a METRIC.

    From the metric's own standard error on your real samples; with --simulations, models that
    differ by so much are drawn from your samples again and again, to see how often it shows.

    \b
    genbench plan --metric fid --difference 2 --against real/
    genbench plan -m coverage -d 0.05 --against real.npy --simulations 200
    """
    from genbench.ground.meter import meter
    from genbench.metrics import find
    from genbench.sanity.power.planning import plan as make

    console = WideConsole()
    chosen = find(metric)
    facts: dict[str, Any] = {}
    if are_pictures(str(against), against, features=looked["features"], preset=None):
        if standardise:
            raise BadInput("--standardise would do nothing: features are taken as they are.")
        real = _features(console, against, settings_from(looked, device=device, seed=seed))
    else:
        refuse_idle("to plan by samples that no network looks at", AS_THEY_ARE)
        real, facts = _samples(console, against, standardise=standardise)
    with meter(console, transient=True) as progress:
        task = progress.add_task("", total=None)
        found = make(
            chosen,
            real,
            difference=difference,
            power=power,
            value=value,
            seed_spread=seed_spread,
            seed=seed,
            on_step=lambda step: progress.update(task, description=step),
            **facts,
        )
    for line in _lines(found, len(real), seed_spread):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if simulations:
        _check(console, chosen, real, found, simulations, seed, facts)


def _samples(
    console: "Console", against: Path, *, standardise: bool
) -> tuple["Array", dict[str, Any]]:
    from genbench.files import is_text, read_samples
    from genbench.files.texts import read_texts

    def told(said: str) -> None:
        console.print(said, style="dim", markup=False, highlight=False, soft_wrap=True)

    if is_text(against):
        if standardise:
            raise BadInput("--standardise would do nothing: text has no columns of numbers.")
        symbols, (rows,) = read_texts([against], told=told)
        return rows, {"symbols": symbols}
    real = read_samples(against, told=told)
    if standardise:
        spread = real.std(axis=0)
        spread[spread == 0] = 1
        real = (real - real.mean(axis=0)) / spread
    return real, {}


def _features(console: "Console", against: Path, settings: "Settings") -> "Array":
    from genbench.scoring.images import gather

    def told(said: str) -> None:
        console.print(said, style="dim", markup=False, highlight=False, soft_wrap=True)

    found: Array | None = gather({"test": against}, settings, told=told).inputs.get("test")
    if found is None:
        raise BadInput(f"{shown(against)} holds moments alone: a plan needs the real pictures.")
    return found


def _lines(found: "Plan", n_real: int, seed_spread: float) -> list[str]:
    """Return what a plan says, line by line."""
    better = f"{found.metric} {found.value:.4g}"
    if found.first_amount:
        better += f", as of real samples {found.fault.words(found.first_amount)}"
    lines = [
        f"To see a difference of {found.difference:g} in {found.metric} in "
        f"{100 * found.power:g} of 100 cases (two-sided test at 5 % by the printed errors):",
        f"  the better model: {better};",
        f"  the worse one: as real samples {found.fault.words(found.amount)};",
        f"  compared with {found.n_test} real samples, half of the {n_real}.",
        "",
        "  seeds   samples of each model and seed",
    ]
    for seeds, n in found.needed.items():
        said = "no number is enough" if n is None else f"{n:,}"
        beyond = f" (extrapolated from {found.largest:,})" if n and n > found.largest else ""
        lines.append(f"  {seeds:>5}   {said}{beyond}")
    if found.real_needed is not None:
        lines.append(
            f"The real samples are too few: beside {found.n_test} their own chance hides such a "
            f"difference; it takes at least {found.real_needed:,} to compare with."
        )
    if not seed_spread:
        lines.append(
            "Seeds count as so many more samples: how much trainings differ is not known here; "
            "--seed-spread says it."
        )
    return lines


def _check(
    console: "Console",
    metric: "Metric",
    real: "Array",
    found: "Plan",
    simulations: int,
    seed: int,
    facts: dict[str, Any],
) -> None:
    from genbench.ground.meter import meter
    from genbench.sanity.power.simulation import dealt, most_dealt, simulate

    n, most = found.needed[1], most_dealt(real, found)
    if n is None or n > most:
        why = "no number of samples of one seed is enough" if n is None else f"it takes {n:,}"
        raise BadInput(
            f"This cannot be simulated: {why}, and {len(real)} real samples are enough for "
            f"{most:,} of each model."
        )
    with meter(console, transient=True) as progress:
        task = progress.add_task("simulations", total=simulations)
        kept = simulate(
            metric,
            found,
            dealt(real),
            simulations=simulations,
            seed=seed,
            on_step=lambda done: progress.update(task, completed=done),
            **facts,
        )
    low, high = kept.interval
    console.print(
        f"Simulated with {n:,} samples: seen in {kept.seen} of {simulations} cases, "
        f"{100 * kept.share:.0f} % [{100 * low:.0f}, {100 * high:.0f}]; promised were "
        f"{100 * kept.promised:g} %.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
