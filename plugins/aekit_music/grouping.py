# Grouping: which pieces are versions of one tune, and which tunes are kept for testing.
"""Grouping: which pieces are versions of one tune, and which tunes are kept for testing.

Two pieces are versions of one tune where they share enough phrases, or where their names say so. A phrase is eight
notes in a row as steps between them in pitch and time, so that neither transposition nor a bar line that lies
elsewhere hides it, and so that the groups do not depend on how many bars a window has. Phrases are compared by a hash
of 64 bits: time and memory grow with the number of phrases, not of pairs of pieces.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit_music.piece import StepNotes, Voice

Hashes = NDArray[np.uint64]
Numbers = NDArray[np.int64]

PHRASE = 8  # notes
# Of the smaller piece's phrases that versions have in common at least. Of the folk tunes' test windows of 2 bars, 5.2 %
# occur in training too, in any key, with no groups; 2.2 % by names alone, 0.9 % at 0.3, 0.3 % at 0.15. Below it, tunes
# come together that have nothing but the figures of their kind in common.
SHARE = 0.15
FEWEST = 4  # phrases that versions have in common at least, if they have as many
FORMULA = 16  # pieces; a phrase of more is a formula, by which only neighbours in order of name are compared
VERSIONS = 8  # files; a stem of more is no title ("song.mid" in every folder)
TEST_IN = 10
WIDE = 4096  # numbers of a row; only rows of bits are wider
LARGEST = 0.2  # of all windows; a larger group is always for training

# What a part of a song is called: files of such names are no versions of one another by that, only by phrases
PART_NAMES = """
    acoustic alto arp backing band bass basses bateria batería batterie beat bells brass break bridge cello chant
    choir chord chords chorus clap claps clarinet coda cymbal cymbals drum drumkit drums electric fill flute full fx
    groove guitar guitars harmony hat hats hi hihat horn horns intro keyboard keys kick kit lead left loop main melody
    midi mix oboe organ outro pad part pattern perc percussion piano pluck refrain rhythm riff right sax saxophone
    schlagzeug section snare solo song soprano stem string strings strophe synth take tenor theme tom toms track
    trumpet tune untitled verse viola violin violins vocal vocals voice voices vox
"""
PARTS = frozenset(PART_NAMES.split())
WORD = re.compile(r"[^\W\d_]+")

SUFFIX = re.compile(r"\.(mid|midi|kar)$")
COPY = re.compile(r"[\s_-]*(\(\d+\)|\bcopy(\s*\d+)?)$")
NUMBERED = re.compile(r"^\d+[\s._-]+(?=.*[^\W\d_])")
VERSION = re.compile(r"[\s._-]+(v|ver|version)?[\s._-]*\d+$")

KEYS: Hashes = np.random.Philox(20).random_raw(1 << 15) | np.uint64(1)
SECOND: Hashes = np.random.Philox(21).random_raw(PHRASE) | np.uint64(1)


def hashes(rows: NDArray[Any]) -> Hashes:
    """A hash of each of rows (N, ...) of whole numbers or bits, (N,): equal rows of one shape have the same."""
    flat = rows.reshape(len(rows), prod(rows.shape[1:]))
    if flat.shape[1] > WIDE:
        flat = np.packbits(flat.astype(bool), axis=1)
    return mixed((flat.astype(np.uint64) + np.uint64(1)) @ KEYS[: flat.shape[1]])


def mixed(values: Hashes) -> Hashes:
    """The values with their bits stirred (the finaliser of splitmix64, Steele et al. 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def phrases(notes: StepNotes) -> Hashes:
    """The distinct phrases of notes (N, 4): of the melody's highest notes, or else of the bass.

    Drums have none: grooves are everybody's, and all songs that share one would be one tune.
    """
    voice = notes[:, 3].min(initial=int(Voice.DRUMS))
    line = notes[(notes[:, 3] == voice) & (notes[:, 3] != Voice.DRUMS)]
    starts, first = np.unique(line[:, 0], return_index=True)
    if len(starts) < PHRASE:
        return np.empty(0, np.uint64)
    moves = np.diff(np.maximum.reduceat(line[:, 2], first)).astype(np.uint64) * SECOND[0]
    features = mixed(np.diff(starts).astype(np.uint64) * SECOND[1] + moves)
    found = np.lib.stride_tricks.sliding_window_view(features, PHRASE - 1)
    varied = (found != found[:, :1]).any(1)  # one note repeated, or a scale, is nobody's tune
    return np.unique(mixed(found[varied] @ SECOND[: PHRASE - 1]))


def grouped(phrases_of: Sequence[Hashes], names: Sequence[str]) -> Numbers:
    """The group of each of P pieces, (P,): the number of the first piece of its group.

    Args:
        phrases_of: each piece's distinct phrases.
        names: of the pieces; paths within a folder, or "book/number title".
    """
    parents = list(range(len(names)))
    for pair in (*sharing(phrases_of), *same_names(names)):
        one, other = sorted(root(parents, number) for number in pair)
        parents[other] = one
    return np.array([root(parents, number) for number in range(len(names))], np.int64)


def root(parents: list[int], number: int) -> int:
    """The first of the group that `number` is in; the way there becomes shorter."""
    while parents[number] != number:
        parents[number] = parents[parents[number]]
        number = parents[number]
    return number


def sharing(phrases_of: Sequence[Hashes]) -> list[tuple[int, int]]:
    """The pairs of pieces that share enough phrases."""
    sizes = np.array([len(some) for some in phrases_of], np.int64)
    if not sizes.sum():
        return []
    keys = np.concatenate(phrases_of)
    owners = np.repeat(np.arange(len(sizes)), sizes)
    order = np.argsort(keys, kind="stable")
    keys, owners = keys[order], owners[order]
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    rare = counts[inverse] <= FORMULA
    found = []
    for distance in range(1, min(FORMULA, len(keys))):
        same = keys[distance:] == keys[:-distance]
        same &= rare[distance:] | (distance == 1)
        found.append(owners[:-distance][same] * len(sizes) + owners[distance:][same])
    pairs, common = np.unique(np.concatenate(found) if found else np.empty(0, np.int64), return_counts=True)
    one, other = pairs // len(sizes), pairs % len(sizes)
    smaller = np.minimum(sizes[one], sizes[other])
    enough = common >= np.maximum(SHARE * smaller, np.minimum(FEWEST, smaller))
    return list(zip(one[enough].tolist(), other[enough].tolist(), strict=True))


def same_names(names: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs of pieces whose stems are the same: "full/x.mid" beside "melody/x.mid", "x_2.mid", "x (1).mid".

    Stems that name a part of a song alone, "drums.mid" or "verse 2.mid", say nothing.
    """
    stems = [stem_of(name) for name in names]
    known = set(stems)
    by_stem: dict[str, list[int]] = defaultdict(list)
    for number, stem in enumerate(stems):
        base = VERSION.sub("", stem)
        title = base if base in known else stem
        if not PARTS.issuperset(WORD.findall(title)):
            by_stem[title].append(number)
    return [(some[0], other) for some in by_stem.values() if len(some) <= VERSIONS for other in some[1:]]


def stem_of(name: str) -> str:
    """What a name says besides folder, suffix, leading number and count of copies."""
    stem = SUFFIX.sub("", name.rpartition("/")[2].casefold())
    return NUMBERED.sub("", COPY.sub("", stem)).strip()


def split(groups: Numbers, contents: Iterable[int], windows: Numbers) -> NDArray[np.bool_]:
    """Which of P pieces are for testing, (P,): a tenth of the groups, by a hash of their content alone.

    Neither side is empty where two groups have windows; with one, all is for training.

    Args:
        groups: (P,), see `grouped`.
        contents: of each piece a checksum of its notes.
        windows: (P,) how many each has.
    """
    codes = mixed(np.array(list(contents), np.uint64))
    used = np.unique(groups[windows > 0])
    if len(used) < 2:
        return np.zeros(len(groups), bool)
    lowest = np.full(len(groups), np.iinfo(np.uint64).max)
    np.minimum.at(lowest, groups[windows > 0], codes[windows > 0])
    sizes = np.bincount(groups, windows, len(groups))[used]
    allowed = sizes <= LARGEST * sizes.sum()
    code = mixed(lowest[used])
    chosen = allowed & (code % np.uint64(TEST_IN) == 0)
    if not chosen.any():
        ranks = np.lexsort((code, sizes if not allowed.any() else ~allowed))
        chosen[ranks[0]] = True
    if chosen.all():
        chosen[np.argmax(sizes)] = False
    return np.asarray(np.isin(groups, used[chosen]))
