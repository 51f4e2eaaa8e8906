# The map: all items of a space, moved, zoomed and selected by mouse, trackpad and keys; files are dropped on it.
"""The map: all items of a space, moved, zoomed and selected by mouse, trackpad and keys; files are dropped on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from aekit_gui.models.camera import moved, zoomed
from aekit_gui.models.look import Tool
from aekit_gui.models.picking import Index
from aekit_gui.views.map_canvas import MapCanvas
from aekit_gui.views.map_ground import AT_ONCE
from aekit_gui.views.map_input import Gestures
from aekit_gui.views.map_marks import Mark, waypoint_at
from aekit_gui.views.map_paint import ring_area

__all__ = ["MapView", "Mark"]

KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
PINCH = Qt.NativeGestureType.ZoomNativeGesture


class MapView(MapCanvas):
    """The map. Tab goes from waypoint to waypoint, arrows move the one that has the keyboard; with a tool that
    selects or draws, Return begins at the place at hand, arrows draw, and Return ends.

    Signals:
        hovered(float, float): the pointer is at this place of the map.
        left(): the pointer is elsewhere.
        clicked(float, float, object Qt.KeyboardModifier): a click with the tool "look", or the space bar.
        camera_changed(object Camera): a person moved or zoomed the map.
        rows_selected(object (n,) int64, str): rows within a box or lasso; "set", "add" or "remove".
        place_dragged(int, float, float): a waypoint, by number, is dragged to this place.
        path_drawn(object (n, 2) float64): a line was drawn by hand.
        files_dropped(list of str): paths.
        menu_wanted(float, float, object QPoint): a menu for this place, at this point of the screen.

    Attributes:
        tool: what the pointer does.
    """

    hovered = Signal(float, float)
    left = Signal()
    clicked = Signal(float, float, object)
    camera_changed = Signal(object)
    rows_selected = Signal(object, str)
    place_dragged = Signal(int, float, float)
    path_drawn = Signal(object)
    files_dropped = Signal(list)
    menu_wanted = Signal(float, float, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tool: Tool = "look"
        self._gestures = Gestures(self)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(120, 120)
        self.setAccessibleName("Map")
        self.show_cursor(None)

    def set_tool(self, tool: Tool) -> None:
        """Let the pointer do something else."""
        if self._gestures.kind:
            self._gestures.cancel()
        self.tool = tool
        if tool != "look":
            self.hold(-1)
        self.show_cursor(self.pointer)

    # ---- for the gestures -----------------------------------------------------------------------------

    def point_at(self, at: QPointF | None) -> None:
        """The pointer is there; None for elsewhere."""
        old, self.pointer = self.pointer, at
        self._follows_pointer = at is not None
        for spot in (old, at):
            if spot is not None:
                self.update(ring_area(spot).toAlignedRect())

    def move_by(self, right: float, down: float) -> None:
        """A person drags the map by pixels."""
        self._glide.jump(moved(self._glide.now, right, down))
        self._placed = True
        self.camera_changed.emit(self.camera)

    def zoom(self, at: QPointF, factor: float, glide: bool = True) -> None:
        """A person zooms around a pixel."""
        start = self.camera if glide else self._glide.now
        target = zoomed(start, self._size(), (at.x(), at.y()), factor)
        self._placed = True
        if glide and self.isVisible():
            self._glide.to(target)
        else:
            self._glide.jump(target)
        self.camera_changed.emit(target)

    def prepare_selection(self) -> None:
        """Rows will be asked for soon."""
        items = self._content.items
        if self._index is not None or items is None or len(items.positions) <= AT_ONCE:
            return

        def keep(index: Index) -> None:
            if self._content.items is items and self._index is None:
                self._index = index

        self._ground.run(lambda: Index(items.positions), keep)

    def select(self, kind: str, points: Sequence[QPointF], mode: str) -> None:
        """Find the rows in a box or lasso, and tell of them."""
        items = self._content.items
        if items is None or len(points) < 2:
            return
        where = self.worlds(points)

        def find() -> tuple[Index, NDArray[np.int64]]:
            index = self._index or Index(items.positions)
            return index, index.inside_box(*where[0], *where[-1]) if kind == "box" else index.inside(where)

        def tell(found: tuple[Index, NDArray[np.int64]]) -> None:
            if self._content.items is items:
                self._index = found[0]
                self.rows_selected.emit(found[1], mode)

        if self._index is not None or len(items.positions) <= AT_ONCE:
            tell(find())
        else:
            self._ground.run(find, tell)

    def hold(self, number: int) -> None:
        """Give a waypoint the keyboard; -1 for none."""
        if number != self.held:
            self.held = number
            self.describe()
            self.update()

    def show_cursor(self, at: QPointF | None) -> None:
        """Show what pressing the mouse there would do."""
        gestures, shapes = self._gestures, Qt.CursorShape
        if gestures.kind in ("pan", "handle"):
            shape = shapes.ClosedHandCursor
        elif gestures.space or (at is not None and waypoint_at(self.handles(), at) >= 0):
            shape = shapes.OpenHandCursor
        else:
            shape = shapes.CrossCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    # ---- mouse, wheel, gestures -----------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._gestures.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._gestures.release(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        if not self._gestures.keyed:
            self.point_at(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        if not self._gestures.keyed:
            self.point_at(None)
            self.left.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._gestures.wheel(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            middle = QPointF(self.rect().center())
            at = QPointF(*self.handles()[self.held].tolist()) if self.held >= 0 else self.pointer or middle
        else:
            at = QPointF(event.pos())
        self.menu_wanted.emit(*self.world(at), self.mapToGlobal(at.toPoint()))

    # ---- keys -----------------------------------------------------------------------------------------

    def take_keyboard(self) -> None:
        """Have the keys, and show it."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _camera_moves(self) -> None:
        if self._gestures.keyed:
            self._gestures.cancel()  # what was drawn would slide off the items
        super()._camera_moves()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if self._gestures.owns(event):
                event.accept()
                return True
        elif isinstance(event, QNativeGestureEvent) and event.gestureType() == PINCH:
            self.zoom(event.position(), max(1 + event.value(), 0.1), glide=False)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._gestures.key(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not self._gestures.key_up(event):
            super().keyReleaseEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab: from waypoint to waypoint, then on to the next widget."""
        if self._gestures.keyed:
            self._gestures.cancel()
        number, count = self.held + (1 if forward else -1), len(self.handles())
        if number < count if forward else self.held >= 0:
            self.hold(number)
            return True
        return super().focusNextPrevChild(forward)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ringed = event.reason() in KEYBOARD
        if event.reason() == Qt.FocusReason.BacktabFocusReason:
            self.hold(len(self.handles()) - 1)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if self._gestures.keyed:
            self._gestures.cancel()
        self._gestures.space, self._ringed = False, False
        self.hold(-1)
        self.update()

    # ---- files ----------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self._show_drop(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_drop(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._show_drop(False)
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.files_dropped.emit(paths)

    def _show_drop(self, shown: bool) -> None:
        self._drop = shown
        self.update()
