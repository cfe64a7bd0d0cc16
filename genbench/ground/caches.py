"""Where what can be made again is kept between runs."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return $GENBENCH_CACHE, else our folder in the user's cache folder."""
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "genbench"
    return Path(os.environ.get("GENBENCH_CACHE") or default)
