# How the filmstrip's parts are painted.
"""How the filmstrip's parts are painted."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from aekit_gui.theme import RADIUS, SMALL, SPACE, TEXT, Theme

EMPTY = "Press W on the map to add waypoints, or drop two files."
PILL = 16  # pixels


@dataclass(frozen=True)
class Cell:
    """What a cell is.

    Attributes:
        here: the keys act on it.
        over: the pointer is over it.
        waypoint: the numbers of waypoints passed here, or None.
        faint: it is being dragged elsewhere.
        plays: playback is there.
    """

    here: bool = False
    over: bool = False
    waypoint: str | None = None
    faint: bool = False
    plays: bool = False


def draw_cell(painter: QPainter, rect: QRectF, picture: QPixmap | None, cell: Cell, theme: Theme) -> None:
    """A step: its picture, its frame, and its number or a dot under it."""
    opacity = painter.opacity()
    painter.setOpacity(0.3 * opacity if cell.faint else opacity)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.raised if theme.dark else theme.window))
    painter.drawRoundedRect(rect, RADIUS, RADIUS)
    if picture is not None:
        _draw_picture(painter, rect, picture)
    _draw_frame(painter, rect, cell, theme)
    _draw_foot(painter, rect, cell, theme)
    painter.setOpacity(opacity)


def _draw_picture(painter: QPainter, rect: QRectF, picture: QPixmap) -> None:
    """The picture as large as it fits, with the cell's round corners."""
    scale = min(rect.width() / picture.width(), rect.height() / picture.height())
    size = (picture.width() * scale, picture.height() * scale)
    place = QRectF(rect.center().x() - size[0] / 2, rect.center().y() - size[1] / 2, *size)
    clip = QPainterPath()
    clip.addRoundedRect(rect, RADIUS, RADIUS)
    painter.save()
    painter.setClipPath(clip)
    painter.drawPixmap(place, picture, QRectF(picture.rect()))
    painter.restore()


def _draw_frame(painter: QPainter, rect: QRectF, cell: Cell, theme: Theme) -> None:
    colour, width = theme.line, 1.0
    if cell.over:
        colour = theme.dim
    if cell.waypoint is not None:
        colour, width = theme.accent, 2.0
    if cell.plays:
        colour, width = theme.warm, 2.0
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colour), width))
    edge = width / 2
    painter.drawRoundedRect(rect.adjusted(edge, edge, -edge, -edge), RADIUS, RADIUS)
    if cell.here:
        painter.setPen(QPen(QColor(theme.text), 1.5))
        painter.drawRoundedRect(rect.adjusted(-2.25, -2.25, 2.25, 2.25), RADIUS + 2, RADIUS + 2)


def _draw_foot(painter: QPainter, rect: QRectF, cell: Cell, theme: Theme) -> None:
    middle = QPointF(rect.center().x(), rect.bottom() + 3 + PILL / 2)
    painter.setPen(Qt.PenStyle.NoPen)
    if cell.waypoint is None:
        painter.setBrush(QColor(theme.warm if cell.plays else theme.line))
        painter.drawEllipse(middle, 2.0, 2.0)
        return
    font = QFont(painter.font())
    font.setPixelSize(SMALL)
    font.setBold(True)
    painter.setFont(font)
    width = max(PILL, painter.fontMetrics().horizontalAdvance(cell.waypoint) + 10)
    pill = QRectF(middle.x() - width / 2, middle.y() - PILL / 2, width, PILL)
    painter.setBrush(QColor(theme.accent))
    painter.drawRoundedRect(pill, PILL / 2, PILL / 2)
    painter.setPen(QColor(theme.on_accent))
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, cell.waypoint)


def draw_cross(painter: QPainter, rect: QRectF, over: bool, theme: Theme) -> None:
    """The corner that takes a waypoint out."""
    painter.setPen(QPen(QColor(theme.line), 1))
    painter.setBrush(QColor(theme.bad if over else theme.panel))
    painter.drawEllipse(rect.adjusted(1, 1, -1, -1))
    painter.setPen(
        QPen(QColor(theme.panel if over else theme.text), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    )
    inner = rect.adjusted(6, 6, -6, -6)
    painter.drawLine(inner.topLeft(), inner.bottomRight())
    painter.drawLine(inner.topRight(), inner.bottomLeft())


def draw_playhead(painter: QPainter, line: QRectF, theme: Theme) -> None:
    """Where playback is: a line with a grip."""
    painter.setPen(QPen(QColor(theme.warm), 2))
    painter.drawLine(line.topLeft(), line.bottomLeft())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.warm))
    x, y = line.left(), line.top() - 2
    painter.drawPolygon(QPolygonF([QPointF(x - 5, y), QPointF(x + 5, y), QPointF(x, y + 7)]))


def draw_landing(painter: QPainter, line: QRectF, theme: Theme) -> None:
    """Where a dragged waypoint would be let go."""
    painter.setPen(QPen(QColor(theme.accent), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(line.topLeft(), line.bottomLeft())


def draw_empty(painter: QPainter, area: QRectF, theme: Theme) -> None:
    """What there will be, in outline, and how to come by it; the painter has the widget's own font."""
    own = painter.font()
    side = min(56.0, max(area.height() - 46, 24.0))
    left, top = area.center().x() - 2 * side - 1.5 * SPACE, area.center().y() - (side + 30) / 2
    pen = QPen(QColor(theme.line), 1.5, Qt.PenStyle.DashLine)
    for number in range(4):
        rect = QRectF(left + number * (side + SPACE), top, side, side)
        end = number in (0, 3)
        painter.setPen(QPen(QColor(theme.dim), 1.5) if end else pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect, RADIUS, RADIUS)
        if end:
            painter.setFont(_sized(own, TEXT, True))
            painter.setPen(QColor(theme.dim))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, "1" if number == 0 else "2")
    painter.setFont(_sized(own, TEXT, False))
    painter.setPen(QColor(theme.dim))
    words = QRectF(area.left(), top + side + SPACE, area.width(), painter.fontMetrics().height() + 4)
    painter.drawText(words, Qt.AlignmentFlag.AlignCenter, EMPTY)


def _sized(font: QFont, pixels: int, bold: bool) -> QFont:
    changed = QFont(font)
    changed.setPixelSize(round(pixels * QFontInfo(font).pixelSize() / TEXT))
    changed.setBold(bold)
    return changed
