# The light of a window that takes the files that are held over it.
"""The light of a window that takes the files that are held over it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from aekit_gui.theme import LIGHT, SPACE, TEXT, Theme
from aekit_gui.views.drawing import scaled_font


class DropLight(QWidget):
    """A frame around the window with a few words; the mouse goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.words = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take a theme's colours."""
        self.theme = theme
        self.update()

    def shine(self, words: str) -> None:
        """Show the frame with words."""
        self.words = words
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = QColor(self.theme.accent)
        tint = QColor(accent)
        tint.setAlphaF(0.08)
        frame = QRectF(self.rect()).adjusted(4, 4, -4, -4)
        painter.setPen(QPen(accent, 2))
        painter.setBrush(tint)
        painter.drawRoundedRect(frame, 10, 10)
        font = scaled_font(self, TEXT + 2, QFont.Weight.DemiBold)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        width, height = metrics.horizontalAdvance(self.words) + 5 * SPACE, metrics.height() + 2 * SPACE
        pill = QRectF(frame.center().x() - width / 2, frame.bottom() - 8 * SPACE, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        painter.drawRoundedRect(pill, height / 2, height / 2)
        painter.setPen(QColor(self.theme.on_accent))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, self.words)
