# Panel: what the panels of all kinds of views share: a card that is painted once, and what moves over it.
"""Panel: what the panels of all kinds of views share: a card that is painted once, and what moves over it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from aekit.runs import one_line
from aekit_gui.theme import LIGHT, RADIUS, SMALL, SPACE, Theme
from aekit_gui.views.drawing import draw_focus, scaled_font

NOTHING_YET = "Move over the map: what is there appears here."
COMPACT = 170  # pixels; in less there is no room for names


class Panel(QWidget):
    """One view, painted. What stands still is painted once for each view and size; `overlay` comes on top.

    A kind fills in `take`, `draw` and, where something moves over it, `overlay`.

    Attributes:
        view: what is shown; None before the first.
        words: said in the middle instead of, or over, the view; "" where there is nothing to say.
        pointer: the mouse's place, None while it is elsewhere.

    Signals:
        painted: a new view is on the screen.
        seek: a person chose a time (seconds) in something that is heard.
    """

    painted = Signal()
    seek = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.view: Any = None
        self.words = NOTHING_YET
        self.pointer: QPointF | None = None
        self.compact = False
        self._ready = self._fresh = False
        self._still: QPixmap | None = None
        self.setMouseTracking(True)
        self.setMinimumSize(40, 40)
        self.setAccessibleName("Decoded view")
        self.setAccessibleDescription(self.words)

    # ---- what a kind fills in -------------------------------------------------------------------------

    def take(self, view: Any) -> str:
        """Make the view ready to be drawn; gives what it is in words. Raises whatever a damaged view raises."""
        raise NotImplementedError

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Paint the view into the area (device-independent pixels)."""
        raise NotImplementedError

    def overlay(self, painter: QPainter, area: QRectF) -> None:
        """Paint what moves over the view: a playhead, a value under the pointer."""

    # ---- facts ----------------------------------------------------------------------------------------

    def show_view(self, view: Any) -> None:
        """Show a view of this panel's kind; one that cannot be drawn is named in words."""
        self.view, self._fresh, self.words = view, True, ""
        try:
            described, self._ready = self.take(view), True
        except Exception as error:  # the arrays are a plugin's own
            described = self.words = f"This cannot be drawn: {one_line(error)}"
            self._ready = False
        if self.accessibleDescription() != described:
            self.setAccessibleDescription(described)
        self.refresh()

    def show_message(self, words: str) -> None:
        """Show words instead of a view."""
        self.view, self._ready, self.words = None, False, words
        self.setAccessibleDescription(words)
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.refresh()

    def set_playhead(self, seconds: float | None) -> None:
        """Mark the time that is heard; None where nothing is. Views without a sound have none."""

    def refresh(self) -> None:
        """Paint the view anew."""
        self._still = None
        self.update()

    # ---- painting -------------------------------------------------------------------------------------

    @property
    def area(self) -> QRectF:
        """What is inside the card's edge."""
        return QRectF(self.rect()).adjusted(1, 1, -1, -1)

    def still(self, ratio: float) -> QPixmap:
        """What stands still, at `ratio` device pixels a pixel."""
        if self._still is None or self._still.devicePixelRatio() != ratio:
            pixmap = QPixmap(max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1))
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            try:
                self._draw_card(painter)
            finally:
                painter.end()
            self._still = pixmap
        return self._still

    def _draw_card(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.small())
        edge = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(self.theme.line), 1))
        painter.setBrush(QColor(self.theme.map))
        painter.drawRoundedRect(edge, RADIUS, RADIUS)
        self.compact = self.width() < COMPACT
        if self._ready:
            painter.save()
            try:
                self.draw(painter, self.area)
            except Exception as error:  # the arrays are a plugin's own
                self.words = f"This cannot be drawn: {one_line(error)}"
            painter.restore()
        if self.words and self.width() >= 90:
            painter.setFont(self.small())
            painter.setPen(QColor(self.theme.dim))
            wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.area.adjusted(2 * SPACE, SPACE, -2 * SPACE, -SPACE), wrapped, self.words)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self.still(self.devicePixelRatioF()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.small())
        if self._ready:
            self.overlay(painter, self.area)
        if self.hasFocus():
            draw_focus(painter, QRectF(self.rect()), self.theme)
        painter.end()
        self.finish()

    def finish(self) -> None:
        """The view is on the screen: say so, once for each view."""
        if self._fresh:
            self._fresh = False
            self.painted.emit()

    def small(self) -> QFont:
        """The font of names and figures; it grows with the interface."""
        return scaled_font(self, SMALL)

    # ---- the pointer ----------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointer = event.position()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.pointer = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.refresh()
