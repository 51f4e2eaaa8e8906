# Disentanglement: whether each known factor of the data has a dimension of the code to itself.
"""Disentanglement: whether each known factor of the data has a dimension of the code to itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aekit.errors import DataError

BINS = 20


def mutual_information_gap(codes: ArrayLike, factors: ArrayLike, bins: int = BINS) -> float:
    """The mutual information gap (MIG) of Chen et al. 2018, equation 6, in [0, 1].

    The mean over factors v of (I(z_1; v) - I(z_2; v)) / H(v), where z_1 and z_2 are the two dimensions that say most
    of v. As in Locatello et al. 2019 (disentanglement_lib), z are the posterior's means, each dimension's range cut
    into equal bins; Chen et al. take draws from q(z|x). A single dimension is compared with one that says nothing.

    Args:
        codes: (N, D) posterior means.
        factors: (N, K) or (N,), the true values; a value is a class of its own, so few should differ.
        bins: of a dimension's range.

    Raises:
        DataError: the numbers of codes and factors differ, or a factor has one value only.
    """
    shared = mutual_informations(codes, factors, bins)
    entropies = np.array([entropy(column) for column in columns(factors).T])
    if (entropies == 0).any():
        number = int(entropies.argmin())
        raise DataError(
            f"Factor {number} has one value only; leave it out, or give items in which it varies."
        )
    best = np.sort(np.vstack([shared, np.zeros_like(shared[:1])]), axis=0)[::-1]
    return float(((best[0] - best[1]) / entropies).mean())


def mutual_informations(codes: ArrayLike, factors: ArrayLike, bins: int = BINS) -> NDArray[np.float64]:
    """I(z_j; v_k) in nats of every dimension j, its range cut into equal bins, and every factor k: (D, K).

    Raises:
        DataError: the numbers of codes and factors differ.
    """
    codes, factors = columns(codes), columns(factors)
    if len(codes) != len(factors):
        raise DataError(f"{len(codes)} codes need as many rows of factors (received {len(factors)}).")
    binned = [np.digitize(column, np.histogram_bin_edges(column, bins)[1:-1]) for column in codes.T]
    return np.array([[mutual_information(cut, factor) for factor in factors.T] for cut in binned])


def mutual_information(first: NDArray[np.generic], second: NDArray[np.generic]) -> float:
    """I(a; b) in nats of two columns (N,) of classes."""
    _, rows = np.unique(first, return_inverse=True)
    _, others = np.unique(second, return_inverse=True)
    pairs = rows.astype(np.int64) * (int(others.max()) + 1) + others
    return entropy(rows) + entropy(others) - entropy(pairs)


def entropy(classes: NDArray[np.generic]) -> float:
    """H in nats of a column (N,) of classes."""
    shares = np.unique(classes, return_counts=True)[1] / len(classes)
    return float(-(shares * np.log(shares)).sum())


def columns(values: ArrayLike) -> NDArray[np.generic]:
    """(N, K) as it is, (N,) as one column."""
    array = np.asarray(values)
    return array[:, None] if array.ndim == 1 else array
