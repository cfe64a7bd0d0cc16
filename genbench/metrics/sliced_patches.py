"""Sliced Wasserstein distance of patches: texture, scale by scale.

Karras et al., "Progressive growing of GANs for improved quality, stability, and variation", ICLR
2018, https://arxiv.org/abs/1710.10196.

Differs from the paper: patches of both sets are standardised by mean and spread of each channel
over the test set. The paper standardises each set by its own, which hides a shift of colour or a
loss of contrast. Patches are at most 16384 of each set, and all 512 directions are drawn at once.
"""

import numpy as np

from genbench.evidence.patches import Patches
from genbench.metric import Metric


def sliced_patch_distance(patches: Patches) -> float:
    """Wasserstein-1 distance x 1000 of patches along random directions, averaged over scales.

    Patches of 7 x 7 pixels from a Laplacian pyramid that ends at 16 pixels, in units of the spread
    of test patches.
    """
    return float(1000 * patches.distances.mean())


METRICS = (
    Metric(
        compute=sliced_patch_distance,
        needs=Patches,
        aim="low",
        bounds=(0, np.inf),
        catches=("noise", "shift", "collapse"),
    ),
)
