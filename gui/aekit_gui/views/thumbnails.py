# Thumbnails: pictures of cards, read one at a time while the window stays free.
"""Thumbnails: pictures of cards, read one at a time while the window stays free."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, QTimer
from PySide6.QtGui import QImageReader, QPixmap

from aekit_gui.models.gallery import Card, curve_of

LARGEST = 40_000_000  # pixels of a picture that is read

Curve = list[tuple[float, float]]


class Thumbnails(QObject):
    """Gives the pictures of cards once they were read; those that are wanted last come first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._read: dict[Path, tuple[QSize, QPixmap | None]] = {}
        self._curves: dict[Path, Curve] = {}
        self._wanted: dict[object, Callable[[], None]] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._next)

    def picture(self, card: Card, size: QSize, done: Callable[[], None]) -> QPixmap | None:
        """The card's picture, filling `size` (device pixels); None where there is none, or not yet: `done` follows."""
        if card.thumbnail is None:
            return None
        path = card.thumbnail
        held, picture = self._read.get(path, (QSize(), None))
        if held != size:
            self._want(path, lambda: self._read.__setitem__(path, (size, filling(path, size))), done)
        return picture

    def curve(self, card: Card, done: Callable[[], None]) -> Curve:
        """(step, loss) of the card's run; empty where there is none, or not yet: `done` follows."""
        path = card.path
        if path not in self._curves:
            self._want(path, lambda: self._curves.__setitem__(path, curve_of(path)), done)
            return []
        return self._curves[path]

    def forget(self) -> None:
        """Read all of them anew."""
        self._read.clear()
        self._curves.clear()
        self._wanted.clear()

    def _want(self, key: object, read: Callable[[], None], done: Callable[[], None]) -> None:
        def both() -> None:
            read()
            done()

        self._wanted.pop(key, None)
        self._wanted[key] = both
        self._timer.start()

    def _next(self) -> None:
        if not self._wanted:
            self._timer.stop()
            return
        _, read = self._wanted.popitem()
        read()


def filling(path: Path, size: QSize) -> QPixmap | None:
    """A picture that fills a size, its sides cut where they are too long; None where it can't be read."""
    reader = QImageReader(str(path))
    whole = reader.size()
    if not whole.isValid() or whole.width() * whole.height() > LARGEST:
        return None
    scaled = whole.scaled(size, Qt.AspectRatioMode.KeepAspectRatioByExpanding)
    if scaled.width() < whole.width():
        reader.setScaledSize(scaled)
    image = reader.read()
    if image.isNull():
        return None
    if image.size() != scaled:
        smooth = Qt.TransformationMode.SmoothTransformation
        image = image.scaled(scaled, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    left, top = (scaled.width() - size.width()) // 2, (scaled.height() - size.height()) // 2
    return QPixmap.fromImage(image.copy(left, top, size.width(), size.height()))
