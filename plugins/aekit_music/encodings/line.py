# A monophonic line as one column: 0 rests, 1 holds, 2 to 89 strike the pitches 21 to 108.
"""A monophonic line as one column: 0 rests, 1 holds, 2 to 89 strike the pitches 21 to 108 (Roberts et al. 2018)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aekit_music.piece import StepNotes, Voice

REST, HOLD, FIRST = 0, 1, 2
LOWEST, HIGHEST = 21, 108
CLASSES = FIRST + HIGHEST - LOWEST + 1

Line = NDArray[np.int64]  # (T,)


def encode_line(notes: StepNotes, steps: int) -> Line:
    """Notes of one voice to a line; of notes struck together the highest stays, and each ends where the next begins."""
    inside = notes[
        (notes[:, 2] >= LOWEST) & (notes[:, 2] <= HIGHEST) & (notes[:, 0] < steps) & (notes[:, 0] >= 0)
    ]
    inside = inside[np.lexsort((inside[:, 1], inside[:, 2], inside[:, 0]))]
    starts = inside[:, 0]
    topmost = np.append(starts[1:] != starts[:-1], np.ones(min(len(starts), 1), bool))
    starts, ends, pitches = inside[topmost, :3].T
    ends = np.minimum(np.maximum(ends, starts + 1), np.append(starts[1:], steps))
    line = held(starts, ends, steps).astype(np.int64) * HOLD
    line[starts] = FIRST + pitches - LOWEST
    return line


def held(starts: Line, ends: Line, steps: int) -> NDArray[np.bool_]:
    """Which of `steps` steps lie in a span [start, end); spans do not overlap and lie within."""
    edges = np.zeros(steps + 1, np.int64)
    np.add.at(edges, starts, 1)
    np.add.at(edges, ends, -1)
    return edges[:-1].cumsum() > 0


def decode_line(line: Line, voice: Voice) -> StepNotes:
    """A line to its notes; a hold with nothing to hold is silent."""
    line = np.asarray(line, np.int64)
    changes = np.flatnonzero(line != HOLD)
    ends = np.append(changes[1:], len(line))
    struck = line[changes] >= FIRST
    starts, ends = changes[struck], ends[struck]
    pitches = line[starts] - FIRST + LOWEST
    return np.stack([starts, ends, pitches, np.full(len(starts), int(voice))], 1).astype(np.int64)


def held_classes(line: Line) -> Line:
    """For each step (T,) the class of the note that sounds there, struck or held, or REST."""
    struck = np.where(line != HOLD, np.arange(len(line)), -1)
    last = np.maximum.accumulate(struck)
    return np.where(last >= 0, line[last], REST)
