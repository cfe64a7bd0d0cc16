"""What the tests of the checks share."""

import numpy as np
import pytest

from genbench.metrics import find
from genbench.sanity.cell import respond
from genbench.sanity.checks import CATALOG
from genbench.sanity.judging import judge


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def verdicts():
    return verdicts_of


def verdicts_of(check, metrics, seeds=5):
    """Run one check and return each metric's verdict."""
    chosen = [find(metric) if isinstance(metric, str) else metric for metric in metrics]
    asked = CATALOG[check]
    found = [one for seed in range(seeds) for one in respond(asked, seed, chosen)]
    judged = judge(found, {check: asked}, {metric.name: metric for metric in chosen})
    return {one.finding.metric: str(one.verdict) for one in judged}
