# The words that a code is written in: their numbers in even columns, as many as three lines hold.
"""The words that a code is written in: their numbers in even columns, as many as three lines hold."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from aekit_gui.theme import LIGHT, SMALL, SPACE, TEXT, Theme
from aekit_gui.views.drawing import scaled_font
from aekit_gui.views.facts import INSET

LINES = 3  # of numbers, at most
NAME = "Words of the code"
HELP = "The numbers of the codebook's vectors that this code is written in, in the order of its positions."
MORE = "…"


class WordsLine(QWidget):
    """Words under the pointer. A word keeps its place while others change; hidden where a code has none.

    Attributes:
        words: as shown.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.words: tuple[int, ...] = ()
        self.digits = 1  # of the longest word so far, so that columns keep their places
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_words(self, words: tuple[int, ...]) -> None:
        """Show other words."""
        if words == self.words:
            return
        more = len(words) != len(self.words)
        self.words = words
        self.digits = max([self.digits, *(len(str(word)) for word in words)])
        said = " ".join(str(word) for word in words)
        self.setToolTip(f"{HELP}\n{said}")
        self.setAccessibleName(f"{NAME}: {said}")
        if more:
            self.fit()
        self.setVisible(bool(words))
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.update()

    # ---- painting -------------------------------------------------------------------------------------

    def columns(self) -> int:
        """How many words stand in a line."""
        return max(1, int((self.width() - INSET + self.gap()) // (self.cell() + self.gap())))

    def cell(self) -> float:
        """How wide a word is, in pixels."""
        return QFontMetricsF(scaled_font(self, TEXT)).horizontalAdvance("0" * self.digits)

    def gap(self) -> float:
        """Pixels between two words."""
        return float(SPACE)

    def lines(self) -> int:
        """How many lines of words there are."""
        return min(LINES, -(-len(self.words) // self.columns()))

    def shown(self) -> list[str]:
        """The words as painted, cut at the last place where there are more."""
        room = LINES * self.columns()
        if len(self.words) <= room:
            return [str(word) for word in self.words]
        return [*(str(word) for word in self.words[: room - 1]), MORE]

    def fit(self) -> None:
        """Take the height that the words need."""
        names, values = (QFontMetricsF(scaled_font(self, size)) for size in (SMALL, TEXT))
        self.setFixedHeight(round(names.height() + max(self.lines(), 1) * values.height() + 4))

    def sizeHint(self) -> QSize:
        return QSize(120, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        small, font = scaled_font(self, SMALL), scaled_font(self, TEXT)
        names, values = QFontMetricsF(small), QFontMetricsF(font)
        painter.setFont(small)
        painter.setPen(QColor(self.theme.dim))
        painter.drawText(
            QRectF(INSET, 1, self.width() - INSET, names.height()), Qt.AlignmentFlag.AlignLeft, NAME
        )
        painter.setFont(font)
        painter.setPen(QColor(self.theme.text))
        columns, step = self.columns(), self.cell() + self.gap()
        for number, word in enumerate(self.shown()):
            row, column = divmod(number, columns)
            box = QRectF(
                INSET + column * step,
                names.height() + 2 + row * values.height(),
                self.cell(),
                values.height(),
            )
            painter.drawText(box, Qt.AlignmentFlag.AlignRight, word)
