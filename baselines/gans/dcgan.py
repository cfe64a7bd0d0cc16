"""Deep convolutional GAN: pictures by transposed convolutions, judged by strided ones.

Radford, Metz, Chintala, "Unsupervised representation learning with deep convolutional generative
adversarial networks", ICLR 2016, https://arxiv.org/abs/1511.06434.

Differs from the paper: the discriminator has no batch normalisation and pays for steep slopes at
real pictures (R1), and the game is steadied as `adversarial` says.

With two seeds the Fréchet distance on digits is 5.5 and 5.7, precision .68 and .73, recall .92, in
52 to 56 CPU seconds of a busy machine; at half the rate, with a penalty that falls to .001, it was
7.5.
"""

from dataclasses import dataclass
from typing import ClassVar

from ..training import Array
from .adversarial import R1GAN, probability
from .convolutional import ConvolutionalGAN


@dataclass(kw_only=True, eq=False)
class DCGAN(ConvolutionalGAN, R1GAN):
    """One step of the discriminator for each of the generator.

    Args:
        width, latent, steps, batch, learning_rate, ema_decay, slope_penalty, last_slope_penalty:
            as `ConvolutionalGAN` and `R1GAN` have them.
    """

    steps: int = 1500
    batch: int = 128
    learning_rate: float = 2e-3
    slope_penalty: float = 0.1
    last_slope_penalty: float = 0.02
    ema_decay: float = 0.995

    name = "DCGAN"
    title: ClassVar[str] = "DCGAN"

    def discriminate(self, samples: Array) -> Array:
        """Return the probability that each sample is real (n,), as the discriminator sees it."""
        return probability(self.discriminator, self.units.standardize(samples))
