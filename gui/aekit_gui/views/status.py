# The status line: what part of the data is shown, what happens, and how the model process is.
"""The status line: what part of the data is shown, what happens, and how the model process is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from aekit_gui.theme import LIGHT, Theme
from aekit_gui.views.elided import Elided

STATES = {"ready": "good", "busy": "warm", "problem": "bad", "": "line"}  # colours of the theme


class Lamp(QWidget):
    """A dot in the colour of a state."""

    def __init__(self) -> None:
        super().__init__()
        self.theme: Theme = LIGHT
        self.state = ""

    def sizeHint(self) -> QSize:
        return QSize(12, 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(self.theme, STATES[self.state])))
        painter.drawEllipse(QPointF(self.width() / 2, self.height() / 2), 3.5, 3.5)


class StatusLine(QStatusBar):
    """Two texts: on the left what happens, on the right the process with its lamp."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.words, self.process, self.lamp = Elided("What was done last."), QLabel(), Lamp()
        self.words.setAccessibleName("What happens")
        self.process.setAccessibleName("Model process")
        self.process.setToolTip("The process that decodes. Plugins run in it, and can't stop the window.")
        self.process.setTextFormat(Qt.TextFormat.PlainText)
        self.lamp.hide()
        self.addWidget(self.words, 1)
        self.addPermanentWidget(self.lamp)
        self.addPermanentWidget(self.process)

    def set_theme(self, theme: Theme) -> None:
        """Take a theme's colours."""
        self.lamp.theme = theme
        self.lamp.update()

    def show_words(self, text: str) -> None:
        """Say what happens."""
        show(self.words, text)

    def show_process(self, text: str, state: str = "") -> None:
        """Say how the model process is: `state` is "ready", "busy", "problem", or "" for no lamp."""
        show(self.process, text)
        self.lamp.setVisible(bool(state))
        if state != self.lamp.state:
            self.lamp.state = state
            self.lamp.update()


def show(label: QLabel, text: str) -> None:
    """Show a text."""
    if label.text() != text:
        label.setText(text)
        label.setAccessibleDescription(text)
