"""Disentanglement: does each code stand for one true factor of variation, and each factor in one?

Chen et al., "Isolating sources of disentanglement in variational autoencoders", NeurIPS 2018,
https://arxiv.org/abs/1802.04942 (mutual information gap, MIG); Kumar et al., "Variational inference
of disentangled latent concepts from unlabeled observations", ICLR 2018,
https://arxiv.org/abs/1711.00848 (separated attribute predictability, SAP); Ridgeway and Mozer,
"Learning deep disentangled embeddings with the f-statistic loss", NeurIPS 2018,
https://arxiv.org/abs/1802.05312 (modularity); Eastwood and Williams, "A framework for the
quantitative evaluation of disentangled representations", ICLR 2018,
https://openreview.net/forum?id=By-7dz-AZ (DCI).

Differs from the papers: information is counted in 20 bins of equal width, as usual, which makes it
too high by about (bins - 1)(levels - 1) / 2n; SAP takes the levels of a factor as amounts and
compares squared correlations; DCI's predictors are random forests and its informativeness is
held-out accuracy. Factors that do not vary are left out. Chance is what the same codes get when
they are dealt out to the samples at random: it is above 0, the more so the fewer samples there are.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy

from genbench.evidence import Evidence
from genbench.evidence.code_factors import CodeFactors, Dependence
from genbench.evidence.code_importances import CodeImportances, Forests
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable
from genbench.metric import Metric


def mutual_information_gap(codes: CodeFactors) -> float:
    """Lead, over the second, of the code that says most of a factor, as a share of its entropy."""
    return _information_gap(codes.found)


def separated_attribute_predictability(codes: CodeFactors) -> float:
    """Lead, over the second, of the code with the highest squared correlation with a factor."""
    return _lead_of_explained(codes.found)


def modularity(codes: CodeFactors) -> float:
    """One minus the information of a code on all but its best factor, relative to the best.

    Codes that say nothing of any factor are left out.
    """
    return _modularity(codes.found)


def code_disentanglement(codes: CodeImportances) -> float:
    """How far each code is of use for one factor only, codes weighted by their use (DCI)."""
    return _disentanglement(codes.found)


def code_completeness(codes: CodeImportances) -> float:
    """How far each factor is predicted from one code only (DCI)."""
    return _completeness(codes.found)


def code_informativeness(codes: CodeImportances) -> float:
    """Accuracy with which all codes together predict a factor (DCI)."""
    return _informativeness(codes.found)


def _information_gap(table: Dependence) -> float:
    return float((_lead(table.information) / table.entropy).mean())


def _lead_of_explained(table: Dependence) -> float:
    return float(_lead(table.explained).mean())


def _modularity(table: Dependence) -> float:
    squares = table.information**2
    best = squares.max(axis=1)
    used = best > 0
    if not used.any():
        raise Unavailable("no code says anything of any factor")
    others = (squares.sum(axis=1) - best)[used] / (best[used] * (squares.shape[1] - 1))
    return float(1 - others.mean())


def _disentanglement(forests: Forests) -> float:
    use = forests.importances.sum(axis=1)
    return float((_concentration(forests.importances.T) * use).sum() / use.sum())


def _completeness(forests: Forests) -> float:
    return float(_concentration(forests.importances).mean())


def _informativeness(forests: Forests) -> float:
    return float(forests.accuracy.mean())


def _lead(table: Array) -> Array:
    """Greatest entry of each column minus the next."""
    ordered = np.sort(table, axis=0)
    return np.asarray(ordered[-1] - ordered[-2])


def _concentration(table: Array) -> Array:
    """One minus the entropy of each column's shares, in units of the highest possible.

    Columns of zeros have no shares; they weigh nothing, and get 0.
    """
    totals = table.sum(axis=0)
    shares = np.divide(table, totals, out=np.full(table.shape, 1 / len(table)), where=totals > 0)
    return np.asarray(1 - scipy.special.entr(shares).sum(axis=0) / np.log(len(table)))


def _dealt_out(measure: Callable[[Any], float]) -> Callable[[Any], float]:
    return lambda codes: measure(codes.by_chance)


MEASURES: tuple[tuple[Callable[[Any], float], type[Evidence], Callable[[Any], float]], ...] = (
    (mutual_information_gap, CodeFactors, _information_gap),
    (separated_attribute_predictability, CodeFactors, _lead_of_explained),
    (modularity, CodeFactors, _modularity),
    (code_disentanglement, CodeImportances, _disentanglement),
    (code_completeness, CodeImportances, _completeness),
    (code_informativeness, CodeImportances, _informativeness),
)

METRICS = tuple(
    Metric(
        compute=compute,
        needs=needs,
        aim="high",
        bounds=(0, 1),
        catches=(),
        ideal=1.0,
        chance=_dealt_out(measure),
    )
    for compute, needs, measure in MEASURES
)
