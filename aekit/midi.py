# Notes as a Standard MIDI File.
"""Notes as a Standard MIDI File: type 1, 480 ticks a quarter note, a track for each instrument."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mido import MidiTrack

    from aekit.heard import Note

TICKS = 480  # of a quarter note
DRUMS = "drums"  # the instrument whose pitches are percussion keys
DRUM_CHANNEL = 9
CHANNELS = [channel for channel in range(16) if channel != DRUM_CHANNEL]
SLOWEST = 0xFFFFFF  # microseconds of a quarter note that the file can hold
# General MIDI programs, counted from 0; an instrument that is not here plays as a piano
PROGRAMS = {
    "piano": 0,
    "organ": 19,
    "guitar": 24,
    "bass": 33,
    "violin": 40,
    "strings": 48,
    "choir": 52,
    "trumpet": 56,
    "saxophone": 65,
    "flute": 73,
}


class Struck(NamedTuple):
    """One note in ticks."""

    start: int
    end: int
    pitch: int
    velocity: int


def midi_file(notes: Sequence[Note], seconds: float, tempo: float = 120.0, metre: str | float = 4.0) -> bytes:
    """Notes as the bytes of a MIDI file. Of notes on one key, each ends where the next begins.

    Args:
        notes: in seconds.
        seconds: where every track ends, unless a note sounds on.
        tempo: quarter notes a minute; sets the grid.
        metre: a time signature ("6/8"), or quarter notes a bar, 3.5 for 7/8.
    """
    from mido import MidiFile

    file = MidiFile(type=1, ticks_per_beat=TICKS)
    last = ticks_of(seconds, tempo)
    file.tracks.append(conductor(tempo, metre, last))
    instruments = sorted({note.instrument for note in notes}, key=lambda name: (name == DRUMS, name))
    pitched = [name for name in instruments if name != DRUMS]
    for name in instruments:
        channel = DRUM_CHANNEL if name == DRUMS else CHANNELS[pitched.index(name) % len(CHANNELS)]
        played = [note for note in notes if note.instrument == name]
        file.tracks.append(track(name, separated(played, tempo), channel, last))
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def ticks_of(seconds: float, tempo: float) -> int:
    """The tick nearest to a time."""
    return max(0, round(seconds * tempo / 60 * TICKS))


def metre_of(metre: str | float) -> tuple[int, int]:
    """A time signature in words, or a bar's length as one: 4 to 4/4, 3.5 to 7/8; 4/4 where there is none."""
    if isinstance(metre, str):
        above, below = metre.split("/")
        return int(above), int(below)
    for denominator in (4, 8, 16, 32):
        count = metre * denominator / 4
        if abs(count - round(count)) < 1e-6 and 1 <= round(count) <= 255:
            return round(count), denominator
    return 4, 4


def conductor(tempo: float, metre: str | float, last: int) -> MidiTrack:
    """The first track: tempo and metre."""
    from mido import MetaMessage, MidiTrack

    numerator, denominator = metre_of(metre)
    return MidiTrack(
        [
            MetaMessage("set_tempo", tempo=min(round(60e6 / tempo), SLOWEST)),
            MetaMessage("time_signature", numerator=numerator, denominator=denominator),
            MetaMessage("end_of_track", time=last),
        ]
    )


def separated(notes: Sequence[Note], tempo: float) -> list[Struck]:
    """One instrument's notes on the grid: at least a tick long, and never two at once on one key."""
    by_key: dict[int, dict[int, Struck]] = {}
    for note in notes:
        start = ticks_of(note.start, tempo)
        made = Struck(start, max(ticks_of(note.end, tempo), start + 1), note.pitch, note.velocity)
        here = by_key.setdefault(note.pitch, {})
        here[start] = max(here.get(start, made), made)
    found = []
    for here in by_key.values():
        order = [here[start] for start in sorted(here)]
        ends = [later.start for later in order[1:]] + [order[-1].end]
        found += [one._replace(end=min(one.end, end)) for one, end in zip(order, ends, strict=True)]
    return found


def track(name: str, notes: Sequence[Struck], channel: int, last: int) -> MidiTrack:
    """One instrument's track; at one tick, notes end before others begin."""
    from mido import Message, MetaMessage, MidiTrack

    made = MidiTrack([MetaMessage("track_name", name=name.encode("latin-1", "replace").decode("latin-1"))])
    made.append(Message("program_change", program=PROGRAMS.get(name, 0), channel=channel))
    events = [(note.start, 1, note.pitch, min(max(note.velocity, 1), 127)) for note in notes]
    events += [(note.end, 0, note.pitch, 0) for note in notes]
    before = 0
    for at, on, pitch, velocity in sorted(events):
        kind = "note_on" if on else "note_off"
        made.append(Message(kind, note=pitch, velocity=velocity, channel=channel, time=at - before))
        before = at
    made.append(MetaMessage("end_of_track", time=max(last - before, 0)))
    return made
