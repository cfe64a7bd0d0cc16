"""Whether a matrix can be a covariance at all."""

import numpy as np

from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput

ROUNDING = 1e-5  # of a correlation that was kept in single precision, generously
ROUNDING_A_DIMENSION = 1e-6  # of eigenvalues of correlations, which add up such errors


def check_covariance(matrix: Array, *, name: str) -> None:
    """Hold a finite matrix (d, d) to what a covariance is, in the units of each feature.

    Raises:
        BadInput: a variance is negative, or it is not symmetric, or correlations are beyond one, or
            some combination of features would have a negative variance.
    """
    variances = np.diag(matrix)
    if (variances < 0).any():
        raise BadInput(f"{name} is no covariance: a variance is {variances.min():.4g}.")
    spread = np.sqrt(variances)
    # A feature that is always the same goes along with none.
    units = np.where(spread > 0, spread, max(spread.max(), np.finfo(float).tiny) * ROUNDING)
    correlations = matrix / units[:, None] / units
    apart = np.abs(correlations - correlations.T)
    if apart.max() > ROUNDING:
        i, j = np.unravel_index(apart.argmax(), apart.shape)
        raise BadInput(
            f"{name} is no covariance: it is not symmetric, {matrix[i, j]:.4g} at ({i}, {j}) and "
            f"{matrix[j, i]:.4g} at ({j}, {i})."
        )
    if np.abs(correlations).max() > 1 + ROUNDING:
        i, j = np.unravel_index(np.abs(correlations).argmax(), correlations.shape)
        raise BadInput(
            f"{name} is no covariance: {matrix[i, j]:.4g} at ({i}, {j}) is beyond what variances "
            f"of {variances[i]:.4g} and {variances[j]:.4g} allow."
        )
    d = len(matrix)
    try:
        np.linalg.cholesky(correlations + (ROUNDING + ROUNDING_A_DIMENSION * d) * np.eye(d))
    except np.linalg.LinAlgError as error:
        raise BadInput(
            f"{name} is no covariance: some sum of features would have a negative variance."
        ) from error
