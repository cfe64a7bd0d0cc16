"""Pictures from code: data sets, loaders, any batches, and generators."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from genbench.ground.errors import BadInput
from genbench.ground.paths import brief
from genbench.ground.randomness import rng_for
from genbench.images.decoding import Colour, decode
from genbench.images.pictures import Picture, Source
from genbench.images.sources.arrays import picture_of
from genbench.images.sources.values import Values, as_array

DRAWN_AT_ONCE = 256


def of_items(given: Any, name: str, *, values: Values, background: Colour | None) -> Source:
    """Return the pictures of a Dataset: its items, or what they begin with."""

    def pictures() -> Iterator[Picture]:
        for place in range(len(given)):
            said = f"{name}, picture {place}"
            item = _first(given[place])
            if hasattr(item, "tobytes") and hasattr(item, "getbands"):  # Pillow's
                yield Picture(said, lambda item=item, said=said: _of_pillow(item, said, background))  # type: ignore[misc]
                continue
            (pixels,) = values.pixels(as_array(item, name=said)[None], name=said)
            yield picture_of(pixels, said)

    if not len(given):
        raise BadInput(f"{name} is empty.")
    return Source(name, pictures, len(given))


def _of_pillow(image: Any, name: str, background: Colour | None) -> Any:
    """Hold a picture to what files are held to; as BMP or PNG nothing is lost."""
    import io

    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=0)
    return decode(buffer.getvalue(), name=name, background=background)


def of_batches(given: Iterable[Any], name: str, *, values: Values) -> Source:
    """Return the pictures of batches, each an array or what begins with one."""

    def pictures() -> Iterator[Picture]:
        place = 0
        for batch in given:
            for pixels in values.pixels(_first(batch), name=name):
                yield picture_of(pixels, f"{name}, picture {place}")
                place += 1

    return Source(name, pictures, None)


def of_generator(
    make: Callable[..., Any], name: str, *, n: int | None, values: Values, seed: int
) -> Source:
    """Return pictures that `make(n, rng)` draws, in batches.

    Raises:
        BadInput: nobody says how many.
    """
    if n is None:
        raise BadInput(f"{name} draws as many pictures as it is told: say how many, --n 10000.")

    def pictures() -> Iterator[Picture]:
        rng = rng_for(seed, "generated pictures")
        for start in range(0, n, DRAWN_AT_ONCE):
            many = min(DRAWN_AT_ONCE, n - start)
            found = values.pixels(_drawn(make, many, rng, name), name=f"what {name} returns")
            if len(found) != many:
                raise BadInput(f"{name} returned {len(found)} pictures; {many} were asked for.")
            for place, pixels in enumerate(found, start):
                yield picture_of(pixels, f"{name}, picture {place}")

    return Source(name, pictures, n)


def _drawn(make: Callable[..., Any], n: int, rng: np.random.Generator, name: str) -> Any:
    drawn = make(n, rng)
    if drawn is None:
        raise BadInput(f"{name} returned nothing; {n} pictures were asked for.")
    array = as_array(drawn, name=f"what {brief(name)} returns")
    # Exported generators give double precision, whatever they hold.
    whole = array.dtype == np.float64 and array.size and (array == np.rint(array)).all()
    return (
        array.astype(np.uint8) if whole and 1 < array.max() <= 255 and array.min() >= 0 else array
    )


def _first(item: Any) -> Any:
    """Return a picture, or batch of them, without what is beside it."""
    if isinstance(item, tuple | list) and len(item):
        return item[0]
    return item
