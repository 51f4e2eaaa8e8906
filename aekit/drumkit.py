# The synthesiser's drums: tones that fall, and bands of noise.
"""The synthesiser's drums: tones that fall, and bands of noise, by the keys of General MIDI's percussion."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

ATTACK = 0.001  # seconds
RUNG_OUT = np.log(1000)  # at -60 dB


class Fall(NamedTuple):
    """A tone that falls from one pitch (hertz) towards another within about `seconds`."""

    start: float
    end: float
    seconds: float
    level: float
    ring: float


class Noise(NamedTuple):
    """Noise between two frequencies (hertz)."""

    low: float
    high: float
    level: float
    ring: float


class Drum(NamedTuple):
    """One sound; `ring` of its parts is in seconds until -60 dB."""

    tones: tuple[Fall, ...] = ()
    noises: tuple[Noise, ...] = ()


def metal(level: float, ring: float, *hertz: float) -> tuple[Fall, ...]:
    """Steady partials of a plate."""
    return tuple(Fall(pitch, pitch, 1.0, level, ring) for pitch in hertz)


def tom(hertz: float) -> Drum:
    """A tom of a pitch."""
    return Drum(
        (Fall(hertz * 1.6, hertz, 0.05, 0.9, 0.55), Fall(hertz * 2.5, hertz * 1.6, 0.04, 0.25, 0.25)),
        (Noise(800, 5000, 0.12, 0.08),),
    )


def tick(hertz: float) -> Drum:
    """A short knock, as of wood."""
    return Drum((Fall(hertz, hertz, 1.0, 0.6, 0.12), Fall(2.7 * hertz, 2.7 * hertz, 1.0, 0.25, 0.06)))


KICK = Drum(
    (Fall(190, 52, 0.035, 1.0, 0.42), Fall(420, 110, 0.015, 0.35, 0.1)), (Noise(1500, 6000, 0.12, 0.02),)
)
SNARE = Drum(
    (Fall(240, 185, 0.03, 0.5, 0.22), Fall(380, 330, 0.03, 0.25, 0.14)),
    (Noise(1200, 9000, 0.42, 0.28), Noise(300, 1500, 0.15, 0.14)),
)
CLAP = Drum((), (Noise(800, 4000, 0.5, 0.22), Noise(1000, 8000, 0.2, 0.1)))
CLOSED_HAT = Drum(metal(0.03, 0.07, 5230, 6870, 8110), (Noise(6500, 14000, 0.3, 0.09),))
OPEN_HAT = Drum(metal(0.03, 0.5, 5230, 6870, 8110), (Noise(6000, 14000, 0.28, 0.7),))
CRASH = Drum(metal(0.03, 1.2, 3170, 4390, 5870, 7230), (Noise(2500, 13000, 0.4, 1.7),))
RIDE = Drum(metal(0.07, 0.9, 3450, 4710, 5290, 6730), (Noise(5000, 12000, 0.12, 0.9),))
STICK = Drum((Fall(1750, 1700, 0.02, 0.5, 0.06),), (Noise(1500, 6000, 0.25, 0.04),))
SHAKER = Drum((), (Noise(5000, 12000, 0.3, 0.12),))
BELL = Drum((*metal(0.35, 0.35, 562, 845), *metal(0.1, 0.15, 1686, 2535)))

DRUMS: dict[int, Drum] = {
    **dict.fromkeys((35, 36), KICK),
    **dict.fromkeys((38, 40), SNARE),
    **dict.fromkeys((31, 37), STICK),
    39: CLAP,
    **dict.fromkeys((42, 44), CLOSED_HAT),
    46: OPEN_HAT,
    **dict.fromkeys((49, 52, 55, 57), CRASH),
    **dict.fromkeys((51, 53, 59), RIDE),
    **dict.fromkeys((54, 69, 70, 82), SHAKER),
    56: BELL,
    **{key: tom(hertz) for key, hertz in ((41, 82), (43, 98), (45, 116), (47, 138), (48, 165), (50, 196))},
}
# An open hi-hat is silenced when it is touched again
CUT_BY = {46: (42, 44, 46)}


@lru_cache(maxsize=128)
def drum(key: int, rate: int) -> NDArray[np.float32]:
    """One stroke on a key at full velocity, until it has rung out: (N,); the same each time."""
    sound = DRUMS.get(key) or tick(300 * 2 ** ((key - 60) / 24))
    rings = [part.ring for part in sound.tones] + [part.ring for part in sound.noises]
    count = round(max(rings) * rate)
    t = np.arange(count) / rate
    made = sum((falling_tone(part, t, rate) for part in sound.tones), np.zeros(count))
    random = np.random.default_rng(key)
    for part in sound.noises:
        made += (
            part.level * band(random, part.low, part.high, count, rate) * np.exp(-RUNG_OUT * t / part.ring)
        )
    rise, fade = round(ATTACK * rate), min(round(0.05 * rate), count)
    made[:rise] *= np.linspace(0, 1, rise)
    made[-fade:] *= np.linspace(1, 0, fade)
    finished = made.astype(np.float32)
    finished.flags.writeable = False
    return finished


def falling_tone(part: Fall, t: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """A tone at times t (N,); above the rate's half it is left out."""
    if max(part.start, part.end) >= 0.5 * rate:
        return np.zeros(len(t))
    turns = part.end * t + (part.start - part.end) * part.seconds * (1 - np.exp(-t / part.seconds))
    return np.asarray(part.level * np.sin(2 * np.pi * turns) * np.exp(-RUNG_OUT * t / part.ring))


def band(random: np.random.Generator, low: float, high: float, count: int, rate: int) -> NDArray[np.float64]:
    """Noise (count,) of RMS 1 between two frequencies, with soft edges."""
    size = 1 << (count - 1).bit_length()
    hertz = np.fft.rfftfreq(size, 1 / rate)
    with np.errstate(divide="ignore"):
        shape = 1 / np.sqrt((1 + (low / hertz) ** 8) * (1 + (hertz / high) ** 8))
    made = np.fft.irfft(np.fft.rfft(random.standard_normal(size)) * shape)[:count]
    return np.asarray(made / max(np.sqrt((made**2).mean()), 1e-12))
