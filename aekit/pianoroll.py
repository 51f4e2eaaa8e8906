# Piano-rolls: notes drawn over a grid of bars, beats and octaves.
"""Piano-rolls: notes drawn over a grid of bars, beats and octaves; drums as ticks in lanes of their own.

A roll is as wide as its beats ask for, and as high as its frame: what is drawn in one frame can be laid side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aekit.midi import DRUMS
from aekit.view import HUES, Pixels

if TYPE_CHECKING:
    from aekit.heard import Note, Notes

RANGES = (24, 36, 48, 60, 72, 96, 132)  # semitones that a roll can show
MARGIN = 2  # semitones left free above and below
FEW_BEATS = 8  # up to so many, a beat is as wide as it can be
LANES = {  # the drums that always have a lane, from the bottom
    36: "kick",
    38: "snare",
    45: "low tom",
    48: "mid tom",
    50: "high tom",
    42: "hi-hat",
    46: "open hat",
    51: "ride",
    49: "crash",
}
KNOWN = ("piano", "bass", DRUMS)  # instruments whose hue is fixed
BLACK_KEYS = (1, 3, 6, 8, 10)
WHITE_ROW, BLACK_ROW = (255, 255, 255), (245, 246, 249)
THIN_LINE, OCTAVE_LINE = (238, 240, 244), (206, 212, 222)
BEAT_LINE, BAR_LINE, EDGE = (228, 231, 237), (182, 190, 202), (120, 130, 146)
NAME_INK = (128, 136, 150)


class Frame(NamedTuple):
    """What a roll has room for: pitches [low, low + semitones), drum keys from the bottom, instruments."""

    low: int
    semitones: int
    keys: tuple[int, ...]
    instruments: tuple[str, ...]


class Size(NamedTuple):
    """How large a roll is drawn, in pixels.

    Attributes:
        pitched: height of the pitches, more where there are many.
        row: least height of a pitch.
        lane: height of a drum's lane.
        beat, least_beat: width of a beat where there are few, and at the least.
        gap: between a note and the next.
        gutter: at the left, for names.
    """

    pitched: int
    row: int
    lane: int
    beat: float
    least_beat: float
    gap: int
    gutter: int


SMALL = Size(pitched=144, row=3, lane=7, beat=40, least_beat=5, gap=1, gutter=0)  # for sheets: 320 wide
MIDDLE = Size(pitched=216, row=5, lane=12, beat=80, least_beat=16, gap=2, gutter=0)  # for pages
LARGE = Size(pitched=432, row=9, lane=24, beat=120, least_beat=24, gap=3, gutter=64)  # by itself


def rolls(views: Sequence[Notes], size: Size) -> list[Pixels]:
    """Passages drawn in one frame, so that a pitch stands at the same height in each: (H, W, 3)."""
    frame = frame_of([note for view in views for note in view.notes])
    return [draw(view, frame, size) for view in views]


def frame_of(notes: Sequence[Note]) -> Frame:
    """The least frame that holds the notes with a margin; two octaves from middle C where there is none."""
    pitches = [note.pitch for note in notes if note.instrument != DRUMS]
    struck = {note.pitch for note in notes if note.instrument == DRUMS}
    low, semitones = 60, 0 if struck else RANGES[0]
    if pitches:
        least, most = min(pitches) - MARGIN, max(pitches) + MARGIN + 1
        semitones = next(size for size in RANGES if most - least <= size)
        low = (least + most - semitones) // 2
    keys = (*LANES, *sorted(struck - LANES.keys())) if struck else ()
    others = sorted({note.instrument for note in notes} - set(KNOWN))
    return Frame(low, semitones, keys, (*KNOWN, *others))


def draw(view: Notes, frame: Frame, size: Size) -> Pixels:
    """A roll (H, W, 3): from 0 to `seconds` across all of its width behind the gutter."""
    beats = max(view.seconds * view.tempo / 60, 1e-6)
    width = max(round(beats * max(size.beat * min(1.0, FEW_BEATS / beats), size.least_beat)), 8)
    pitched = max(size.pitched, size.row * frame.semitones) if frame.semitones else 0
    # drums alone are as high as pitches would be
    drums = max(size.pitched if not pitched else 0, size.lane * len(frame.keys)) if frame.keys else 0
    canvas = np.empty((pitched + drums, width, 3), np.uint8)
    rows, lanes = edges(frame.semitones, pitched), pitched + edges(len(frame.keys), drums)
    canvas[:] = np.concatenate([keyboard(frame, rows), stripes(lanes)])[:, None]
    draw_bars(canvas, beats, view.beats_per_bar)
    if pitched and drums:
        canvas[pitched : pitched + size.gap] = EDGE
    across = width / max(view.seconds, 1e-9)
    for note in sorted(view.notes, key=lambda note: note.start):
        colour = shade(HUES[frame.instruments.index(note.instrument) % len(HUES)], note.velocity)
        left, right = round(note.start * across), round(note.end * across)
        if note.instrument == DRUMS:
            lane = len(frame.keys) - 1 - frame.keys.index(note.pitch)
            tick = max(round(width / beats * 0.16), 2)
            block(canvas, int(lanes[lane]) + size.gap, int(lanes[lane + 1]), left, left + tick, colour)
        else:
            row = frame.low + frame.semitones - 1 - note.pitch
            bar(canvas, int(rows[row]), int(rows[row + 1]) - size.gap, left, right, colour, size.gap)
    return named(canvas, frame, rows, lanes, size.gutter) if size.gutter else canvas


def edges(count: int, height: int) -> NDArray[np.int64]:
    """Where each of `count` rows of a height begins, and the end: (count + 1,)."""
    return np.round(np.linspace(0, height, count + 1)).astype(np.int64)


def keyboard(frame: Frame, rows: NDArray[np.int64]) -> Pixels:
    """The colour of each line of the pitches (height, 3): black keys' rows are darker, each C stands on a line."""
    lines = np.full((rows[-1], 3), WHITE_ROW, np.uint8)
    for row in range(frame.semitones):
        key = (frame.low + frame.semitones - 1 - row) % 12
        if key in BLACK_KEYS:
            lines[rows[row] : rows[row + 1]] = BLACK_ROW
        if key in (0, 5) and row < frame.semitones - 1:
            lines[rows[row + 1] - 1] = OCTAVE_LINE if key == 0 else THIN_LINE
    return lines


def stripes(lanes: NDArray[np.int64]) -> Pixels:
    """The colour of each line of the drums (height, 3): a thin line between lanes."""
    lines = np.full((lanes[-1] - lanes[0], 3), WHITE_ROW, np.uint8)
    lines[lanes[1:-1] - lanes[0]] = THIN_LINE
    return lines


def draw_bars(canvas: Pixels, beats: float, beats_per_bar: float) -> None:
    """Lines at beats, unless they would stand too close, at bars, and at both ends."""
    beat = canvas.shape[1] / beats
    if beat >= 8:
        canvas[:, columns_at(np.arange(1, beats, 1.0), beat)] = BEAT_LINE
    if beats_per_bar * beat >= 6:
        canvas[:, columns_at(np.arange(0, beats - 1e-6, beats_per_bar), beat)] = BAR_LINE
    canvas[:, -1] = BAR_LINE


def columns_at(beats: NDArray[np.float64], beat: float) -> NDArray[np.int64]:
    """The columns of pixels of some beats."""
    return np.round(beats * beat).astype(np.int64)


def shade(hue: tuple[int, int, int], velocity: int) -> NDArray[np.float64]:
    """A hue, paler for soft notes."""
    weight = 0.45 + 0.55 * min(max(velocity, 1), 96) / 96
    return weight * np.array(hue, float) + (1 - weight) * 255


def bar(
    canvas: Pixels, top: int, bottom: int, left: int, right: int, colour: NDArray[np.float64], gap: int
) -> None:
    """A note, set apart from the one behind it by a gap, or by a dark first column where it is narrow."""
    gap = min(gap, max((right - left) // 5, 1))
    if right - left >= 4:
        block(canvas, top, bottom, left, right - gap, colour)
    else:
        block(canvas, top, bottom, left, max(right, left + 1), colour)
        block(canvas, top, bottom, left, left + 1, 0.7 * colour)


def block(canvas: Pixels, top: int, bottom: int, left: int, right: int, colour: NDArray[np.float64]) -> None:
    """Fill a rectangle with rounded corners; what lies outside the canvas is cut off."""
    mask = rounded(bottom - top, right - left)
    place = canvas[max(top, 0) : bottom, max(left, 0) : max(right, 0)]
    mask = mask[max(-top, 0) :, max(-left, 0) :][: place.shape[0], : place.shape[1]]
    place[...] = np.round(place + mask[..., None] * (colour - place))


@lru_cache(maxsize=512)
def rounded(height: int, width: int) -> NDArray[np.float64]:
    """How much of each pixel a rectangle with rounded corners covers: (height, width) in [0, 1]."""
    radius = min(height, width, 14) * 0.35
    if radius < 0.7:
        return np.ones((height, width))
    down = np.maximum(radius - np.minimum(np.arange(height), np.arange(height)[::-1]) - 0.5, 0)
    across = np.maximum(radius - np.minimum(np.arange(width), np.arange(width)[::-1]) - 0.5, 0)
    return np.clip(radius + 0.5 - np.hypot(down[:, None], across), 0, 1)


def named(
    canvas: Pixels, frame: Frame, rows: NDArray[np.int64], lanes: NDArray[np.int64], gutter: int
) -> Pixels:
    """The roll with the names of its Cs and drums in a gutter at the left."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.fromarray(np.pad(canvas, ((0, 0), (gutter, 0), (0, 0)), constant_values=255))
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(13)
    for row in range(frame.semitones):
        pitch = frame.low + frame.semitones - 1 - row
        if pitch % 12 == 0:
            pen.text((gutter - 6, int(rows[row + 1])), f"C{pitch // 12 - 1}", NAME_INK, font, anchor="rs")
    for lane, key in enumerate(reversed(frame.keys)):
        middle = int(lanes[lane] + lanes[lane + 1]) // 2
        pen.text((gutter - 6, middle), LANES.get(key, f"key {key}"), NAME_INK, font, anchor="rm")
    return np.asarray(image)
