"""As EDM2: https://github.com/NVlabs/edm2.

It computes Frechet distances only, and the same ones: on Inception as TensorFlow resizes, and on
DINOv2 (FD-DINOv2), which it resizes pictures for by torch, where dgm-eval does by Pillow.
"""

from genbench.presets import Preset

PRESET = Preset(
    features="dinov2-vitl14",
    preparing={"inception": "tf1-bilinear-299", "dinov2": "torch-bicubic-224-imagenet"},
)
