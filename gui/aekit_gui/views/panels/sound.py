# The panel of sounds: the waveform's outline above a spectrogram.
"""The panel of sounds: the waveform's outline above a spectrogram."""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from aekit.views import Sound
from aekit_gui.theme import SPACE, Theme
from aekit_gui.views.drawing import draw_pill, mixed
from aekit_gui.views.panels.ticks import spaced, tick_words
from aekit_gui.views.panels.timed import TimedPanel

COLUMNS, ROWS = 480, 96  # of the outline, and of the spectrogram
WINDOW = 1024  # samples of one spectrum
LOWEST = 60.0  # hertz
RANGE = 70.0  # decibels from the loudest to the ground


class SoundPanel(TimedPanel):
    """A sound; what is no number in it is silence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.outline = np.zeros((2, 0))
        self.levels = np.zeros((0, 0))
        self.peak = 0.0

    def take(self, view: Sound) -> str:
        samples = np.nan_to_num(np.asarray(view.samples, np.float32), posinf=0, neginf=0)
        mono = samples if samples.ndim == 1 else samples.mean(1)
        rate = int(view.rate)
        if rate <= 0:
            raise ValueError(f"a sound's rate must be at least 1 hertz (received {rate})")
        self.seconds = max(len(mono) / rate, 1e-6)
        self.step = self.seconds / 20
        self.outline = outline(mono, COLUMNS)
        self.levels = spectrogram(mono, rate)
        self.peak = float(np.abs(mono).max()) if len(mono) else 0.0
        if not len(mono):
            self.words = "A sound without samples."
        return f"A sound of {len(mono) / rate:.2f} seconds at {rate:,} hertz, peak {self.peak:.2f}."

    def draw(self, painter: QPainter, area: QRectF) -> None:
        foot = 0 if self.compact else 18
        self.plot = area.adjusted(SPACE, SPACE / 2, -SPACE, -foot - (SPACE / 2 if self.compact else 0))
        split = self.plot.height() * (1.0 if not self.levels.size else 0.58)
        wave = QRectF(self.plot.left(), self.plot.top(), self.plot.width(), split)
        self.draw_wave(painter, wave)
        if self.levels.size:
            below = QRectF(
                self.plot.left(), wave.bottom() + 4, self.plot.width(), self.plot.bottom() - wave.bottom() - 4
            )
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(below, heat(self.levels, self.theme))
        if foot and self.outline.shape[1]:
            self.draw_times(painter, foot)

    def draw_wave(self, painter: QPainter, area: QRectF) -> None:
        """The outline as one shape around the middle."""
        middle = area.center().y()
        painter.setPen(QPen(QColor(self.theme.line), 1))
        painter.drawLine(QPointF(area.left(), middle), QPointF(area.right(), middle))
        count = self.outline.shape[1]
        if not count:
            return
        x = area.left() + (np.arange(count) + 0.5) * area.width() / count
        scale = 0.48 * area.height() / max(self.peak, 0.25)  # soft sounds are not blown up without end
        top = middle - np.maximum(self.outline[1] * scale, 0.5)
        bottom = middle - np.minimum(self.outline[0] * scale, -0.5)
        around = [*zip(x, top, strict=True), *zip(x[::-1], bottom[::-1], strict=True)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.accent))
        painter.drawPolygon(QPolygonF([QPointF(float(a), float(b)) for a, b in around]))

    def draw_times(self, painter: QPainter, foot: float) -> None:
        """Seconds along the bottom."""
        painter.setPen(QColor(self.theme.dim))
        places, step = spaced(0, self.seconds, max(int(self.plot.width() / 70), 1))
        for place in places:
            box = QRectF(self.x_of(place) - 40, self.plot.bottom() + 1, 80, foot)
            if box.center().x() > self.plot.right() - 12:
                continue
            side = Qt.AlignmentFlag.AlignLeft if place == 0 else Qt.AlignmentFlag.AlignHCenter
            box.translate(40 if place == 0 else 0, 0)
            painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, f"{tick_words(place, step)} s")

    def overlay(self, painter: QPainter, area: QRectF) -> None:
        self.draw_playhead(painter)
        if self.pointer is not None and not self.compact and self.outline.shape[1]:
            time = self.time_at(self.pointer.x())
            column = min(int(time / self.seconds * self.outline.shape[1]), self.outline.shape[1] - 1)
            level = float(np.abs(self.outline[:, column]).max())
            loud = f"{20 * math.log10(level):.0f} dB" if level > 1e-5 else "silent"
            draw_pill(painter, area, self.pointer, [f"{time:.2f} s   {loud}"], self.theme)


def outline(samples: NDArray[np.float32], columns: int) -> NDArray[np.float64]:
    """The lowest and highest sample (2, columns) in each of as many pieces of (N,); fewer where N is less."""
    columns = min(columns, len(samples))
    if not columns:
        return np.zeros((2, 0))
    starts = np.linspace(0, len(samples), columns, endpoint=False).astype(np.int64)
    return np.stack([np.minimum.reduceat(samples, starts), np.maximum.reduceat(samples, starts)]).astype(
        np.float64
    )


def spectrogram(samples: NDArray[np.float32], rate: int) -> NDArray[np.float64]:
    """Loudness in [0, 1], 70 dB from bottom to top, of (ROWS low to high on a log scale, columns)."""
    if len(samples) < WINDOW or not np.any(samples):
        return np.zeros((0, 0))
    starts = np.linspace(0, len(samples) - WINDOW, min(COLUMNS // 2, len(samples) // 64)).astype(np.int64)
    pieces = samples[starts[:, None] + np.arange(WINDOW)] * np.hanning(WINDOW).astype(np.float32)
    power = np.abs(np.fft.rfft(pieces, axis=1)) ** 2
    hertz = np.geomspace(min(LOWEST, rate / 8), rate / 2, ROWS + 1)
    bins = np.clip(np.round(hertz * WINDOW / rate).astype(np.int64), 1, WINDOW // 2)
    rows = np.stack([power[:, low : max(high, low + 1)].max(1) for low, high in itertools.pairwise(bins)])
    decibels = 10 * np.log10(rows / max(float(rows.max()), 1e-12) + 1e-12)
    return np.asarray(np.clip(1 + decibels / RANGE, 0, 1), np.float64)


def heat(levels: NDArray[np.float64], theme: Theme) -> QImage:
    """Levels (rows from the bottom, columns) in [0, 1] as an image, from the ground over the accent to the text."""
    steps = [mixed(theme.map, theme.accent, level / 160) for level in range(160)]
    steps += [mixed(theme.accent, theme.text, level / 96) for level in range(96)]
    table = np.array([(c.red(), c.green(), c.blue()) for c in steps], np.uint8)
    pixels = np.ascontiguousarray(table[np.round(levels[::-1] * 255).astype(np.int64)])
    height, width = levels.shape
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
