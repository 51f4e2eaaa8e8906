# Beats to steps: notes as played to whole steps, safe for swing, grace notes and chords that are not quite together.
"""Beats to steps: notes as played to whole steps, safe for swing, grace notes and chords that are not quite together.

1. In a swung piece, off-beats near two thirds of a beat go to the half; a beat that has a triplet stays as it is.
2. Notes that overlap and begin within TOGETHER of a step are one stroke, so that a rolled chord falls on one step.
3. A stroke goes to its nearest step. Where two strokes meet on one step, and the step before or behind is free, the
   one that has less far to go moves there, a short one (a grace note) before all: a grace note takes the step before
   its main note. Where there is no room, they share the step.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Beats = NDArray[np.float64]
StepNumbers = NDArray[np.int64]

# Rolled chords spread over about 50 ms, which is 0.4 of a sixteenth at 120 beats a minute; written notes are further
# apart, unless they are finer than the steps.
TOGETHER = 0.4  # of a step
# A note that is legato sounds into the next by a little without being struck together with it.
OVERLAP = 0.1  # of a step
GRACE = 0.5  # of a step: a shorter note is a grace note
FURTHEST = 1.0  # steps that a stroke may move to find room; more would be heard as another rhythm
HALF = 0.5 + 1e-6  # halves go down, also if floating point has them a little late

# Swing of all usual ratios, 1.5 to 2.7 to 1, and not the dotted figure at three quarters
SWUNG = (0.6, 0.73)  # of a beat
NEAR = 0.06  # of a beat, about 30 ms at 120 beats a minute: what a player's off-beat strays
ON_STEP = 0.15  # of a step: what lies so near to one is meant to be there; a third lies a third of a step off
BOTH_NEAR = 0.04  # of a beat: where both thirds are struck so near, they are a triplet's
FEWEST_SWUNG = 4
LEAST_SWUNG = 0.1  # of all onsets; a lone triplet is not swing
MOST_STRAIGHT = (
    0.25  # straight halves, or thirds, for each swung off-beat; more means straight time, or triplets
)


class Strokes(NamedTuple):
    """Notes struck together, in order of time: of each stroke its position, and whether it is short.

    `stroke` (N,) says to which one each of the sorted notes belongs.
    """

    positions: Beats
    short: NDArray[np.bool_]
    stroke: StepNumbers


def in_steps(
    onsets: Beats, lengths: Beats, steps_per_beat: int, swung: bool | None = None
) -> tuple[StepNumbers, StepNumbers]:
    """Notes to whole steps.

    Args:
        onsets, lengths: (N,) beats, in any order.
        steps_per_beat: steps of a quarter note.
        swung: whether off-beats are swung; found in these onsets where it is None. Ask `is_swung` once for all
            voices of a piece.

    Returns:
        The first step of each note and the step after its last, (N,) each; every note has one step at least.
    """
    ends = onsets + lengths
    if steps_per_beat % 2 == 0 and steps_per_beat % 3 and (is_swung(onsets) if swung is None else swung):
        triplets = triplet_beats(onsets)
        onsets, ends = straightened(onsets, triplets), straightened(ends, triplets)
    order = np.lexsort((ends, onsets))
    strokes = strokes_of(onsets[order] * steps_per_beat, ends[order] * steps_per_beat)
    starts = np.empty(len(onsets), np.int64)
    starts[order] = apart(strokes)[strokes.stroke]
    return starts, np.maximum(nearest(ends * steps_per_beat), starts + 1)


def nearest(positions: Beats) -> StepNumbers:
    """The nearest steps, halves going down."""
    return np.maximum(np.ceil(positions - HALF), 0).astype(np.int64)


def is_swung(onsets: Beats) -> bool:
    """Whether the off-beats of onsets (N,) in beats are those of swung eighths."""
    within = np.unique(np.round(onsets, 3)) % 1
    late = np.count_nonzero((within >= SWUNG[0]) & (within <= SWUNG[1]))
    straight = np.count_nonzero(np.abs(within - 0.5) < NEAR)
    thirds = np.count_nonzero(np.abs(within - 1 / 3) < NEAR)
    enough = late >= max(FEWEST_SWUNG, LEAST_SWUNG * len(within))
    return bool(enough and max(straight, thirds) <= MOST_STRAIGHT * late)


def triplet_beats(onsets: Beats) -> StepNumbers:
    """The numbers of the beats with an onset on their first third, sorted."""
    return np.unique(np.floor(onsets[np.abs(onsets % 1 - 1 / 3) < NEAR])).astype(np.int64)


def bent_triplets(onsets: Beats, steps_per_beat: int) -> StepNumbers:
    """The numbers of the beats with onsets (N,) on both thirds, where the steps have no room for them; sorted."""
    if steps_per_beat % 3 == 0:
        return np.empty(0, np.int64)
    steps = onsets * steps_per_beat
    onsets = onsets[np.abs(steps - np.round(steps)) > ON_STEP]
    first, second = (
        onsets[np.abs(onsets % 1 - third) < BOTH_NEAR].astype(np.int64) for third in (1 / 3, 2 / 3)
    )
    return np.intersect1d(first, second)


def straightened(times: Beats, triplets: StepNumbers) -> Beats:
    """Times (N,) in beats with swung off-beats on the half, except in the beats `triplets`."""
    beat = np.floor(times)
    late = (times - beat >= SWUNG[0]) & (times - beat <= SWUNG[1]) & ~np.isin(beat, triplets)
    return np.where(late, beat + 0.5, times)


def strokes_of(starts: Beats, ends: Beats) -> Strokes:
    """Notes (N,) in steps, sorted by start, to strokes."""
    if not len(starts):
        return Strokes(np.empty(0), np.empty(0, bool), np.empty(0, np.int64))
    sounding = np.maximum.accumulate(ends)
    joins = np.zeros(len(starts), bool)
    joins[1:] = (np.diff(starts) < TOGETHER) & (sounding[:-1] > starts[1:] + OVERLAP)
    joins[1:] |= np.diff(starts) <= 0
    break_up(joins, starts)
    stroke = np.cumsum(~joins) - 1
    first = np.flatnonzero(~joins)
    longest = np.maximum.reduceat(ends - starts, first)
    return Strokes(starts[first], longest < GRACE, stroke)


def break_up(joins: NDArray[np.bool_], starts: Beats) -> None:
    """Begin a new stroke, in place, where a chain of joined notes reaches TOGETHER from its first."""
    first = 0.0
    for note in np.flatnonzero(joins | np.append(joins[1:], False)).tolist():
        if not joins[note]:
            first = starts[note]
        elif starts[note] - first >= TOGETHER:
            joins[note], first = False, starts[note]


def apart(strokes: Strokes) -> StepNumbers:
    """The step of each stroke, (strokes,): the nearest, moved by one where two meet and there is room."""
    steps = nearest(strokes.positions)
    for later in (np.flatnonzero(np.diff(steps) <= 0) + 1).tolist():
        part(steps, strokes, later)
    return steps


def part(steps: StepNumbers, strokes: Strokes, later: int) -> None:
    """Move stroke `later`, or the one before it, off the step that they share, in place, if there is room."""
    earlier, step = later - 1, int(steps[later])
    if steps[earlier] < step:  # the one before has made room already
        return
    before_free = step > 0 and (earlier == 0 or steps[earlier - 1] < step - 1)
    behind_free = later + 1 == len(steps) or steps[later + 1] > step + 1
    back = abs(float(strokes.positions[earlier]) - (step - 1)) if before_free else np.inf
    on = abs(float(strokes.positions[later]) - (step + 1)) if behind_free else np.inf
    if min(back, on) > FURTHEST:
        return
    # moving the one that is short costs less than any distance
    back_cost, on_cost = back + 2 * (not strokes.short[earlier]), on + 2 * (not strokes.short[later])
    if back <= FURTHEST and (back_cost <= on_cost or on > FURTHEST):
        steps[earlier] = step - 1
    else:
        steps[later] = step + 1
