# Overlay: something that lies over the whole window, takes the keyboard, and goes with Escape or a click beside it.
"""Overlay: something that lies over the whole window, takes the keyboard, and goes with Escape or a click beside it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from aekit_gui.theme import LIGHT, RADIUS, Theme

SHADOW = 14  # pixels


class Overlay(QWidget):
    """Covers its parent while it is open. Shortcuts of the window rest meanwhile, and Tab stays in here.

    Signals:
        closed: it is gone.
    """

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self._before: QWidget | None = None
        self.hide()
        parent.installEventFilter(self)

    def set_theme(self, theme: Theme) -> None:
        """Take a theme's colours."""
        self.theme = theme
        self.update()

    def open(self) -> None:
        """Lie over the window, and take the keyboard."""
        if not self.isVisible():
            self._before = self.window().focusWidget()
        self._cover()
        self.show()
        self.raise_()

    def leave(self) -> None:
        """Go, and give the keyboard back."""
        if self.isHidden():
            return
        self.hide()
        if self._before is not None:
            self._before.setFocus()
        self._before = None
        self.closed.emit()

    def arrange(self) -> None:
        """Place what is in here; the overlay has the window's size now."""

    def outside(self, event: QMouseEvent) -> bool:
        """Whether a click beside what is in here closes it."""
        return True

    # ---- Qt -------------------------------------------------------------------------------------------

    def _cover(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
            self.arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.parent() and self.isVisible():
            self._cover()
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        event.accept()  # nothing in here reaches the window below

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if self.outside(event):
            self.leave()

    def focusNextPrevChild(self, next: bool) -> bool:
        able = [
            child
            for child in self.findChildren(QWidget)
            if child.isVisible() and child.isEnabled() and child.focusPolicy() & Qt.FocusPolicy.TabFocus
            and child.focusProxy() is None
        ]  # fmt: skip
        if able:
            held = self.window().focusWidget()
            place = able.index(held) if held in able else -1 if next else 0
            reason = Qt.FocusReason.TabFocusReason if next else Qt.FocusReason.BacktabFocusReason
            able[(place + (1 if next else -1)) % len(able)].setFocus(reason)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), shade(self.theme))


def shade(theme: Theme, share: float = 1.0) -> QColor:
    """What dims the window below."""
    colour = QColor(theme.map if theme.dark else theme.text)
    colour.setAlphaF((0.6 if theme.dark else 0.28) * share)
    return colour


def draw_sheet(painter: QPainter, area: QRectF, theme: Theme, radius: float = RADIUS + 4) -> None:
    """A sheet that floats: its shadow, its ground and its edge."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    shadow = QColor(theme.map if theme.dark else theme.text)
    for ring in range(SHADOW, 0, -2):
        shadow.setAlphaF(0.018 if not theme.dark else 0.06)
        painter.setBrush(shadow)
        painter.drawRoundedRect(area.adjusted(-ring, -ring + 3, ring, ring + 3), radius + ring, radius + ring)
    path = QPainterPath()
    path.addRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    painter.fillPath(path, QColor(theme.raised))
    painter.setPen(QPen(QColor(theme.line), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
