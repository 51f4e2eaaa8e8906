# A run that is left: what was asked about it is heard by nobody, whatever the process still answers.
"""A run that is left: what was asked about it is heard by nobody, whatever the process still answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from aekit_gui.work import client
from aekit_gui.work.client import ModelProcess
from aekit_gui.work.protocol import Reply, Request
from event_loop import pause


class Child:
    """Keeps what it is told, and says what the test wants."""

    made: ClassVar[list[Child]] = []
    over = True

    def __init__(self, background: bool, heard: Callable[[Any], None]) -> None:
        self.heard, self.sent = heard, list[Request]()
        self.made.append(self)

    def send(self, request: Request) -> None:
        self.sent.append(request)

    def kill(self) -> None:
        pass

    def end(self) -> None:
        pass

    def says(self, reply: Reply) -> None:
        self.heard(reply)
        pause(0.01)


@pytest.fixture
def process(qapp: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelProcess]:
    monkeypatch.setattr(client, "Child", Child)
    Child.made.clear()
    made = ModelProcess()
    yield made
    made.close()


def test_nobody_hears_of_what_was_asked_about_a_run_that_was_left(process: ModelProcess) -> None:
    heard: list[Any] = []
    process.ready.connect(heard.append)
    process.open(Path("run"))
    (child,) = Child.made
    child.says(Reply(1, "opened"))
    process.call("attributes", heard.append, heard.append)
    process.latest("live", "decode", heard.append, heard.append)
    assert heard == ["opened"] and child.sent[-1].name == "attributes"

    process.leave()
    child.says(Reply(2, "measured"))

    assert heard == ["opened"] and [one.name for one in child.sent] == ["open", "attributes", "cancel"]
    assert process.busy == ""
    process.restart()
    assert Child.made[-1] is not child and Child.made[-1].sent == []  # the run is not opened anew


def test_a_process_that_still_loads_torch_is_not_ended_where_its_run_is_left(process: ModelProcess) -> None:
    process.open(Path("run"))
    process.leave()
    assert process._timer.interval() == 1000 * client.TO_START

    Child.made[0].says(Reply(0, progress=(1.0, "torch is loaded")))
    assert process._timer.interval() == 1000 * client.TO_CANCEL
