"""Wasserstein GAN with a gradient penalty: a critic of slope one estimates a transport distance.

Arjovsky, Chintala, Bottou, "Wasserstein generative adversarial networks", ICML 2017,
https://arxiv.org/abs/1701.07875, and Gulrajani et al., "Improved training of Wasserstein GANs",
NeurIPS 2017, https://arxiv.org/abs/1704.00028: the distance is the most by which a function of
slope one or less can tell real from generated samples in the mean, and the critic pays where
between the two its slope is not one. It takes several steps for each of the generator, as the
distance must be up to date.

Differs from the papers: the penalty is weaker, and the game is steadied as `adversarial` says.

With one seed .85 of the ring's samples reach the density that .95 of real ones reach, in some 55
CPU seconds. On the grid .23 did with 2,500 steps and layers of 192, .26 with a penalty of .02 and
4,000 steps, .19 with one step of the critic for each of the generator: a slope of one is all that
it may have where modes are narrow. On digits the Fréchet distance was 4.1 after 4,000 steps, recall
.96.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from .adversarial import Adversarial


@dataclass(kw_only=True, eq=False)
class WassersteinGAN(Adversarial):
    """Several steps of the critic for each of the generator, with the settings of `Adversarial`.

    Args:
        critic_steps: steps of the critic for each of the generator.
        slope_penalty: weight of the squared distance of the slope from one, per coordinate.
    """

    steps: int = 3000
    critic_steps: int = 2
    slope_penalty: float = 0.1
    ema_decay: float = 0.995
    name = "WGAN"
    betas = (0.5, 0.9)

    def discriminator_loss(self, real: Tensor, fake: Tensor, step: int) -> Tensor:
        penalty = self.gradient_penalty(real, fake)
        critic = self.discriminator_output
        return critic(fake).mean() - critic(real).mean() + penalty

    def generator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        return -self.discriminator_output(fake).mean()

    def gradient_penalty(self, real: Tensor, fake: Tensor) -> Tensor:
        """Return what the critic pays where its slope between real and generated is not one."""
        share = torch.rand(self.batch, 1)
        between = (share * real + (1 - share) * fake).requires_grad_()
        outputs = self.discriminator_output(between).sum()
        (slope,) = torch.autograd.grad(outputs, between, create_graph=True)
        # In many coordinates points are farther apart, and the critic's values with them.
        weight = self.slope_penalty * real.shape[1]
        penalty: Tensor = weight * (slope.norm(dim=1) - 1).square().mean()
        return penalty
