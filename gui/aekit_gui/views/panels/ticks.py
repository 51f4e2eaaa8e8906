# Ticks of an axis: round numbers at even distances, and how they are written.
"""Ticks of an axis: round numbers at even distances, and how they are written."""

from __future__ import annotations

import math

MOST = 100


def spaced(low: float, high: float, count: int) -> tuple[list[float], float]:
    """Round places within low to high, about `count` of them, and the step between them: 1, 2 or 5 times 10^n."""
    span = high - low
    if not math.isfinite(span) or span <= 0:
        return ([low] if math.isfinite(low) else []), 1.0
    rough = span / max(count, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((size * power for size in (1, 2, 5) if size * power >= rough * 0.7), 10 * power)
    first = math.ceil(low / step - 1e-9)
    last = min(math.floor(high / step + 1e-9), first + MOST)
    return [number * step for number in range(first, last + 1)], step


def tick_words(value: float, step: float) -> str:
    """A tick's number with as many places as its step asks for."""
    if abs(value) < step * 1e-6:
        return "0"
    if abs(value) >= 1e6 or step < 1e-4:
        return f"{value:.3g}"
    return f"{value:,.{max(-math.floor(math.log10(step) + 1e-9), 0)}f}"


def rounded_out(low: float, high: float) -> tuple[float, float]:
    """The least range that ends on round numbers and leaves a little room around low to high."""
    if high <= low:
        size = max(abs(low) * 0.1, 1e-3 if low else 1.0)
        low, high = low - size, high + size
    room = 0.04 * (high - low)
    _, step = spaced(low - room, high + room, 5)
    return math.floor((low - room) / step) * step, math.ceil((high + room) / step) * step
