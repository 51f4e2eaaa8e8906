# Hand-made MIDI files with all the oddities of real ones, byte by byte, and what is in each.
"""Hand-made MIDI files with all the oddities of real ones, byte by byte, and what is in each."""

from __future__ import annotations

import random
import struct
from pathlib import Path
from typing import NamedTuple

import numpy as np

DIVISION = 480
TUNE = (60, 62, 64, 65, 67, 65, 64, 62)
END = b"\xff\x2f\x00"

Event = tuple[float, bytes]  # beat and message
Note = tuple[float, float, int]  # onset and length in beats, pitch


class OddFile(NamedTuple):
    """One file.

    Attributes:
        name: with its suffix.
        data: its bytes.
        notes: of its pitched tracks as written, sorted; None where they are not told here.
        metres: as `Piece.metres` should have them.
        refused: a part of the reason, where it cannot be read at all.
    """

    name: str
    data: bytes
    notes: tuple[Note, ...] | None = None
    metres: tuple[tuple[float, int, int], ...] = ((0.0, 4, 4),)
    refused: str | None = None


def number(value: int) -> bytes:
    """A number of variable length."""
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(value & 0x7F | 0x80)
    return bytes(reversed(groups))


def chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack(">L", len(data)) + data


def header(kind: int, tracks: int, division: int = DIVISION) -> bytes:
    return chunk(b"MThd", struct.pack(">hhh", kind, tracks, division))


def track(*events: Event, end: bytes = END) -> bytes:
    """A track of messages at beats; at one beat, in the order given."""
    now, data = 0, b""
    for beat, message in sorted(events, key=lambda event: round(event[0] * DIVISION)):
        tick = round(beat * DIVISION)
        data += number(tick - now) + message
        now = tick
    return chunk(b"MTrk", data + b"\x00" + end if end else data)


def midi(*tracks: bytes, kind: int = 1, division: int = DIVISION) -> bytes:
    return header(kind, len(tracks), division) + b"".join(tracks)


def meta(kind: int, data: bytes) -> bytes:
    return bytes([0xFF, kind]) + number(len(data)) + data


def named(name: str) -> Event:
    return 0, meta(3, name.encode("latin1"))


def tempo(beat: float, bpm: float) -> Event:
    return beat, meta(0x51, round(6e7 / bpm).to_bytes(3, "big"))


def metre(beat: float, numerator: int, denominator: int) -> Event:
    return beat, meta(0x58, bytes([numerator, denominator.bit_length() - 1, 24, 8]))


def key(sharps: int, minor: int = 0) -> Event:
    return 0, meta(0x59, struct.pack("bB", sharps, minor))


def program(number_: int, channel: int = 0, beat: float = 0) -> Event:
    return beat, bytes([0xC0 | channel, number_])


def played(notes: tuple[Note, ...], channel: int = 0) -> list[Event]:
    """Notes on and off; at one beat, off comes first."""
    off = [(start + length, bytes([0x80 | channel, pitch, 0])) for start, length, pitch in notes]
    return off + [(start, bytes([0x90 | channel, pitch, 80])) for start, length, pitch in notes]


def tune(length: float, count: int, start: float = 0, low: int = 0) -> tuple[Note, ...]:
    """Notes of one length, one after another."""
    return tuple((start + length * n, length, TUNE[n % len(TUNE)] + low) for n in range(count))


def simple(name: str, notes: tuple[Note, ...], *others: Event, **told: object) -> OddFile:
    """A file with a track of its own for the map, and one of these notes."""
    data = midi(track(*others), track(named("Tune"), *played(notes)))
    return OddFile(name, data, tuple(sorted(notes)), **told)  # type: ignore[arg-type]


def beat_of_drums(bars: int) -> tuple[Note, ...]:
    """A rock beat: kick, snare and closed hi-hat."""
    hats = [(n / 2, 0.25, 42) for n in range(8 * bars)]
    return tuple(sorted([*hats, *((n + 0.0, 0.25, 38 if n % 2 else 36) for n in range(4 * bars))]))


SWUNG = tuple((n // 2 + (n % 2) * 2 / 3, (2 if n % 2 == 0 else 1) / 3, TUNE[n % 8]) for n in range(32))
GRACED = tuple(
    note
    for n in range(8)
    for note in ((n + 0.9375, 0.0625, TUNE[n] + 1), (n + 1.0, 0.875, TUNE[n]))  # a 64th before each beat
)
CHORDS = tuple((float(n), 1.0, pitch) for n in range(8) for pitch in (TUNE[n] - 12, TUNE[n] - 5, TUNE[n]))
MELODY, BASS = tune(0.5, 32, low=12), tune(1.0, 16, low=-24)


def times_and_metres() -> list[OddFile]:
    """3/4, 6/8, 7/8, pickups, changes of tempo and metre."""
    return [
        simple("waltz.mid", tune(1.0, 12), metre(0, 3, 4), tempo(0, 180), metres=((0.0, 3, 4),)),
        simple("jig.mid", tune(0.5, 24), metre(0, 6, 8), metres=((0.0, 6, 8),)),
        simple("seven_eight.mid", tune(0.5, 28), metre(0, 7, 8), metres=((0.0, 7, 8),)),
        simple("pickup.mid", tune(0.5, 18), metre(0, 1, 4), metre(1, 4, 4), metres=((1.0, 4, 4),)),
        simple("late_metre.mid", tune(0.5, 18), metre(1.5, 3, 4), metres=((1.5, 3, 4),)),
        simple("tempo_changes.mid", tune(0.25, 64), *(tempo(n * 3.25, 60 + 17 * n) for n in range(5))),
        simple(
            "metre_changes.mid",
            tune(0.5, 36),
            *(metre(0, 4, 4), metre(4, 3, 4), metre(10, 7, 8), metre(13.5, 4, 4)),
            metres=((0.0, 4, 4), (4.0, 3, 4), (10.0, 7, 8), (13.5, 4, 4)),
        ),
        simple("same_metre_again.mid", tune(0.5, 32), metre(0, 4, 4), metre(8, 4, 4)),
        simple("no_metre_of_zero.mid", tune(0.5, 16), (0, meta(0x58, bytes([0, 2, 24, 8])))),
        simple("mad_metre.mid", tune(0.5, 16), (0, meta(0x58, bytes([4, 200, 24, 8])))),
    ]


def rhythms() -> list[OddFile]:
    """Swing, triplets, grace notes, overlaps, chords."""
    legato = tuple((n * 0.5, 0.6, TUNE[n % 8]) for n in range(16))
    return [
        simple("swing.mid", SWUNG, tempo(0, 150)),
        simple("triplets.mid", tune(1 / 3, 24) + tune(1.0, 4, start=8)),
        simple("grace_notes.mid", GRACED),
        simple("legato.mid", legato),
        simple("chords.mid", CHORDS),
        simple("long_rest.mid", (*tune(0.5, 8), *tune(0.5, 8, start=64))),
    ]


def messages() -> list[OddFile]:
    """Running status, missing ends, system messages, types and tracks."""
    notes = tune(0.5, 16)
    struck = [(TUNE[n % 8], number(240)) for n in range(16)]
    running = b"".join(b"\x00" + bytes([pitch, 80]) + length + bytes([pitch, 0]) for pitch, length in struck)
    running = running[:1] + b"\x90" + running[1:]  # the status once, behind the first time
    unended = [*played(notes), (3.0, b"\x90\x30\x50"), (5.0, b"\x90\x31\x50")]
    noise = [(n, b"\xf0\x05\x7e\x7f\x09\x01\xf7") for n in range(4)] + [(1, meta(0x7F, bytes(range(200))))]
    bends = [(n / 8, bytes([0xE0, n % 128, 64])) for n in range(64)]
    words = [(n * 0.5, meta(1, b"la ")) for n in range(16)]
    changes = [program(4), program(60, beat=2), program(7, beat=5)]
    one_track = track(*played(MELODY), *played(BASS, 1), *played(beat_of_drums(4), 9), program(33, 1))
    scattered = midi(track(named("Title")), track(metre(0, 3, 4), tempo(0, 90), tempo(3, 60), *played(notes)))
    riff = midi(track(*played(notes)))
    riff = b"RIFF" + struct.pack("<L", len(riff) + 12) + b"RMIDdata" + struct.pack("<L", len(riff)) + riff
    both = tuple(sorted(MELODY + BASS))
    return [
        OddFile("running_status.mid", midi(chunk(b"MTrk", running + b"\x00" + END), kind=0), notes),
        OddFile("missing_note_offs.mid", midi(track(*unended)), notes),
        OddFile("system_messages.mid", midi(track(*noise, *bends, *played(notes))), notes),
        OddFile("karaoke.kar", midi(track(*words), track(named("Vocals"), *played(notes))), notes),
        OddFile("program_changes.mid", midi(track(*changes, *played(notes))), notes),
        OddFile("type_0.mid", midi(one_track, kind=0), both),
        OddFile("map_in_second_track.mid", scattered, notes, ((0.0, 3, 4),)),
        OddFile("riff.mid", riff, notes),
        OddFile("empty_tracks.mid", midi(chunk(b"MTrk", b""), track(*played(notes)), track()), notes),
        OddFile("no_such_key.mid", midi(track((0, meta(0x59, b"\x0b\x00")), *played(notes))), notes),
        OddFile("no_end_of_track.mid", midi(track(*played(notes), end=b"")), notes),
        OddFile("fine_ticks.mid", midi(track(*played(notes)), division=15360), None),
    ]


def ensembles() -> list[OddFile]:
    """Several players, drums, a performance without a tempo map."""
    drums = beat_of_drums(4)
    band = midi(
        track(tempo(0, 100), metre(0, 4, 4), key(1)),
        track(named("Strings"), program(48), *played(CHORDS)),
        track(named("Lead guitar"), program(27, 1), *played(MELODY, 1)),
        track(named("Electric bass"), program(33, 2), *played(BASS, 2)),
        track(named("Kit"), *played(drums, 9)),
    )
    chance = random.Random(1)
    when = [0.37]
    while len(when) < 120:
        when.append(when[-1] + 0.83 * chance.choice([0.5, 0.5, 1.0]) + chance.gauss(0, 0.015))
    performance = tuple((at, 0.3, TUNE[n % 8]) for n, at in enumerate(when))
    everyone = tuple(sorted(CHORDS + MELODY + BASS))
    return [
        OddFile("band.mid", band, everyone),
        OddFile("only_drums.mid", midi(track(named("Kit"), *played(drums, 9))), ()),
        OddFile("drums_by_name.mid", midi(track(named("Drum kit"), *played(drums, 3))), ()),
        OddFile("steel_drums.mid", midi(track(named("Steel Drums"), *played(MELODY))), MELODY),
        OddFile("performance.mid", midi(track(named("Piano"), *played(performance)))),
    ]


def refused() -> list[OddFile]:
    """What cannot be read, each with a part of the reason."""
    good = midi(track(named("Tune"), *played(tune(0.5, 16))))
    short = track(*played(tune(0.5, 4)))
    endless = chunk(b"MTrk", b"\xff" * 5000)
    many = chunk(b"MTrk", b"\x00\x90\x3c\x40" + b"\x00\x3c\x40" * 200_000 + b"\x01" + END)
    late = chunk(b"MTrk", b"\x8f\xff\xff\xff\x7f\x90\x3c\x40\x01\x3c\x00\x00" + END)
    return [
        OddFile("no_notes.mid", midi(track(named("Nothing"), tempo(0, 90))), refused="no notes"),
        OddFile("never_ended.mid", midi(track((0, b"\x90\x3c\x40"), (4, END))), refused="has an end"),
        OddFile("type_2.mid", midi(short, short, kind=2), refused="type 2"),
        OddFile("type_7.mid", midi(short, kind=7), refused="unknown type 7"),
        OddFile("zero_tempo.mid", midi(track((0, meta(0x51, bytes(3)))), short), refused="tempo of zero"),
        OddFile("short_tempo.mid", midi(track((0, meta(0x51, b"\x07"))), short), refused="damaged"),
        OddFile("zero_division.mid", midi(short, division=0), refused="0 ticks"),
        OddFile("film_frames.mid", midi(short, division=-6360), refused="frames of film"),
        OddFile("no_tracks.mid", header(1, 0), refused="no tracks"),
        OddFile("minus_tracks.mid", header(1, -5), refused="no tracks"),
        OddFile("empty.mid", b"", refused="empty file"),
        OddFile("text.mid", b"Dear all,\nhere are the songs.\n" * 20, refused="not a MIDI file"),
        OddFile("header_only.mid", good[:9], refused="cut short"),
        OddFile("cut_short.mid", good[:-30], refused="cut short"),
        OddFile("missing_track.mid", header(1, 3) + short, refused="cut short"),
        OddFile("endless_number.mid", midi(endless), refused="damaged"),
        OddFile("negative_time.mid", midi(late), refused="too long"),
        OddFile("too_many_notes.mid", midi(many), refused="too many notes"),
        OddFile(
            "million_notes.mid", midi(chunk(b"MTrk", b"\x00\x90\x3c\x40" * 1_000_000)), refused="too large"
        ),
    ]


ODD_FILES = (*times_and_metres(), *rhythms(), *messages(), *ensembles())
REFUSED_FILES = tuple(refused())


def write_all(folder: Path) -> list[Path]:
    """Write all of them, the refused ones too, into a folder; their paths."""
    paths = [folder / file.name for file in (*ODD_FILES, *REFUSED_FILES)]
    for path, file in zip(paths, (*ODD_FILES, *REFUSED_FILES), strict=True):
        path.write_bytes(file.data)
    return paths


def write_tune(path: Path, seed: int, bars: int = 8) -> Path:
    """A MIDI file of eighths, different for each seed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pitches = np.random.default_rng(seed).integers(55, 80, 8 * bars)
    notes = tuple((number / 2, 0.5, int(pitch)) for number, pitch in enumerate(pitches))
    path.write_bytes(midi(track(named("Tune"), *played(notes))))
    return path
