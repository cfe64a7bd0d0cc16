"""Generators exported to a file: TorchScript (.pt) and ONNX (.onnx), which need no code of theirs.

An exported generator is a function from standard-normal latents (n, latent_size) to samples
(n, ...), both in single precision. It has learned before, so `fit` does nothing; what it learned
from is not known here, and measures of copying take the training set at hand for it.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput
from genbench.ground.extras import require
from genbench.ground.paths import brief, shown

Latents: TypeAlias = NDArray[np.float32]

BATCH_SIZE = 256  # fixed: the size of a batch may move the last digits of a float32 network
MOST_IN_A_BATCH = 2**16  # of those that ask for one size
SEEDS = 2**63


class Network(NamedTuple):
    """A function from latents to what it makes of them, and how many it takes at a time."""

    make: Callable[[Latents], Any]
    batch_size: int
    fixed_batch: bool  # whether it takes no fewer either
    seeded: Callable[[int], AbstractContextManager[None]]  # for noise of its own, where it can be


class Exported:
    """A generator from a file, fed with standard-normal latents."""

    def __init__(self, path: str, latent_size: int) -> None:
        """Load the generator; `latent_size` numbers make one sample.

        Raises:
            BadInput: the file holds no such generator, or it takes other latents.
            MissingExtra: onnxruntime is not installed.
        """
        self.path, self.latent_size = Path(path), latent_size
        if self.path.suffix.lower() == ".onnx":
            self._network = _load_onnx(self.path, latent_size)
        else:
            self._network = _load_torchscript(self.path)

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        """Do nothing: it has learned before."""
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        """Draw `n` samples (n, ...).

        Raises:
            BadInput: it cannot take latents (n, latent_size), or makes no samples of them.
        """
        size = self._network.batch_size
        with self._network.seeded(int(rng.spawn(1)[0].integers(SEEDS))):
            batches = [self._draw(min(size, n - start), rng) for start in range(0, n, size)]
        shapes = {batch.shape[1:] for batch in batches}
        if len(shapes) > 1:
            raise BadInput(f"{shown(self.path)} makes samples of different shapes: {shapes}.")
        return np.concatenate(batches)

    def _draw(self, n: int, rng: np.random.Generator) -> Array:
        latents = rng.standard_normal((n, self.latent_size), dtype=np.float32)
        missing = self._network.batch_size - n if self._network.fixed_batch else 0
        padded = np.pad(latents, ((0, missing), (0, 0)))
        try:
            made = np.asarray(self._network.make(padded))
        except MemoryError:
            raise
        except Exception as error:  # what is wrong inside comes out as errors of any kind
            raise BadInput(
                f"{shown(self.path)} makes no samples of latents of shape {padded.shape}: "
                f"{brief(_last_line(error))}."
            ) from error
        if made.dtype.kind not in "buif" or made.shape[:1] != (len(padded),):
            raise BadInput(
                f"{shown(self.path)} made {made.dtype} of shape {made.shape} from latents of shape "
                f"{padded.shape}; expected one sample of real numbers for each."
            )
        return made[:n].astype(np.float64)


def _load_torchscript(path: Path) -> Network:
    import torch

    try:
        load: Any = torch.jit.load
        module = load(str(path), map_location="cpu").eval()
    except Exception as error:  # broken bytes lead the loader to errors of almost any kind
        raise BadInput(
            f"{shown(path)} is not TorchScript: export the generator by "
            f"torch.jit.script(generator).save(path), not by torch.save ({type(error).__name__})."
        ) from error

    def make(latents: Latents) -> Any:
        with torch.inference_mode():
            made = module(torch.from_numpy(latents))
        if not torch.is_tensor(made):
            raise TypeError(f"it returns {type(made).__name__}, not one tensor")
        return (made.double() if made.is_floating_point() else made).numpy()

    @contextmanager
    def seeded(seed: int) -> Iterator[None]:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield

    return Network(make, BATCH_SIZE, fixed_batch=False, seeded=seeded)


def _load_onnx(path: Path, latent_size: int) -> Network:
    runtime = require("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # sums in one order
    options.log_severity_level = 4  # what goes wrong is raised too
    try:
        session = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors have no base of their own
        raise BadInput(f"{shown(path)} is not a readable .onnx file: {brief(error)}.") from error
    inputs, outputs = session.get_inputs(), session.get_outputs()
    if len(inputs) != 1 or len(outputs) != 1:
        raise BadInput(
            f"{shown(path)} has {len(inputs)} inputs and {len(outputs)} outputs; expected one of "
            "each: latents and samples."
        )
    (latents,) = inputs
    batch, *shape = latents.shape or [None]
    size = shape[0] if len(shape) == 1 else None
    if (
        latents.type != "tensor(float)"
        or len(shape) != 1
        or (isinstance(size, int) and size != latent_size)
    ):
        raise BadInput(
            f"{shown(path)} takes {latents.type} of shape {brief(latents.shape)}; expected "
            f"tensor(float) of shape (n, {latent_size})."
        )
    fixed = isinstance(batch, int)
    if fixed and not 1 <= batch <= MOST_IN_A_BATCH:
        raise BadInput(
            f"{shown(path)} takes {batch} latents at a time; expected 1 to {MOST_IN_A_BATCH}, or "
            "any number."
        )

    def make(values: Latents) -> Any:
        return session.run(None, {latents.name: values})[0]

    return Network(
        make,
        batch if fixed else BATCH_SIZE,
        fixed_batch=fixed,
        seeded=lambda _: nullcontext(),
    )


def _last_line(error: Exception) -> str:
    """Return what went wrong; TorchScript puts the trace of its own code before it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else type(error).__name__
