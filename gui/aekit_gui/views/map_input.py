# What the pointer and the keys do on the map: moving it, selecting, drawing, dragging waypoints.
"""What the pointer and the keys do on the map: moving it, selecting, drawing, dragging waypoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent

from aekit_gui.views.map_marks import waypoint_at

if TYPE_CHECKING:
    from aekit_gui.views.map import MapView

Kind = Literal["", "press", "pan", "box", "lasso", "draw", "handle"]

SLACK = 4.0  # pixels that the pointer may move within a click
APART = 2.0  # pixels from one point of a drawn line to the next
NOTCH = 1.22  # zoom of one notch of a wheel (120 eighths of degrees)
SMOOTH = 0.0045  # zoom of a trackpad, e-folds a pixel
NUDGE = 8.0  # pixels that an arrow key moves a waypoint or extends what is drawn; one with Shift

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
SHIFT, ALT, CTRL = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)
RETURN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}

DRAWN_BY_KEYS = {
    "box": "A box: arrow keys move its corner. Return selects, with Shift adds, with Ctrl removes; Escape gives it up.",
    "lasso": "A lasso: arrow keys draw it. Return selects, with Shift adds, with Ctrl removes; Escape gives it up.",
    "draw": "A path: arrow keys draw it. Return makes it a walk; Escape gives it up.",
}


class Gestures:
    """The pointer's gesture of now, or what the keys draw: Return begins and ends it, arrows extend it.

    Attributes:
        kind: "press" until it is known whether the pointer will be dragged; "" for none.
        keyed: whether keys draw, and the mouse does not count.
        points: of the outline or path that is being drawn, pixels.
        space: whether the space bar is held, and the map moved by any tool.
    """

    def __init__(self, view: MapView) -> None:
        self.view = view
        self.kind: Kind = ""
        self.points: list[QPointF] = []
        self.space = self.space_used = self.keyed = False
        self._waypoint = -1
        self._start = self._last = QPointF()

    # ---- mouse ----------------------------------------------------------------------------------------

    def press(self, event: QMouseEvent) -> None:
        """A button went down."""
        if self.keyed:
            self.cancel()
        at = event.position()
        self._start = self._last = at
        if event.button() == MIDDLE or (event.button() == LEFT and self.space):
            self.kind, self.space_used = "pan", self.space
        elif event.button() == LEFT:
            self._waypoint = waypoint_at(self.view.handles(), at)
            self.kind, self.points = "press", [at]
            if self.view.tool in ("box", "lasso"):
                self.view.prepare_selection()
        self.view.show_cursor(at)

    def move(self, event: QMouseEvent) -> None:
        """The pointer moved."""
        if self.keyed:
            return
        at = event.position()
        if self.kind == "press" and (at - self._start).manhattanLength() > SLACK:
            tool = self.view.tool
            self.kind = "handle" if self._waypoint >= 0 else "pan" if tool == "look" else tool
            self.view.hold(self._waypoint)
            self.view.show_cursor(at)
        if self.kind == "pan":
            step = at - self._last
            self.view.move_by(step.x(), step.y())
        elif self.kind == "handle":
            self.view.place_dragged.emit(self._waypoint, *self.view.world(at))
        elif self.kind in ("box", "lasso", "draw"):
            self._extend(at, event.modifiers())
        self._last = at
        self.view.point_at(at)
        if self.kind in ("", "handle", "draw"):
            self.view.hovered.emit(*self.view.world(at))
        if self.kind == "":
            self.view.show_cursor(at)

    def release(self, event: QMouseEvent) -> None:
        """A button came up."""
        if self.keyed or event.button() not in (LEFT, MIDDLE) or not self.kind:
            return
        at = event.position()
        if self.kind == "press":
            self._forget()
            self._click(at, event)
        else:
            self._finish(event.modifiers())
        self.view.show_cursor(at)

    def cancel(self) -> None:
        """Forget what was begun."""
        self._forget()
        self.view.show_cursor(None)

    def _finish(self, modifiers: Qt.KeyboardModifier) -> None:
        kind, points, view = self.kind, self.points, self.view
        if self.keyed and kind != "box" and points[-1] != self._last:
            points.append(self._last)
        self._forget()
        if kind in ("box", "lasso"):
            view.select(kind, points, mode_of(modifiers))
        elif kind == "draw" and len(points) > 1:
            view.path_drawn.emit(view.worlds(points))

    def _forget(self) -> None:
        view = self.view
        self.kind, self.points, view.outline = "", [], ("", [], "set")
        if self.keyed:
            self.keyed, view.drawn = False, ""
            view.describe()
            view.point_at(None)
            view.left.emit()
        view.update()

    def _click(self, at: QPointF, event: QMouseEvent) -> None:
        self.view.hold(self._waypoint)
        if self._waypoint >= 0:
            return
        if self.view.tool in ("box", "lasso"):
            if mode_of(event.modifiers()) == "set":
                self.view.rows_selected.emit(np.zeros(0, np.int64), "set")
        elif self.view.tool == "look":
            self.view.clicked.emit(*self.view.world(at), event.modifiers())

    def _extend(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        if self.kind == "box":
            self.points = [self._start, at]
        elif (at - self.points[-1]).manhattanLength() >= APART:
            self.points.append(at)
        self.view.outline = (self.kind, self.points, mode_of(modifiers))
        self.view.update()

    # ---- wheel and keys -------------------------------------------------------------------------------

    def wheel(self, event: QWheelEvent) -> None:
        """Zoom around the pointer: smoothly for a wheel's notches, at once for a trackpad's pixels."""
        at, pixels, notches = event.position(), event.pixelDelta(), event.angleDelta()
        if not pixels.isNull():
            if pixels.y():
                self.view.zoom(at, float(np.exp(np.clip(pixels.y(), -400, 400) * SMOOTH)), glide=False)
        elif notches.y():
            self.view.zoom(at, NOTCH ** (notches.y() / 120))
        event.accept()

    def owns(self, event: QKeyEvent) -> bool:
        """Whether a key is the map's own now, even where it is a shortcut of the window."""
        key, plain = event.key(), not event.modifiers() & (CTRL | ALT)
        if key == Qt.Key.Key_Space:
            return plain and (self.view.pointer is not None or self.space)
        if key == Qt.Key.Key_Escape:
            return bool(self.kind) or self.view.held >= 0
        if self.keyed and key in RETURN:
            return True
        if key in ARROWS:
            return plain and (self.keyed or self.view.held >= 0)
        return (
            plain and key in RETURN and (self.view.held >= 0 or (self.view.tool != "look" and not self.kind))
        )

    def key(self, event: QKeyEvent) -> bool:
        """A key went down; whether it was used."""
        if not self.owns(event):
            return False
        key, view = Qt.Key(event.key()), self.view
        if key in RETURN and event.isAutoRepeat():
            return True
        if key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.space, self.space_used = True, False
                view.show_cursor(view.pointer)
        elif key == Qt.Key.Key_Escape:
            if self.kind:
                self.cancel()
            else:
                view.hold(-1)
        elif self.keyed or view.held < 0:
            self._draw_by(key, event.modifiers())
        else:
            at = QPointF(*view.handles()[view.held].tolist())
            if key in RETURN:
                view.clicked.emit(*view.world(at), event.modifiers())
            else:
                far = 1.0 if event.modifiers() & SHIFT else NUDGE
                right, down = ARROWS[key]
                view.place_dragged.emit(view.held, *view.world(at + QPointF(far * right, far * down)))
        return True

    def _draw_by(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        view = self.view
        if not self.keyed:
            assert view.tool != "look"
            self.kind, self.keyed = view.tool, True
            self._start = self._last = view.here()
            self.points = [self._start]
            view.outline = (self.kind, self.points, "set")
            if view.tool != "draw":
                view.prepare_selection()
            view.drawn = DRAWN_BY_KEYS[view.tool]
            view.describe()
        elif key in RETURN:
            self._finish(modifiers)
            return
        else:
            far = 1.0 if modifiers & SHIFT else NUDGE
            right, down = ARROWS[key]
            at = self._last + QPointF(far * right, far * down)
            self._last = QPointF(
                min(max(at.x(), 0), view.width() - 1), min(max(at.y(), 0), view.height() - 1)
            )
            self._extend(self._last, Qt.KeyboardModifier.NoModifier)
        view.point_at(self._last)
        if self.kind == "draw":
            view.hovered.emit(*view.world(self._last))

    def key_up(self, event: QKeyEvent) -> bool:
        """A key came up; whether it was used. A space bar that moved nothing is a click where the pointer is."""
        if event.key() != Qt.Key.Key_Space or event.isAutoRepeat() or not self.space:
            return False
        self.space = False
        if not self.space_used and self.view.pointer is not None:
            self.view.clicked.emit(*self.view.world(self.view.pointer), event.modifiers())
        self.view.show_cursor(self.view.pointer)
        return True


def mode_of(modifiers: Qt.KeyboardModifier) -> str:
    """What a selection does: Shift adds; Alt removes, and Ctrl too, as some desktops keep Alt for themselves."""
    if modifiers & SHIFT:
        return "add"
    return "remove" if modifiers & (ALT | CTRL) else "set"
