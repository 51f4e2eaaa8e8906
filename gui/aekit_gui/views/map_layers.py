# The map's layers: items and decoded tiles drawn into one image, in whatever thread.
"""The map's layers: items and decoded tiles drawn into one image, in whatever thread."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from aekit_gui.models import raster
from aekit_gui.models.look import Camera

DOT = 1.0  # device-independent pixels, radius of items over the manifold
DOTS_SEEN = 0.75  # opacity of them
PLAIN = QImage.Format.Format_RGB32


@dataclass(frozen=True, eq=False)
class Items:
    """The items of a map, prepared where they are first drawn.

    Attributes:
        positions: (N, 2).
        lock: held while they are drawn: a `Points` keeps what it drew last.
    """

    positions: NDArray[Any]
    lock: Lock = field(default_factory=Lock)

    @cached_property
    def points(self) -> raster.Points:
        return raster.Points(self.positions)


@dataclass(frozen=True, eq=False)
class Content:
    """What is shown, wherever the camera is.

    Attributes:
        items: None for an empty map.
        rgb: (N, 3) uint8.
        shown, selected: (N,) bool; None for all, and for none.
        background: "#rrggbb".
    """

    items: Items | None = None
    rgb: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 3), np.uint8))
    shown: NDArray[np.bool_] | None = None
    selected: NDArray[np.bool_] | None = None
    background: str = "#000000"


@dataclass(frozen=True)
class TilePicture:
    """One tile of the manifold, or the part of a coarser one that stands in for it.

    Attributes:
        image: the whole tile.
        part: of the image, in its pixels.
        left, bottom, right, top: where the part lies on the map.
    """

    image: QImage
    part: tuple[float, float, float, float]
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, eq=False)
class Request:
    """One image of the ground.

    Attributes:
        content: what is shown.
        camera, ratio: as of the window; `size` is the image's, in device pixels.
        tiles: of the manifold, over the items.
        stamp: another number whenever there are other tiles.
        strength: the manifold's opacity in 0 to 1.
        full: whether the tiles fill the image.
    """

    content: Content
    camera: Camera
    size: tuple[int, int]
    ratio: float
    stamp: int = 0
    strength: float = 0.0
    tiles: tuple[TilePicture, ...] = ()
    full: bool = False

    @property
    def scale(self) -> float:
        """Device pixels a unit."""
        return self.camera.scale * self.ratio


class Layers:
    """Makes images of the ground; items that were drawn last are kept, so that a tile that comes costs little.

    Used by one thread at a time.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Request, QImage]] = {}

    def drawn(self, request: Request) -> QImage:
        """An image of the ground."""
        bare = request.content.items is None or not len(request.content.items.positions)
        if bare or (request.strength == 1 and request.full):
            image = QImage(*request.size, PLAIN)
            image.fill(QColor(request.content.background))
        else:
            image = self._layer("items", request)
        if request.strength > 0 and request.tiles:
            image = image.copy()  # what is kept stays as it is
            image.setDevicePixelRatio(1)  # tiles are placed in device pixels
            painter = QPainter(image)
            painter.setOpacity(request.strength)
            _paint_tiles(painter, request)
            if not bare:
                painter.setOpacity(request.strength * DOTS_SEEN)
                painter.drawImage(0, 0, self._layer("dots", request))
            painter.end()
        image.setDevicePixelRatio(request.ratio)
        return image

    def _layer(self, name: str, request: Request) -> QImage:
        kept = self._kept.get(name)
        if kept is None or not _alike(kept[0], request):
            ground = QColor(request.content.background)
            rgb = (ground.red(), ground.green(), ground.blue())
            image = _items(request, rgb, None) if name == "items" else _items(request, None, DOT)
            kept = self._kept[name] = (request, image)
        return kept[1]


def _alike(first: Request, other: Request) -> bool:
    """Whether items lie alike in two images."""
    same = first.content is other.content and first.camera == other.camera
    return same and (first.size, first.ratio) == (other.size, other.ratio)


def _items(request: Request, background: tuple[int, int, int] | None, radius: float | None) -> QImage:
    content = request.content
    assert content.items is not None
    with content.items.lock:
        pixels = raster.draw(
            content.items.points, request.camera, request.size, request.ratio, content.rgb, content.shown,
            content.selected, background, radius, None if radius is None else False,
        )  # fmt: skip
    height, width = pixels.shape[:2]
    clear = QImage.Format.Format_RGBA8888_Premultiplied
    kind = clear if background is None else QImage.Format.Format_RGBX8888
    image = QImage(pixels.data, width, height, 4 * width, kind)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied if background is None else PLAIN)


def _paint_tiles(painter: QPainter, request: Request) -> None:
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    (left, top), scale = corner(request.camera, request.scale, request.size), request.scale
    for tile in request.tiles:
        x, y = round(tile.left * scale) - left, round(-tile.top * scale) - top
        right, bottom = round(tile.right * scale) - left, round(-tile.bottom * scale) - top
        painter.drawImage(QRectF(x, y, right - x, bottom - y), tile.image, QRectF(*tile.part))


def corner(camera: Camera, scale: float, size: tuple[int, int]) -> tuple[int, int]:
    """The whole device pixel, counted from the map's origin, that an image begins at; as the raster counts."""
    return round(camera.x * scale - size[0] / 2), round(-camera.y * scale - size[1] / 2)


def corners_of(positions: NDArray[Any]) -> NDArray[np.float64]:
    """The lower left and the upper right corner (2, 2) around positions (N, 2) that are finite; (0, 2) without any."""
    if not len(positions):
        return np.zeros((0, 2))
    sides = [(axis.min(), axis.max()) for axis in (positions[:, 0], positions[:, 1])]
    corners = np.array(sides, np.float64).T
    return corners if np.isfinite(corners).all() else corners_of(positions[np.isfinite(positions).all(1)])
