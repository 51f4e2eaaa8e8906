# Notes played by a person's own SoundFont.
"""Notes played by a person's own SoundFont (SF2), by midirenderer, which is imported here alone."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aekit.errors import DataError, UsageError
from aekit.midi import midi_file

if TYPE_CHECKING:
    from aekit.heard import Note

TEMPO = 120.0  # of the grid that the notes are handed over on: a tick is about a millisecond
SILENT = 1e-4  # the player gives 16 bits


def play(
    notes: Sequence[Note], seconds: float, rate: int, soundfont: Path | str, tail: float
) -> NDArray[np.float32]:
    """Notes that begin within [0, seconds) as mono samples, ringing on for up to `tail` seconds.

    Raises:
        DataError: the file is missing, or is no SoundFont.
        UsageError: midirenderer is not installed.
    """
    import soundfile

    player = library()
    inside = [replace(note, end=min(note.end, seconds)) for note in notes if 0 <= note.start < seconds]
    try:
        data = player.render_wave_from(content(str(soundfont)), midi_file(inside, seconds + tail, TEMPO))
    except (RuntimeError, ValueError) as error:
        raise DataError(
            f"{soundfont} is no SoundFont that can be read: {error}; expected an SF2 file."
        ) from error
    stereo, own_rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    mixed = resampled(stereo.mean(1), own_rate, rate)[: round((seconds + tail) * rate)]
    heard = np.flatnonzero(np.abs(mixed) > SILENT)
    return mixed[: heard[-1] + 1 if len(heard) else 0]


def library() -> Any:
    """The package midirenderer.

    Raises:
        UsageError: it is not installed.
    """
    try:
        import midirenderer
    except ImportError as error:
        raise UsageError(
            "Playing a SoundFont needs midirenderer, which is not installed: pip install 'aekit[soundfont]'"
        ) from error
    return midirenderer


@lru_cache(maxsize=1)
def content(path: str) -> bytes:
    """The bytes of a SoundFont.

    Raises:
        DataError: there is no such file.
    """
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise DataError(f"The SoundFont {path} cannot be read: {error.strerror}.") from error


def resampled(samples: NDArray[np.float32], rate: int, wanted: int) -> NDArray[np.float32]:
    """Samples (N,) at another rate, by their spectrum."""
    if rate == wanted:
        return samples
    common = math.gcd(rate, wanted)
    blocks = 1 << (len(samples) * common // rate).bit_length()  # a power of two, with silence behind
    spectrum = np.fft.rfft(samples, blocks * rate // common)
    made = np.fft.irfft(spectrum[: blocks * wanted // common // 2 + 1], blocks * wanted // common)
    return np.asarray(made[: len(samples) * wanted // rate] * (wanted / rate), np.float32)
