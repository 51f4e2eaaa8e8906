# Letting the event loop run until something holds.
"""Letting the event loop run until something holds."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEventLoop

LONG = 30.0  # seconds that anything may take on a busy machine


def wait(done: Callable[[], bool], seconds: float = LONG) -> None:
    """Let the event loop run until something holds."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "waited in vain"
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
        time.sleep(0.002)


def pause(seconds: float) -> None:
    """Let the event loop run for a while."""
    end = time.monotonic() + seconds
    wait(lambda: time.monotonic() > end, seconds + LONG)
