# The map's canvas: what is shown on the map, and how a frame is painted.
"""The map's canvas: what is shown on the map, and how a frame is painted."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from aekit_gui.models.camera import fitted, to_screen, to_world
from aekit_gui.models.look import Camera
from aekit_gui.models.picking import Index
from aekit_gui.models.tiles import Pyramid, TileKey
from aekit_gui.theme import LIGHT, SMALL, TEXT, Theme
from aekit_gui.views import map_paint, map_tiles
from aekit_gui.views.drawing import draw_focus, scaled_font
from aekit_gui.views.map_glide import Glide
from aekit_gui.views.map_ground import AT_ONCE, Ground, wanted_size
from aekit_gui.views.map_layers import Content, Items, Request, corners_of
from aekit_gui.views.map_marks import Mark, MarkPainter, badge, disc
from aekit_gui.work.protocol import Pixels, Problem

RESTS = 60  # milliseconds without a move after which tiles are wanted
EMPTY = "No items to show yet. The map fills as soon as the run has encoded some."


class MapCanvas(QWidget):
    """Paints the map.

    Signals:
        tiles_wanted(list of TileKey): decoded tiles that are lacking, the first one first, where the camera rests.
        resized(): the map has another size; a camera that is set meanwhile is there at once.

    Attributes:
        theme: as set.
        pointer: the mouse's place, pixels; None while it is elsewhere.
        held: the number of the waypoint that has the keyboard, -1 for none.
        outline: what is being drawn: "box", "lasso", "draw" or ""; its pixels; what a selection will do.
        drawn: what the keys draw, in words for screen readers.
        frame_times: seconds that painting took, the newest 10,000.
    """

    tiles_wanted = Signal(list)
    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.pointer: QPointF | None = None
        self.held = -1
        self.outline: tuple[str, list[QPointF], str] = ("", [], "set")
        self.drawn = ""
        self._follows_pointer = False
        self.frame_times: deque[float] = deque(maxlen=10_000)
        self.marks: list[Mark] = []
        self.walk: NDArray[np.float64] | None = None
        self.playhead: tuple[float, float] | None = None
        self.pyramid: Pyramid | None = None
        self._content = Content(background=self.theme.map)
        self._corners = np.zeros((0, 2))  # of all items
        self._index: Index | None = None
        self._stamp, self._wanted_some, self._placed = 0, False, False
        self._message, self._bad = "", False
        self._drop = self._ringed = self._resizes = False
        self._mark_painter = MarkPainter()
        self._glide = Glide(self)
        self._glide.moved.connect(self._camera_moves)
        self._ground = Ground(self)
        self._ground.ready.connect(self.update)
        self._ground.failed.connect(self._fail)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(RESTS)
        self._rest.timeout.connect(self._want_tiles)
        self.describe()

    # ---- facts ----------------------------------------------------------------------------------------

    @property
    def camera(self) -> Camera:
        """Where the map is, or is gliding to."""
        return self._glide.target

    def set_theme(self, theme: Theme) -> None:
        """Take a theme's colours; the items' own come by `set_colours`."""
        self.theme = theme
        self._content = replace(self._content, background=theme.map)
        self.update()

    def set_points(self, positions: NDArray[Any], index: Index | None = None) -> None:
        """Show items at positions (N, 2); `index` is theirs, where there is one already. Colours follow."""
        items = Items(positions)
        self._corners = corners_of(positions)
        rgb = self._content.rgb
        if len(rgb) != len(positions):
            point = QColor(self.theme.point)
            rgb = np.tile(np.array([point.red(), point.green(), point.blue()], np.uint8), (len(positions), 1))
        self._content, self._index = Content(items, rgb, background=self.theme.map), index
        self.describe()
        self._stamp += 1
        self.update()

    def set_colours(
        self, rgb: NDArray[np.uint8], shown: NDArray[np.bool_] | None, selected: NDArray[np.bool_] | None
    ) -> None:
        """Colour items (N, 3); `shown` and `selected` (N,) say which are there and which are selected."""
        self._content = replace(self._content, rgb=rgb, shown=shown, selected=selected)
        self.update()

    def set_camera(self, camera: Camera) -> None:
        """Go there: gently, unless this is the first place, nobody sees it, or the window changes its size."""
        if self._placed and self.isVisible() and not self._resizes:
            self._glide.to(camera)
        else:
            self._glide.jump(camera)
        self._placed = True

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Mark places."""
        before, self.marks = self._at_hand(), list(marks)
        self._follows_pointer = self._follows_pointer and self._at_hand() == before
        self.held = min(self.held, len(self.handles()) - 1)
        self.update()

    def set_walk(self, places: NDArray[Any] | None) -> None:
        """Show a walk through places (n, 2), given so finely that it is smooth."""
        self.walk = None if places is None else np.asarray(places, np.float64)
        self.update()

    def set_playhead(self, place: tuple[float, float] | None) -> None:
        """Mark where on the walk playback is; None where nothing plays."""
        for spot in (self.playhead, place):
            if spot is not None:
                at = QPointF(*self._screen(spot)[0].tolist())
                self.update(map_paint.ring_area(at).toAlignedRect() & self.rect())
        self.playhead = place

    def set_manifold(self, pyramid: Pyramid | None) -> None:
        """Let decoded tiles dissolve in where the map is near enough; None for a map that has none."""
        self.pyramid, self._stamp = pyramid, self._stamp + 1
        self._rest.start()
        self.update()

    def add_tile(self, key: TileKey, pictures: Sequence[Pixels]) -> None:
        """A tile was decoded: pictures (h, w, 3) in the order of `Pyramid.places`."""
        if self.pyramid is not None:
            map_tiles.add(self.pyramid, key, pictures, self.theme.map)
            self._stamp += 1
            self.update()

    def set_message(self, text: str, bad: bool = False) -> None:
        """Say something in the middle; "" for nothing."""
        self._message, self._bad = text, bad
        self.describe()
        self.update()

    def describe(self) -> None:
        """Say to screen readers what is seen, which waypoint has the keyboard, or what the keys draw."""
        items = self._content.items
        count = 0 if items is None else len(items.positions)
        words = self._message or (f"{count:,} items" if count else EMPTY)
        if self.held >= 0:
            words = f"Waypoint {self.held + 1} of {len(self.handles())}; arrow keys move it. {words}"
        self.setAccessibleDescription(self.drawn or words)

    def close_down(self) -> None:
        """End the map's thread; it makes no more images."""
        self._rest.stop()
        self._ground.close()

    # ---- places and pixels ----------------------------------------------------------------------------

    def world(self, at: QPointF) -> tuple[float, float]:
        """The place of the map at a pixel."""
        x, y = self.worlds([at])[0].tolist()
        return x, y

    def worlds(self, points: Sequence[QPointF]) -> NDArray[np.float64]:
        """The places (n, 2) of the map at pixels."""
        return to_world(self._glide.now, self._size(), np.array([[p.x(), p.y()] for p in points]))

    def handles(self) -> NDArray[np.float64]:
        """The pixels (n, 2) of waypoints."""
        return self._screen([(mark.x, mark.y) for mark in self.marks if mark.kind == "waypoint"])

    def here(self) -> QPointF:
        """The pixel of the place at hand: the pointer's, or the mark's where that moved last; else the middle."""
        marks = [QPointF(*at) for at in self._screen(self._at_hand()).tolist()]
        newest = [self.pointer, *marks] if self._follows_pointer else [*marks, self.pointer]
        seen = [at for at in newest if at is not None and self.rect().contains(at.toPoint())]
        return seen[0] if seen else QPointF(self.rect().center())

    def _at_hand(self) -> list[tuple[float, float]]:
        return [(mark.x, mark.y) for mark in self.marks if mark.kind == "here"]

    def _size(self) -> tuple[float, float]:
        return float(self.width()), float(self.height())

    def _screen(self, places: Any) -> NDArray[np.float64]:
        return to_screen(self._glide.now, self._size(), np.asarray(places, np.float64).reshape(-1, 2))

    # ---- the ground and the manifold ------------------------------------------------------------------

    def _camera_moves(self) -> None:
        if self.pyramid is not None:
            self._rest.start()
        self.update()

    def _strength(self) -> float:
        if self.pyramid is None:
            return 0.0
        return map_tiles.strength(self.camera.scale / fitted(self._corners, self._size()).scale)

    def _want_tiles(self) -> None:
        keys: list[TileKey] = []
        if self.pyramid is not None and self._strength() > 0:
            keys = map_tiles.missing(self.pyramid, self.camera, self._size())
        if keys or self._wanted_some:
            self._wanted_some = bool(keys)
            self.tiles_wanted.emit(keys)

    def _ask(self) -> None:
        """Have the ground made that this frame, or the next ones, need."""
        ratio = self.devicePixelRatioF()
        size = wanted_size(self.size(), ratio)
        request = Request(self._content, self.camera, size, ratio, self._stamp, self._strength())
        if self._ground.has(request, self.size()):
            return
        if self.pyramid is not None and request.strength > 0:
            part = (size[0] / ratio, size[1] / ratio)
            tiles, full = map_tiles.pictures(self.pyramid, self.camera, part)
            request = replace(request, tiles=tiles, full=full)
        shows, items = self._ground.shows, self._content.items
        few = items is None or len(items.positions) <= AT_ONCE
        if few and (shows is None or shows.content is not self._content):
            self._ground.draw(request)
        else:
            self._ground.want(request)

    def _fail(self, problem: Problem) -> None:
        self.set_message(f"The map cannot be drawn: {problem.sentence}", bad=True)

    # ---- painting -------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        start = time.perf_counter()
        self._ask()
        painter = QPainter(self)
        if not self._ground.covers(self._glide.now, self.size(), self.devicePixelRatioF()):
            painter.fillRect(event.rect(), QColor(self.theme.map))
        self._ground.paint(painter, self._glide.now, self.size(), self.devicePixelRatioF())
        painter.setFont(scaled_font(self, SMALL))
        if self.walk is not None and len(self.walk) > 1:
            map_paint.paint_walk(painter, self._screen(self.walk), (self.width(), self.height()), self.theme)
        if self.marks:
            places = self._screen([(mark.x, mark.y) for mark in self.marks])
            self._mark_painter.paint(painter, self.marks, places, self.theme, painter.font(), self.held)
        if self.playhead is not None:
            x, y = self._screen(self.playhead)[0].clip(-1e6, 1e6).tolist()
            disc(painter, QPointF(x, y), 6.5, self.theme.warm, self.theme.map)
        self._paint_pointer(painter)
        self._paint_words(painter)
        painter.end()
        self.frame_times.append(time.perf_counter() - start)

    def _paint_pointer(self, painter: QPainter) -> None:
        kind, points, mode = self.outline
        map_paint.paint_outline(painter, kind, points, self.theme)
        if kind in ("box", "lasso") and mode != "set" and points:
            badge(painter, points[-1], mode, self.theme)
        elif (kind not in ("box", "lasso") or len(points) < 2) and self.pointer is not None:
            map_paint.paint_ring(painter, self.pointer, self.theme)

    def _paint_words(self, painter: QPainter) -> None:
        area = QRectF(self.rect())
        painter.setFont(scaled_font(self, TEXT))
        text = "" if self._drop else self._message or ("" if len(self._corners) else EMPTY)
        if text:
            map_paint.paint_message(painter, area, text, self.theme, self._bad)
        if self._drop:
            map_paint.paint_drop(painter, area, self.theme)
        if self._ringed and self.held < 0:
            draw_focus(painter, area, self.theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._camera_moves()
        self._resizes = True
        self.resized.emit()
        self._resizes = False
