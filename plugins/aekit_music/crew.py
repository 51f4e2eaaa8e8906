# Many MIDI files read side by side, by processes that `reading.py` is the program of.
"""Many MIDI files read side by side, by processes that `reading.py` is the program of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from aekit.crew import Member, read_side_by_side
from aekit_music.packing import Head, count
from aekit_music.piece import BeatNotes, Passing

PROGRAM: tuple[str, ...] = ("-m", "aekit_music.reading")
BATCH = 16  # files
PATIENCE = 5.0  # seconds for one file
COLUMNS = 4

Reading = (
    tuple[Head, BeatNotes] | str
)  # a packed piece, or why there is none: `Passing` where that may not last


def read_all(paths: Sequence[Path], timing: str) -> Iterator[Reading]:
    """What became of each file, in order; only a few batches are held at a time.

    Raises:
        DataError: the processes do not start.
    """
    return read_side_by_side(paths, BATCH, lambda: reader(timing))


def reader(timing: str) -> Member[Reading]:
    """One reading process."""
    return Member(PROGRAM, {"timing": timing}, receive, Passing, PATIENCE)


def receive(process: Member[Reading]) -> Reading:
    """One answer; ValueError where the process has ended or was too late."""
    said = json.loads(process.line())
    if "reason" in said:
        return str(said["reason"])
    if "passing" in said:
        return Passing(said["passing"])
    size = count(said["head"])
    return said["head"], np.frombuffer(process.raw(size * COLUMNS * 8), np.float64).reshape(size, COLUMNS)
