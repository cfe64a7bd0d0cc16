"""The command that asks a model for what it has learned."""

import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from genbench.cli.options import CONSOLE, ERRORS
from genbench.ground.errors import BadInput, Unavailable
from genbench.ground.meter import meter
from genbench.ground.paths import brief, shown
from genbench.ground.strict_json import to_json, with_infinities_as_text

if TYPE_CHECKING:
    from genbench.sequences.prompts.scores import Answers, PromptScore


@click.command()
@click.argument("model")
@click.option("--dataset", default="tasks", show_default=True, help="Data set to fit it on.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--json", "json", is_flag=True, help="Print JSON, and nothing else.")
def prompt(model: str, dataset: str, seed: int, json: bool) -> None:
    """Fit a MODEL of sequences, ask it for tasks in many ways, and show it beside Bayes' answers.

    MODEL is a baseline or file.py:Class, with next_log_prob(prefixes).

    \b
    genbench prompt ngram
    genbench prompt my_model.py:MyModel --seed 1 --json
    """
    from genbench import datasets
    from genbench.sequences.prompts.fitting import fitted, language_of
    from genbench.sequences.prompts.formats import FORMATS
    from genbench.sequences.prompts.scores import score_prompts

    data = datasets.load(dataset)
    language = language_of(data)
    title = f"{shown(model)} on {data.name} (n = {len(data.train):,}), seed {seed}"
    ERRORS.print(Text(f"Fitting {title}"), soft_wrap=True)
    with _blamed(model, "fit"):
        learned = fitted(model, data, seed=seed)
    with _blamed(model, "next_log_prob"), meter(ERRORS, transient=True) as progress:
        scores = score_prompts(learned, language, seed=seed)
        found = list(progress.track(scores, total=len(FORMATS), description="Asking"))
    if json:
        values = {"model": model, "dataset": data.name, "seed": seed}
        rows = [asdict(score) for score in found]
        CONSOLE.file.write(to_json(with_infinities_as_text(values | {"formats": rows})) + "\n")
    else:
        _show(title, found)


@contextmanager
def _blamed(model: str, phase: str) -> Iterator[None]:
    """Say of what a model raises which method it was, and leave."""
    try:
        yield
    except (BadInput, Unavailable, ModuleNotFoundError):
        raise
    except Exception as error:  # whatever a model raises
        traceback.print_exc()
        said = f"{shown(model)}: error in {phase}. {type(error).__name__}: {brief(error)}."
        ERRORS.print(said, style="bold red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)


def _show(title: str, scores: "Sequence[PromptScore]") -> None:
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE)
    for head in ("format", "device"):
        table.add_column(head)
    for head in ("accuracy", "95 %", "Bayes", "chance", "bits", "Bayes"):
        table.add_column(head, justify="right", no_wrap=True)
    for score in scores:
        low, high = score.model.interval
        best = score.bayes
        table.add_row(
            score.format,
            score.device,
            f"{score.model.prompt_accuracy:.3f}",
            f"{low:.2f} to {high:.2f}",
            "-" if best is None else f"{best.prompt_accuracy:.3f}",
            f"{score.chance:.3f}",
            _bits(score.model),
            "-" if best is None else _bits(best),
        )
    CONSOLE.print(table)
    impossible = {s.format: s.model.n_impossible for s in scores if s.model.n_impossible}
    for name, n in impossible.items():
        said = f"{name}: it holds {n} of {scores[0].n} right answers to be impossible."
        CONSOLE.print(Text(said), style="dim", soft_wrap=True)


def _bits(answers: "Answers") -> str:
    return f"{answers.prompt_bits:.3f}".replace("inf", "∞")
