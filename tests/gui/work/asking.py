# A model process as tests ask it: each question waits for its answer.
"""A model process as tests ask it: each question waits for its answer."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import psutil
from aekit_gui.work.client import ModelProcess
from aekit_gui.work.protocol import Opened, Problem
from event_loop import wait


class Asking:
    """Keeps what a process says.

    Attributes:
        problems, hangs, readies, ends: what its signals brought, in order.
    """

    def __init__(self, background: bool = False) -> None:
        self.process = ModelProcess(background)
        self.problems: list[Problem] = []
        self.hangs: list[str] = []
        self.readies: list[Opened] = []
        self.ends: list[bool] = []
        self.process.problem.connect(self.problems.append)
        self.process.hanging.connect(self.hangs.append)
        self.process.ready.connect(self.readies.append)
        self.process.ended.connect(lambda: self.ends.append(True))

    def open(self, path: Path) -> Opened:
        """Open a run and wait until it is ready."""
        before = len(self.readies), len(self.problems)
        self.process.open(path)
        wait(lambda: (len(self.readies), len(self.problems)) != before)
        assert len(self.readies) > before[0], self.problems
        return self.readies[-1]

    def answer(self, name: str, **arguments: Any) -> Any:
        """The value, or the Problem."""
        found: list[Any] = []
        self.process.call(name, found.append, found.append, **arguments)
        wait(lambda: bool(found))
        return found[0]

    @property
    def pid(self) -> int:
        child = self.process._child
        assert child is not None
        return child.process.pid


def left_behind() -> list[str]:
    """Threads of model processes and child processes, zombies too, that this process still has."""
    threads = [thread.name for thread in threading.enumerate() if thread.name.startswith("aekit-model")]
    return threads + [str(child) for child in psutil.Process(os.getpid()).children(recursive=True)]
