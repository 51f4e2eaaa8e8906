# What an encoding is: how the notes of a piece become a table of whole numbers, a row a step, and back.
"""What an encoding is: how the notes of a piece become a table of whole numbers, a row a step, and back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from aekit_music.piece import StepNotes, Voice

Steps = NDArray[Any]  # (T,) or (T, columns) whole numbers; 0 is a rest in every encoding


class Encoding(ABC):
    """Base of the four encodings. T steps, each of one or more columns; N windows.

    Attributes:
        name: what `--encoding` takes.
        dtype: of stored windows.
        voices: whose notes it holds.
        classes: for encodings of categories, how many each column has; () for planes of bits.
        planes: for planes of bits, how many bits a step has; 0 for categories.
    """

    name: ClassVar[str]
    dtype: ClassVar[type[np.generic]] = np.uint8
    voices: ClassVar[tuple[Voice, ...]] = (Voice.MELODY,)
    classes: ClassVar[tuple[int, ...]] = ()
    planes: ClassVar[int] = 0

    @abstractmethod
    def encode(self, notes: StepNotes, steps: int) -> Steps:
        """Notes of `voices` that begin within [0, steps), in any order, to rows (steps, ...).

        What does not fit (other pitches, a second note of a line) is left out or cut.
        """

    @abstractmethod
    def decode(self, rows: Steps) -> StepNotes:
        """Rows (T, ...) to notes, sorted by start, voice and pitch. The inverse of `encode` where it left nothing
        out; any rows at all are decoded to something."""

    @abstractmethod
    def strikes(self, rows: Steps) -> NDArray[np.int64]:
        """How many notes begin at each step: rows (..., T, columns or none) to (..., T)."""

    def onsets(self, rows: Steps) -> Steps:
        """Rows (..., T, columns or none) with what begins in them alone: two that differ in lengths become equal."""
        return rows

    def pitches(self, rows: Steps) -> tuple[int, int] | None:
        """The lowest and the highest pitch that rows strike; None where there is none, or none that could move."""
        return None

    def untransposed(self, windows: Steps) -> Steps:
        """Windows (N, T, ...) so that two are equal where they differ by a transposition alone."""
        return windows

    def cut(self, rows: Steps, starts: NDArray[np.int64], steps: int) -> tuple[Steps, NDArray[np.bool_]]:
        """Windows (N, steps, ...) of rows (T, ...) from each of `starts` (N,), and what of them is tied (N, columns).

        A window stands by itself: a note that sounds on from before is struck again at its start, where the
        encoding could not tell it otherwise. That column of the window is tied. Behind the rows' end are rests.
        """
        most = int(starts.max(initial=0)) + steps
        padded = np.concatenate([rows, np.zeros((max(most - len(rows), 0), *rows.shape[1:]), rows.dtype)])
        windows = padded[starts[:, None] + np.arange(steps)]
        return windows, np.zeros((len(starts), self.columns), bool)

    def join(self, windows: Steps, tied: NDArray[np.bool_]) -> Steps:
        """Windows (N, T, ...) that follow one another, as rows (N * T, ...); what `cut` struck again is tied again."""
        return np.concatenate(list(windows))

    @property
    def columns(self) -> int:
        """Categories a step, or 1 for planes."""
        return max(len(self.classes), 1)
