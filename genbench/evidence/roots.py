"""The root of a table times its transpose: its trace, and how long vectors are under it."""

from functools import cached_property

import numpy as np
import scipy

from genbench.ground.arrays import Array

SAFE = 1e-8  # of the largest eigenvalue: a product of a matrix with itself keeps smaller ones badly
MANY = 600  # rows: more are taken apart no further, and no more exactly, than is asked for
NONE = 1e-12  # of the largest eigenvalue: smaller ones are none


class Root:
    """(M M')^(1/2) of a table M (r, s); its eigenvalues are the singular values of M.

    M M' of many rows is brought to three diagonals, from which eigenvalues take no time; their
    vectors, and what single precision knows of their products with others, come from there as well.
    """

    def __init__(self, table: Array) -> None:
        self._table = table

    @cached_property
    def squares(self) -> Array:
        """Eigenvalues of M M', (r,), ascending."""
        if self._many:
            _, diagonal, beside, _ = self._reduced
            return np.asarray(
                scipy.linalg.eigvalsh_tridiagonal(
                    diagonal, beside, check_finite=False, lapack_driver="sterf"
                )
            )
        return np.asarray(np.linalg.eigvalsh(self._table @ self._table.T))

    @property
    def off(self) -> Array:
        """What the eigenvalues are off by, at most; measured, for no bound is so narrow."""
        largest = self.squares.max(initial=0)
        several = np.sqrt(len(self._table)) * np.maximum(self.squares, 0)
        return np.asarray(4 * np.finfo(float).eps * (largest + several))

    def trace(self, precise: float) -> float:
        """Return the sum of the singular values, which must be off by no more than `precise`.

        Half the price of singular values are eigenvalues of M M', which are off by rounding of the
        largest: the roots of the smallest are off by the root of that.
        """
        squares, rows = self.squares, len(self._table)
        largest = squares.max(initial=0)
        safe = rows <= self._table.shape[1] and squares.min() > SAFE * largest
        if not safe:
            off = self.off
            safe = self._many and float((off / np.sqrt(np.maximum(squares, off))).sum()) <= precise
        if not safe:
            return float(np.linalg.svd(self._table, compute_uv=False).sum())
        return float(np.sqrt(np.maximum(squares, 0)).sum())

    def lengths(self, vectors: Array) -> Array:
        """Return x' (M M')^(1/2) x for the rows x of `vectors` (n, r)."""
        return np.asarray(self._shares(vectors) @ self._roots)

    def lengths_under_inverse(self, vectors: Array) -> Array:
        """Return x' (M M')^(-1/2) x for rows x of `vectors` (n, r), which lie in the span of M."""
        return np.asarray(self._shares(vectors) @ (1 / self._roots))

    @property
    def _many(self) -> bool:
        return len(self._table) > MANY

    @cached_property
    def _reduced(self) -> tuple[Array, Array, Array, Array]:
        """Return reflectors, the diagonal, the one beside it and the reflectors' weights."""
        square = self._table @ self._table.T
        *reduced, _ = scipy.linalg.lapack.dsytrd(
            square.T, lower=1, lwork=64 * len(square), overwrite_a=1
        )
        reflectors, diagonal, beside, weights = reduced
        return reflectors, diagonal, beside, weights

    @cached_property
    def _kept(self) -> tuple[Array, Array]:
        """Return eigenvalues that differ from zero, and their vectors (of the three diagonals)."""
        if self._many:
            _, diagonal, beside, _ = self._reduced
            squares, vectors = scipy.linalg.eigh_tridiagonal(diagonal, beside, check_finite=False)
        else:
            squares, vectors = np.linalg.eigh(self._table @ self._table.T)
        kept = squares > squares.max(initial=0) * NONE
        return np.asarray(squares[kept]), np.asarray(vectors[:, kept])

    @property
    def _roots(self) -> Array:
        return np.asarray(np.sqrt(self._kept[0]))

    def _shares(self, vectors: Array) -> Array:
        """Return the squares of the vectors' products with all eigenvectors, (n, r)."""
        eigenvectors = self._kept[1]
        if not self._many:
            return np.asarray((vectors @ eigenvectors) ** 2)
        reflectors, *_, weights = self._reduced
        scale = float(np.abs(vectors).max(initial=0)) or 1.0
        turned = np.asfortranarray((vectors / scale).T, dtype=np.float32)
        below, _, _ = scipy.linalg.lapack.sormqr(
            "L", "T",
            np.asfortranarray(reflectors[1:, :-1], dtype=np.float32),
            weights.astype(np.float32),
            np.asfortranarray(turned[1:]),
            lwork=64 * len(vectors),
        )  # fmt: skip
        turned[1:] = below
        products = turned.T @ eigenvectors.astype(np.float32)
        return np.asarray((scale * products.astype(float)) ** 2)
