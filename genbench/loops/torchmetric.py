"""The same scores as a metric of torchmetrics, for loops and Lightning modules that expect one.

torchmetrics gathers the states of all processes before `compute`, where they are merged. Unlike its
own, floats are rounded to 256 levels, not cut off.
"""

from contextlib import suppress
from copy import deepcopy
from itertools import count
from typing import Any

from genbench.ground.errors import MissingExtra, Unavailable
from genbench.ground.extras import require
from genbench.images.torchvision_import import import_torchvision
from genbench.loops.image_scores import ImageScores
from genbench.metrics import find

NUMBERS = count()


def as_torchmetric(metric: str, features: Any = None, **settings: Any) -> Any:
    """Return a `torchmetrics.Metric` of one measure, with `update(images, real)` and `compute()`.

    Args:
        metric: its name or acronym, such as "fid".
        features: a network, as `ImageScores` takes it.
        settings: the others of `ImageScores`.

    Raises:
        BadInput: there is no such metric or network.
        MissingExtra: torchmetrics is not installed.
    """
    import torch

    with suppress(MissingExtra):  # it imports torchvision, which may need help
        import_torchvision()
    torchmetrics = require("torchmetrics")
    known = find(metric)

    class Adapted(torchmetrics.Metric):  # type: ignore[name-defined, misc]
        """One measure of genbench."""

        is_differentiable = False
        higher_is_better = {"low": False, "high": True, "match": None}[known.aim]
        full_state_update = False

        def __init__(self, scores: ImageScores) -> None:
            super().__init__()
            self.scores = scores
            # Of a name of its own: collections take metrics for one whose states are alike.
            self.state = f"packed_{next(NUMBERS)}"
            self.add_state(self.state, default=[], dist_reduce_fx=None)

        def update(self, images: Any, real: bool, index: Any = None) -> None:
            """Take a batch in."""
            self.scores.update(images, real=real, index=index)

        def forward(self, images: Any, real: bool, index: Any = None) -> None:
            """Take a batch in; one batch alone has no score."""
            self.update(images, real, index)

        def sync(self, *args: Any, **kwargs: Any) -> None:
            """Pack what came, for torchmetrics to hand round."""
            content = bytearray(self.scores.pack())
            packed = torch.frombuffer(content, dtype=torch.uint8).to(self.device)
            setattr(self, self.state, [packed])
            super().sync(*args, **kwargs)

        def compute(self) -> Any:
            """Return the value of what came to all processes that were synchronised.

            Raises:
                Unavailable: what came has no such value.
            """
            scores = self.scores
            if self._is_synced:
                parts = getattr(self, self.state)
                scores = scores.merged(part.cpu().numpy().tobytes() for part in parts)
            found = scores.compute()[known.name]
            if found.value is None:
                raise Unavailable(found.reason)
            return torch.tensor(found.value, dtype=torch.float64)

        def reset(self, *, keep_real: bool = False) -> None:
            """Forget all pictures, or all generated ones."""
            super().reset()
            self.scores.reset(keep_real=keep_real)

        def __deepcopy__(self, memo: dict[int, Any] | None = None) -> "Adapted":
            other = type(self)(deepcopy(self.scores))
            other._update_count = self._update_count
            return other

    return Adapted(ImageScores(features, metrics=[known.name], **settings))
