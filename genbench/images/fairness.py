"""What makes a comparison of two sets of pictures unfair, each with what was found.

None of it is an error: a model may well draw smaller pictures. But numbers move with it as if
pictures were better or worse: Parmar, Zhang, Zhu, "On aliased resizing and surprising subtleties in
GAN evaluation", CVPR 2022, https://arxiv.org/abs/2104.11222.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from genbench.ground.paths import brief
from genbench.images.seen import Seen

FEWEST_PUBLISHED = 10_000  # pictures behind numbers that are compared with those of papers
MANY_TIMES = 1.05  # of a length, from which on one side is scaled otherwise than the other
SHOWN = 3


def remarks(sides: Mapping[str, Seen], *, size: int | None, published: bool) -> list[str]:
    """Return what is to be said of sets of pictures.

    Args:
        sides: the sets, by what they are: generated, test, train, fresh.
        size: that pictures are resized to, if they are.
        published: whether the numbers are meant to be compared with published ones.
    """
    made, real = sides.get("generated"), sides.get("test")
    said: list[str] = []
    if made is not None and real is not None:
        said += _of_two(made, real, size=size)
    if published:
        said += [
            f"{name} has {seen.n} pictures: published numbers are of {FEWEST_PUBLISHED} or more, "
            "and lower for it."
            for name, seen in sides.items()
            if seen.n < FEWEST_PUBLISHED and name in ("generated", "test")
        ]
    for name, seen in sides.items():
        said += _of_one(name, seen)
    for name in ("test", "train"):
        if made is not None and name in sides:
            said += _of_copies(made, name, sides[name])
    return said


def _of_two(made: Seen, real: Seen, *, size: int | None) -> Iterator[str]:
    if made.n != real.n:
        yield (
            f"generated has {made.n} pictures, test {real.n}: the floor of distances is that of "
            "these numbers, and depends on both; compare as many where you can."
        )
    for one, other, named in ((made, real, "generated"), (real, made, "test")):
        if one.lossy and not other.lossy:
            beside = "test" if named == "generated" else "generated"
            yield (
                f"{one.lossy} of {one.n} {named} pictures were compressed with a loss, and none of "
                f"{beside}: the network sees the difference."
            )
    if made.tables and real.tables and set(made.tables) != set(real.tables):
        yield (
            f"generated and test are JPEGs of different quality: {len(made.tables)} and "
            f"{len(real.tables)} kinds of quantisation, {len(set(made.tables) & set(real.tables))} "
            "of them in both."
        )
    if set(made.sizes) != set(real.sizes):
        yield _of_sizes(made, real, size)
    shares = made.grey / made.n, real.grey / real.n
    if abs(shares[0] - shares[1]) > 0.5:
        yield (
            f"{made.grey} of {made.n} generated pictures are grey, and {real.grey} of {real.n} of "
            "test: grey against colour."
        )


def _of_sizes(made: Seen, real: Seen, size: int | None) -> str:
    said = (
        f"pictures differ in size: generated are {_listed(made.sizes)}, test {_listed(real.sizes)}"
    )
    if size is None:
        return f"{said}."
    scales = [size / _length(seen) for seen in (made, real)]
    if max(scales) < MANY_TIMES * min(scales):
        return f"{said}."
    return (
        f"{said}; for the network generated are scaled by {scales[0]:.3g}, test by {scales[1]:.3g}."
    )


def _length(seen: Seen) -> float:
    """Return a typical side: the root of the mean area."""
    area = sum(height * width * n for (height, width), n in seen.sizes.items())
    return float((area / seen.n) ** 0.5)


def _listed(sizes: Counter[tuple[int, int]]) -> str:
    first = [f"{height} x {width}" for (height, width), _ in sizes.most_common(SHOWN)]
    more = f" and {len(sizes) - SHOWN} other sizes" if len(sizes) > SHOWN else ""
    return f"{', '.join(first)}{more}"


def _of_one(name: str, seen: Seen) -> Iterator[str]:
    if seen.turned:
        yield f"{seen.turned} of {seen.n} {name} pictures were turned as their EXIF data say."
    if seen.profiles:
        yield (
            f"{seen.profiles} of {seen.n} {name} pictures have a profile of colours, which is not "
            "applied."
        )
    if seen.constant:
        yield (
            f"{len(seen.constant)} of {seen.n} {name} pictures are of one colour: "
            f"{brief(', '.join(seen.constant[:SHOWN]))}."
        )
    repeats = seen.n - len(set(seen.digests))
    if repeats:
        yield f"{repeats} of {seen.n} {name} pictures repeat others of them, pixel by pixel."


def _of_copies(made: Seen, name: str, real: Seen) -> Iterator[str]:
    copies = sum(digest in known for known in [set(real.digests)] for digest in made.digests)
    if copies:
        yield f"{copies} of {made.n} generated pictures are pictures of {name}, pixel by pixel."
