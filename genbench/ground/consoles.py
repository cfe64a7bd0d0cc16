"""The console that commands print to: as wide as the terminal, or as anything if there is none."""

from typing import Any

from rich.console import Console, ConsoleDimensions

HELP = {"help_option_names": ["-h", "--help"]}  # of a command, also where it is called alone
ANY = 100_000  # columns: a file or a pipe has as many as there are


class WideConsole(Console):
    """Never folds or cuts what goes to a file or a pipe, which another program may read."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        if "width" not in settings and not self.file.isatty():
            self._width = None  # what COLUMNS says is of a terminal

    @property  # type: ignore[misc]  # that nobody sets
    def size(self) -> ConsoleDimensions:
        """Width and height, in characters."""
        found = super().size
        told = self._width is not None or self.file.isatty()
        return found if told else found._replace(width=ANY)
