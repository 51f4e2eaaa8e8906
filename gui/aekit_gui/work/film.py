# Films: pictures of one size, enlarged without blur, as GIF, or as MP4 by way of ffmpeg.
"""Films: pictures of one size, enlarged without blur, as GIF, or as MP4 by way of ffmpeg."""

from __future__ import annotations

import contextlib
import io
import math
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from aekit.errors import AekitError, UsageError
from aekit.files import cannot_write
from aekit.views import PAPER, Pixels

SMALLEST = 240  # pixels of the longer side, at least
LARGEST = 1280  # pixels of either side, at most
SMOOTH = 30  # frames a second of an MP4, at least: some players stumble over fewer
PATIENCE = 120.0  # seconds that ffmpeg gets for what it has not written yet
COLOURS = 256


def as_rgb(picture: Any) -> Pixels:
    """A view's picture as (H, W, 3) uint8.

    Raises:
        UsageError: it is none.
    """
    pixels = np.asarray(picture)
    if pixels.ndim == 2:
        pixels = np.repeat(pixels[..., None], 3, 2)
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or 0 in pixels.shape:
        raise UsageError(
            f"A picture must be (H, W, 3) or (H, W) of uint8 (received {pixels.shape} of {pixels.dtype}): "
            "the plugin's view cannot be drawn. Export arrays instead."
        )
    return pixels


@dataclass(frozen=True)
class Film:
    """Pictures of one size.

    Attributes:
        pictures: (h, w, 3) each.
        times: by how much each is enlarged.
    """

    pictures: list[Pixels]
    times: int

    def __len__(self) -> int:
        return len(self.pictures)


def film(pictures: Sequence[Pixels]) -> Film:
    """Pictures (H, W, 3) on a ground of one size, so that the smallest can be looked at and no one is huge."""
    fitting = [shrunk(picture) for picture in pictures]
    height = max(picture.shape[0] for picture in fitting)
    width = max(picture.shape[1] for picture in fitting)
    times = max(1, math.ceil(SMALLEST / max(height, width)))
    return Film([on_ground(picture, height, width) for picture in fitting], times)


def shrunk(picture: Pixels) -> Pixels:
    """A picture whose sides are at most `LARGEST`."""
    longest = max(picture.shape[:2])
    if longest <= LARGEST:
        return picture
    from PIL import Image

    width, height = (max(1, round(picture.shape[axis] * LARGEST / longest)) for axis in (1, 0))
    step = longest // (2 * LARGEST) or 1  # of a picture of 100 million pixels, most are never touched
    thinned = np.ascontiguousarray(picture[::step, ::step])
    return np.asarray(Image.fromarray(thinned).resize((width, height), Image.Resampling.LANCZOS))


def on_ground(picture: Pixels, height: int, width: int) -> Pixels:
    """A picture in the middle of a ground (height, width, 3)."""
    if picture.shape[:2] == (height, width):
        return picture
    ground = np.full((height, width, 3), PAPER, np.uint8)
    top, left = (height - picture.shape[0]) // 2, (width - picture.shape[1]) // 2
    ground[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return ground


# ---- GIF ----------------------------------------------------------------------------------------------


def gif(film: Film, seconds: float, loop: bool) -> bytes:
    """A film as a GIF; each picture has a palette of its own, so that those of up to 256 colours keep them.

    Args:
        seconds: of each picture; GIF counts hundredths.
        loop: over and over, or once.
    """
    from PIL import Image

    def frame(pixels: Pixels) -> Any:
        paletted = with_palette(pixels)
        size = (paletted.width * film.times, paletted.height * film.times)
        return paletted.resize(size, Image.Resampling.NEAREST)

    first, *others = [frame(pixels) for pixels in film.pictures]
    buffer = io.BytesIO()
    again = {"loop": 0} if loop else {}
    duration = 10 * max(2, round(100 * seconds))
    first.save(buffer, "GIF", save_all=True, append_images=others, duration=duration, disposal=1, **again)
    return buffer.getvalue()


def with_palette(pixels: Pixels) -> Any:
    """A picture with its best 256 colours: its own ones where it has no more."""
    from PIL import Image

    height, width, _ = pixels.shape
    packed = pixels.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    colours, index = np.unique(packed, return_inverse=True)
    if len(colours) > COLOURS:
        image = Image.fromarray(np.ascontiguousarray(pixels))
        return image.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    paletted = Image.fromarray(index.reshape(height, width).astype(np.uint8), "P")
    channels = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], 1)
    paletted.putpalette(channels.astype(np.uint8).tobytes())
    return paletted


# ---- MP4 ----------------------------------------------------------------------------------------------


def has_ffmpeg() -> bool:
    """Whether ffmpeg is on the PATH."""
    return shutil.which("ffmpeg") is not None


def mp4(film: Film, seconds: float, path: Path, aside: Path, tell: Callable[[int], None]) -> None:
    """Write a film as an MP4 to `path`, made at `aside` until it is whole.

    Args:
        tell: called with how many pictures ffmpeg has taken; what it raises ends the writing.

    Raises:
        AekitError: ffmpeg could not write it.
    """
    first = enlarged_even(film.pictures[0], film.times)
    with tempfile.TemporaryFile() as complaints, process(first.shape, seconds, aside, complaints) as ffmpeg:
        whole = False
        try:
            feed(ffmpeg, film, tell)
            whole = ffmpeg.wait(PATIENCE) == 0
            if not whole:
                raise AekitError(f"ffmpeg could not write {path}: {last_line(complaints)}")
            sync(aside)
            aside.replace(path)
        except subprocess.TimeoutExpired as error:
            raise AekitError(f"ffmpeg did not come to an end with {path}. Export a GIF instead.") from error
        except OSError as error:
            raise cannot_write(path, error) from error
        finally:
            ffmpeg.kill()
            ffmpeg.wait()
            aside.unlink(missing_ok=True)


@contextlib.contextmanager
def process(
    shape: tuple[int, ...], seconds: float, aside: Path, complaints: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """ffmpeg, taking raw frames through a pipe; its pipe is closed at the end, whatever happens.

    Raises:
        AekitError: it cannot be started.
    """
    try:
        ffmpeg = subprocess.Popen(
            command(shape, seconds, aside),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
        )
    except OSError as error:
        raise AekitError(
            f"ffmpeg cannot be started: {error.strerror or error}. Export a GIF instead."
        ) from error
    try:
        yield ffmpeg
    finally:
        assert ffmpeg.stdin is not None
        with contextlib.suppress(OSError):
            ffmpeg.stdin.close()


def command(shape: tuple[int, ...], seconds: float, aside: Path) -> list[str]:
    """The command line that makes raw RGB frames of `shape` (H, W, 3) into an MP4."""
    rate = 1 / seconds
    listed = subprocess.run(
        ["ffmpeg", "-hide_banner", "-v", "error", "-encoders"], capture_output=True, text=True, check=False
    )
    best = ["libx264", "-crf", "14", "-preset", "fast", "-tune", "animation"]
    codec = best if "libx264" in listed.stdout else ["mpeg4", "-q:v", "2"]
    taken = [
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-s",
        f"{shape[1]}x{shape[0]}",
        "-r",
        f"{rate:.6f}",
        "-i",
        "-",
    ]
    smooth = ["-vf", f"fps={max(SMOOTH, math.ceil(rate))}", "-pix_fmt", "yuv420p", "-movflags", "+faststart"]
    return ["ffmpeg", "-v", "error", "-y", *taken, "-an", "-c:v", *codec, *smooth, "-f", "mp4", str(aside)]


def feed(ffmpeg: subprocess.Popen[bytes], film: Film, tell: Callable[[int], None]) -> None:
    """Hand all pictures to ffmpeg; where it has ended early, its status says so."""
    assert ffmpeg.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        for number, pixels in enumerate(film.pictures):
            ffmpeg.stdin.write(enlarged_even(pixels, film.times).tobytes())
            tell(number + 1)
        ffmpeg.stdin.close()


def enlarged_even(pixels: Pixels, times: int) -> Pixels:
    """A picture enlarged without blur, its sides made even by repeating the last row and column."""
    large = pixels.repeat(times, 0).repeat(times, 1)
    odd = (large.shape[0] % 2, large.shape[1] % 2)
    return np.pad(large, ((0, odd[0]), (0, odd[1]), (0, 0)), mode="edge") if any(odd) else large


def last_line(complaints: Any) -> str:
    """The end of what ffmpeg complained of, as one sentence."""
    complaints.seek(0)
    lines = complaints.read().decode(errors="replace").strip().splitlines()
    text = lines[-1].strip().rstrip(".") if lines else "it gave no reason"
    return f"{text}. Free some space or choose another place, or export a GIF."


def sync(path: Path) -> None:
    """Have a file's content on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
