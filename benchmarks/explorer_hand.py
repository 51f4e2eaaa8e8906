# A hand at the explorer's window, and what is watched meanwhile: blocks of the interface, faults, memory.
"""A hand at the explorer's window, and what is watched meanwhile: blocks of the interface, faults, memory."""

from __future__ import annotations

import gc
import itertools
import math
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from aekit_gui.selftest import pause, wait_until
from aekit_gui.work.heartbeat import Heartbeat
from PySide6.QtCore import QElapsedTimer, QPoint, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

EVERY = 12  # milliseconds from one move of the pointer to the next
LATE = 0.03  # seconds without a beat after which it is looked at where the window's thread is
KEPT = 0.02  # seconds: shorter blocks are not written down
NO_MODIFIER = Qt.KeyboardModifier.NoModifier
HARMLESS = ("propagateSizeHints",)  # what the platform "offscreen" says of itself
FRAMES = 6  # of our own code that are written down for a block

Spot = tuple[float, float]  # of the map, in shares of its sides, from the upper left corner


class Hand:
    """Moves a real pointer over the map, and types."""

    def __init__(self, window: Any) -> None:
        self.window = window

    @property
    def handle(self) -> Any:
        return self.window.main.windowHandle()

    def point(self, spot: Spot) -> QPoint:
        """A spot of the map, in pixels of the window."""
        view = self.window.run.map
        return view.mapTo(
            self.window.main, QPoint(round(spot[0] * view.width()), round(spot[1] * view.height()))
        )

    def move(self, spot: Spot) -> None:
        """The pointer goes there."""
        QTest.mouseMove(self.handle, self.point(spot))
        pause(EVERY)

    def wander(self, seconds: float, turn: float = 0.0) -> None:
        """Along a curve that visits most of the map."""
        clock = QElapsedTimer()
        clock.start()
        while clock.elapsed() < 1000 * seconds:
            share = turn + 2 * math.pi * clock.elapsed() / 6000
            self.move((0.5 + 0.42 * math.sin(3 * share), 0.5 + 0.42 * math.sin(4 * share + 0.5)))

    def click(self, spot: Spot) -> None:
        """A click on the map."""
        self.move(spot)
        QTest.mouseClick(self.handle, Qt.MouseButton.LeftButton, NO_MODIFIER, self.point(spot))
        pause(EVERY)

    def drag(self, spots: Sequence[Spot], steps: int = 12, modifier: Any = NO_MODIFIER) -> None:
        """Press at the first spot, go along the others, let go."""
        left = Qt.MouseButton.LeftButton
        self.move(spots[0])
        QTest.mousePress(self.handle, left, modifier, self.point(spots[0]))
        for (x, y), (to_x, to_y) in itertools.pairwise(spots):
            for step in range(1, steps + 1):
                self.move((x + (to_x - x) * step / steps, y + (to_y - y) * step / steps))
        QTest.mouseRelease(self.handle, left, modifier, self.point(spots[-1]))
        pause(EVERY)

    def wheel(self, spot: Spot, notches: int) -> None:
        """Turn the wheel there, a notch at a time."""
        for _ in range(abs(notches)):
            way = QPoint(0, 120 if notches > 0 else -120)
            QTest.wheelEvent(self.handle, self.point(spot), way, QPoint(), NO_MODIFIER)
            pause(3 * EVERY)

    def key(self, key: Any, modifier: Any = NO_MODIFIER) -> None:
        """Press a key in whatever has the keyboard."""
        QTest.keyClick(self.handle, key, modifier)
        pause(EVERY)

    def type(self, text: str) -> None:
        """Type letters."""
        for letter in text:
            QTest.keyClicks(QApplication.focusWidget() or self.window.main, letter)
            pause(4 * EVERY)

    def wait(self, done: Callable[[], bool], seconds: float) -> bool:
        """Let the window go on until something holds; whether it does."""
        wait_until(done, seconds)
        return done()


@dataclass(frozen=True)
class Block:
    """The interface did not answer for a while.

    Attributes:
        seconds: how long.
        busy: seconds that its thread computed meanwhile; it waited for the rest, for other threads or processes.
        step: what was being done.
        where: lines of our own code, the innermost last.
    """

    seconds: float
    busy: float
    step: str
    where: str


class Blocks(Heartbeat):
    """Writes down every block with the step at which it happened and, if wanted, the code that it happened in."""

    def __init__(self, look: bool = False) -> None:
        """Begin.

        Args:
            look: whether the code is looked at, by an alarm; POSIX only.
        """
        super().__init__()
        self.step = ""
        self.found: list[Block] = []
        self._looks, self._where, self._busy = look, "", time.thread_time()
        if look:
            signal.signal(signal.SIGALRM, self._look)

    def begin(self, step: str) -> None:
        """Another step begins: what the script itself did before it does not count."""
        self.step, self._where, self._busy = step, "", time.thread_time()
        self.gaps.clear()
        self.start()

    def stop(self) -> None:
        super().stop()
        if self._looks:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _beat(self) -> None:
        super()._beat()
        busy, where = time.thread_time(), self._where
        if self.gaps[-1] > KEPT:
            self.found.append(Block(self.gaps[-1], busy - self._busy, self.step, where))
        self._busy, self._where = busy, ""
        if self._looks:
            signal.setitimer(signal.ITIMER_REAL, LATE)

    def _look(self, number: int, frame: FrameType | None) -> None:
        self._where = place_of(frame)


def place_of(frame: FrameType | None) -> str:
    """Where our own code stands, in words."""
    lines = [one for one in traceback.extract_stack(frame) if "aekit_gui" in one.filename]
    return " > ".join(f"{Path(one.filename).stem}:{one.lineno} {one.name}" for one in lines[-FRAMES:])


class Faults:
    """Collects what nobody may overlook: exceptions in slots and threads, complaints of Qt, problems told."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._before = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook = self._exception
        threading.excepthook = lambda given: self._exception(
            given.exc_type, given.exc_value, given.exc_traceback
        )
        sys.unraisablehook = lambda given: self.found.append(f"{given.err_msg}: {given.exc_value!r}")
        self._handler = qInstallMessageHandler(self._message)

    def watch(self, window: Any) -> None:
        """Collect the problems that a window tells of, too."""
        tell = window.messages.problem

        def problem(told: Any) -> None:
            self.found.append(f"problem: {told.sentence}\n{told.details}")
            tell(told)

        window.messages.problem = problem

    def close(self) -> None:
        """Collect no more."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
        qInstallMessageHandler(self._handler)

    def _exception(
        self, kind: type[BaseException], value: BaseException | None, where: TracebackType | None
    ) -> None:
        self.found.append("".join(traceback.format_exception(kind, value, where)))

    def _message(self, kind: QtMsgType, context: Any, text: str) -> None:
        if kind != QtMsgType.QtDebugMsg and not any(word in text for word in HARMLESS):
            self.found.append(f"Qt: {text}")


def resident(process: int | str = "self") -> int:
    """Resident bytes of a process; 0 where the system doesn't say or it has ended."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def settled() -> int:
    """Resident bytes of this process after what is not needed was let go."""
    QApplication.sendPostedEvents()
    pause(300)
    gc.collect()
    pause(50)
    return resident()
