"""Sample files: what is read, and one clear sentence for what is not."""

import numpy as np
import pytest

from genbench.errors import BadInput
from genbench.files import read_samples

SAMPLES = np.arange(6.0).reshape(3, 2)


def test_reads_npy_and_npz(tmp_path):
    np.save(tmp_path / "a.npy", SAMPLES)
    np.savez(tmp_path / "b.npz", anything=SAMPLES)
    np.savez(tmp_path / "c.npz", samples=SAMPLES, labels=np.zeros(3))

    for name in ("a.npy", "b.npz", "c.npz"):
        np.testing.assert_array_equal(read_samples(tmp_path / name), SAMPLES)


def write_text(path):
    path.write_text("not numbers")


def write_empty(path):
    path.write_bytes(b"")


def write_pickle(path):
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)


def write_pickled_npz(path):
    np.savez(path, samples=np.array([{"a": 1}], dtype=object))


def write_two_arrays(path):
    np.savez(path, left=SAMPLES, right=SAMPLES)


def write_npy_named_npz(path):
    with path.open("wb") as file:
        np.save(file, SAMPLES)


def write_strings(path):
    np.save(path, np.array([["a", "b"]]))


def write_nan(path):
    np.save(path, np.array([[1.0, np.nan], [0.0, 1.0]]))


def write_vector(path):
    np.save(path, np.arange(3.0))


def write_other_width(path):
    np.save(path, np.ones((3, 5)))


def write_cut_off(path):
    np.savez(path, samples=np.ones((100, 5)))
    path.write_bytes(path.read_bytes()[:200])


@pytest.mark.parametrize(
    ("name", "write", "message"),
    [
        ("a.npy", write_text, "a.npy (is not a readable .npy file|holds pickled objects)"),
        ("a.npy", write_empty, "a.npy is not a readable .npy file"),
        ("a.npz", write_cut_off, "a.npz is not a readable .npz file"),
        ("a.npy", write_pickle, "a.npy holds pickled objects, which are never loaded"),
        ("a.npz", write_pickled_npz, "a.npz holds pickled objects, which are never loaded"),
        ("a.npz", write_two_arrays, "a.npz holds the arrays left, right; expected one"),
        ("a.npz", write_npy_named_npz, "a.npz is named .npz but is not one"),
        ("a.npy", write_strings, "a.npy must hold real numbers"),
        ("a.npy", write_nan, "a.npy: 1 of 2 samples hold NaN or infinity"),
        ("a.npy", write_vector, r"a.npy must have shape \(n_samples, ...\), not \(3,\)"),
        ("a.npy", write_other_width, r"a.npy has samples of shape \(5,\); expected \(2,\)"),
        ("a.txt", write_text, "a.txt must be a .npy or .npz file"),
    ],
)
def test_a_file_that_is_not_what_it_claims_is_named(tmp_path, name, write, message):
    write(tmp_path / name)

    with pytest.raises(BadInput, match=message):
        read_samples(tmp_path / name, like=SAMPLES)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadInput, match=r"There is no file .*gone.npy"):
        read_samples(tmp_path / "gone.npy")
