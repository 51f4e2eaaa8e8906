# Samples as audio files.
"""Samples as audio files, through libsndfile. `soundfile` is imported when something is written."""

from __future__ import annotations

import base64
import io

import numpy as np
from numpy.typing import NDArray

from aekit.errors import UsageError

CODINGS = {  # what libsndfile calls each ending
    "wav": ("WAV", "PCM_16"),
    "flac": ("FLAC", "PCM_16"),
    "ogg": ("OGG", "VORBIS"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
}
PAGE_RATE = 22_050  # of a WAV file in a page, where MP3 cannot be written


def encode_audio(samples: NDArray[np.float32], rate: int, ending: str) -> bytes:
    """Samples (N,) or (N, channels) in [-1, 1] as the bytes of a file; outside they are clipped.

    Raises:
        UsageError: this libsndfile does not write the format.
    """
    import soundfile

    format, coding = CODINGS[ending]
    if format not in soundfile.available_formats():
        raise UsageError(f"The installed libsndfile writes no .{ending}; take .wav, or upgrade soundfile.")
    buffer = io.BytesIO()
    soundfile.write(buffer, np.clip(samples, -1, 1), rate, format=format, subtype=coding)
    return buffer.getvalue()


def for_pages(samples: NDArray[np.float32], rate: int) -> tuple[str, bytes]:
    """A small file that every browser plays, with its media type: MP3, else WAV at half the rate."""
    try:
        return "audio/mpeg", encode_audio(samples, rate, "mp3")
    except UsageError:
        step = max(1, rate // PAGE_RATE)
        whole = samples[: len(samples) // step * step]
        lower = whole.reshape(-1, step, *samples.shape[1:]).mean(1, dtype=np.float32)
        return "audio/wav", encode_audio(lower, rate // step, "wav")


def player(samples: NDArray[np.float32], rate: int) -> str:
    """An HTML player that holds the sound."""
    kind, data = for_pages(samples, rate)
    return f'<audio controls preload="metadata" src="data:{kind};base64,{base64.b64encode(data).decode()}"></audio>'
