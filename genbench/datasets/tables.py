"""Small tables of real measurements, from scikit-learn; no download.

A half of the rows is for training, a quarter for test, a quarter fresh, alike in each class where
there are classes. These are few: the spread between real samples is wide, and only large
differences between models show. Columns of whole numbers are such in a model's samples, too.

Iris: Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics, 1936.
Wine: Aeberhard and Forina, UCI Machine Learning Repository, https://doi.org/10.24432/C5PC7J.
Breast cancer: Wolberg et al., the same, https://doi.org/10.24432/C5DW2B. Diabetes: Efron et al.,
"Least angle regression", Annals of Statistics, 2004, https://arxiv.org/abs/math/0406456.
"""

from collections.abc import Sequence

import numpy as np

from genbench.datasets.dataset import Dataset
from genbench.datasets.domain import Domain
from genbench.datasets.parts import deal
from genbench.ground.arrays import Array, Labels
from genbench.ground.randomness import rng_for

COUNT = (0, np.inf)  # bounds of whole numbers that are not categories


def load_wine() -> Dataset:
    """Thirteen chemical properties of 178 wines, from three growers; two are whole numbers.

    89 wines to train on, 45 for test, 44 fresh: too few to separate one good model from another.
    """
    from sklearn.datasets import load_wine

    bunch = load_wine()
    domain = Domain.of_columns(bunch.feature_names, {"magnesium": COUNT, "proline": COUNT})
    return _part("wine", bunch.data, bunch.feature_names, domain, bunch.target)


def load_breast_cancer() -> Dataset:
    """Thirty measurements of cells, of 569 tumours of two kinds; any number is possible.

    285 to train on, 142 each for test and fresh. Many columns nearly repeat others.
    """
    from sklearn.datasets import load_breast_cancer

    bunch = load_breast_cancer()
    return _part("breast_cancer", bunch.data, bunch.feature_names, Domain(), bunch.target)


def load_iris() -> Dataset:
    """Four lengths of 149 flowers of three kinds, in millimetres: all are whole numbers.

    They were measured to a tenth of a centimetre, the unit of the source; in millimetres, models
    see whole numbers for what they are. One flower that is listed twice is left out once. 75 to
    train on, 37 each for test and fresh: as few as in wine.
    """
    from sklearn.datasets import load_iris

    bunch = load_iris()
    millimetres = np.rint(10 * bunch.data)
    _, first = np.unique(millimetres, axis=0, return_index=True)
    kept = np.sort(first)
    domain = Domain(whole=True, low=0.0)
    columns = [column.replace("(cm)", "(mm)") for column in bunch.feature_names]
    return _part("iris", millimetres[kept], columns, domain, bunch.target[kept])


def load_diabetes() -> Dataset:
    """Eleven columns on 442 patients, five of them whole numbers, of which sex is one of two.

    The last column is how far the disease went within a year, which the first ten were to
    predict. There are no classes. 221 to train on, 111 for test, 110 fresh.
    """
    from sklearn.datasets import load_diabetes

    bunch = load_diabetes(scaled=False)
    columns = (*bunch.feature_names, "progression")
    # Cholesterol, glucose and the like (s1, s6) were measured in whole units.
    whole = {"sex": (1, 2)} | dict.fromkeys(("age", "s1", "s6", "progression"), COUNT)
    table = np.column_stack([bunch.data, bunch.target])
    return _part("diabetes", table, columns, Domain.of_columns(columns, whole))


def _part(
    name: str,
    table: Array,
    columns: Sequence[str],
    domain: Domain,
    classes: Labels | None = None,
) -> Dataset:
    groups = np.zeros(len(table), dtype=np.int64) if classes is None else classes
    train, test, fresh = deal(groups, rng=rng_for(0, name))
    return Dataset(
        name=name,
        train=table[train],
        test=table[test],
        fresh=table[fresh],
        train_labels=None if classes is None else classes[train],
        test_labels=None if classes is None else classes[test],
        fresh_labels=None if classes is None else classes[fresh],
        domain=domain,
        columns=tuple(map(str, columns)),
    )
