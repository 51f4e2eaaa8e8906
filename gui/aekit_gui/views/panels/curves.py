# The panel of curves: axes with round ticks that keep still, a legend, and values under the pointer.
"""The panel of curves: axes with round ticks that keep still, a legend, and values under the pointer."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from aekit.views import Curves, shown
from aekit_gui.theme import CLASSES, SPACE
from aekit_gui.views.drawing import draw_pill, mixed
from aekit_gui.views.panels.kept import Kept
from aekit_gui.views.panels.panel import Panel
from aekit_gui.views.panels.ticks import rounded_out, spaced, tick_words

Floats = NDArray[np.float64]
MOST_NAMED, MOST_READ = 6, 8  # curves in the legend, and beside the pointer
DENSE = 3  # points a pixel; denser curves are drawn by the lowest and highest in each pixel
KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right)


class CurvesPanel(Panel):
    """Named curves over one axis. What is no number is a gap; a value between two gaps is a dot."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.xs: Floats = np.zeros(0)
        self.curves: dict[str, Floats] = {}
        self.x_name = ""
        self.heights = Kept(rounded_out)
        self.left, self.right = 0.0, 1.0
        self.plot = QRectF()
        self.at: int | None = None  # the sample that is read
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip("Point at the curves to read their values; Left and Right go from one to the next.")

    def take(self, view: Curves) -> str:
        x = np.asarray(view.x, np.float64).ravel()
        curves = {str(name): np.asarray(curve, np.float64).ravel() for name, curve in view.curves.items()}
        if any(len(curve) != len(x) for curve in curves.values()):
            lengths = sorted({len(curve) for curve in curves.values()})
            raise ValueError(
                f"each curve must have as many values as x has (received {lengths} for {len(x)})"
            )
        self.xs = x if np.isfinite(x).all() else np.arange(len(x), dtype=np.float64)
        self.curves, self.x_name = curves, view.x_name
        finite = [curve[np.isfinite(curve)] for curve in curves.values()]
        finite = [curve for curve in finite if len(curve)]
        if finite:
            self.heights.fit(
                min(float(curve.min()) for curve in finite), max(float(curve.max()) for curve in finite)
            )
        else:
            self.words = "Curves without a single number."
        self.left, self.right = (float(self.xs.min()), float(self.xs.max())) if len(x) else (0.0, 1.0)
        if self.right <= self.left:
            self.left, self.right = self.left - 0.5, self.left + 0.5
        self.at = None if self.at is None else min(self.at, len(x) - 1) if len(x) else None
        listed = ", ".join(list(curves)[:MOST_NAMED])
        return f"{len(curves)} curves of {len(x)} values{' over ' + view.x_name if view.x_name else ''}: {listed}."

    def ink(self, number: int) -> QColor:
        """A curve's colour."""
        hues = (self.theme.accent, self.theme.warm, self.theme.good, *CLASSES[3:])
        return QColor(hues[number % len(hues)])

    # ---- painting -------------------------------------------------------------------------------------

    def draw(self, painter: QPainter, area: QRectF) -> None:
        if self.compact:
            self.plot = area.adjusted(4, 4, -4, -4)
        else:
            self.lay_out(painter, area)
            self.draw_axes(painter, area)
            self.draw_legend(painter, area)
        painter.setClipRect(self.plot.adjusted(-3, -3, 3, 3))
        width = (1.2 if self.compact else 1.8) if len(self.curves) < 20 else 1.0
        for number, curve in enumerate(self.curves.values()):
            ink = self.ink(number)
            for piece in pieces(curve):
                if piece.stop - piece.start == 1:
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(ink)
                    painter.drawEllipse(self.place(self.xs[piece.start], curve[piece.start]), 2.6, 2.6)
                else:
                    painter.setPen(QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
                    painter.drawLines(self.lines(self.xs[piece], curve[piece]))

    def lay_out(self, painter: QPainter, area: QRectF) -> None:
        """Leave room for the ticks, the axis's name and the legend."""
        metrics = QFontMetricsF(painter.font())
        ticks = self.ticks(area.height())
        widest = max((metrics.horizontalAdvance(words) for _, words in ticks), default=20.0)
        foot = metrics.height() * (2 if self.x_name else 1) + SPACE
        top = metrics.height() + SPACE if self.named() else SPACE
        self.plot = area.adjusted(widest + 1.5 * SPACE, top, -1.5 * SPACE, -foot)

    def ticks(self, height: float) -> list[tuple[float, str]]:
        """Places and words along the upright axis."""
        low, high = self.heights.range or (0.0, 1.0)
        places, step = spaced(low, high, max(int(height / 45), 2))
        return [(place, tick_words(place, step)) for place in places]

    def named(self) -> bool:
        """Whether there is a legend."""
        return len(self.curves) > 1 or any(self.curves)

    def draw_axes(self, painter: QPainter, area: QRectF) -> None:
        """Thin lines at round numbers, and the numbers."""
        faint, dim = mixed(self.theme.map, self.theme.line, 0.7), QColor(self.theme.dim)
        metrics = QFontMetricsF(painter.font())
        for place, words in self.ticks(area.height()):
            y = round(self.place(self.left, place).y()) + 0.5
            painter.setPen(QPen(faint, 1))
            painter.drawLine(QPointF(self.plot.left(), y), QPointF(self.plot.right(), y))
            painter.setPen(dim)
            box = QRectF(area.left(), y - 8, self.plot.left() - area.left() - 6, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
        places, step = spaced(self.left, self.right, max(int(self.plot.width() / 70), 2))
        for place in places:
            x = round(self.place(place, 0).x()) + 0.5
            painter.setPen(QPen(faint, 1))
            painter.drawLine(QPointF(x, self.plot.top()), QPointF(x, self.plot.bottom()))
            painter.setPen(dim)
            words = tick_words(place, step)
            half = metrics.horizontalAdvance(words) / 2
            x = min(max(x, area.left() + half + 2), area.right() - half - 2)
            box = QRectF(x - half - 1, self.plot.bottom() + 3, 2 * half + 2, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        if self.x_name:
            box = QRectF(
                self.plot.left(), area.bottom() - metrics.height() - 3, self.plot.width(), metrics.height()
            )
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.x_name)

    def draw_legend(self, painter: QPainter, area: QRectF) -> None:
        """Names above the plot, as many as fit."""
        if not self.named():
            return
        metrics, x = QFontMetricsF(painter.font()), self.plot.left()
        y = area.top() + SPACE / 2 + metrics.height() / 2
        for number, name in enumerate(list(self.curves)[:MOST_NAMED]):
            wide = metrics.horizontalAdvance(name)
            left = len(self.curves) - number
            if x + wide + 18 > self.plot.right() - (60 if left > 1 else 0):
                break
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.ink(number))
            painter.drawRoundedRect(QRectF(x, y - 4, 8, 8), 2, 2)
            painter.setPen(QColor(self.theme.text))
            painter.drawText(QPointF(x + 13, y + metrics.ascent() / 2 - 1), name)
            x += wide + 13 + 1.75 * SPACE
        else:
            number = min(len(self.curves), MOST_NAMED)
        if number < len(self.curves):
            painter.setPen(QColor(self.theme.dim))
            painter.drawText(
                QPointF(x, y + metrics.ascent() / 2 - 1), f"and {len(self.curves) - number} more"
            )

    def place(self, x: float, y: float) -> QPointF:
        """Where a value stands."""
        low, high = self.heights.range or (0.0, 1.0)
        across = (x - self.left) / (self.right - self.left)
        return QPointF(
            self.plot.left() + float(across) * self.plot.width(),
            self.plot.bottom() - float((y - low) / (high - low)) * self.plot.height(),
        )

    def lines(self, x: Floats, y: Floats) -> list[QLineF]:
        """An unbroken curve, a dense one by its extremes in each pixel; in single lines: joined ones are slow."""
        low, high = self.heights.range or (0.0, 1.0)
        x = self.plot.left() + (x - self.left) / (self.right - self.left) * self.plot.width()
        y = self.plot.bottom() - (y - low) / (high - low) * self.plot.height()
        columns = max(int(self.plot.width()), 1)
        if len(x) > DENSE * columns and bool((np.diff(x) >= 0).all()):
            starts = np.linspace(0, len(x), columns, endpoint=False).astype(np.int64)
            least, most = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
            x, y = np.repeat(x[starts], 2), np.stack([least, most], 1).ravel()
        points = itertools.pairwise(zip(x.tolist(), y.tolist(), strict=True))
        return [QLineF(*one, *other) for one, other in points]

    # ---- reading values -------------------------------------------------------------------------------

    def overlay(self, painter: QPainter, area: QRectF) -> None:
        if self.at is None or not self.curves or self.compact:
            return
        x = self.xs[self.at]
        read = [(n, name, curve[self.at]) for n, (name, curve) in enumerate(self.curves.items())]
        read = [one for one in read if np.isfinite(one[2])]
        across = self.place(x, 0).x()
        painter.setPen(QPen(QColor(self.theme.dim), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(across, self.plot.top()), QPointF(across, self.plot.bottom()))
        painter.setPen(QPen(QColor(self.theme.map), 1.5))
        for number, _, value in read:
            painter.setBrush(self.ink(number))
            painter.drawEllipse(self.place(x, value), 4, 4)
        lines = [f"{self.x_name or 'x'} {shown(float(x))}"]
        lines += [f"{name} {shown(float(value))}".strip() for _, name, value in read[:MOST_READ]]
        inks = [QColor(self.theme.dim), *[self.ink(number) for number, _, _ in read[:MOST_READ]]]
        at = self.pointer or QPointF(across, self.plot.center().y())
        draw_pill(painter, area, at, lines, self.theme, inks)

    def read(self, at: int | None) -> None:
        """Read the values of a sample."""
        self.at = None if at is None or not len(self.xs) else min(max(at, 0), len(self.xs) - 1)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        inside = self.plot.adjusted(-4, -4, 4, 4).contains(event.position()) and len(self.xs)
        share = (event.position().x() - self.plot.left()) / max(self.plot.width(), 1e-9)
        wanted = self.left + share * (self.right - self.left)
        self.read(int(np.abs(self.xs - wanted).argmin()) if inside else None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.read(None)

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in KEYS
        ):
            event.accept()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in KEYS:
            super().keyPressEvent(event)
            return
        step = 1 if event.key() == Qt.Key.Key_Right else -1
        self.read(0 if self.at is None else self.at + step)


def pieces(curve: Floats) -> Iterator[slice]:
    """The unbroken parts of a curve, between values that are no numbers."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], np.isfinite(curve), [False]])))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        yield slice(int(start), int(end))
