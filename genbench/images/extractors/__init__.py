"""Networks that make features of pictures, and class logits where they know classes."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from genbench.ground.devices import PROCESSOR
from genbench.ground.errors import BadInput, unknown_name
from genbench.ground.paths import brief
from genbench.images.preparing import Preparing
from genbench.images.preparing import find as find_preparing
from genbench.images.weights import Wanted

if TYPE_CHECKING:
    import torch

BATCH_SIZE = 32  # fixed: the size of a batch moves the last digits of a float32 network
DEFAULT = "lite0-128"
Seen: TypeAlias = "tuple[torch.Tensor, torch.Tensor | None]"


@dataclass(frozen=True, eq=False, kw_only=True)
class Extractor:
    """What makes features of prepared pictures.

    `run` takes (n, 3, height, width) float32 and returns features (n, dimensions) and logits
    (n, classes) or None.
    """

    name: str
    dimensions: int | None  # None: what the pictures have
    preparing: Preparing
    run: "Callable[[torch.Tensor], Seen]"
    weights: str | None = None  # their SHA-256
    precision: str = "float32"

    @property
    def described(self) -> dict[str, str]:
        """What the numbers depend on, in words: of two descriptions that differ none compare."""
        return {
            "features": self.name,
            "preprocessing": str(self.preparing),
            "precision": self.precision,
            "weights": self.weights or "none",
        }

    def __call__(self, batch: "torch.Tensor") -> Seen:
        """Return features (n, d) and logits (n, classes), if there are classes, both float32.

        Raises:
            BadInput: the network does not take such pictures, or returns something else.
        """
        import torch

        before = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
        torch.set_float32_matmul_precision("highest")
        torch.backends.cudnn.allow_tf32 = False
        try:
            with torch.inference_mode():
                features, logits = self.run(batch)
        finally:
            torch.set_float32_matmul_precision(before[0])
            torch.backends.cudnn.allow_tf32 = before[1]
        features = features.float().cpu()
        wanted = (len(batch), self.dimensions or features.shape[-1])
        if tuple(features.shape) != wanted:
            raise BadInput(
                f"{self.name} must make features of shape {wanted}, not {tuple(features.shape)}."
            )
        if not bool(torch.isfinite(features).all()):
            raise BadInput(f"{self.name} makes features that are not finite.")
        return features, None if logits is None else logits.float().cpu()


class Entry(NamedTuple):
    """A line of the catalog."""

    maker: str  # module:function, which takes the name, the preparing, what is wanted of weights
    preparing: str
    dimensions: str
    needs: str
    use: str


_FILE = "a file of weights"
CATALOG: Mapping[str, Entry] = MappingProxyType(
    {
        **{
            f"lite0-{size}": Entry(
                "lite0:lite0", f"pil-bicubic-{size}-lite", "1280", "the extra `images`", use
            )
            for size, use in ((128, "a network of ImageNet that works offline"), (224, "the same"))
        },
        "inception": Entry(
            "inception:inception", "tf1-bilinear-299", "2048", _FILE, "FID, KID, IS as published"
        ),
        **{
            f"inception-{layer}": Entry(
                "inception:inception", "tf1-bilinear-299", layer, _FILE, "an earlier layer"
            )
            for layer in ("64", "192", "768")
        },
        **{
            f"dinov2-vit{size}14": Entry(
                "dinov2:dinov2", "pil-bicubic-224-imagenet", width, _FILE, "FD-DINOv2"
            )
            for size, width in (("s", "384"), ("b", "768"), ("l", "1024"))
        },
        "clip-vit-b-32": Entry("clip:clip", "clip-224", "512", _FILE, "FD-CLIP"),
        "clip-vit-l-14-336": Entry("clip:clip", "clip-336", "768", _FILE, "CMMD"),
        "vgg16": Entry(
            "vgg16:vgg16", "tf1-bilinear-224-imagenet", "4096", _FILE, "precision and recall"
        ),
        "pixels": Entry("controls:pixels", "as-is", "any", "pictures of one size", "a control"),
        "random-convolution": Entry(
            "controls:random_convolution", "pil-bicubic-128-lite", "512", "nothing", "a control"
        ),
    }
)


def find(
    wanted: Any = DEFAULT,
    *,
    weights: Wanted = Wanted(),  # noqa: B008  # it cannot be changed
    device: str = PROCESSOR,
) -> Extractor:
    """Return what makes features.

    Args:
        wanted: a name of the catalog; `file.py:function` of RGB pixels (n, height, width, 3) to
            features (n, d); a file `network.onnx`; a `torch.nn.Module`; or an `Extractor`. Behind
            all but the last may stand how pictures are prepared, as in
            "inception@pil-bicubic-299"; of a module ("module", preparing) says it.
        weights: of those networks that have them in a file.
        device: where networks of torch run.

    Raises:
        BadInput: there is none such, or no weights for it.
        MissingExtra: a package that it needs is not installed.
    """
    from genbench.images.extractors import adapters

    if isinstance(wanted, Extractor):
        return wanted
    if not isinstance(wanted, str | Path):
        module, preparing = wanted if isinstance(wanted, tuple) else (wanted, None)
        return adapters.of_module(module, preparing, device=device)
    name, _, prepared = str(wanted).partition("@")
    preparing = find_preparing(prepared) if prepared else None
    if name in CATALOG:
        entry = CATALOG[name]
        module_name, _, maker = entry.maker.partition(":")
        make = getattr(importlib.import_module(f"{__name__}.{module_name}"), maker)
        made: Extractor = make(name, weights, device)
        return replace(made, preparing=preparing or find_preparing(entry.preparing))
    if name.lower().endswith(".onnx"):
        return adapters.of_onnx(Path(name), preparing)
    if ":" in name:
        return adapters.of_function(name, preparing)
    raise unknown_name(
        "features", brief(name), CATALOG, hint="Or give file.py:function or network.onnx."
    )
