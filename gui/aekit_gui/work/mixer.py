# Sounds mixed for a device: no clicks at starts, stops, seams and changes of the volume. NumPy alone.
"""Sounds mixed for a device: no clicks at starts, stops, seams and changes of the volume. NumPy alone."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit.errors import UsageError

Samples = NDArray[np.float32]
Floats = NDArray[np.float64]

RATE = 44_100  # hertz, before a device is asked
FADE = 0.005  # seconds
MOST_VOICES = 8  # sounds that fade out at a time
STEEPEST = 4.0  # a seam that jumps further than the steps beside it, so many times, is faded


class Voice:
    """One sound on its way out.

    Attributes:
        at: the place in the sound, its own frames.
        done: whether nothing more will come.
    """

    def __init__(self, number: int, samples: Samples, step: float, loop: bool, fade: int) -> None:
        """Take a sound.

        Args:
            samples: (N,) or (N, channels).
            step: frames of the sound for each frame that is asked for.
            fade: frames of a fade that are asked for.
        """
        self.number, self.samples, self.step, self.loop, self.fade = number, samples, step, loop, fade
        self.edges = not (loop and meets(samples))
        self.at = 0.0
        self.age = 0
        self.left: int | None = None  # frames until silence, once it was let go
        self.done = len(samples) == 0

    def begin_at(self, frame: float) -> None:
        """Begin at a frame of the sound instead of its start."""
        if len(self.samples):
            self.at = max(0.0, frame) % len(self.samples) if self.loop else max(0.0, frame)
            self.done = self.at >= len(self.samples)

    def let_go(self) -> None:
        """Fade out from now on; what was never heard just ends."""
        if self.age == 0:
            self.done = True
        elif self.left is None:
            self.left = self.fade

    def read(self, frames: int) -> Samples:
        """The next frames, silence behind the end: (frames, 2)."""
        count = len(self.samples)
        places: Floats = self.at + self.step * np.arange(frames, dtype=np.float64)
        self.at += self.step * frames
        if self.loop:
            places %= count
            self.at %= count
        else:
            places = places[places < count]
            self.done = self.at >= count
        out = np.zeros((frames, 2), np.float32)
        out[: len(places)] = self.taken(places) * self.envelope(places)[:, None]
        self.age += frames
        if self.left is not None:
            self.left -= frames
            self.done = self.done or self.left <= 0
        return out

    def taken(self, places: Floats) -> Samples:
        """The sound at places between its frames, in stereo, within [-1, 1]: (len(places), 2)."""
        low = places.astype(np.int64)
        part = self.samples[low].astype(np.float32)
        if self.step != 1:
            last = len(self.samples) - 1
            high = np.where(low < last, low + 1, 0 if self.loop else last)
            share = (places - low).astype(np.float32).reshape(-1, *[1] * (part.ndim - 1))
            part = part + (self.samples[high] - part) * share
        part = np.clip(np.nan_to_num(part, copy=False), -1, 1)
        if part.ndim == 1:
            return np.repeat(part[:, None], 2, 1)
        return part if part.shape[1] == 2 else np.repeat(part.mean(1, keepdims=True), 2, 1)

    def envelope(self, places: Floats) -> Samples:
        """How loud the sound is there: (len(places),) in [0, 1]."""
        steps = np.arange(len(places)) + 0.5
        gain = np.minimum(1, (self.age + steps) / self.fade)
        if self.edges:
            ahead = np.minimum(places, len(self.samples) - 1 - places) / self.step
            gain = np.minimum(gain, (ahead + 0.5) / self.fade)
        if self.left is not None:
            gain = gain * np.clip((self.left - steps) / self.fade, 0, 1)
        return gain.astype(np.float32)


def meets(samples: Samples) -> bool:
    """Whether a sound's end leads into its start without a jump."""
    near = 64
    if len(samples) < 2 * near:
        return False
    steps = np.abs(np.concatenate([np.diff(samples[:near], axis=0), np.diff(samples[-near:], axis=0)]))
    return bool(np.abs(samples[0] - samples[-1]).max() <= STEEPEST * max(float(steps.max()), 1e-4))


class Mixer:
    """What a device plays: the current sound, and those that fade away behind it. Any thread may call it.

    Attributes:
        rate: hertz of what `read` gives.
        number: of the current sound; 0 where there is none.
        read_at: when frames were last asked for (`time.perf_counter`).
    """

    def __init__(self, rate: int = RATE) -> None:
        self.rate = rate
        self.number = 0
        self.read_at = 0.0
        self._lock = threading.Lock()
        self._voices: list[Voice] = []
        self._current: Voice | None = None
        self._given = 0
        self._volume = self._gain = 1.0
        self._before, self._block = (
            0.0,
            0,
        )  # where the current sound was at the last block's start; its frames

    def play(self, samples: Any, rate: int, loop: bool = False, start: float = 0.0) -> int:
        """Make a sound the current one, from `start` seconds on; the one before fades out. Gives its number.

        Raises:
            UsageError: the samples are no sound.
        """
        array = np.asarray(samples)
        if array.ndim not in (1, 2) or (array.ndim == 2 and array.shape[1] == 0) or rate <= 0:
            raise UsageError(
                "A sound has samples (N,) or (N, channels) and a rate above 0 hertz "
                f"(received {array.shape} at {rate})."
            )
        if not np.issubdtype(array.dtype, np.floating):
            raise UsageError(f"A sound's samples are floats in [-1, 1] (received {array.dtype}).")
        with self._lock:
            self._given += 1
            voice = Voice(self._given, array, rate / self.rate, loop, max(1, round(FADE * self.rate)))
            voice.begin_at(start * rate)
            self._let_go()
            self._voices = [*self._voices[-MOST_VOICES:], voice]
            self._current, self._before, self._block = voice, voice.at, 0
            self.number = voice.number
            return voice.number

    def stop(self) -> None:
        """Fade the current sound out."""
        with self._lock:
            self._let_go()

    def set_volume(self, volume: float) -> None:
        """The gain, in [0, 1], reached within a fade."""
        with self._lock:
            self._volume = min(max(volume, 0.0), 1.0)

    @property
    def silent(self) -> bool:
        """Whether nothing sounds any more."""
        return not self._voices

    def position(self) -> float | None:
        """Where the current sound is heard, in its seconds; None where there is none."""
        with self._lock:
            voice = self._current
            if voice is None or not len(voice.samples):
                return None
            passed = min((time.perf_counter() - self.read_at) * self.rate, self._block)
            place = self._before + passed * voice.step
            if voice.loop:
                place %= len(voice.samples)
            return place / (voice.step * self.rate)

    def read(self, frames: int) -> Samples:
        """The next frames for the device: (frames, 2) in [-1, 1]."""
        with self._lock:
            current = self._current
            self._before = current.at if current is not None else 0.0
            self._block, self.read_at = frames, time.perf_counter()
            out = np.zeros((frames, 2), np.float32)
            for voice in self._voices:
                if not voice.done:
                    out += voice.read(frames)
            self._voices = [voice for voice in self._voices if not voice.done]
            if current is not None and current.done:
                self._forget()
            out *= self._gains(frames)[:, None]
        np.clip(out, -1, 1, out=out)
        return out

    def _gains(self, frames: int) -> Samples:
        """The volume on its way to what was asked for: (frames,)."""
        if self._gain == self._volume:
            return np.full(frames, self._gain, np.float32)
        most = 1 / max(1, round(FADE * self.rate))
        way = self._volume - self._gain
        moved: Floats = np.minimum(np.arange(1, frames + 1) * most, abs(way)) * np.sign(way)
        gains = (self._gain + moved).astype(np.float32)
        self._gain = self._volume if abs(moved[-1]) == abs(way) else float(gains[-1])
        return gains

    def _let_go(self) -> None:
        if self._current is not None:
            self._current.let_go()
        self._forget()

    def _forget(self) -> None:
        self._current, self.number = None, 0
