# What moves over the map's ground: the walk, the outline that is being drawn, the pointer's ring, words.
"""What moves over the map's ground: the walk, the outline that is being drawn, the pointer's ring, words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from aekit_gui.theme import RADIUS, SPACE, Theme
from aekit_gui.views.icons import draw_icon

Floats = NDArray[np.float64]

RING = 9.0  # pixels, radius of the pointer's ring
ARROW = 96.0  # pixels of the walk from one arrow to the next
STEP = 1.5  # pixels; shorter steps of a line are left out
BEYOND = 64.0  # pixels around the window in which lines are still drawn


def pieces(points: Floats, width: float, height: float) -> list[Floats]:
    """The parts of a line through the pixels (n, 2) that pass near the window, thinned to what can be seen."""
    points = points[np.isfinite(points).all(1)]
    if len(points) < 2:
        return []
    a, b = points[:-1], points[1:]
    low, high = np.minimum(a, b), np.maximum(a, b)
    near = (high >= -BEYOND).all(1) & (low[:, 0] <= width + BEYOND) & (low[:, 1] <= height + BEYOND)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], near, [False]]).astype(np.int8)))
    return [_thinned(points[start : end + 1]) for start, end in edges.reshape(-1, 2)]


def _thinned(line: Floats) -> Floats:
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    kept = np.concatenate([[True], np.diff(np.floor(along / STEP)) > 0])
    kept[-1] = True
    thinned: Floats = np.clip(line[kept], -1e5, 1e5)
    return thinned


def paint_walk(painter: QPainter, points: Floats, size: tuple[int, int], theme: Theme) -> None:
    """The walk as a line with arrows along its way."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for line in pieces(points, *size):
        polygon = QPolygonF([QPointF(x, y) for x, y in line.tolist()])
        for colour, width in ((theme.map, 5.0), (theme.accent, 2.2)):
            painter.setPen(round_pen(colour, width))
            painter.drawPolyline(polygon)
        _arrows(painter, line, theme)


def _arrows(painter: QPainter, line: Floats, theme: Theme) -> None:
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    painter.save()
    for at in np.arange(ARROW / 2, along[-1], ARROW)[:400]:
        x, y = (np.interp([at - 3, at, at + 3], along, line[:, axis]) for axis in (0, 1))
        way = np.array([x[2] - x[0], y[2] - y[0]])
        length = float(np.hypot(*way))
        if length < 1e-6:
            continue
        _arrow(painter, QPointF(x[1], y[1]), way / length, theme)
    painter.restore()


def _arrow(painter: QPainter, at: QPointF, way: Floats, theme: Theme) -> None:
    forward, side = QPointF(*way.tolist()), QPointF(-way[1], way[0])
    path = QPainterPath(at + forward * 5.5)
    for corner in (at - forward * 3.5 + side * 4.2, at - forward * 1.6, at - forward * 3.5 - side * 4.2):
        path.lineTo(corner)
    path.closeSubpath()
    painter.setPen(round_pen(theme.map, 2.5))
    painter.drawPath(path)
    painter.fillPath(path, QColor(theme.accent))


def paint_outline(painter: QPainter, kind: str, points: list[QPointF], theme: Theme) -> None:
    """What a person draws: "box" from corner to corner, "lasso" closed, "draw" an open line."""
    if len(points) < 2:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if kind == "draw":
        for colour, width in ((theme.map, 5.5), (theme.accent, 2.5)):
            painter.setPen(round_pen(colour, width))
            painter.drawPolyline(QPolygonF(points))
        return
    fill = QColor(theme.accent)
    fill.setAlphaF(0.14)
    path = QPainterPath()
    if kind == "box":
        path.addRect(QRectF(points[0], points[-1]).normalized())
    else:
        path.addPolygon(QPolygonF(points))
        path.closeSubpath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    painter.fillPath(path, fill)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(round_pen(theme.map, 3.5))
    painter.drawPath(path)
    painter.setPen(round_pen(theme.accent, 1.5))
    painter.drawPath(path)


def paint_ring(painter: QPainter, at: QPointF, theme: Theme) -> None:
    """The ring around the place that is decoded."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((theme.map, 4.4), (theme.warm, 2.0)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawEllipse(at, RING, RING)


def ring_area(at: QPointF) -> QRectF:
    """What a pointer's ring covers."""
    reach = RING + 16 + SPACE
    return QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach)


def paint_message(painter: QPainter, area: QRectF, text: str, theme: Theme, bad: bool) -> None:
    """Words in the middle, where there is nothing else to see or something went wrong."""
    metrics = QFontMetricsF(painter.font())
    wide = min(420.0, area.width() - 6 * SPACE)
    wrapped = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
    box = metrics.boundingRect(QRectF(0, 0, wide, 1000), int(wrapped), text)
    card = QRectF(0, 0, box.width() + 4 * SPACE, box.height() + 3 * SPACE)
    card.moveCenter(area.center())
    paint_card(painter, card, theme)
    painter.setPen(QColor(theme.bad if bad else theme.dim))
    painter.drawText(card.adjusted(2 * SPACE - 2, 1.5 * SPACE, 2 - 2 * SPACE, 0), wrapped, text)


def paint_drop(painter: QPainter, area: QRectF, theme: Theme) -> None:
    """A frame that says that files may be let go here."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    veil = QColor(theme.accent)
    veil.setAlphaF(0.12)
    frame = area.adjusted(SPACE, SPACE, -SPACE, -SPACE)
    painter.setPen(QPen(QColor(theme.accent), 2, Qt.PenStyle.DashLine))
    painter.setBrush(veil)
    painter.drawRoundedRect(frame, 2 * RADIUS, 2 * RADIUS)
    text = "Drop to put it on the map"
    metrics = QFontMetricsF(painter.font())
    card = QRectF(0, 0, metrics.horizontalAdvance(text) + 6 * SPACE, metrics.height() + 2 * SPACE)
    card.moveCenter(area.center())
    paint_card(painter, card, theme)
    sign = QRectF(card.left() + SPACE, card.top(), 2 * SPACE, card.height())
    draw_icon(painter, "plus", sign, theme.accent)
    painter.setPen(QColor(theme.text))
    painter.drawText(card.adjusted(2 * SPACE, 0, 0, 0), Qt.AlignmentFlag.AlignCenter, text)


def paint_card(painter: QPainter, area: QRectF, theme: Theme) -> None:
    """The ground of words on the map."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.line), 1))
    painter.setBrush(QColor(theme.raised))
    painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)


def round_pen(colour: str, width: float) -> QPen:
    """A pen for lines without corners."""
    cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    return QPen(QColor(colour), width, Qt.PenStyle.SolidLine, cap, join)
