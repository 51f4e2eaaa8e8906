# Decodes pictures: the bytes of one picture file to an array of a given shape, or one line that says why not.
"""Decodes pictures: the bytes of one picture file to an array of a given shape, or one line that says why not.

    python -m aekit_image.decoding

is a worker of `crew.py`: it reads one line of JSON for each batch, and answers for each file with one line of JSON
and the picture's bytes. Loads no torch.
"""

from __future__ import annotations

import hashlib
import io
import json
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from aekit.crew import answer_requests
from aekit.errors import DataError

if TYPE_CHECKING:
    from PIL.Image import Image

Found = TypeVar("Found")

MOST_BYTES = 512 * 2**20
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM", "TGA", "ICO", "AVIF", "JPEG2000")
TRANSPARENT = ("RGBA", "LA", "PA", "RGBa", "La")
DEEP_GREY = ("I", "I;16", "I;16B", "I;16L", "I;16N", "F")


class Frame(NamedTuple):
    """The shape that pictures are brought to: channels (1 grey, 3 colour), height and width in pixels."""

    channels: int
    height: int
    width: int


class White(NamedTuple):
    """The level that is white in grey files of more than 8 bits, of `whole` and of `real` numbers.

    None stands for what a file tells by itself: 65,535, and 1 or 255 as its own levels reach.
    """

    whole: int | None = None
    real: float | None = None


BY_ITSELF = White()


class Decoded(NamedTuple):
    """What became of one file.

    Attributes:
        pixels: (C, H, W) uint8; None where the file was refused.
        reason: why it was refused; "" where it was not.
        content: a number of 32 bits that depends on the file's bytes alone.
    """

    pixels: NDArray[np.uint8] | None
    reason: str
    content: int


def decode_file(path: Path, frame: Frame, white: White = BY_ITSELF) -> Decoded:
    """Decode one file; what is wrong with it comes back as the reason."""
    try:
        data = read_bytes(path)
        return Decoded(framed(open_picture(data, frame, white), frame), "", content_number(data))
    except DataError as error:
        return Decoded(None, str(error), 0)


def read_bytes(path: Path) -> bytes:
    """The bytes of a picture file.

    Raises:
        DataError: it cannot be read, is empty, or larger than any picture should be.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise DataError(f"larger than {MOST_BYTES >> 20} MB ({size >> 20} MB)")
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror or error})") from None
    if not data:
        raise DataError("an empty file")
    return data


def content_number(data: bytes) -> int:
    """A number of 32 bits that depends on `data` alone."""
    return int.from_bytes(hashlib.sha256(data).digest()[:4], "big")


def open_picture(data: bytes, frame: Frame | None = None, white: White = BY_ITSELF) -> Image:
    """The upright picture in a file's bytes, its transparency over white, as mode L or RGB.

    JPEG files are opened at a reduced scale where `frame` is much smaller.

    Raises:
        DataError: no picture, cut short, damaged, or so large that it may be meant to harm.
    """
    return opened(data, lambda image: upright(image, frame, white))


def opened(data: bytes, use: Callable[[Image], Found]) -> Found:
    """What `use` makes of the picture in a file's bytes.

    Raises:
        DataError: as `open_picture`.
    """
    from PIL import Image, UnidentifiedImageError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                return use(image)
        except UnidentifiedImageError:
            raise DataError("not a picture") from None
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            raise DataError(f"more than {Image.MAX_IMAGE_PIXELS:,} pixels once unpacked") from None
        except DataError:
            raise
        except Exception as error:  # a damaged file may raise almost anything in a codec
            raise DataError(f"cut short or damaged ({one_line(error)})") from None


def one_line(error: Exception) -> str:
    """The first line of an error's message, or its kind."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:120]


def white_of(paths: Iterable[Path]) -> White:
    """The levels that are white in a folder's deep grey files, from a sample of them.

    Of whole numbers the highest of as many bits as the largest level found takes, of 8 at least: a camera of 12 bits
    leaves the upper levels of a file of 16 empty.
    """
    whole, real = [], []
    for path in paths:
        try:
            levels = opened(read_bytes(path), deep_levels)
        except DataError:
            continue
        if levels is not None and np.issubdtype(levels.dtype, np.integer):
            whole.append(2 ** max(8, int(levels.max()).bit_length()) - 1)
        elif levels is not None and np.isfinite(levels).all():
            real.append(1.0 if levels.max() <= 1 else 255.0)
    return White(max(whole, default=None), max(real, default=None))


def deep_levels(image: Image) -> NDArray[np.generic] | None:
    """The levels of an opened picture that is grey of more than 8 bits; None of others."""
    return np.asarray(image) if image.mode in DEEP_GREY else None


def upright(image: Image, frame: Frame | None, white: White) -> Image:
    """A decoded copy of an opened picture, turned as its EXIF says, as mode L or RGB."""
    if frame is not None:
        side = 2 * max(frame.height, frame.width)
        image.draft("L" if frame.channels == 1 else "RGB", (side, side))
    image.load()
    return over_white(turned(image), white)


def turned(image: Image) -> Image:
    """The picture turned as its EXIF says; as it is where the EXIF is damaged."""
    from PIL import ImageOps

    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # the pixels are whole, and a damaged note about them may raise almost anything
        return image


def over_white(image: Image, white: White) -> Image:
    """Any picture as mode L or RGB: transparency over white, deep grey brought to 256 levels."""
    from PIL import Image as Images

    if image.mode in DEEP_GREY:
        return Images.fromarray(shallow(np.asarray(image), white))
    if image.mode in TRANSPARENT or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Images.new("RGBA", image.size, "white")
        grey = image.convert("RGB")
        image = Images.alpha_composite(paper, image).convert("L" if colourless(grey) else "RGB")
    if image.mode in ("1", "L"):
        return image.convert("L")
    return image if image.mode == "RGB" else image.convert("RGB")


def colourless(image: Image) -> bool:
    """Whether an RGB picture has nothing but greys."""
    red, green, blue = image.split()
    return red.tobytes() == green.tobytes() == blue.tobytes()


def shallow(deep: NDArray[np.generic], white: White) -> NDArray[np.uint8]:
    """Grey of 16 bits, or of real numbers in [0, 1] or [0, 255], to 256 levels.

    Raises:
        DataError: a real number is infinite, not a number, or out of range.
    """
    values = deep.astype(np.float64)
    if not np.isfinite(values).all():
        raise DataError("holds levels that are no numbers")
    if not np.issubdtype(deep.dtype, np.floating):
        return np.clip(np.rint(values * (255.0 / (white.whole or 65535.0))), 0, 255).astype(np.uint8)
    most = white.real or 255.0
    if values.min() < 0 or values.max() > most:
        ranges = "[0, 1] or [0, 255]" if white.real is None else f"[0, {most:g}] as those of its folder do"
        raise DataError(
            f"levels of real numbers should lie in {ranges} (from {values.min():.4g} to {values.max():.4g})"
        )
    scale = 255.0 / (white.real or (1.0 if values.max() <= 1 else 255.0))
    return np.clip(np.rint(values * scale), 0, 255).astype(np.uint8)


def framed(image: Image, frame: Frame) -> NDArray[np.uint8]:
    """A picture of mode L or RGB, its middle cut to the frame's proportions and averaged down: (C, H, W)."""
    from PIL import Image as Images
    from PIL import ImageOps

    image = image.convert("L" if frame.channels == 1 else "RGB")
    if image.size != (frame.width, frame.height):
        shrinks = image.width >= frame.width and image.height >= frame.height
        method = Images.Resampling.BOX if shrinks else Images.Resampling.BICUBIC
        image = ImageOps.fit(image, (frame.width, frame.height), method)
    pixels = np.asarray(image)
    return pixels[None] if frame.channels == 1 else np.ascontiguousarray(pixels.transpose(2, 0, 1))


def answer(request: str, out: BinaryIO) -> None:
    """Decode the batch that one line of JSON asks for, and write the answers."""
    asked = json.loads(request)
    frame, white = Frame(*asked["frame"]), White(*asked["white"])
    for path in asked["paths"]:
        decoded = decode_file(Path(path), frame, white)
        out.write(json.dumps({"reason": decoded.reason, "content": decoded.content}).encode() + b"\n")
        if decoded.pixels is not None:
            out.write(decoded.pixels.tobytes())
        out.flush()


if __name__ == "__main__":
    answer_requests(answer)
