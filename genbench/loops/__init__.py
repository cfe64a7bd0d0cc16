"""What training loops call: scores of pictures that come batch by batch, on one process or many."""

from typing import TYPE_CHECKING

from genbench.ground.lazy import lazy

if TYPE_CHECKING:
    from genbench.loops.image_scores import ImageScores
    from genbench.loops.torchmetric import as_torchmetric

__all__ = ["ImageScores", "as_torchmetric"]

_HOMES = {"ImageScores": "image_scores", "as_torchmetric": "torchmetric"}
__getattr__ = lazy(__name__, _HOMES)
