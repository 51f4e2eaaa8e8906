# Collection: the windows of many pieces, shared out by tune to training and testing, and what was left out.
"""Collection: the windows of many pieces, shared out by tune to training and testing, and what was left out."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aekit import DataError
from aekit_music.arrays import read_npz
from aekit_music.encodings import ENCODINGS, Encoding, Steps
from aekit_music.grouping import Hashes, Numbers, grouped, hashes, phrases, split
from aekit_music.piece import NO_STEP_NOTES, Piece, Unusable
from aekit_music.score import score_of
from aekit_music.settings import MusicOptions
from aekit_music.windows import Reason, Windows, sentences, size_of, taken

ELSEWHERE = "the same as a window of another piece"
SIDES = {"train": False, "test": True}  # whether a split is the one for testing
USUAL_TEMPO = 120.0
FINEST = 48  # parts of a beat that a checksum tells apart


class Candidate(NamedTuple):
    """A piece that may have windows, or why there is none.

    Attributes:
        name: of the item's origin.
        label: its class, or "".
        piece: as read, or the reason why it could not be.
    """

    name: str
    label: str
    piece: Piece | str


@dataclass(frozen=True)
class Collection:
    """N windows of P pieces.

    Attributes:
        rows: (N, T, ...) as stored, the bits of planes packed eight to a byte.
        bars: (N,) the bar in which each begins.
        owners: (N,) the number of its piece.
        chosen: for "train" and "test", the windows that belong there.
        names, labels: (P,).
        rejected: for "train" and "test", (name, reason) of what was left out.
        facts: the spec.
    """

    rows: Steps
    bars: Numbers
    owners: Numbers
    chosen: dict[str, Numbers]
    names: list[str]
    labels: list[str]
    rejected: dict[str, list[tuple[str, str]]]
    facts: dict[str, Any]


class Taken(NamedTuple):
    """What one piece gives."""

    windows: Windows
    same: Hashes  # (N,) of what begins in each window
    moved: Hashes  # (N,) of the window but for transposition
    phrases: Hashes
    content: int
    tempo: float


def collect(candidates: Iterable[Candidate], options: MusicOptions) -> Collection:
    """The windows of all pieces; versions of a tune stay on one side, and no window is twice on one.

    Raises:
        UsageError: the options contradict each other.
    """
    encoding = ENCODINGS[options.encoding]
    names, labels, found = [], [], []
    for name, label, piece in candidates:
        names.append(name)
        labels.append(label)
        found.append(taken_from(piece, encoding, options))
    owners = np.repeat(np.arange(len(found)), [len(one.windows.rows) for one in found])
    groups = grouped([one.phrases for one in found], names)
    counts = np.bincount(owners, minlength=len(found))
    is_test = split(groups, [one.content for one in found], counts)
    first = first_in_its_split(joint([one.same for one in found], np.uint64), is_test[owners])
    chosen = {name: np.flatnonzero(first & (is_test[owners] == side)) for name, side in SIDES.items()}
    bars = joint([one.windows.bars for one in found], np.int64)
    repeats: list[list[Reason]] = [[] for _ in found]
    for window in np.flatnonzero(~first).tolist():
        repeats[owners[window]].append((int(bars[window]), ELSEWHERE))
    rejected: dict[str, list[tuple[str, str]]] = {name: [] for name in SIDES}
    for number, one in enumerate(found):
        lines = sentences([*one.windows.rejected, *repeats[number]])
        rejected["test" if is_test[number] else "train"] += [(names[number], line) for line in lines]
    rows = joint_rows([one.windows.rows for one in found], encoding, options)
    moved = joint([one.moved for one in found], np.uint64)
    facts = {
        **measured(rows[chosen["train"]], encoding, options),
        "tempo": float(np.median([one.tempo for one in found if len(one.windows.rows)] or [USUAL_TEMPO])),
        "pieces": {name: int((counts[is_test == side] > 0).sum()) for name, side in SIDES.items()},
        "grouped": int((np.bincount(groups, minlength=1)[groups] > 1).sum()),
        "repeated": int((~first).sum()),
        "leaked": float(np.isin(moved[chosen["test"]], moved[chosen["train"]]).mean())
        if len(chosen["test"])
        else 0.0,
    }
    return Collection(rows, bars, owners, chosen, names, labels, rejected, facts)


def taken_from(piece: Piece | str, encoding: Encoding, options: MusicOptions) -> Taken:
    """What a piece gives; nothing but reasons where it cannot be used."""
    try:
        if isinstance(piece, str):
            raise Unusable(piece)
        score = score_of(piece, options)
    except Unusable as error:
        return nothing((error.bar, error.reason), encoding, options)
    windows = taken(score, options)
    return Taken(
        Windows(packed(windows.rows, encoding), windows.bars, windows.tied, windows.rejected),
        hashes(encoding.onsets(windows.rows)),
        hashes(encoding.untransposed(windows.rows)),
        phrases(score.notes),
        checksum(piece),
        piece.tempo,
    )


def nothing(reason: Reason, encoding: Encoding, options: MusicOptions) -> Taken:
    """What an unusable piece gives."""
    empty, none = np.empty(0, np.int64), np.empty(0, np.uint64)
    rows = packed(blank(encoding, options), encoding)
    windows = Windows(rows, empty, np.empty((0, encoding.columns), bool), (reason,))
    return Taken(windows, none, none, none, 0, USUAL_TEMPO)


def blank(encoding: Encoding, options: MusicOptions) -> Steps:
    """No windows (0, T, ...)."""
    return encoding.cut(encoding.encode(NO_STEP_NOTES, 1), np.empty(0, np.int64), size_of(options).steps)[0]


def packed(rows: Steps, encoding: Encoding) -> Steps:
    """Windows as they are kept: the bits of planes eight to a byte."""
    return np.packbits(rows, axis=-1) if encoding.planes else rows


def unpacked(rows: Steps, encoding: Encoding) -> Steps:
    """Windows (N, T, ...) as stored, from those that are kept."""
    return np.unpackbits(rows, axis=-1, count=encoding.planes) if encoding.planes else rows


def checksum(piece: Piece) -> int:
    """A number of the piece's notes alone, on which its side of the split depends."""
    notes = [
        np.rint(track.notes[:, :3] * (FINEST, FINEST, 1)).astype(np.int32).tobytes() for track in piece.tracks
    ]
    return zlib.crc32(b"".join(notes))


def joint(arrays: list[NDArray[Any]], dtype: type[np.generic]) -> NDArray[Any]:
    """Arrays one behind the other."""
    return np.concatenate([np.empty(0, dtype), *arrays])


def joint_rows(arrays: list[Steps], encoding: Encoding, options: MusicOptions) -> Steps:
    """Kept windows of all pieces one behind the other."""
    return np.concatenate([packed(blank(encoding, options), encoding), *arrays])


def first_in_its_split(same: Hashes, is_test: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which windows (N,) are the first with their hash on their side."""
    first = np.zeros(len(same), bool)
    for side in SIDES.values():
        there = np.flatnonzero(is_test == side)
        first[there[np.unique(same[there], return_index=True)[1]]] = True
    return first


def measured(rows: Steps, encoding: Encoding, options: MusicOptions) -> dict[str, Any]:
    """What networks and other files need to know of the training windows, as kept."""
    size = size_of(options)
    reached = [
        encoding.pitches(unpacked(rows[at : at + 10_000], encoding)) for at in range(0, len(rows), 10_000)
    ]
    pitches = [span for span in reached if span is not None]
    return {
        "encoding": encoding.name,
        "steps": size.steps,
        "steps_per_bar": size.bar,
        "steps_per_beat": options.steps_per_beat,
        "bars": size.bars,
        "metre": options.metre,
        "lowest": min((low for low, _ in pitches), default=None),
        "highest": max((high for _, high in pitches), default=None),
    }


def commonest_reason(collection: Collection) -> str:
    """The reason that most pieces have, without its bars, or ""."""
    reasons = {
        (name, reason.partition(": ")[2] if reason.startswith("bar") else reason)
        for part in collection.rejected.values()
        for name, reason in part
    }
    common = Counter(reason for _, reason in sorted(reasons)).most_common(1)
    return common[0][0] if common else ""


def save(collection: Collection, folder: Path) -> None:
    """Write a collection into a folder that exists."""
    texts = {name: getattr(collection, name) for name in ("names", "labels", "rejected", "facts")}
    np.save(folder / "rows.npy", collection.rows)
    np.savez(
        folder / "index.npz",
        bars=collection.bars.astype(np.int32),
        owners=collection.owners.astype(np.int32),
        train=collection.chosen["train"],
        test=collection.chosen["test"],
        texts=np.frombuffer(json.dumps(texts).encode(), np.uint8),
    )


def load(folder: Path) -> Collection | None:
    """The collection that `save` wrote, its rows mapped; None where it is not there or not whole."""
    try:
        index = read_npz(folder / "index.npz")
        rows = np.load(folder / "rows.npy", mmap_mode="r")
        texts = json.loads(index["texts"].tobytes())
        chosen = {name: index[name] for name in SIDES}
        return Collection(rows, index["bars"], index["owners"], chosen, **texts)
    except (DataError, OSError, ValueError, KeyError, TypeError):
        return None
