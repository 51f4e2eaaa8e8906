# Strips: places of the plane sorted so that those in a box, or near a place, are found at once.
"""Strips: places of the plane sorted so that those in a box, or near a place, are found at once.

The plane is cut into level strips that hold equally many places each, and within a strip places are sorted by x: a
box is then one piece of each strip that it touches. Dense and empty regions cost the same, and a far outlier nothing,
unlike with cells of one size. N places, M of them finite, S strips.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Spots = NDArray[np.int64]  # numbers of places in the order of the strips
MOST_STRIPS = 2048
WIDER = 1e-6  # keeps the last place of a strip before the first one of the next


@dataclass(frozen=True)
class Strips:
    """Places in the order of strips.

    Attributes:
        rows: (M,) int32, where each place stood in the positions given.
        x, y: (M,) float32.
        key: (M,) float64, rising: the strip's number, plus where in [0, 1) x lies between the least and the greatest.
        low, high: (S,), the least and the greatest y of each strip.
        left, span: x at the key's fraction 0, and units from there to 1.
    """

    rows: NDArray[np.int32]
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    key: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    left: float
    span: float

    def __len__(self) -> int:
        return len(self.rows)

    def only(self, mask: NDArray[np.bool_]) -> Strips:
        """The places whose number in this order is True in `mask` (M,); the strips stay where they are."""
        kept = np.flatnonzero(mask)
        taken = {name: getattr(self, name)[kept] for name in ("rows", "x", "y", "key")}
        return replace(self, **taken)

    def about(self, left: float, bottom: float, right: float, top: float) -> Spots:
        """All places in a box, edges included, and some more above and below: the box's piece of each strip."""
        return joined(*self._pieces(left, bottom, right, top))

    def held(self, left: float, bottom: float, right: float, top: float) -> int:
        """How many places `about` gives for a box."""
        starts, ends = self._pieces(left, bottom, right, top)
        return int((ends - starts).sum())

    def seen(self, left: float, bottom: float, right: float, top: float) -> slice | Spots:
        """Like `about`, but whole strips, which need no copying, where the box leaves out little of them."""
        starts, ends = self._pieces(left, bottom, right, top)
        if not len(starts):
            return slice(0, 0)
        first, last = self._strips(bottom, top)
        whole = slice(int(np.searchsorted(self.key, first)), int(np.searchsorted(self.key, last)))
        if 2 * int((ends - starts).sum()) >= whole.stop - whole.start:
            return whole
        return joined(starts, ends)

    def around(self, x: float, y: float, count: int) -> slice:
        """At most 2 `count` places that are near to (x, y) in its strip: not the nearest, but some near ones."""
        number = min(int(np.searchsorted(self.high, y)), len(self.high) - 1)
        spot = int(np.searchsorted(self.key, number + self._share(x)))
        return slice(max(0, spot - count), min(len(self), spot + count))

    def _strips(self, bottom: float, top: float) -> tuple[int, int]:
        return int(np.searchsorted(self.high, bottom)), int(np.searchsorted(self.low, top, side="right"))

    def _share(self, x: float) -> float:
        return float(np.clip((x - self.left) / self.span, -1e-9, 1 - WIDER / 10))

    def _pieces(self, left: float, bottom: float, right: float, top: float) -> tuple[Spots, Spots]:
        """Where the box's piece of each strip starts and ends (before the end)."""
        strips = np.arange(*self._strips(bottom, top), dtype=np.float64)
        starts = np.searchsorted(self.key, strips + max(0.0, self._share(left)))
        ends = np.searchsorted(self.key, strips + self._share(right), side="right")
        return starts, np.maximum(starts, ends)


def joined(starts: Spots, ends: Spots) -> Spots:
    """The numbers from each start to before its end, one piece after the other."""
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))


def _sorted(positions: NDArray[Any]) -> Strips:
    places = np.asarray(positions, np.float32).reshape(-1, 2)
    rows = np.flatnonzero(np.isfinite(places[:, 0]) & np.isfinite(places[:, 1]))
    x, y = places[rows, 0], places[rows, 1]
    count = len(rows)
    number = max(1, min(MOST_STRIPS, round(count**0.5)))
    upwards = np.argsort(y)
    strip = np.empty(count, np.float64)
    strip[upwards] = np.arange(count) * number // max(1, count)
    left = float(x.min()) if count else 0.0
    span = (float(x.max()) - left if count else 0.0) or 1.0
    span *= 1 + WIDER
    key = strip + (x.astype(np.float64) - left) / span
    order = np.argsort(key)
    firsts = -(-np.arange(number + 1) * count // number)  # where each strip starts among the sorted ones
    low = y[upwards[np.minimum(firsts[:-1], count - 1)]] if count else np.zeros(0, np.float32)
    high = y[upwards[firsts[1:] - 1]] if count else np.zeros(0, np.float32)
    return Strips(
        rows[order].astype(np.int32), x[order], y[order], key[order], low.astype(np.float64),
        high.astype(np.float64), left, span,
    )  # fmt: skip


_last: tuple[Any, Strips] | None = None  # the map draws and the pointer picks among the same positions


def strips_of(positions: NDArray[Any]) -> Strips:
    """The positions (N, 2) in strips; those that are not finite are left out.

    The strips made last are kept for as long as their array is alive, so that asking twice costs nothing; an array
    that was given must not be changed in place.
    """
    global _last
    kept = _last  # read once: another thread may ask
    if kept is not None and kept[0]() is positions:
        return kept[1]
    made = _sorted(positions)
    _last = (weakref.ref(positions, _forget), made)
    return made


def _forget(gone: Any) -> None:
    global _last
    if _last is not None and _last[0] is gone:
        _last = None
