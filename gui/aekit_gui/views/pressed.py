# Buttons that Space and Return press, even where these keys are shortcuts of the window.
"""Buttons that Space and Return press, even where these keys are shortcuts of the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QWidget

from aekit_gui.theme import LIGHT, RADIUS, SPACE, TEXT, Theme
from aekit_gui.views.drawing import draw_focus, mixed, scaled_font

ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
PRESSING = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Pressed(QAbstractButton):
    """A button that paints itself.

    Attributes:
        own_keys: keys that are no shortcuts of the window while it has the keyboard.
    """

    own_keys: tuple[Qt.Key, ...] = PRESSING

    def __init__(self, text: str = "", help: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.setText(text)
        self.setToolTip(help)
        self.setAccessibleName(text or help)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self.owns(event):
            event.accept()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in PRESSING[1:]:
            self.click()
        elif event.key() in ARROWS:
            event.ignore()  # they belong to what the button is in
        else:
            super().keyPressEvent(event)

    def owns(self, event: QKeyEvent) -> bool:
        """Whether a key is this button's."""
        return event.key() in self.own_keys and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier

    def draw_ground(self, painter: QPainter, area: QRectF, radius: float, primary: bool = False) -> None:
        """The button's own ground, lighter under the pointer and darker while it is held."""
        theme = self.theme
        base = theme.accent if primary else theme.raised
        share = 0.16 if self.isDown() else 0.08 if self.underMouse() else 0.0
        painter.setPen(Qt.PenStyle.NoPen if primary else QPen(QColor(theme.line), 1))
        painter.setBrush(mixed(base, theme.text, share))
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


class TextButton(Pressed):
    """A button with words."""

    def __init__(self, text: str, help: str, parent: QWidget | None = None, primary: bool = False) -> None:
        super().__init__(text, help, parent)
        self.primary = primary

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.words_font())
        return QSize(metrics.horizontalAdvance(self.text()) + 3 * SPACE, metrics.height() + SPACE + 2)

    def words_font(self) -> QFont:
        """The font of its words."""
        return scaled_font(self, TEXT, QFont.Weight.Medium)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.isEnabled():
            painter.setOpacity(0.45)
        self.draw_ground(painter, QRectF(self.rect()), RADIUS, self.primary)
        painter.setFont(self.words_font())
        painter.setPen(QColor(self.theme.on_accent if self.primary else self.theme.text))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        if self.hasFocus():
            draw_focus(painter, QRectF(self.rect()), self.theme)


class PlayButton(Pressed):
    """A round button: a triangle that plays, or a square that stops.

    Attributes:
        playing: whether it stops.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "Hear what is at hand (S). Where the pointer rests, it plays by itself.", parent)
        self.setAccessibleName("Play")
        self.playing = False
        self.setFixedSize(34, 34)

    def set_playing(self, playing: bool) -> None:
        """Show whether something plays."""
        if playing != self.playing:
            self.playing = playing
            self.setAccessibleName("Stop" if playing else "Play")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        self.draw_ground(painter, area, area.width() / 2, primary=True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.on_accent))
        middle = area.center()
        if self.playing:
            painter.drawRoundedRect(QRectF(middle.x() - 5, middle.y() - 5, 10, 10), 1.5, 1.5)
        else:
            corners = ((-4.5, -6.5), (7.0, 0.0), (-4.5, 6.5))
            painter.drawPolygon(QPolygonF([middle + QPointF(x, y) for x, y in corners]))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.theme.text), 2))
            painter.drawEllipse(area)


class CloseButton(Pressed):
    """A small cross."""

    def __init__(self, help: str, parent: QWidget | None = None) -> None:
        super().__init__("", help, parent)
        self.setFixedSize(20, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(self.theme.panel, self.theme.line, 0.8))
            painter.drawRoundedRect(area, 4, 4)
        ink = self.theme.text if self.underMouse() or self.hasFocus() else self.theme.dim
        painter.setPen(QPen(QColor(ink), 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        middle, arm = area.center(), 3.5
        painter.drawLine(middle + QPointF(-arm, -arm), middle + QPointF(arm, arm))
        painter.drawLine(middle + QPointF(-arm, arm), middle + QPointF(arm, -arm))
        if self.hasFocus():
            draw_focus(painter, area, self.theme)
