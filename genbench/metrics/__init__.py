"""The measures. To add one: write its file, then its module's name here."""

import importlib

from genbench.errors import BadInput, unknown_name
from genbench.metric import Metric

__all__ = ["ALIASES", "CATALOG", "find"]

MODULES = (
    "frechet",
    "kernel_distances",
    "wasserstein",
    "classifier_two_sample",
    "bins",
    "precision_recall",
    "density_coverage",
    "authenticity",
    "surprise",
    "level_set",
    "birthday",
    "inception_scores",
    "likelihood",
)

CATALOG: dict[str, Metric] = {
    metric.name: metric
    for module in MODULES
    for metric in importlib.import_module(f"genbench.metrics.{module}").METRICS
}

ALIASES = {
    "fid": "frechet_distance",
    "kid": "kernel_distance",
    "mmd": "maximum_mean_discrepancy",
    "w1": "wasserstein_distance",
    "critic": "critic_distance",
    "c2st": "classifier_two_sample_test",
    "ndb": "statistically_different_bins",
    "birthday": "birthday_support",
    "is": "inception_score",
    "m_is": "modified_inception_score",
    "ms": "mode_score",
    "am": "am_score",
    "kde": "kernel_log_likelihood",
    "surprise": "bayesian_surprise",
}


def find(name: str) -> Metric:
    """Return a metric by its name or its usual acronym, in any case, with - or _.

    Raises:
        BadInput: there is none; the message has near matches.
    """
    if not isinstance(name, str):
        raise BadInput(f"A metric is named by a text, not by {name!r}.")
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    plain = ALIASES.get(plain, plain)
    if plain not in CATALOG:
        raise unknown_name("metric", name, [*CATALOG, *ALIASES])
    return CATALOG[plain]
