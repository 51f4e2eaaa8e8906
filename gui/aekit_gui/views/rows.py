# Rows of actions in a list: what it is called, what it does, and its keys; for the palette and the help page.
"""Rows of actions in a list: what it is called, what it does, and its keys; for the palette and the help page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from aekit_gui.theme import LIGHT, RADIUS, SMALL, SPACE, TEXT, Theme
from aekit_gui.views.drawing import mixed, scaled_font

Index = QModelIndex | QPersistentModelIndex

HELP_FROM = 0.42  # of the width: where what an action does begins
ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        id: of the action; "" for a heading.
        title, help: as in the table of actions; the help of one that is not at hand says what it needs.
        keys: in Qt's portable words.
        enabled: whether it can be done now.
    """

    id: str
    title: str
    help: str = ""
    keys: tuple[str, ...] = ()
    enabled: bool = True


class RowList(QListWidget):
    """A list of rows that shows all of the keys or only the first ones."""

    def __init__(self, name: str, all_keys: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.delegate = RowDelegate(all_keys, self)
        self.setItemDelegate(self.delegate)
        self.setObjectName("bare")
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setUniformItemSizes(False)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def set_theme(self, theme: Theme) -> None:
        """Take a theme's colours."""
        self.delegate.theme = theme
        self.viewport().update()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows; the first that can be done is current."""
        self.clear()
        first = -1
        for number, row in enumerate(rows):
            item = QListWidgetItem(row.title)
            item.setData(ROLE, row)
            spoken = ", ".join(
                part for part in (row.title, " or ".join(map(native, row.keys)), row.help) if part
            )
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
            if row.help:
                item.setToolTip(row.help)
            if not row.id or not row.enabled:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsSelectable & ~Qt.ItemFlag.ItemIsEnabled)
            elif first < 0:
                first = number
            self.addItem(item)
        self.setCurrentRow(first)
        self.scrollToTop()

    def move(self, steps: int) -> None:  # type: ignore[override]
        """Go on by so many rows that can be done, around at the ends."""
        able = [
            number for number in range(self.count()) if self.item(number).flags() & Qt.ItemFlag.ItemIsEnabled
        ]
        if able:
            place = able.index(self.currentRow()) if self.currentRow() in able else -1
            far = abs(steps) > 1
            aim = min(max(place + steps, 0), len(able) - 1) if far else (place + steps) % len(able)
            self.setCurrentRow(able[aim])

    def row_at_hand(self) -> Row | None:
        """The current row."""
        item = self.currentItem()
        row = item.data(ROLE) if item is not None else None
        return row if isinstance(row, Row) and row.enabled and row.id else None


class RowDelegate(QStyledItemDelegate):
    """Paints a `Row`."""

    def __init__(self, all_keys: bool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.all_keys = all_keys

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row: Row = index.data(ROLE)
        text = QFontInfo(option.font).pixelSize()
        return QSize(100, round(text * (2.6 if row.id else 3.0)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(ROLE)
        widget = option.widget
        area = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small = scaled_font(widget, SMALL, QFont.Weight.DemiBold)
        if not row.id:
            painter.setFont(small)
            painter.setPen(QColor(self.theme.accent))
            line = area.adjusted(SPACE, 0, -SPACE, -SPACE / 2)
            painter.drawText(line, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, row.title)
        else:
            self._ground(painter, area, option.state)
            self._words(painter, area, row, widget, small)
        painter.restore()

    def _ground(self, painter: QPainter, area: QRectF, state: QStyle.StateFlag) -> None:
        chosen, over = state & QStyle.StateFlag.State_Selected, state & QStyle.StateFlag.State_MouseOver
        if not (chosen or over) or not state & QStyle.StateFlag.State_Enabled:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(self.theme.raised, self.theme.accent, 0.2 if chosen else 0.08))
        painter.drawRoundedRect(area.adjusted(0, 1, 0, -1), RADIUS, RADIUS)

    def _words(self, painter: QPainter, area: QRectF, row: Row, widget: QWidget, small: QFont) -> None:
        theme, left = self.theme, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        if not row.enabled:
            painter.setOpacity(0.5)
        keys = [native(key) for key in (row.keys if self.all_keys else row.keys[:1])]
        edge = self._keys(painter, area, keys, small)
        title = scaled_font(widget, TEXT, QFont.Weight.Medium)
        split = area.left() + max(area.width() * HELP_FROM, 120)
        room = (split if row.help else edge) - area.left() - 2 * SPACE
        painter.setFont(title)
        painter.setPen(QColor(theme.text))
        words = QFontMetricsF(title).elidedText(row.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(area.adjusted(SPACE + 2, 0, 0, 0), left, words)
        plain = scaled_font(widget, SMALL)
        painter.setFont(plain)
        painter.setPen(QColor(theme.dim))
        help = QFontMetricsF(plain).elidedText(row.help, Qt.TextElideMode.ElideRight, edge - split - SPACE)
        painter.drawText(QRectF(split, area.top(), edge - split, area.height()), left, help)

    def _keys(self, painter: QPainter, area: QRectF, keys: list[str], font: QFont) -> float:
        """Key caps at the right; gives where they begin."""
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        edge = area.right() - SPACE
        for key in reversed(keys):
            width = max(metrics.horizontalAdvance(key) + SPACE + 4, metrics.height() + 4)
            cap = QRectF(
                edge - width, area.center().y() - metrics.height() / 2 - 2, width, metrics.height() + 4
            )
            painter.setPen(QPen(QColor(self.theme.line), 1))
            painter.setBrush(mixed(self.theme.raised, self.theme.window, 0.7))
            painter.drawRoundedRect(cap, 4, 4)
            painter.setPen(QColor(self.theme.dim))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)
            edge -= width + 4
        return edge


def native(key: str) -> str:
    """A shortcut as this system writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
