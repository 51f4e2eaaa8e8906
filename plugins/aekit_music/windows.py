# Windows: a few bars of a piece as one item, which of them are taken, and how they join to the piece again.
"""Windows: a few bars of a piece as one item, which of them are taken, and how they join to the piece again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from math import prod

import numpy as np
from numpy.typing import NDArray

from aekit import UsageError
from aekit_music.encodings import Steps
from aekit_music.piece import Bar, Metre
from aekit_music.score import Score, is_whole
from aekit_music.settings import MusicOptions

Reason = tuple[
    int | None, str
]  # the bar, counted from 1, or None for the whole piece, and why it was left out

MOST_STEPS = 1024
ANY_BEATS = 4  # of a bar, where bars of any metre are taken
COMMON = ((4, 4), (2, 2))  # one bar of four quarters, beaten in four or in two
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Windows:
    """Windows of one piece.

    Attributes:
        rows: (N, T, ...) as stored.
        bars: (N,) the bar, counted from 1, in which each begins.
        tied: (N, columns) whether a window begins with a note that was struck before it.
        rejected: what was left out, and why.
        filled: whether one of them is filled up with rests.
    """

    rows: Steps
    bars: NDArray[np.int64]
    tied: NDArray[np.bool_]
    rejected: tuple[Reason, ...]
    filled: bool = False


@dataclass(frozen=True)
class Size:
    """How long a window is: in bars, and each bar in steps."""

    bars: int
    bar: int

    @property
    def steps(self) -> int:
        return self.bars * self.bar


def size_of(options: MusicOptions) -> Size:
    """The size of the windows that the options ask for.

    Raises:
        UsageError: a bar is no whole number of steps, or a window has too many of them.
    """
    exact = (ANY_BEATS if options.metre == "any" else metre_of(options).beats) * options.steps_per_beat
    if abs(exact - round(exact)) > TOLERANCE or exact < 1:
        fits = [str(steps) for steps in range(1, 25) if not metre_of(options).beats * steps % 1]
        raise UsageError(
            f"--metre {options.metre} makes bars of {exact:g} steps at --steps-per-beat {options.steps_per_beat}, "
            f"where a whole number is needed; use --steps-per-beat {', '.join(fits[:3])} or another multiple."
        )
    size = Size(options.bars, round(exact))
    if size.steps > MOST_STEPS:
        raise UsageError(
            f"--bars {options.bars} of {size.bar} steps make windows of {size.steps} steps, where {MOST_STEPS} are "
            "the most; use fewer --bars or --steps-per-beat."
        )
    return size


def metre_of(options: MusicOptions) -> Metre:
    """The metre that the options name."""
    numerator, denominator = options.metre.split("/")
    return Metre(0.0, int(numerator), int(denominator))


def taken(score: Score, options: MusicOptions) -> Windows:
    """The windows of `bars` bars of the metre asked for, one every `stride` bars, that are worth learning from.

    With the metre `any`, windows of as many times four beats begin at the bar lines, whatever the metre. Left out
    are windows with fewer than `least_notes` notes, with more than a bar of rests in a row (as by Roberts et al.
    2018), and those whose notes begin at the same steps on the same pitches as in an earlier window.
    """
    size = size_of(options)
    faults = bar_faults(score, options)
    firsts = [np.empty(0, np.int64)]
    rejected: list[Reason] = [(bar + 1, fault) for bar, fault in enumerate(faults) if fault]
    for first, behind in runs(faults):
        found = np.arange(first, behind, options.stride)
        found = found[score.starts[found] + size.steps <= score.starts[behind]]
        firsts.append(found)
        rejected += uncovered(score, size, found, first, behind)
    bars = np.concatenate(firsts)
    rows, tied = score.encoding.cut(score.rows, score.starts[bars], size.steps)
    kept = np.ones(len(bars), bool)
    for reason, is_met in worthless(score, options, size):
        met = is_met(rows[kept])
        rejected += [(bar + 1, reason) for bar in bars[kept][met].tolist()]
        kept[kept] = ~met
    return Windows(
        rows[kept], bars[kept] + 1, tied[kept], tuple(sorted(rejected, key=lambda one: one[0] or 0))
    )


def bar_faults(score: Score, options: MusicOptions) -> list[str]:
    """For each bar why it is in no window, or ""."""
    wanted = None if options.metre == "any" else metre_of(options)
    known: dict[tuple[float, int, int], str] = {}
    faults = []
    for bar in score.bars:
        kind = (bar.beats, bar.metre.numerator, bar.metre.denominator)
        if kind not in known:
            known[kind] = fault_of(bar, wanted, score.steps_per_beat)
        faults.append(known[kind])
    return faults


def fault_of(bar: Bar, wanted: Metre | None, steps_per_beat: int) -> str:
    """Why a bar cannot be in a window, or ""; `wanted` is None for any metre."""
    steps = bar.beats * steps_per_beat
    if wanted is not None and not is_same(bar.metre, wanted):
        return f"metre {bar.metre}, not {wanted}"
    if wanted is not None and not is_whole(bar):
        return f"{bar.beats:g} of {bar.metre.beats:g} beats, a pickup or a bar cut short"
    if abs(steps - round(steps)) > TOLERANCE:
        return f"{steps:g} steps long at {steps_per_beat} a beat, no whole number"
    return ""


def is_same(one: Metre, other: Metre) -> bool:
    """Whether two metres make the same bars: 2/2 is 4/4. Not so 2/4, of whose bars any may be the heavier."""
    first, second = (one.numerator, one.denominator), (other.numerator, other.denominator)
    return first == second or (first in COMMON and second in COMMON)


def runs(faults: list[str]) -> list[tuple[int, int]]:
    """The spans [first, behind) of bars in a row without a fault."""
    good = np.concatenate([[False], [not fault for fault in faults], [False]])
    edges = np.flatnonzero(good[1:] != good[:-1])
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def uncovered(score: Score, size: Size, found: NDArray[np.int64], first: int, behind: int) -> list[Reason]:
    """The bars of a run that no window reaches."""
    if not len(found):
        bars = range(first, behind)
        reason = f"too few bars in a row for a window of {size.bars}"
    else:
        end = score.starts[found[-1]] + size.steps
        bars = range(int(np.searchsorted(score.starts, end)), behind)
        reason = "left over behind the last window"
    return [(bar + 1, reason) for bar in bars]


def worthless(
    score: Score, options: MusicOptions, size: Size
) -> tuple[tuple[str, Callable[[Steps], NDArray[np.bool_]]], ...]:
    """Reasons for leaving a window out, and which of windows (N, T, ...) each meets."""
    encoding, least = score.encoding, options.least_notes
    return (
        (f"fewer than {least} notes", lambda rows: encoding.strikes(rows).sum(1) < least),
        ("more than a bar of rests in a row", lambda rows: longest_rest(rows) > size.bar),
        ("the same as an earlier window", lambda rows: is_repeated(encoding.onsets(rows))),
    )


def longest_rest(rows: Steps) -> NDArray[np.int64]:
    """The most steps in a row in which nothing sounds: windows (N, T, ...) to (N,)."""
    sounding = rows.any(tuple(range(2, rows.ndim)))
    steps = np.arange(1, rows.shape[1] + 1)
    last = np.maximum.accumulate(np.where(sounding, steps, 0), axis=1)
    return np.asarray((steps - last).max(1, initial=0))


def is_repeated(rows: Steps) -> NDArray[np.bool_]:
    """Which of windows (N, T, ...) are equal to an earlier one."""
    whole = np.dtype((np.void, rows.dtype.itemsize * prod(rows.shape[1:])))
    _, first = np.unique(
        np.ascontiguousarray(rows).view(np.uint8).reshape(len(rows), whole.itemsize).view(whole),
        return_index=True,
    )
    repeated = np.ones(len(rows), bool)
    repeated[first] = False
    return repeated


def tiles(score: Score, options: MusicOptions) -> Windows:
    """Windows one behind the other through a piece, each from a bar line; the last of a run is filled with rests.

    They cover the bars of the metre asked for. With the metre `any` they cover the piece from its first whole bar on,
    but for the ends of bars in whose midst a window ends: the next begins at the next bar line. Windows in which
    nothing sounds are left out.
    """
    size = size_of(options)
    if options.metre == "any":
        starts, rejected = tiles_of_any(score, size)
        ends = np.full(len(starts), len(score.rows))
    else:
        faults = bar_faults(score, options)
        rejected = [(bar + 1, fault) for bar, fault in enumerate(faults) if fault]
        spans = [(int(score.starts[first]), int(score.starts[behind])) for first, behind in runs(faults)]
        begins = [np.arange(start, end, size.steps) for start, end in spans]
        starts = np.concatenate([np.empty(0, np.int64), *begins])
        ends = np.repeat([end for _, end in spans], [len(some) for some in begins])
    rows, tied = score.encoding.cut(score.rows, starts, size.steps)
    behind = starts[:, None] + np.arange(size.steps) >= ends[:, None]
    rows[behind] = 0
    first = np.clip(bars_at(score, starts), 1, max(len(score.bars), 1))
    last = bars_at(score, np.minimum(starts + size.steps, ends) - 1)
    sounds = rows.any(tuple(range(1, rows.ndim)))
    for one, other in zip(first[~sounds].tolist(), last[~sounds].tolist(), strict=True):
        rejected += [(bar, "rests alone") for bar in range(one, other + 1)]
    return Windows(rows[sounds], first[sounds], tied[sounds], tuple(rejected), bool(behind[sounds].any()))


def tiles_of_any(score: Score, size: Size) -> tuple[NDArray[np.int64], list[Reason]]:
    """The first steps of windows through bars of any metre, and what lies in none of them."""
    pickup = len(score.bars) > 1 and not is_whole(score.bars[0])
    lines = score.starts[int(pickup) :]
    lines = lines[lines < len(score.rows)]
    starts, cut, line = [], 0, 0
    while line < len(lines):
        starts.append(int(lines[line]))
        end = starts[-1] + size.steps
        line = int(np.searchsorted(lines, end))
        cut += bool(score.rows[end : lines[line] if line < len(lines) else None].any())
    rejected: list[Reason] = [(1, "a pickup or a bar cut short")] if pickup else []
    if cut:
        rejected.append((None, f"the ends of bars in whose midst a window ends, {cut} in all"))
    return np.array(starts, np.int64), rejected


def bars_at(score: Score, steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """The bar, counted from 1, in which each step lies; 0 before the first, the last for what lies behind it."""
    return np.minimum(np.searchsorted(score.starts, steps, "right"), len(score.bars))


def sentences(rejected: Iterable[Reason]) -> list[str]:
    """Reasons as lines for people, the same reason of bars in a row as one: "bars 12-19: metre 3/4, not 4/4"."""
    lines = []
    by_reason = sorted(((reason, bar or 0) for bar, reason in rejected))
    spans = []
    for (reason, _), group in groupby(enumerate(by_reason), lambda one: (one[1][0], one[1][1] - one[0])):
        bars = [bar for _, (_, bar) in group]
        spans.append((bars[0], bars[-1], reason))
    for first, last, reason in sorted(spans):
        where = f"bar {first}: " if first == last else f"bars {first}-{last}: "
        lines.append((where if first else "") + reason)
    return lines
