# Icons: the signs on tools and buttons, drawn from a table of paths, crisp at any scale.
"""Icons: the signs on tools and buttons, drawn from a table of paths, crisp at any scale."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPixmapCache

from aekit_gui.theme import Theme

FIELD = 20.0  # every sign is drawn on a field of 20 by 20
STROKE = 1.6
SIZES = (16, 20, 24, 32, 40, 48, 64)  # device pixels; Qt takes the one that fits

# name: (lines, filled). M x y: go to; L x y: line to; C x y x y x y: curve to; Z: close;
# O x y r: circle; R x y w h r: rounded rectangle.
SIGNS: dict[str, tuple[str, str]] = {
    "play": ("", "M 6 3.6 L 16.4 10 L 6 16.4 Z"),
    "stop": ("", "R 4.8 4.8 10.4 10.4 1.8"),
    "pin": (
        "M 10 17.4 C 6.6 13.2 4.8 10.8 4.8 8 C 4.8 5 7.1 2.8 10 2.8 C 12.9 2.8 15.2 5 15.2 8 "
        "C 15.2 10.8 13.4 13.2 10 17.4 Z",
        "O 10 8 1.9",
    ),
    "undo": (
        "M 4 8 L 12 8 C 14.6 8 16.4 9.6 16.4 12 C 16.4 14.4 14.6 16 12 16 L 8 16 M 7.4 4.4 L 3.8 8 L 7.4 11.6",
        "",
    ),
    "redo": (
        "M 16 8 L 8 8 C 5.4 8 3.6 9.6 3.6 12 C 3.6 14.4 5.4 16 8 16 L 12 16 M 12.6 4.4 L 16.2 8 L 12.6 11.6",
        "",
    ),
    "fit": (
        "M 3.4 7.4 L 3.4 3.4 L 7.4 3.4 M 12.6 3.4 L 16.6 3.4 L 16.6 7.4 M 16.6 12.6 L 16.6 16.6 L 12.6 16.6 "
        "M 7.4 16.6 L 3.4 16.6 L 3.4 12.6",
        "O 10 10 1.7",
    ),
    "look": (
        "M 2.2 10 C 4.4 6.4 7 4.6 10 4.6 C 13 4.6 15.6 6.4 17.8 10 C 15.6 13.6 13 15.4 10 15.4 "
        "C 7 15.4 4.4 13.6 2.2 10 Z",
        "O 10 10 2.7",
    ),
    "box": (
        "M 3.4 6.2 L 3.4 3.4 L 6.2 3.4 M 8.8 3.4 L 11.2 3.4 M 13.8 3.4 L 16.6 3.4 L 16.6 6.2 M 16.6 8.8 L 16.6 11.2 "
        "M 16.6 13.8 L 16.6 16.6 L 13.8 16.6 M 11.2 16.6 L 8.8 16.6 M 6.2 16.6 L 3.4 16.6 L 3.4 13.8 "
        "M 3.4 11.2 L 3.4 8.8",
        "",
    ),
    "lasso": (
        "M 5.2 12.4 C 3.6 11.5 2.8 10.2 2.8 8.6 C 2.8 5.5 6 3.2 10 3.2 C 14 3.2 17.2 5.5 17.2 8.6 "
        "C 17.2 11.7 14 14 10 14 C 9.4 14 8.8 13.9 8.2 13.8 O 6.6 13.4 1.6 M 5.8 15 C 5.4 16.2 4.6 17 3.4 17.4",
        "",
    ),
    "draw": ("M 3.4 16.6 L 4.5 12.5 L 13.3 3.7 L 16.3 6.7 L 7.5 15.5 Z M 11.2 5.8 L 14.2 8.8", ""),
    "export": ("M 10 12 L 10 3 M 6.5 6.5 L 10 3 L 13.5 6.5 M 3.6 11.4 L 3.6 16.6 L 16.4 16.6 L 16.4 11.4", ""),
    "copy": ("R 7.2 7.2 9.4 9.4 1.6 M 4.6 12.8 L 3.4 12.8 L 3.4 3.4 L 12.8 3.4 L 12.8 4.6", ""),
    "close": ("M 5 5 L 15 15 M 15 5 L 5 15", ""),
    "loop": (
        "M 12.4 4.6 C 9 3.2 4.9 5 3.8 8.6 C 2.6 12.6 5.8 16.4 10 16.4 C 14 16.4 17 13 16.4 9.2",
        "M 10.4 1.4 L 15.6 4.8 L 10.4 8.2 Z",
    ),
    "trash": (
        "M 3.6 5.4 L 16.4 5.4 M 7.8 5.4 L 7.8 3.2 L 12.2 3.2 L 12.2 5.4 M 5.2 5.4 L 6.1 16.8 L 13.9 16.8 L 14.8 5.4",
        "",
    ),
    "plus": ("M 10 3.8 L 10 16.2 M 3.8 10 L 16.2 10", ""),
    "gallery": (
        "R 3.4 3.4 5.4 5.4 1.3 R 11.2 3.4 5.4 5.4 1.3 R 3.4 11.2 5.4 5.4 1.3 R 11.2 11.2 5.4 5.4 1.3",
        "",
    ),
    "sliders": ("M 2.8 6 L 9.4 6 M 13.6 6 L 17.2 6 O 11.5 6 2.1 M 2.8 14 L 5.4 14 M 9.6 14 L 17.2 14 O 7.5 14 2.1", ""),
    "journey": (
        "M 6.6 15.4 L 12.7 15.4 C 16.4 15.4 16.4 10 12.7 10 L 7.3 10 C 3.6 10 3.6 4.6 7.3 4.6 L 13.4 4.6",
        "O 4.6 15.4 2 O 15.4 4.6 2",
    ),
    "sound": (
        "M 2.8 7.6 L 5.6 7.6 L 9.4 4.2 L 9.4 15.8 L 5.6 12.4 L 2.8 12.4 Z M 12.3 7.4 C 13.7 8.8 13.7 11.2 12.3 12.6 "
        "M 14.8 5.2 C 17.4 7.8 17.4 12.2 14.8 14.8",
        "",
    ),
    "help": (
        "O 10 10 7.2 M 7.8 8 C 7.8 6.6 8.8 5.8 10 5.8 C 11.3 5.8 12.3 6.7 12.3 7.9 C 12.3 9.5 10 9.7 10 11.5",
        "O 10 14 1",
    ),
    "search": ("O 8.8 8.8 5.3 M 12.8 12.8 L 17 17", ""),
}  # fmt: skip


@lru_cache(maxsize=128)
def path_of(written: str) -> QPainterPath:
    """The path that a table's words describe; share it, change it not."""
    path, words, at = QPainterPath(), written.split(), 0
    while at < len(words):
        kind, count = words[at], {"M": 2, "L": 2, "C": 6, "Z": 0, "O": 3, "R": 5}[words[at]]
        n = [float(word) for word in words[at + 1 : at + 1 + count]]
        at += 1 + count
        if kind == "M":
            path.moveTo(n[0], n[1])
        elif kind == "L":
            path.lineTo(n[0], n[1])
        elif kind == "C":
            path.cubicTo(*n)
        elif kind == "O":
            path.addEllipse(QPointF(n[0], n[1]), n[2], n[2])
        elif kind == "R":
            path.addRoundedRect(QRectF(*n[:4]), n[4], n[4])
        else:
            path.closeSubpath()
    return path


def draw_icon(painter: QPainter, name: str, area: QRectF, colour: QColor | str) -> None:
    """Draw a sign into the largest square in the middle of an area.

    Raises:
        KeyError: there is no sign of that name.
    """
    lines, filled = SIGNS[name]
    side, ink = min(area.width(), area.height()), QColor(colour)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(area.center().x() - side / 2, area.center().y() - side / 2)
    painter.scale(side / FIELD, side / FIELD)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    painter.setPen(QPen(ink, STROKE, Qt.PenStyle.SolidLine, cap, join))
    painter.drawPath(path_of(lines))
    painter.fillPath(path_of(filled), ink)
    painter.restore()


def icon(name: str, theme: Theme) -> QIcon:
    """A sign as an icon: in the accent's colour where its button is on, dim where it cannot be pressed.

    Raises:
        KeyError: there is no sign of that name.
    """
    made = QIcon()
    for colour, mode, state in (
        (theme.text, QIcon.Mode.Normal, QIcon.State.Off),
        (theme.accent, QIcon.Mode.Normal, QIcon.State.On),
        (theme.line, QIcon.Mode.Disabled, QIcon.State.Off),
        (theme.line, QIcon.Mode.Disabled, QIcon.State.On),
    ):
        for size in SIZES:
            made.addPixmap(_drawn(name, colour, size), mode, state)
    return made


def _drawn(name: str, colour: str, size: int) -> QPixmap:
    """A sign's picture, from Qt's cache where it was drawn before."""
    key = f"aekit {name} {colour} {size}"
    pixmap = QPixmap()
    if QPixmapCache.find(key, pixmap):
        return pixmap
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    draw_icon(painter, name, QRectF(0, 0, size, size), colour)
    painter.end()
    QPixmapCache.insert(key, pixmap)
    return pixmap
