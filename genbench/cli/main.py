"""The command line. Heavy imports live inside the commands: help and lists must start fast."""

import io
import sys
from typing import Any, NoReturn

import click

import genbench
from genbench.cli import boards, models, own_board, pictures, prompt, reading, scale, score_command
from genbench.cli.leaving import Stopped, say_stopped, stopping_by_signals
from genbench.cli.options import CONSOLE, ERRORS
from genbench.cli.plan import plan
from genbench.ground.consoles import HELP
from genbench.ground.errors import BadInput, Unavailable, unknown_name
from genbench.ground.paths import brief, reach_current_folder, shown
from genbench.sanity.calibration.command import calibrate
from genbench.sanity.command import sanity
from genbench.sanity.trial import trial


class Commands(click.Group):
    """Shows our errors as one sentence, with exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with stopping_by_signals():
                return super().invoke(ctx)
        except Stopped as stopped:
            say_stopped()
            sys.exit(stopped.status)
        except (BadInput, Unavailable) as error:
            _fail(str(error))
        except BrokenPipeError:  # whoever read has had enough
            raise
        except OSError as error:  # a disk that is full, a folder that may not be written to
            where = f"{shown(error.filename)}: " if error.filename else ""
            _fail(f"{where}{error.strerror or brief(error)}.")

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise unknown_name("command", args[0], self.commands)
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings=HELP)
@click.version_option(genbench.__version__, package_name="genbench")
def main() -> None:
    """Score generative models of any family, honestly."""
    for stream in (sys.stdout, sys.stderr):  # not all places can write all signs: LC_ALL=C
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    reach_current_folder()


@main.command("list")
@click.argument(
    "what",
    type=click.Choice(["metrics", "models", "datasets", "boards", "features", "weights"]),
    default=None,
    required=False,
)
def list_(what: str | None) -> None:
    """Show what there is: metrics, models, datasets, boards, features, weights, or all of them."""
    from genbench.cli import listing

    for name, table in listing.TABLES.items():
        if what in (None, name):
            CONSOLE.print(table())


for command in (
    boards.run,
    boards.status,
    boards.report,
    scale.scale,
    own_board.board,
    reading.compare,
    reading.show,
    reading.export,
    score_command.score,
    pictures.stats,
    pictures.cache,
    models.submit,
    models.add,
    models.check,
    models.new,
    prompt.prompt,
    sanity,
    calibrate,
    plan,
    trial,
):
    main.add_command(command)


def _fail(message: str) -> NoReturn:
    ERRORS.print(message, style="bold red", markup=False, highlight=False, soft_wrap=True)
    sys.exit(2)
