# Synthetic trios made by rules: drums in several styles, a bass on a chord progression and a simple melody above.
"""Synthetic trios made by rules: drums in several styles, a bass on a chord progression and a simple melody above.

No one played or wrote these; what they are made of stands in `styles.py`. A piece has sections of four bars, some of
which come again. Drums loop two bars, with a fill before a section ends and a crash after it; the melody says two bars,
says the first again on the chord that follows, and ends on a note of the chord.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit_music.piece import BeatNotes, Metre, Piece, Track
from aekit_music.styles import ENDINGS, FILLS, FORMS, KEYS, SCALES, STYLES, Style

EACH = 36  # pieces of a style
SECTION = 4  # bars
BEATS = 4  # of a bar
VELOCITIES = {".": 0, "o": 45, "x": 85, "X": 110}
SOFT, CRASH, KICK = 45, 112, 105
MAYBE = 0.35  # of the soft strokes are played
KICK_MOVES = 0.15  # of kicks off the beat become soft, and as many places without one get a soft one
CRASHES_AT_START = 0.6  # of the pieces
FILL_BEATS = (1, 1, 2, 2, 2, 4)
LANES = {lane: row for row, lane in enumerate(KEYS)}
CYMBALS = [LANES["hat"], LANES["open"], LANES["ride"]]
DEGREES = "R3578"
STEPS_OVER_ROOT = np.array([0, 2, 4, 6, 7])  # of the scale, for each of DEGREES
LOWEST_TONIC, HIGHEST_ROOT = 28, 40  # of the bass, E1 and E2
MELODY_TONIC = 57  # A3, or up to a seventh above
FLOOR, CEILING = 0, 11  # of a melody, in steps of the scale from its tonic
TO_CHORD = np.array(
    [0, -1, 0, 1, 0, -1, 1]
)  # steps from each degree over a chord's root to the nearest of its notes
NEXT_UP, NEXT_DOWN = {0: 2, 2: 2, 4: 3}, {0: -3, 2: -2, 4: -2}  # from one note of a triad to the next
BASS_PROGRAM, MELODY_PROGRAM = 33, 80

Ints = NDArray[np.int64]


def patterns(seed: int = 0) -> list[Piece]:
    """All pieces, "synthetic/rock-001" and so on: tracks Melody, Bass and Drums, 8 to 16 bars of 4/4.

    Args:
        seed: at least 0; the same seed makes the same pieces.
    """
    return [
        pattern(style, number, np.random.default_rng([seed, place, number]))
        for place, style in enumerate(STYLES)
        for number in range(1, EACH + 1)
    ]


def pattern(style: Style, number: int, rng: np.random.Generator) -> Piece:
    """One piece."""
    form, tonic = chosen(FORMS, rng), int(rng.integers(12))
    scale = np.array(SCALES[chosen(style.scales, rng)])
    progressions = {letter: chosen(style.progressions, rng) for letter in sorted(set(form))}
    chords = np.array([int(degree) - 1 for letter in form for degree in progressions[letter]])
    chords[-1] = 0  # home at the end
    tracks = (
        Track("Melody", in_beats(melody(style, form, chords, scale, tonic, rng), style), MELODY_PROGRAM),
        Track("Bass", in_beats(bass(style, form, chords, scale, tonic, rng), style), BASS_PROGRAM),
        Track("Drums", in_beats(drums(style, form, rng), style), drums=True),
    )
    return Piece(
        f"synthetic/{style.name}-{number:03}",
        tracks,
        (Metre(0.0, BEATS, 4),),
        float(BEATS * len(chords)),
        float(rng.integers(style.tempi[0], style.tempi[1] + 1)),
        tonic,
    )


def drums(style: Style, form: str, rng: np.random.Generator) -> Ints:
    """Notes (N, 4) in steps: onset, length, key, velocity."""
    loops = {letter: loop(style, rng) for letter in sorted(set(form))}
    played = np.concatenate([np.tile(loops[letter], SECTION // 2) for letter in form], 1)  # (lanes, steps)
    size = SECTION * BEATS * style.grid
    for start in range(0, played.shape[1], size):
        end = start + size
        if end < played.shape[1]:
            beats = chosen(FILL_BEATS, rng) * style.grid
            played[:, end - beats : end] = strokes(chosen(FILLS[style.grid], rng))[:, -beats:]
        if start or rng.random() < CRASHES_AT_START:
            played[CYMBALS, start], played[LANES["crash"], start] = 0, CRASH
            played[LANES["kick"], start] = KICK
    steps, lanes = np.nonzero(played.T)
    keys = np.array(list(KEYS.values()))[lanes]
    notes = np.stack([steps, np.ones_like(steps), keys, played[lanes, steps]], 1)
    return notes[np.lexsort((keys, steps))]


def loop(style: Style, rng: np.random.Generator) -> Ints:
    """Velocities (lanes, steps) of two bars: kick, cymbals and the rest of up to three grooves of the style, varied."""
    kicks, cymbals, others = (np.tile(strokes(chosen(style.grooves, rng)), 2) for _ in range(3))
    mixed = others.copy()
    mixed[CYMBALS] = cymbals[CYMBALS]
    kick = kicks[LANES["kick"]]
    off_beat = np.arange(len(kick)) % style.grid > 0
    draws = rng.random((2, len(kick)))
    kick = np.where(off_beat & (draws[0] < KICK_MOVES) & (kick > SOFT), SOFT, kick)
    mixed[LANES["kick"]] = np.where(off_beat & (draws[1] < KICK_MOVES) & (kick == 0), SOFT, kick)
    absent = (mixed == SOFT) & (rng.random(mixed.shape) >= MAYBE)
    return np.where(absent, 0, mixed)


@cache
def strokes(groove: str) -> Ints:
    """Velocities (lanes, steps) of one bar of drums, 0 where nothing is struck."""
    words = groove.split()
    bar = np.zeros((len(LANES), len(words[1])), np.int64)
    for lane, line in zip(words[::2], words[1::2], strict=True):
        bar[LANES[lane]] = [VELOCITIES[mark] for mark in line]
    return bar


def bass(style: Style, form: str, chords: Ints, scale: Ints, tonic: int, rng: np.random.Generator) -> Ints:
    """Notes (N, 4) in steps: two figures in turn for each letter, on the root of each bar's chord."""
    size = BEATS * style.grid
    lines = {letter: [chosen(style.basses, rng), chosen(style.basses, rng)] for letter in sorted(set(form))}
    figures = [lines[letter][bar % 2] for letter in form for bar in range(SECTION)]
    figures[-1] = "R".ljust(size - style.grid, "-").ljust(size, ".")
    parsed = [onsets(figure) for figure in figures]
    marks = np.array([figures[bar][step] for bar, line in enumerate(parsed) for step in line[:, 0].tolist()])
    bars = np.repeat(np.arange(len(figures)), [len(line) for line in parsed])
    notes = np.concatenate(parsed) + np.stack([bars * size, np.zeros_like(bars)], 1)
    roots = LOWEST_TONIC + (tonic - LOWEST_TONIC) % 12 + scale[chords]
    roots = np.where(roots > HIGHEST_ROOT, roots - 12, roots)
    following = np.append(roots[1:], roots[-1])
    over = STEPS_OVER_ROOT[np.maximum(np.char.find(DEGREES, marks), 0)]
    above = chords[bars] + over
    pitches = roots[bars] + scale[above % 7] + above // 7 * 12 - scale[chords[bars]]
    leading = following[bars] + np.where(roots[bars] > following[bars], 1, -1)
    pitches = np.where(marks == "a", leading, pitches)
    return np.column_stack([notes, pitches, accents(notes[:, 0], style, 88, 100)])


def melody(style: Style, form: str, chords: Ints, scale: Ints, tonic: int, rng: np.random.Generator) -> Ints:
    """Notes (N, 4) in steps: for each letter a phrase of four bars, said again where the letter comes again."""
    size, parts, phrases = BEATS * style.grid, [], {}
    for section, letter in enumerate(form):
        here = chords[section * SECTION :][:SECTION]
        if letter not in phrases:
            phrases[letter] = phrase(style, here, rng)
        notes = phrases[letter]
        if section == len(form) - 1:
            notes = notes.copy()
            notes[-1, 2] += homewards(int(notes[-1, 2]))
        parts.append(notes + np.array([section * SECTION * size, 0, 0]))
    steps, lengths, degrees = np.concatenate(parts).T
    lowest = MELODY_TONIC + (tonic - MELODY_TONIC) % 12
    pitches = lowest + scale[degrees % 7] + degrees // 7 * 12
    return np.stack([steps, lengths, pitches, accents(steps, style, 84, 98)], 1)


def phrase(style: Style, chords: Ints, rng: np.random.Generator) -> Ints:
    """Onsets, lengths and degrees of the scale (N, 3) of four bars; the third has the first's shape."""
    size = BEATS * style.grid
    first, second = (onsets(chosen(style.rhythms, rng)) for _ in range(2))
    ending = onsets(chosen(ENDINGS[style.grid], rng))
    start = int(rng.integers(2, 7))
    shape = walk(first, int(chords[0]), start, style, rng)
    answer = walk(second, int(chords[1]), shape[-1], style, rng)
    moved = int((chords[2] - chords[0] + 3) % 7) - 3
    again = [min(max(degree + moved, FLOOR), CEILING) for degree in shape]
    close = walk(ending, int(chords[3]), again[-1], style, rng)
    close[-1] = near_chord(close[-1], int(chords[3]))
    bars = [(first, shape), (second, answer), (first, again), (ending, close)]
    rows = [np.column_stack([line, degrees]) for line, degrees in bars]
    return np.concatenate([row + np.array([bar * size, 0, 0]) for bar, row in enumerate(rows)])


def walk(line: Ints, chord: int, at: int, style: Style, rng: np.random.Generator) -> list[int]:
    """Degrees for the onsets of a bar from `at` on: notes of the chord on the beats, steps of the scale between."""
    degrees, draws = [], rng.random((len(line), 2)).tolist()
    for step, (leap, upwards) in zip(line[:, 0].tolist(), draws, strict=True):
        up = upwards < (0.3 if at >= CEILING - 3 else 0.7 if at <= FLOOR + 2 else 0.5)
        if step % style.grid == 0:
            at = near_chord(at, chord)
            if leap < 0.55:
                at += (NEXT_UP if up else NEXT_DOWN)[(at - chord) % 7]
        else:
            at += 1 if up else -1
        at = at - 7 if at > CEILING else at + 7 if at < FLOOR else at
        degrees.append(at)
    return degrees


def near_chord(degree: int, chord: int) -> int:
    """The note of a triad that is nearest to a degree of the scale."""
    return degree + int(TO_CHORD[(degree - chord) % 7])


def homewards(degree: int) -> int:
    """How far the nearest tonic lies from a degree."""
    return (3 - degree) % 7 - 3


@cache
def onsets(line: str) -> Ints:
    """Onsets and lengths (N, 2), in steps, of a line in which - holds and . rests."""
    starts = [step for step, mark in enumerate(line) if mark not in "-."]
    lengths = [1 + len(line[step + 1 :]) - len(line[step + 1 :].lstrip("-")) for step in starts]
    return np.array([starts, lengths], np.int64).T


def accents(steps: Ints, style: Style, plain: int, strong: int) -> Ints:
    """Velocities: stronger on the first and third beat."""
    return np.where(steps % (2 * style.grid) == 0, strong, plain)


def in_beats(notes: Ints, style: Style) -> BeatNotes:
    """Notes in steps as notes in beats."""
    return np.asarray(notes / np.array([style.grid, style.grid, 1, 1]))


def chosen(options: Any, rng: np.random.Generator) -> Any:
    """One of several, all as likely."""
    return options[int(rng.integers(len(options)))]
