# Beats: from the tempo map of a file, from an estimate, or on a fixed grid; and the metres that count them.
"""Beats: from the tempo map of a file, from an estimate, or on a fixed grid; and the metres that count them.

A clock turns seconds into beats (quarter notes).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from aekit_music.piece import Metre, Unusable

if TYPE_CHECKING:
    from pretty_midi import PrettyMIDI

Times = NDArray[np.float64]  # seconds or beats, any shape

DEFAULT_METRE = (4, 4)
DEFAULT_TEMPO = 120.0  # what a file has that says nothing
SHORTEST_BAR, LONGEST_BAR = 0.25, 64.0  # beats; a signature beyond is damage
FINEST_DENOMINATOR = 64
# Onsets at chance on a grid have a resultant of about 1 / sqrt(onsets); 20 ms of human unevenness at 120 beats a
# minute still leaves 0.6 on sixteenths
LEAST_RESULTANT = 0.25
GRIDS = (4, 3)  # sixteenths, and triplets
FEWEST_ONSETS = 24  # with fewer, neither the resultant nor an estimate says anything
# For the estimate (Ellis 2007, "Beat tracking by dynamic programming")
FRAME = 0.02  # seconds
MOST_SECONDS = 3600.0
USUAL_PERIOD, PERIOD_OCTAVES = (
    0.5,
    0.65,
)  # the prior of a beat's length: seconds, and octaves of one deviation
PERIODS = (0.3, 1.5)  # seconds
SMOOTHING = 1.5  # frames
TIGHTNESS = 100.0


class Clock(Protocol):
    """Where beats fall."""

    @property
    def tempo(self) -> float:
        """Beats a minute: for half of the time no slower, for half no faster."""

    def beats(self, seconds: Times) -> Times:
        """Seconds to beats, of the same shape."""


class TempoMap(NamedTuple):
    """A file's tempo map: row k holds from `seconds[k]`, which is `ticks[k]`, at `tempi[k]` beats a minute."""

    seconds: Times
    ticks: Times
    tempi: Times
    resolution: int
    end: float

    @classmethod
    def of(cls, score: PrettyMIDI, end: float) -> TempoMap:
        """The map of a file whose last note ends at `end` seconds."""
        seconds, tempi = score.get_tempo_changes()
        passed = np.rint(np.diff(seconds) * tempi[:-1] / 60 * score.resolution)
        return cls(seconds, np.concatenate([[0.0], np.cumsum(passed)]), tempi, score.resolution, end)

    @property
    def tempo(self) -> float:
        lengths = np.diff(np.append(self.seconds, np.inf).clip(max=self.end))
        order = np.argsort(self.tempi, kind="stable")
        passed = lengths[order].cumsum()
        return round(float(self.tempi[order[np.searchsorted(passed, passed[-1] / 2)]]), 3)

    def beats(self, seconds: Times) -> Times:
        """Exact for what lies on a tick: the nearest whole tick over the resolution."""
        row = np.searchsorted(self.seconds, seconds, side="right") - 1
        into = (seconds - self.seconds[row]) * self.tempi[row] / 60 * self.resolution
        return np.asarray((self.ticks[row] + np.rint(into)) / self.resolution)

    def is_default(self) -> bool:
        """Whether it says no more than a file that says nothing."""
        return len(self.tempi) == 1 and abs(self.tempi[0] - DEFAULT_TEMPO) < 1e-6


class FixedGrid(NamedTuple):
    """The same number of beats in every minute, from the first second."""

    tempo: float = DEFAULT_TEMPO

    def beats(self, seconds: Times) -> Times:
        return seconds * (self.tempo / 60)


class EstimatedBeats(NamedTuple):
    """Beats that were found in the onsets: the times (M,) of two or more, in seconds."""

    times: Times

    @property
    def tempo(self) -> float:
        return round(60 / float(np.median(np.diff(self.times))), 3)

    def beats(self, seconds: Times) -> Times:
        """Between beats linear, before the first and after the last at the nearest beat's length."""
        times = self.times
        before = np.minimum(seconds - times[0], 0) / (times[1] - times[0])
        after = np.maximum(seconds - times[-1], 0) / (times[-1] - times[-2])
        return np.asarray(np.interp(seconds, times, np.arange(len(times), dtype=float)) + before + after)


def choose_clock(tempo_map: TempoMap, onsets: Times, timing: str) -> tuple[Clock, str | None]:
    """The clock that `timing` asks for, and what was done in words, or None where the file's own map was taken.

    Args:
        tempo_map: the file's.
        onsets: (N,) seconds, sorted.
        timing: "file", "estimated", "fixed" or "auto".

    Raises:
        Unusable: beats were to be estimated, and there is too little or too much to estimate them from.
    """
    if timing == "fixed":
        return FixedGrid(), f"beats on a fixed grid of {DEFAULT_TEMPO:g} a minute"
    if timing == "estimated":
        return estimated(onsets)
    if timing == "auto" and tempo_map.is_default() and not sits_on_grid(tempo_map.beats(onsets)):
        if onsets[-1] - onsets[0] <= MOST_SECONDS:
            return estimated(onsets)
        return FixedGrid(), f"no tempo map: beats on a fixed grid of {DEFAULT_TEMPO:g} a minute"
    return tempo_map, None


def sits_on_grid(beats: Times) -> bool:
    """Whether onsets (N,) in beats keep to sixteenths or to triplets, wherever these begin."""
    if len(beats) < FEWEST_ONSETS:
        return True
    return any(abs(np.exp(2j * np.pi * grid * beats).mean()) >= LEAST_RESULTANT for grid in GRIDS)


def estimated(onsets: Times) -> tuple[EstimatedBeats, str]:
    """Beats found in sorted onsets (N,) in seconds, and that in words."""
    if len(np.unique(onsets)) < FEWEST_ONSETS:
        raise Unusable(f"too few notes to estimate beats from ({len(onsets)}; {FEWEST_ONSETS} are needed)")
    if onsets[-1] - onsets[0] > MOST_SECONDS:
        minutes = MOST_SECONDS / 60
        raise Unusable(f"too long to estimate beats in ({onsets[-1] / 60:.0f} minutes; up to {minutes:.0f})")
    clock = EstimatedBeats(beat_times(onsets))
    return clock, f"beats estimated from the notes, about {clock.tempo:.0f} a minute"


def beat_times(onsets: Times) -> Times:
    """Times of beats (M,) in seconds, from at or before the first onset to at or behind the last; onsets sorted."""
    strength = onset_strength(onsets - onsets[0])
    frames = best_path(strength, beat_period(strength))
    times = frames * FRAME + onsets[0]
    step = float(np.median(np.diff(times))) if len(times) > 1 else beat_period(strength) * FRAME
    before = max(int(np.ceil((times[0] - onsets[0]) / step - 0.25)), 0)
    after = max(int(np.ceil((onsets[-1] - times[-1]) / step)), 1)
    ahead = times[0] - step * np.arange(before, 0, -1)
    return np.concatenate([ahead, times, times[-1] + step * np.arange(1, after + 1)])


def onset_strength(onsets: Times) -> Times:
    """How many notes begin about each frame, smoothed, of deviation 1: (frames,)."""
    counts = np.bincount(np.rint(onsets / FRAME).astype(int)).astype(float)
    reach = np.arange(-4, 5)
    smooth = np.convolve(np.sqrt(counts), np.exp(-0.5 * (reach / SMOOTHING) ** 2), "same")
    return np.asarray(smooth / max(float(smooth.std()), 1e-9))


def beat_period(strength: Times) -> float:
    """The length of a beat in frames: the peak of the autocorrelation under a prior of usual tempi."""
    size = 2 ** int(np.ceil(np.log2(2 * len(strength))))
    spectrum = np.fft.rfft(strength - strength.mean(), size)
    lags = np.arange(round(PERIODS[0] / FRAME), round(PERIODS[1] / FRAME) + 1)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2, size)[np.minimum(lags, size - 1)]
    prior = np.exp(-0.5 * (np.log2(lags * FRAME / USUAL_PERIOD) / PERIOD_OCTAVES) ** 2)
    return float(lags[(correlation * prior).argmax()])


def best_path(strength: Times, period: float) -> Times:
    """Frames of beats (M,) that are strong and about `period` apart (Ellis 2007, equations 5 and 6)."""
    lags = np.arange(round(period / 2), round(2 * period) + 1)
    penalty = -TIGHTNESS * np.log(lags / period) ** 2
    longest = int(lags[-1])
    total = np.concatenate([np.zeros(longest), strength])
    cameFrom = np.full(len(total), -1)
    for frame in range(longest, len(total)):
        offers = total[frame - lags] + penalty
        best = int(offers.argmax())
        total[frame] += max(offers[best], 0.0)
        cameFrom[frame] = frame - lags[best] if offers[best] > 0 else -1
    path = [len(total) - longest + int(total[-longest:].argmax())] if len(total) > longest else []
    while path and cameFrom[path[-1]] >= longest:
        path.append(int(cameFrom[path[-1]]))
    return np.array(path[::-1], float) - longest


def metres_from(
    signatures: Iterable[tuple[float, int, int]], end: float
) -> tuple[tuple[Metre, ...], list[str]]:
    """Time signatures (beat, numerator, denominator) of a file to metres, and in words what was passed over.

    A first signature that holds for no more than one of its bars, and is shorter than the next, marks a pickup;
    so does one that begins after 0 but within its first bar. A signature that says what holds already, at a bar
    line, is left out.
    """
    metres: list[Metre] = []
    notes: list[str] = []
    for at, numerator, denominator in sorted(signatures, key=lambda signature: signature[0]):
        metre = Metre(float(at), numerator, denominator)
        if denominator > FINEST_DENOMINATOR or not SHORTEST_BAR <= metre.beats <= LONGEST_BAR:
            notes.append(f"a time signature of {str(metre)[:12]} was passed over")
        elif at < end or not metres:
            add_metre(metres, metre)
    if not metres or metres[0].at >= metres[0].beats:
        metres.insert(0, Metre(0.0, *DEFAULT_METRE))
    if len(metres) > 1 and metres[0].at == 0 and marks_pickup(metres[0], metres[1]):
        del metres[0]
    return tuple(metres), list(dict.fromkeys(notes))


def add_metre(metres: list[Metre], metre: Metre) -> None:
    """Append a metre; of two at one beat the later stays, and one that changes nothing is left out."""
    if metres and metre.at == metres[-1].at:
        metres.pop()
    if metres and metre[1:] == metres[-1][1:] and (metre.at - metres[-1].at) % metre.beats == 0:
        return
    metres.append(metre)


def marks_pickup(first: Metre, second: Metre) -> bool:
    """Whether the first metre of a file holds for a pickup only."""
    return second.at <= first.beats < second.beats
