# Attributes of windows: how dense, high, wide, syncopated, varied, repetitive, chromatic and major they are.
"""Attributes of windows: how dense, high, wide, syncopated, varied, repetitive, chromatic and major they are.

B windows of T steps, K kinds of notes (pitches, or classes of drums), L lines whose rhythm counts by itself. Array
code throughout: no window and no note is looked at alone.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from aekit_music.encodings import Encoding
from aekit_music.encodings.drums import DRUM_CLASSES
from aekit_music.encodings.line import FIRST, HIGHEST, HOLD, LOWEST

PITCHES = HIGHEST - LOWEST + 1
MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)
# Krumhansl and Kessler 1982: how well each of the twelve pitch classes fits into C major and into C minor
MAJOR_PROFILE = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR_PROFILE = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


class Played(NamedTuple):
    """Which notes begin at each step, and which sound: both (B, T, K), bool."""

    begin: Tensor
    sound: Tensor


def melody_attributes(rows: Tensor, encoding: Encoding, spec: dict[str, Any]) -> dict[str, Tensor]:
    """Attributes of windows, each (B,) fp32; NaN where a window has too few notes for one.

    Of drums there are `density`, `syncopation`, `rhythmic_variety` and `repetition`; of melodies and piano-rolls
    also `mean_pitch`, `range`, `chromaticism` and `mode`. Of a trio they are the melody's, and `bass_density` and
    `drum_density` stand beside them.

    Args:
        rows: (B, T) or (B, T, columns) as stored.
        encoding: what the rows are in.
        spec: `steps_per_bar` and `metre` are read.
    """
    if encoding.name == "drums":
        drums = drums_of(rows)
        return rhythm(drums, drums, spec)
    if encoding.name == "trio":
        bass, drums = rows[..., 1:2] >= FIRST, drums_of(rows[..., 2])
        more = {"bass_density": density(bass, spec), "drum_density": density(drums, spec)}
        return pitched(line_of(rows[..., 0]), spec) | more
    return pitched(pianoroll_of(rows) if encoding.planes else line_of(rows), spec)


def pitched(played: Played, spec: dict[str, Any]) -> dict[str, Tensor]:
    """The attributes of what has pitches."""
    notes = each(played.begin)
    return {
        **rhythm(played.begin, played.begin.any(2, keepdim=True), spec),
        "mean_pitch": mean_pitch(notes),
        "range": pitch_range(notes),
        "chromaticism": chromaticism(notes),
        "mode": mode(each(played.sound)),
    }


def rhythm(begin: Tensor, lines: Tensor, spec: dict[str, Any]) -> dict[str, Tensor]:
    """The attributes of notes (B, T, K) that hang on when they begin, and of their lines (B, T, L)."""
    following = followers(lines)
    return {
        "density": density(begin, spec),
        "syncopation": syncopation(lines, following, spec),
        "rhythmic_variety": rhythmic_variety(lines, following),
        "repetition": repetition(begin, spec),
    }


# ---- rows to notes ------------------------------------------------------------------------------------


def line_of(line: Tensor) -> Played:
    """A monophonic line (B, T); a hold with nothing to hold is silent."""
    line = line.short()
    steps = torch.arange(line.shape[1], device=line.device)
    last = torch.where(line != HOLD, steps, -1).cummax(1).values
    held = torch.where(last >= 0, line.gather(1, last.clamp(min=0)), 0)
    pitches = torch.arange(FIRST, FIRST + PITCHES, device=line.device, dtype=line.dtype)
    return Played(line.unsqueeze(2) == pitches, held.unsqueeze(2) == pitches)


def pianoroll_of(rows: Tensor) -> Played:
    """Planes of onsets and sustains (B, T, 176); what sustains without an onset begins there."""
    onset, sustain = rows.bool().chunk(2, 2)
    sound = onset | sustain
    before = torch.cat([torch.zeros_like(sound[:, :1]), sound[:, :-1]], 1)
    return Played(onset | (sound & ~before), sound)


def drums_of(sets: Tensor) -> Tensor:
    """Sets of drums (B, T) to which classes are struck: (B, T, 9), bool."""
    bits: Tensor = sets.long().unsqueeze(2) >> torch.arange(len(DRUM_CLASSES), device=sets.device)
    return torch.bitwise_and(bits, 1).bool()


def each(notes: Tensor) -> Tensor:
    """How many of notes (B, T, K), bool, are of each kind: (B, K), fp32.

    Eight kinds are added as one number of 64 bits, whose bytes hold up to 255 steps: many times as fast.
    """
    kinds = notes.shape[2]
    eights = F.pad(notes, (0, -kinds % 8)) if kinds % 8 else notes
    parts = eights.contiguous().view(torch.int64).split(255, 1)
    return torch.stack([part.sum(1).view(torch.uint8).float() for part in parts]).sum(0)[:, :kinds]


# ---- time ---------------------------------------------------------------------------------------------


def density(begin: Tensor, spec: dict[str, Any]) -> Tensor:
    """Notes that begin in a bar, on average: at least 0."""
    return each(begin).sum(1) * (spec["steps_per_bar"] / begin.shape[1])  # type: ignore[no-any-return]


def followers(lines: Tensor) -> Tensor:
    """The step at which the next note behind each step of a line begins, T where none does: (B, T, L)."""
    count = lines.shape[1]
    steps = torch.arange(1, count, device=lines.device, dtype=torch.int16).unsqueeze(1)
    here = torch.where(lines[:, 1:], steps, count)
    return F.pad(here.flip(1).cummin(1).values.flip(1), (0, 0, 0, 1), value=count).long()


def syncopation(lines: Tensor, following: Tensor, spec: dict[str, Any]) -> Tensor:
    """How strongly notes on weak steps last over stronger ones: at least 0, a bar; NaN without notes.

    Longuet-Higgins and Lee 1984: a step's weight is 0 at the bar line, -1 where the bar's first division falls, and
    so on down. A note that is followed by a stronger step before the next note of its line begins, whether it is
    held or a rest follows, adds the difference of the strongest such weight and its own. Lines are added up.
    """
    count = lines.shape[1]
    steps = torch.arange(count, device=lines.device).unsqueeze(1)
    strength = lasting(spec, count).to(lines.device)[steps, following]
    strength = torch.where(lines, strength, 0.0).flatten(1).sum(1)
    return known(strength * (spec["steps_per_bar"] / count), lines.flatten(1).any(1))


def lasting(spec: dict[str, Any], count: int) -> Tensor:
    """What a note adds that begins at a step and is followed at another: (count, count + 1)."""
    weights = metrical_weights(spec)[torch.arange(count) % spec["steps_per_bar"]]
    behind = torch.full((count, count), -math.inf).tril() + weights
    strongest = F.pad(behind.cummax(1).values, (1, 0), value=-math.inf)
    return (strongest - weights.unsqueeze(1)).clamp(min=0)


def metrical_weights(spec: dict[str, Any]) -> Tensor:
    """The weight of each step of a bar, 0 and below: (steps_per_bar,).

    A bar is divided by the prime factors of its metre's numerator, smallest first (4/4 in halves and halves, 6/8 in
    halves and thirds), then by what the steps allow.
    """
    length = int(spec["steps_per_bar"])
    numerator = 4 if spec["metre"] == "any" else int(spec["metre"].split("/")[0])
    weights = torch.zeros(length)
    part = length
    for factor in [*prime_factors(numerator), *prime_factors(length)]:
        if part % factor == 0:
            weights -= (torch.arange(length) % part != 0).float()
            part //= factor
    return weights


def prime_factors(number: int) -> list[int]:
    """12 as 2, 2, 3; 1 as nothing."""
    smallest = next((factor for factor in range(2, number + 1) if number % factor == 0), None)
    return [] if smallest is None else [smallest, *prime_factors(number // smallest)]


def rhythmic_variety(lines: Tensor, following: Tensor) -> Tensor:
    """Entropy in bits of the times from one note to the next of its line, all lines in one histogram: 0 to log2 T.

    NaN where no line has two notes.
    """
    count = lines.shape[1]
    steps = torch.arange(count, device=lines.device).unsqueeze(1)
    gaps = torch.where(lines & (following < count), following - steps, 0)
    histogram = torch.zeros(len(lines), count + 1, device=lines.device)
    gaps = gaps.flatten(1)
    histogram.scatter_add_(1, gaps, torch.ones_like(gaps, dtype=torch.float32))
    histogram = histogram[:, 1:]
    total = histogram.sum(1, keepdim=True)
    entropy = torch.special.entr(histogram / total.clamp(min=1)).sum(1) / math.log(2)
    return known(entropy, total.squeeze(1) > 0)


def repetition(begin: Tensor, spec: dict[str, Any]) -> Tensor:
    """The share of notes that come again a bar later (or came a bar before), same step and pitch: 0 to 1.

    Of all notes in any two bars side by side, counted as one where they coincide (Jaccard's index). NaN for windows
    of one bar or without notes.
    """
    bar = int(spec["steps_per_bar"])
    first, second = begin[:, :-bar], begin[:, bar:]
    both = each(first & second).sum(1)
    either = each(first).sum(1) + each(second).sum(1) - both
    return known(both / either.clamp(min=1), either > 0)


# ---- pitch --------------------------------------------------------------------------------------------


def mean_pitch(notes: Tensor) -> Tensor:
    """The mean MIDI pitch, 21 to 108, of so many notes (B, 88) of each pitch; NaN without notes."""
    total = notes.sum(1)
    pitches = torch.arange(LOWEST, HIGHEST + 1, device=notes.device, dtype=torch.float32)
    return known(notes @ pitches / total.clamp(min=1), total > 0)


def pitch_range(notes: Tensor) -> Tensor:
    """Semitones from the lowest to the highest note, 0 to 87; NaN without notes."""
    struck = (notes > 0).int()
    last = PITCHES - 1 - struck.flip(1).argmax(1)
    return known((last - struck.argmax(1)).float(), struck.any(1))


def pitch_classes(notes: Tensor) -> Tensor:
    """How many of notes (B, 88) fall on each pitch class, C first: (B, 12)."""
    classes = torch.arange(LOWEST, HIGHEST + 1, device=notes.device) % 12
    return torch.zeros(len(notes), 12, device=notes.device).index_add_(1, classes, notes)


def chromaticism(notes: Tensor) -> Tensor:
    """The share of notes outside the major scale that holds the most of them, 0 to 5/12 or so; NaN without notes.

    A natural minor scale is its relative major's; a raised seventh is outside.
    """
    counts = pitch_classes(notes)
    scale = torch.zeros(12, device=notes.device)
    scale[list(MAJOR_SCALE)] = 1
    total = counts.sum(1)
    return known(1 - (counts @ all_keys(scale).T).amax(1) / total.clamp(min=1), total > 0)


def mode(steps: Tensor) -> Tensor:
    """How much more major than minor, -2 to 2, hardly beyond -0.5 to 0.5; NaN where all pitch classes sound alike.

    The best correlation of how long each pitch class sounds, from the steps (B, 88) of each pitch, with the profiles
    of the twelve major keys, less the best with those of the minor keys (Krumhansl 1990, chapter 4).
    """
    lengths = normed(pitch_classes(steps))
    major, minor = (
        (lengths @ all_keys(normed(torch.tensor(profile, device=steps.device))).T).amax(1)
        for profile in (MAJOR_PROFILE, MINOR_PROFILE)
    )
    return known(major - minor, lengths.any(1))


def all_keys(profile: Tensor) -> Tensor:
    """A profile (12,) moved to each of the twelve tonics: (12, 12), a key a row."""
    return torch.stack([profile.roll(tonic) for tonic in range(12)])


def normed(values: Tensor) -> Tensor:
    """Rows less their means, of norm 1: products of such are Pearson's correlations. Zero where a row is constant."""
    centred = values - values.mean(-1, keepdim=True)
    norm = centred.norm(dim=-1, keepdim=True)
    return torch.where(norm > 1e-6, centred / norm.clamp(min=1e-6), 0.0)


def known(values: Tensor, where: Tensor) -> Tensor:
    """Values (B,) as fp32, NaN where they are not defined."""
    return torch.where(where, values.float(), math.nan)
