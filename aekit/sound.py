# Notes as sound: a small synthesiser of plucked tones and drums.
"""Notes as sound: a small synthesiser of plucked tones and drums, or a person's own SoundFont.

A tone is a sum of damped sines, two for each partial, as a pair of strings rings: the first is louder and dies
sooner. exp(s (a B + b)) is exp(s a B) times exp(s b), so that a whole tone is one product of two small matrices.
Tones are kept; a note is a piece of a tone, with its release faded.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aekit.drumkit import CUT_BY, drum
from aekit.midi import DRUMS

if TYPE_CHECKING:
    from aekit.heard import Note

Samples = NDArray[np.float32]

RATE = 44_100  # hertz
LOUDNESS = -18.0  # dB below full scale: RMS of what sounds
CEILING = -1.0  # dB below full scale: no sample is louder, and what would be is turned down as a whole
GATE = -40.0  # dB below the loudest block: quieter blocks do not count as sounding
BLOCK = 0.05  # seconds over which loudness is measured
TAIL = 2.0  # seconds: the longest that a sound goes on behind the end
LONGEST = 12.0  # seconds of a tone; by then it has died away
COLUMNS = 512  # samples in a row of a tone's matrix
LAYERS = 8  # of velocity: softer tones are duller
HIGHEST_PARTIAL = 9_000.0  # hertz
FADED = np.log(1000)  # a tone has rung out at -60 dB


class Timbre(NamedTuple):
    """How a pitched instrument sounds.

    Attributes:
        partials: how many at most.
        slope: dB an octave by which partials fall at full velocity.
        soft: the same at the least velocity.
        ring: seconds until the first partial of middle C has rung out; half as long for each two octaves up.
        darkening: by how much faster each further partial dies.
        stretch: inharmonicity B of stiff strings: partial h is at h f sqrt(1 + B h^2) (Fletcher 1964).
        detune: between the two strings, cents.
        attack, release: seconds.
        level: against other instruments.
    """

    partials: int
    slope: float
    soft: float
    ring: float
    darkening: float
    stretch: float
    detune: float
    attack: float
    release: float
    level: float


TIMBRES = {
    "piano": Timbre(12, -7.0, -14.0, 3.2, 0.22, 2e-4, 1.2, 0.004, 0.16, 1.0),
    "bass": Timbre(10, -6.0, -10.0, 2.6, 0.3, 5e-5, 0.8, 0.006, 0.09, 1.1),
}
DRUM_LEVEL = 0.9


def render(
    notes: Sequence[Note],
    seconds: float,
    rate: int = RATE,
    loop: bool = False,
    soundfont: Path | str | None = None,
) -> Samples:
    """Notes as mono samples (N,) in [-1, 1], as loud as `LOUDNESS` and `CEILING` say.

    Args:
        notes: those that begin within [0, seconds); none is held longer than that.
        seconds: of the passage. What still rings then goes on for up to `TAIL` seconds.
        rate: samples a second.
        loop: exactly `seconds` long, the ringing laid over the start, so that it can be repeated without a seam.
        soundfont: an SF2 file that plays the notes instead.

    Raises:
        DataError: the SoundFont cannot be read.
        UsageError: there is a SoundFont, and no library to play it.
    """
    length = round(seconds * rate)
    if soundfont is not None:
        from aekit.soundfont import play

        mixed = play(notes, seconds, rate, soundfont, TAIL)
    else:
        mixed = mix(notes, seconds, rate)
    mixed = folded(mixed, length) if loop else padded(mixed, length)
    return levelled(mixed, rate)


def mix(notes: Sequence[Note], seconds: float, rate: int) -> Samples:
    """All notes together, each for as long as it rings."""
    out = np.zeros(round((seconds + TAIL) * rate), np.float32)
    last = 0
    for note, cut in zip(notes, cuts_of(notes), strict=True):
        if not 0 <= note.start < seconds:
            continue
        first = round(note.start * rate)
        if note.instrument == DRUMS:
            last = max(last, strike(out, note, first, cut, rate))
        else:
            held = max(round(min(note.end, seconds) * rate) - first, 1)
            last = max(last, pluck(out, note, first, held, rate))
    return out[:last]


def pluck(out: Samples, note: Note, first: int, held: int, rate: int) -> int:
    """Add a pitched note to `out`; gives where it has ended."""
    name = note.instrument if note.instrument in TIMBRES else "piano"
    timbre = TIMBRES[name]
    fade = falling(round(timbre.release * rate))
    need = held + len(fade)
    half_seconds = 1 << max(int(np.ceil(np.log2(need / rate * 2))), 0)  # tones are kept in few lengths
    kept = tone(name, note.pitch, layer_of(note.velocity), min(half_seconds / 2, LONGEST), rate)
    gain = np.float32(timbre.level * note.velocity / 127)
    sounding = kept[:held]
    out[first : first + len(sounding)] += gain * sounding
    ringing = kept[held:need]
    # behind the end of `out` nothing is kept: TAIL is longer than any release
    out[first + held : first + held + len(ringing)] += gain * ringing * fade[: len(ringing)]
    return first + min(need, len(kept))


def strike(out: Samples, note: Note, first: int, cut: float | None, rate: int) -> int:
    """Add a drum to `out`, until it has rung out or is cut at a time in seconds; gives where it has ended."""
    ringing = drum(note.pitch, rate)[: len(out) - first]
    if cut is not None:
        held, fade = round(cut * rate) - first, falling(round(0.02 * rate))
        if held + len(fade) < len(ringing):
            ringing = ringing[: held + len(fade)].copy()
            ringing[held:] *= fade
    out[first : first + len(ringing)] += np.float32(DRUM_LEVEL * note.velocity / 127) * ringing
    return first + len(ringing)


def cuts_of(notes: Sequence[Note]) -> list[float | None]:
    """When each note is silenced by a later one, in seconds: an open hi-hat at the next touch of it."""
    starts: dict[int, list[float]] = {}
    for note in notes:
        if note.instrument == DRUMS:
            starts.setdefault(note.pitch, []).append(note.start)
    cuts: list[float | None] = []
    for note in notes:
        by = CUT_BY.get(note.pitch, ()) if note.instrument == DRUMS else ()
        later = [start for key in by for start in starts.get(key, ()) if start > note.start]
        cuts.append(min(later, default=None))
    return cuts


def layer_of(velocity: int) -> int:
    """The layer, 1 to LAYERS, of a velocity from 1 to 127."""
    return min(max(velocity, 1) * LAYERS // 128 + 1, LAYERS)


@lru_cache(maxsize=160)
def tone(name: str, pitch: int, layer: int, seconds: float, rate: int) -> Samples:
    """One tone of an instrument: (N,), about 1 at its loudest."""
    timbre = TIMBRES[name]
    pitch_hz = 440.0 * 2 ** ((pitch - 69) / 12)
    order = np.arange(1, timbre.partials + 1)
    hertz = pitch_hz * order * np.sqrt(1 + timbre.stretch * order**2)
    heard = (hertz < min(HIGHEST_PARTIAL, 0.45 * rate)) | (order == 1)
    order, hertz = order[heard], hertz[heard]
    slope = timbre.soft + (timbre.slope - timbre.soft) * layer / LAYERS
    levels = 10 ** (slope * np.log2(order) / 20)
    decay = FADED / timbre.ring * 2 ** ((pitch - 60) / 24) * (1 + timbre.darkening * (order - 1))
    apart = 2 ** (timbre.detune / 2400)
    made = damped_sines(
        np.concatenate([hertz / apart, hertz * apart]),
        np.concatenate([1.7 * decay, 0.6 * decay]),
        np.concatenate([0.65 * levels, 0.35 * levels]) / np.sqrt((levels**2).sum()),
        np.tile(-np.pi / 2 + np.pi * order * (order - 1) / len(order), 2),
        round(seconds * rate),
        rate,
    )
    rise = round(timbre.attack * rate)
    made[:rise] *= falling(rise)[::-1]
    made[-COLUMNS:] *= falling(COLUMNS)
    made.flags.writeable = False
    return made


def damped_sines(
    hertz: NDArray[np.float64],
    decay: NDArray[np.float64],
    levels: NDArray[np.float64],
    phases: NDArray[np.float64],
    count: int,
    rate: int,
) -> Samples:
    """The sum over P sines (each argument (P,)) of level * exp(-decay t) * sin(2 pi hertz t + phase): (count,)."""
    rows = -(-count // COLUMNS)
    s = (-decay + 2j * np.pi * hertz)[:, None] / rate
    across = np.exp(s * np.arange(COLUMNS)) * (levels * np.exp(1j * phases))[:, None]  # (P, COLUMNS)
    down = np.exp(s * COLUMNS * np.arange(rows))  # (P, rows)
    left = np.concatenate([down.real, down.imag]).astype(np.float32)
    right = np.concatenate([across.imag, across.real]).astype(np.float32)
    return (left.T @ right).reshape(-1)[:count]


@lru_cache(maxsize=32)
def falling(count: int) -> Samples:
    """A fade from 1 to 0, level at both ends: (count,)."""
    fade = (0.5 + 0.5 * np.cos(np.pi * (np.arange(count) + 0.5) / max(count, 1))).astype(np.float32)
    fade.flags.writeable = False
    return fade


def folded(mixed: Samples, length: int) -> Samples:
    """The first `length` samples, with all that comes behind laid over them from the start."""
    out = np.zeros(length, np.float32)
    for start in range(0, len(mixed), max(length, 1)):
        piece = mixed[start : start + length]
        out[: len(piece)] += piece
    return out


def padded(mixed: Samples, length: int) -> Samples:
    """At least `length` samples, with silence behind."""
    return np.pad(mixed, (0, max(length - len(mixed), 0)))


def levelled(mixed: Samples, rate: int) -> Samples:
    """Samples brought to `LOUDNESS`, or less where the peak would pass `CEILING`. Silence stays silent."""
    peak = float(max(mixed.max(initial=0), -mixed.min(initial=0)))
    if peak < 1e-9:
        return mixed
    size = min(max(round(BLOCK * rate), 1), len(mixed))
    blocks = mixed[: len(mixed) // size * size].reshape(-1, size)
    power = np.einsum("bs,bs->b", blocks, blocks) / size
    rms = float(np.sqrt(power[power >= power.max() * 10 ** (GATE / 10)].mean()))
    gain = min(10 ** (LOUDNESS / 20) / max(rms, 1e-9), 10 ** (CEILING / 20) / peak)
    return mixed * np.float32(gain)
