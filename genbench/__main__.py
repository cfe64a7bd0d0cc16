"""The command `genbench`, and `python -m genbench`: it can be stopped from its first moment."""

from genbench.cli.leaving import leave_at_once_by_signals


def main() -> None:
    """Run the command line, which takes a while to import."""
    leave_at_once_by_signals()
    from genbench.cli.main import main as commands

    commands()


if __name__ == "__main__":
    main()
