"""A prompt that is found by gradient through a model: greedy coordinate gradient.

Zou et al., "Universal and transferable adversarial attacks on aligned language models", 2023,
https://arxiv.org/abs/2307.15043: the gradient at a prompt's symbols, taken as vectors of flags,
promises for each place which other symbols would help; prompts of one such change each are read in
earnest, and the best is kept. Differs from the paper: a change is made only if it helps, so that a
search ends where none does, and the next starts from symbols at random.

It needs near misses that help a little. Of a prompt of four symbols out of ten that a network was
taught to answer in a special way, one start in two led to it; where the network had also learned
that three right symbols are not enough, none of thirty did.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import BadInput

# Flags (n, t, n_symbols) -> logits (n, t, n_symbols), in each place of the symbol that stands
# there, given those before it.
Reader = Callable[[Tensor], Tensor]


class Found(NamedTuple):
    """The best prompt of a search."""

    prompt: Labels  # (length,)
    log_prob: float  # of what is wanted after it, in nats: the mean over continuations
    n_read: int  # prompts that were read


@dataclass(frozen=True, kw_only=True, eq=False)
class PromptSearch:
    """A search for the prompt after which a model most likely writes what is wanted.

    Args:
        reader: the model, which must be differentiable.
        n_symbols: of its vocabulary.
        continuations: what is wanted after the prompt (m, s); several, where one prompt is to do
            for all of them.
        given: so many first symbols of each continuation are not wanted, but given, such as a
            letter to which the rest is the answer.
        allowed: symbols that a prompt may have; None: all.
        candidates: other symbols for each place, of which the gradient promises most.
        tries: most prompts that are read in a step.
        steps: most steps from each start.
        starts: from symbols at random.

    Raises:
        BadInput: nothing is wanted, or there is no such symbol.
    """

    reader: Reader
    n_symbols: int
    continuations: Labels
    given: int = 0
    allowed: Labels | None = None
    candidates: int = 8
    tries: int = 64
    steps: int = 50
    starts: int = 8

    def __post_init__(self) -> None:
        shape = self.continuations.shape
        if len(shape) != 2 or not 0 <= self.given < shape[1] or not shape[0]:
            raise BadInput(
                "continuations must have shape (m, s), with one of s symbols wanted at least; "
                f"found {shape}, of which {self.given} are given."
            )
        for name, symbols in (("continuations", self.continuations), ("allowed", self._allowed)):
            if not np.isin(symbols, np.arange(self.n_symbols)).all() or not symbols.size:
                raise BadInput(f"{name} must hold symbols, 0 to {self.n_symbols - 1}.")

    @property
    def _allowed(self) -> Labels:
        return np.arange(self.n_symbols) if self.allowed is None else self.allowed

    def log_prob(self, prompts: Labels) -> Array:
        """Log-probability of what is wanted after each prompt (n, length), in nats (n,)."""
        with torch.no_grad():
            return np.asarray(self._log_prob(self._flags(prompts)).double().numpy())

    def run(self, length: int, *, rng: np.random.Generator) -> Found:
        """Return the best prompt of that length that was found from any start."""
        starts = [
            self._climb(rng.choice(self._allowed, size=length), rng) for _ in range(self.starts)
        ]
        best = max(starts, key=lambda found: found.log_prob)
        return best._replace(n_read=sum(found.n_read for found in starts))

    def _climb(self, prompt: Labels, rng: np.random.Generator) -> Found:
        best = Found(prompt, float(self.log_prob(prompt[None])[0]), 1)
        for _ in range(self.steps):
            others = self._changed(best.prompt, rng)
            if not len(others):
                return best
            found, n_read = self.log_prob(others), best.n_read + len(others)
            if found.max() <= best.log_prob:
                return best._replace(n_read=n_read)
            best = Found(others[found.argmax()], float(found.max()), n_read)
        return best

    def _changed(self, prompt: Labels, rng: np.random.Generator) -> Labels:
        """Return prompts of one promising change each (at most `tries`, length)."""
        flags = self._flags(prompt[None]).requires_grad_()
        (gradient,) = torch.autograd.grad(self._log_prob(flags).sum(), flags)
        promise = np.full((len(prompt), self.n_symbols), -np.inf)
        promise[:, self._allowed] = gradient[0, :, self._allowed].numpy()
        promise[np.arange(len(prompt)), prompt] = -np.inf
        nominated = np.argsort(-promise, axis=1, kind="stable")[:, : self.candidates]
        of_place = np.arange(len(prompt))[:, None]
        places, ranks = np.nonzero(promise[of_place, nominated] > -np.inf)
        symbols = nominated[places, ranks]
        drawn = rng.permutation(len(places))[: self.tries]
        changed = np.tile(prompt, (len(drawn), 1))
        changed[np.arange(len(drawn)), places[drawn]] = symbols[drawn]
        return changed

    def _flags(self, symbols: NDArray[Any]) -> Tensor:
        return nn.functional.one_hot(torch.tensor(symbols), self.n_symbols).float()

    def _log_prob(self, flags: Tensor) -> Tensor:
        """The same after prompts of flags (n, length, n_symbols), differentiable."""
        n, length = flags.shape[:2]
        m = len(self.continuations)
        wanted = self._flags(self.continuations)
        rows = torch.cat([flags.repeat_interleave(m, 0), wanted.repeat(n, 1, 1)], dim=1)
        told = self.reader(rows)[:, length + self.given :].log_softmax(-1)
        each = (told * rows[:, length + self.given :]).sum((1, 2))
        return each.view(n, m).mean(1)


def reader_of(network: Any) -> Reader:
    """Return how one of the baselines' networks of sequences reads flags.

    The network looks its symbols up, which has no gradient; what it looks up is replaced by the
    same, made of flags.

    Args:
        network: a network with a `level_embedding` of features `basis` (n_symbols, features), such
            as `net` of a fitted `recurrent` or `transformer`.
    """

    def read(flags: Tensor) -> Tensor:
        features = flags[:, :-1] @ network.basis
        hook = network.level_embedding.register_forward_pre_hook(lambda *_: (features,))
        try:
            logits: Tensor = network(flags.argmax(-1))
        finally:
            hook.remove()
        return logits

    return read
