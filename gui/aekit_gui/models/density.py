# Density: very many items as an image whose colour is that of the items in a cell, and its strength their number.
"""Density: very many items as an image whose colour is that of the items in a cell, and its strength their number.

Cells are aligned with the map, so that moving it moves the image as it is. M items.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aekit_gui.models.discs import Packed

Floats = NDArray[np.float64]

PIECE = 32_768  # items placed at a time, which fit the processor's cache
EXACT = (
    2.0**51
)  # what two numbers in one may add up to in a cell, so that no digit goes lost in a dot of four
LONE = 0.4  # strength of a cell with one item where others hold many


@dataclass(frozen=True)
class Grid:
    """The cells of a frame.

    Attributes:
        columns, rows: how many.
        scale: cells a unit of the map.
        left, top: the first cell's number, counted from the map's origin to the right and downwards.
    """

    columns: int
    rows: int
    scale: float
    left: int
    top: int

    def cells(self, x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.int64]:
        """The cells of items (M,), in an image that is one cell wider on each side, where those outside end up."""
        x0 = np.float32(
            (self.left + self.columns / 2) / self.scale
        )  # distances from the middle keep their digits
        y0 = np.float32(-(self.top + self.rows / 2) / self.scale)
        right = np.float32(float(x0) * self.scale - self.left + 1.5)  # a dot reaches half
        down = np.float32(-float(y0) * self.scale - self.top + 1.5)  # a cell to the left and up as well
        found = np.empty(len(x), np.int64)
        for start in range(0, len(x), PIECE):
            piece = slice(start, start + PIECE)
            column = _along(x[piece], x0, self.scale, right, self.columns)
            line = _along(y[piece], y0, -self.scale, down, self.rows)
            line *= self.columns + 2  # exact in float32 up to 16 million cells
            line += column
            found[piece] = line
        return found


def _along(
    v: NDArray[np.float32], middle: np.float32, scale: float, offset: np.float32, count: int
) -> NDArray[np.float32]:
    along = v - middle
    along *= np.float32(scale)
    along += offset
    np.clip(along, 0, count + 1, out=along)
    np.floor(along, out=along)
    return along


@dataclass(frozen=True)
class Sums:
    """What is added up over the items of a cell, two numbers in one, so that it is added up in half the time.

    Float64 keeps both apart: the lower one never reaches `step`, and the upper one is a whole multiple of it. Only
    of many thousand items in one cell it cannot; those are added up one by one.

    Attributes:
        step: a power of two above all that the lower numbers can add up to.
        first: (M,), an item's weight, and step times its red.
        second: (M,), its green, and step times its blue; both times the weight, as red is.
        unit: the weight that counts as one item.
    """

    step: float
    first: Floats
    second: Floats
    unit: float


def sums(rgb: NDArray[np.uint8], weights: Floats | None = None, unit: float = 1.0) -> Sums:
    """The sums of items in colours (M, 3) with whole weights (M,), or all with 1."""
    heavy = np.ones(1) if weights is None else weights
    total = 256.0 * max(1.0, float(len(rgb) if weights is None else weights.sum()))
    step = 2.0 ** np.ceil(np.log2(total))
    first = heavy * (1.0 + step * rgb[:, 0])
    return Sums(step, first, heavy * (rgb[:, 1] + step * rgb[:, 2]), unit)


def image(
    cells: NDArray[np.int64], grid: Grid, parts: tuple[Floats, Floats], like: Sums, crowded: float,
    ground: NDArray[np.uint8],
) -> Packed:  # fmt: skip
    """The image (rows, columns) of items in cells; each item is a dot of two by two cells.

    Args:
        cells: (M,), as `Grid.cells` gives them.
        parts: the items' `first` and `second` of `like`.
        crowded: the number of items in a dot at which it has its full strength.
        ground: (4,) premultiplied RGBA of the ground.
    """
    width = grid.columns + 2
    planes = added(cells, parts, like.step, width, grid.rows + 2)
    filled = np.flatnonzero(planes[0] > 0)
    whole = np.full(len(planes[0]), ground.view(np.uint32)[0], np.uint32)
    for start in range(0, len(filled), PIECE):
        spots = filled[start : start + PIECE]
        taken = [plane[spots] for plane in planes]
        if len(taken) == 2:
            taken = [number for both in taken for number in apart(both, like.step)]
        weight, red, green, blue = (number.astype(np.float32) for number in taken)
        strength = strengths(weight / np.float32(like.unit), crowded)
        share, rest = strength / weight, 1 - strength
        colour = np.zeros(len(spots), np.uint32)
        for number, channel in enumerate((red * share, green * share, blue * share, 255 * strength)):
            channel += rest * np.float32(ground[number])
            channel += np.float32(0.5)
            colour |= channel.astype(np.uint32) << np.uint32(8 * number)
        whole[spots] = colour
    return whole.reshape(-1, width)[1:-1, 1:-1]


def added(
    cells: NDArray[np.int64], parts: tuple[Floats, Floats], step: float, width: int, height: int
) -> list[Floats]:
    """The two sums of the dots of all cells, or all four apart where so many items share a cell that digits go lost."""
    sums = [summed(cells, part, width, height) for part in parts]
    if max(plane.max() for plane in sums) > EXACT:
        sums = [summed(cells, number, width, height) for part in parts for number in apart(part, step)]
    return [dotted(plane, width) for plane in sums]


def summed(cells: NDArray[np.int64], part: Floats, width: int, height: int) -> Floats:
    """The sum of each cell, without those of items outside, rows after one another."""
    flat = np.bincount(cells, part, width * height).astype(float, copy=False)
    table = flat.reshape(height, width)
    table[0], table[-1], table[:, 0], table[:, -1] = 0, 0, 0, 0
    return flat


def dotted(flat: Floats, width: int) -> Floats:
    """Values of cells, rows of `width` after one another, spread to the cells on the left and above."""
    wide = flat[:-1] + flat[1:]
    spread = np.zeros(len(flat))
    np.add(wide[:-width], wide[width:], out=spread[: len(wide) - width])
    return spread


def apart(both: Floats, step: float) -> tuple[Floats, Floats]:
    """The lower and the upper number of each."""
    upper = np.floor(both / step)
    return both - upper * step, upper


def strengths(count: NDArray[np.float32], crowded: float) -> NDArray[np.float32]:
    """How strongly cells are coloured, in 0 to 1, by the logarithm of what they hold."""
    eased = np.log1p(count) * np.float32((1 - LONE) / np.log1p(max(1.0, crowded)))
    eased += np.minimum(count, 1) * np.float32(LONE)
    return np.minimum(eased, 1, out=eased)
