# Glyphs: the small signs on buttons, drawn in the theme's colours and crisp at any scale.
"""Glyphs: the small signs on buttons, drawn in the theme's colours and crisp at any scale."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

from aekit_gui.theme import Theme

Drawn = Callable[[QPainterPath, QPainterPath], None]  # (outlines, filled), on a field of 16 by 16


def _play(lines: QPainterPath, filled: QPainterPath) -> None:
    filled.moveTo(4.5, 2.8)
    filled.lineTo(13, 8)
    filled.lineTo(4.5, 13.2)
    filled.closeSubpath()


def _stop(lines: QPainterPath, filled: QPainterPath) -> None:
    filled.addRoundedRect(QRectF(3.8, 3.8, 8.4, 8.4), 1.5, 1.5)


def _loop(lines: QPainterPath, filled: QPainterPath) -> None:
    box = QRectF(2.5, 3, 11, 10)
    lines.arcMoveTo(box, 70)
    lines.arcTo(box, 70, -310)
    filled.moveTo(8.2, 0.6)
    filled.lineTo(12.6, 3.4)
    filled.lineTo(8.2, 6.2)
    filled.closeSubpath()


def _add(lines: QPainterPath, filled: QPainterPath) -> None:
    lines.moveTo(8, 3)
    lines.lineTo(8, 13)
    lines.moveTo(3, 8)
    lines.lineTo(13, 8)


def _clear(lines: QPainterPath, filled: QPainterPath) -> None:
    lines.moveTo(2.8, 4.3)
    lines.lineTo(13.2, 4.3)
    lines.moveTo(6.2, 4.3)
    lines.lineTo(6.2, 2.5)
    lines.lineTo(9.8, 2.5)
    lines.lineTo(9.8, 4.3)
    lines.moveTo(4.2, 4.3)
    lines.lineTo(4.9, 13.5)
    lines.lineTo(11.1, 13.5)
    lines.lineTo(11.8, 4.3)


def _export(lines: QPainterPath, filled: QPainterPath) -> None:
    lines.moveTo(8, 10)
    lines.lineTo(8, 2.5)
    lines.moveTo(5, 5.4)
    lines.lineTo(8, 2.5)
    lines.lineTo(11, 5.4)
    lines.moveTo(3, 9.5)
    lines.lineTo(3, 13.2)
    lines.lineTo(13, 13.2)
    lines.lineTo(13, 9.5)


def _close(lines: QPainterPath, filled: QPainterPath) -> None:
    lines.moveTo(4, 4)
    lines.lineTo(12, 12)
    lines.moveTo(12, 4)
    lines.lineTo(4, 12)


GLYPHS: dict[str, Drawn] = {
    "play": _play,
    "stop": _stop,
    "loop": _loop,
    "add": _add,
    "clear": _clear,
    "export": _export,
    "close": _close,
}


def glyph(name: str, theme: Theme, size: int, ratio: float = 1.0) -> QIcon:
    """A sign as an icon; dim where its button is off or can't be pressed, in the accent's colour where it is on."""
    icon = QIcon()
    for colour, mode, state in (
        (theme.text, QIcon.Mode.Normal, QIcon.State.Off),
        (theme.accent, QIcon.Mode.Normal, QIcon.State.On),
        (theme.line, QIcon.Mode.Disabled, QIcon.State.Off),
        (theme.line, QIcon.Mode.Disabled, QIcon.State.On),
    ):
        icon.addPixmap(_drawn(GLYPHS[name], colour, size, ratio), mode, state)
    return icon


def _drawn(draw: Drawn, colour: str, size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    lines, filled = QPainterPath(QPointF(0, 0)), QPainterPath(QPointF(0, 0))
    draw(lines, filled)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / 16, size / 16)
    painter.setPen(
        QPen(QColor(colour), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    painter.drawPath(lines)
    painter.fillPath(filled, QColor(colour))
    painter.end()
    return pixmap
