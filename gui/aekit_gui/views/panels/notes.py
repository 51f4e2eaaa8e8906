# The panel of notes: a piano roll over bars and beats, whose pitches keep their places while views change.
"""The panel of notes: a piano roll over bars and beats, whose pitches keep their places while views change."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from aekit.midi import DRUMS
from aekit.pianoroll import BLACK_KEYS, KNOWN, LANES, RANGES
from aekit.views import Note, Notes
from aekit_gui.theme import CLASSES, Theme
from aekit_gui.views.drawing import draw_pill, mixed
from aekit_gui.views.panels.kept import Kept, Range
from aekit_gui.views.panels.timed import TimedPanel

NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
RULER, KEYS, OCTAVES, DRUM_NAMES = 18.0, 14.0, 26.0, 58.0  # pixels of what surrounds the roll
MARGIN = 2  # semitones left free above and below
FINE = 3.0  # pixels; lower rows are not told apart
LEAST = 2.5  # pixels, height of a note


class NotesPanel(TimedPanel):
    """A piano roll. Pitches keep to one range, at least two octaves; drums have lanes of their own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tempo, self.beats_per_bar = 120.0, 4.0
        self.notes: list[Note] = []
        self.pitches = Kept(octaves)
        self.pitched = False
        self.lanes: tuple[int, ...] = ()
        self.others: tuple[str, ...] = ()
        self.rows: list[float] = []  # edges of the pitches' rows, from the top
        self.lines: list[float] = []  # edges of the drums' lanes, from the top

    @property
    def low(self) -> int:
        """The lowest pitch that has a row."""
        return round(self.pitches.range[0]) if self.pitches.range else 60

    @property
    def high(self) -> int:
        """One above the highest pitch that has a row."""
        return round(self.pitches.range[1]) if self.pitches.range else 84

    def take(self, view: Notes) -> str:
        self.notes = sorted(
            (note for note in view.notes if sound(note)), key=lambda note: (note.start, note.pitch)
        )
        last = max((note.end for note in self.notes), default=1.0)
        self.seconds = view.seconds if above(view.seconds) else max(last, 0.01)
        self.tempo = view.tempo if above(view.tempo) else 120.0
        self.beats_per_bar = view.beats_per_bar if above(view.beats_per_bar) else 4.0
        self.step = 60 / self.tempo
        pitches = [note.pitch for note in self.notes if note.instrument != DRUMS]
        struck = {note.pitch for note in self.notes if note.instrument == DRUMS}
        if pitches:
            self.pitches.fit(min(pitches), max(pitches) + 1)
        self.pitched = self.pitched or bool(pitches) or not struck
        if struck or self.lanes:
            self.lanes = (*LANES, *sorted((struck | set(self.lanes)) - LANES.keys()))
        self.others = tuple(sorted({note.instrument for note in self.notes}.union(self.others) - set(KNOWN)))
        if not self.notes:
            self.words = "A rest: no note is played here."
        return described(self.notes, self.seconds, self.beats)

    @property
    def beats(self) -> float:
        """Quarter notes of the whole passage."""
        return self.seconds * self.tempo / 60

    def ink(self, instrument: str) -> str:
        """An instrument's colour."""
        hues = (self.theme.accent, self.theme.warm, self.theme.good, *CLASSES[3:])
        order = (*KNOWN, *self.others)
        return hues[order.index(instrument) % len(hues)] if instrument in order else self.theme.point

    # ---- painting -------------------------------------------------------------------------------------

    def draw(self, painter: QPainter, area: QRectF) -> None:
        self.lay_out(area, painter.device().devicePixelRatioF())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self.draw_rows(painter)
        self.draw_grid(painter)
        if not self.compact:
            self.draw_keys(painter, area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setClipRect(self.plot)
        painter.setPen(Qt.PenStyle.NoPen)
        for note in self.notes:
            self.draw_note(painter, note)

    def lay_out(self, area: QRectF, ratio: float) -> None:
        """Find the places of the roll, its rows and its lanes, on whole device pixels."""
        left, top = 0.0, 0.0
        if not self.compact:
            left, top = (DRUM_NAMES if self.lanes else OCTAVES) + KEYS, RULER
        self.plot = area.adjusted(left, top, -1, -1)
        lane = min(self.plot.height() * (0.45 if self.pitched else 1.0) / max(len(self.lanes), 1), 16)
        lane = lane if self.pitched or not self.lanes else self.plot.height() / len(self.lanes)
        drums = lane * len(self.lanes)
        pitched = self.plot.height() - drums if self.pitched else 0.0
        count = self.high - self.low
        start = self.plot.top()
        self.rows = [snapped(start + pitched * row / count, ratio) for row in range(count + 1)]
        self.lines = [
            snapped(start + pitched + lane * number, ratio) for number in range(len(self.lanes) + 1)
        ]

    def draw_rows(self, painter: QPainter) -> None:
        """Darker rows for black keys, a line under each C, and under each F a thin one."""
        theme, left, width = self.theme, self.plot.left(), self.plot.width()
        faint, thin = mixed(theme.map, theme.line, 0.32), mixed(theme.map, theme.line, 0.6)
        if self.pitched:
            for pitch in range(self.low, self.high):
                top, bottom = self.edges(pitch)
                if pitch % 12 in BLACK_KEYS and bottom - top >= FINE:
                    painter.fillRect(QRectF(left, top, width, bottom - top), faint)
                if (pitch % 12 == 0 or (pitch % 12 == 5 and bottom - top >= FINE)) and pitch > self.low:
                    ink = QColor(theme.line) if pitch % 12 == 0 else thin
                    painter.fillRect(QRectF(left, bottom - 0.5, width, 1), ink)
        for number, line in enumerate(self.lines[:-1] if self.lanes else ()):
            ink = QColor(theme.dim) if number == 0 and self.pitched else thin
            painter.fillRect(QRectF(left, line, width, 1), ink)

    def draw_grid(self, painter: QPainter) -> None:
        """Lines at beats and bars, thinned where they would stand too close; bars are counted above."""
        theme, beat = self.theme, self.plot.width() / max(self.beats, 1e-9)
        top, height = self.plot.top(), self.plot.height()
        if beat >= 8 and not (self.compact and beat < 16):
            for number in range(1, math.ceil(self.beats)):
                x = self.plot.left() + number * beat
                painter.fillRect(QRectF(round(x), top, 1, height), mixed(theme.map, theme.line, 0.75))
        bar = beat * self.beats_per_bar
        every = 1
        while bar * every < 24:
            every *= 2
        for number in range(0, math.ceil(self.beats / self.beats_per_bar - 1e-6), every):
            x = round(self.plot.left() + number * bar)
            if number:
                painter.fillRect(QRectF(x, top, 1, height), mixed(theme.line, theme.dim, 0.45))
            if not self.compact:
                painter.setPen(QColor(theme.dim))
                box = QRectF(x + 3, top - RULER, bar * every, RULER)
                painter.drawText(
                    box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, str(number + 1)
                )

    def draw_keys(self, painter: QPainter, area: QRectF) -> None:
        """The keyboard at the left with the names of its Cs, and the names of the drums."""
        theme, right = self.theme, self.plot.left()
        painter.fillRect(QRectF(right - 1, self.plot.top(), 1, self.plot.height()), QColor(theme.line))
        painter.fillRect(QRectF(area.left(), self.plot.top() - 1, area.width(), 1), QColor(theme.line))
        black, white = key_colours(theme)
        aligned = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if self.pitched:
            keys = QRectF(right - KEYS, self.rows[0], KEYS - 1, self.rows[-1] - self.rows[0])
            painter.fillRect(keys, white)
            for pitch in range(self.low, self.high):
                top, bottom = self.edges(pitch)
                if pitch % 12 in BLACK_KEYS:
                    painter.fillRect(QRectF(keys.left(), top, 9, bottom - top), black)
                elif pitch % 12 in (0, 5) and pitch > self.low:
                    painter.fillRect(
                        QRectF(keys.left(), bottom - 0.5, keys.width(), 1), mixed(theme.line, theme.dim, 0.4)
                    )
                if pitch % 12 == 0 and bottom - 11 > self.plot.top() and bottom < self.plot.bottom() + 6:
                    painter.setPen(QColor(theme.dim))
                    box = QRectF(area.left(), bottom - 14, keys.left() - area.left() - 4, 14)
                    painter.drawText(box, aligned, f"C{pitch // 12 - 1}")
        painter.setPen(QColor(theme.dim))
        for number, key in enumerate(self.lanes):
            top, bottom = self.lane_edges(number)
            if bottom - top >= 9:
                box = QRectF(area.left(), top, right - area.left() - 6, bottom - top)
                painter.drawText(box, aligned, LANES.get(key, f"key {key}"))

    def draw_note(self, painter: QPainter, note: Note) -> None:
        """A note: softer ones are paler, its onset is darker where there is room."""
        box = self.box_of(note)
        colour = mixed(
            self.theme.map, self.ink(note.instrument), 0.35 + 0.65 * min(max(note.velocity, 1), 100) / 100
        )
        painter.setBrush(colour)
        radius = min(3.0, 0.35 * box.height(), 0.35 * box.width())
        painter.drawRoundedRect(box, radius, radius)
        if box.width() > 9 and box.height() > 4 and note.instrument != DRUMS:
            painter.setBrush(mixed(self.ink(note.instrument), self.theme.text, 0.35))
            painter.drawRoundedRect(
                QRectF(box.left(), box.top(), 3, box.height()), min(radius, 1.5), min(radius, 1.5)
            )

    def edges(self, pitch: int) -> tuple[float, float]:
        """Top and bottom of a pitch's row."""
        row = self.high - 1 - pitch
        return self.rows[row], self.rows[row + 1]

    def lane_edges(self, number: int) -> tuple[float, float]:
        """Top and bottom of a drum's lane; the first lane is the lowest."""
        row = len(self.lanes) - 1 - number
        return self.lines[row], self.lines[row + 1]

    def box_of(self, note: Note) -> QRectF:
        """Where a note is painted."""
        left, right = self.x_of(note.start), self.x_of(note.end)
        if note.instrument == DRUMS:
            top, bottom = self.lane_edges(self.lanes.index(note.pitch))
            right = left + max(self.plot.width() / max(self.beats, 1e-9) * 0.16, 3)
        else:
            top, bottom = self.edges(note.pitch)
        gap = 1.0 if right - left > 4 else 0.0
        high = max(bottom - top - 1, LEAST)
        return QRectF(left + gap / 2, (top + bottom - high) / 2, max(right - left - gap, 1.5), high)

    def overlay(self, painter: QPainter, area: QRectF) -> None:
        if self.playhead is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.theme.warm), 1.5))
            for note in self.notes:
                if note.start <= self.playhead < note.end:
                    painter.drawRoundedRect(self.box_of(note).adjusted(-1, -1, 1, 1), 3, 3)
        self.draw_playhead(painter)
        if self.pointer is not None and self.plot.contains(self.pointer) and not self.compact:
            draw_pill(painter, area, self.pointer, [self.words_at(self.pointer)], self.theme)

    def words_at(self, place: QPointF) -> str:
        """The note under the pointer in words, else bar and beat."""
        for note in self.notes:
            if self.box_of(note).adjusted(-1, -1, 1, 1).contains(place):
                drum = note.instrument == DRUMS
                name = LANES.get(note.pitch, f"key {note.pitch}") if drum else pitch_name(note.pitch)
                player = "" if drum or note.instrument == KNOWN[0] else f"   {note.instrument}"
                beats = (note.end - note.start) * self.tempo / 60
                return f"{name}   {beats:.3g} {'beat' if beats == 1 else 'beats'}   velocity {note.velocity}{player}"
        beat = self.time_at(place.x()) * self.tempo / 60
        bar, rest = divmod(beat, self.beats_per_bar)
        return f"bar {int(bar) + 1}, beat {int(rest) + 1}   {self.time_at(place.x()):.2f} s"


def octaves(low: float, high: float) -> Range:
    """The pitches that are shown where notes span low to high: two octaves at least, then in whole steps."""
    low, high = low - MARGIN, high + MARGIN
    semitones = next((size for size in RANGES if high - low <= size), RANGES[-1])
    start = min(max(math.floor((low + high - semitones) / 2), -4), 132 - semitones)
    return float(start), float(start + semitones)


def sound(note: Note) -> bool:
    """Whether a note can be drawn: its times are numbers, its pitch is a key."""
    return math.isfinite(note.start) and math.isfinite(note.end) and 0 <= note.pitch <= 127


def above(value: float) -> bool:
    """Whether a figure is a number above zero."""
    return math.isfinite(value) and value > 0


def snapped(place: float, ratio: float) -> float:
    """A place on a whole device pixel."""
    return round(place * ratio) / ratio


def pitch_name(pitch: int) -> str:
    """A MIDI pitch as musicians write it: 60 is C4."""
    return f"{NAMES[pitch % 12]}{pitch // 12 - 1}"


def key_colours(theme: Theme) -> tuple[QColor, QColor]:
    """The colours of black and of white keys."""
    if theme.dark:
        return mixed(theme.map, theme.line, 0.4), mixed(theme.line, theme.dim, 0.55)
    return mixed(theme.dim, theme.text, 0.4), QColor(theme.panel)


def described(notes: list[Note], seconds: float, beats: float) -> str:
    """What is played, for those who do not see it."""
    if not notes:
        return f"A rest of {beats:.3g} beats."
    players = ", ".join(sorted({note.instrument for note in notes}))
    pitches = [note.pitch for note in notes if note.instrument != DRUMS]
    span = f" from {pitch_name(min(pitches))} to {pitch_name(max(pitches))}" if pitches else ""
    count = f"{len(notes)} notes" if len(notes) > 1 else "One note"
    return f"{count}{span} over {beats:.3g} beats, {seconds:.1f} seconds: {players}."
