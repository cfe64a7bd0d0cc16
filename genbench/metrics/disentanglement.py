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
held-out accuracy. Factors that do not vary are left out.
"""

import numpy as np
from scipy.special import entr

from genbench.arrays import Array
from genbench.errors import Unavailable
from genbench.evidence.code_factors import CodeFactors
from genbench.evidence.code_importances import CodeImportances
from genbench.metric import Metric


def mutual_information_gap(table: CodeFactors) -> float:
    """Lead, over the second, of the code that says most of a factor, as a share of its entropy."""
    return float((_lead(table.information) / table.entropy).mean())


def separated_attribute_predictability(table: CodeFactors) -> float:
    """Lead, over the second, of the code with the highest squared correlation with a factor."""
    return float(_lead(table.explained).mean())


def modularity(table: CodeFactors) -> float:
    """One minus the information of a code on all but its best factor, relative to the best.

    Codes that say nothing of any factor are left out.
    """
    squares = table.information**2
    best = squares.max(axis=1)
    used = best > 0
    if not used.any():
        raise Unavailable("no code says anything of any factor")
    others = (squares.sum(axis=1) - best)[used] / (best[used] * (squares.shape[1] - 1))
    return float(1 - others.mean())


def code_disentanglement(codes: CodeImportances) -> float:
    """How far each code is of use for one factor only, codes weighted by their use (DCI)."""
    use = codes.importances.sum(axis=1)
    return float((_concentration(codes.importances.T) * use).sum() / use.sum())


def code_completeness(codes: CodeImportances) -> float:
    """How far each factor is predicted from one code only (DCI)."""
    return float(_concentration(codes.importances).mean())


def code_informativeness(codes: CodeImportances) -> float:
    """Accuracy with which all codes together predict a factor (DCI)."""
    return float(codes.accuracy.mean())


def best_guess(codes: CodeImportances) -> float:
    """Accuracy of the answers that are most often right."""
    return float(codes.majority.mean())


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
    return np.asarray(1 - entr(shares).sum(axis=0) / np.log(len(table)))


METRICS = (
    *(
        Metric(
            compute=compute,
            needs=CodeFactors,
            aim="high",
            bounds=(0, 1),
            catches=(),
            ideal=1.0,
            chance=0.0 if compute is not modularity else None,
        )
        for compute in (mutual_information_gap, separated_attribute_predictability, modularity)
    ),
    *(
        Metric(
            compute=compute,
            needs=CodeImportances,
            aim="high",
            bounds=(0, 1),
            catches=(),
            ideal=1.0,
            chance=best_guess if compute is code_informativeness else 0.0,
        )
        for compute in (code_disentanglement, code_completeness, code_informativeness)
    ),
)
