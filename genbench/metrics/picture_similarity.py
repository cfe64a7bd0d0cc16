"""Likeness of pictures: of test pictures to their reconstructions, and of pairs to each other.

Wang et al., "Image quality assessment: from error visibility to structural similarity", IEEE Trans.
Image Process. 2004, https://doi.org/10.1109/TIP.2003.819861; Mathieu, Couprie and LeCun, "Deep
multi-scale video prediction beyond mean square error", ICLR 2016, https://arxiv.org/abs/1511.05440;
Odena, Olah and Shlens, "Conditional image synthesis with auxiliary classifier GANs", ICML 2017,
https://arxiv.org/abs/1610.09585, for diversity by MS-SSIM.

The first three are of pairs that belong together: a test picture and what the model makes of it.
Between two unpaired sets they mean nothing.

Differs from the papers: decibels are cut at 100, so that one pair of equal pictures does not decide
the mean; all channels count alike, without a turn to luminance; diversity is over pairs of all
classes.
"""

import numpy as np

from genbench.evidence.pictures import PicturePairs, ReconstructedPictures
from genbench.ground.arrays import Array
from genbench.ground.spread import error_of_mean
from genbench.metric import Metric

MOST_DECIBELS = 100.0


def structural_similarity(reconstructions: ReconstructedPictures) -> float:
    """Mean SSIM of test pictures and their reconstructions: of light, contrast and structure.

    Between -1 and 1, in Gaussian windows of 11 x 11 pixels.
    """
    return float(reconstructions.structural_similarity.mean())


def peak_signal_to_noise_ratio(reconstructions: ReconstructedPictures) -> float:
    """Mean PSNR of reconstructions, in decibels: range squared over mean squared error.

    At most 100 for each picture.
    """
    return float(_cut(reconstructions.peak_signal_to_noise_ratio).mean())


def sharpness_difference(reconstructions: ReconstructedPictures) -> float:
    """Mean likeness of the gradients of test pictures and reconstructions, in decibels.

    At most 100 for each picture; high is alike, for all its name. It depends on the unit of the
    values: only data of one range compare.
    """
    return float(_cut(reconstructions.sharpness_difference).mean())


def pairwise_structural_similarity(pairs: PicturePairs) -> float:
    """Mean MS-SSIM of pairs of generated pictures: how alike they all are.

    Between 0 and 1; as high as that of test pictures if they are as diverse.
    """
    return float(pairs.generated.mean())


def real_pairwise_similarity(pairs: PicturePairs) -> float:
    """Mean MS-SSIM of pairs of test pictures."""
    return float(pairs.test.mean())


def similarity_error(reconstructions: ReconstructedPictures) -> float:
    """Standard error of the mean over test pictures."""
    return error_of_mean(reconstructions.structural_similarity)


def noise_ratio_error(reconstructions: ReconstructedPictures) -> float:
    """Standard error of the mean over test pictures."""
    return error_of_mean(_cut(reconstructions.peak_signal_to_noise_ratio))


def sharpness_error(reconstructions: ReconstructedPictures) -> float:
    """Standard error of the mean over test pictures."""
    return error_of_mean(_cut(reconstructions.sharpness_difference))


def _cut(decibels: Array) -> Array:
    return np.minimum(decibels, MOST_DECIBELS)


METRICS = (
    Metric(
        compute=structural_similarity,
        needs=ReconstructedPictures,
        aim="high",
        bounds=(-1, 1),
        catches=(),
        standard_error=similarity_error,
        uncertainty="spread over test samples",
    ),
    Metric(
        compute=peak_signal_to_noise_ratio,
        needs=ReconstructedPictures,
        aim="high",
        bounds=(-np.inf, MOST_DECIBELS),
        catches=(),
        standard_error=noise_ratio_error,
        uncertainty="spread over test samples",
    ),
    Metric(
        compute=sharpness_difference,
        needs=ReconstructedPictures,
        aim="high",
        bounds=(-np.inf, MOST_DECIBELS),
        catches=(),
        standard_error=sharpness_error,
        uncertainty="spread over test samples",
    ),
    Metric(
        compute=pairwise_structural_similarity,
        needs=PicturePairs,
        aim="match",
        bounds=(0, 1),
        catches=("noise", "shift", "collapse"),
        ideal=real_pairwise_similarity,
    ),
)
