# View: what all kinds of views.py share, and how pictures are made into files.
"""View: what all kinds of `views.py` share, and how pictures are made into files."""

from __future__ import annotations

import io
from collections.abc import Sequence
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
    """Base of the five kinds.

    Attributes:
        formats: what it saves as.
        folder_formats: the files of one item in a folder of many.
        joined_formats: those in which several views are one continuous piece; see `joined`.
    """

    formats: ClassVar[tuple[str, ...]] = ("png",)
    folder_formats: ClassVar[tuple[str, ...]] = ("png",)
    joined_formats: ClassVar[tuple[str, ...]] = ()

    def picture(self) -> Pixels:
        """The view drawn as (H, W, 3) RGB."""
        raise NotImplementedError

    @classmethod
    def pictures(cls, views: Sequence[Any], large: bool = False) -> list[Pixels]:
        """Views of this kind, drawn so that they can be compared side by side; `large` where there is room."""
        return [view.picture() for view in views]

    @classmethod
    def joined(cls, views: Sequence[Any]) -> View:
        """Views of this kind, one after another, as one; only where `joined_formats` has any."""
        raise NotImplementedError(f"Views of the kind {cls.__name__} cannot be joined.")

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
