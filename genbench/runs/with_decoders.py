"""Models that are named with a decoder: `recurrent_text@top_p:0.9`."""

from pathlib import Path

from genbench.ground.errors import BadInput
from genbench.models.find import ModelSpec
from genbench.models.homes import find_at
from genbench.sequences import decoders


def find_decoded(name: str, home: Path | None) -> ModelSpec:
    """Return the model of a name, which may bring a decoder.

    Raises:
        BadInput: there is no such model, or no such decoder.
    """
    model, _ = decoders.split(name)
    try:
        return find_at(model, home)
    except BadInput:
        own, mark, told = model.rpartition(decoders.MARK)
        if mark:  # a decoder is meant, if there is a model of the name before
            find_at(own, home)
            decoders.parse(told)
        raise
