# Piece: notes in beats, whatever file they came from; Metre, Bar and Track are its parts.
"""Piece: notes in beats, whatever file they came from; Metre, Bar and Track are its parts.

A beat is a quarter note throughout. Notes in beats are float64 rows (onset, length, pitch, velocity); notes in
steps are int64 rows (start, end, pitch, voice), where a voice is a row of `Voice`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BeatNotes = NDArray[np.float64]  # (N, 4): onset and length in beats, MIDI pitch, velocity
StepNotes = NDArray[np.int64]  # (N, 4): first step, the step after the last, MIDI pitch, voice

NO_BEAT_NOTES: BeatNotes = np.empty((0, 4))
NO_STEP_NOTES: StepNotes = np.empty((0, 4), np.int64)


class Voice(IntEnum):
    """Who plays a note."""

    MELODY = 0
    BASS = 1
    DRUMS = 2


class Metre(NamedTuple):
    """A time signature, from `at` beats on."""

    at: float
    numerator: int
    denominator: int

    @property
    def beats(self) -> float:
        """The length of a bar in beats: 3 for 3/4 as for 6/8."""
        return 4 * self.numerator / self.denominator

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"


class Bar(NamedTuple):
    """One bar: its first beat, its length in beats as notated, and its metre."""

    start: float
    beats: float
    metre: Metre


@dataclass(frozen=True)
class Track:
    """The notes of one player, sorted by onset, then pitch.

    Attributes:
        name: as the file has it, or "".
        notes: (N, 4), see the top of this file.
        program: General MIDI program, 0 to 127.
        drums: whether pitches are percussion keys.
    """

    name: str
    notes: BeatNotes
    program: int = 0
    drums: bool = False


@dataclass(frozen=True)
class Piece:
    """A piece of music in beats.

    Attributes:
        name: where it came from ("oneill/0042 The Humours of ...", "reels/a.mid").
        tracks: at least one.
        metres: sorted; the first is at the first bar line, which lies after 0 where there is a pickup.
        beats: the end of the last note, or of the last bar where it is known to be longer.
        tempo: quarter notes a minute.
        tonic: pitch class of the key, 0 to 11, or None where it is not known.
        notes: what was done to the file to read it, for people.
    """

    name: str
    tracks: tuple[Track, ...]
    metres: tuple[Metre, ...]
    beats: float
    tempo: float = 120.0
    tonic: int | None = None
    notes: tuple[str, ...] = field(default=())

    def bars(self) -> list[Bar]:
        """All bars from beat 0 to the end; a pickup is a short first bar, and so is one that a metre cuts."""
        metres = self.metres or (Metre(0.0, 4, 4),)
        bars: list[Bar] = []
        if metres[0].at > 0:
            bars.append(Bar(0.0, metres[0].at, metres[0]))
        for metre, end in zip(
            metres, [*(later.at for later in metres[1:]), max(self.beats, metres[-1].at)], strict=True
        ):
            count = int(np.ceil(max(end - metre.at, 0) / metre.beats - 1e-6))
            for number in range(count):
                start = metre.at + number * metre.beats
                last = number == count - 1 and metre is not metres[-1]
                bars.append(Bar(start, end - start if last else metre.beats, metre))
        return bars


class Unusable(Exception):
    """A file or a piece of it that cannot be taken, and why; `bar` counts from 1, or is None for the whole."""

    def __init__(self, reason: str, bar: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.bar = reason, bar


class Passing(str):
    """Why a file could not be read this time, where nothing need be wrong with it."""

    __slots__ = ()


class OutOfReach(Unusable):
    """A file that the system does not give."""
