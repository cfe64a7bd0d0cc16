"""What is known of a set of pictures beside its features: enough to say what is unfair."""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple, Self

import numpy as np

from genbench.images.decoding import Facts, Pixels
from genbench.images.pictures import as_rgb, digest_of


class Look(NamedTuple):
    """What a picture shows, by its digest, and what its file says."""

    digest: bytes
    facts: Facts
    grey: bool
    constant: bool

    @classmethod
    def at(cls, pixels: Pixels, facts: Facts | None) -> Self:
        """Look at pixels, grey or RGB."""
        rgb = as_rgb(pixels)
        height, width = rgb.shape[:2]
        facts = facts or Facts(format="array", height=height, width=width)
        grey = bool(pixels.ndim == 2 or np.ptp(rgb, axis=2).max() == 0)
        constant = bool((rgb == rgb[0, 0]).all())
        return cls(digest_of(rgb), facts, grey, constant)


@dataclass
class Seen:
    """Counts over a set of pictures."""

    name: str
    n: int = 0
    n_kept: int = 0  # whose features were kept from before
    formats: Counter[str] = field(default_factory=Counter)
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)  # height, width
    tables: Counter[str] = field(default_factory=Counter)  # of JPEGs
    lossy: int = 0
    grey: int = 0
    turned: int = 0
    profiles: int = 0
    constant: list[str] = field(default_factory=list)  # names
    digests: list[bytes] = field(default_factory=list)

    def add(self, look: Look, name: str) -> None:
        """Count a picture."""
        facts = look.facts
        self.n += 1
        self.formats[facts.format] += 1
        self.sizes[facts.height, facts.width] += 1
        if facts.tables:
            self.tables[facts.tables] += 1
        self.lossy += facts.lossy
        self.grey += look.grey
        self.turned += facts.turned
        self.profiles += facts.profile
        if look.constant:
            self.constant.append(name)
        self.digests.append(look.digest)

    @property
    def described(self) -> dict[str, object]:
        """How many there are, of which formats and sizes, as records keep it."""
        return {
            "n": self.n,
            "formats": dict(sorted(self.formats.items())),
            "sizes": {f"{h} x {w}": count for (h, w), count in sorted(self.sizes.items())},
        }

    def __str__(self) -> str:
        return json.dumps(self.described)
