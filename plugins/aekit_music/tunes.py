# The packed folk tunes and chorales that come with the package: how the tool packs them, how they are loaded.
"""The packed folk tunes and chorales that come with the package, packed by tools/pack_tunes.py.

The file begins with one line of JSON, `{"folk": [bytes, "SHA-256"], "chorales": [...]}`, and goes on with one LZMA
stream for each book: the arrays of `COLUMNS`, one .npy behind the other. Times are whole ticks. A note stands as the
gap since the note before, the number of its length in a table of all lengths, and its step from the pitch before.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit import DataError, UsageError
from aekit.errors import unknown_name
from aekit_music.piece import BeatNotes, Metre, Piece, Track

PACKED = Path(__file__).parent / "data" / "tunes.pack"
TICKS = 5040  # a beat; every length in the books is a whole number of them, tuplets of 5, 7 and 9 too
TEMPI = {
    "folk": 150.0,
    "chorales": 80.0,
}  # beats a minute at which a book is heard; its notes say nothing of it
VELOCITY = 90
NO_TONIC = -1
COLUMNS = ("names", "voices", "pieces", "notes", "metres", "gaps", "lengths", "kinds", "leaps")
REMEDY = "install aekit again, or make it with tools/pack_tunes.py from a checkout"

Column = NDArray[Any]


def load_tunes(book: str, path: Path = PACKED) -> list[Piece]:
    """All pieces of "folk" (one track each, named "oneill/0042 Title") or "chorales" (four tracks, soprano first).

    Notes of a track never overlap; bars are as notated, and add up, but for a pickup and the bars before a repeat.

    Raises:
        DataError: the file is missing, cut short or damaged.
        UsageError: there is no such book.
    """
    if book not in TEMPI:
        raise UsageError(unknown_name("book", book, list(TEMPI)))
    try:
        return unpack(path.read_bytes(), book)
    except FileNotFoundError:
        raise DataError(f"The packed tunes are not here (no file '{path}'); {REMEDY}.") from None
    except OSError as error:
        raise DataError(f"The packed tunes cannot be read ({error}); {REMEDY}.") from None
    except (ValueError, KeyError, TypeError, IndexError, EOFError, lzma.LZMAError):
        raise DataError(f"The packed tunes in '{path}' are damaged or cut short; {REMEDY}.") from None


def pack(books: Mapping[str, Sequence[Piece]]) -> bytes:
    """The bytes of the packed file; the same pieces give the same bytes.

    Raises:
        ValueError: a time is no whole number of ticks, or notes of a track overlap.
    """
    head, body = {}, b""
    for book, pieces in books.items():
        buffer = io.BytesIO()
        columns = columns_of(pieces)
        for name in COLUMNS:
            np.save(buffer, columns[name], allow_pickle=False)
        stream = lzma.compress(buffer.getvalue(), preset=9 | lzma.PRESET_EXTREME)
        head[book] = [len(stream), hashlib.sha256(stream).hexdigest()]
        body += stream
    return json.dumps(head).encode() + b"\n" + body


def columns_of(pieces: Sequence[Piece]) -> dict[str, Column]:
    """Pieces as the arrays of `COLUMNS`."""
    tracks = [track for piece in pieces for track in piece.tracks]
    onsets, lengths = in_ticks(np.concatenate([track.notes[:, :2] for track in tracks])).T
    first = np.zeros(len(onsets), bool)
    first[np.cumsum([0, *(len(track.notes) for track in tracks[:-1])])] = True
    gaps = onsets - np.where(first, 0, np.roll(onsets + lengths, 1))
    if (gaps < 0).any():
        raise ValueError("notes of a track overlap")
    pitches = np.concatenate([track.notes[:, 2] for track in tracks]).astype(np.int16)
    table, kinds = np.unique(lengths, return_inverse=True)
    metres = [(float(in_ticks(metre.at)), *metre[1:]) for piece in pieces for metre in piece.metres]
    return {
        "names": as_bytes([piece.name for piece in pieces]),
        "voices": as_bytes([track.name for track in tracks]),
        "pieces": np.array([facts_of(piece) for piece in pieces], np.int32),
        "notes": np.array([len(track.notes) for track in tracks], np.int32),
        "metres": np.array(metres, np.int32),
        "gaps": gaps.astype(np.int32),
        "lengths": table.astype(np.int32),
        "kinds": kinds.astype(np.uint8 if len(table) <= 256 else np.uint16),
        "leaps": np.diff(pitches, prepend=np.int16(0)).astype(np.int8),
    }


def facts_of(piece: Piece) -> tuple[int, int, int, int]:
    """Length in ticks, tonic, and how many tracks and metres follow."""
    tonic = NO_TONIC if piece.tonic is None else piece.tonic
    return int(in_ticks(piece.beats)), tonic, len(piece.tracks), len(piece.metres)


def in_ticks(beats: float | Column) -> Column:
    """Beats as whole ticks."""
    exact = np.asarray(beats) * TICKS
    ticks = np.rint(exact)
    if np.abs(exact - ticks).max(initial=0) > 1e-3:
        raise ValueError("a time is no whole number of ticks")
    return np.asarray(ticks, np.int64)


def as_bytes(lines: Sequence[str]) -> Column:
    """Lines as an array of bytes."""
    return np.frombuffer("\n".join(lines).encode(), np.uint8)


def unpack(data: bytes, book: str) -> list[Piece]:
    """The pieces of one book from the bytes of the packed file; ValueError and others where they are damaged."""
    head, _, body = data.partition(b"\n")
    start = 0
    for name, (size, digest) in json.loads(head).items():
        if name == book:
            stream = body[start : start + size]
            if hashlib.sha256(stream).hexdigest() != digest:
                raise ValueError("the bytes differ from their checksum")
            buffer = io.BytesIO(lzma.decompress(stream))
            return pieces_of({column: np.load(buffer, allow_pickle=False) for column in COLUMNS}, book)
        start += size
    raise KeyError(book)


def pieces_of(columns: dict[str, Column], book: str) -> list[Piece]:
    """The pieces that `columns_of` took apart."""
    names, voices = (columns[name].tobytes().decode().split("\n") for name in ("names", "voices"))
    table, ends = notes_of(columns), np.cumsum(columns["notes"])
    spans = zip(voices, (ends - columns["notes"]).tolist(), ends.tolist(), strict=True)
    tracks = iter([Track(voice, table[start:end]) for voice, start, end in spans])
    metres = iter([Metre(at / TICKS, over, under) for at, over, under in columns["metres"].tolist()])
    return [
        Piece(
            name,
            tuple(next(tracks) for _ in range(voices)),
            tuple(next(metres) for _ in range(changes)),
            beats / TICKS,
            TEMPI[book],
            None if tonic == NO_TONIC else tonic,
        )
        for name, (beats, tonic, voices, changes) in zip(names, columns["pieces"].tolist(), strict=True)
    ]


def notes_of(columns: dict[str, Column]) -> BeatNotes:
    """The notes (N, 4) of all tracks one behind the other."""
    lengths = columns["lengths"].astype(np.int64)[columns["kinds"]]
    onsets = np.cumsum(columns["gaps"] + lengths) - lengths  # as if tracks followed one another
    counts = columns["notes"]
    first = np.cumsum(counts) - counts
    onsets -= np.repeat(onsets[first] - columns["gaps"][first], counts)
    pitches = np.cumsum(columns["leaps"], dtype=np.int64)
    return np.stack([onsets / TICKS, lengths / TICKS, pitches, np.full(len(onsets), VELOCITY)], 1)
