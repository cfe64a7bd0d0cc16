"""Batch normalisation that no longer learns is part of the convolution before it."""

from typing import Any


def fold(owner: Any, convolution: str, normalisation: str) -> None:
    """Put a batch normalisation, in evaluation mode, into the convolution that it follows."""
    from torch import nn
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    fused: Any = fuse_conv_bn_eval(getattr(owner, convolution), getattr(owner, normalisation))
    setattr(owner, convolution, fused)
    setattr(owner, normalisation, nn.Identity())
