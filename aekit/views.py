# Views: the closed set of things that a decoded item can be shown, heard and saved as.
"""Views: the closed set of things that a decoded item can be shown, heard and saved as.

Every view has a `picture` (so that any kind stands in a grid, a notebook or a report) and saves itself in
the formats that it lists; some can be heard, and joined to one long piece. NumPy alone; Pillow, mido and
soundfile are imported when something is drawn or written.
"""

from __future__ import annotations

import html
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit.heard import Heard as Heard
from aekit.heard import Note as Note
from aekit.heard import Notes as Notes
from aekit.heard import Sound as Sound
from aekit.view import HUES as HUES
from aekit.view import INK as INK
from aekit.view import PAPER as PAPER
from aekit.view import RULE as RULE
from aekit.view import Pixels as Pixels
from aekit.view import View as View
from aekit.view import blank as blank
from aekit.view import encode_image as encode_image
from aekit.view import png as png


@dataclass(frozen=True)
class Picture(View):
    """A picture: (H, W, 3) or (H, W) uint8."""

    pixels: Pixels
    formats = ("png", "jpg", "webp")

    def picture(self) -> Pixels:
        grey = self.pixels.ndim == 2
        return np.repeat(self.pixels[..., None], 3, 2) if grey else self.pixels

    def encoded(self, ending: str) -> bytes:
        return encode_image(self.pixels, {"jpg": "JPEG"}.get(ending, ending.upper()))


@dataclass(frozen=True)
class Curves(View):
    """Named curves over one axis: x (N,), each of `curves` (N,); NaN is a gap."""

    x: NDArray[np.floating[Any]]
    curves: dict[str, NDArray[np.floating[Any]]]
    x_name: str = ""
    formats = ("png", "csv")

    def picture(self) -> Pixels:
        from PIL import ImageDraw

        width, height, edge = 240, 140, 14
        image = blank(width, height)
        draw = ImageDraw.Draw(image)
        draw.rectangle((edge, edge, width - edge, height - edge), outline=RULE)
        everything = np.concatenate(
            [np.asarray(curve, float) for curve in self.curves.values()] or [np.zeros(1)]
        )
        finite = everything[np.isfinite(everything)]
        low, high = (finite.min(), finite.max()) if len(finite) else (0.0, 1.0)
        across = (np.asarray(self.x, float) - self.x[0]) / (float(self.x[-1] - self.x[0]) or 1.0)
        for number, (name, curve) in enumerate(self.curves.items()):
            up = (np.asarray(curve, float) - low) / ((high - low) or 1.0)
            hue = HUES[number % len(HUES)]
            points = np.stack(
                [edge + across * (width - 2 * edge), height - edge - up * (height - 2 * edge)], 1
            )
            for piece in unbroken(points):
                if len(piece) == 1:
                    draw.ellipse((*(piece[0] - 1.5), *(piece[0] + 1.5)), fill=hue)
                else:
                    draw.line([*map(tuple, piece.tolist())], fill=hue, width=2)
            draw.text((edge + 4, edge + 2 + 12 * number), name, fill=hue)
        draw.text((width - edge - 3, edge + 2), f"{high:.3g}", fill=INK, anchor="ra")
        draw.text((width - edge - 3, height - edge - 3), f"{low:.3g}", fill=INK, anchor="rd")
        return np.asarray(image)

    def encoded(self, ending: str) -> bytes:
        if ending == "png":
            return super().encoded(ending)
        rows = zip(self.x, *self.curves.values(), strict=True)
        return csv_bytes([self.x_name or "x", *self.curves], rows)


@dataclass(frozen=True)
class Table(View):
    """Rows of cells under column names; numbers are shown to four figures."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    formats = ("csv", "json", "png")
    folder_formats = ("csv",)

    def picture(self) -> Pixels:
        from PIL import ImageDraw, ImageFont

        font = ImageFont.load_default(13)
        lines = [list(self.columns), *([shown(cell) for cell in row] for row in self.rows)]
        if not any(self.columns):
            del lines[0]
        widths = [
            max(int(font.getlength(line[column])) for line in lines) + 16 for column in range(len(lines[0]))
        ]
        image = blank(sum(widths) + 1, 22 * len(lines) + 1)
        draw = ImageDraw.Draw(image)
        for number, line in enumerate(lines):
            left = 0
            for cell, width in zip(line, widths, strict=True):
                draw.text((left + 8, 22 * number + 3), cell, fill=INK, font=font)
                left += width
            draw.line((0, 22 * number + 22, image.width, 22 * number + 22), fill=RULE)
        return np.asarray(image)

    def encoded(self, ending: str) -> bytes:
        if ending == "png":
            return super().encoded(ending)
        if ending == "csv":
            return csv_bytes(self.columns, self.rows)
        return json.dumps([dict(zip(self.columns, row, strict=True)) for row in self.rows]).encode()

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(shown(cell))}</td>" for cell in row) + "</tr>"
            for row in self.rows
        )
        return f"<table><tr>{head}</tr>{body}</table>"


def unbroken(points: NDArray[np.floating[Any]]) -> list[NDArray[np.floating[Any]]]:
    """The parts of a row of points (N, 2) between those that have no place, each (K, 2) with K at least 1."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], np.isfinite(points).all(1), [False]])))
    return [points[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]


def shown(cell: Any) -> str:
    """A cell as people read it."""
    if cell is None or (isinstance(cell, float) and np.isnan(cell)):
        return "-"
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)


def csv_bytes(columns: Sequence[str], rows: Any) -> bytes:
    """Rows under column names, as UTF-8 CSV."""
    import csv

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return buffer.getvalue().encode()
