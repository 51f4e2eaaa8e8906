# How a slider's parts are painted.
"""How a slider's parts are painted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from aekit_gui.models.sliders import Row
from aekit_gui.theme import RADIUS, SMALL, SPACE, TEXT, Theme
from aekit_gui.views.drawing import mixed

KNOB, GROOVE = 6.0, 3.0  # pixels: radius of what is dragged, thickness of the track
ROUND = 4.0  # pixels, of a thumbnail's corners


def draw_words(painter: QPainter, line: QRectF, row: Row, font: QFont, theme: Theme) -> None:
    """The title, and small behind it what it is worth."""
    left, middle = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignVCenter
    metrics = QFontMetricsF(font)
    room = line.width() - 64
    title = metrics.elidedText(row.title, Qt.TextElideMode.ElideRight, room)
    painter.setFont(font)
    painter.setPen(QColor(theme.dim if row.unused else theme.text))
    painter.drawText(line, left | middle, title)
    small = QFont(font)
    small.setPixelSize(round(font.pixelSize() * SMALL / TEXT))
    small.setWeight(QFont.Weight.Normal)
    start = metrics.horizontalAdvance(title) + SPACE
    detail = QFontMetricsF(small).elidedText(row.detail, Qt.TextElideMode.ElideRight, room - start)
    painter.setFont(small)
    painter.setPen(QColor(theme.dim))
    painter.drawText(line.adjusted(start, 1, 0, 1), left | middle, detail)


def draw_value(painter: QPainter, box: QRectF, text: str, font: QFont, lit: bool, theme: Theme) -> None:
    """The value; on a ground of its own where a click would let it be typed."""
    if lit:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(theme.panel, theme.line, 0.7))
        painter.drawRoundedRect(box, ROUND, ROUND)
    plain = QFont(font)
    plain.setWeight(QFont.Weight.Normal)
    painter.setFont(plain)
    painter.setPen(QColor(theme.text))
    painter.drawText(
        box.adjusted(5, 0, -5, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text
    )


def draw_hill(painter: QPainter, track: QRectF, shape: Sequence[float], theme: Theme) -> None:
    """How many items lie where along the track."""
    if not shape:
        return
    step, base = track.width() / len(shape), track.bottom()
    tops = [
        QPointF(track.left() + (n + 0.5) * step, base - high * track.height()) for n, high in enumerate(shape)
    ]
    ends = QPointF(track.left(), tops[0].y()), QPointF(track.right(), tops[-1].y())
    outline = QPolygonF([QPointF(track.left(), base), ends[0], *tops, ends[1], QPointF(track.right(), base)])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mixed(theme.panel, theme.accent, 0.24 if theme.dark else 0.2))
    painter.drawPolygon(outline)


def draw_track(
    painter: QPainter, track: QRectF, rest: float, share: float, keyed: bool, beyond: bool, theme: Theme
) -> None:
    """The track, filled from where it rests to where it stands, and the knob.

    Args:
        rest, share: where it rests and stands, in [0, 1] of the track.
        keyed: whether it is dragged, or has the keyboard.
        beyond: whether it stands beyond an end.
    """
    y = track.bottom()
    across = [track.left() + min(max(part, 0.0), 1.0) * track.width() for part in (rest, share)]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mixed(theme.panel, theme.dim, 0.35))
    painter.drawRoundedRect(
        QRectF(track.left(), y - GROOVE / 2, track.width(), GROOVE), GROOVE / 2, GROOVE / 2
    )
    if 0 <= rest <= 1:
        painter.drawRoundedRect(QRectF(across[0] - 1, y - 4, 2, 8), 1, 1)
    painter.setBrush(QColor(theme.accent))
    painter.drawRect(QRectF(min(across), y - GROOVE / 2, abs(across[1] - across[0]), GROOVE))
    knob = QPointF(across[1], y)
    if keyed:
        halo = QColor(theme.accent)
        halo.setAlpha(70)
        painter.setBrush(halo)
        painter.drawEllipse(knob, KNOB + 4, KNOB + 4)
    painter.setPen(QPen(QColor(theme.accent if beyond else theme.panel), 2))
    painter.setBrush(QColor(theme.panel if beyond else theme.accent))
    painter.drawEllipse(knob, KNOB, KNOB)


def draw_picture(painter: QPainter, cell: QRectF, picture: QPixmap | None, theme: Theme) -> None:
    """A thumbnail in the middle of its cell, or the place where one will be."""
    box = box_of(cell, picture)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mixed(theme.panel, theme.line, 0.45))
    painter.drawRoundedRect(box, ROUND, ROUND)
    if picture is not None:
        clip = QPainterPath()
        clip.addRoundedRect(box, ROUND, ROUND)
        painter.save()
        painter.setClipPath(clip)
        painter.drawPixmap(box, picture, QRectF(picture.rect()))
        painter.restore()
    draw_frame(painter, cell, picture, theme.line, 1.0)


def draw_frame(painter: QPainter, cell: QRectF, picture: QPixmap | None, colour: str, width: float) -> None:
    """The frame of a thumbnail: of all, of the one under the pointer, of the one where the slider stands."""
    inner = width / 2
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colour), width))
    painter.drawRoundedRect(box_of(cell, picture).adjusted(inner, inner, -inner, -inner), ROUND, ROUND)


def box_of(cell: QRectF, picture: QPixmap | None) -> QRectF:
    """Where a picture lies in its cell, as large as it fits; a square where there is none yet."""
    shape = (1, 1) if picture is None else (picture.width(), picture.height())
    scale = min(cell.width() / shape[0], cell.height() / shape[1])
    width, height = shape[0] * scale, shape[1] * scale
    return QRectF(cell.center().x() - width / 2, cell.center().y() - height / 2, width, height)


def draw_fold(
    painter: QPainter, area: QRectF, text: str, font: QFont, open_: bool, lit: bool, theme: Theme
) -> None:
    """A line that folds what is below it: a chevron and words."""
    painter.setFont(font)
    if lit:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(theme.panel, theme.line, 0.5))
        painter.drawRoundedRect(area, RADIUS, RADIUS)
    ink = QColor(theme.text if lit else theme.dim)
    middle = QPointF(area.left() + SPACE + 3, area.center().y())
    corners = ((-4.0, -2.0), (0.0, 2.0), (4.0, -2.0)) if open_ else ((-2.0, -4.0), (2.0, 0.0), (-2.0, 4.0))
    painter.setPen(QPen(ink, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.drawPolyline(QPolygonF([middle + QPointF(x, y) for x, y in corners]))
    words = area.adjusted(2.5 * SPACE, 0, -SPACE, 0)
    painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
