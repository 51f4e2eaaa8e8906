# Views: the closed set of things that a decoded item can be shown, heard and saved as.
"""Views: the closed set of things that a decoded item can be shown, heard and saved as.

Every view has a `picture` (so that any kind stands in a grid, a notebook or a report) and saves itself in
the formats that it lists. NumPy alone; Pillow is imported when something is drawn.
"""

from __future__ import annotations

import base64
import html
import io
import json
import wave
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from aekit.errors import UsageError

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels = NDArray[np.uint8]

INK = (30, 34, 42)
PAPER = (255, 255, 255)
RULE = (214, 218, 226)
HUES = ((38, 98, 160), (204, 92, 44), (46, 134, 92), (150, 78, 150), (170, 130, 20), (70, 140, 160))


class View:
    """Base of the five kinds."""

    formats: ClassVar[tuple[str, ...]] = ("png",)

    def picture(self) -> Pixels:
        """The view drawn as (H, W, 3) RGB."""
        raise NotImplementedError

    def save(self, path: Path | str) -> Path:
        """Write the view in the format that the name ends in.

        Raises:
            UsageError: the ending is not among `formats`.
        """
        path = Path(path)
        ending = path.suffix.lstrip(".").lower()
        if ending not in self.formats:
            listing = ", ".join("." + name for name in self.formats)
            raise UsageError(f"A {type(self).__name__} saves as {listing} (received '{path.name}').")
        path.write_bytes(self.encoded(ending))
        return path

    def encoded(self, ending: str) -> bytes:
        """The bytes of the file in one of `formats`."""
        return png(self.picture())

    def _repr_png_(self) -> bytes:
        return png(self.picture())


@dataclass(frozen=True)
class Picture(View):
    """A picture: (H, W, 3) or (H, W) uint8."""

    pixels: Pixels
    formats: ClassVar[tuple[str, ...]] = ("png", "jpg", "webp")

    def picture(self) -> Pixels:
        grey = self.pixels.ndim == 2
        return np.repeat(self.pixels[..., None], 3, 2) if grey else self.pixels

    def encoded(self, ending: str) -> bytes:
        return encode_image(self.pixels, {"jpg": "JPEG"}.get(ending, ending.upper()))


@dataclass(frozen=True)
class Note:
    """One note: MIDI pitch (0 to 127), start and end in seconds, velocity (1 to 127)."""

    pitch: int
    start: float
    end: float
    velocity: int = 96
    instrument: str = "piano"


@dataclass(frozen=True)
class Notes(View):
    """A passage of notes over `seconds`."""

    notes: tuple[Note, ...]
    seconds: float
    formats: ClassVar[tuple[str, ...]] = ("png", "json")

    def picture(self) -> Pixels:
        pitches = [note.pitch for note in self.notes] or [60]
        low, high = min(pitches) - 2, max(pitches) + 3
        row, width = 6, max(96, round(self.seconds * 60))
        canvas = np.full(((high - low) * row, width, 3), 255, np.uint8)
        for pitch in range(low, high):
            if pitch % 12 in (1, 3, 6, 8, 10):
                canvas[(high - 1 - pitch) * row : (high - pitch) * row] = (244, 245, 248)
        names = sorted({note.instrument for note in self.notes})
        for note in self.notes:
            top = (high - 1 - note.pitch) * row
            left, right = (round(at / max(self.seconds, 1e-9) * width) for at in (note.start, note.end))
            canvas[top : top + row - 1, left : max(right - 1, left + 1)] = HUES[
                names.index(note.instrument) % len(HUES)
            ]
        return canvas

    def encoded(self, ending: str) -> bytes:
        if ending == "png":
            return super().encoded(ending)
        return json.dumps({"seconds": self.seconds, "notes": [asdict(note) for note in self.notes]}).encode()


@dataclass(frozen=True)
class Sound(View):
    """A sound: (samples,) or (samples, channels) in [-1, 1], at `rate` hertz."""

    samples: NDArray[np.float32]
    rate: int
    formats: ClassVar[tuple[str, ...]] = ("wav", "png")

    def picture(self) -> Pixels:
        mono = self.samples if self.samples.ndim == 1 else self.samples.mean(1)
        width, height = 320, 72
        canvas = np.full((height, width, 3), 255, np.uint8)
        for column, piece in enumerate(np.array_split(mono, width)):
            low, high = (float(piece.min()), float(piece.max())) if len(piece) else (0.0, 0.0)
            top, bottom = (round((1 - level) * 0.5 * (height - 1)) for level in (high, low))
            canvas[max(top, 0) : bottom + 1, column] = HUES[0]
        return canvas

    def encoded(self, ending: str) -> bytes:
        if ending == "png":
            return super().encoded(ending)
        levels = (np.clip(self.samples, -1, 1) * 32767).astype("<i2")
        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as file:
            file.setnchannels(1 if levels.ndim == 1 else levels.shape[1])
            file.setsampwidth(2)
            file.setframerate(self.rate)
            file.writeframes(levels.tobytes())
        return buffer.getvalue()

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.encoded("wav")).decode()
        return f'<audio controls src="data:audio/wav;base64,{data}"></audio>'


@dataclass(frozen=True)
class Curves(View):
    """Named curves over one axis: x (N,), each of `curves` (N,)."""

    x: NDArray[np.floating[Any]]
    curves: dict[str, NDArray[np.floating[Any]]]
    x_name: str = ""
    formats: ClassVar[tuple[str, ...]] = ("png", "csv")

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
            points = [
                (edge + a * (width - 2 * edge), height - edge - u * (height - 2 * edge))
                for a, u in zip(across, up, strict=True)
                if np.isfinite(u)
            ]
            draw.line(points, fill=HUES[number % len(HUES)], width=2)
            draw.text((edge + 4, edge + 2 + 12 * number), name, fill=HUES[number % len(HUES)])
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
    formats: ClassVar[tuple[str, ...]] = ("csv", "json", "png")

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


def shown(cell: Any) -> str:
    """A cell as people read it."""
    if cell is None or (isinstance(cell, float) and np.isnan(cell)):
        return "-"
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)


def blank(width: int, height: int) -> Image:
    """An empty RGB picture."""
    from PIL import Image

    return Image.new("RGB", (max(width, 1), max(height, 1)), PAPER)


def encode_image(pixels: Pixels, format: str) -> bytes:
    """Pixels (H, W, 3) or (H, W) as a file of the given Pillow format."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, format=format)
    return buffer.getvalue()


def png(pixels: Pixels) -> bytes:
    """Pixels (H, W, 3) or (H, W) as a PNG file."""
    return encode_image(pixels, "PNG")


def csv_bytes(columns: Sequence[str], rows: Any) -> bytes:
    """Rows under column names, as UTF-8 CSV."""
    import csv

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return buffer.getvalue().encode()
