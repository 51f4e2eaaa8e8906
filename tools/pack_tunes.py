# Packs folk tunes and chorales small into the music plugin: python tools/pack_tunes.py
"""Pack folk tunes and chorales small into the music plugin.

    python -m pip install --target m21 music21==10.5.1     # beside aekit, which never needs it
    PYTHONPATH=m21 python tools/pack_tunes.py              # about a minute

Taken are notes, bars, titles and numbers of the tunes of Aird, O'Neill (1,850 tunes) and Ryan, and of Bach's chorales
in four voices, and nothing else of that package's corpus. Repeats stand as written, once. A tune whose bars do not add
up is left out, unless it is the bars beside a repeat that do not. The packed file is read back and compared.
"""

from __future__ import annotations

import hashlib
import re
import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "plugins"))

from aekit_music.piece import Metre, Piece, Track  # noqa: E402
from aekit_music.tunes import PACKED, VELOCITY, load_tunes, pack  # noqa: E402
from read_abc import Measure, Tune, read_abc  # noqa: E402

VERSION = "10.5.1"
BOOKS = {"aird": "airdsAirs", "oneill": "oneills1850", "ryan": "ryansMammoth"}
UNNUMBERED = ("ryan",)  # counted by file name instead
VOICES = ("Soprano", "Alto", "Tenor", "Bass")
LOWEST, HIGHEST = 21, 108

Row = tuple[Fraction, Fraction, int]  # onset and length in beats, MIDI pitch
left_out: Counter[str] = Counter()


@dataclass
class Span:
    """A bar as notated: its length and metre, and whether a repeat, an ending or a double bar stands behind it."""

    length: Fraction
    metre: tuple[int, int]
    closes: bool

    @property
    def whole(self) -> Fraction:
        return Fraction(4 * self.metre[0], self.metre[1])


def main() -> None:
    """Pack, check and say how large the result is."""
    import music21

    if music21.VERSION_STR != VERSION:
        sys.exit(f"music21 {VERSION} is needed (received {music21.VERSION_STR}).")
    warnings.simplefilter("ignore")
    corpus = Path(music21.__file__).parent / "corpus"
    books = {"folk": list(folk(corpus)), "chorales": list(chorales(corpus / "bach"))}
    PACKED.write_bytes(pack(books))
    for book, pieces in books.items():
        assert all(same(*pair) for pair in zip(load_tunes(book), pieces, strict=True)), book
        notes = sum(len(track.notes) for piece in pieces for track in piece.tracks)
        print(f"{book}: {len(pieces):,} pieces, {notes:,} notes")
    for reason, count in sorted(left_out.items()):
        print(f"left out, {reason}: {count}")
    data = PACKED.read_bytes()
    print(f"{PACKED.relative_to(ROOT)}: {len(data):,} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}")


def folk(corpus: Path) -> Iterator[Piece]:
    """The tunes of the three books, in their order."""
    for book, folder in BOOKS.items():
        seen = set()
        for count, tune in enumerate(tunes_in(corpus / folder), 1):
            number = count if book in UNNUMBERED else tune.number
            name = f"{book}/{number:04} {plain(tune.title)}".rstrip()
            spans = [Span(m.length, m.metre, closes(m.line)) for m in tune.measures]
            piece = piece_of(f"{book}: ", name, spans, [("", rows_of(tune.measures))], tune.tonic)
            if piece is not None and number in seen:
                left_out[f"{book}: transcribed twice"] += 1
            elif piece is not None:
                seen.add(number)
                yield piece


def tunes_in(folder: Path) -> Iterator[Tune]:
    """The tunes of all files of a folder."""
    for path in sorted(folder.glob("*.abc"), key=natural):
        yield from read_abc(unmailed(path.read_text("utf-8", "replace")))


def unmailed(text: str) -> str:
    """Text that went through a mailer, as it was before: lines broken by "=", and "=3D" for "="."""
    return re.sub(r"(=FF)?=(20|0D)", " ", text.replace("=\n", "")).replace("=3D", "=")


def closes(line: str) -> bool:
    """Whether a bar line, as written in ABC, is more than a plain one."""
    return any(part != "|" for part in line.split())


def rows_of(measures: Sequence[Measure]) -> list[Row]:
    """The notes of a tune, tied ones as one."""
    rows: list[Row] = []
    at = Fraction(0)
    for event in (event for measure in measures for event in measure.events):
        if event.pitch is not None and event.tied:
            onset, length, pitch = rows.pop()
            rows.append((onset, length + event.length, pitch))
        elif event.pitch is not None:
            rows.append((at, event.length, event.pitch))
        at += event.length
    return rows


def plain(title: str) -> str:
    """A title on one line, without remarks, accents of ABC and slips of the transcription ("Stat:ue")."""
    title = re.sub(r"\[.*?\]|\(?title from index\)?", "", title)
    return re.sub(r"\s+", " ", re.sub(r"\\.|(?<=[a-z]):(?=[a-z])", "", title)).strip(" .,")


def chorales(folder: Path) -> Iterator[Piece]:
    """Bach's chorales that have one part each of the four voices, whatever doubles them."""
    from music21 import converter

    seen = set()
    for path in sorted(folder.glob("bwv*.mxl"), key=natural):
        score = converter.parse(path, forceSource=True, storePickle=False)
        parts = {str(part.partName).split()[0]: part for part in score.parts}
        if not set(VOICES) <= set(parts):
            left_out["chorales: not in four voices"] += 1
            continue
        voices = [(voice, list(sounding(parts[voice]))) for voice in VOICES]
        spans = list(measures_of(parts[VOICES[0]]))
        piece = piece_of("chorales: ", f"bach/{path.stem}", spans, voices, tonic_of(parts[VOICES[0]]))
        if str(voices) in seen:
            left_out["chorales: the same as another"] += 1
        elif piece is not None:
            seen.add(str(voices))
            yield piece


def measures_of(part: Any) -> Iterator[Span]:
    """The bars of a music21 part."""
    for measure in part.getElementsByClass("Measure"):
        signature = measure.timeSignature or measure.getContextByClass("TimeSignature")
        yield Span(
            Fraction(measure.duration.quarterLength), (signature.numerator, signature.denominator), True
        )


def sounding(part: Any) -> Iterator[Row]:
    """The notes of a music21 part, tied ones as one."""
    row: Row | None = None
    for note in part.flatten().notes:
        onset, length, pitch = Fraction(note.offset), Fraction(note.quarterLength), note.pitches[-1].midi
        tied = note.tie is not None and note.tie.type in ("stop", "continue")
        if not length:  # a grace note
            continue
        if tied and row is not None and row[0] + row[1] == onset and row[2] == pitch:
            row = row[0], row[1] + length, pitch
            continue
        if row is not None:
            yield row
        row = onset, length, pitch
    if row is not None:
        yield row


def tonic_of(part: Any) -> int | None:
    """The pitch class of the tonic, where the file says the mode."""
    key = next(iter(part.flatten().getElementsByClass("KeySignature")), None)
    tonic = getattr(key, "tonic", None)
    return None if tonic is None else int(tonic.pitchClass)


def piece_of(
    book: str,
    name: str,
    spans: Sequence[Span],
    voices: Sequence[tuple[str, Sequence[Row]]],
    tonic: int | None,
) -> Piece | None:
    """A piece, or None where it cannot be taken; the reason is counted."""
    pitches = [pitch for _, rows in voices for _, _, pitch in rows]
    bars = regular(spans)
    if not pitches or min(pitches) < LOWEST or max(pitches) > HIGHEST:
        left_out[book + "no notes, or out of range"] += 1
        return None
    if not add_up(bars):
        left_out[book + "bars do not add up"] += 1
        return None
    tracks = [
        Track(voice, np.array([(*map(float, row), VELOCITY) for row in rows])) for voice, rows in voices
    ]
    beats = float(sum(bar.length for bar in bars))
    piece = Piece(name, tuple(tracks), metres_of(bars), beats, tonic=tonic)
    assert np.allclose([bar.beats for bar in piece.bars()][:-1], [float(bar.length) for bar in bars][:-1]), (
        name
    )
    return piece


def regular(spans: Iterable[Span]) -> list[Span]:
    """Bars, with those that a repeat cut in two as one again, and a missing bar line put in."""
    bars: list[Span] = []
    for span in spans:
        last = bars[-1] if bars else span
        if bars and last.metre == span.metre and last.length + span.length == span.whole:
            bars[-1] = Span(span.whole, span.metre, span.closes)
        elif span.length > span.whole and span.length % span.whole == 0:
            count = int(span.length / span.whole)
            bars += [Span(span.whole, span.metre, span.closes and n == count - 1) for n in range(count)]
        else:
            bars.append(span)
    return bars


def add_up(bars: Sequence[Span]) -> bool:
    """Whether every bar is whole, but for shorter ones at the ends and beside a repeat."""
    return all(
        bar.length == bar.whole
        or (bar.length < bar.whole and (bar is bars[0] or before.closes or bar.closes or bar is bars[-1]))
        for before, bar in zip([bars[0], *bars], bars, strict=False)
    )


def metres_of(bars: Sequence[Span]) -> tuple[Metre, ...]:
    """Metres that give these bars: after each shorter bar the metre begins anew."""
    metres: list[Metre] = []
    at = Fraction(0)
    for number, bar in enumerate(bars):
        before = bars[number - 1]
        begins = number == 0 or before.metre != bar.metre or before.length != before.whole
        is_pickup = number == 0 and len(bars) > 1 and bar.length < bar.whole
        if begins and not is_pickup:
            metres.append(Metre(float(at), *bar.metre))
        at += bar.length
    return tuple(metres)


def natural(path: Path) -> list[tuple[int, str]]:
    """A key that sorts numbers in names by value."""
    return [(int(digits or -1), rest) for digits, rest in re.findall(r"(\d*)(\D+)", path.name)]


def same(one: Piece, other: Piece) -> bool:
    """Whether two pieces hold the same, whatever their tempo."""
    facts = [(piece.name, piece.metres, piece.beats, piece.tonic) for piece in (one, other)]
    return facts[0] == facts[1] and all(
        a.name == b.name and np.abs(a.notes - b.notes).max() < 1e-9
        for a, b in zip(one.tracks, other.tracks, strict=True)
    )


if __name__ == "__main__":
    main()
