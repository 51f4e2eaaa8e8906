# The named data sets, and how each becomes a Dataset with the spec that networks are built from.
"""The named data sets, and how each becomes a Dataset with the spec that networks are built from."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import lcm
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from aekit import DataError, Dataset, ReadResult, Rejection, Source, UsageError
from aekit.data import Items
from aekit.errors import unknown_name
from aekit_music.arrays import load_npz
from aekit_music.collection import (
    SIDES,
    USUAL_TEMPO,
    Candidate,
    Collection,
    collect,
    commonest_reason,
    measured,
    packed,
    unpacked,
)
from aekit_music.encodings import ENCODINGS, Encoding, Steps
from aekit_music.folder import folder_collection
from aekit_music.midi import read_midi
from aekit_music.networks import usual_size
from aekit_music.patterns import patterns
from aekit_music.piece import Piece, Unusable
from aekit_music.score import Score, score_of
from aekit_music.settings import MOST_STEPS, MusicOptions
from aekit_music.tracks import moved_to_common_key
from aekit_music.tunes import load_tunes
from aekit_music.windows import sentences, tiles

MOST_BARS = 8  # that a note names
SOURCES = (
    Source(
        "folk",
        "Folk tunes of Aird, O'Neill and Ryan, the book as label",
        "3,908 tunes in all metres",
        "tunes free; see LICENSE-tunes.md",
        "in the package",
    ),
    Source(
        "chorales",
        "Four-part chorales by J. S. Bach",
        "404 pieces of four voices",
        "music free; see LICENSE-tunes.md",
        "in the package",
    ),
    Source(
        "patterns",
        "Synthetic drum patterns and trios, made by rules, the style as label",
        "504 pieces of 8 to 16 bars",
        "Apache-2.0",
        "made on the spot",
    ),
    Source(
        "folder:PATH",
        "MIDI files (.mid, .midi, .kar), also in sub-folders; the first folder is the label",
        "any",
        "yours",
        "read from the folder, once, into the cache",
    ),
    Source(
        "npz:PATH",
        "Arrays x and maybe x_test of encoded windows in an .npz file",
        "any",
        "yours",
        "read from the file",
    ),
)

PATTERNS_SEED = 0
LABELS: dict[str, Callable[[str], str]] = {
    "folk": lambda name: name.split("/")[0],  # the book
    "chorales": lambda name: "",
    "patterns": lambda name: name.split("/")[1].rsplit("-", 1)[0],  # the style
}


def load_source(options: MusicOptions, source: str, split: str) -> Dataset:
    """One split of a source; see `Modality.load`.

    The spec's keys: `encoding`, `metre` (as asked), `bars`, `steps` (of a window), `steps_per_bar`, `steps_per_beat`,
    `lowest` and `highest` (MIDI pitch in the training split, or None), `width` and `depth` (of the networks, as
    chosen), `tempo` (the median of the pieces, in beats a minute) and, but for npz, `pieces` (of each split), `grouped`
    (pieces that are versions of a tune with others), `repeated` (windows left out since another piece has the same),
    `leaked` (the share of test windows that training has as well, in any transposition).

    Raises:
        UsageError: no source has this name, or the options contradict each other.
        DataError: the source is missing, damaged, or holds nothing that can be used.
    """
    kind, _, rest = source.partition(":")
    if kind in ("folder", "npz") and not rest:
        raise UsageError(f"The source {kind}: needs a path, as in {kind}:PATH (received '{source}').")
    if kind == "npz":
        return npz_set(options, Path(rest).expanduser(), split)
    if kind == "folder":
        root = Path(rest).expanduser()
        return dataset(folder_collection(root, options), options, split, f"The folder '{root}'")
    if source not in BUILT_IN:
        raise UsageError(unknown_name("source", source, [known.name for known in SOURCES]))
    return dataset(built_in(source, options), options, split, f"The source {source}")


BUILT_IN: dict[str, Callable[[], list[Piece]]] = {
    "folk": lambda: load_tunes("folk"),
    "chorales": lambda: load_tunes("chorales"),
    "patterns": lambda: patterns(PATTERNS_SEED),
}


@lru_cache(maxsize=2)
def built_in(source: str, options: MusicOptions) -> Collection:
    """The windows of a source that comes with the package; kept, since both splits are asked for in turn."""
    label = LABELS[source]
    pieces = BUILT_IN[source]()
    return collect(
        (Candidate(piece.name, label(piece.name), piece) for piece in pieces),
        options,
    )


def dataset(collection: Collection, options: MusicOptions, split: str, owner: str) -> Dataset:
    """One split of a collection.

    Raises:
        DataError: it has no windows, or of one tune alone.
    """
    check_enough(collection, options, owner)
    chosen = collection.chosen[split]
    used = np.concatenate([collection.owners[rows] for rows in collection.chosen.values()])
    label_names = tuple(sorted({collection.labels[piece] for piece in np.unique(used)} - {""}))
    index = {label: number for number, label in enumerate(label_names)} | {"": -1}
    owners, bars = collection.owners[chosen].tolist(), collection.bars[chosen].tolist()
    labels = torch.tensor([index.get(label, -1) for label in collection.labels])
    reported = SIDES if split == "train" else (split,)  # a run keeps all that its source left out
    return Dataset(
        items_of(collection.rows, chosen, ENCODINGS[options.encoding]),
        collection.facts | chosen_size(options),
        labels[owners] if label_names else None,
        label_names,
        [f"{collection.names[piece]}, bar {bar}" for piece, bar in zip(owners, bars, strict=True)],
        tuple(Rejection(name, reason) for side in reported for name, reason in collection.rejected[side]),
    )


def check_enough(collection: Collection, options: MusicOptions, owner: str) -> None:
    """Raise DataError unless both splits have windows."""
    if all(len(chosen) for chosen in collection.chosen.values()):
        return
    pieces = counted(len(collection.names), "piece")
    wanted = f"{counted(options.bars, 'bar')} in {options.metre}"
    if not len(collection.rows):
        raise DataError(
            f"{owner} has no window of {wanted} for --encoding {options.encoding} in {pieces} (mostly: "
            f"{commonest_reason(collection)}); try --metre any, fewer --bars or another --encoding."
        )
    raise DataError(
        f"{owner} has windows of {wanted} of one tune only ({pieces}); at least two tunes are needed, since one is "
        "kept for testing."
    )


def counted(number: int, what: str) -> str:
    """`1 bar`, `2 bars`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def items_of(rows: Steps, chosen: Steps, encoding: Encoding) -> Items:
    """The chosen windows as a tensor, or, where they are planes of bits, as rows that stay packed."""
    return (
        PackedItems(rows, chosen, encoding) if encoding.planes else torch.from_numpy(np.asarray(rows)[chosen])
    )


class PackedItems:
    """Windows of bits (N, T, planes) by number, kept eight bits to a byte, in memory or mapped."""

    def __init__(self, rows: Steps, chosen: Steps, encoding: Encoding) -> None:
        self.rows, self.chosen, self.encoding = rows, chosen, encoding
        self.shape = torch.Size((len(chosen), rows.shape[1], encoding.planes))
        self.dtype = torch.uint8

    def __len__(self) -> int:
        return len(self.chosen)

    def __getitem__(self, index: Tensor) -> Tensor:
        return torch.from_numpy(unpacked(self.rows[self.chosen[index.numpy()]], self.encoding))


def npz_set(options: MusicOptions, path: Path, split: str) -> Dataset:
    """The data set of an .npz file."""
    windows, encoding = load_npz(path, options), ENCODINGS[options.encoding]
    spec = measured(packed(windows["train"], encoding), encoding, options)
    tempo = {"tempo": options.tempo or USUAL_TEMPO}
    return Dataset(torch.from_numpy(windows[split]), spec | tempo | chosen_size(options))


def chosen_size(options: MusicOptions) -> dict[str, int]:
    """Width and depth of the networks; kept in the spec, so that a run keeps its own when the usual ones change."""
    usual = usual_size(options.network, options.bars)
    return {"width": options.width or usual.width, "depth": options.depth or usual.depth}


def read_windows(path: Path, options: MusicOptions, spec: dict[str, Any]) -> ReadResult:
    """A person's own MIDI file as windows (N, T, ...) one behind the other, as long as those of a run.

    Raises:
        DataError: the file cannot be read, or has no notes in bars of the run's metre.
    """
    options = options.model_copy(
        update={name: spec[name] for name in ("encoding", "bars", "metre", "steps_per_beat")}
    )
    try:
        piece = read_midi(path, options.timing)
        if options.common_key:  # here, so that its note is not lost
            piece, options = moved_to_common_key(piece), options.model_copy(update={"common_key": False})
        score, said = own_score(piece, options)
    except Unusable as error:
        raise DataError(f"'{path}': {sentences([(error.bar, error.reason)])[0]}.") from None
    found = tiles(score, options)
    reasons = sentences(found.rejected)
    if not len(found.rows):
        why = "; ".join(reasons[:3]) or "rests alone"
        raise DataError(f"'{path}' has no notes in bars of {options.metre}, as this run needs them ({why}).")
    filled = ("the last window is filled up with rests",) if found.filled else ()
    return ReadResult(
        torch.from_numpy(found.rows),
        tuple(f"{path.name}, bar {bar}" for bar in found.bars.tolist()),
        (*piece.notes, *said, *bent_note(score), *filled),
        tuple(Rejection(path.name, reason) for reason in reasons),
    )


def bent_note(score: Score) -> tuple[str, ...]:
    """Says where triplets were bent, if any were."""
    if not score.bent:
        return ()
    named = ", ".join(map(str, score.bent[:MOST_BARS])) + (", ..." if len(score.bent) > MOST_BARS else "")
    return (
        f"triplets in bar{'s' if len(score.bent) > 1 else ''} {named} are bent onto {score.steps_per_beat} steps a "
        f"beat; a run of --steps-per-beat {min(lcm(score.steps_per_beat, 3), MOST_STEPS)} has room for them",
    )


def own_score(piece: Piece, options: MusicOptions) -> tuple[Score, tuple[str, ...]]:
    """A person's own piece in steps, and what was done for it: a track that the run's data had need not be in it.

    Raises:
        Unusable: the piece has no such voice.
    """
    try:
        return score_of(piece, options), ()
    except Unusable as error:
        if options.track is None:
            raise
        score = score_of(piece, options.model_copy(update={"track": None}))
        return score, (f"{error.reason}: the track was found by itself",)
