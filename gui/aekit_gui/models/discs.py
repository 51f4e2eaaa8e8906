# Discs: anti-aliased discs, stamped into an image by the ten thousand.
"""Discs: anti-aliased discs, stamped into an image by the ten thousand.

Each pixel keeps the topmost disc that covers it wholly, and the disc whose rim covers most of it; both are greatest
values, so the picture does not hang on the order of writing. A disc's middle is kept to a quarter of a pixel.
Colours are packed: four bytes, red first, of premultiplied RGBA in a uint32.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Packed = NDArray[np.uint32]
Ints = NDArray[np.int64]

PARTS = 4  # places of a middle within a pixel, along each side
RANKS = 23  # bits of a disc's rank; the rest of 31 hold how much of a pixel its rim covers
PIECE = 8192  # discs stamped at a time, which fit the processor's cache


@dataclass(frozen=True)
class Stamp:
    """The pixels of a disc for each of the PARTS * PARTS places of its middle.

    Attributes:
        reach: pixels from the middle's own to the farthest, each way.
        inner: (16, I, 2), down and right of the middle's pixel: those wholly covered, the last one repeated.
        rim: (16, R, 2), those partly covered, the last one repeated.
        cover: (16, R), how much of them, in 1 to 255.
    """

    reach: int
    inner: Ints
    rim: Ints
    cover: NDArray[np.int32]


@lru_cache(maxsize=64)
def stamp(radius: float) -> Stamp:
    """The stamp of a radius in pixels, at least 1.25."""
    reach = int(np.ceil(radius + 0.5))
    down, right = np.mgrid[-reach : reach + 1, -reach : reach + 1].reshape(2, -1)
    inner, rim, cover = [], [], []
    for part in range(PARTS**2):
        y, x = (np.array(divmod(part, PARTS)) + 0.5) / PARTS - 0.5
        away = np.hypot(down - y, right - x)
        share = np.rint(255 * np.clip(radius + 0.5 - away, 0, 1)).astype(np.int32)
        offsets = np.stack([down, right], 1)
        partly = (share > 0) & (share < 255)
        inner.append(offsets[share == 255])
        rim.append(offsets[partly])
        cover.append(share[partly])
    return Stamp(reach, _even(inner), _even(rim), _even(cover))


def _even(rows: list[Any]) -> Any:
    """Rows of unlike length as one array, filled with the last of each."""
    most = max(map(len, rows))
    return np.stack([np.concatenate([row, np.repeat(row[-1:], most - len(row), axis=0)]) for row in rows])


class Canvas:
    """An image that discs are stamped into, later ones over earlier ones.

    Args:
        width, height: pixels.
        margin: pixels beyond each side on which a middle may lie, plus the greatest reach of a stamp.
    """

    def __init__(self, width: int, height: int, margin: int) -> None:
        self._row = width + 2 * margin
        self._margin = margin
        self._top = np.zeros((height + 2 * margin) * self._row, np.int32)
        self._rim = np.zeros((height + 2 * margin) * self._row, np.int32)
        self._colours: list[Packed] = []
        self._rank = 1

    def stamp(self, x: Ints, y: Ints, colours: Packed, radius: float) -> None:
        """Stamp discs with middles at x, y (n,), in quarters of a pixel, from the bottommost to the topmost."""
        mark = stamp(radius)
        step = np.array([self._row, 1])
        inner, rim = mark.inner @ step, mark.rim @ step
        middles = (y // PARTS + self._margin) * self._row + x // PARTS + self._margin
        parts = (y % PARTS) * PARTS + x % PARTS
        ranks = np.arange(self._rank, self._rank + len(x), dtype=np.int32)
        for start in range(0, len(x), PIECE):
            middle, part = middles[start : start + PIECE, None], parts[start : start + PIECE]
            rank = ranks[start : start + PIECE, None]
            spots = middle + inner[part]
            np.maximum.at(self._top, spots.ravel(), np.broadcast_to(rank, spots.shape).ravel())
            np.maximum.at(self._rim, (middle + rim[part]).ravel(), (mark.cover[part] << RANKS | rank).ravel())
        self._rank += len(x)
        self._colours.append(colours)

    def picture(self, ground: Packed) -> Packed:
        """What was stamped over a ground: one packed colour (1,), or an image (height, width) of them."""
        table = np.concatenate([ground.flat[:1], *self._colours])
        made = table.take(self._top)
        if ground.size > 1:
            bare = self._inner(made)
            np.copyto(bare, ground, where=self._inner(self._top) == 0)
        over = self._rim & (2**RANKS - 1)
        spots = np.flatnonzero(over > self._top)
        made[spots] = mixed(made[spots], table.take(over[spots]), self._rim[spots] >> RANKS)
        return np.ascontiguousarray(self._inner(made))

    def _inner(self, image: NDArray[Any]) -> NDArray[Any]:
        """An image without its margin, as a view of it."""
        cut = slice(self._margin, -self._margin)
        return image.reshape(-1, self._row)[cut, cut]


def mixed(under: Packed, over: Packed, share: NDArray[Any]) -> Packed:
    """Packed colours (n,) with `share` of 255 of the second one in them; two channels are mixed at a time."""
    second = share.astype(np.uint32)
    second += second >> 7  # of 256, so that dividing is a shift
    first = 256 - second
    even, odd = np.uint32(0x00FF00FF), np.uint32(0xFF00FF00)
    low = ((under & even) * first + (over & even) * second) >> 8 & even
    high = (under >> 8 & even) * first + (over >> 8 & even) * second & odd
    return (low | high).astype(np.uint32, copy=False)


def packed(rgb: NDArray[np.uint8]) -> Packed:
    """Opaque colours (n, 3) in one number each, (n,)."""
    four = np.full((len(rgb), 4), 255, np.uint8)
    four[:, :3] = rgb
    return four.view(np.uint32).ravel()
