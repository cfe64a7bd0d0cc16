"""A model learns a language in this process, to be asked at once."""

from genbench.datasets import Dataset
from genbench.datasets.tasks import Language
from genbench.ground.errors import BadInput
from genbench.ground.paths import brief, shown
from genbench.ground.randomness import rng_for
from genbench.models.find import HasNextLogProb, Selective, find


def language_of(data: Dataset) -> Language:
    """Return the language of a data set.

    Raises:
        BadInput: it has none.
    """
    if not isinstance(data.density, Language):
        raise BadInput(f"{data.name} has no tasks to ask for; prompts need the data set tasks.")
    return data.density


def fitted(target: str, data: Dataset, *, seed: int) -> HasNextLogProb:
    """Return a model that has learned from the training samples of a data set.

    It learns from the same stream as on a board.

    Args:
        target: the name of a baseline, or file.py:Class.
        data: a data set of sequences.
        seed: of all that is random.

    Raises:
        BadInput: there is no such model, it does not tell what comes next, or it refuses the data.
    """
    model = find(target).make()
    if not isinstance(model, HasNextLogProb):
        raise BadInput(
            f"{shown(target)} has no next_log_prob(prefixes), which says what follows a prompt."
        )
    if isinstance(model, Selective) and (reason := model.refuses(data.train)) is not None:
        raise BadInput(f"{shown(target)} refuses {data.name}: {brief(reason)}.")
    model.fit(data.train.copy(), rng=rng_for(seed, "fit"))
    return model
