# How long the interface was blocked: gaps in a quick timer's beat.
"""How long the interface was blocked: gaps in a quick timer's beat."""

from __future__ import annotations

import time
from collections import deque

from PySide6.QtCore import QObject, Qt, QTimer

BEAT = 4  # milliseconds


class Heartbeat(QObject):
    """Measures the event loop while it runs.

    Attributes:
        gaps: the last 100,000 times between two beats, less the beat itself; seconds.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gaps: deque[float] = deque(maxlen=100_000)
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin to measure."""
        self._last = time.perf_counter()
        self._timer.start(BEAT)

    def stop(self) -> None:
        """End measuring."""
        self._timer.stop()

    @property
    def longest(self) -> float:
        """The longest block so far, seconds."""
        return max(self.gaps, default=0.0)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append(max(0.0, now - self._last - BEAT / 1000))
        self._last = now
