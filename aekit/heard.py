# The views that can be heard: Notes, of which each is a Note, and Sound.
"""The views that can be heard: Notes, of which each is a Note, and Sound."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aekit.errors import DataError
from aekit.view import HUES, Pixels, View, png

METRE = re.compile(r"([1-9][0-9]?)/(1|2|4|8|16|32|64)")


@dataclass(frozen=True)
class Note:
    """One note: MIDI pitch (0 to 127), start and end in seconds, velocity (1 to 127).

    The pitches of the instrument "drums" are General MIDI's percussion keys.
    """

    pitch: int
    start: float
    end: float
    velocity: int = 96
    instrument: str = "piano"


@dataclass(frozen=True)
class Notes(View):
    """A passage of notes over `seconds`.

    Attributes:
        tempo: quarter notes a minute.
        beats_per_bar: quarter notes a bar; 3.5 for 7/8. A metre says it too, and better.
        soundfont: an SF2 file that plays the notes, else the synthesiser of `sound.py` does.
        metre: the time signature ("6/8"); "" for the simplest of the bar's length.

    Raises:
        DataError: the metre is no time signature.
    """

    notes: tuple[Note, ...]
    seconds: float
    tempo: float = 120.0
    beats_per_bar: float = 4.0
    soundfont: Path | str | None = None
    metre: str = ""
    formats = ("mid", "wav", "json", "png")
    folder_formats = ("mid", "wav")
    joined_formats = ("mid", "wav", "json")

    def __post_init__(self) -> None:
        if self.metre:
            found = METRE.fullmatch(self.metre)
            if found is None:
                raise DataError(f"A metre is a time signature such as '6/8' (received {self.metre!r}).")
            object.__setattr__(self, "beats_per_bar", 4 * int(found[1]) / int(found[2]))

    def picture(self) -> Pixels:
        return self.pictures([self])[0]

    @classmethod
    def pictures(cls, views: Sequence[Notes], large: bool = False) -> list[Pixels]:
        from aekit.pianoroll import MIDDLE, SMALL, rolls

        return rolls(views, MIDDLE if large else SMALL)

    def sound(self, loop: bool = False) -> Sound:
        """The notes played; as a loop, what rings on behind the end is laid over the start."""
        from aekit.sound import RATE, render

        return Sound(render(self.notes, self.seconds, RATE, loop, self.soundfont), RATE)

    @classmethod
    def joined(cls, views: Sequence[Notes]) -> Notes:
        """One after another, at the first one's tempo."""
        starts = np.cumsum([0.0, *(view.seconds for view in views)]).tolist()
        notes = tuple(
            replace(note, start=start + note.start, end=start + note.end)
            for start, view in zip(starts, views, strict=False)
            for note in view.notes
        )
        return replace(views[0], notes=notes, seconds=starts[-1])

    def encoded(self, ending: str) -> bytes:
        if ending == "mid":
            from aekit.midi import midi_file

            return midi_file(self.notes, self.seconds, self.tempo, self.metre or self.beats_per_bar)
        if ending == "wav":
            return self.sound().encoded(ending)
        if ending == "json":
            names = ("seconds", "tempo", "beats_per_bar", "metre")
            facts = {name: getattr(self, name) for name in names}
            return json.dumps({**facts, "notes": [asdict(note) for note in self.notes]}).encode()
        return self._repr_png_()

    def _repr_png_(self) -> bytes:
        from aekit.pianoroll import LARGE, rolls

        return png(rolls([self], LARGE)[0])

    def _repr_html_(self) -> str:
        roll = base64.b64encode(self._repr_png_()).decode()
        return f'<img style="max-width: 100%" src="data:image/png;base64,{roll}"><br>{self.sound()._repr_html_()}'


@dataclass(frozen=True)
class Sound(View):
    """A sound: (samples,) or (samples, channels) in [-1, 1], at `rate` hertz."""

    samples: NDArray[np.float32]
    rate: int
    formats = ("wav", "flac", "ogg", "mp3", "png")
    folder_formats = ("wav",)
    joined_formats = ("wav", "flac", "ogg", "mp3")

    def picture(self) -> Pixels:
        mono = self.samples if self.samples.ndim == 1 else self.samples.mean(1)
        width, height = 320, 72
        canvas = np.full((height, width, 3), 255, np.uint8)
        for column, piece in enumerate(np.array_split(mono, width)):
            low, high = (float(piece.min()), float(piece.max())) if len(piece) else (0.0, 0.0)
            top, bottom = (round((1 - level) * 0.5 * (height - 1)) for level in (high, low))
            canvas[max(top, 0) : bottom + 1, column] = HUES[0]
        return canvas

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate

    def sound(self) -> Sound:
        return self

    @classmethod
    def joined(cls, views: Sequence[Sound]) -> Sound:
        """One after another, at the first one's rate."""
        return replace(views[0], samples=np.concatenate([view.samples for view in views]))

    def encoded(self, ending: str) -> bytes:
        if ending == "png":
            return super().encoded(ending)
        from aekit.audio import encode_audio

        return encode_audio(self.samples, self.rate, ending)

    def _repr_html_(self) -> str:
        from aekit.audio import player

        return player(self.samples, self.rate)


Heard = Notes | Sound
