"""python -m genbench."""

from genbench.cli import main

if __name__ == "__main__":
    main()
