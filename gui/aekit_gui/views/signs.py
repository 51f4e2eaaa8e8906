# The small signs inside of Qt's own widgets (ticks, arrows), drawn in the theme's colours and kept in memory.
"""The small signs inside of Qt's own widgets (ticks, arrows), drawn in the theme's colours and kept in memory.

A stylesheet takes pictures from files or from Qt's resources only, so they are registered as a resource: no file is
written, and nothing outlives the process.
"""

from __future__ import annotations

import struct
from functools import cache

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, Qt, qRegisterResourceData
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from aekit_gui.theme import THEMES, Theme

Lines = tuple[tuple[float, float], ...]  # on a field of 16 by 16

SIGNS: dict[str, tuple[str, Lines]] = {  # name: colour of the theme, line
    "tick": ("on_accent", ((3.5, 8.4), (6.7, 11.6), (12.6, 4.9))),
    "tick-menu": ("accent", ((3.5, 8.4), (6.7, 11.6), (12.6, 4.9))),
    "dash": ("on_accent", ((4, 8), (12, 8))),
    "dot": ("on_accent", ((8, 8), (8, 8.01))),
    "down": ("dim", ((4, 6.2), (8, 10.2), (12, 6.2))),
    "up": ("dim", ((4, 9.8), (8, 5.8), (12, 9.8))),
    "right": ("dim", ((6.2, 4), (10.2, 8), (6.2, 12))),
    "cross": ("dim", ((4.5, 4.5), (11.5, 11.5), (8, 8), (11.5, 4.5), (4.5, 11.5))),
}
WIDTHS = {"dot": 6.0}
SIDE = 16
_held: list[bytes] = []  # Qt keeps only pointers to them


@cache
def sign_folder(theme_name: str, scale: float) -> str:
    """The resource folder that holds the signs of a theme at an interface scale, as "NAME.png" and "NAME@2x.png"."""
    theme = THEMES[theme_name]
    name = f"{theme_name}-{round(100 * scale)}"
    files = {}
    for sign in SIGNS:
        for ratio, ending in ((1, ""), (2, "@2x"), (3, "@3x")):
            files[f"{sign}{ending}.png"] = _png(sign, theme, round(SIDE * scale) * ratio)
    _register("aekit", name, files)
    return f":/aekit/{name}"


def _png(sign: str, theme: Theme, side: int) -> bytes:
    colour, points = SIGNS[sign]
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(side / SIDE, side / SIDE)
    round_ends = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    painter.setPen(
        QPen(QColor(getattr(theme, colour)), WIDTHS.get(sign, 1.7), Qt.PenStyle.SolidLine, *round_ends)
    )
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))
    painter.end()
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    buffer.close()
    return bytes(content.data())


def _register(root: str, folder: str, files: dict[str, bytes]) -> None:
    """Add files to Qt's resources as ":/root/folder/NAME" (the format of Qt's resource compiler)."""
    names, places = b"", {}
    for name in (root, folder, *files):
        places[name] = len(names)
        names += struct.pack(">HI", len(name), _hash(name)) + name.encode("utf-16-be")
    data, offsets = b"", {}
    for name, content in files.items():
        offsets[name] = len(data)
        data += struct.pack(">I", len(content)) + content
    tree = struct.pack(
        ">IHII", 0, 2, 1, 1
    )  # a folder: place of its name, kind, count and number of what is in it
    tree += struct.pack(">IHII", places[root], 2, 1, 2)
    tree += struct.pack(">IHII", places[folder], 2, len(files), 3)
    for name in sorted(files, key=_hash):
        tree += struct.pack(">IHHHI", places[name], 0, 0, 1, offsets[name])
    _held.extend((tree, names, data))
    qRegisterResourceData(1, tree, names, data)


def _hash(name: str) -> int:
    """Qt's hash of a name in a resource."""
    value = 0
    for letter in name:
        value = (value << 4) + ord(letter)
        value ^= (value & 0xF0000000) >> 23
        value &= 0x0FFFFFFF
    return value
