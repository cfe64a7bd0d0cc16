"""Models that are named with a decoder: `recurrent_text@top_p:0.9`."""

from pathlib import Path

from genbench.ground.errors import BadInput
from genbench.models.find import ModelSpec
from genbench.models.homes import find_at
from genbench.models.parameters import canonical
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


def canonical_name(name: str) -> str:
    """Return the one form of a model's name, with its decoder if it brings one."""
    model, decoder = decoders.split(name)
    return decoders.joined(canonical(model), decoder)


def remarks_on_decoder(decoder: str, *, begun: int) -> list[str]:
    """Return what to say of rows that a decoder wrote: that they are one, if they began alike."""
    if begun or not decoder or not decoders.parse(decoder).is_certain:
        return []
    return [
        f"{decoder} draws nothing, so that all its rows are one: let them go on from beginnings "
        "(--prefix)."
    ]
