# Melodies: one monophonic line.
"""Melodies: one monophonic line."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from aekit_music.encodings.base import Encoding, Steps
from aekit_music.encodings.line import (
    CLASSES,
    FIRST,
    HOLD,
    LOWEST,
    REST,
    decode_line,
    encode_line,
    held_classes,
)
from aekit_music.piece import StepNotes, Voice


class LinesEncoding(Encoding):
    """Lines in the first columns, each a voice of its own; what stands behind them is never tied."""

    lines: ClassVar[tuple[Voice, ...]] = (Voice.MELODY,)

    def part(self, rows: Steps) -> Steps:
        """The lines of rows or windows (..., T, columns or none), as (..., T, lines)."""
        return (rows if len(self.classes) > 1 else rows[..., None])[..., : len(self.lines)]

    def strikes(self, rows: Steps) -> NDArray[np.int64]:
        return np.asarray((self.part(rows) >= FIRST).sum(-1))

    def onsets(self, rows: Steps) -> Steps:
        rows = rows.copy()
        lines = self.part(rows)
        lines[lines == HOLD] = REST
        return rows

    def pitches(self, rows: Steps) -> tuple[int, int] | None:
        lines = self.part(rows)
        struck = lines[lines >= FIRST]
        return (
            (int(struck.min()) - FIRST + LOWEST, int(struck.max()) - FIRST + LOWEST) if len(struck) else None
        )

    def untransposed(self, windows: Steps) -> Steps:
        """Windows (N, T, ...) with pitches counted from their first note's, all as int64."""
        windows = windows.astype(np.int64)
        lines = self.part(windows)
        flat = lines.reshape(len(lines), lines.shape[1] * lines.shape[2])
        first = np.take_along_axis(flat, (flat >= FIRST).argmax(1)[:, None], 1)[:, :, None]
        lines[...] = np.where(lines >= FIRST, lines - first + FIRST + CLASSES, lines)
        return windows

    def cut(self, rows: Steps, starts: NDArray[np.int64], steps: int) -> tuple[Steps, NDArray[np.bool_]]:
        windows, tied = super().cut(rows, starts, steps)
        lines, sources = self.part(windows), self.part(rows)
        for column in range(lines.shape[-1]):
            begins = np.flatnonzero(lines[:, 0, column] == HOLD)
            lines[begins, 0, column] = held_classes(sources[:, column])[starts[begins]]
            tied[begins, column] = lines[begins, 0, column] >= FIRST
        return windows, tied

    def join(self, windows: Steps, tied: NDArray[np.bool_]) -> Steps:
        windows = np.array(windows)
        lines = self.part(windows)[:, 0]
        lines[np.asarray(tied)[:, : len(self.lines)]] = HOLD
        return np.concatenate(list(windows))


class Melody(LinesEncoding):
    """(T,): 0 rests, 1 holds, 2 to 89 strike the pitches 21 to 108."""

    name: ClassVar[str] = "melody"
    classes: ClassVar[tuple[int, ...]] = (CLASSES,)

    def encode(self, notes: StepNotes, steps: int) -> Steps:
        return encode_line(notes[notes[:, 3] == Voice.MELODY], steps).astype(self.dtype)

    def decode(self, rows: Steps) -> StepNotes:
        return decode_line(rows, Voice.MELODY)
