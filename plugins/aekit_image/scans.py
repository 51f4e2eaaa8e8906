# Scans: a photo or scan of a handwritten digit becomes a picture as MNIST has them.
"""Scans: a photo or scan of a handwritten digit becomes a picture as MNIST has them.

MNIST's own way (LeCun et al. 1998): bright ink on dark paper, scaled so that the longer side has 20 pixels, with
soft edges, and placed in 28 x 28 pixels with its centre of mass in the middle.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from aekit.errors import DataError

SIDE = 28
INK_SIDE = 20
WORKING_SIDE = 384
DEGREE = 2
RAREST = 0.05
FAINTEST = 24.0
LEAST_CONTRAST = 6.0
SPECK = 0.05
THINNEST = 1.6
THICKENED = 2.4

Levels = NDArray[np.float32]
Mask = NDArray[np.bool_]


class Scan(NamedTuple):
    """A digit as MNIST has them, (28, 28) uint8, and what was done to it."""

    pixels: NDArray[np.uint8]
    notes: tuple[str, ...]


class Box(NamedTuple):
    """A rectangle in pixels."""

    left: int
    top: int
    width: int
    height: int


def read_digit(picture: Image.Image) -> Scan:
    """Make a picture MNIST-like.

    Args:
        picture: upright, mode L or RGB, of any size.

    Raises:
        DataError: there is no ink in it.
    """
    grey = picture.convert("L")
    if is_mnist_like(grey):
        return Scan(np.asarray(grey), ("taken as it is: 28 x 28 pixels, bright on dark",))
    reduction = max(1.0, max(grey.size) / WORKING_SIDE)
    size = tuple(max(1, round(side / reduction)) for side in grey.size)
    small = grey.resize((size[0], size[1]), Image.Resampling.BOX) if reduction > 1 else grey
    ink, notes = find_ink(np.asarray(small, np.float32))
    mask, more = marks(ink)
    notes += more
    box = bounding_box(mask)
    place = [round(side * reduction) for side in box]
    notes.append("cropped to x {}, y {}, {} x {} pixels".format(*place))
    soft = np.where(grown(mask, 3), ink, 0)[box.top : box.top + box.height, box.left : box.left + box.width]
    digit, more = scaled(soft, mask[box.top : box.top + box.height, box.left : box.left + box.width])
    return Scan(centred(digit), (*notes, *more, "centred by mass"))


def is_mnist_like(grey: Image.Image) -> bool:
    """Whether a picture has MNIST's size and dark paper already."""
    if grey.size != (SIDE, SIDE):
        return False
    pixels = np.asarray(grey)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return bool(np.median(edge) < 64 and pixels.max() > 64)


def find_ink(level: Levels) -> tuple[Levels, list[str]]:
    """How much ink each pixel (H, W) has, 0 to 1, from its grey level, 0 to 255.

    Raises:
        DataError: nothing stands out from the paper.
    """
    paper, noise = find_paper(level)
    from_paper = level - paper
    darker, lighter = -np.percentile(from_paper, RAREST), np.percentile(from_paper, 100 - RAREST)
    dark = darker > lighter
    strength = max(float(darker), float(lighter))
    if strength < max(FAINTEST, LEAST_CONTRAST * noise):
        raise DataError("no ink found: the picture is blank, or too faint")
    notes = ["inverted: dark ink on light paper"] if dark else []
    if np.ptp(paper) > 0.1 * strength:
        notes.append("evened the light of the paper")
    return np.clip((-from_paper if dark else from_paper) / strength, 0, 1), notes


def find_paper(level: Levels) -> tuple[Levels, float]:
    """The paper's grey level (H, W), a smooth surface, and the noise of the paper about it.

    The surface is a polynomial of degree DEGREE, fitted again and again to the pixels near the last fit.
    """
    y, x = np.meshgrid(*(np.linspace(-1, 1, side, dtype=np.float32) for side in level.shape), indexing="ij")
    terms = [x**i * y**j for i in range(DEGREE + 1) for j in range(DEGREE + 1 - i)]
    design = np.stack([term.ravel() for term in terms], 1)  # (pixels, 6)
    flat = level.ravel()
    paper = np.full_like(flat, np.median(flat))
    stride = max(1, len(flat) // 20_000)
    for _ in range(8):
        distance = np.abs(flat - paper)
        near = distance[::stride] <= max(4.0, 2.5 * float(np.median(distance)))
        weights, *_ = np.linalg.lstsq(design[::stride][near], flat[::stride][near], rcond=None)
        paper = (design @ weights).astype(np.float32)
    noise = 1.4826 * float(np.median(np.abs(flat - paper)))
    return paper.reshape(level.shape), noise


def marks(ink: Levels) -> tuple[Mask, list[str]]:
    """Which pixels (H, W) belong to the digit: everything inked but specks and what runs in from the edge.

    Raises:
        DataError: nothing is left.
    """
    mask = ink > max(otsu(ink), 0.25)
    label = labelled(mask)
    names, sizes = np.unique(label[mask], return_counts=True)
    edge = np.unique(np.concatenate([label[0], label[-1], label[:, 0], label[:, -1]]))
    inner = ~np.isin(names, edge)
    if inner.any() and sizes[inner].max() >= SPECK * sizes.max():
        names, sizes, left_out = names[inner], sizes[inner], int((~inner).sum())
    else:
        left_out = 0
    if not len(sizes) or sizes.max() < 4:
        raise DataError("no ink found: nothing larger than a speck")
    large = sizes >= SPECK * sizes.max()
    left_out += int((~large).sum())
    plural = "" if left_out == 1 else "s"
    notes = [f"left out {left_out} mark{plural} at the edge or smaller than the digit"] if left_out else []
    return np.isin(label, names[large]) & mask, notes


def otsu(ink: Levels) -> float:
    """The threshold in [0, 1] that parts ink from paper best (Otsu 1979)."""
    counts, edges = np.histogram(ink, 64, (0, 1))
    middles = (edges[:-1] + edges[1:]) / 2
    below, above = np.cumsum(counts), counts.sum() - np.cumsum(counts)
    total = np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = below * above * (total / below - (total[-1] - total) / above) ** 2
    return float(edges[1 + int(np.nanargmax(np.where(np.isfinite(apart), apart, -1)))])


def labelled(mask: Mask) -> NDArray[np.int64]:
    """A number for each connected mark (eight neighbours) at its pixels, 0 elsewhere: (H, W)."""
    label = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    while True:
        before = label.copy()
        for axis in (0, 1):
            for direction in (1, -1):
                label = np.where(mask, flooded(label, mask, axis, direction), 0)
        padded = np.pad(label, 1)
        corners = [padded[y : y + mask.shape[0], x : x + mask.shape[1]] for y in (0, 2) for x in (0, 2)]
        label = np.where(mask, np.maximum.reduce([label, *corners]), 0)
        if np.array_equal(before, label):
            return label


def flooded(label: NDArray[np.int64], mask: Mask, axis: int, direction: int) -> NDArray[np.int64]:
    """The largest label so far in each unbroken run of the mask, along an axis in one direction."""
    turned = np.moveaxis(label, axis, 1)[:, ::direction]
    inked = np.moveaxis(mask, axis, 1)[:, ::direction]
    run = np.cumsum(~inked, axis=1) * (label.size + 1)  # later runs outweigh all labels before them
    running = np.maximum.accumulate(turned + run, axis=1) - run
    return np.moveaxis(running[:, ::direction], 1, axis)


def bounding_box(mask: Mask) -> Box:
    """The smallest rectangle around a mask that is not empty."""
    rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
    return Box(int(columns[0]), int(rows[0]), int(columns[-1] - columns[0] + 1), int(rows[-1] - rows[0] + 1))


def scaled(ink: Levels, mask: Mask) -> tuple[Levels, list[str]]:
    """Ink (H, W) scaled so that the longer side has 20 pixels; strokes that would turn out too thin are thickened."""
    scale = INK_SIDE / max(ink.shape)
    stroke = 2 * mask.sum() / max(outline_length(mask), 1) * scale
    notes = []
    image = Image.fromarray((ink * 255).astype(np.uint8))
    if stroke < THINNEST:
        margin = round((THICKENED - stroke) / scale / 2)
        image = Image.fromarray(np.pad(np.asarray(image), margin)).filter(
            ImageFilter.MaxFilter(2 * margin + 1)
        )
        notes.append("thickened the strokes")
        scale = INK_SIDE / max(image.size)
    size = [max(1, round(side * scale)) for side in image.size]
    method = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    small = np.asarray(image.resize((size[0], size[1]), method), np.float32)
    return np.clip(small / max(float(np.percentile(small, 98)), 1.0), 0, 1), notes


def outline_length(mask: Mask) -> float:
    """Length in pixels of a mask's outline (its total variation)."""
    padded = np.pad(mask, 1).astype(np.float32)
    across, down = np.diff(padded, axis=1), np.diff(padded, axis=0)
    return float(np.hypot(across[1:] + across[:-1], down[:, 1:] + down[:, :-1]).sum()) / 2


def grown(mask: Mask, size: int) -> Mask:
    """A mask with all pixels within `size` // 2 of it."""
    return np.asarray(Image.fromarray(mask.astype(np.uint8)).filter(ImageFilter.MaxFilter(size))) > 0


def centred(ink: Levels) -> NDArray[np.uint8]:
    """Ink of at most 20 x 20 in 28 x 28 pixels, its centre of mass in the middle, as far as it stays within.

    MNIST rounds up: the centres of its digits lie between 14.0 and 15.0 pixels from the edge.
    """
    total = max(float(ink.sum()), 1e-6)
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    starts = []
    for axis in (0, 1):
        middle = float((ink.sum(1 - axis) * (np.arange(ink.shape[axis]) + 0.5)).sum()) / total
        starts.append(int(np.clip(math.ceil(SIDE / 2 - middle), 0, SIDE - ink.shape[axis])))
    canvas[starts[0] : starts[0] + ink.shape[0], starts[1] : starts[1] + ink.shape[1]] = np.rint(ink * 255)
    return canvas
