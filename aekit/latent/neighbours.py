# Nearest neighbours: exact, in pieces that fit memory.
"""Nearest neighbours: exact, in pieces that fit memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit.errors import UsageError
from aekit.latent.arrays import Array, Floats, checked_codes, like, same_kind

CHUNK = 64 * 2**20  # bytes of distances held at a time


def nearest(codes: Array, queries: Array, count: int = 5) -> tuple[Array, Any]:
    """The `count` nearest of `codes` (N, D) to each of `queries` (Q, D), by Euclidean distance.

    Returns:
        distances (Q, count), rising, and the rows of `codes` that they belong to (Q, count), int64;
        of equally distant ones the lower row comes first.

    Raises:
        UsageError: `count` is not in 1 ... N, or the widths differ.
    """
    table, wanted = checked_codes(codes), checked_codes(queries, "queries")
    if not 1 <= count <= len(table):
        raise UsageError(f"count must be in 1 to {len(table)}, the number of codes (received {count})")
    if table.shape[1] != wanted.shape[1]:
        widths = f"{wanted.shape[1]} and {table.shape[1]}"
        raise UsageError(f"queries and codes must have as many dimensions (received {widths})")
    centre = table.mean(0)  # far from the origin the product below would lose digits
    table, wanted = table - centre, wanted - centre
    rows = max(1, CHUNK // (8 * len(table)))
    parts = [_nearest(table, wanted[first : first + rows], count) for first in range(0, len(wanted), rows)]
    distances, indices = (np.concatenate(part) for part in zip(*parts, strict=True))
    return like(distances, queries), same_kind(indices, queries)


def _nearest(table: Floats, wanted: Floats, count: int) -> tuple[Floats, NDArray[np.int64]]:
    """Distances and rows for a few queries: |c|^2 - 2 c q picks candidates, differences measure them."""
    scores = wanted @ table.T
    scores *= -2
    scores += np.einsum("nd,nd->n", table, table)
    few = min(count + 8, len(table))  # a few more, so that rounding cannot leave one out
    candidates = np.sort(np.argpartition(scores, few - 1, axis=1)[:, :few], axis=1)
    distances = np.linalg.norm(table[candidates] - wanted[:, None], axis=2)
    order = np.argsort(distances, axis=1, kind="stable")[:, :count]
    return np.take_along_axis(distances, order, 1), np.take_along_axis(candidates, order, 1)
