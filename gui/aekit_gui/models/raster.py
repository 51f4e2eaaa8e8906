# Raster: the map's items as an image: crisp discs, or density where there are very many.
"""Raster: the map's items as an image: crisp discs, or density where there are very many.

Everything that hangs on the items alone is made once, what hangs on their colours and filters once for each change;
a frame only looks up what is seen. N items.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit_gui.models.crowds import Crowds
from aekit_gui.models.density import Grid, Sums, image, sums
from aekit_gui.models.discs import PARTS, RANKS, Canvas, Packed, mixed, packed
from aekit_gui.models.look import Camera
from aekit_gui.models.strips import Spots, Strips, strips_of

Mask = NDArray[np.bool_]
Background = Any  # (3,) numbers in 0 to 255, or None for a clear ground

DENSE = 100_000  # items that share a window, as a rule, above which they are drawn as density
CROWD = 1.25  # times as many seen are density in any case: a place that is fuller than the rule
MOST = 2 ** (RANKS - 1)  # items that can be drawn as discs at all
RADII = (2.0, 4.0)  # device-independent pixels, for very many and for few
FEW = 1000  # items in the window that are drawn at the larger radius
FINEST = 1.25  # device pixels: below, a disc has no pixel of its own
STAMPED = 6_000_000  # pixels that discs may cover in a frame, those that overlap counted each
RING = 1.25  # device-independent pixels around a selected item
RINGED = 5_000  # selected items above which they are only brighter
FADED = 96  # of 255: strength of what is not selected, where something is
HEAVY = 16.0  # what a selected item counts in density, where another one counts 1
UNIT = 16.0  # what counts as one item there


class Points:
    """The positions (N, 2) of items, prepared to be drawn; those that are not finite are never seen."""

    def __init__(self, positions: NDArray[Any]) -> None:
        self.strips = strips_of(positions)
        self.crowds = Crowds(self.strips)
        self._paint: tuple[tuple[Any, ...], Paint] | None = None

    def __len__(self) -> int:
        return len(self.strips)

    def paint(self, rgb: NDArray[np.uint8], shown: Mask | None, selected: Mask | None) -> Paint:
        """The items in these colours; the same arrays again (they must not be changed in place) cost nothing."""
        kept = self._paint  # read once: another thread may draw the same items
        if kept is None or any(
            old is not new for old, new in zip(kept[0], (rgb, shown, selected), strict=True)
        ):
            kept = self._paint = (rgb, shown, selected), _painted(self.strips, rgb, shown, selected)
        return kept[1]


@dataclass(frozen=True, eq=False)
class Paint:
    """The items that are shown, in their colours.

    Attributes:
        strips: their places, M of them.
        rgb: (M, 3).
        chosen: (M,), whether they are selected; None where nothing is.
    """

    strips: Strips
    rgb: NDArray[np.uint8]
    chosen: Mask | None
    _discs: dict[int, Packed] = field(default_factory=dict)

    def colours(self, ground: Packed) -> Packed:
        """(M,), of discs on a packed ground (1,): those that are not selected fade into it where others are."""
        if self.chosen is None:
            return self._plain
        key = int(ground[0])
        if key not in self._discs:
            faded = mixed(np.repeat(ground, len(self.rgb)), self._plain, np.full(len(self.rgb), FADED))
            self._discs[key] = np.where(self.chosen, self._plain, faded)
        return self._discs[key]

    @cached_property
    def _plain(self) -> Packed:
        return packed(self.rgb)

    @cached_property
    def sums(self) -> Sums:
        """Of density."""
        if self.chosen is None:
            return sums(self.rgb)
        return sums(self.rgb, np.where(self.chosen, HEAVY, 1.0), UNIT)


def _painted(strips: Strips, rgb: NDArray[np.uint8], shown: Mask | None, selected: Mask | None) -> Paint:
    if shown is not None:
        strips = strips.only(shown[strips.rows])
    chosen = None if selected is None or not selected.any() else selected[strips.rows]
    return Paint(strips, rgb[strips.rows], chosen)


def draw(
    points: Points,
    camera: Camera,
    size_px: tuple[int, int],
    ratio: float,
    rgb: NDArray[np.uint8],
    shown: Mask | None,
    selected: Mask | None,
    background: Background,
    radius: float | None = None,
    density: bool | None = None,
) -> NDArray[np.uint8]:
    """The items as an image.

    Args:
        camera: its scale is in device-independent pixels a unit.
        size_px: width and height in device pixels.
        ratio: device pixels a device-independent one.
        rgb: (N, 3).
        shown: (N,), items that are not filtered out; None for all.
        selected: (N,), selected items, which stay bright while the others fade, with a ring where they are few.
        background: (3,) in 0 to 255; None for a clear ground.
        radius: of discs, device-independent pixels; None for `eased_radius`.
        density: whether to draw density instead of discs; None for where DENSE items share the window.

    Returns:
        (height, width, 4) uint8, red first, alpha last and premultiplied (255 throughout on a background).
    """
    paint = points.paint(rgb, shown, selected)
    width, height = (max(1, int(side)) for side in size_px)
    window = width / ratio, height / ratio
    share = len(paint.strips) / max(1, len(points))
    if radius is None:
        radius = eased_radius(points, camera, window, share)
    box = _box(camera, window, radius + RING + 2)
    seen = paint.strips.held(*box)
    if density is None:
        density = _together(points, camera, window, share) > DENSE or seen > CROWD * DENSE
    frame = _Frame(paint, camera, (width, height), ratio, background)
    if density or seen > MOST:
        made = frame.density(paint.strips.seen(*box), points.crowds, share)
        if paint.chosen is not None:
            made = frame.chosen_over(made, radius)
    else:
        made = frame.discs(paint.strips.about(*box), radius)
    return np.ascontiguousarray(made).view(np.uint8).reshape(height, width, 4)


def eased_radius(points: Points, camera: Camera, size: tuple[float, float], share: float = 1.0) -> float:
    """The radius of discs in device-independent pixels: smaller the more items share a window of this size.

    It follows from the scale, not from what is seen, so that moving the map changes no size.

    Args:
        size: of the window, device-independent pixels.
        share: of the items that is shown.
    """
    many = np.log(max(1.0, _together(points, camera, size, share) / FEW)) / np.log(60_000 / FEW)
    small, large = RADII
    return float(max(small, large - (large - small) * many))


def _together(points: Points, camera: Camera, size: tuple[float, float], share: float) -> float:
    """How many items share a window of this size around one of them, as a rule."""
    return points.crowds.usual(float(np.sqrt(size[0] * size[1])) / camera.scale) * share


def _box(camera: Camera, size: tuple[float, float], reach: float) -> tuple[float, float, float, float]:
    """The part of the map in the window and `reach` pixels around it: left, bottom, right, top."""
    across, up = ((side / 2 + reach) / camera.scale for side in size)
    return camera.x - across, camera.y - up, camera.x + across, camera.y + up


class _Frame:
    """One frame: where its pixels lie on the map, to whole ones, so that moving the map changes no disc and no cell."""

    def __init__(
        self, paint: Paint, camera: Camera, size: tuple[int, int], ratio: float, background: Background
    ) -> None:
        self.paint, self.size, self.ratio = paint, size, ratio
        self.scale = camera.scale * ratio
        self.left = round(camera.x * self.scale - size[0] / 2)
        self.top = round(-camera.y * self.scale - size[1] / 2)
        four = (0, 0, 0, 0) if background is None else (*(int(part) for part in background), 255)
        self.ground = np.array(four, np.uint8)

    def density(self, spots: slice | Spots, crowds: Crowds, share: float) -> Packed:
        """Density in cells of about a device-independent pixel."""
        cell = max(1, round(self.ratio))
        (left, right), (top, down) = divmod(self.left, cell), divmod(self.top, cell)
        columns, rows = -(-(self.size[0] + right) // cell), -(-(self.size[1] + down) // cell)
        grid = Grid(columns, rows, self.scale / cell, left, top)
        strips, added = self.paint.strips, self.paint.sums
        cells = grid.cells(strips.x[spots], strips.y[spots])
        parts = (added.first[spots], added.second[spots])
        made = image(cells, grid, parts, added, crowds.crowded(2 / grid.scale) * share, self.ground)
        if cell > 1:
            made = made.repeat(cell, 0).repeat(cell, 1)
        return made[down : down + self.size[1], right : right + self.size[0]]

    def chosen_over(self, ground: Packed, radius: float) -> Packed:
        """Selected items as discs over density, where they are few."""
        assert self.paint.chosen is not None
        chosen = np.flatnonzero(self.paint.chosen)
        if len(chosen) > RINGED:
            return ground
        canvas = self._canvas(radius)
        self._ringed(canvas, chosen, radius)
        return canvas.picture(np.ascontiguousarray(ground))

    def discs(self, numbers: Spots, radius: float) -> Packed:
        """All items as discs, selected ones on top."""
        chosen = self.paint.chosen
        canvas = self._canvas(radius)
        if chosen is None:
            self._stamp(canvas, numbers, radius)
        else:
            above = chosen[numbers]
            self._stamp(canvas, numbers[~above], radius)
            self._ringed(canvas, numbers[above], radius)
        return canvas.picture(self.ground.view(np.uint32))

    def _canvas(self, radius: float) -> Canvas:
        return Canvas(*self.size, 2 * int(np.ceil((radius + RING) * self.ratio + 2)))

    def _ringed(self, canvas: Canvas, numbers: Spots, radius: float) -> None:
        if len(numbers) <= RINGED:
            bright = self.ground[:3].mean() < 128
            ring = packed(np.full((1, 3), 255 if bright else 0, np.uint8))
            self._stamp(canvas, numbers, radius + RING, ring)
        self._stamp(canvas, numbers, radius)

    def _stamp(self, canvas: Canvas, numbers: Spots, radius: float, colour: Packed | None = None) -> None:
        """Stamp items by their numbers, in their own colours or in one."""
        x = np.floor((self.paint.strips.x[numbers].astype(float) * self.scale - self.left) * PARTS)
        y = np.floor((self.paint.strips.y[numbers].astype(float) * -self.scale - self.top) * PARTS)
        pixels = _whole(radius * self.ratio, len(numbers))
        edge = PARTS * (pixels + 1)
        seen = (
            (x > -edge) & (x < PARTS * self.size[0] + edge) & (y > -edge) & (y < PARTS * self.size[1] + edge)
        )
        numbers = numbers[seen]
        own = self.paint.colours(self.ground.view(np.uint32))
        colours = own[numbers] if colour is None else np.repeat(colour, len(numbers))
        canvas.stamp(x[seen].astype(np.int64), y[seen].astype(np.int64), colours, pixels)


def _whole(radius: float, count: int) -> float:
    """A radius in device pixels, in quarters, not larger than what can be stamped in a frame's time."""
    most = max(FINEST, float(np.sqrt(STAMPED / np.pi / max(1, count))))
    return max(FINEST, round(min(radius, most) * 4) / 4)
