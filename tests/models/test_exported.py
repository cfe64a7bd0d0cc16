"""Exported generators, TorchScript and ONNX: what they are fed, what they give, what is refused."""

import struct
import sys

import numpy as np
import pytest
import torch

from genbench.ground.errors import BadInput, MissingExtra
from genbench.models import exported
from genbench.models.find import ModelSpec, find, source_hash
from genbench.models.find import exported as spec_of

WEIGHTS = np.array([[1.0, -2.0], [0.5, 3.0], [0.0, 1.0]], dtype=np.float32)  # 3 latents to 2 values
ANY, RNG = "n", np.random.default_rng


class Affine(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = torch.nn.Parameter(torch.tensor(WEIGHTS))

    def forward(self, latents):
        return latents @ self.weights


class Noisy(torch.nn.Module):
    def forward(self, latents):
        return latents + torch.randn_like(latents)


class Pair(torch.nn.Module):
    def forward(self, latents):
        return latents, latents


class Summed(torch.nn.Module):
    def forward(self, latents):
        return latents.sum(dim=0, keepdim=True)


class Dropping(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.dropout = torch.nn.Dropout(0.5)

    def forward(self, latents):
        return self.dropout(latents).reshape(-1, 1, 3)


def scripted(module, path):
    # Tracing, scripting and loading all warn that they are old; they are what people have.
    example = torch.zeros(4, 3)
    traced = torch.jit.trace(module.train(), example, check_trace=False)
    traced.save(path)
    return path


def message(*fields):
    """Write a message of protocol buffers: numbers, texts, bytes and messages by their tags."""
    parts = []
    for tag, value in fields:
        if isinstance(value, int):
            parts += [varint(tag << 3), varint(value)]
        else:
            content = value.encode() if isinstance(value, str) else value
            parts += [varint(tag << 3 | 2), varint(len(content)), content]
    return b"".join(parts)


def varint(number):
    content = bytearray()
    while number > 127:
        content.append(number & 127 | 128)
        number >>= 7
    return bytes([*content, number])


def onnx_model(*, batch=ANY, latents=3, kind=1):
    """ONNX of `latents @ WEIGHTS`, as onnx.proto lays it out; it needs no package."""

    def value(name, *sizes):
        sized = [message((2 if isinstance(size, str) else 1, size)) for size in sizes]
        shape = message(*((1, size) for size in sized))
        return message((1, name), (2, message((1, message((1, kind), (2, shape))))))

    weights = message(
        (1, len(WEIGHTS)),
        (1, WEIGHTS.shape[1]),
        (2, 1),  # of single precision
        (8, "weights"),
        (9, struct.pack(f"<{WEIGHTS.size}f", *WEIGHTS.ravel())),
    )
    product = message((1, "latents"), (1, "weights"), (2, "samples"), (4, "MatMul"))
    graph = message(
        (1, product),
        (2, "generator"),
        (5, weights),
        (11, value("latents", batch, latents)),
        (12, value("samples", batch, WEIGHTS.shape[1])),
    )
    return message((8, message((2, 13))), (1, 8), (7, graph))


def write_onnx(path, **shape):
    path.write_bytes(onnx_model(**shape))
    return path


EXPORTS = {
    "g.pt": lambda path: scripted(Affine(), path),
    "g.onnx": write_onnx,
}
KINDS = [
    pytest.param("g.pt", marks=pytest.mark.filterwarnings("ignore::DeprecationWarning")),
    pytest.param("g.onnx", marks=pytest.mark.extras),
]
of_torch = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def draw(target, n=600, *, seed=0):
    model = find(str(target)).make()
    assert model.fit(np.zeros((4, 2)), rng=RNG(9)) is model
    return model.sample(n, rng=RNG(seed))


@pytest.mark.parametrize("name", KINDS)
def test_samples_are_made_of_standard_normal_latents(name, tmp_path):
    path = EXPORTS[name](tmp_path / name)

    drawn = draw(f"{path}:3")

    latents = RNG(0).standard_normal((600, 3), dtype=np.float32)
    assert drawn.dtype == np.float64
    np.testing.assert_allclose(drawn, latents @ WEIGHTS, rtol=1e-5, atol=1e-6)
    assert np.array_equal(drawn, draw(f"{path}:3"))
    assert not np.array_equal(drawn, draw(f"{path}:3", seed=1))


@pytest.mark.parametrize("name", KINDS)
def test_batches_do_not_show(name, tmp_path, monkeypatch):
    path = EXPORTS[name](tmp_path / name)
    whole = draw(f"{path}:3", 50)

    monkeypatch.setattr(exported, "BATCH_SIZE", 7)

    np.testing.assert_allclose(draw(f"{path}:3", 50), whole, rtol=1e-5, atol=1e-6)


@pytest.mark.extras
@pytest.mark.parametrize("batch", [1, 16])
def test_an_onnx_file_with_a_fixed_batch_gives_any_number_of_samples(batch, tmp_path):
    path = write_onnx(tmp_path / "fixed.onnx", batch=batch)

    free = write_onnx(tmp_path / "free.onnx")
    np.testing.assert_allclose(draw(f"{path}:3", 37), draw(f"{free}:3", 37), rtol=1e-5, atol=1e-6)


@of_torch
def test_noise_of_its_own_follows_the_seed_and_no_global_state(tmp_path):
    path = scripted(Noisy(), tmp_path / "noisy.pt")
    torch.manual_seed(5)
    before = torch.random.get_rng_state()

    first = draw(f"{path}:3", 20)

    assert torch.equal(torch.random.get_rng_state(), before)
    torch.manual_seed(6)
    assert np.array_equal(draw(f"{path}:3", 20), first)
    assert not np.array_equal(draw(f"{path}:3", 20, seed=1), first)


@of_torch
def test_a_generator_of_pictures_draws_as_when_it_is_used_not_trained(tmp_path):
    path = tmp_path / "dropping.pt"
    torch.jit.script(Dropping().train()).save(path)

    drawn = draw(f"{path}:3", 5)

    assert drawn.shape == (5, 1, 3)
    latents = RNG(0).standard_normal((5, 3), dtype=np.float32)
    assert np.array_equal(drawn[:, 0], latents.astype(np.float64))


def test_a_spec_says_where_the_file_is_and_survives_json(tmp_path):
    path = tmp_path / "g.pt"
    path.write_bytes(b"anything")

    spec = find(f"{path}:64")

    assert spec == spec_of(path, 64) == spec_of(str(path), np.int64(64))
    assert spec.params == {"path": str(path), "latent_size": 64}
    assert ModelSpec(**spec.to_json()) == spec


def test_the_source_of_an_export_is_its_file_with_weights_beside_it(tmp_path):
    path = tmp_path / "g.onnx"
    path.write_bytes(b"one")
    one = source_hash(spec_of(path, 3))

    path.with_name("g.onnx.data").write_bytes(b"weights")
    with_weights = source_hash(spec_of(path, 3))
    path.write_bytes(b"two")

    assert len({one, with_weights, source_hash(spec_of(path, 3))}) == 3


@pytest.mark.parametrize(
    ("target", "wrong"),
    [
        (
            "g.pt",
            "is an exported generator: say how many numbers its latents have, as in .*g.pt:64",
        ),
        ("g.onnx", "say how many numbers its latents have"),
        ("g.pt:0", "must have 1 to 100000 numbers, not 0"),
        ("g.pt:many", "must have 1 to 100000 numbers, not 'many'"),
        ("g.pt:-3", "must have 1 to 100000 numbers, not '-3'"),
        ("g.pt:9999999999999", "must have 1 to 100000 numbers"),
        ("gone.pt:64", r"There is no file .*gone.pt"),
    ],
)
def test_a_size_of_latents_that_is_none_is_named(target, wrong, tmp_path):
    for name in ("g.pt", "g.onnx"):
        (tmp_path / name).write_bytes(b"anything")

    with pytest.raises(BadInput, match=wrong):
        find(f"{tmp_path}/{target}")


@pytest.mark.parametrize(
    ("size", "path"), [(None, "g.pt"), (1.5, "g.pt"), (True, "g.pt"), (3, "g.py")]
)
def test_what_is_no_export_is_refused_in_python_too(size, path, tmp_path):
    (tmp_path / path).write_bytes(b"anything")

    with pytest.raises(BadInput, match=r"g\.p"):
        spec_of(tmp_path / path, size)


@of_torch
@pytest.mark.parametrize("write", ["text", "weights", "nothing"])
def test_a_file_that_is_not_torchscript_is_named(write, tmp_path):
    path = tmp_path / "g.pt"
    if write == "weights":
        torch.save(Affine().state_dict(), path)
    else:
        path.write_text("not torch" if write == "text" else "")

    with pytest.raises(BadInput, match=r"g.pt is not TorchScript: export the generator by"):
        find(f"{path}:3").make()


@of_torch
@pytest.mark.parametrize(
    ("module", "latents", "wrong"),
    [
        (Affine, 4, r"makes no samples of latents of shape \(5, 4\): .*shapes cannot be multipl"),
        (Pair, 3, "it returns tuple, not one tensor"),
        (Summed, 3, r"made float64 of shape \(1, 3\) from latents of shape \(5, 3\)"),
    ],
)
def test_a_generator_that_makes_no_samples_is_named(module, latents, wrong, tmp_path):
    path = scripted(module(), tmp_path / "g.pt")

    with pytest.raises(BadInput, match=wrong):
        draw(f"{path}:{latents}", 5)


@pytest.mark.extras
@pytest.mark.parametrize(
    ("shape", "latents", "wrong"),
    [
        ({}, 4, r"takes tensor\(float\) of shape \['n', 3\]; expected .* \(n, 4\)"),
        ({"batch": 10**9}, 3, "takes 1000000000 latents at a time"),
        ({"latents": 4}, 4, "is not a readable .onnx file: .*Incompatible dimensions"),
        ({"kind": 7}, 3, "is not a readable .onnx file"),  # whole numbers, times others
        ({"latents": "k"}, 4, r"makes no samples of latents of shape \(5, 4\)"),
    ],
)
def test_an_onnx_file_that_takes_other_latents_is_named(shape, latents, wrong, tmp_path):
    path = write_onnx(tmp_path / "g.onnx", **shape)

    with pytest.raises(BadInput, match=wrong):
        draw(f"{path}:{latents}", 5)


@pytest.mark.extras
def test_a_file_that_is_not_onnx_is_named(tmp_path):
    path = tmp_path / "g.onnx"
    path.write_bytes(onnx_model()[:100])

    with pytest.raises(BadInput, match=r"g.onnx is not a readable .onnx file"):
        find(f"{path}:3").make()


def test_onnx_without_its_runtime_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    path = write_onnx(tmp_path / "g.onnx")

    with pytest.raises(MissingExtra, match=r"pip install 'genbench\[onnx\]'"):
        find(f"{path}:3").make()
