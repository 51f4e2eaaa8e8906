# The legend: what colours mean; a click filters a class, a double click shows it alone.
"""The legend: what colours mean; a click filters a class, a double click shows it alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from aekit_gui.models.colours import Legend, LegendRow
from aekit_gui.theme import LIGHT, RADIUS, SMALL, SPACE, TEXT, Theme
from aekit_gui.views.drawing import draw_focus, mixed, scaled_font
from aekit_gui.views.pressed import ARROWS, PRESSING, Pressed

ALT = Qt.KeyboardModifier.AltModifier
KEYPAD = Qt.KeyboardModifier.KeypadModifier


class ClassButton(Pressed):
    """One class: its colour, its name, how many items it has.

    Signals:
        isolated: a double click, Alt with a click, or Alt with Return.
        begun: a first press, before anything changes.
    """

    isolated = Signal()
    begun = Signal()
    own_keys = PRESSING + ARROWS

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self.row = LegendRow(-1, "", 0, LIGHT.point, False)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_row(self, row: LegendRow) -> None:
        """Show a class."""
        self.setChecked(not row.hidden)
        if row == self.row and self.toolTip():
            return
        self.row = row
        state = "hidden" if row.hidden else "shown"
        self.setAccessibleName(f"{row.name}, {row.count:,} items, {state}")
        self.setToolTip(
            f"{row.name}: {row.count:,} items\nClick: show or hide. Double click, or Alt and click: show it alone."
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, round(QFontMetricsF(scaled_font(self, TEXT)).height()) + SPACE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and event.modifiers() & ALT:
            self.isolated.emit()
            return
        self.begun.emit()
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.isolated.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.begun.emit()
        if event.key() in PRESSING and event.modifiers() & ALT:
            self.isolated.emit()
        else:
            super().keyPressEvent(event)

    def owns(self, event: QKeyEvent) -> bool:
        return event.key() in self.own_keys and not event.modifiers() & ~(KEYPAD | ALT)

    def nextCheckState(self) -> None:
        """What is shown follows from facts, not from the press."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, row = QPainter(self), self.theme, self.row
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        if self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(theme.panel, theme.text, 0.12 if self.isDown() else 0.06))
            painter.drawRoundedRect(area, RADIUS - 1, RADIUS - 1)
        self._paint_dot(painter, QPointF(area.left() + 1.6 * SPACE, area.center().y()))
        font = scaled_font(self, TEXT)
        small = scaled_font(self, SMALL)
        count = f"{row.count:,}"
        wide = QFontMetricsF(small).horizontalAdvance(count)
        words = area.adjusted(3.2 * SPACE, 0, -wide - 2 * SPACE, 0)
        painter.setFont(font)
        painter.setPen(QColor(theme.dim if row.hidden else theme.text))
        name = QFontMetricsF(font).elidedText(row.name, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.setFont(small)
        painter.setPen(QColor(theme.dim))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(area.adjusted(0, 0, -SPACE, 0), right, count)
        if self.hasFocus():
            draw_focus(painter, area, theme)

    def _paint_dot(self, painter: QPainter, at: QPointF) -> None:
        colour = QColor(self.row.colour)
        if self.row.hidden:
            painter.setPen(QPen(mixed(self.theme.panel, self.row.colour, 0.6), 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(at, 4.4, 4.4)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(at, 5.2, 5.2)


class Ramp(QWidget):
    """Colours of an attribute's values, with the lowest and the highest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.legend = Legend("")

    def show_legend(self, legend: Legend) -> None:
        """Show another attribute's colours."""
        self.legend = legend
        low, high = number(legend.low), number(legend.high)
        self.setAccessibleName(f"{legend.title} from {low} to {high}")
        unknown = f"\n{legend.unknown:,} items have no value; they are dim." if legend.unknown else ""
        self.setToolTip(f"{legend.title}: {low} to {high}. Values beyond share the ends' colours.{unknown}")
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take a theme's colours."""
        self.theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 12 + SPACE // 2 + round(QFontMetricsF(scaled_font(self, SMALL)).height()))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.legend.ramp:
            return
        painter, bar = QPainter(self), QRectF(0, 0, self.width(), 10)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        last = max(len(self.legend.ramp) - 1, 1)
        for at, colour in enumerate(self.legend.ramp):
            gradient.setColorAt(at / last, QColor(colour))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(bar, 4, 4)
        painter.setFont(scaled_font(self, SMALL, QFont.Weight.Medium))
        painter.setPen(QColor(self.theme.dim))
        below = QRectF(0, bar.bottom() + SPACE / 2, self.width(), self.height() - bar.bottom() - SPACE / 2)
        for side, value in (("Left", self.legend.low), ("Right", self.legend.high)):
            flags = getattr(Qt.AlignmentFlag, f"Align{side}") | Qt.AlignmentFlag.AlignTop
            painter.drawText(below, flags, number(value))


class LegendList(QWidget):
    """The classes, one below the other. Tab reaches one of them; arrows go to the others.

    Signals:
        toggled(int), isolated(int): the number of a class that is to be shown or hidden, or shown alone.
        all_wanted(): all are to be shown.
    """

    toggled = Signal(int)
    isolated = Signal(int)
    all_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.buttons: list[ClassButton] = []
        self.rows: tuple[LegendRow, ...] = ()
        self.current = 0
        self._before: tuple[LegendRow, ...] = ()  # as a double click's first click found them
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.setAccessibleName("Classes")

    def show_rows(self, rows: tuple[LegendRow, ...]) -> None:
        """Show classes."""
        self.rows = rows
        while len(self.buttons) < len(rows):
            self._add()
        for button, row in zip(self.buttons, rows, strict=False):
            button.show_row(row)
        for at, button in enumerate(self.buttons):
            button.setVisible(at < len(rows))
        self._let_focus(min(self.current, max(len(rows) - 1, 0)))

    def set_theme(self, theme: Theme) -> None:
        """Take a theme's colours."""
        self.theme = theme
        for button in self.buttons:
            button.set_theme(theme)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        now = next((at for at, button in enumerate(self.buttons) if button.hasFocus()), None)
        if not step or now is None:
            super().keyPressEvent(event)
        elif 0 <= now + step < len(self.rows):
            self._let_focus(now + step)
            self.buttons[now + step].setFocus(Qt.FocusReason.TabFocusReason)

    def _let_focus(self, current: int) -> None:
        self.current = current
        for at, button in enumerate(self.buttons):
            policy = Qt.FocusPolicy.TabFocus if at == current else Qt.FocusPolicy.NoFocus
            if button.focusPolicy() != policy:
                button.setFocusPolicy(policy)

    def _add(self) -> None:
        button = ClassButton(self)
        button.set_theme(self.theme)
        button.begun.connect(self._begin)
        button.clicked.connect(lambda: self.toggled.emit(button.row.number))
        button.isolated.connect(lambda: self._isolate(button.row.number))
        self.buttons.append(button)
        self.column.addWidget(button)

    def _begin(self) -> None:
        self._before = self.rows

    def _isolate(self, label: int) -> None:
        """Show a class alone; one that was alone before the first of two clicks brings all back."""
        shown = [row.number for row in self._before or self.rows if not row.hidden]
        if shown == [label] and len(self.rows) > 1:
            self.all_wanted.emit()
        else:
            self.isolated.emit(label)


def number(value: float) -> str:
    """A number in as few digits as say it."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
