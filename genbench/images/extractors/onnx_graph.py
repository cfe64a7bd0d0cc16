"""A convolutional network as an ONNX graph, which ONNX Runtime runs faster than torch.

The file format is protocol buffers: fields by number, as onnx.proto lays them out
(https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). No package is needed to write it.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np

Field: TypeAlias = tuple[int, int | str | bytes]

OPSET, IR_VERSION = 13, 8
FLOAT, INT, INTS = 1, 2, 7  # types of attributes; FLOAT is that of single precision, too
VARINT, BYTES = 0, 2  # kinds of fields


def message(*fields: Field) -> bytes:
    """Return a message of protocol buffers: whole numbers, texts, bytes and messages by numbers."""
    parts = []
    for number, value in fields:
        if isinstance(value, int):
            parts += [_varint(number << 3 | VARINT), _varint(value)]
        else:
            content = value.encode() if isinstance(value, str) else value
            parts += [_varint(number << 3 | BYTES), _varint(len(content)), content]
    return b"".join(parts)


def _varint(number: int) -> bytes:
    content = bytearray()
    while number > 127:
        content.append(number & 127 | 128)
        number >>= 7
    return bytes([*content, number])


class Graph:
    """A graph that grows node by node; a value is known by its name."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []

    def constant(self, values: Any) -> str:
        """Add numbers in single precision."""
        array = np.asarray(values.detach().numpy() if hasattr(values, "detach") else values, "<f4")
        name = f"c{len(self._constants)}"
        shape: Iterable[Field] = ((1, size) for size in array.shape)
        self._constants.append(message(*shape, (2, FLOAT), (8, name), (9, array.tobytes())))
        return name

    def node(self, kind: str, *inputs: str, **whole: int | Sequence[int]) -> str:
        """Add an operation on values; `whole` are its attributes."""
        name = f"v{len(self._nodes)}"
        attributes = [
            message((1, key), (3, value), (20, INT))
            if isinstance(value, int)
            else message((1, key), *((8, each) for each in value), (20, INTS))
            for key, value in whole.items()
        ]
        fields: list[Field] = [(1, each) for each in inputs]
        fields += [(2, name), (4, kind), *((5, attribute) for attribute in attributes)]
        self._nodes.append(message(*fields))
        return name

    def convolution(self, value: str, layer: Any, padding: Sequence[int]) -> str:
        """Add a convolution of torch with a bias, behind a padding (left, right, top, bottom)."""
        left, right, top, bottom = padding
        return self.node(
            "Conv",
            value,
            self.constant(layer.weight),
            self.constant(layer.bias),
            strides=layer.stride,
            pads=(top, left, bottom, right),
            group=layer.groups,
            kernel_shape=layer.kernel_size,
        )

    def content(self, takes: str, sizes: Sequence[int], gives: Sequence[str]) -> bytes:
        """Return the file: one input (n, *sizes), and outputs (n, ...)."""
        dimensions = [message((2, "n")), *(message((1, size)) for size in sizes)]
        shape = message(*((1, each) for each in dimensions))
        kind = message((1, message((1, FLOAT), (2, shape))))
        unknown = message((1, message((1, FLOAT))))
        graph = message(
            *((1, node) for node in self._nodes),
            (2, "network"),
            *((5, constant) for constant in self._constants),
            (11, message((1, takes), (2, kind))),
            *((12, message((1, each), (2, unknown))) for each in gives),
        )
        return message((1, IR_VERSION), (7, graph), (8, message((2, OPSET))))
