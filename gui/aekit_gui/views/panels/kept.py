# A range of an axis that keeps still: it grows at once where it must, and narrows only after a long while.
"""A range of an axis that keeps still: it grows at once where it must, and narrows only after a long while."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

MEMORY = 120  # views that are remembered: two to ten seconds of a moving pointer

Range = tuple[float, float]


class Kept:
    """What an axis spans while views change.

    Attributes:
        range: (low, high); None before the first `fit`.
    """

    def __init__(self, widened: Callable[[float, float], Range]) -> None:
        """`widened(low, high)` gives the range that is shown where values span low to high."""
        self.widened = widened
        self.range: Range | None = None
        self._recent: deque[Range] = deque(maxlen=MEMORY)

    def fit(self, low: float, high: float) -> Range:
        """The range to show where the next view's values span low to high."""
        self._recent.append((low, high))
        least, most = min(one for one, _ in self._recent), max(one for _, one in self._recent)
        if self.range is None or low < self.range[0] or high > self.range[1]:
            self.range = self.widened(least, most)
        elif len(self._recent) == MEMORY:
            wanted = self.widened(least, most)
            if wanted[1] - wanted[0] < 0.6 * (self.range[1] - self.range[0]):
                self.range = wanted
        return self.range
