"""As clean-fid: https://github.com/GaParmar/clean-fid.

The Frechet distance is the same. KID is the mean over 100 subsets of 1,000, or of as many as the
smaller set holds, drawn without a seed; ours uses all pairs. Of pictures it takes Pillow's bicubic
resize in single precision, which antialiases.
"""

from genbench.presets import Preset
from genbench.presets.subsets import CappedSubsets, average_of_subsets

PRESET = Preset(
    metrics=(average_of_subsets(CappedSubsets),),
    features="inception",
    preparing={"inception": "pil-bicubic-299", "clip": "clip-224"},
)
