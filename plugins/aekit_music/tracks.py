# Which notes each voice gets: finds melody, bass and drums among the tracks of a piece; moves it to a common key.
"""Which notes each voice gets: finds melody, bass and drums among the tracks of a piece; moves it to a common key.

A line is reduced to one note at a time by skyline (Uitdenbogerd and Zobel 1998): of notes struck together the highest
stays (for a bass the lowest), one that begins under a higher note that outlasts half of it goes, and each ends at the
latest where the next begins.
"""

from __future__ import annotations

import dataclasses
import re

import numpy as np
from numpy.typing import NDArray

from aekit_music.encodings import Encoding
from aekit_music.piece import NO_BEAT_NOTES, BeatNotes, Piece, Track, Unusable, Voice

MELODY_NAME = re.compile(
    r"m[eé]lod|lead|vocal|voice|vox|sing|soprano|solo\b|tune|theme|cantus|discant|gesang|chant\b",
    re.IGNORECASE,
)
BACKING_NAME = re.compile(r"back|harmon|choir|chorus|2nd|second|pad\b|accomp", re.IGNORECASE)
BASS_NAME = re.compile(r"\bbass(?!oon| drum|et)", re.IGNORECASE)
BASS_PROGRAMS = range(32, 40)
EFFECT_PROGRAMS = range(120, 128)

LEGATO = 0.125  # beats: a note that sounds into the next by no more is legato, not a second voice
AT_ONCE = 0.03  # beats: notes struck closer together are struck at once
MOST_AT_ONCE = 0.25  # of a line's notes; above, a skyline jumps between voices
MOST_AT_ONCE_NAMED = 0.5  # of a track that says by its name that it is the line
HIGHEST_BASS = 52.0  # mean pitch, E3, of a bass that is known by neither name nor program
REGISTER = (48.0, 84.0)  # mean pitches from which, and to which, height speaks for a melody
# Keys of a General MIDI drum kit, without hand drums and the like, and the share of its notes that a track has there
# which is taken for drums unasked
KIT, LEAST_ON_KIT = (35, 59), 0.5
# What speaks for a melody: being one line counts as much as height and being active together
LINE_WEIGHT, HEIGHT_WEIGHT, ACTIVE_WEIGHT = 2.0, 1.0, 1.0

# Krumhansl and Kessler 1982: how well each pitch class goes with a key, from the tonic
MAJOR = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
MINOR = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])
C, A = 0, 9


def parts(piece: Piece, encoding: Encoding, track: str | None) -> dict[Voice, BeatNotes]:
    """The notes (N, 4) in beats of each of the encoding's voices, sorted by onset, then pitch.

    Args:
        piece: any.
        encoding: its voices are found; for planes of bits, the melody is everything with a pitch.
        track: name, or a part of it, or number from 0, of the track that has the melody, or, for drums alone, of those
            that have the drums; None finds them.

    Raises:
        Unusable: a voice is missing, with the reason.
    """
    if encoding.planes:
        return {Voice.MELODY: everything_pitched(piece)}
    found: dict[Voice, BeatNotes] = {}
    if Voice.MELODY in encoding.voices:
        melody = melody_track(piece, track)
        found[Voice.MELODY] = skyline(melody.notes)
        if Voice.BASS in encoding.voices:
            found[Voice.BASS] = skyline(bass_track(piece, melody).notes, lowest=True)
    if Voice.DRUMS in encoding.voices:
        alone = len(encoding.voices) == 1
        found[Voice.DRUMS] = together(drum_tracks(piece, track if alone else None, alone), "no drums in it")
    return found


def everything_pitched(piece: Piece) -> BeatNotes:
    """The notes of all pitched tracks; of several that begin at once on one pitch, the longest."""
    notes = together(pitched(piece), "only drums in it")
    order = np.lexsort((-notes[:, 1], notes[:, 2], notes[:, 0]))
    notes = notes[order]
    again = np.append(False, (np.diff(notes[:, 0]) == 0) & (np.diff(notes[:, 2]) == 0))
    return np.asarray(notes[~again])


def pitched(piece: Piece) -> list[Track]:
    """The tracks that are not drums and have notes."""
    return [track for track in piece.tracks if not track.drums and len(track.notes)]


def together(tracks: list[Track], otherwise: str) -> BeatNotes:
    """The notes of several tracks, sorted; Unusable, for the reason `otherwise`, where there are none."""
    notes = np.concatenate([NO_BEAT_NOTES, *(track.notes for track in tracks)])
    if not len(notes):
        raise Unusable(otherwise)
    return notes[np.lexsort((notes[:, 2], notes[:, 0]))]


def melody_track(piece: Piece, chosen: str | None) -> Track:
    """The track that has the melody: the one chosen, or else the best of those so named, or else the best of all."""
    if chosen is not None:
        return chosen_track(piece, chosen)
    tracks = pitched(piece)
    if not tracks:
        raise Unusable("only drums in it" if piece.tracks else "no notes in it")
    named = [
        track for track in tracks if MELODY_NAME.search(track.name) and not BACKING_NAME.search(track.name)
    ]
    lines = [track for track in named if share_at_once(track.notes) <= MOST_AT_ONCE_NAMED]
    if lines:
        return max(lines, key=lambda track: melody_score(track, piece))
    others = [
        track for track in tracks if not is_bass(track) and track.program not in EFFECT_PROGRAMS
    ] or tracks
    lines = [track for track in others if share_at_once(track.notes) <= MOST_AT_ONCE]
    if not lines:
        best = min(others, key=lambda track: share_at_once(track.notes))
        share = f"'{best.name or piece.tracks.index(best)}', has {share_at_once(best.notes):.0%}".replace(
            "%", " %"
        )
        raise Unusable(
            f"no track is near enough to a single line: the best, {share} of its notes at once; name one with --track"
        )
    return max(lines, key=lambda track: melody_score(track, piece))


def chosen_track(piece: Piece, chosen: str) -> Track:
    """The track of that number, or of that name: the same, or else the one with most notes that has it in its name."""
    if chosen.strip().isdecimal() and int(chosen) < len(piece.tracks):
        track = piece.tracks[int(chosen)]
        if track.drums:
            raise Unusable(f"track {int(chosen)} has drums, not a melody")
        return track
    wanted = chosen.strip().lower()
    named = [track for track in pitched(piece) if wanted in track.name.lower()]
    if not named:
        raise Unusable(f"no pitched track is named like '{chosen}' (its tracks: {listed(piece)})")
    return max(named, key=lambda track: (track.name.lower() == wanted, len(track.notes)))


def listed(piece: Piece) -> str:
    """The numbers and names of the first tracks."""
    return ", ".join(f"{number} '{track.name}'" for number, track in enumerate(piece.tracks[:8]))


def drum_tracks(piece: Piece, chosen: str | None, alone: bool) -> list[Track]:
    """The tracks that have the drums: those chosen, or else those marked as drums.

    Where none is marked and drums alone are wanted, the only track of a piece, if it keeps to the keys of a drum kit.
    """
    if chosen is None:
        marked = [track for track in piece.tracks if track.drums]
        only = piece.tracks if alone and len(piece.tracks) == 1 else ()
        return marked or [track for track in only if on_kit(track.notes) >= LEAST_ON_KIT]
    if chosen.strip().isdecimal() and int(chosen) < len(piece.tracks):
        return [piece.tracks[int(chosen)]]
    named = [track for track in piece.tracks if chosen.strip().lower() in track.name.lower()]
    if not named:
        raise Unusable(f"no track is named like '{chosen}' (its tracks: {listed(piece)})")
    return named


def on_kit(notes: BeatNotes) -> float:
    """The share of notes (N, 4) on the keys of a drum kit, 0 to 1."""
    lowest, highest = KIT
    return float(((notes[:, 2] >= lowest) & (notes[:, 2] <= highest)).mean())


def melody_score(track: Track, piece: Piece) -> float:
    """How much speaks for a track having the melody: being one line, high, and active through the piece."""
    low, high = REGISTER
    height = float(np.clip((track.notes[:, 2].mean() - low) / (high - low), 0, 1))
    active = float(np.clip(skyline(track.notes)[:, 1].sum() / max(piece.beats, 1e-9), 0, 1))
    line = 1 - share_at_once(track.notes)
    return LINE_WEIGHT * line + HEIGHT_WEIGHT * height + ACTIVE_WEIGHT * active


def is_bass(track: Track) -> bool:
    """Whether a track says by name or program that it is a bass."""
    return track.program in BASS_PROGRAMS or BASS_NAME.search(track.name) is not None


def bass_track(piece: Piece, melody: Track) -> Track:
    """The bass beside the melody: the longest of those that say so, or else the lowest line that is low enough."""
    others = [track for track in pitched(piece) if track is not melody]
    basses = [track for track in others if is_bass(track)]
    if basses:
        return max(basses, key=lambda track: len(track.notes))
    low = [track for track in others if track.notes[:, 2].mean() <= HIGHEST_BASS]
    lines = [track for track in low if share_at_once(track.notes) <= MOST_AT_ONCE]
    if not lines:
        raise Unusable("no bass in it (none by name or program, and no single line that is low)")
    return min(lines, key=lambda track: float(track.notes[:, 2].mean()))


def share_at_once(notes: BeatNotes) -> float:
    """Of notes (N, 4) sorted by onset, the share that begins while another sounds, beyond legato: 0 to 1."""
    return float(covered(notes).mean()) if len(notes) else 0.0


def covered(notes: BeatNotes) -> NDArray[np.bool_]:
    """(N,) whether each note begins while one before it sounds, for more than legato or half of either's length."""
    onsets, lengths = notes[:, 0], notes[:, 1]
    until = np.maximum.accumulate(onsets + lengths)
    result = np.zeros(len(notes), bool)
    overlap = until[:-1] - onsets[1:]
    result[1:] = overlap > np.minimum(LEGATO, np.minimum(lengths[1:], lengths[:-1]) / 2)
    return result


def skyline(notes: BeatNotes, lowest: bool = False) -> BeatNotes:
    """Notes (N, 4) sorted by onset, reduced to one at a time, see the top of this file."""
    if len(notes) < 2:
        return notes
    line = uncovered(notes, -notes[:, 2] if lowest else notes[:, 2]) if covered(notes).any() else notes
    result = line.copy()
    result[:-1, 1] = np.minimum(line[:-1, 1], np.diff(line[:, 0]))
    return result


def uncovered(notes: BeatNotes, height: NDArray[np.float64]) -> BeatNotes:
    """Notes less those under a higher one: struck at once with it, or within it for more than half their length."""
    kept: list[int] = []
    for number, (onset, length) in enumerate(notes[:, :2].tolist()):
        while kept and onset - notes[kept[-1], 0] < AT_ONCE and height[kept[-1]] < height[number]:
            kept.pop()
        if kept:
            start, sounds = notes[kept[-1], :2].tolist()
            lower = height[kept[-1]] - height[number]
            if (lower >= 0 and onset - start < AT_ONCE) or (
                lower > 0 and start + sounds - onset > length / 2
            ):
                continue
        kept.append(number)
    return notes[kept]


def moved_to_common_key(piece: Piece) -> Piece:
    """The piece with its pitched tracks moved, by the nearest way, to C major or A minor."""
    tracks = pitched(piece)
    if not tracks:
        return piece
    tonic, minor = key_of(np.concatenate([track.notes for track in tracks]), piece.tonic)
    target = A if minor else C
    by = (target - tonic + 5) % 12 - 5  # -5 to 6
    moved = tuple(track if track.drums else transposed(track, by) for track in piece.tracks)
    mode = "A minor" if minor else "C major"
    note = f"moved by {by:+d} semitones to {mode}" if by else f"in {mode} already"
    return dataclasses.replace(piece, tracks=moved, tonic=target, notes=(*piece.notes, note))


def transposed(track: Track, by: int) -> Track:
    """A track moved by `by` semitones; what would leave MIDI's range stays in it by an octave."""
    notes = track.notes.copy()
    notes[:, 2] += by
    notes[:, 2] += 12 * (notes[:, 2] < 0) - 12.0 * (notes[:, 2] > 127)
    return dataclasses.replace(track, notes=notes[np.lexsort((notes[:, 2], notes[:, 0]))])


def key_of(notes: BeatNotes, tonic: int | None) -> tuple[int, bool]:
    """The key of notes (N, 4): its tonic and whether it is minor, by Krumhansl and Kessler's profiles.

    Where the tonic is given, only the mode is found.
    """
    classes = np.bincount(notes[:, 2].astype(int) % 12, weights=notes[:, 1], minlength=12)
    if np.ptp(classes) == 0:  # all alike: no key is better than another
        return (tonic or 0), False
    tonics = range(12) if tonic is None else (tonic,)
    fits = {
        (root, minor): float(np.corrcoef(np.roll(MINOR if minor else MAJOR, root), classes)[0, 1])
        for root in tonics
        for minor in (False, True)
    }
    return max(fits, key=lambda key: fits[key])
