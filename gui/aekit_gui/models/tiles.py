# Tiles: the decoded manifold as a quadtree of squares of the map, and the pictures of those that were decoded.
"""Tiles: the decoded manifold as a quadtree of squares of the map, and the pictures of those that were decoded.

A tile of level l holds SIDE by SIDE cells of 2 ** -l units each; its cells' middles are decoded. Each tile is covered
by four of the next level.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aekit_gui.models.camera import seen
from aekit_gui.models.look import Camera

SIDE = 8  # cells of a tile, each way
ROOM = 64 * 2**20  # bytes of pictures that are kept
COVER = 2  # levels between the tiles that are wanted and those that stand in for them first
ABOVE = 24  # levels up to which a tile that stands in is looked for

Pixels = NDArray[np.uint8]
Part = tuple[float, float, float, float]  # left, top, width, height, in shares of a picture


class TileKey(NamedTuple):
    """A tile: from (column, row) to (column + 1, row + 1) tiles of its level, x to the right and y upwards."""

    level: int
    column: int
    row: int

    @property
    def side(self) -> float:
        """Units of the map along each side."""
        return math.ldexp(SIDE, -self.level)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Its part of the map: (left, bottom, right, top)."""
        side = self.side
        return self.column * side, self.row * side, (self.column + 1) * side, (self.row + 1) * side

    def above(self, levels: int = 1) -> TileKey:
        """The coarser tile that it lies in."""
        return TileKey(self.level - levels, self.column >> levels, self.row >> levels)

    def part_of(self, coarser: TileKey) -> Part:
        """Where it lies in the picture of a coarser tile that it is in."""
        levels = self.level - coarser.level
        share = math.ldexp(1.0, -levels)
        column, row = self.column - (coarser.column << levels), self.row - (coarser.row << levels)
        return column * share, 1 - (row + 1) * share, share, share


class Pyramid:
    """Which tiles are seen, and the pictures of those that were decoded: those used last, as many as there is room."""

    def __init__(self, room: int = ROOM) -> None:
        """Make it empty; `room` in bytes."""
        self.room, self.used = room, 0
        self._kept: OrderedDict[TileKey, tuple[Any, int]] = OrderedDict()

    # ---- geometry -------------------------------------------------------------------------------------

    def wanted(self, camera: Camera, size: tuple[float, float], cell_px: float) -> list[TileKey]:
        """The tiles in sight whose cells are at least `cell_px` pixels, and no wider than need be; the middle first."""
        return self._in_sight(camera, size, self.level(camera, cell_px))

    def missing(self, camera: Camera, size: tuple[float, float], cell_px: float) -> list[TileKey]:
        """What is to be decoded, in order: the wanted tiles that are not here.

        Where nothing stands in for one of them, the coarse tile that does so for many comes first.
        """
        lacking = [key for key in self.wanted(camera, size, cell_px) if key not in self._kept]
        bare = {key.above(COVER): None for key in lacking if self.stand_in(key) is None}
        return [*bare, *lacking] if len(lacking) > len(bare) else lacking

    def level(self, camera: Camera, cell_px: float) -> int:
        """The finest level whose cells are at least `cell_px` device-independent pixels wide."""
        return math.floor(math.log2(camera.scale / cell_px))

    def places(self, key: TileKey) -> NDArray[np.float64]:
        """The middles (SIDE * SIDE, 2) of a tile's cells, line by line from the top, each from the left."""
        left, _, _, top = key.box
        cell = math.ldexp(1.0, -key.level)
        middles = (np.arange(SIDE) + 0.5) * cell
        x, y = np.meshgrid(left + middles, top - middles)
        return np.stack([x.ravel(), y.ravel()], 1)

    def _in_sight(self, camera: Camera, size: tuple[float, float], level: int) -> list[TileKey]:
        left, bottom, right, top = seen(camera, size)
        side = math.ldexp(SIDE, -level)
        columns = range(math.floor(left / side), max(math.ceil(right / side), math.floor(left / side) + 1))
        rows = range(math.floor(bottom / side), max(math.ceil(top / side), math.floor(bottom / side) + 1))
        keys = [TileKey(level, column, row) for row in rows for column in columns]
        x, y = camera.x / side - 0.5, camera.y / side - 0.5
        return sorted(keys, key=lambda key: math.hypot(key.column - x, key.row - y))

    # ---- pictures -------------------------------------------------------------------------------------

    def add(self, key: TileKey, picture: Any, size: int) -> None:
        """Keep a tile's picture of `size` bytes, whatever it is; those that were longest unused go for it."""
        self.drop(key)
        self._kept[key] = (picture, size)
        self.used += size
        while self.used > self.room and len(self._kept) > 1:
            self.used -= self._kept.popitem(last=False)[1][1]

    def picture(self, key: TileKey) -> Any | None:
        """A tile's own picture, which counts as used now; None where it is not here."""
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def stand_in(self, key: TileKey) -> tuple[TileKey, Part] | None:
        """The finest tile here that shows a tile's part of the map, itself included, and which part of its picture.

        None where there is none.
        """
        for levels in range(ABOVE):
            coarser = key.above(levels)
            if coarser in self._kept:
                return coarser, key.part_of(coarser)
        return None

    def drop(self, key: TileKey) -> None:
        """Forget a tile's picture."""
        if key in self._kept:
            self.used -= self._kept.pop(key)[1]

    def clear(self) -> None:
        """Forget all pictures: other weights, another condition."""
        self._kept.clear()
        self.used = 0

    def __contains__(self, key: TileKey) -> bool:
        return key in self._kept

    def __len__(self) -> int:
        return len(self._kept)


def sheet(pictures: Sequence[Pixels], ground: tuple[int, int, int]) -> Pixels:
    """A tile's decoded pictures (h, w, 3), in the order of `Pyramid.places`, as one picture (SIDE * s, SIDE * s, 3).

    Cells are squares of s pixels, as wide or as high as the largest picture; the others stand in their middles, on
    the ground's colour. Pictures beyond a tile's are left out, lacking ones are ground.
    """
    shown = [np.asarray(one, np.uint8) for one in pictures[: SIDE * SIDE]]
    side = max((max(one.shape[:2]) for one in shown), default=1)
    made = np.empty((SIDE * side, SIDE * side, 3), np.uint8)
    made[:] = np.array(ground, np.uint8)
    for number, one in enumerate(shown):
        height, width = one.shape[:2]
        top = number // SIDE * side + (side - height) // 2
        left = number % SIDE * side + (side - width) // 2
        made[top : top + height, left : left + width] = one
    return made
