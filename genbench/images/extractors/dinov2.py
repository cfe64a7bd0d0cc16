"""DINOv2: vision transformers without labels, written out, for the files that Meta publishes.

Oquab et al., "DINOv2: learning robust visual features without supervision", TMLR 2024,
https://arxiv.org/abs/2304.07193; as a metric: Stein et al., "Exposing flaws of generative model
evaluation metrics and their unfair treatment of diffusion models", NeurIPS 2023,
https://arxiv.org/abs/2306.04675.

The network learned at 37 x 37 patches and sees 16 x 16. Its own code resizes the position embedding
by the factor (16 + 0.1) / 37, and so does this: by size instead, or antialiased, features differ by
a quarter of a percent or more.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from genbench.images.extractors import Extractor, Seen
from genbench.images.preparing import find as find_preparing
from genbench.images.weights import Wanted, find, fitting, load_state

PATCH, SIZE, LEARNED = 14, 224, 37
OFFSET = 0.1  # patches, which DINOv2 adds to the size that it resizes the position embedding to
EPSILON = 1e-6
HEAD = 64  # dimensions of a head


class Shape(NamedTuple):
    """How wide and deep a network is."""

    width: int
    depth: int


SHAPES = {
    "dinov2-vits14": Shape(384, 12),
    "dinov2-vitb14": Shape(768, 12),
    "dinov2-vitl14": Shape(1024, 24),
}


class Attention(nn.Module):
    """Self-attention of several heads."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.n_heads = width // HEAD
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Map tokens (n, t, width) to as many."""
        n, t, width = tokens.shape
        query, key, value = self.qkv(tokens).reshape(n, t, 3, self.n_heads, HEAD).unbind(2)
        mixed = functional.scaled_dot_product_attention(
            query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2)
        )
        projected: Tensor = self.proj(mixed.transpose(1, 2).reshape(n, t, width))
        return projected


class Scale(nn.Module):
    """A factor for each dimension."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(width))

    def forward(self, tokens: Tensor) -> Tensor:
        """Map tokens (n, t, width) to as many."""
        return tokens * self.gamma


class Block(nn.Module):
    """Attention and a perceptron, each normalised before and scaled after."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = (nn.LayerNorm(width, eps=EPSILON) for _ in range(2))
        self.attn = Attention(width)
        self.ls1, self.ls2 = Scale(width), Scale(width)
        self.mlp = nn.ModuleDict(
            {"fc1": nn.Linear(width, 4 * width), "fc2": nn.Linear(4 * width, width)}
        )

    def forward(self, tokens: Tensor) -> Tensor:
        """Map tokens (n, t, width) to as many."""
        tokens = tokens + self.ls1(self.attn(self.norm1(tokens)))
        hidden = functional.gelu(self.mlp["fc1"](self.norm2(tokens)))
        moved: Tensor = tokens + self.ls2(self.mlp["fc2"](hidden))
        return moved


class VisionTransformer(nn.Module):
    """The network; its parameters have the names that they have in the published files."""

    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + LEARNED**2, width))
        self.patch_embed = nn.ModuleDict({"proj": nn.Conv2d(3, width, PATCH, stride=PATCH)})
        self.blocks = nn.ModuleList(Block(width) for _ in range(depth))
        self.norm = nn.LayerNorm(width, eps=EPSILON)

    def positions(self) -> Tensor:
        """Return the position embedding of a picture of 224 x 224, (1, 1 + 256, width)."""
        own, patches = self.pos_embed[:, :1], self.pos_embed[:, 1:]
        learned = patches.reshape(1, LEARNED, LEARNED, -1).permute(0, 3, 1, 2)
        resized = functional.interpolate(
            learned, scale_factor=(SIZE // PATCH + OFFSET) / LEARNED, mode="bicubic"
        )
        return torch.cat([own, resized.flatten(2).transpose(1, 2)], dim=1)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return the normalised class token (n, width) of pictures (n, 3, 224, 224)."""
        patches = self.patch_embed["proj"](pictures).flatten(2).transpose(1, 2)
        own = self.cls_token.expand(len(pictures), -1, -1)
        tokens = torch.cat([own, patches], dim=1) + self.positions()
        for block in self.blocks:
            tokens = block(tokens)
        normalised: Tensor = self.norm(tokens)
        return normalised[:, 0]


def dinov2(name: str, wanted: Wanted, device: str) -> Extractor:
    """Return the network to its class token.

    Raises:
        BadInput: there are no weights of it.
    """
    shape, found = SHAPES[name], find(name, wanted)
    state = load_state(found)
    state.pop("mask_token", None)  # of training
    with torch.device("meta"):  # nothing is drawn for weights that are replaced
        network: Any = VisionTransformer(*shape)
    with fitting(found, name):
        network.load_state_dict(state, assign=True)
    network = network.eval().requires_grad_(False).to(device)

    def run(batch: Tensor) -> Seen:
        return network(batch.to(device)), None

    return Extractor(
        name=name,
        dimensions=shape.width,
        preparing=find_preparing("pil-bicubic-224-imagenet"),
        run=run,
        weights=found.sha256,
    )
