# The filmstrip: a walk's pictures side by side; waypoints are marked, dragged to other places, and taken out.
"""The filmstrip: a walk's pictures side by side; waypoints are marked, dragged to other places, and taken out."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QMenu, QToolTip, QWidget

from aekit_gui.models.look import Journey
from aekit_gui.theme import LIGHT, SPACE, Theme
from aekit_gui.views import filmstrip_painting as painting
from aekit_gui.work.protocol import Pixels

GAP = 6  # pixels between cells
FOOT = 22  # pixels under the cells, for waypoints' numbers
BAR = 10  # pixels kept free for the scroll bar
BAR_STYLE = """
QScrollBar:horizontal {{ height: 8px; margin: 0; background: transparent; border: none; }}
QScrollBar::handle:horizontal {{ min-width: 28px; border-radius: 3px; margin: 1px 2px; background: {line}; }}
QScrollBar::handle:horizontal:hover {{ background: {dim}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
    width: 0; background: transparent; border: none;
}}
"""
NARROWEST, WIDEST = 0.75, 2.4  # of a cell, as a part of its height
DRAG = 6  # pixels after which a press is a drag
CROSS = 18  # pixels of the corner that takes a waypoint out

STEP_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}
OWN_KEYS = {
    *STEP_KEYS,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_Delete,
    Qt.Key.Key_Backspace,
    Qt.Key.Key_Escape,
}


class Filmstrip(QAbstractScrollArea):
    """The cells of a walk; only those that are seen are painted.

    Signals:
        step_clicked(int): the person wants to go to a step.
        waypoint_moved(int, int): a waypoint is to become number ...
        waypoint_removed(int)
    """

    step_clicked = Signal(int)
    waypoint_moved = Signal(int, int)
    waypoint_removed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.journey = Journey()
        self.stops: tuple[int, ...] = ()
        self.count = 0
        self.current = 0
        self.position: float | None = None
        self.dragged: int | None = None  # the waypoint that is dragged
        self.pictures: dict[int, Pixels] = {}
        self.drawn = False  # whether pictures are drawings on white paper, which dark themes turn dark
        self._pixmaps: dict[int, QPixmap] = {}  # of the pictures that were seen
        self._shape = 1.0  # width of a cell, as a part of its height
        self._press: QPoint | None = None
        self._pressed: int | None = None  # the waypoint that was pressed
        self._pointer: QPoint | None = None
        self._follow: int | None = None  # the waypoint that stays current where it is moved
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(84)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setAccessibleName("Filmstrip of the walk")
        self._describe()

    # ---- facts ----------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self._pixmaps.clear()
        self.horizontalScrollBar().setStyleSheet(BAR_STYLE.format(line=theme.line, dim=theme.dim))
        self.viewport().update()

    def set_drawn(self, drawn: bool) -> None:
        """Whether pictures are drawings on white paper, not pictures with colours of their own."""
        self.drawn = drawn
        self._pixmaps.clear()
        self.viewport().update()

    def show_journey(self, journey: Journey, stops: tuple[int, ...]) -> None:
        """Show so many steps, with waypoints at the steps `stops`."""
        points = len(journey.waypoints)
        self.journey, self.stops = journey, stops
        self.count = 0 if not stops else 1 if points < 2 else journey.steps
        for step in [step for step in self.pictures if step >= self.count]:
            del self.pictures[step]
            self._pixmaps.pop(step, None)
        if self._follow is not None and self._follow < len(stops):
            self.current = stops[self._follow]
        self._follow = None
        self.current = min(self.current, max(self.count - 1, 0))
        if self.dragged is not None and self.dragged >= len(stops):
            self._let_go()
        self._lay_out()
        self._describe()

    def show_pictures(self, pictures: dict[int, Pixels]) -> None:
        """Pictures (h, w, 3) have come, by step."""
        for step, pixels in pictures.items():
            if 0 <= step < self.count:
                self.pictures[step] = pixels
                self._pixmaps.pop(step, None)
        self._lay_out()

    def set_position(self, position: float | None) -> None:
        """Mark where playback is, in steps; it is kept in sight."""
        if position is not None and self.count:
            step = min(int(position), self.count - 1)
            if self.position is None or int(self.position) != int(position):
                self._show_step(step)
        self.position = position
        self.viewport().update()

    # ---- where things are -----------------------------------------------------------------------------

    @property
    def cell(self) -> QSize:
        """The size of a cell."""
        height = max(self.height() - FOOT - BAR - SPACE // 2, 24)
        return QSize(round(height * self._shape), height)

    def rect_of(self, step: int) -> QRectF:
        """A cell in the viewport."""
        cell, shift = self.cell, self.horizontalScrollBar().value()
        return QRectF(SPACE + step * (cell.width() + GAP) - shift, SPACE // 2, cell.width(), cell.height())

    def step_at(self, point: QPoint) -> int | None:
        """The cell at a point of the viewport, its number included."""
        pitch = self.cell.width() + GAP
        step, within = divmod(point.x() + self.horizontalScrollBar().value() - SPACE, pitch)
        inside = 0 <= step < self.count and within < self.cell.width()
        return step if inside and point.y() < self.cell.height() + FOOT + SPACE // 2 else None

    def waypoint_at(self, step: int | None) -> int | None:
        """The waypoint that is passed at a step."""
        return self.stops.index(step) if step in self.stops else None

    def cross_of(self, step: int) -> QRectF:
        """The corner of a waypoint's cell that takes it out."""
        rect = self.rect_of(step)
        return QRectF(rect.right() - CROSS - 2, rect.top() + 2, CROSS, CROSS)

    def landing(self, x: float) -> int:
        """The number that the dragged waypoint gets where it is let go at x."""
        others = [stop for number, stop in enumerate(self.stops) if number != self.dragged]
        return sum(self.rect_of(stop).center().x() < x for stop in others)

    def _lay_out(self) -> None:
        shapes = [picture.shape[1] / max(picture.shape[0], 1) for picture in list(self.pictures.values())[:1]]
        self._shape = min(max(shapes[0] if shapes else self._shape, NARROWEST), WIDEST)
        bar, pitch = self.horizontalScrollBar(), self.cell.width() + GAP
        bar.setPageStep(self.viewport().width())
        bar.setSingleStep(pitch)
        bar.setRange(0, max(0, 2 * SPACE + self.count * pitch - GAP - self.viewport().width()))
        self.viewport().update()

    def _show_step(self, step: int) -> None:
        """Scroll so that a cell is seen, with one more beside it."""
        rect, pitch, bar = self.rect_of(step), self.cell.width() + GAP, self.horizontalScrollBar()
        if rect.left() < pitch:
            bar.setValue(round(bar.value() + rect.left() - pitch - SPACE))
        elif rect.right() > self.viewport().width() - pitch:
            bar.setValue(round(bar.value() + rect.right() + pitch + SPACE - self.viewport().width()))

    # ---- painting -------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is seen."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if not self.count:
            painting.draw_empty(painter, QRectF(self.viewport().rect()), self.theme)
            return
        pitch, shift = self.cell.width() + GAP, self.horizontalScrollBar().value()
        first = max((shift - SPACE) // pitch, 0)
        last = min((shift + self.viewport().width()) // pitch + 1, self.count)
        over = self.step_at(self._pointer) if self._pointer is not None else None
        for step in range(first, last):
            number = self.waypoint_at(step)
            state = painting.Cell(
                here=self.hasFocus() and step == self.current,
                over=step == over and self.dragged is None,
                waypoint=None if number is None else self._names(step),
                faint=number is not None and number == self.dragged,
                plays=self.position is not None and step == min(int(self.position), self.count - 1),
            )
            painting.draw_cell(painter, self.rect_of(step), self._pixmap(step), state, self.theme)
            if state.over and number is not None:
                painting.draw_cross(painter, self.cross_of(step), self._on_cross(), self.theme)
        if self.position is not None:
            painting.draw_playhead(painter, self._playhead(), self.theme)
        if self.dragged is not None and self._pointer is not None:
            self._draw_dragged(painter)

    def _pixmap(self, step: int) -> QPixmap | None:
        """The picture of a step, made ready where it is first seen."""
        if step not in self._pixmaps and step in self.pictures:
            pixels = self.pictures[step]
            self._pixmaps[step] = pixmap_of(on_dark(pixels) if self.drawn and self.theme.dark else pixels)
        return self._pixmaps.get(step)

    def _names(self, step: int) -> str:
        """The numbers of the waypoints that are passed at a step."""
        return "·".join(str(number + 1) for number, stop in enumerate(self.stops) if stop == step)

    def _playhead(self) -> QRectF:
        """The line of playback, as wide as nothing."""
        assert self.position is not None
        step = min(int(self.position), self.count - 1)
        rect = self.rect_of(step)
        share = min(self.position - step, 1.0)
        return QRectF(rect.left() + share * (rect.width() + GAP), rect.top(), 0, rect.height())

    def _draw_dragged(self, painter: QPainter) -> None:
        assert self.dragged is not None and self._pointer is not None
        to = self.landing(self._pointer.x())
        others = [stop for number, stop in enumerate(self.stops) if number != self.dragged]
        if others:
            near = self.rect_of(others[min(to, len(others) - 1)])
            x = near.left() - GAP / 2 if to < len(others) else near.right() + GAP / 2
            painting.draw_landing(painter, QRectF(x, near.top(), 0, near.height()), self.theme)
        rect = self.rect_of(self.stops[self.dragged])
        rect.moveCenter(QPointF(self._pointer.x(), rect.center().y()))
        painter.setOpacity(0.85)
        state = painting.Cell(waypoint=str(self.dragged + 1), over=True)
        painting.draw_cell(painter, rect, self._pixmap(self.stops[self.dragged]), state, self.theme)
        painter.setOpacity(1.0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._lay_out()

    # ---- the mouse ------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a waypoint, or of nothing."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._press = self._pointer = event.position().toPoint()
        self._pressed = self.waypoint_at(self.step_at(self._press))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag a waypoint, or look what is under the pointer."""
        self._pointer = event.position().toPoint()
        held = self._press is not None and self._pressed is not None and len(self.stops) > 1
        if held and self._press is not None and abs(self._pointer.x() - self._press.x()) > DRAG:
            self.dragged = self._pressed
        cursor = Qt.CursorShape.PointingHandCursor if self.step_at(self._pointer) is not None else None
        if self.dragged is not None:
            cursor = Qt.CursorShape.ClosedHandCursor
        if cursor is None:
            self.viewport().unsetCursor()
        else:
            self.viewport().setCursor(cursor)
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let a waypoint go, take one out, or go to a step."""
        if event.button() != Qt.MouseButton.LeftButton or self._press is None:
            return
        self._pointer = event.position().toPoint()
        dragged, to = self.dragged, self.landing(self._pointer.x())
        crossed = self._on_cross()
        step, pressed = self.step_at(self._pointer), self.step_at(self._press)
        self._let_go()
        if dragged is not None:
            self._move(dragged, to)
        elif step is not None and step == pressed:
            number = self.waypoint_at(step)
            if crossed and number is not None:
                self.waypoint_removed.emit(number)
            else:
                self._choose(step)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer."""
        self._pointer = None
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Any wheel scrolls along the walk."""
        turn = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
        by = turn.x() if abs(turn.x()) > abs(turn.y()) else turn.y()
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() - by)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the step."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        step = self.current if by_key and self.count else self.step_at(event.pos())
        if step is not None:
            menu = self.menu(step)
            menu.exec(
                self.viewport().mapToGlobal(self.rect_of(step).center().toPoint())
                if by_key
                else event.globalPos()
            )
            menu.deleteLater()

    def menu(self, step: int) -> QMenu:
        """The menu of a step."""
        menu = QMenu(self)
        menu.addAction(f"Go to step {step + 1}").triggered.connect(lambda: self._choose(step))
        number = self.waypoint_at(step)
        if number is not None:
            menu.addSeparator()
            earlier, later = menu.addAction("Move earlier"), menu.addAction("Move later")
            earlier.setEnabled(number > 0)
            later.setEnabled(number < len(self.stops) - 1)
            earlier.triggered.connect(lambda: self._move(number, number - 1))
            later.triggered.connect(lambda: self._move(number, number + 1))
            menu.addAction(f"Remove waypoint {number + 1}").triggered.connect(
                lambda: self.waypoint_removed.emit(number)
            )
        return menu

    def _on_cross(self) -> bool:
        step = self.step_at(self._pointer) if self._pointer is not None else None
        return (
            step is not None
            and self._pointer is not None
            and self.cross_of(step).contains(QPointF(self._pointer))
        )

    def _let_go(self) -> None:
        self._press = self._pressed = self.dragged = None
        self.viewport().update()

    # ---- keys -----------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keys of the strip come before the window's shortcuts; tooltips are of the step under the pointer."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = not event.modifiers() & (
                Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier
            )
            if plain and event.key() in OWN_KEYS and self.count:
                event.accept()
                return True
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tooltips that teach."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            step = self.step_at(event.pos())
            QToolTip.showText(event.globalPos(), "" if step is None else self.words(step), self)
            return True
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left, Right, Home, End go along; with Alt they move a waypoint; Delete takes it out."""
        key, number = Qt.Key(event.key()), self.waypoint_at(self.current)
        if key == Qt.Key.Key_Escape and self.dragged is not None:
            self._let_go()
        elif not self.count:
            super().keyPressEvent(event)
        elif (
            key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and event.modifiers() & Qt.KeyboardModifier.AltModifier
        ):
            if number is not None:
                self._move(number, number + STEP_KEYS[key])
        elif key in STEP_KEYS:
            self._choose(self.current + STEP_KEYS[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._choose(0 if key == Qt.Key.Key_Home else self.count - 1)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and number is not None:
            self.waypoint_removed.emit(number)
        else:
            super().keyPressEvent(event)

    def _choose(self, step: int) -> None:
        """Go to a step, as far as there are any."""
        step = min(max(step, 0), self.count - 1)
        self.current = step
        self._show_step(step)
        self._describe()
        self.viewport().update()
        self.step_clicked.emit(step)

    def _move(self, number: int, to: int) -> None:
        if 0 <= to < len(self.stops) and to != number:
            self._follow = to
            self.waypoint_moved.emit(number, to)

    # ---- words ----------------------------------------------------------------------------------------

    def words(self, step: int) -> str:
        """What a step is, and what can be done with it."""
        said = f"Step {step + 1} of {self.count}"
        number = self.waypoint_at(step)
        if number is None:
            return f"{said}. A click goes there."
        name = self.journey.waypoints[number].name
        named = f"waypoint {number + 1}: {name}" if name else f"waypoint {number + 1}"
        return f"{said}, {named}. Drag it to another place of the walk; Delete takes it out."

    def _describe(self) -> None:
        self.setAccessibleDescription(self.words(self.current) if self.count else painting.EMPTY)


def on_dark(pixels: Pixels) -> Pixels:
    """A drawing (h, w, 3) on white paper as one on black: lightness is turned round, hues stay."""
    wide = pixels.astype(np.int16)
    turned: Pixels = (wide + 255 - wide.max(2, keepdims=True) - wide.min(2, keepdims=True)).astype(np.uint8)
    return turned


def pixmap_of(pixels: Pixels) -> QPixmap:
    """Pixels (h, w, 3) uint8 as a pixmap."""
    own = np.ascontiguousarray(pixels, np.uint8)
    height, width = own.shape[:2]
    return QPixmap.fromImage(QImage(own.data, width, height, 3 * width, QImage.Format.Format_RGB888))
