# Cards in a list: a chip with the ending, a title, and one line that explains.
"""Cards in a list: a chip with the ending, a title, and one line that explains."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from aekit_gui.models.exports import Format
from aekit_gui.theme import RADIUS, SMALL, SPACE, TEXT, Theme

CHIP = 48  # pixels wide
EDGE = 2.0  # pixels of the chosen card's frame

Index = QModelIndex | QPersistentModelIndex


class CardDelegate(QStyledItemDelegate):
    """Paints a `Format` (in the item's UserRole) as a card."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def set_theme(self, theme: Theme) -> None:
        """Take a theme's colours."""
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One card: two lines and their space."""
        lines = (
            QFontMetrics(sized(option.font, TEXT, True)).height()
            + QFontMetrics(sized(option.font, SMALL + 1)).height()
        )
        return QSize(10 * CHIP, lines + 2 * SPACE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the card."""
        one: Format = index.data(Qt.ItemDataRole.UserRole)
        theme = self._theme
        state = option.state
        box: QRect = option.rect
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        over = bool(state & QStyle.StateFlag.State_MouseOver) and not one.missing
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, box, chosen, over)
        if one.missing:
            painter.setOpacity(0.55)
        chip = QRect(box.left() + SPACE, box.center().y() - 11, CHIP, 22)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.accent if chosen else theme.line))
        painter.drawRoundedRect(chip, RADIUS - 1, RADIUS - 1)
        painter.setFont(sized(option.font, SMALL, True))
        painter.setPen(QColor(theme.on_accent if chosen else theme.text))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, one.ending.upper())
        text = box.adjusted(2 * SPACE + CHIP, SPACE - 2, -SPACE, -(SPACE - 2))
        self._words(painter, option.font, text, one)
        painter.restore()

    def _ground(self, painter: QPainter, box: QRect, chosen: bool, over: bool) -> None:
        theme = self._theme
        ground = QColor(theme.raised)
        if chosen or over:
            tint = QColor(theme.accent)
            tint.setAlpha(38 if chosen else 16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
            ground = tint
        painter.setBrush(ground)
        painter.setPen(QPen(QColor(theme.accent if chosen else theme.line), EDGE if chosen else 1.0))
        painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), RADIUS, RADIUS)

    def _words(self, painter: QPainter, font: QFont, box: QRect, one: Format) -> None:
        title, small = sized(font, TEXT, True), sized(font, SMALL + 1)
        painter.setFont(title)
        painter.setPen(QColor(self._theme.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, one.title)
        words = one.missing[:1].upper() + one.missing[1:] if one.missing else one.words
        painter.setFont(small)
        painter.setPen(QColor(self._theme.dim))
        line = QFontMetrics(small).elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, line)


def sized(font: QFont, pixels: int, bold: bool = False) -> QFont:
    """The font in another size."""
    changed = QFont(font)
    changed.setPixelSize(pixels)
    changed.setBold(bold)
    return changed
