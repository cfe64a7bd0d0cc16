"""A model's law: how many of its samples are of each kind, and the codebook that says which."""

from dataclasses import dataclass

REVISION = 1  # raised by hand when kinds of unchanged data change


@dataclass(frozen=True, kw_only=True)
class Law:
    """A histogram over the kinds of a codebook, or why there is none."""

    codebook: str = ""  # its checksum: laws of different ones are never compared
    counts: tuple[int, ...] = ()  # samples of each kind
    reason: str | None = None  # why there are no counts
    revision: int = REVISION  # of how kinds are made

    @property
    def is_current(self) -> bool:
        """Whether kinds are still made so."""
        return self.revision == REVISION
