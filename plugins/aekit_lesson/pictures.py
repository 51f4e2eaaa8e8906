# The pictures of the lesson, each drawn at twice the size at which the page shows it.
"""The pictures of the lesson, each drawn at twice the size at which the page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from aekit.figures import PALETTE, new_figure, rendered
from aekit.view import INK, Pixels, blank, png

CELL, GAP, EDGE = 112, 8, 12  # pixels: a cell's side, between cells, around the sheet
LETTERS = 26  # pixels
SOFT = (91, 100, 112)
DPI = 192
LOW, HIGH = np.array([33, 102, 172]), np.array([214, 96, 30])  # of codes, below and above nothing
Cells = Sequence[Pixels]


def cells(items: Tensor | NDArray[Any]) -> list[Pixels]:
    """Stored pictures (N, C, H, W) as (H, W, 3) each."""
    array = np.asarray(items)
    return list(
        np.repeat(array, 3, 1).transpose(0, 2, 3, 1) if array.shape[1] == 1 else array.transpose(0, 2, 3, 1)
    )


def code_cells(codes: Tensor, columns: int, signed: bool = True) -> list[Pixels]:
    """Codes (N, D) as small tables of colour: blue below nothing, orange above, white at nothing.

    The strongest colours are at the codes' 99th percentile. Where codes are never below nothing, the scale begins
    with white (`signed` False).
    """
    most = float(codes.abs().quantile(0.99)) or 1.0
    level = (codes / most).clamp(-1, 1).numpy()[..., None]
    white = np.full(3, 255)
    colours = white + np.abs(level) * (np.where(level < 0, LOW, HIGH if signed else LOW) - white)
    rows = -(-codes.shape[1] // columns)
    padded = np.full((len(codes), rows * columns, 3), 236.0)
    padded[:, : codes.shape[1]] = colours
    return [np.rint(code).astype(np.uint8) for code in padded.reshape(len(codes), rows, columns, 3)]


def sheet(
    rows: Mapping[str, Cells], columns: Sequence[str] = (), cell: int = CELL, framed: Sequence[str] = ()
) -> bytes:
    """Rows of cells with their names beside them, all brought to one size: a PNG file.

    Args:
        rows: cells by the name of their row.
        columns: names above the columns.
        cell: the longer side of a cell, in pixels.
        framed: names of the rows whose cells get a thin frame, as they are light.
    """
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(LETTERS)
    named = any(rows)
    left = EDGE + (max(int(font.getlength(name)) for name in rows) + 24 if named else 0)
    top = EDGE + (LETTERS + 14 if columns else 0)
    longest = max(len(row) for row in rows.values())
    height = max(fitted(row[0], cell)[1] for row in rows.values())
    canvas = blank(left + longest * (cell + GAP) - GAP + EDGE, top + len(rows) * (height + GAP) - GAP + EDGE)
    draw = ImageDraw.Draw(canvas)
    for number, name in enumerate(columns):
        draw.text((left + number * (cell + GAP) + cell / 2, top - 10), name, SOFT, font, "ms")
    for number, (name, row) in enumerate(rows.items()):
        y = top + number * (height + GAP)
        draw.text((left - 24, y + height / 2), name, INK, font, "rm")
        for column, picture in enumerate(row):
            size = fitted(picture, cell)
            place = (left + column * (cell + GAP) + (cell - size[0]) // 2, y + (height - size[1]) // 2)
            enlarged = Image.fromarray(np.ascontiguousarray(picture)).resize(size, Image.Resampling.NEAREST)
            canvas.paste(enlarged, place)
            if name in framed:
                corner = (place[0] + size[0] - 1, place[1] + size[1] - 1)
                draw.rectangle((*place, *corner), outline=(214, 218, 226))
    return png(np.asarray(canvas))


def fitted(picture: Pixels, cell: int) -> tuple[int, int]:
    """Width and height of a picture whose longer side is `cell`."""
    height, width = picture.shape[:2]
    longer = max(height, width)
    return max(1, round(width * cell / longer)), max(1, round(height * cell / longer))


def tiled(items: Tensor | NDArray[Any], columns: int, times: int = 2) -> bytes:
    """Pictures side by side without gaps, as for a decoded plane: a PNG file."""
    found = cells(items)
    rows = [np.concatenate(found[start : start + columns], 1) for start in range(0, len(found), columns)]
    return png(np.concatenate(rows, 0).repeat(times, 0).repeat(times, 1))


def scatter(
    points: NDArray[Any], labels: Tensor, axes: tuple[str, str], names: Sequence[str] = tuple("0123456789")
) -> bytes:
    """Points (N, 2) in the colours of their classes, with a bar of the colours: a PNG file."""
    from matplotlib.colors import BoundaryNorm, ListedColormap

    figure, plot = new_figure(6.9, 5.4)
    order = np.random.default_rng(0).permutation(len(points))
    count = len(names)
    colours, bounds = ListedColormap(list(PALETTE[:count])), BoundaryNorm(np.arange(count + 1) - 0.5, count)
    size = float(np.clip(30_000 / len(points), 3, 26))
    dots = plot.scatter(
        *points[order].T, c=labels.numpy()[order], cmap=colours, norm=bounds, s=size, alpha=0.75, linewidths=0
    )
    bar = figure.colorbar(dots, ax=plot, ticks=range(count), pad=0.02, aspect=28)
    bar.ax.set_yticklabels(names, fontsize=9)
    bar.solids.set_alpha(1)
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0)
    plot.set(xlabel=axes[0], ylabel=axes[1])
    return drawn(figure)


def lines(
    x: Sequence[float],
    curves: Mapping[str, Sequence[float]],
    axes: tuple[str, str],
    level: float | None = None,
) -> bytes:
    """Curves over one axis, each named at its end, and maybe a dashed level: a PNG file."""
    figure, plot = new_figure(6.9, 3.1)
    for number, (name, curve) in enumerate(curves.items()):
        marker = "o" if len(x) < 12 else None
        plot.plot(x, curve, color=PALETTE[number], linewidth=2, marker=marker, markersize=4, label=name)
    if level is not None:
        plot.axhline(level, color="#9aa3ad", linewidth=1, linestyle=(0, (4, 3)))
    if len(curves) > 1:
        plot.legend(frameon=False, fontsize=9)
    plot.set(xlabel=axes[0], ylabel=axes[1])
    return drawn(figure)


def bars(groups: Mapping[str, Mapping[str, float]], axis: str, form: str = ".0%") -> bytes:
    """Groups of bars, a bar for each name, its value written above it: a PNG file."""
    figure, plot = new_figure(6.9, 3.1)
    names = list(next(iter(groups.values())))
    width = 0.8 / len(names)
    for number, name in enumerate(names):
        places = [group + (number - (len(names) - 1) / 2) * width for group in range(len(groups))]
        values = [group[name] for group in groups.values()]
        plot.bar(places, values, width * 0.92, color=PALETTE[number], label=name)
        for place, value in zip(places, values, strict=True):
            plot.annotate(
                format(value, form),
                (place, value),
                (0, 3),
                textcoords="offset points",
                ha="center",
                fontsize=8,
            )
    plot.set_xticks(range(len(groups)), list(groups))
    plot.grid(False, axis="x")
    plot.margins(y=0.14)
    plot.set_ylabel(axis)
    if len(names) > 1:
        plot.legend(frameon=False, fontsize=9, ncols=len(names), loc="lower left", bbox_to_anchor=(0, 1))
    return drawn(figure)


def drawn(figure: Any) -> bytes:
    """A figure as a PNG file, at the page's double size."""
    figure.set_dpi(DPI)
    return rendered(figure)
