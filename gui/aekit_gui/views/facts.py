# Facts: figures with their names, in two columns; what each means is in its tooltip.
"""Facts: figures with their names, in two columns; what each means is in its tooltip."""

from __future__ import annotations

import re

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetrics, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QToolTip, QWidget

from aekit_gui.theme import LIGHT, SMALL, SPACE, TITLE, Theme
from aekit_gui.views.drawing import mixed, scaled_font

COLUMNS = 2
INSET = 5  # pixels left of the words: there a figure that has the keyboard is marked
FIGURE = re.compile(r"([+\-−–]?[\d.,]*\d)(?:,\s+|\s+)(.+)")  # a number, then words


class Figure(QWidget):
    """One figure: its name in small, under it the value; the first part large, the rest small.

    Attributes:
        name, value: as shown.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.name, self.value = "", ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_fact(self, name: str, value: str, help: str) -> None:
        """Show another figure."""
        if (name, value) == (self.name, self.value):
            return
        if name != self.name:
            self.setToolTip(help)
        self.name, self.value = name, value
        self.setAccessibleName(f"{name}: {value}")
        self.setAccessibleDescription(help)
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        names, values = QFontMetrics(scaled_font(self, SMALL)), QFontMetrics(scaled_font(self, TITLE))
        return QSize(120, names.height() + values.height() + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        small, large = scaled_font(self, SMALL), scaled_font(self, TITLE, QFont.Weight.DemiBold)
        names, values = QFontMetricsF(small), QFontMetricsF(large)
        wide = self.width() - 2 * INSET
        if self.hasFocus():
            painter.fillRect(QRectF(self.rect()), mixed(self.theme.panel, self.theme.accent, 0.14))
            painter.fillRect(QRectF(0, 0, 2, self.height()), QColor(self.theme.accent))
        painter.setFont(small)
        painter.setPen(QColor(self.theme.dim))
        name = names.elidedText(self.name, Qt.TextElideMode.ElideRight, wide)
        painter.drawText(QRectF(INSET, 1, wide, names.height()), Qt.AlignmentFlag.AlignLeft, name)
        first, rest = parts(self.value)
        base = 1 + names.height() + 1 + values.ascent()
        painter.setFont(large)
        painter.setPen(QColor(self.theme.dim if first == "–" else self.theme.text))
        first = values.elidedText(first, Qt.TextElideMode.ElideRight, wide)
        painter.drawText(
            QRectF(INSET, base - values.ascent(), wide, values.height()), Qt.AlignmentFlag.AlignLeft, first
        )
        if rest:
            left = INSET + values.horizontalAdvance(first) + 5
            painter.setFont(small)
            painter.setPen(QColor(self.theme.dim))
            rest = names.elidedText(rest, Qt.TextElideMode.ElideRight, wide - left + INSET)
            box = QRectF(left, base - names.ascent(), wide - left + INSET + 2, names.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, rest)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            QToolTip.showText(self.mapToGlobal(QPoint(0, self.height())), self.toolTip(), self)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        QToolTip.hideText()
        self.update()


class Facts(QWidget):
    """Figures in two columns. They keep their places while values change."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.figures: list[Figure] = []
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setHorizontalSpacing(SPACE)
        self.grid.setVerticalSpacing(SPACE)
        for column in range(COLUMNS):
            self.grid.setColumnStretch(column, 1)

    def show_facts(self, facts: list[tuple[str, str, str]]) -> None:
        """Show figures: (name, value, tooltip) each."""
        while len(self.figures) < len(facts):
            figure = Figure(self)
            figure.set_theme(self.theme)
            row, column = divmod(len(self.figures), COLUMNS)
            self.grid.addWidget(figure, row, column)
            self.figures.append(figure)
        for number, figure in enumerate(self.figures):
            if number < len(facts):
                figure.show_fact(*facts[number])
            figure.setVisible(number < len(facts))

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        for figure in self.figures:
            figure.set_theme(theme)


def parts(value: str) -> tuple[str, str]:
    """What of a value stands large, and what stands small behind it."""
    if "  " in value:
        first, rest = value.split("  ", 1)
        return first, rest.strip()
    found = FIGURE.fullmatch(value)
    return (found[1], found[2]) if found else (value, "")
