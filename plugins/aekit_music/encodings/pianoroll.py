# Piano-rolls: for each of 88 pitches whether it is struck, and whether it sounds on.
"""Piano-rolls: for each of 88 pitches whether it is struck, and whether it sounds on."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from aekit_music.encodings.base import Encoding, Steps
from aekit_music.encodings.line import HIGHEST, LOWEST, held
from aekit_music.piece import StepNotes, Voice

PITCHES = HIGHEST - LOWEST + 1


class Pianoroll(Encoding):
    """(T, 176): the onset plane's 88 bits, then the sustain plane's.

    A pitch that sounds on at the first step began before the window; it is decoded as a note that starts there.
    """

    name: ClassVar[str] = "pianoroll"
    planes: ClassVar[int] = 2 * PITCHES

    def encode(self, notes: StepNotes, steps: int) -> Steps:
        """See `Encoding.encode`; a pitch struck again ends the note before, the longest of equal notes stays."""
        pitched = (notes[:, 2] >= LOWEST) & (notes[:, 2] <= HIGHEST) & (notes[:, 3] == Voice.MELODY)
        inside = notes[pitched & (notes[:, 0] >= 0) & (notes[:, 0] < steps)]
        # all pitches one behind the other in one long line
        base = (inside[:, 2] - LOWEST) * steps
        starts, ends = (
            base + inside[:, 0],
            base + np.minimum(np.maximum(inside[:, 1], inside[:, 0] + 1), steps),
        )
        order = np.lexsort((ends, starts))
        starts, ends = starts[order], ends[order]
        longest = np.append(starts[1:] != starts[:-1], np.ones(min(len(starts), 1), bool))
        starts, ends = starts[longest], ends[longest]
        ends = np.minimum(ends, np.append(starts[1:], PITCHES * steps))
        onset = np.zeros(PITCHES * steps, bool)
        onset[starts] = True
        sustain = held(starts, ends, PITCHES * steps) & ~onset
        planes = np.stack([onset, sustain]).reshape(2, PITCHES, steps)
        return np.ascontiguousarray(planes.transpose(2, 0, 1).reshape(steps, -1)).astype(self.dtype)

    def decode(self, rows: Steps) -> StepNotes:
        steps = len(rows)
        onset, sustain = np.asarray(rows).reshape(steps, 2, PITCHES).astype(bool).transpose(1, 2, 0)
        sounding = onset | sustain
        before = np.zeros_like(sounding)
        before[:, 1:] = sounding[:, :-1]
        begins = onset | (sounding & ~before)
        ends = np.ones((PITCHES, steps + 1), bool)  # where a note can no longer sound
        ends[:, :-1] = begins | ~sounding
        columns, starts = np.nonzero(begins)
        all_ends = np.flatnonzero(ends)
        base = columns * (steps + 1)
        stops = all_ends[np.searchsorted(all_ends, base + starts + 1)] - base
        notes = np.stack([starts, stops, columns + LOWEST, np.full(len(starts), int(Voice.MELODY))], 1)
        return notes[np.lexsort((notes[:, 2], notes[:, 0]))].astype(np.int64)

    def strikes(self, rows: Steps) -> NDArray[np.int64]:
        return np.asarray(rows[..., :PITCHES].sum(-1, dtype=np.int64))

    def onsets(self, rows: Steps) -> Steps:
        return rows[..., :PITCHES]

    def pitches(self, rows: Steps) -> tuple[int, int] | None:
        sounding = np.flatnonzero(self.sounding(np.any(rows.reshape(-1, self.planes), 0, keepdims=True)))
        return (int(sounding[0]) + LOWEST, int(sounding[-1]) + LOWEST) if len(sounding) else None

    def sounding(self, rows: Steps) -> NDArray[np.bool_]:
        """Which pitches sound at all: (N, 176) to (N, 88)."""
        return np.asarray(rows.reshape(-1, 2, PITCHES).any(1))

    def untransposed(self, windows: Steps) -> Steps:
        """Windows (N, T, 176) moved down until their lowest pitch is the lowest of all."""
        lowest = self.sounding(np.asarray(windows.any(1))).argmax(1)
        columns = (np.arange(PITCHES) + lowest[:, None]) % PITCHES
        columns = np.concatenate([columns, columns + PITCHES], 1)
        return np.take_along_axis(windows, columns[:, None, :], 2)
