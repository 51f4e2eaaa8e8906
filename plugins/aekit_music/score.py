# Score: a whole piece on the grid of steps, encoded, with its bars.
"""Score: a whole piece on the grid of steps, encoded, with its bars.

Every bar line lies on a step. Where a file has none there (a pickup of a third of a beat), the notes are moved with
their bar: a pickup ends on its bar line, every other bar begins on one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aekit_music.encodings import ENCODINGS, Encoding, Steps
from aekit_music.piece import NO_STEP_NOTES, Bar, BeatNotes, Piece, StepNotes, Voice
from aekit_music.quantise import bent_triplets, in_steps, is_swung
from aekit_music.settings import MusicOptions
from aekit_music.tracks import moved_to_common_key, parts

NEAR = 1e-6  # beats


@dataclass(frozen=True)
class Score:
    """A piece in steps.

    Attributes:
        encoding: how it is encoded.
        notes: (N, 4), quantised, of the encoding's voices; sorted by start, voice and pitch.
        rows: (T, ...) encoded; T is the last bar line, or the end of the last note where that lies behind it.
        bars: as in the piece.
        starts: (bars + 1,) the first step of each bar, and the last bar line.
        steps_per_beat: of the grid.
        bent: the numbers, from 1, of bars with triplets that the steps have no room for.
    """

    encoding: Encoding
    notes: StepNotes
    rows: Steps
    bars: tuple[Bar, ...]
    starts: NDArray[np.int64]
    steps_per_beat: int
    bent: tuple[int, ...]


def score_of(piece: Piece, options: MusicOptions) -> Score:
    """A piece in the encoding and at the steps a beat that the options ask for.

    Raises:
        Unusable: the piece has no such voice.
    """
    if options.common_key:
        piece = moved_to_common_key(piece)
    encoding = ENCODINGS[options.encoding]
    bars = tuple(piece.bars())
    starts, shifts = grid(bars, options.steps_per_beat)
    voices = parts(piece, encoding, options.track)
    notes = in_grid(voices, bars, shifts, options.steps_per_beat)
    steps = max(int(starts[-1]), int(notes[:, 1].max(initial=0)))
    bent = bent_bars(voices, bars, options.steps_per_beat)
    return Score(encoding, notes, encoding.encode(notes, steps), bars, starts, options.steps_per_beat, bent)


def bent_bars(
    voices: Mapping[Voice, BeatNotes], bars: tuple[Bar, ...], steps_per_beat: int
) -> tuple[int, ...]:
    """The numbers, from 1, of bars with triplets that the steps have no room for."""
    onsets = np.concatenate([notes[:, 0] for notes in voices.values()])
    lines = np.array([bar.start for bar in bars])
    at = bar_at(lines, onsets + NEAR)
    # Beats from bar to bar, whole, so that thirds are measured from the bar line
    room = 1 + int(np.ceil(max(bar.beats for bar in bars)))
    beats = bent_triplets(onsets - lines[at] + at * room, steps_per_beat)
    return tuple((np.unique(beats // room) + 1).tolist())


def grid(bars: tuple[Bar, ...], steps_per_beat: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Each bar's first step, with the last bar line behind them, and by how many steps its notes are moved."""
    exact = np.array([bar.beats for bar in bars]) * steps_per_beat
    starts = np.append(0, np.ceil(exact - NEAR).astype(np.int64).cumsum())
    shifts = starts[:-1] - np.array([bar.start for bar in bars]) * steps_per_beat
    if len(bars) > 1 and not is_whole(bars[0]):
        shifts[0] = starts[1] - bars[1].start * steps_per_beat
    return starts, shifts


def is_whole(bar: Bar) -> bool:
    """Whether a bar is as long as its metre says."""
    return abs(bar.beats - bar.metre.beats) < NEAR


def in_grid(
    voices: Mapping[Voice, BeatNotes], bars: tuple[Bar, ...], shifts: NDArray[np.float64], steps_per_beat: int
) -> StepNotes:
    """The notes of all voices in steps, sorted; swing is found in all of them together."""
    moved = {
        voice: in_bars(notes, bars, shifts / steps_per_beat) for voice, notes in voices.items() if len(notes)
    }
    if not moved:
        return NO_STEP_NOTES
    if Voice.DRUMS in moved:
        # The length of a hit says nothing: those within a part of a step are one stroke, however short they are written
        onsets, lengths = moved[Voice.DRUMS]
        moved[Voice.DRUMS] = onsets, np.maximum(lengths, 1 / steps_per_beat)
    swung = is_swung(np.concatenate([onsets for onsets, _ in moved.values()]))
    placed = np.concatenate(
        [
            np.column_stack(
                [*in_steps(*times, steps_per_beat, swung), voices[voice][:, 2], np.full(len(times[0]), voice)]
            )
            for voice, times in moved.items()
        ]
    ).astype(np.int64)
    return placed[np.lexsort((placed[:, 2], placed[:, 3], placed[:, 0]))]


def in_bars(
    notes: BeatNotes, bars: tuple[Bar, ...], moves: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Onsets and lengths of notes in beats, each end moved with its bar; `moves` (bars,) are in beats."""
    if np.abs(moves).max() < NEAR:
        return notes[:, 0], notes[:, 1]
    lines = np.array([bar.start for bar in bars])
    ends = notes[:, 0] + notes[:, 1]
    onsets = notes[:, 0] + moves[bar_at(lines, notes[:, 0] + NEAR)]
    return onsets, ends + moves[bar_at(lines, ends - NEAR)] - onsets


def bar_at(lines: NDArray[np.float64], beats: NDArray[np.float64]) -> NDArray[np.int64]:
    """The number, from 0, of the bar that each beat lies in."""
    return np.clip(np.searchsorted(lines, beats, "right") - 1, 0, len(lines) - 1)
