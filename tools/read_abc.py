# Reads the notes and bars of tunes in ABC notation, for tools/pack_tunes.py.
"""Read the notes and bars of tunes in ABC notation, for tools/pack_tunes.py.

Not music21's own reader, which leaves out notes under a fermata ("Hg2"), forgets an accidental after one note and
moves bar lines. By the ABC standard 2.1 (abcnotation.com/wiki/abc:standard:v2.1), where these books need it. An
accidental holds for its own octave until the bar line, as in print. Grace notes, ornaments, words and chord symbols are
skipped; of a chord the top note stays; of several voices the first. An x is no rest: these books put signs on it.
Lengths are exact fractions of a quarter note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

LENGTH = r"(\d*)(/*)(\d*)"
NOTE = re.compile(rf"(\^\^?|__?|=)?([A-Ga-gzZ])([,']*){LENGTH}")
TOKENS = re.compile(
    rf"""(?P<skipped>"[^"]*"|!(?:\d|D\.C\.|[A-Z][a-z]+|[a-z:]+|8va\()!)
    |(?P<field>\[[A-Za-z]:[^\]]*\])
    |(?P<bar>(?:\[\||\|\]|[|:])+(?:\[?[1-9][-,\d]*)?|\[[1-9][-,\d]*)
    |(?P<tuplet>\([2-9](?::\d?(?::\d?)?)?)
    |(?P<grace>\{{[^}}]*\}}?)
    |(?P<chord>\[[^]|:\[]*\]{LENGTH}|\+[^+|]*\+{LENGTH})
    |(?P<note>{NOTE.pattern})
    |(?P<broken>[<>]+)
    |(?P<tie>-)""",
    re.VERBOSE,
)
FIELD = re.compile(r"([A-Za-z]):(?![|:])(.*)")
SEMITONES = dict(zip("CDEFGAB", (0, 2, 4, 5, 7, 9, 11), strict=True))
ACCIDENTALS = {"^^": 2, "^": 1, "=": 0, "_": -1, "__": -2}
FIFTHS = dict(zip("FCGDAEB", range(-1, 6), strict=True))  # sharps of the major key
MODES = {
    "maj": 0,
    "ion": 0,
    "m": -3,
    "min": -3,
    "aeo": -3,
    "mix": -1,
    "dor": -2,
    "phr": -4,
    "lyd": 1,
    "loc": -5,
}
PIPES = "Hp"  # notated without a signature, but in F sharp and C sharp, round A


@dataclass
class Event:
    """A note, or a rest (pitch None)."""

    length: Fraction
    pitch: int | None
    tied: bool = False  # to the note before


@dataclass
class Measure:
    """What stands between two bar lines; `line` are those behind it, as written, with spaces between them."""

    metre: tuple[int, int]
    events: list[Event] = field(default_factory=list)
    line: str = ""

    @property
    def length(self) -> Fraction:
        return sum((event.length for event in self.events), Fraction(0))


@dataclass
class Tune:
    """A tune: its number in the file, first title, pitch class of the tonic, and bars."""

    number: int
    title: str
    tonic: int
    measures: list[Measure]


def read_abc(text: str) -> Iterator[Tune]:
    """All tunes of a file, in order."""
    for part in re.split(r"^(?=X:)", text, flags=re.MULTILINE):
        if part.startswith("X:"):
            yield Reader().read(part.splitlines())


class Reader:
    """What holds while one tune is read."""

    def __init__(self) -> None:
        self.number, self.title, self.tonic = 0, "", -1
        self.metre, self.unit = (4, 4), Fraction(0)
        self.signature: dict[str, int] = {}
        self.carried: dict[str, int] = {}  # accidentals of this bar, by letter and octave
        self.voice = self.first_voice = ""
        self.broken = Fraction(1)  # what a broken rhythm makes of the next note
        self.tuplet, self.in_tuplet = Fraction(1), 0
        self.tie: tuple[str, int] | None = None
        self.last: Event | None = None
        self.name = ""  # letter and octave of the last note
        self.measures: list[Measure] = []
        self.measure = Measure(self.metre)

    def read(self, lines: list[str]) -> Tune:
        """The tune of these lines."""
        for line in lines:
            line = line.partition("%")[0].rstrip()
            found = FIELD.match(line)
            if found:
                self.set(found[1], found[2].strip())
            elif self.unit:  # the key, last of a tune's head, has been read
                self.play(line)
        self.end_measure("")
        return Tune(self.number, self.title, max(self.tonic, 0), self.measures)

    def set(self, name: str, value: str) -> None:
        """Take a field."""
        if name == "X":
            self.number = int(value)
        elif name == "B" and not self.number:
            self.number = int(re.sub(r"\D", "", value) or 0)
        elif name == "T":
            self.title = self.title or value
        elif name == "M":
            self.metre = {"C": (4, 4), "C|": (2, 2)}.get(value) or tuple(map(int, value.split("/")))  # type: ignore
        elif name == "L":
            self.unit = 4 * Fraction(value)
        elif name == "V":
            self.voice = value.split()[0]
            self.first_voice = self.first_voice or self.voice
        elif name == "K":
            tonic, self.signature = key_of(value)
            self.tonic = tonic if self.tonic < 0 else self.tonic
            self.unit = self.unit or Fraction(1, 4 if Fraction(*self.metre) < Fraction(3, 4) else 2)

    def play(self, line: str) -> None:
        """Take a line of music."""
        for token in TOKENS.finditer(line):
            kind, text = str(token.lastgroup), token[0]
            if kind == "field":
                self.set(text[1], text[3:-1].strip())
            elif self.voice == self.first_voice:
                getattr(self, "take_" + kind)(text)

    def take_skipped(self, text: str) -> None:
        """Words and chord symbols."""

    def take_bar(self, text: str) -> None:
        self.end_measure(text)

    def take_tuplet(self, text: str) -> None:
        p, q, r = [int(part or 0) for part in (text[1:] + "::").split(":")[:3]]
        compound = self.metre[0] in (6, 9, 12)
        q = q or {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}.get(p, 3 if compound else 2)
        self.tuplet, self.in_tuplet = Fraction(q, p), r or p

    def take_grace(self, text: str) -> None:
        for note in NOTE.finditer(text):
            self.pitch_of(*note.groups()[:3])

    def take_chord(self, text: str) -> None:
        notes = [note for note in NOTE.finditer(text, 1) if note[2] not in "zZ" and note.end() < len(text)]
        if notes:
            top = max(notes, key=lambda note: self.pitch_of(*note.groups()[:3]))
            outer = re.search(rf"[]+]{LENGTH}$", text)
            assert outer is not None
            self.sound(top, length_of(*notes[0].groups()[3:]) * length_of(*outer.groups()))

    def take_note(self, text: str) -> None:
        note = NOTE.match(text)
        assert note is not None
        self.sound(note, length_of(*note.groups()[3:]))

    def take_broken(self, text: str) -> None:
        short = Fraction(1, 2 ** len(text))
        first, self.broken = (2 - short, short) if text[0] == ">" else (short, 2 - short)
        if self.last is not None:
            self.last.length *= first

    def take_tie(self, text: str) -> None:
        if self.last is not None and self.last.pitch is not None:
            self.tie = self.name, self.last.pitch

    def sound(self, note: re.Match[str], length: Fraction) -> None:
        """A note or rest of `length` units."""
        if not self.measure.events:
            self.measure.metre = self.metre
        length *= self.unit * self.broken
        if self.in_tuplet:
            length *= self.tuplet
            self.in_tuplet -= 1
        accidental, letter, octave = note.groups()[:3]
        self.name, self.broken = letter + octave, Fraction(1)
        pitch = None
        if letter not in "zZ":
            across = self.tie is not None and self.tie[0] == self.name and not accidental
            pitch = self.tie[1] if across and self.tie else self.pitch_of(accidental, letter, octave)
        self.last = Event(length, pitch, self.tie is not None and self.tie[1] == pitch)
        self.tie = None
        self.measure.events.append(self.last)

    def pitch_of(self, accidental: str | None, letter: str, octave: str) -> int:
        """MIDI pitch; an accidental holds from here on."""
        name = letter + octave
        if accidental:
            self.carried[name] = ACCIDENTALS[accidental]
        change = self.carried.get(name, self.signature.get(letter.upper(), 0))
        height = 12 * (octave.count("'") - octave.count(",") + letter.islower())
        return 60 + SEMITONES[letter.upper()] + height + change

    def end_measure(self, line: str) -> None:
        """A bar line."""
        self.carried = {}
        if self.measure.events:
            self.measure.line = line
            self.measures.append(self.measure)
            self.measure = Measure(self.metre)
        elif self.measures:
            self.measures[-1].line += " " + line


def length_of(whole: str, slashes: str, below: str) -> Fraction:
    """`3/2`, `/`, `//`, `3` or nothing, in units."""
    return Fraction(int(whole or 1), int(below) if below else 2 ** len(slashes))


def key_of(value: str) -> tuple[int, dict[str, int]]:
    """The pitch class of a key's tonic, and how its signature changes letters."""
    if value.startswith(PIPES):
        return 9, {"F": 1, "C": 1}
    found = re.match(r"([A-G])([#b]?)\s*([A-Za-z]*)", value)
    if found is None:
        raise ValueError(f"No key is known by the name of '{value}'.")
    letter, sign, mode = found[1], {"#": 1, "b": -1, "": 0}[found[2]], found[3]
    sharps = FIFTHS[letter] + 7 * sign + MODES.get("m" if mode == "m" else mode.lower()[:3], 0)
    order = "FCGDAEB"
    signature = dict.fromkeys(order[:sharps], 1) if sharps > 0 else dict.fromkeys(order[7 + sharps :], -1)
    for mark, altered in re.findall(r"(\^|=|_)([a-g])", value):
        signature[altered.upper()] = ACCIDENTALS[mark]
    return (SEMITONES[letter] + sign) % 12, signature
