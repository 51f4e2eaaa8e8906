# Marks on the map: pins, waypoints, dropped files, near items and the place at hand.
"""Marks on the map: pins, waypoints, dropped files, near items and the place at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPixmap

from aekit_gui.theme import SPACE, Theme
from aekit_gui.views.icons import draw_icon
from aekit_gui.work.protocol import Pixels

Kind = Literal["pin", "waypoint", "file", "here", "near"]

HANDLE = 9.5  # pixels, radius of a waypoint
HOLD = 14.0  # pixels from a waypoint's middle within which it is taken hold of
PICTURE = 40.0  # pixels, the longer side of a mark's picture
LONGEST = 160.0  # pixels, width of a label


@dataclass(frozen=True)
class Mark:
    """A place that is marked.

    Attributes:
        x, y: on the map.
        text: its name: "A" and "B" of pins, numbers of waypoints, names of files.
        kind: what it is.
        picture: (h, w, 3), shown beside it; None for none.
    """

    x: float
    y: float
    text: str
    kind: Kind
    picture: Pixels | None = field(default=None, compare=False)


def waypoint_at(places: NDArray[np.float64], at: QPointF) -> int:
    """The number of the waypoint, of those at the pixels (n, 2), that `at` takes hold of; -1 for none."""
    if not len(places):
        return -1
    far = np.hypot(places[:, 0] - at.x(), places[:, 1] - at.y())
    near = np.flatnonzero(far <= HOLD)
    return int(near[far[near].argmin()]) if len(near) else -1


class MarkPainter:
    """Paints marks; keeps pictures that were made once."""

    def __init__(self) -> None:
        self._pictures: dict[int, tuple[Pixels, QPixmap]] = {}

    def paint(
        self,
        painter: QPainter,
        marks: Sequence[Mark],
        places: NDArray[np.float64],
        theme: Theme,
        font: QFont,
        focus: int,
    ) -> None:
        """Paint marks at the pixels (n, 2); the waypoint numbered `focus` has the keyboard."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        taken: list[QRectF] = []
        window = QRectF(painter.viewport()).adjusted(-60, -60, 60, 60)
        spots = [QPointF(x, y) for x, y in np.clip(places, -1e6, 1e6)]
        order = {"near": 0, "file": 1, "waypoint": 2, "here": 3, "pin": 4}
        number = {at: n for n, at in enumerate(i for i, mark in enumerate(marks) if mark.kind == "waypoint")}
        for at in sorted(range(len(marks)), key=lambda i: order[marks[i].kind]):
            if window.contains(spots[at]):
                held = marks[at].kind == "waypoint" and number[at] == focus
                self._paint_one(painter, marks[at], spots[at], theme, font, held, taken)
        self._pictures = {
            key: kept for key, kept in self._pictures.items() if any(m.picture is kept[0] for m in marks)
        }

    def _paint_one(
        self,
        painter: QPainter,
        mark: Mark,
        at: QPointF,
        theme: Theme,
        font: QFont,
        held: bool,
        taken: list[QRectF],
    ) -> None:
        painter.setFont(font)
        if mark.kind == "near":
            ring(painter, at, 6.5, theme.text, theme.map, 1.6)
            reach, label = 8.0, mark.text
        elif mark.kind == "here":
            ring(painter, at, 8.5, theme.warm, theme.map, 2.2)
            disc(painter, at, 2.2, theme.warm, theme.map)
            reach, label = 11.0, mark.text
        elif mark.kind == "file":
            diamond(painter, at, 8.0, theme.good, theme.map)
            reach, label = 11.0, mark.text
        elif mark.kind == "pin":
            flag(painter, at, mark.text, theme.warm if mark.text == "B" else theme.accent, theme)
            reach, label = 14.0, ""
        else:
            handle(painter, at, mark.text, theme, held)
            reach, label = HANDLE + 3, ""
        spot = QPointF(at.x(), at.y() - 19) if mark.kind == "pin" else at
        if mark.picture is not None:
            self._paint_picture(painter, mark.picture, spot, reach, theme)
            reach += PICTURE + 4
        if label:
            pill(painter, spot, reach, label, theme, taken)

    def _paint_picture(
        self, painter: QPainter, pixels: Pixels, at: QPointF, reach: float, theme: Theme
    ) -> None:
        pixmap = self._pixmap(pixels)
        box = QRectF(at.x() + reach, at.y() - PICTURE / 2, PICTURE, PICTURE)
        size = pixmap.size().scaled(box.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        inner = QRectF(box.x(), box.center().y() - size.height() / 2, size.width(), size.height())
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(inner.adjusted(-2.5, -2.5, 2.5, 2.5), 3, 3)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, pixmap.width() > 1.5 * PICTURE)
        painter.drawPixmap(inner, pixmap, QRectF(pixmap.rect()))

    def _pixmap(self, pixels: Pixels) -> QPixmap:
        kept = self._pictures.get(id(pixels))
        if kept is None or kept[0] is not pixels:
            kept = (pixels, QPixmap.fromImage(image_of(pixels)))
            self._pictures[id(pixels)] = kept
        return kept[1]


def image_of(pixels: Pixels) -> QImage:
    """Pixels (h, w, 3) as an image of their own."""
    plain = np.ascontiguousarray(pixels, np.uint8)
    height, width = plain.shape[:2]
    return QImage(plain.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def ring(painter: QPainter, at: QPointF, radius: float, ink: str, halo: str, width: float) -> None:
    """A circle that is seen on any ground: a soft halo under it."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, wide in ((halo, width + 2.4), (ink, width)):
        painter.setPen(QPen(QColor(colour), wide))
        painter.drawEllipse(at, radius, radius)


def disc(painter: QPainter, at: QPointF, radius: float, ink: str, halo: str) -> None:
    """A filled circle with a halo."""
    painter.setPen(Qt.PenStyle.NoPen)
    for colour, wide in ((halo, radius + 1.4), (ink, radius)):
        painter.setBrush(QColor(colour))
        painter.drawEllipse(at, wide, wide)


def diamond(painter: QPainter, at: QPointF, radius: float, ink: str, halo: str) -> None:
    """A square on its corner."""
    path = QPainterPath()
    path.moveTo(at.x(), at.y() - radius)
    for x, y in ((radius, 0), (0, radius), (-radius, 0)):
        path.lineTo(at.x() + x, at.y() + y)
    path.closeSubpath()
    painter.setPen(
        QPen(QColor(halo), 3.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    painter.setBrush(QColor(ink))
    painter.drawPath(path)
    painter.fillPath(path, QColor(ink))


def flag(painter: QPainter, at: QPointF, text: str, ink: str, theme: Theme) -> None:
    """A pin whose point stands on the place, with its letter in the head."""
    path, x, y = QPainterPath(), at.x(), at.y()
    path.moveTo(x, y)
    path.cubicTo(x - 7, y - 8, x - 11, y - 13, x - 11, y - 19)
    path.cubicTo(x - 11, y - 25, x - 6, y - 30, x, y - 30)
    path.cubicTo(x + 6, y - 30, x + 11, y - 25, x + 11, y - 19)
    path.cubicTo(x + 11, y - 13, x + 7, y - 8, x, y)
    painter.setPen(QPen(QColor(theme.map), 3.5))
    painter.setBrush(QColor(ink))
    painter.drawPath(path)
    painter.fillPath(path, QColor(ink))
    centred(painter, QPointF(x, y - 19), text, theme.on_accent)


def handle(painter: QPainter, at: QPointF, text: str, theme: Theme, held: bool) -> None:
    """A numbered waypoint; with a second ring while it has the keyboard."""
    if held:
        ring(painter, at, HANDLE + 4.5, theme.text, theme.map, 2)
    disc(painter, at, HANDLE, theme.accent, theme.map)
    centred(painter, at, text, theme.on_accent)


def centred(painter: QPainter, at: QPointF, text: str, ink: str) -> None:
    """Bold text in the middle of a sign."""
    font = QFont(painter.font())
    font.setWeight(QFont.Weight.Bold)
    painter.save()
    painter.setFont(font)
    painter.setPen(QColor(ink))
    painter.drawText(QRectF(at.x() - 20, at.y() - 10, 40, 20), Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def pill(painter: QPainter, at: QPointF, reach: float, text: str, theme: Theme, taken: list[QRectF]) -> None:
    """A label beside a place, on the side where none of the others is; left out where all sides are taken."""
    metrics = QFontMetricsF(painter.font())
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, LONGEST)
    width, height = metrics.horizontalAdvance(shown) + 1.5 * SPACE, metrics.height() + 4
    x, y = round(at.x()), round(at.y())
    across, up = round(width), round(height)
    corners = (
        (x + reach, y - up / 2), (x - reach - across, y - up / 2),
        (x - across / 2, y - reach - up), (x - across / 2, y + reach),
    )  # fmt: skip
    window = QRectF(painter.viewport())
    for left, top in corners:
        box = QRectF(round(left), round(top), across, up)
        if any(box.intersects(other) for other in taken) or not window.contains(box):
            continue
        taken.append(box)
        ground = QColor(theme.raised)
        ground.setAlphaF(0.92)
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(QColor(theme.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
        return


def badge(painter: QPainter, at: QPointF, sign: str, theme: Theme) -> None:
    """A small sign beside the pointer: what a selection will do."""
    area = QRectF(at.x() + 12, at.y() + 10, 16, 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.accent))
    painter.drawEllipse(area)
    if sign == "add":
        draw_icon(painter, "plus", area.adjusted(3, 3, -3, -3), theme.on_accent)
    else:
        painter.setPen(QPen(QColor(theme.on_accent), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(area.center() - QPointF(3.6, 0), area.center() + QPointF(3.6, 0))
