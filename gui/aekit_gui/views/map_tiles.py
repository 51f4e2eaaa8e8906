# The decoded manifold on the map: when it dissolves in, and which pictures are painted for it.
"""The decoded manifold on the map: when it dissolves in, and which pictures are painted for it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtGui import QColor, QImage

from aekit_gui.models.look import Camera
from aekit_gui.models.tiles import Pyramid, TileKey, sheet
from aekit_gui.views.map_layers import PLAIN, TilePicture
from aekit_gui.work.protocol import Pixels

CELL = 40.0  # pixels that a decoded cell is wide at least, at most twice as many
DISSOLVES = (1.6, 3.2)  # zoom, 1 where all items fit, at which the manifold begins to show and is fully there


def strength(zoom: float) -> float:
    """The manifold's opacity in 0 to 1 at a zoom, 1 being where all items fit the window."""
    first, last = (math.log(bound) for bound in DISSOLVES)
    share = min(max((math.log(max(zoom, 1e-12)) - first) / (last - first), 0.0), 1.0)
    return share * share * (3 - 2 * share)


def add(pyramid: Pyramid, key: TileKey, pictures: Sequence[Pixels], ground: str) -> None:
    """Keep a tile's decoded pictures (h, w, 3), in the order of `Pyramid.places`, as one image."""
    colour = QColor(ground)
    pixels = np.ascontiguousarray(sheet(pictures, (colour.red(), colour.green(), colour.blue())))
    height, width = pixels.shape[:2]
    image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).convertToFormat(PLAIN)
    pyramid.add(key, image, image.sizeInBytes())


def missing(pyramid: Pyramid, camera: Camera, size: tuple[float, float]) -> list[TileKey]:
    """The tiles to decode for a window, in order."""
    return pyramid.missing(camera, size, CELL)


def pictures(
    pyramid: Pyramid, camera: Camera, size: tuple[float, float]
) -> tuple[tuple[TilePicture, ...], bool]:
    """What is painted for a part of the map of `size` pixels: tiles that are here, else parts of coarser ones.

    The second value says whether they fill it.
    """
    found, wanted = [], pyramid.wanted(camera, size, CELL)
    for key in wanted:
        stands = pyramid.stand_in(key)
        if stands is None:
            continue
        coarser, (left, top, across, down) = stands
        image: QImage = pyramid.picture(coarser)  # type: ignore[assignment]
        part = (left * image.width(), top * image.height(), across * image.width(), down * image.height())
        found.append(TilePicture(image, part, *key.box))
    return tuple(found), len(found) == len(wanted)
