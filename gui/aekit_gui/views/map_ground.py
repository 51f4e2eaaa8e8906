# The map's ground: items and decoded tiles as one image larger than the window, made in a thread, moved while panning.
"""The map's ground: items and decoded tiles as one image larger than the window, made in a thread, moved while panning.

A frame only copies the part that is seen. A new image is asked for before the old one runs out, or where the scale
or what is shown has changed; until it is there the old one stands in, scaled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRectF, QSize, Signal
from PySide6.QtGui import QImage, QPainter

from aekit_gui.models.look import Camera
from aekit_gui.views.map_layers import Layers, Request, corner
from aekit_gui.work.later import Later
from aekit_gui.work.protocol import Problem

LARGER = 1.5  # the image's sides, in the window's
SPARE = 0.5  # share of the margin that may be left when a new image is asked for
AT_ONCE = 4_000  # items up to which another colour or filter is shown in the same frame


class Ground(QObject):
    """Holds the newest image, and has the next one made: one at a time, always the newest that was wanted.

    Signals:
        ready: there is a newer image.
        failed(object Problem): none could be made.
    """

    ready = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.image: QImage | None = None
        self.shows: Request | None = None
        self.made = 0  # images so far
        self.refused: Request | None = None  # the newest that could not be made
        self._asked: Request | None = None  # what is being made
        self._next: Request | None = None
        self._stale: Request | None = None  # what is being made, but was overtaken
        self._layers, self._at_once = Layers(), Layers()  # of the thread, and of this one
        self._later = Later()
        later = self._later
        self.destroyed.connect(lambda: later.close())

    def close(self) -> None:
        """End the thread."""
        self._later.close()

    def run(self, function: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Have other work done in the same thread."""
        self._later.run(function, done)

    def want(self, request: Request) -> None:
        """Have an image made; one that waits is forgotten."""
        if self._asked is not None:
            self._next = request
            return
        self._asked = request
        self._later.run(
            lambda: self._layers.drawn(request),
            lambda image: self._take(request, image),
            lambda problem: self._give_up(request, problem),
        )

    def draw(self, request: Request) -> None:
        """Make an image at once; what is being made or waits is out of date."""
        self._next, self._stale = None, self._asked
        self.image, self.shows = self._at_once.drawn(request), request
        self.made += 1

    def has(self, wanted: Request, window: QSize) -> bool:
        """Whether an image that suffices is here, on its way, or can't be made."""
        coming = self._next or (None if self._asked is self._stale else self._asked)
        return any(suffices(one, wanted, window) for one in (coming or self.shows, self.refused))

    def _take(self, request: Request, image: QImage) -> None:
        self._asked = None
        self.made += 1
        if request is not self._stale:
            self.image, self.shows = image, request
        self._go_on()
        self.ready.emit()

    def _give_up(self, request: Request, problem: Problem) -> None:
        self._asked, self.refused = None, request
        self.failed.emit(problem)
        self._go_on()

    def _go_on(self) -> None:
        if self._next is not None:
            request, self._next = self._next, None
            self.want(request)

    def covers(self, camera: Camera, size: QSize, ratio: float) -> bool:
        """Whether the image fills a window of `size` (device-independent pixels)."""
        if self.image is None or self.shows is None:
            return False
        shows, zoom = self.shows, camera.scale / self.shows.camera.scale
        across = abs(shows.camera.x - camera.x) * camera.scale + size.width() / 2 + 2
        up = abs(shows.camera.y - camera.y) * camera.scale + size.height() / 2 + 2
        return (
            across <= shows.size[0] / shows.ratio * zoom / 2 and up <= shows.size[1] / shows.ratio * zoom / 2
        )

    def paint(self, painter: QPainter, camera: Camera, size: QSize, ratio: float) -> None:
        """Copy what a window of `size` at the camera shows of the image; the rest stays as it is."""
        if self.image is None or self.shows is None:
            return
        shows = self.shows
        if shows.ratio == ratio and abs(camera.scale / shows.camera.scale - 1) < 1e-9:
            left, top = corner(shows.camera, shows.scale, shows.size)
            x, y = corner(camera, shows.scale, (round(size.width() * ratio), round(size.height() * ratio)))
            if max(abs(left - x), abs(top - y)) < 1e6:
                painter.drawImage(QRectF((left - x) / ratio, (top - y) / ratio, 0, 0).topLeft(), self.image)
            return
        self._paint_scaled(painter, camera, size)

    def _paint_scaled(self, painter: QPainter, camera: Camera, size: QSize) -> None:
        assert self.image is not None and self.shows is not None
        shows, zoom = self.shows, camera.scale / self.shows.camera.scale
        width, height = (side / shows.ratio * zoom for side in shows.size)
        middle_x = size.width() / 2 + (shows.camera.x - camera.x) * camera.scale
        middle_y = size.height() / 2 - (shows.camera.y - camera.y) * camera.scale
        target = QRectF(middle_x - width / 2, middle_y - height / 2, width, height)
        window = QRectF(0, 0, size.width(), size.height())
        seen = target.intersected(window)
        if seen.isEmpty():
            return
        by = shows.size[0] / width
        source = QRectF(
            (seen.x() - target.x()) * by, (seen.y() - target.y()) * by, seen.width() * by, seen.height() * by
        )
        painter.drawImage(seen, self.image, source)


def suffices(shows: Request | None, wanted: Request, window: QSize) -> bool:
    """Whether an image shows what is wanted, with margin left around a window (device-independent pixels)."""
    if shows is None or shows.content is not wanted.content:
        return False
    if (shows.ratio, shows.size, shows.strength) != (wanted.ratio, wanted.size, wanted.strength):
        return False
    if wanted.strength > 0 and shows.stamp != wanted.stamp:
        return False
    if abs(shows.camera.scale / wanted.camera.scale - 1) > 1e-9:
        return False
    across = abs(shows.camera.x - wanted.camera.x) * wanted.scale
    up = abs(shows.camera.y - wanted.camera.y) * wanted.scale
    window_sides = (window.width() * wanted.ratio, window.height() * wanted.ratio)
    room = [(side - seen) / 2 for side, seen in zip(wanted.size, window_sides, strict=True)]
    return across <= room[0] * (1 - SPARE) and up <= room[1] * (1 - SPARE)


def wanted_size(window: QSize, ratio: float) -> tuple[int, int]:
    """The size of an image for a window, device pixels; even numbers, so that its middle is the window's."""
    sides = (max(side, 1) * ratio * LARGER for side in (window.width(), window.height()))
    width, height = (2 * round(side / 2) for side in sides)
    return max(width, 2), max(height, 2)
