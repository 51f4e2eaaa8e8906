# Draws examples/photo.jpg: a digit in ink on paper, lit unevenly, as a telephone would see it.
"""Draws examples/photo.jpg: a digit in ink on paper, lit unevenly, as a telephone would see it.

Made by this project, so that the tutorial has a picture that is free to give away.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIDE = 480
STROKE = (
    (150, 175),
    (185, 120),
    (250, 105),
    (300, 140),
    (285, 205),
    (215, 245),
    (290, 262),
    (325, 325),
    (275, 390),
    (190, 385),
    (140, 335),
)


def main() -> None:
    """Draw a three with a soft pen, then light it from the upper left and add the sensor's noise."""
    noise = np.random.default_rng(3)
    ink = Image.new("L", (SIDE, SIDE), 0)
    draw = ImageDraw.Draw(ink)
    points = smooth(np.array(STROKE, float))
    for number, (x, y) in enumerate(points):
        radius = 11 + 4 * np.sin(number / 40)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=235)
    ink = ink.rotate(-4).filter(ImageFilter.GaussianBlur(2.2))
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    light = 236 - 62 * (0.7 * x + 0.5 * y) - 18 * (x - 0.4) ** 2
    paper = light[..., None] * np.array([1.0, 0.975, 0.92])
    cover = (np.asarray(ink, float) / 255)[..., None]
    photo = paper * (1 - cover) + np.array([38, 44, 78]) * cover
    photo += noise.normal(0, 4.5, photo.shape)
    Image.fromarray(photo.clip(0, 255).astype(np.uint8)).save(
        Path(__file__).parents[1] / "examples" / "photo.jpg", quality=88
    )


def smooth(points: np.ndarray, steps: int = 60) -> np.ndarray:
    """A Catmull-Rom curve through points (N, 2)."""
    padded = np.concatenate([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False)
    ]
    return np.concatenate(pieces)


if __name__ == "__main__":
    main()
