# Reads MIDI: a Standard MIDI File, by pretty_midi, to a Piece in beats, or one line that says why not.
"""Reads MIDI: a Standard MIDI File, by pretty_midi, to a Piece in beats, or one line that says why not."""

from __future__ import annotations

import io
import re
import struct
import unicodedata
from pathlib import Path
from typing import NamedTuple

import mido
import numpy as np
import pretty_midi

from aekit_music.piece import BeatNotes, OutOfReach, Piece, Track, Unusable
from aekit_music.timing import Clock, TempoMap, choose_clock, metres_from

SUFFIXES = (".mid", ".midi", ".kar")
# A file of the shortest messages is read at about 0.6 MB/s, so that the largest takes less than half of 5 s and less
# than 0.4 GB; scores of whole symphonies stay below it.
MOST_BYTES = 1_000_000
MOST_NOTES = 100_000
MOST_BEATS = 20_000.0
MOST_TICKS = 9_999_998  # pretty_midi makes a table with an entry for each, and refuses more
# mido reads a number of any length in time that grows with its square; only numbers and texts have such bytes.
MOST_HIGH_BYTES = 1024
HIGH_BYTES = re.compile(rb"[\x80-\xff]{%d}" % (MOST_HIGH_BYTES + 1))
# mido refuses a file for a key that does not exist; in a sound file these bytes stand nowhere else.
KEY_SIGNATURE = re.compile(rb"\xff\x59\x02(.)(.)", re.DOTALL)
LONGEST_NAME = 60
DRUM_NAME = re.compile(
    r"(?<![^\W_])(?<!steel )"
    r"(drums?|drum ?kit|drum ?set|percussion|perc|kicks?|snares?|(hi)?hats?|toms?(?!['’])|cymbals?|"
    r"schlagzeug|batterie|bater[ií]a)"
    r"(?![^\W\d_])",
    re.IGNORECASE,
)
MAP_EVENTS = frozenset({"set_tempo", "time_signature", "key_signature"})
KEPT_EVENTS = MAP_EVENTS | {"note_on", "note_off", "program_change", "track_name", "end_of_track"}


class Player(NamedTuple):
    """One track before its beats are known: `notes` (N, 4) are start and end in seconds, pitch and velocity."""

    name: str
    program: int
    drums: bool
    notes: BeatNotes


def read_midi(path: Path, timing: str = "auto") -> Piece:
    """A file of type 0 or 1 as a piece.

    Args:
        path: the file.
        timing: "file" takes beats from the tempo map, exactly; "estimated" finds them from the onsets; "fixed" is a
            grid of 120 beats a minute; "auto" takes the file's, unless it plainly has none.

    Raises:
        Unusable: with the reason, whatever it is that cannot be read.
    """
    file = parse(read_bytes(path))
    struck, zeros = keep_what_counts(file)
    score = as_score(file)
    players = players_of(score, named=file.type == 1 or len(score.instruments) == 1)
    if not players:
        raise Unusable("no note in it has an end" if struck else "no notes in it")
    notes = ["a time signature of 0 beats was passed over"] if zeros else []
    unended = struck - sum(len(player.notes) for player in players)
    if unended:
        notes.append(f"{unended} note{'s' if unended > 1 else ''} without an end left out")
    return piece_from(path.name, score, players, timing, notes)


def read_bytes(path: Path) -> bytes:
    """The bytes of a file from its header on.

    Raises:
        Unusable: it cannot be read, is too large, or is no MIDI file of type 0 or 1 in beats.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
            size = path.stat().st_size
    except OSError as error:
        raise OutOfReach(f"cannot be read ({error.strerror or type(error).__name__})") from None
    if len(data) > MOST_BYTES:
        raise Unusable(f"too large: {size / 1e6:.1f} MB, where up to {MOST_BYTES / 1e6:g} MB is read")
    data = data[max(data.find(b"MThd", 0, 64), 0) :]  # some begin with a RIFF header
    check_header(data)
    if HIGH_BYTES.search(data):
        raise Unusable(f"damaged: more than {MOST_HIGH_BYTES} bytes in a row that belong to no message")
    return KEY_SIGNATURE.sub(possible_key, data)


def check_header(data: bytes) -> None:
    """Raises Unusable where the first 14 bytes announce nothing that can be read."""
    if not data:
        raise Unusable("an empty file")
    if data[:4] != b"MThd":
        raise Unusable("not a MIDI file (it does not begin with 'MThd')")
    if len(data) < 14:
        raise Unusable("cut short within its header")
    kind, tracks, division = struct.unpack(">hhh", data[8:14])
    if kind == 2:
        raise Unusable("a type 2 file, whose tracks have no time in common; types 0 and 1 are read")
    if kind not in (0, 1):
        raise Unusable(f"of unknown type {kind}; types 0 and 1 are read")
    if tracks < 1:
        raise Unusable("no tracks in it")
    if division <= 0:
        raise Unusable("timed in frames of film instead of beats" if division else "0 ticks a beat")


def possible_key(found: re.Match[bytes]) -> bytes:
    """A key signature as found, or C where there is no such key."""
    sharps, minor = struct.unpack("bB", found[1] + found[2])
    return found[0] if abs(sharps) <= 7 and minor <= 1 else b"\xff\x59\x02\0\0"


def one_line(error: Exception) -> str:
    """What a library's error says, as the end of a sentence."""
    words = (str(error).strip().splitlines() or [""])[0][:100]
    return words or type(error).__name__


def parse(data: bytes) -> mido.MidiFile:
    """The file's messages."""
    try:
        return mido.MidiFile(file=io.BytesIO(data))
    except EOFError:
        raise Unusable("cut short") from None
    except Exception as error:  # of damaged files it raises almost anything
        raise Unusable(f"damaged ({one_line(error)})") from None


def keep_what_counts(file: mido.MidiFile) -> tuple[int, int]:
    """Leave only what makes notes, beats and names; how many notes are struck, and how many signatures have 0 beats.

    The tempo map and signatures of other tracks move to the first, where pretty_midi looks for them.

    Raises:
        Unusable: too many notes, too long, or a tempo of zero.
    """
    if any(sum(message.time for message in track) > MOST_TICKS for track in file.tracks):
        raise Unusable(f"too long: more than {MOST_TICKS:,} ticks; it may be damaged")
    struck, zeros = map(sum, zip(*(strip(track) for track in file.tracks), strict=True))
    if struck > MOST_NOTES:
        raise Unusable(f"too many notes: {struck:,}, where up to {MOST_NOTES:,} are read")
    tracks = [track for track in file.tracks if track]
    if not tracks:
        raise Unusable("no notes in it")
    maps = [take_map(track) for track in tracks[1:] if any(message.type in MAP_EVENTS for message in track)]
    tracks[0] = mido.merge_tracks([tracks[0], *maps]) if maps else tracks[0]
    if any(message.type == "set_tempo" and message.tempo == 0 for message in tracks[0]):
        raise Unusable("a tempo of zero")
    file.tracks[:] = tracks
    return struck, zeros


def strip(track: mido.MidiTrack) -> tuple[int, int]:
    """Leave a track what counts, in place; how many notes it strikes, and how many signatures of 0 beats it has.

    A program that changes once its channel has sounded is left out, since it would tear a part in two, and so is a
    time signature of 0 beats, which pretty_midi refuses.
    """
    kept, carried, struck, zeros = [], 0, 0, 0
    sounded: set[int] = set()
    for message in track:
        kind = message.type
        if kind == "note_on":
            struck += message.velocity > 0
            sounded.add(message.channel)
        elif (
            kind not in KEPT_EVENTS
            or (kind == "program_change" and message.channel in sounded)
            or (kind == "time_signature" and message.numerator == 0)
        ):
            carried += message.time
            zeros += kind == "time_signature"
            continue
        if carried:
            message.time += carried
            carried = 0
        kept.append(message)
    track[:] = kept
    return struck, zeros


def take_map(track: mido.MidiTrack) -> mido.MidiTrack:
    """Take the tempi and signatures out of a track, in place, and return them as a track of their own."""
    sides = (mido.MidiTrack(), mido.MidiTrack())
    carried = [0, 0]
    for message in track:
        belongs = message.type in MAP_EVENTS
        carried = [time + message.time for time in carried]
        sides[belongs].append(message.copy(time=carried[belongs]))
        carried[belongs] = 0
    track[:] = sides[0]
    return sides[1]


def as_score(file: mido.MidiFile) -> pretty_midi.PrettyMIDI:
    """The file's notes in seconds, its tempo map and its signatures."""
    try:
        return pretty_midi.PrettyMIDI(mido_object=file)
    except Exception as error:  # of damaged files it raises almost anything
        raise Unusable(f"damaged ({one_line(error)})") from None


def players_of(score: pretty_midi.PrettyMIDI, named: bool) -> list[Player]:
    """Whoever plays at least one note; names count only if `named`, as one track may hold all players."""
    return [player_of(instrument, named) for instrument in score.instruments if instrument.notes]


def player_of(instrument: pretty_midi.Instrument, named: bool) -> Player:
    """One instrument of pretty_midi's, its notes sorted by start, then pitch."""
    notes = np.array([(note.start, note.end, note.pitch, note.velocity) for note in instrument.notes], float)
    name = "".join(c if c.isprintable() else " " for c in as_written(instrument.name))
    name = " ".join(name.split())[:LONGEST_NAME] if named else ""
    drums = instrument.is_drum or DRUM_NAME.search(name) is not None
    return Player(name, int(instrument.program), drums, notes[np.lexsort((notes[:, 2], notes[:, 0]))])


def as_written(name: str) -> str:
    """A track's name, which mido takes for Latin-1, though many programs write UTF-8."""
    try:
        return unicodedata.normalize("NFC", name.encode("latin-1").decode("utf-8"))
    except UnicodeError:
        return name


def piece_from(
    name: str, score: pretty_midi.PrettyMIDI, players: list[Player], timing: str, notes: list[str]
) -> Piece:
    """Players in seconds to a piece in beats.

    Raises:
        Unusable: too long, or beats were to be estimated and cannot be.
    """
    onsets = np.sort(np.concatenate([player.notes[:, 0] for player in players]))
    tempo_map = TempoMap.of(score, max(float(player.notes[:, 1].max()) for player in players))
    clock, said = choose_clock(tempo_map, onsets, timing)
    tracks = tuple(track_of(player, clock) for player in players)
    beats = max(float((track.notes[:, 0] + track.notes[:, 1]).max()) for track in tracks)
    if beats > MOST_BEATS:
        raise Unusable(f"too long: {beats:,.0f} beats, where up to {MOST_BEATS:,.0f} are read")
    metres, passed_over = metres_from(signatures_of(score, clock, tempo_map), beats)
    notes = [*([said] if said else []), *notes, *passed_over]
    return Piece(name, tracks, metres, beats, clock.tempo, tonic_of(score), tuple(notes))


def track_of(player: Player, clock: Clock) -> Track:
    """A player's notes in beats."""
    times = np.maximum(clock.beats(player.notes[:, :2]), 0.0)
    rows = np.column_stack([times[:, 0], times[:, 1] - times[:, 0], player.notes[:, 2:]])
    return Track(player.name, rows, player.program, player.drums)


def signatures_of(
    score: pretty_midi.PrettyMIDI, clock: Clock, tempo_map: TempoMap
) -> list[tuple[float, int, int]]:
    """Time signatures as (beat, numerator, denominator); where beats are not the file's, its first, from 0 on."""
    changes = score.time_signature_changes
    if clock is not tempo_map:
        return [(0.0, change.numerator, change.denominator) for change in changes[:1]]
    beats = clock.beats(np.array([change.time for change in changes], float))
    return [(float(beat), c.numerator, c.denominator) for beat, c in zip(beats, changes, strict=True)]


def tonic_of(score: pretty_midi.PrettyMIDI) -> int | None:
    """The pitch class of the first key signature; C major says nothing, as most programs write it unasked."""
    keys = [change.key_number for change in score.key_signature_changes]
    return keys[0] % 12 if keys and keys[0] else None
