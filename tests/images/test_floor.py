"""What a perfect model would get: two draws from one set of features of real pictures."""

import numpy as np
import pytest

from genbench.datasets import load
from genbench.images.embedding import embed
from genbench.images.extractors import find
from genbench.images.sources import open_source
from genbench.metrics import CATALOG
from genbench.scoring.evaluate import evaluate
from genbench.scoring.inputs import comparison_of

pytestmark = [pytest.mark.images, pytest.mark.long]


@pytest.fixture(scope="module")
def features():
    data = load("photographs_8")
    patches = np.concatenate([data.test, data.fresh]).astype(np.uint8)
    source = open_source(patches.reshape(-1, *data.picture))
    found = embed(source, find("lite0-128"), show_progress=False).features
    return found[np.random.default_rng(0).permutation(len(found))]


@pytest.mark.parametrize("n", [500, 1000, 2000])
def test_the_ideal_distance_is_what_two_draws_of_real_pictures_are_apart(features, n):
    """Fewer samples than the 1,280 dimensions, and more."""
    drawn = comparison_of(test=features[:n], generated=features[n : 2 * n], seed=0)

    (found,) = evaluate(drawn, [CATALOG["frechet_distance"]]).values()

    assert abs(found.value - found.ideal) < 3 * found.standard_error
    assert found.ideal > 10 * found.standard_error  # as 0 would not be
