# Segments: a few choices side by side, of which one is chosen; with signs, with words, or with both.
"""Segments: a few choices side by side, of which one is chosen; with signs, with words, or with both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from aekit_gui.theme import LIGHT, RADIUS, SPACE, TEXT, Theme
from aekit_gui.views.drawing import draw_focus, mixed, scaled_font
from aekit_gui.views.icons import draw_icon
from aekit_gui.views.pressed import ARROWS, PRESSING, Pressed

SIGN = 20.0  # pixels


@dataclass(frozen=True)
class Choice:
    """One of the choices.

    Attributes:
        key: what `Segments.chosen` says.
        name: its words; shown where there is no sign, spoken by screen readers.
        help: the tooltip.
        sign: of `views.icons`, or "".
    """

    key: str
    name: str
    help: str
    sign: str = ""


class Segment(Pressed):
    """One choice as a button."""

    own_keys = PRESSING + ARROWS

    def __init__(self, choice: Choice, parent: QWidget | None = None) -> None:
        super().__init__(choice.name, choice.help, parent)
        self.choice = choice
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.words_font())
        words = 0 if self.choice.sign else metrics.horizontalAdvance(self.choice.name) + 2 * SPACE
        return QSize(max(words, 40), max(metrics.height() + SPACE, round(SIGN) + SPACE))

    def words_font(self) -> QFont:
        """The font of its words."""
        return scaled_font(self, TEXT, QFont.Weight.Medium if self.isChecked() else QFont.Weight.Normal)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, area = QPainter(self), self.theme, QRectF(self.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.isEnabled():
            painter.setOpacity(0.4)
        ink = theme.dim
        if self.isChecked():
            painter.setPen(QPen(mixed(theme.line, theme.accent, 0.55), 1))
            painter.setBrush(mixed(theme.raised, theme.accent, 0.16))
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS - 1, RADIUS - 1)
            ink = theme.text
        elif self.underMouse() and self.isEnabled():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(theme.panel, theme.text, 0.14 if self.isDown() else 0.08))
            painter.drawRoundedRect(area, RADIUS - 1, RADIUS - 1)
            ink = theme.text
        if self.choice.sign:
            sign = QRectF(0, 0, SIGN, SIGN)
            sign.moveCenter(area.center())
            draw_icon(painter, self.choice.sign, sign, theme.accent if self.isChecked() else ink)
        else:
            painter.setFont(self.words_font())
            painter.setPen(QColor(ink))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.choice.name)
        if self.hasFocus():
            draw_focus(painter, area, theme)


class Segments(QWidget):
    """A few choices side by side. Tab reaches the chosen one; arrows choose another.

    Signals:
        chosen(str): the key of what a person chose.
    """

    chosen = Signal(str)

    def __init__(self, name: str, choices: Sequence[Choice], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.key = choices[0].key
        self.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 3, 3, 3)
        row.setSpacing(2)
        self.buttons = {choice.key: Segment(choice, self) for choice in choices}
        for key, button in self.buttons.items():
            row.addWidget(button)
            button.clicked.connect(lambda checked=False, key=key: self._choose(key))
        self.show_choice(self.key)

    def show_choice(self, key: str) -> None:
        """Show what is chosen."""
        self.key = key
        for name, button in self.buttons.items():
            button.setChecked(name == key)
            policy = Qt.FocusPolicy.StrongFocus if name == key else Qt.FocusPolicy.NoFocus
            button.setFocusPolicy(policy)

    def set_theme(self, theme: Theme) -> None:
        """Take a theme's colours."""
        self.theme = theme
        for button in self.buttons.values():
            button.set_theme(theme)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
        step = steps.get(Qt.Key(event.key()), 0)
        able = [key for key, button in self.buttons.items() if button.isEnabled()]
        if not step or self.key not in able:
            super().keyPressEvent(event)
            return
        key = able[(able.index(self.key) + step) % len(able)]
        self._choose(key)
        self.buttons[self.key].setFocus(Qt.FocusReason.TabFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.theme.line), 1))
        painter.setBrush(mixed(self.theme.panel, self.theme.window, 0.8))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS + 1, RADIUS + 1)

    def _choose(self, key: str) -> None:
        new = key != self.key
        self.show_choice(key)
        if new:
            self.chosen.emit(key)
