# The source `shapes`: sprites whose factors are known, made at once, after dSprites.
"""The source `shapes`: sprites whose factors are known, made at once, after dSprites.

After dSprites (Matthey, Higgins, Hassabis and Lerchner 2017): a white square, ellipse or heart on black, with five
factors that know nothing of each other, every combination as likely. What differs: pictures have 32 x 32 pixels and
soft edges, all shapes of one scale have one area, and orientations span a quarter turn, within which none of the
shapes looks the same twice; over a whole turn a square has four orientations that look alike, which no code can tell.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

SIDE = 32
SHAPES = ("square", "ellipse", "heart")
SCALES = np.linspace(0.5, 1.0, 6)
ORIENTATIONS = np.arange(12) * (math.pi / 2 / 12)
CENTRES = np.arange(16) + 8.5  # a whole number of pixels apart, so a sprite looks the same everywhere
SIZES = (len(SHAPES), len(SCALES), len(ORIENTATIONS), len(CENTRES), len(CENTRES))
COUNTS = {"train": 40_000, "test": 5_000}

LARGEST = 10.0  # side of the square at scale 1, in pixels; every shape has the square's area
HEART_AREA = 3.661973  # of (x^2 + y^2 - 1)^3 < x^2 y^3
HEART_MIDDLE = 0.293481  # the height of its centre of mass
FINE = 8  # points along a pixel's side at which a sprite is looked at

Bytes = NDArray[np.uint8]
Reals = NDArray[np.float64]


def load_shapes(split: str) -> tuple[Bytes, NDArray[np.int64]]:
    """The pictures (N, 32, 32) of one split, "train" or "test", and the number of each one's shape (N,).

    No picture is in both, and they are the same ones each time.
    """
    places = combinations(split)
    shape, scale, orientation, x, y = places
    sprites = all_sprites()[shape, scale, orientation]  # (N, 17, 17)
    pictures = np.zeros((len(shape), SIDE, SIDE), np.uint8)
    along = np.arange(sprites.shape[1])
    items = np.arange(len(shape))[:, None, None]
    pictures[items, (y[:, None] + along)[:, :, None], (x[:, None] + along)[:, None, :]] = sprites
    return pictures, shape


def factors(split: str) -> dict[str, NDArray[np.generic]]:
    """The factors of each item of a split, in the order of its items: each (N,).

    shape: 0 square, 1 ellipse, 2 heart.
    scale: .5 to 1 in 6 steps; the area is (10 scale)^2 square pixels.
    orientation: radians from 0 to less than a quarter turn, in 12 steps, clockwise on the screen.
    x, y: the centre of mass in pixels from the left and the upper edge, 8.5 to 23.5 in 16 steps.
    """
    shape, scale, orientation, x, y = combinations(split)
    return {
        "shape": shape,
        "scale": SCALES[scale],
        "orientation": ORIENTATIONS[orientation],
        "x": CENTRES[x],
        "y": CENTRES[y],
    }


def combinations(split: str) -> tuple[NDArray[np.int64], ...]:
    """The numbers of each item's shape, scale, orientation, x and y among all that there are: each (N,)."""
    # RandomState, whose stream is frozen (NumPy's NEP 19): Generator may draw others in another version
    order = np.random.RandomState(0).permutation(math.prod(SIZES))
    start = {"train": 0, "test": COUNTS["train"]}[split]
    return np.unravel_index(order[start : start + COUNTS[split]], SIZES)


def all_sprites() -> Bytes:
    """Every shape in every scale and orientation, its centre of mass in the middle: (3, 6, 12, 17, 17)."""
    side = 2 * int(CENTRES[0]) + 1
    points = (np.arange(side * FINE) + 0.5) / FINE - side / 2
    x, y = np.meshgrid(points, points)
    sprites = np.empty((*SIZES[:3], side, side), np.uint8)
    for place, angle in enumerate(ORIENTATIONS):
        # the points as the upright sprite has them: turned back
        across = x * math.cos(angle) + y * math.sin(angle)
        down = y * math.cos(angle) - x * math.sin(angle)
        for size, scale in enumerate(SCALES):
            for shape, name in enumerate(SHAPES):
                inside = INSIDE[name](across / (LARGEST * scale), down / (LARGEST * scale))
                cells = inside.reshape(side, FINE, side, FINE).mean((1, 3))
                sprites[shape, size, place] = np.rint(255 * cells)
    return sprites


def in_square(x: Reals, y: Reals) -> NDArray[np.bool_]:
    """Inside a square of area 1 around the origin."""
    return np.asarray(np.maximum(abs(x), abs(y)) < 0.5)


def in_ellipse(x: Reals, y: Reals) -> NDArray[np.bool_]:
    """Inside an ellipse of area 1 around the origin, twice as wide as high."""
    return np.asarray((x / 2) ** 2 + y**2 < 1 / (2 * math.pi))


def in_heart(x: Reals, y: Reals) -> NDArray[np.bool_]:
    """Inside a heart of area 1, its tip down (y grows downwards), its centre of mass in the origin."""
    unit = math.sqrt(HEART_AREA)
    x, y = x * unit, HEART_MIDDLE - y * unit
    return np.asarray((x**2 + y**2 - 1) ** 3 < x**2 * y**3)


INSIDE = {"square": in_square, "ellipse": in_ellipse, "heart": in_heart}
