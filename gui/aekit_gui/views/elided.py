# Words that fit: a line that asks for no room and leaves its middle out, and names that can go on in another line.
"""Words that fit: a line that asks for no room and leaves its middle out, and names that can go on in another line."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QLabel, QSizePolicy, QWidget

SHORTEST = 8  # letters of a choice that are seen at least
LONGEST_WORD = 16  # letters of a name's word that surely have room in one line
UNBROKEN = re.compile(rf"([^\s\u200b]{{{LONGEST_WORD}}})(?=[^\s\u200b])")


class Elided(QLabel):
    """One line of plain text; what has no room is left out, and the tooltip has all of it."""

    def __init__(self, help: str = "", parent: QWidget | None = None) -> None:
        """Say nothing yet; `help` is the tooltip where there is no text."""
        super().__init__(parent)
        self._help = help
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setToolTip(help)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setToolTip(text or self._help)

    def shown(self) -> str:
        """What there is room for."""
        room = self.contentsRect().width()
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, room)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.drawFrame(painter)
        painter.drawText(self.contentsRect(), self.alignment() | Qt.TextFlag.TextSingleLine, self.shown())


def narrow(combo: QComboBox) -> None:
    """Let a choice be as narrow as it has to, whatever its longest entry."""
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(SHORTEST)


def breakable(text: str) -> str:
    """A text whose long words may go on in the next line: after a sign, else after so many letters."""
    if max(map(len, text.split()), default=0) <= LONGEST_WORD:
        return text
    return UNBROKEN.sub("\\1\u200b", re.sub(r"(?<=[-_.,=/])(?=\S)", "\u200b", text))
