# A bare window: the whole window with a model process that says only what the test makes it say.
"""A bare window: the whole window with a model process that says only what the test makes it say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aekit_gui.choices import DEMOS
from aekit_gui.window import Window
from event_loop import wait
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal
from PySide6.QtWidgets import QApplication
from stand_ins import Asked

DEMO = DEMOS / "digits-2d"


class Process(QObject):
    """Has the signals and functions of `work.client.ModelProcess`, and no process."""

    ready = Signal(object)
    problem = Signal(object)
    hanging = Signal(str)
    answering = Signal()
    ended = Signal()

    def __init__(self, background: bool = False) -> None:
        super().__init__()
        self.asked: list[Asked] = []
        self.paths: list[Path] = []
        self.restarts = self.left = 0
        self.closed, self.busy, self.over = False, "", True

    def start(self) -> None:
        """Nothing is started."""

    def open(self, path: Path) -> None:
        self.paths.append(path)

    def leave(self) -> None:
        self.left += 1

    def restart(self) -> None:
        self.restarts += 1

    def close(self, wait: bool = True) -> None:
        self.closed = True

    def call(self, name: str, done: Any, failed: Any = None, progress: Any = None, **arguments: Any) -> Asked:
        self.asked.append(Asked("", name, done, failed, arguments))
        return self.asked[-1]

    def latest(self, slot: str, name: str, done: Any, failed: Any = None, **arguments: Any) -> Asked:
        self.asked.append(Asked(slot, name, done, failed, arguments))
        return self.asked[-1]


@pytest.fixture
def bare(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    """A window with the gallery; its model processes are stand-ins."""
    before = qapp.font(), qapp.palette()
    monkeypatch.setattr("aekit_gui.window.ModelProcess", Process)
    made = Window("light")
    made.show()
    yield made
    made.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    qapp.setFont(before[0])
    qapp.setPalette(before[1])


def opened_run(window: Window, path: Path = DEMO) -> Any:
    """Open a run, and wait until its map is there; its model is not."""
    window.open_run(path)
    wait(lambda: window.run is not None)
    QCoreApplication.processEvents()  # it is started by a timer
    return window.run
