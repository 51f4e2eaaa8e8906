# Synthetic drum patterns and trios, made by rules: a start for the encodings that have no free collection.
"""Synthetic drum patterns and trios, made by rules: a start for the encodings that have no free collection.

A style is data: where drums may fall, with what probability, and how bass and melody move. A piece is a function of its
style and a seed. Steps are sixteenths; a pattern is a string a bar, a digit the probability in ninths.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from aekit_music.piece import BeatNotes, Metre, Piece, Track

PIECES = 60  # of each style
STEP = 0.25
KICK, SNARE, CLOSED, OPEN, LOW, MIDDLE, HIGH, CRASH, RIDE = 36, 38, 42, 46, 45, 48, 50, 49, 51
MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
Random = np.random.Generator


class Style(NamedTuple):
    """One style.

    Attributes:
        drums: for each key a bar of probabilities.
        bass: a bar of probabilities for the bass, which plays roots, fifths and octaves.
        melody: a bar of probabilities for the melody.
        scale: of the key.
        progressions: chords as degrees of the scale, one a bar.
        tempo: beats a minute.
    """

    drums: dict[int, str]
    bass: str
    melody: str
    scale: tuple[int, ...]
    progressions: tuple[tuple[int, ...], ...]
    tempo: float


POP = ((0, 4, 5, 3), (0, 5, 3, 4), (0, 3, 4, 4), (0, 0, 3, 4))
SAD = ((0, 5, 2, 6), (0, 3, 4, 0), (0, 6, 5, 4), (0, 0, 3, 3))
STYLES = {
    "rock": Style(
        {KICK: "9000001090200010", SNARE: "0000900000009001", CLOSED: "9090909090909090", OPEN: "0000000000000010"},
        "9090909090909090", "8030503080304020", MAJOR, POP, 120,
    ),
    "disco": Style(
        {KICK: "9000900090009000", SNARE: "0000900000009000", OPEN: "0090009000900090", CLOSED: "9010901090109010"},
        "9090909090909090", "6040306050302060", MINOR, SAD, 118,
    ),
    "funk": Style(
        {KICK: "9002001030920030", SNARE: "0000910200209102", CLOSED: "9393939393939393", OPEN: "0000003000000030"},
        "9003009030030093", "5030063005030600", MINOR, ((0, 0, 3, 0), (0, 3, 0, 4)), 100,
    ),
    "latin": Style(
        {KICK: "9000009090000090", SNARE: "9009000900900090", CLOSED: "9090909090909090", HIGH: "0000000000300300"},
        "9000009000009000", "6003006003006030", MINOR, ((0, 3, 4, 0), (0, 4, 4, 0), (0, 5, 4, 4)), 96,
    ),
    "reggae": Style(
        {KICK: "0000000090000000", SNARE: "0000000090000001", CLOSED: "0090009000900090", OPEN: "0000000000000020"},
        "7000302070203000", "4000305040003050", MAJOR, ((0, 3, 0, 3), (0, 4, 3, 3), (0, 5, 3, 4)), 76,
    ),
    "hip-hop": Style(
        {KICK: "9001000200900100", SNARE: "0000900100009000", CLOSED: "9191919191919191", OPEN: "0000000200000000"},
        "9000003000900030", "5002003005000300", MINOR, SAD, 88,
    ),
    "march": Style(
        {KICK: "9000000090000000", SNARE: "5030905550309055", CLOSED: "0000000000000000", CRASH: "1000000000000000"},
        "9000500090005000", "9000603090406030", MAJOR, POP, 112,
    ),
    "ballad": Style(
        {KICK: "9000000020900000", SNARE: "0000000090000000", RIDE: "9000900090009000", CLOSED: "0020002000200020"},
        "9000000060000000", "7000300060003000", MAJOR, POP, 72,
    ),
}  # fmt: skip
FILLS = (
    (SNARE, SNARE, SNARE, SNARE),
    (HIGH, HIGH, MIDDLE, LOW),
    (SNARE, HIGH, MIDDLE, LOW),
    (HIGH, MIDDLE, LOW, LOW),
)


def patterns(seed: int = 0) -> list[Piece]:
    """PIECES pieces of each style, of 8, 12 or 16 bars in 4/4: melody, bass and drums."""
    return [
        piece_of(name, number, np.random.default_rng((seed, place, number)))
        for place, name in enumerate(STYLES)
        for number in range(PIECES)
    ]


def piece_of(name: str, number: int, random: Random) -> Piece:
    """One piece."""
    style, bars = STYLES[name], int(random.choice([8, 12, 16]))
    tonic = int(random.integers(12))
    chords = style.progressions[random.integers(len(style.progressions))]
    tracks = (
        Track("Melody", melody(style, chords, bars, 60 + tonic, random), 0),
        Track("Bass", bass(style, chords, bars, 36 + (tonic + 4) % 12 - 4, random), 33),
        Track("Drums", drums(style, bars, random), drums=True),
    )
    return Piece(
        f"{name}/synthetic {name} {number:03}", tracks, (Metre(0.0, 4, 4),), 4.0 * bars, style.tempo, tonic
    )


def drums(style: Style, bars: int, random: Random) -> BeatNotes:
    """A groove that stays for four bars at a time, with small changes, and a fill before each new one."""
    rows = []
    for start in range(0, bars, 4):
        groove = {key: drawn(chances, random) for key, chances in style.drums.items()}
        for bar in range(start, min(start + 4, bars)):
            fill = bar == start + 3 and random.random() < 0.8
            length = int(random.choice([4, 8])) if fill else 0
            for key, chances in style.drums.items():
                again = drawn(chances, random) if random.random() < 0.15 else groove[key]
                rows += [(16 * bar + step, key) for step in again if step < 16 - length]
            if fill:
                keys = FILLS[random.integers(len(FILLS))]
                rows += [
                    (16 * bar + 16 - length + step, keys[step * 4 // length])
                    for step in range(length)
                    if step == 0 or random.random() < 0.8
                ]
            if bar == start and bar and random.random() < 0.8:
                rows.append((16 * bar, CRASH))
    return table([(step, 1, key) for step, key in sorted(set(rows))])


def bass(style: Style, chords: tuple[int, ...], bars: int, tonic: int, random: Random) -> BeatNotes:
    """Roots on the first beat of a bar, then roots, fifths and octaves."""
    rhythm, rows = sorted({0, *drawn(style.bass, random)}), []
    for bar in range(bars):
        root = degree(style.scale, chords[bar % len(chords)], tonic)
        if random.random() < 0.2:
            rhythm = sorted({0, *drawn(style.bass, random)})
        for place, step in enumerate(rhythm):
            leap = 0 if place == 0 else int(random.choice([0, 0, 0, 7, 12]))
            end = rhythm[place + 1] if place + 1 < len(rhythm) else 16
            rows.append((16 * bar + step, end - step, root + leap))
    return table(rows)


def melody(style: Style, chords: tuple[int, ...], bars: int, tonic: int, random: Random) -> BeatNotes:
    """Phrases of two bars, A A' B A': steps through the scale, chord notes on strong beats, the tonic at the end."""
    phrases = [phrase(style, random) for _ in range(2)]
    rows = []
    for bar in range(0, bars, 2):
        kind = 1 if bar // 2 % 4 == 2 else 0
        for step, length, place in phrases[kind]:
            chord = chords[(bar + step // 16) % len(chords)]
            strong = step % 8 == 0
            moved = chord + 2 * (place // 2) if strong else place + chord % 3
            rows.append([16 * bar + step, length, degree(style.scale, moved, tonic)])
        if bar // 2 % 4 == 3 or bar + 2 >= bars:
            rows[-1][2] = degree(style.scale, 0, tonic)
    return table([(start, length, pitch) for start, length, pitch in rows])


def phrase(style: Style, random: Random) -> list[tuple[int, int, int]]:
    """Two bars of (step, length, degree), which walk by seconds and thirds."""
    steps = sorted({0, *drawn(style.melody, random), *(16 + step for step in drawn(style.melody, random))})
    steps = [step for step in steps if step < 29]
    place, found = int(random.integers(0, 5)), []
    for number, step in enumerate(steps):
        end = steps[number + 1] if number + 1 < len(steps) else 30
        found.append((step, min(end - step, 8), place))
        place = int(np.clip(place + random.choice([-2, -1, -1, 0, 1, 1, 2]), -3, 8))
    return found


def drawn(chances: str, random: Random) -> list[int]:
    """The steps of a bar on which something falls."""
    return np.flatnonzero(random.random(16) * 9 < [int(chance) for chance in chances]).tolist()


def degree(scale: tuple[int, ...], place: int, tonic: int) -> int:
    """The pitch of a degree of the scale, counted from 0 and over octaves."""
    return tonic + scale[place % 7] + 12 * (place // 7)


def table(rows: list[tuple[int, int, int]]) -> BeatNotes:
    """(step, steps, pitch) as notes in beats."""
    notes = np.array(rows, float).reshape(-1, 3)
    return np.column_stack([notes[:, 0] * STEP, notes[:, 1] * STEP, notes[:, 2], np.full(len(notes), 90.0)])
