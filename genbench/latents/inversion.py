"""Reconstruction: what a model with a decoder can make that is nearest to given samples.

Lipton and Tripathi, "Precise recovery of latent vectors from generative adversarial networks",
2017, https://arxiv.org/abs/1702.04782; Xiang and Li, "On the effects of batch and weight
normalization in generative adversarial networks", 2017, https://arxiv.org/abs/1704.03971, who
measure models by it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from genbench.ground.arrays import Array, as_samples
from genbench.ground.errors import BadInput
from genbench.ground.threads import one_thread

Decode = Callable[[Any], Any]  # from latents (n, n_latents) to samples (n, ...), torch tensors

BATCH = 100  # samples that are searched for at once


def reconstruct(
    decode: Decode,
    samples: Any,
    *,
    n_latents: int,
    restarts: int = 4,
    steps: int = 200,
    seed: int = 0,
) -> Array:
    """Return what `decode` makes of the best latents found for each sample, (n, ...).

    To be given to `genbench.score` as `test_reconstruction`. The search (L-BFGS, in float64) may
    end in a local minimum: errors are upper bounds, and fall with `restarts`. Latents are free to
    leave the region that the model draws from.

    Args:
        decode: differentiable, and the same whenever it is called: no dropout, no batch statistics.
        samples: what to come near to, (n, ...).
        n_latents: how many numbers a latent has.
        restarts: searches for each sample; the first from zero, the others from standard normals.
        steps: of each search.
        seed: of the starts.

    Raises:
        BadInput: samples that are none, no restarts, or a decoder that gives another shape.
    """
    import torch

    wanted = as_samples(samples, name="samples")
    if restarts < 1 or steps < 1 or n_latents < 1:
        raise BadInput("n_latents, restarts and steps must be 1 or more.")
    generator = torch.Generator().manual_seed(seed)
    found = []
    with one_thread():
        for start in range(0, len(wanted), BATCH):
            target = torch.tensor(wanted[start : start + BATCH])
            best, least = target, torch.full((len(target),), torch.inf, dtype=torch.float64)
            for restart in range(restarts):
                shape = (len(target), n_latents)
                begin = torch.randn(shape, generator=generator, dtype=torch.float64)
                made = _nearest(decode, target, begin * (restart > 0), steps)
                errors = _squared(made, target)
                better = errors < least
                least = torch.where(better, errors, least)
                best = torch.where(better.reshape(-1, *[1] * (target.ndim - 1)), made, best)
            found.append(best.numpy())
            if not torch.isfinite(least).all():
                raise BadInput("decode gives values that are not finite.")
    return np.concatenate(found)


def _nearest(decode: Decode, target: Any, begin: Any, steps: int) -> Any:
    """Return what `decode` makes after searching from `begin`."""
    import torch

    latents = begin.clone().requires_grad_()
    search = torch.optim.LBFGS(
        [latents],
        max_iter=steps,
        history_size=20,
        tolerance_grad=1e-10,
        tolerance_change=1e-14,
        line_search_fn="strong_wolfe",
    )

    def loss() -> Any:
        search.zero_grad()
        total = _squared(_decoded(decode, latents, target), target).sum()
        torch.autograd.backward(total, inputs=[latents])
        return total

    with torch.enable_grad():
        search.step(loss)  # type: ignore[no-untyped-call]  # torch's own
    with torch.no_grad():
        return _decoded(decode, latents, target).detach()


def _decoded(decode: Decode, latents: Any, target: Any) -> Any:
    made = decode(latents)
    if made.shape != target.shape:
        shapes = f"{tuple(made.shape)}, not {tuple(target.shape)}"
        raise BadInput(f"decode gives samples of shape {shapes}.")
    return made.double()


def _squared(made: Any, target: Any) -> Any:
    return ((made - target) ** 2).reshape(len(target), -1).sum(dim=1)
