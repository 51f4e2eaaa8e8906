# The panel of pictures: every pixel of a small one is a crisp square, large ones are fitted smoothly.
"""The panel of pictures: every pixel of a small one is a crisp square, large ones are fitted smoothly."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from aekit.views import Picture, View
from aekit_gui.views.drawing import draw_pill
from aekit_gui.views.panels.panel import Panel

SMALL_PICTURE = 96  # pixels; up to so many a side, pixels are enlarged as squares
MOST_PIXELS = 50_000_000


class PicturePanel(Panel):
    """A picture, grey or in colour. A view of no kind that is known is shown by its own drawing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image = QImage()
        self.pixels: NDArray[np.uint8] = np.zeros((0, 0), np.uint8)
        self.placed = QRectF()
        self.setToolTip("What the decoder makes of the place at hand. Point at it to read single pixels.")

    def take(self, view: View) -> str:
        pixels = view.pixels if isinstance(view, Picture) else view.picture()
        self.pixels = checked(pixels)
        self.image = image_of(self.pixels)
        if not self.pixels.size:
            self.words = "A picture without pixels."
        return f"A picture of {self.size_words()}."

    def size_words(self) -> str:
        """Its size as people write it: width before height."""
        height, width = self.pixels.shape[:2]
        return f"{width} × {height}, {'grey' if self.pixels.ndim == 2 else 'colour'}"

    def draw(self, painter: QPainter, area: QRectF) -> None:
        if not self.pixels.size:
            return
        margin = 0 if self.compact else 8
        ratio = painter.device().devicePixelRatioF()
        room = area.adjusted(margin, margin, -margin, -margin)
        height, width = self.pixels.shape[:2]
        factor = enlargement(width, height, room.width() * ratio, room.height() * ratio)
        across, down = max(round(width * factor), 1), max(round(height * factor), 1)
        left = round((area.center().x() * ratio) - across / 2) / ratio
        top = round((area.center().y() * ratio) - down / 2) / ratio
        self.placed = QRectF(left, top, across / ratio, down / ratio)
        if factor.is_integer() and factor >= 1:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(self.placed, self.image)
        else:
            smooth = self.image.scaled(
                QSize(across, down),
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            painter.drawImage(self.placed, smooth)

    def overlay(self, painter: QPainter, area: QRectF) -> None:
        if self.pointer is None or not self.pixels.size or self.compact:
            return
        words = self.size_words()
        if self.placed.contains(self.pointer):
            height, width = self.pixels.shape[:2]
            x = min(int((self.pointer.x() - self.placed.left()) / self.placed.width() * width), width - 1)
            y = min(int((self.pointer.y() - self.placed.top()) / self.placed.height() * height), height - 1)
            value = " ".join(str(int(part)) for part in np.atleast_1d(self.pixels[y, x]))
            words += f"   ({x}, {y}): {value}"
        draw_pill(painter, area, QPointF(area.right(), area.bottom() + 6), [words], self.theme)


def enlargement(width: int, height: int, across: float, down: float) -> float:
    """Device pixels for each of a picture's pixels, so that it fits; whole for small pictures."""
    fit = max(min(across / width, down / height), 1e-6)
    if max(width, height) <= SMALL_PICTURE and fit >= 2:
        return float(int(fit))
    return min(fit, 2.0) if max(width, height) > SMALL_PICTURE else fit


def checked(pixels: Any) -> NDArray[np.uint8]:
    """Pixels (H, W) or (H, W, 3), contiguous.

    Raises:
        ValueError: they are of another shape or type, or more than can be shown.
    """
    pixels = np.asarray(pixels)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    if pixels.dtype != np.uint8 or not (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] == 3)):
        raise ValueError(
            f"pixels must be (H, W, 3) or (H, W) uint8 (received {pixels.shape} {pixels.dtype}); mend the plugin's view"
        )
    if pixels.shape[0] * pixels.shape[1] > MOST_PIXELS:
        raise ValueError(f"at most {MOST_PIXELS:,} pixels can be shown (received {pixels.shape[:2]})")
    return np.ascontiguousarray(pixels)


def image_of(pixels: NDArray[np.uint8]) -> QImage:
    """Pixels (H, W) or (H, W, 3) as an image that owns its memory."""
    if not pixels.size:
        return QImage()
    height, width = pixels.shape[:2]
    if pixels.ndim == 2:
        return QImage(pixels.data, width, height, width, QImage.Format.Format_Grayscale8).copy()
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
