# TimedPanel: a panel of something that is heard: its playhead, and a time chosen by mouse or keyboard.
"""TimedPanel: a panel of something that is heard: its playhead, and a time chosen by mouse or keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from aekit_gui.views.panels.panel import Panel

PLAY_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
SEEK_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home)


class TimedPanel(Panel):
    """A panel with time from left to right.

    Attributes:
        seconds: how long the view lasts.
        step: seconds that an arrow key moves by.
        playhead: the time that is heard, None where nothing is.
        plot: where the time runs; set by `draw`.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.seconds, self.step = 1.0, 0.5
        self.playhead: float | None = None
        self.plot = QRectF()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(
            "Click to hear it from there. With the keyboard: Left and Right choose a time, Space plays."
        )

    def set_playhead(self, seconds: float | None) -> None:
        if seconds != self.playhead:
            self.playhead = seconds
            self.update()

    def x_of(self, seconds: float) -> float:
        """Where a time stands."""
        return self.plot.left() + seconds / self.seconds * self.plot.width()

    def time_at(self, x: float) -> float:
        """The time at a place, kept within the view."""
        share = (x - self.plot.left()) / max(self.plot.width(), 1e-9)
        return min(max(share, 0.0), 1.0) * self.seconds

    def draw_playhead(self, painter: QPainter) -> None:
        """A line at the time that is heard, with a head above it."""
        if self.playhead is None or not 0 <= self.playhead <= self.seconds:
            return
        x, top = self.x_of(self.playhead), self.plot.top()
        painter.setPen(QPen(QColor(self.theme.warm), 1.5))
        painter.drawLine(QPointF(x, top), QPointF(x, self.plot.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.warm))
        painter.drawPolygon(QPolygonF([QPointF(x - 4.5, top), QPointF(x + 4.5, top), QPointF(x, top + 6)]))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._ready and not self.plot.isEmpty():
            self.seek.emit(self.time_at(event.position().x()))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            if plain and event.key() in PLAY_KEYS + SEEK_KEYS:
                event.accept()  # here they act on this panel, not on the window
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        now = self.playhead or 0.0
        moves = {Qt.Key.Key_Left: now - self.step, Qt.Key.Key_Right: now + self.step, Qt.Key.Key_Home: 0.0}
        target = now if event.key() in PLAY_KEYS else moves.get(Qt.Key(event.key()))
        if target is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif self._ready:
            self.seek.emit(min(max(target, 0.0), self.seconds))
