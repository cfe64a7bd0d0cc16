"""Scores of class probabilities: inception score and its relatives.

Salimans et al., "Improved techniques for training GANs", NeurIPS 2016,
https://arxiv.org/abs/1606.03498; Gurumurthy et al., "DeLiGAN", CVPR 2017,
https://arxiv.org/abs/1706.02071; Che et al., "Mode regularized GANs", ICLR 2017,
https://arxiv.org/abs/1612.02136; Xu et al., "An empirical study on evaluation metrics of GANs",
https://arxiv.org/abs/1806.07755; Zhou et al., "Activation maximization GANs", ICLR 2018,
https://arxiv.org/abs/1703.02000.

Differs from the papers: one split of all samples, which does not depend on their order, instead of
ten. Che's mode score is algebraically the inception score, whatever the prior, so Xu's is given.

Tables of measures often misprint these: the inception score compares p(y|x) with the mean p(y) over
samples, not with p(y|x') of another; the modified one does that, within one class, and with twice
the same sample would be 1 for every model; in the mode score and the AM score the divergences are
to and from the law of the real classes.
"""

import numpy as np
import scipy

from genbench.evidence import Probabilities
from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import Unavailable
from genbench.metric import Metric

FLOOR = 1e-10  # least probability inside a logarithm that would otherwise be infinite


def inception_score(probabilities: Probabilities) -> float:
    """How surely samples belong to a class, and how evenly to all: exp of mean KL(p(y|x) || p(y)).

    From 1 to the number of classes.
    """
    return inception_score_of(probabilities.generated)


def modified_inception_score(probabilities: Probabilities) -> float:
    """How differently samples of one class are classified: exp of mean KL(p(y|x) || p(y|x')).

    Over pairs of different samples of one class, then averaged over classes by their share; 1 if
    all are classified alike. Probabilities under 1e-10 count as that much. Unsure predictions
    raise it, so it rewards noise as well as diversity.
    """
    return _modified_inception_score(probabilities.generated, probabilities.labels)


def mode_score(probabilities: Probabilities) -> float:
    """Inception score, divided by how far its classes are from the real ones (Xu's form).

    exp of mean KL(p(y|x) || p(y)) - KL(p(y) || p_real(y)). The original form has p_real(y) in both
    divergences, where it cancels: that is the inception score.
    """
    divergence = scipy.special.rel_entr(probabilities.marginal, _prior(probabilities)).sum()
    return float(inception_score(probabilities) * np.exp(-divergence))


def am_score(probabilities: Probabilities) -> float:
    """How far the classes are from the real ones, plus how unsure each prediction is.

    KL(p_real(y) || p(y)) + mean entropy of p(y|x), in nats; infinite if a real class is never
    given any probability. Shares of classes differ between two samples of one law as well, so what
    is good can be told from real samples only.
    """
    divergence = scipy.special.rel_entr(_prior(probabilities), probabilities.marginal).sum()
    return float(divergence + scipy.special.entr(probabilities.generated).sum(axis=1).mean())


def real_inception_score(probabilities: Probabilities) -> float | None:
    """Inception score of the test samples themselves."""
    return None if probabilities.test is None else inception_score_of(probabilities.test)


def real_modified_inception_score(probabilities: Probabilities) -> float | None:
    """m-IS of the test samples themselves, in predicted classes or, if those are given, true ones.

    The two differ: a sample that is taken for another class stands out among its own.
    """
    if probabilities.test is None or probabilities.test_labels is None:
        return None
    return _modified_inception_score(probabilities.test, probabilities.test_labels)


def real_mode_score(probabilities: Probabilities) -> float | None:
    """Mode score of the test samples themselves."""
    if probabilities.test is None or probabilities.prior is None:
        return None
    divergence = scipy.special.rel_entr(probabilities.test.mean(axis=0), probabilities.prior).sum()
    return float(inception_score_of(probabilities.test) * np.exp(-divergence))


def uninformed_mode_score(probabilities: Probabilities) -> float:
    """Mode score of uniform predictions: exp(-KL(uniform || p_real))."""
    prior = _prior(probabilities)
    return float(np.exp(-scipy.special.rel_entr(np.full(len(prior), 1 / len(prior)), prior).sum()))


def uninformed_am_score(probabilities: Probabilities) -> float:
    """AM score of uniform predictions: KL(p_real || uniform) + ln K."""
    prior = _prior(probabilities)
    return float(2 * np.log(len(prior)) - scipy.special.entr(prior).sum())


def inception_score_of(rows: Array) -> float:
    """Return exp of the mean divergence of rows (n, n_classes) from their mean."""
    return float(np.exp(scipy.special.rel_entr(rows, rows.mean(axis=0)).sum(axis=1).mean()))


def _modified_inception_score(rows: Array, labels: Labels) -> float:
    """Within a class, mean_ij KL(p_i || p_j) = mean_i sum p_i log p_i - sum pbar mean_j log p_j."""
    rows = np.maximum(rows, FLOOR)
    rows = rows / rows.sum(axis=1, keepdims=True)
    total = n_counted = 0.0
    for label in np.unique(labels):
        members = rows[labels == label]
        n = len(members)
        if n < 2:
            continue  # one sample has no other to differ from
        logs = np.log(members)
        own = (members * logs).sum(axis=1).mean()
        cross = members.mean(axis=0) @ logs.mean(axis=0)
        total += n * np.exp((own - cross) * n / (n - 1))
        n_counted += n
    if n_counted == 0:
        raise Unavailable("no class has two samples")
    return float(total / n_counted)


def _prior(probabilities: Probabilities) -> Array:
    if probabilities.prior is None:
        raise Unavailable("needs the law of the classes: train or test probabilities or labels")
    return probabilities.prior


METRICS = (
    Metric(
        compute=inception_score,
        needs=Probabilities,
        aim="high",
        bounds=(1, np.inf),
        catches=("noise", "collapse", "dropped mode"),
        ideal=real_inception_score,
        chance=1.0,
    ),
    Metric(
        compute=modified_inception_score,
        needs=Probabilities,
        aim="match",
        bounds=(1, np.inf),
        catches=("noise",),
        ideal=real_modified_inception_score,
        chance=1.0,
    ),
    Metric(
        compute=mode_score,
        needs=Probabilities,
        also=("test_probabilities",),  # or of the training samples, or labels: for the prior
        aim="high",
        bounds=(0, np.inf),
        catches=("noise", "collapse", "dropped mode"),
        ideal=real_mode_score,
        chance=uninformed_mode_score,
    ),
    Metric(
        compute=am_score,
        needs=Probabilities,
        also=("test_probabilities",),  # or of the training samples, or labels: for the prior
        aim="low",
        bounds=(0, np.inf),
        catches=("noise", "collapse", "dropped mode"),
        chance=uninformed_am_score,
    ),
)
