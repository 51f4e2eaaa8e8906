# Projections of codes onto a few axes: PCA, and UMAP where it is installed.
"""Projections of codes onto a few axes: PCA, and UMAP where it is installed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from aekit.errors import UsageError
from aekit.latent.arrays import Array, Floats, as_floats, as_numpy, checked_codes, like

EXACT = 2048  # up to this many columns or rows the eigenvectors come from a full decomposition
ROWS = 4096  # rows converted to float64 at a time


@dataclass(frozen=True)
class PCA:
    """Principal components of a table (N, D).

    Attributes:
        mean: (D,).
        axes: (K, D), orthonormal, the largest variance first; the entry of the largest size is positive.
        variance: (K,), the variance along each axis (divisor N - 1).
        total_variance: the variance of all D columns together.
    """

    mean: Floats
    axes: Floats
    variance: Floats
    total_variance: float

    @classmethod
    def fit(cls, values: Any, components: int) -> PCA:
        """The first `components` axes of `values` (N, D).

        Exact where N or D is at most 2,048; above, by subspace iteration from a fixed start (Halko,
        Martinsson and Tropp 2011, algorithm 4.4), which leaves axes of nearly equal variance mixed.

        Raises:
            UsageError: `components` is not in 1 ... min(N, D), or the table is empty or of another rank.
        """
        table = as_numpy(values)
        if table.ndim != 2 or not 1 <= components <= min(table.shape):
            received = f"received {components} of shape {table.shape}"
            raise UsageError(f"PCA needs 1 to min(N, D) components of a table (N, D) ({received})")
        mean = table.mean(0, dtype=np.float64)
        total = float(sum(((rows - mean) ** 2).sum() for rows in _blocks(table))) / max(len(table) - 1, 1)
        axes, variance = _decompose(table, mean, components)
        return cls(mean, _signed(axes), variance, total)

    @property
    def explained(self) -> Floats:
        """The share of the total variance along each axis: (K,), each in [0, 1]."""
        return self.variance / self.total_variance if self.total_variance > 0 else 0 * self.variance

    def transform(self, values: Array) -> Array:
        """Values (N, D) to coordinates (N, K)."""
        blocks = [(rows - self.mean) @ self.axes.T for rows in _blocks(as_numpy(values))]
        return like(np.concatenate(blocks), values)

    def inverse(self, coordinates: Array) -> Array:
        """Coordinates (N, K) to the points (N, D) of the plane that the axes span."""
        return like(as_floats(coordinates) @ self.axes + self.mean, coordinates)


def umap(
    codes: Array, seed: int = 0, components: int = 2, neighbours: int = 15, min_distance: float = 0.1
) -> Array:
    """UMAP (McInnes, Healy and Melville 2018) of codes (N, D): (N, components), the same for the same seed.

    Raises:
        UsageError: the optional package is not installed, or there are fewer than 4 codes.
    """
    table = checked_codes(codes)
    if len(table) < components + 2:
        raise UsageError(f"UMAP needs at least {components + 2} codes (received {len(table)}); use PCA")
    try:
        from umap import UMAP
    except ImportError:
        raise UsageError("UMAP is not installed; use PCA, or: pip install 'aekit[umap]'") from None
    count = min(neighbours, len(table) - 1)
    options = {"n_components": components, "n_neighbors": count, "min_dist": min_distance}
    return like(np.asarray(UMAP(random_state=seed, n_jobs=1, **options).fit_transform(table)), codes)


def _blocks(table: Any) -> Any:
    """The table in float64, `ROWS` rows at a time, so that no copy of the whole is made."""
    return (table[first : first + ROWS].astype(np.float64) for first in range(0, len(table), ROWS))


def _decompose(table: Any, mean: Floats, components: int) -> tuple[Floats, Floats]:
    """Axes (K, D) and the variance along them (K,)."""
    count, width = table.shape
    if width <= EXACT:
        covariance = sum((rows - mean).T @ (rows - mean) for rows in _blocks(table)) / max(count - 1, 1)
        variance, columns = np.linalg.eigh(covariance)
        return columns[:, ::-1][:, :components].T, np.maximum(variance[::-1][:components], 0)
    if count <= EXACT:
        _, singular, rows = np.linalg.svd(table.astype(np.float64) - mean, full_matrices=False)
        return rows[:components], singular[:components] ** 2 / max(count - 1, 1)
    return _subspace(table, mean, components)


def _subspace(table: Any, mean: Floats, components: int, rounds: int = 8) -> tuple[Floats, Floats]:
    """Leading axes by subspace iteration; the table is read once a round."""
    start = np.random.Generator(np.random.Philox(0)).standard_normal((table.shape[1], components + 16))
    basis = np.linalg.qr(start)[0]
    for _ in range(rounds):
        image = sum((rows - mean).T @ ((rows - mean) @ basis) for rows in _blocks(table))
        basis = np.linalg.qr(image)[0]
    projected = np.concatenate([(rows - mean) @ basis for rows in _blocks(table)])
    variance, columns = np.linalg.eigh(projected.T @ projected / (len(table) - 1))
    return (basis @ columns[:, ::-1][:, :components]).T, variance[::-1][:components]


def _signed(axes: Floats) -> Floats:
    """The axes turned so that the entry of the largest size in each is positive."""
    largest = np.take_along_axis(axes, np.abs(axes).argmax(1)[:, None], 1)
    return np.ascontiguousarray(axes * np.where(largest < 0, -1.0, 1.0))
