# Crowds: how many items lie together, at any scale, so that drawing can be eased without looking at each frame.
"""Crowds: how many items lie together, at any scale, so that drawing can be eased without looking at each frame.

What is drawn must not change while the map is only moved: sizes and shades follow from the scale and from figures of
all items, never from those that happen to be seen. M items.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aekit_gui.models.strips import Strips

CELLS = 1024  # of the finest grid, along each side
CENTRAL = (1, 99)  # per cent of the items, each way, that the grid lies over: outliers do not stretch it
CROWDED = 0.9  # share of the items that lie in cells with fewer than the crowded count


class Crowds:
    """How many items share a square with an item, for squares of all sizes."""

    def __init__(self, strips: Strips) -> None:
        sides, usual, crowded = [1.0], [1.0], [1.0]
        if len(strips):
            sides, usual, crowded = _levels(strips)
        self._sides, self._usual, self._crowded = np.log(sides), np.log(usual), np.log(crowded)

    def usual(self, side: float) -> float:
        """How many items a square of `side` units around an item holds, as the mean over the items."""
        return self._at(side, self._usual)

    def crowded(self, side: float) -> float:
        """How many items a square of `side` units holds where it is crowded: one in ten lies in fuller ones."""
        return self._at(side, self._crowded)

    def _at(self, side: float, counts: NDArray[np.float64]) -> float:
        place = float(np.log(max(side, 1e-300)))
        finer = min(0.0, place - self._sides[0])  # squares finer than the grid: even within its cells
        return max(1.0, float(np.exp(np.interp(place, self._sides, counts) + 2 * finer)))


def _levels(strips: Strips) -> tuple[list[float], list[float], list[float]]:
    """Sides, rising, with the usual and the crowded count of each."""
    few = slice(None, None, max(1, len(strips) // 50_000))
    some = np.array([strips.x[few], strips.y[few]], float)
    low = np.percentile(some, CENTRAL[0], axis=1, method="lower")
    span = float((np.percentile(some, CENTRAL[1], axis=1, method="higher") - low).max()) or 1.0
    x, y = ((v - start) * (CELLS / span) for v, start in zip((strips.x, strips.y), low, strict=True))
    inside = (x >= 0) & (x <= CELLS) & (y >= 0) & (y <= CELLS)
    column, line = (np.minimum(v[inside].astype(np.int64), CELLS - 1) for v in (x, y))
    grid = np.bincount(line * CELLS + column, minlength=CELLS**2).reshape(CELLS, CELLS)
    sides, usual, crowded = [], [], []
    while True:
        counts = np.sort(grid[grid > 0]).astype(float)
        shares = np.cumsum(counts) / counts.sum()
        sides.append(span / len(grid))
        usual.append(float((counts**2).sum() / counts.sum()))
        crowded.append(float(counts[np.searchsorted(shares, CROWDED)]))
        if len(grid) == 1:
            break
        grid = grid.reshape(len(grid) // 2, 2, -1, 2).sum((1, 3))
    return [*sides, 4 * span], [*usual, float(len(strips))], [*crowded, float(len(strips))]
