# Pins: the places that were kept, one beside the other, and how far they are apart.
"""Pins: the places that were kept, one beside the other, and how far they are apart."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from aekit_gui.models.look import Place
from aekit_gui.theme import LIGHT, SMALL, SPACE, TEXT, Theme
from aekit_gui.views.drawing import scaled_font
from aekit_gui.views.panels import Panel, known, panel_class, panel_for
from aekit_gui.views.pressed import CloseButton, TextButton
from aekit_gui.work.protocol import Decoded

HINT = "Click on the map to pin a place; pin a second one to compare the two."
HEIGHT = 114  # pixels of a pin's picture: digits stand in squares of four
MOST = 2


class PinName(QWidget):
    """A pin's colour and name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.name, self.number = "", 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        return QSize(60, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.warm if self.number else self.theme.accent))
        painter.drawEllipse(QRectF(2, self.height() / 2 - 4, 8, 8))
        font = scaled_font(self, SMALL)
        painter.setFont(font)
        painter.setPen(QColor(self.theme.text))
        box = QRectF(self.rect()).adjusted(15, 0, 0, 0)
        name = QFontMetricsF(font).elidedText(self.name, Qt.TextElideMode.ElideMiddle, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)


class PinCard(QWidget):
    """One pin.

    Signals:
        removed: its cross was pressed.
    """

    removed = Signal()

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.panel: Panel | None = None
        self.title = PinName(self)
        self.title.number = number
        self.close_button = CloseButton("Remove this pin.", self)
        self.close_button.clicked.connect(self.removed)
        top = QHBoxLayout()
        top.setSpacing(2)
        top.addWidget(self.title, 1)
        top.addWidget(self.close_button)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(SPACE // 2)
        self.column.addLayout(top)

    def show_pin(self, place: Place, decoded: Decoded) -> None:
        """Show a pin."""
        view = known(decoded.view, decoded.picture)
        if self.panel is None or type(self.panel) is not panel_class(view):
            if self.panel is not None:
                self.panel.deleteLater()
            self.panel = panel_for(view, self)
            self.panel.setFixedHeight(HEIGHT)
            self.panel.set_theme(self.theme)
            self.panel.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self.column.addWidget(self.panel)
            self.panel.show()
        self.panel.show_view(view)
        self.panel.setToolTip(place.name)
        self.panel.setAccessibleName(f"Pin: {place.name}")
        self.title.name = place.name
        self.title.setToolTip(place.name)
        self.close_button.setAccessibleName(f"Remove the pin {place.name}")
        self.title.update()

    def set_theme(self, theme: Theme) -> None:
        self.theme = self.title.theme = theme
        self.title.update()
        self.close_button.set_theme(theme)
        if self.panel is not None:
            self.panel.set_theme(theme)


class Pins(QWidget):
    """No pin: a hint; one: its card; two: side by side, with their distance and a way to their middle.

    Signals:
        pin_removed: the number of a pin.
        between_wanted: the middle of the two.
    """

    pin_removed = Signal(int)
    between_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.usual = 0.0  # distance of two codes drawn from the run's prior; 0 while it is unknown
        self.hint = QLabel(HINT, self)
        self.hint.setWordWrap(True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.cards = [PinCard(number, self) for number in range(MOST)]
        for number, card in enumerate(self.cards):
            card.removed.connect(lambda number=number: self.pin_removed.emit(number))
        self.apart = QLabel(self)
        self.halfway = TextButton(
            "Halfway",
            "Go to the middle of the walk from one pin to the other (M): half one, half the other.",
            self,
        )
        self.halfway.clicked.connect(self.between_wanted)
        self.build()
        self.show_pins([])

    def build(self) -> None:
        """Lay the parts out: hint and cards share one place, so that nothing below moves."""
        both = QWidget(self)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        for card in self.cards:
            row.addWidget(card, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.apart, 1)
        foot.addWidget(self.halfway)
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(row)
        column.addLayout(foot)
        column.addStretch(1)
        self.stack = QStackedLayout(self)
        self.stack.addWidget(self.hint)
        self.stack.addWidget(both)

    def show_pins(self, pins: list[tuple[Place, Decoded]]) -> None:
        """Show at most two pins."""
        for number, card in enumerate(self.cards):
            if number < len(pins):
                card.show_pin(*pins[number])
            card.setVisible(number < len(pins))
        self.stack.setCurrentIndex(1 if pins else 0)
        two = len(pins) == MOST
        self.halfway.setVisible(two)
        self.apart.setText("Pin a second place to compare." if not two else "")
        if two:
            self.show_distance(*(decoded for _, decoded in pins))

    def show_distance(self, first: Decoded, last: Decoded) -> None:
        """How far two codes are apart, beside what is usual."""
        far = float(np.linalg.norm(np.asarray(first.code, float) - np.asarray(last.code, float)))
        self.apart.setText(f"{far:.2f} apart")
        beside = f" Two codes drawn from the prior are about {self.usual:.1f} apart." if self.usual else ""
        self.apart.setToolTip(f"Euclidean distance of the two codes.{beside}")

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        for card in self.cards:
            card.set_theme(theme)
        self.halfway.set_theme(theme)
        self.hint.setStyleSheet(f"color: {theme.dim}; background: transparent; padding-left: 3px;")
        self.apart.setStyleSheet(f"color: {theme.dim}; background: transparent; padding-left: 3px;")
        self.hint.setFont(scaled_font(self, SMALL))
        self.apart.setFont(scaled_font(self, TEXT, QFont.Weight.Medium))
