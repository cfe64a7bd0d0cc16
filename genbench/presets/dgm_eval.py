"""As dgm-eval: https://github.com/layer6ai-labs/dgm-eval.

FD-DINOv2, and KID as the mean over 100 subsets of 1,000, or of as many as the smaller set holds,
drawn without a seed. Precision, recall, density and coverage are those of prdc.
"""

from genbench.presets import Preset
from genbench.presets.prdc import OPENED
from genbench.presets.subsets import CappedSubsets, average_of_subsets

PRESET = Preset(
    metrics=(average_of_subsets(CappedSubsets), *OPENED),
    features="dinov2-vitl14",
    preparing={"inception": "pil-bicubic-299", "dinov2": "pil-bicubic-224-imagenet"},
)
