# Pieces packed: a head that JSON can hold and a table of notes, for pipes and caches.
"""Pieces packed: a head that JSON can hold and a table of notes, for pipes and caches."""

from __future__ import annotations

from typing import Any

import numpy as np

from aekit_music.piece import NO_BEAT_NOTES, BeatNotes, Metre, Piece, Track

Head = dict[str, Any]


def pack(piece: Piece) -> tuple[Head, BeatNotes]:
    """The head of a piece, and the notes (N, 4) of all its tracks one behind the other."""
    head: Head = {
        "name": piece.name,
        "tracks": [[track.name, track.program, track.drums, len(track.notes)] for track in piece.tracks],
        "metres": [list(metre) for metre in piece.metres],
        "beats": float(piece.beats),
        "tempo": float(piece.tempo),
        "tonic": piece.tonic,
        "notes": list(piece.notes),
    }
    return head, np.concatenate([NO_BEAT_NOTES, *(track.notes for track in piece.tracks)])


def unpack(head: Head, notes: BeatNotes) -> Piece:
    """The piece that was packed."""
    tracks, start = [], 0
    for name, program, drums, count in head["tracks"]:
        tracks.append(Track(name, notes[start : start + count], program, drums))
        start += count
    return Piece(
        head["name"],
        tuple(tracks),
        tuple(Metre(*metre) for metre in head["metres"]),
        head["beats"],
        head["tempo"],
        head["tonic"],
        tuple(head["notes"]),
    )


def count(head: Head) -> int:
    """How many notes belong to a head."""
    return sum(track[3] for track in head["tracks"])
