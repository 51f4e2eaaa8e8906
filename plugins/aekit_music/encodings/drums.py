# Drums: nine classes of percussion as a set of bits at each step.
"""Drums: nine classes of percussion as a set of bits at each step (Roberts et al. 2018, section 5.1)."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aekit_music.encodings.base import Encoding, Steps
from aekit_music.piece import StepNotes, Voice


class DrumClass(NamedTuple):
    """One class: its name, the General MIDI key that stands for it, and all keys that fall into it."""

    name: str
    key: int
    keys: tuple[int, ...]


# General MIDI percussion (level 2 keys 27 to 87) to nine classes
DRUM_CLASSES = (
    DrumClass("kick", 36, (35, 36)),
    DrumClass("snare", 38, (27, 28, 31, 32, 33, 34, 37, 38, 39, 40, 56, 65, 66, 75, 85)),
    DrumClass("closed hi-hat", 42, (42, 44, 54, 68, 69, 70, 71, 73, 78, 80, 82, 22)),
    DrumClass("open hi-hat", 46, (46, 67, 72, 74, 79, 81, 26)),
    DrumClass("low tom", 45, (29, 41, 43, 45, 61, 64, 84, 87)),
    DrumClass("mid tom", 48, (47, 48, 60, 63, 77, 86)),
    DrumClass("high tom", 50, (30, 50, 62, 76, 83, 58)),
    DrumClass("crash", 49, (49, 52, 55, 57)),
    DrumClass("ride", 51, (51, 53, 59)),
)
SETS = 2 ** len(DRUM_CLASSES)
KEYS = 128
BITS = 1 << np.arange(len(DRUM_CLASSES))
BIT_OF_KEY = np.array(  # 0 for a key without a class
    [sum(1 << number for number, drum in enumerate(DRUM_CLASSES) if key in drum.keys) for key in range(KEYS)]
)


def encode_sets(notes: StepNotes, steps: int) -> NDArray[np.int64]:
    """Drum notes to a set of bits a step (T,), 0 to 511; keys without a class are left out."""
    notes = notes[(notes[:, 0] >= 0) & (notes[:, 0] < steps) & (notes[:, 2] >= 0) & (notes[:, 2] < KEYS)]
    sets = np.zeros(steps, np.int64)
    np.bitwise_or.at(sets, notes[:, 0], BIT_OF_KEY[notes[:, 2]])
    return sets


def decode_sets(sets: NDArray[np.int64]) -> StepNotes:
    """Sets (T,) to notes of one step, on the key that stands for each class."""
    starts, drums = np.nonzero(np.asarray(sets, np.int64)[:, None] & BITS)
    keys = np.array([drum.key for drum in DRUM_CLASSES])[drums]
    notes = np.stack([starts, starts + 1, keys, np.full(len(starts), int(Voice.DRUMS))], 1).astype(np.int64)
    return notes[np.lexsort((keys, starts))]


def set_sizes(sets: NDArray[np.generic]) -> NDArray[np.int64]:
    """How many drums each set has."""
    return np.asarray(np.bitwise_count(sets), np.int64)


class Drums(Encoding):
    """(T,): a set of nine bits a step, 0 to 511."""

    name: ClassVar[str] = "drums"
    dtype: ClassVar[type[np.generic]] = np.int16
    voices: ClassVar[tuple[Voice, ...]] = (Voice.DRUMS,)
    classes: ClassVar[tuple[int, ...]] = (SETS,)

    def encode(self, notes: StepNotes, steps: int) -> Steps:
        return encode_sets(notes[notes[:, 3] == Voice.DRUMS], steps).astype(self.dtype)

    def decode(self, rows: Steps) -> StepNotes:
        return decode_sets(rows)

    def strikes(self, rows: Steps) -> NDArray[np.int64]:
        return set_sizes(rows)
