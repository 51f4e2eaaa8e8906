# Picking: which items lie under the pointer, in a box, or inside a lasso.
"""Picking: which items lie under the pointer, in a box, or inside a lasso.

N items; rows number them as the positions given. Items whose place is not finite are never found.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit_gui.models.strips import joined, strips_of

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]

CELLS = 512  # of a lasso's grid, along each side
SLACK = 1e-3  # cells by which an edge is thought thicker, so that rounding never takes a place past it
FEW = 16  # places that bound the way to the nearest one
MANY = 2048  # places that are measured without first looking closer by
HALVINGS = 60  # of the way; where all items lie on one place, no way is short enough


class Index:
    """The positions (N, 2) of items, ready to be asked."""

    def __init__(self, positions: NDArray[Any]) -> None:
        self._strips = strips_of(positions)

    def nearest(self, x: float, y: float, radius: float, shown: NDArray[np.bool_] | None = None) -> int:
        """The row of the item nearest to (x, y), at most `radius` units away; -1 where there is none.

        Of equally near ones the lowest row is taken; where `shown` (N,) is given, only those that are True there.
        """
        if not len(self._strips):
            return -1
        _, some = self._measured(self._strips.around(x, y, FEW), x, y, shown)
        bound = min(float(radius), float(some.min(initial=np.inf)))
        rows, distances = self._within(x, y, bound, 1, shown)
        if not len(rows) or distances.min() > radius:
            return -1
        return int(rows[distances == distances.min()].min())

    def near(self, x: float, y: float, count: int) -> tuple[Floats, Rows]:
        """The `count` items nearest to (x, y), or all where there are fewer: distances, rising, and rows.

        Of equally near ones the lower row comes first.
        """
        count = min(count, len(self._strips))
        if count < 1:
            return np.zeros(0), np.zeros(0, np.int64)
        _, some = self._measured(self._strips.around(x, y, 2 * count), x, y, None)
        bound = float(np.partition(some, count - 1)[count - 1])
        rows, distances = self._within(x, y, bound, count, None)
        order = np.lexsort((rows, distances))[:count]
        return distances[order], rows[order]

    def inside_box(self, x0: float, y0: float, x1: float, y1: float) -> Rows:
        """The rows, rising, of items between two corners, edges included."""
        (left, right), (bottom, top) = sorted((x0, x1)), sorted((y0, y1))
        spots = self._strips.about(left, bottom, right, top)
        height = self._strips.y[spots]
        return self._rising(spots[(height >= bottom) & (height <= top)])

    def inside(self, polygon: NDArray[Any]) -> Rows:
        """The rows, rising, of items inside a closed line through the corners (m, 2), by the even-odd rule.

        Corners that are not finite are left out; fewer than three hold nothing.
        """
        corners = np.asarray(polygon, np.float64).reshape(-1, 2)
        corners = corners[np.isfinite(corners).all(1)]
        if len(corners) < 3:
            return np.zeros(0, np.int64)
        (left, bottom), (right, top) = corners.min(0), corners.max(0)
        spots = self._strips.about(left, bottom, right, top)
        return self._rising(spots[Lasso(corners).holds(self._strips.x[spots], self._strips.y[spots])])

    def _measured(
        self, spots: slice | Rows, x: float, y: float, shown: NDArray[np.bool_] | None
    ) -> tuple[Rows, Floats]:
        """Rows and distances of some places, those that are not shown left out."""
        rows = self._strips.rows[spots].astype(np.int64)
        distances = np.hypot(self._strips.x[spots].astype(float) - x, self._strips.y[spots].astype(float) - y)
        if shown is None:
            return rows, distances
        kept = shown[rows]
        return rows[kept], distances[kept]

    def _within(
        self, x: float, y: float, bound: float, count: int, shown: NDArray[np.bool_] | None
    ) -> tuple[Rows, Floats]:
        """Rows and distances of places among which are the `count` nearest ones, or all not farther than `bound`."""
        reach = bound = min(bound, self._farthest(x, y))
        for _ in range(HALVINGS):
            if self._strips.held(*_square(x, y, reach)) <= MANY + 8 * count:
                break
            reach /= 2
        while True:
            rows, distances = self._measured(self._strips.about(*_square(x, y, reach)), x, y, shown)
            if reach >= bound or int((distances <= reach).sum()) >= count:
                return rows, distances
            reach = min(2 * reach, bound)

    def _farthest(self, x: float, y: float) -> float:
        """At least as far as any place is away."""
        strips = self._strips
        across = max(abs(x - strips.left), abs(x - strips.left - strips.span))
        return across + max(abs(y - float(strips.low[0])), abs(y - float(strips.high[-1])))

    def _rising(self, spots: Rows) -> Rows:
        return np.sort(self._strips.rows[spots]).astype(np.int64)


def _square(x: float, y: float, reach: float) -> tuple[float, float, float, float]:
    """The box around all that is at most `reach` away, with room for rounding."""
    reach += 1e-12 * (abs(x) + abs(y) + reach) + 1e-300
    return x - reach, y - reach, x + reach, y + reach


class Lasso:
    """A closed line over a grid of cells: most cells are wholly inside or outside, the rest are looked at closely.

    Places are measured in cells from the line's lower left corner.
    """

    def __init__(self, corners: Floats) -> None:
        self._origin = corners.min(0)
        spans = np.ptp(corners, axis=0)
        self._cells = CELLS / np.where(spans > 0, spans, 1.0)
        first = (corners - self._origin) * self._cells
        second = np.roll(first, -1, axis=0)
        upwards = (first[:, 1] <= second[:, 1])[:, None]
        self._below, self._above = np.where(upwards, first, second), np.where(upwards, second, first)
        level = self._below[:, 1] == self._above[:, 1]
        rise = np.where(level, 1.0, self._above[:, 1] - self._below[:, 1])
        self._slope = np.where(level, 0.0, (self._above[:, 0] - self._below[:, 0]) / rise)
        low = np.clip(np.floor(self._below[:, 1] - SLACK), 0, CELLS - 1).astype(np.int64)
        high = np.clip(np.floor(self._above[:, 1] + SLACK), 0, CELLS - 1).astype(np.int64)
        lines, edges = joined(low, high + 1), np.repeat(np.arange(len(first)), high - low + 1)
        order = np.argsort(lines, kind="stable")
        self._lines, self._edges = lines[order], edges[order]
        self._starts = np.searchsorted(self._lines, np.arange(CELLS + 1))

    def holds(self, x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Whether each place (n,), no farther to the left or right than the line, is inside."""
        across = (x - self._origin[0]) * self._cells[0]
        up = (y - self._origin[1]) * self._cells[1]
        line = np.clip(up, 0, CELLS - 1).astype(np.int64)
        cells = line * CELLS + np.minimum(across.astype(np.int64), CELLS - 1)
        held: NDArray[np.bool_] = self._inside().take(cells)
        close = np.flatnonzero(self._touched().take(cells))
        held[close] = self._crossed(across[close], up[close], line[close])
        held &= (up >= 0) & (up <= CELLS)
        return held

    def _touched(self) -> NDArray[np.bool_]:
        """The cells (CELLS * CELLS,) that the line may pass through."""
        a, b, slope = self._below[self._edges], self._above[self._edges], self._slope[self._edges]
        at = [np.clip(self._lines + end, a[:, 1], b[:, 1]) for end in (-SLACK, 1 + SLACK)]
        ends = [a[:, 0] + (level - a[:, 1]) * slope for level in at]
        level_ones = a[:, 1] == b[:, 1]
        low = np.where(level_ones, np.minimum(a[:, 0], b[:, 0]), np.minimum(*ends))
        high = np.where(level_ones, np.maximum(a[:, 0], b[:, 0]), np.maximum(*ends))
        first = np.clip(np.floor(low - SLACK), 0, CELLS - 1).astype(np.int64)
        last = np.clip(np.floor(high + SLACK), 0, CELLS - 1).astype(np.int64)
        wide = self._lines * (CELLS + 1)
        size = CELLS * (CELLS + 1)
        steps = np.bincount(wide + first, minlength=size) - np.bincount(wide + last + 1, minlength=size)
        return (np.cumsum(steps.reshape(CELLS, -1), axis=1)[:, :CELLS] > 0).ravel()

    def _inside(self) -> NDArray[np.bool_]:
        """The cells (CELLS * CELLS,) whose middle is inside."""
        a, b, middle = self._below[self._edges], self._above[self._edges], self._lines + 0.5
        crossing = (a[:, 1] <= middle) & (middle < b[:, 1])
        x = (a[:, 0] + (middle - a[:, 1]) * self._slope[self._edges])[crossing]
        first = np.clip(np.ceil(x - 0.5), 0, CELLS).astype(np.int64)
        turns = np.bincount(self._lines[crossing] * (CELLS + 1) + first, minlength=CELLS * (CELLS + 1))
        return (np.cumsum(turns.reshape(CELLS, -1), axis=1)[:, :CELLS] & 1).astype(bool).ravel()

    def _crossed(self, x: Floats, y: Floats, line: Rows) -> NDArray[np.bool_]:
        """Whether the line crosses an odd number of times to the right of each place (n,)."""
        starts, ends = self._starts[line], self._starts[line + 1]
        edges = self._edges[joined(starts, ends)]
        place = np.repeat(np.arange(len(x)), ends - starts)
        a, b, height = self._below[edges], self._above[edges], y[place]
        crossing = (a[:, 1] <= height) & (height < b[:, 1])
        crossing &= x[place] < a[:, 0] + (height - a[:, 1]) * self._slope[edges]
        return (np.bincount(place[crossing], minlength=len(x)) & 1).astype(bool)
