# Lifting: from a place of the map to a code, and back, by the items that are near.
"""Lifting: from a place of the map to a code, and back, by the items that are near.

N items, D latent dimensions, K near items.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit_gui.models.strips import Strips, strips_of

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Rows = NDArray[np.int64]
Correction = Callable[[Doubles, Doubles], Doubles]

NEAR = 12  # items that speak for a place
CHUNK = 65_536  # items at a time
BLOCK = 64  # items of which only the nearest is looked at first
SPARSER = 31  # times fewer items on each coarser level
COARSEST = 2_500  # items that are looked at one by one
SLACK = 1 + 1e-6  # how much farther is looked, so that rounding leaves nothing out


class Neighbours:
    """Finds the items nearest to a place in the same short time everywhere, between clusters and far outside too.

    Of ever fewer items, evenly chosen, the nearest bound how far those of the next level can be: some hundred items
    are looked at on each.
    """

    def __init__(self, positions: Floats) -> None:
        """Positions (N, 2); those that are not finite are never found."""
        self.levels: list[Strips] = []  # the coarsest first
        step = 1
        while len(positions) > COARSEST * step:
            step *= SPARSER
        while step > 1:
            self.levels.append(strips_of(positions[::step]))
            step //= SPARSER
        self.levels.append(strips_of(positions))

    def near(self, x: float, y: float, count: int) -> tuple[Doubles, Rows]:
        """The `count` items nearest to (x, y), or all where there are fewer: distances, rising, and rows."""
        reach = np.inf
        for level in self.levels:
            spots: Any = slice(None)
            if np.isfinite(reach):
                spots = level.about(x - reach, y - reach, x + reach, y + reach)
            distances = np.hypot(level.x[spots].astype(np.float64) - x, level.y[spots].astype(np.float64) - y)
            if len(distances) >= count:
                reach = float(np.partition(distances, count - 1)[count - 1]) * SLACK
        rows = level.rows[spots].astype(np.int64)
        kept = np.flatnonzero(distances <= reach)
        order = kept[np.lexsort((rows[kept], distances[kept]))[:count]]
        return distances[order], rows[order]


class Near:
    """Places to codes and back by items that are near.

    The weight of an item falls smoothly with its distance, to nothing at that of the first item that is left out
    (Franke and Little's form of Shepard's weights), so that nothing jumps where near items change; at an item only
    its own counts. On a plane, what the near items' codes miss of the place is added along the plane: the code then
    lies at that very place of the map.
    """

    def __init__(self, codes: Floats, positions: Floats, correction: Correction | None) -> None:
        """Codes (N, D) at positions (N, 2); the correction gives what codes at points lack of lying there."""
        self.codes, self.positions, self.correction = codes, positions, correction
        self.neighbours = Neighbours(positions)
        self._squares: Floats | None = None

    def lift(self, points: NDArray[Any]) -> Floats:
        """Places (n, 2) to codes (n, D)."""
        given = np.asarray(points, np.float64).reshape(-1, 2)
        count = NEAR + 1
        distances, rows = np.full((len(given), count), np.inf), np.zeros((len(given), count), np.int64)
        for number, (x, y) in enumerate(given):
            far, found = self.neighbours.near(x, y, count)
            distances[number, : len(far)], rows[number, : len(far)] = far, found
        weights = weights_of(distances)
        codes = np.einsum("nk,nkd->nd", weights, self.codes[rows])
        if self.correction is not None:
            codes += self.correction(codes, given)
        return np.asarray(codes, np.float32)

    def place(self, codes: NDArray[Any]) -> Doubles:
        """Codes (n, D) to places (n, 2)."""
        given = np.asarray(codes, np.float32).reshape(-1, self.codes.shape[1])
        if self._squares is None:
            self._squares = np.einsum("nd,nd->n", self.codes, self.codes)
        distances, rows = nearest_codes(self.codes, self._squares, given, NEAR + 1)
        return np.asarray(
            np.einsum("nk,nkd->nd", weights_of(distances), self.positions[rows].astype(np.float64))
        )


def weights_of(distances: Doubles) -> Doubles:
    """The weights (n, K + 1), of sum 1, of the nearest items at rising distances (n, K + 1).

    The last item bounds the others and has no weight itself. Distances of infinity belong to no item: where there
    are any, all items count, and nothing bounds them.
    """
    bound = distances[:, -1:]
    few = ~np.isfinite(bound)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        # relative to the nearest, so that no scale of the map overflows
        near = distances[:, :1] / distances
        falling = near * np.where(few, 1.0, 1 - distances / bound)
        weights = np.where(np.isfinite(distances), falling**2, 0.0)
    at = distances == 0
    there = at.any(1, keepdims=True)
    weights = np.where(there, at, weights)
    total = weights.sum(1, keepdims=True)
    alike = np.isfinite(distances).astype(np.float64)  # a ring of items at one distance
    weights = np.where(total > 0, weights, alike)
    return np.asarray(weights / np.maximum(weights.sum(1, keepdims=True), 1e-300))


def nearest_codes(codes: Floats, squares: Floats, queries: Floats, count: int) -> tuple[Doubles, Rows]:
    """The `count` nearest of codes (N, D) to each of queries (n, D), quicker than sorting all.

    Of each block of items first only the nearest is looked at: the `count` nearest items lie in the blocks whose own
    nearest are the `count` nearest.

    Args:
        squares: (N,), the codes' squared norms.

    Returns:
        distances (n, count), rising, and rows (n, count); infinite and 0 where there are fewer items.
    """
    count_here = min(count + 4, len(codes))  # a few more: the products round
    found, scores = [], []
    for start in range(0, len(codes), CHUNK):
        part = queries @ codes[start : start + CHUNK].T
        part *= -2
        part += squares[start : start + CHUNK]
        rows = _best(part, count_here)
        scores.append(np.take_along_axis(part, rows, 1))
        found.append(rows + start)
    rows, score = np.concatenate(found, 1), np.concatenate(scores, 1)
    kept = np.argsort(score, axis=1, kind="stable")[:, :count_here]
    rows = np.take_along_axis(rows, kept, 1)
    apart = codes[rows].astype(np.float64) - queries[:, None]
    distances = np.sqrt(np.einsum("nkd,nkd->nk", apart, apart))
    order = np.argsort(distances, axis=1, kind="stable")[:, :count]
    distances, rows = np.take_along_axis(distances, order, 1), np.take_along_axis(rows, order, 1)
    lacking = count - distances.shape[1]
    return np.pad(distances, ((0, 0), (0, lacking)), constant_values=np.inf), np.pad(
        rows, ((0, 0), (0, lacking))
    )


def _best(scores: Floats, count: int) -> Rows:
    """The columns (n, at most `count`) of the lowest scores (n, M), in no order."""
    count = min(count, scores.shape[1])
    whole = scores.shape[1] // BLOCK
    if whole <= 2 * count:
        return np.argpartition(scores, count - 1, axis=1)[:, :count].astype(np.int64)
    blocks = scores[:, : whole * BLOCK].reshape(len(scores), whole, BLOCK)
    chosen = np.argpartition(blocks.min(2), count - 1, axis=1)[:, :count]
    rest = np.arange(whole * BLOCK, scores.shape[1])
    columns = (chosen[:, :, None] * BLOCK + np.arange(BLOCK)).reshape(len(scores), -1)
    columns = np.concatenate([columns, np.broadcast_to(rest, (len(scores), len(rest)))], 1)
    best = np.argpartition(np.take_along_axis(scores, columns, 1), count - 1, axis=1)[:, :count]
    return np.take_along_axis(columns, best, 1).astype(np.int64)
