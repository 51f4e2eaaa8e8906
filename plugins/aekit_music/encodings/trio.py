# Trios: melody, bass and drums side by side.
"""Trios: melody, bass and drums side by side (Roberts et al. 2018, section 5.3)."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from aekit_music.encodings.base import Steps
from aekit_music.encodings.drums import SETS, decode_sets, encode_sets, set_sizes
from aekit_music.encodings.line import CLASSES, decode_line, encode_line
from aekit_music.encodings.melody import LinesEncoding
from aekit_music.piece import StepNotes, Voice


class Trio(LinesEncoding):
    """(T, 3): a melody's and a bass's line, and the set of drums."""

    name: ClassVar[str] = "trio"
    dtype: ClassVar[type[np.generic]] = np.int16
    lines: ClassVar[tuple[Voice, ...]] = (Voice.MELODY, Voice.BASS)
    voices: ClassVar[tuple[Voice, ...]] = (Voice.MELODY, Voice.BASS, Voice.DRUMS)
    classes: ClassVar[tuple[int, ...]] = (CLASSES, CLASSES, SETS)

    def encode(self, notes: StepNotes, steps: int) -> Steps:
        lines = [encode_line(notes[notes[:, 3] == voice], steps) for voice in self.lines]
        return np.stack([*lines, encode_sets(notes[notes[:, 3] == Voice.DRUMS], steps)], 1).astype(self.dtype)

    def decode(self, rows: Steps) -> StepNotes:
        lines = [decode_line(rows[:, column], voice) for column, voice in enumerate(self.lines)]
        notes = np.concatenate([*lines, decode_sets(rows[:, 2])])
        return notes[np.lexsort((notes[:, 2], notes[:, 3], notes[:, 0]))]

    def strikes(self, rows: Steps) -> NDArray[np.int64]:
        return super().strikes(rows) + set_sizes(rows[..., 2])
