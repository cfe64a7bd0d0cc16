"""Noise contrast: a Gaussian mixture, reweighted by a network that tells it from data.

Gutmann, Hyvarinen, "Noise-contrastive estimation: a new estimation principle for unnormalized
statistical models", AISTATS 2010, https://proceedings.mlr.press/v9/gutmann10a.html. The noise is
the mixture's samples. A classifier's log-odds of data against noise are the logarithm of how much
denser data are there, so the mixture times their exponential is the model; and samples are those of
the mixture, drawn again in proportion (importance resampling, Rubin, comment on "The calculation of
posterior distributions by data augmentation", Journal of the American Statistical Association,
1987, https://doi.org/10.2307/2289460).

A fifth of the samples is held out: training stops where these are told from noise no better, for a
network that knows single samples by heart would make the model return them. Whole numbers get even
noise one unit wide. The density would need the mean of the weights, which is only estimated: there
is no `log_prob`.

With one seed the share of samples at the density that .95 of real ones reach is .91 on the grid of
25 Gaussians (.25 without Fourier features) and .96 on the ring, in 5 to 13 CPU seconds; over three
seeds the Fréchet distance on digits is 8.9 to 11, inception score 6.8, recall .89, in some 10.
There the weights gain precision over the mixture alone, and no Fréchet distance.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from ..training import (
    Array,
    FourierFeatures,
    Trained,
    fit_mixture,
    minimise_held_out,
    mlp,
    new_seed,
    seeded,
)


@dataclass(kw_only=True, eq=False)
class NoiseContrastive(Trained):
    """Draws many samples of the mixture and keeps those that look like data.

    Args:
        components: Gaussians in the mixture, at most a tenth as many as samples.
        least_variances: to choose from by held-out likelihood; added to every variance of theirs,
            where the range of a coordinate is one.
        proposals: samples of the mixture for each that is kept.
        hidden: width of the classifier's two hidden layers.
        dropout: share of their units dropped in training.
        steps: most gradient steps; training ends when held-out samples are told apart no better.
        patience: steps without improvement before it ends.
        batch: samples, and as much noise, per step.
        learning_rate: learning rate.
        ema_decay: memory of the running average of the weights, which is what is kept.
    """

    components: int = 10
    least_variances: tuple[float, ...] = (1e-6, 1e-3, 6e-3)
    proposals: int = 20
    hidden: int = 256
    dropout: float = 0.3
    steps: int = 1500
    patience: int = 400
    batch: int = 256
    learning_rate: float = 1e-3
    ema_decay: float = 0.99

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        if len(train) < 10:
            raise ValueError(
                f"Noise-contrastive estimation needs 10 training samples or more, not {len(train)}."
            )
        self.whole = bool(np.array_equal(train, np.rint(train)))
        span = np.ptp(train, axis=0)
        self.centre, self.scale = train.mean(axis=0), np.where(span > 0, span, 1.0)
        points = rng.permutation((train - self.centre) / self.scale)
        held_out, learned = np.split(points, [max(2, len(points) // 5)])
        self._fit_mixture(self._dequantize(learned, rng), self._dequantize(held_out, rng), rng)
        seed = new_seed(rng)
        with seeded(new_seed(rng)):
            features = FourierFeatures(train.shape[1])
            layers = mlp(
                *(features.width, self.hidden, self.hidden, 1),
                activation=lambda: nn.Sequential(nn.SiLU(), Dropout(self.dropout)),
            )
            classifier = nn.Sequential(features, *layers)
        for parameter in classifier[-1].parameters():
            nn.init.zeros_(parameter)  # begins by telling nothing apart
        # In units of the mixture's own widths.
        self.width = np.maximum(self._noise(1000, rng).std(axis=0), 1e-6)
        with seeded(seed):  # dropout draws from that stream
            self.classifier = self._train(classifier, learned, held_out, rng)
        return self

    def _fit_mixture(self, learned: Array, held_out: Array, rng: np.random.Generator) -> None:
        size = max(1, min(self.components, len(learned) // 10))
        mixtures = [
            fit_mixture(learned, size, least, rng, restarts=3) for least in self.least_variances
        ]
        best = max(mixtures, key=lambda mixture: float(mixture.score(held_out)))
        self.weights, self.means = best.weights_ / best.weights_.sum(), best.means_
        self.factors = np.linalg.cholesky(best.covariances_)

    def _train(
        self, classifier: nn.Module, learned: Array, held_out: Array, rng: np.random.Generator
    ) -> nn.Module:
        """Return the running average of the classifier when it told held-out samples apart best."""
        optimiser = torch.optim.AdamW(
            classifier.parameters(), lr=self.learning_rate, weight_decay=0.1, fused=True
        )
        repeated = np.resize(held_out, (max(2000, len(held_out)), held_out.shape[1]))
        real_check = self._inputs(self._dequantize(repeated, rng))
        noise_check = self._inputs(self._noise(len(repeated), rng))

        def loss(_: int) -> Tensor:
            real = self._dequantize(learned[rng.integers(len(learned), size=self.batch)], rng)
            noise = self._noise(self.batch, rng)
            return _logistic_loss(classifier, self._inputs(real), self._inputs(noise))

        return minimise_held_out(
            classifier,
            loss,
            lambda averaged: _logistic_loss(averaged, real_check, noise_check),
            optimiser,
            steps=self.scaled(self.steps),
            name="Noise contrast",
            check_every=50,
            clip=10.0,
            decay=self.ema_decay,
            patience=self.scaled(self.patience),
        )

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        drawn = self._noise(n * self.proposals, rng).reshape(n, self.proposals, -1)
        log_weights = self._log_odds(drawn.reshape(n * self.proposals, -1)).reshape(n, -1)
        if not np.isfinite(log_weights).all():
            raise FloatingPointError("The classifier's log-odds are not finite.")
        # Each sample is chosen among proposals of its own: no proposal comes twice.
        best = (log_weights + rng.gumbel(size=log_weights.shape)).argmax(axis=1)
        return np.asarray(drawn[np.arange(n), best] * self.scale + self.centre)

    def discriminate(self, samples: Array) -> Array:
        """Return the probability (n,) that samples are data, where half are the mixture's."""
        odds = self._log_odds((samples - self.centre) / self.scale)
        return np.asarray(torch.sigmoid(torch.from_numpy(odds)).numpy())

    def _log_odds(self, points: Array) -> Array:
        return np.asarray(self.classifier(self._inputs(points))[:, 0].double().numpy())

    def _inputs(self, points: Array) -> Tensor:
        return torch.tensor(points / self.width, dtype=torch.float32)

    def _dequantize(self, points: Array, rng: np.random.Generator) -> Array:
        """Give whole numbers a fresh place in their cells."""
        if not self.whole:
            return points
        return np.asarray(points + rng.uniform(-0.5, 0.5, points.shape) / self.scale)

    def _noise(self, n: int, rng: np.random.Generator) -> Array:
        component = rng.choice(len(self.weights), size=n, p=self.weights)
        normal = rng.normal(size=(n, self.means.shape[1]))
        noise: Array = self.means[component] + np.einsum(
            "nij,nj->ni", self.factors[component], normal
        )
        return noise


class Dropout(nn.Module):
    """Drops units, a draw for each sample, while it trains."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.share == 0:
            return x
        stays = torch.rand(x.shape) >= self.share
        return x * stays / (1 - self.share)


def _logistic_loss(classifier: nn.Module, real: Tensor, noise: Tensor) -> Tensor:
    """Return the logistic loss of telling data from noise, in nats for a pair."""
    loss: Tensor = softplus(-classifier(real)).mean() + softplus(classifier(noise)).mean()
    return loss
