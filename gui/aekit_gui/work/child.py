# One model process as its parent sees it: started, told, heard, ended.
"""One model process as its parent sees it: started, told, heard, ended.

Three threads, so that no pipe can hold the window up: one writes what the process is told, one reads what it says
and sees to its end, one passes on what plugins print. No Qt.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aekit_gui.work import stream
from aekit_gui.work.protocol import Problem, Reply, Request
from aekit_gui.work.server import BACKGROUND

GRACE = 0.5  # seconds that a process has to end by itself
LAST_PRINTED = 16_384  # bytes that are kept of what it printed
UNREADABLE = -1  # the number of a reply that cannot be read


@dataclass(frozen=True)
class Ended:
    """A process has ended.

    Attributes:
        status: as `subprocess` gives it: negative for a signal.
        printed: the last of what it printed.
    """

    status: int
    printed: str


class Child:
    """A model process that runs."""

    def __init__(self, background: bool, heard: Callable[[Reply | Ended], None]) -> None:
        """Start it.

        Args:
            background: behind all other processes.
            heard: called in a thread with each reply, and at last with its end.

        Raises:
            OSError: the system starts no more processes.
        """
        self._heard = heard
        self._told: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._printed = bytearray()
        self.process = started(background)
        targets = (self._write, self._read, self._pass_on)
        self._threads = [
            threading.Thread(target=one, name=f"aekit-model{one.__name__}", daemon=True) for one in targets
        ]
        for thread in self._threads:
            thread.start()
        RUNNING.add(self)

    def send(self, request: Request) -> None:
        """Tell it something; never waits."""
        self._told.put(request)

    def kill(self) -> None:
        """End it at once, with all processes that it started; never waits."""
        kill_all(self.process)
        self._told.put(None)

    def end(self, grace: float = GRACE) -> None:
        """End it within `grace` seconds, or kill it; afterwards there is neither process nor thread."""
        self._told.put(None)
        self._threads[1].join(grace)
        if self._threads[1].is_alive():
            self.kill()
        for thread in self._threads:
            thread.join(2)

    @property
    def over(self) -> bool:
        """Whether neither process nor thread is left."""
        return not any(thread.is_alive() for thread in self._threads)

    # ---- threads ----------------------------------------------------------------------------------------

    def _write(self) -> None:
        pipe = self.process.stdin
        assert pipe is not None
        with contextlib.suppress(OSError):  # the process is gone, which the reader finds out too
            while (request := self._told.get()) is not None:
                stream.write(pipe.fileno(), stream.packed(request))
        with contextlib.suppress(OSError):
            pipe.close()

    def _read(self) -> None:
        pipe = self.process.stdout
        assert pipe is not None
        while (content := stream.read(pipe.fileno())) is not None:
            self._tell(readable(content))
            del content
        pipe.close()
        kill_all(self.process)  # what it started goes with it
        status = self.process.wait()
        self._told.put(None)
        self._threads[2].join(1)
        self._tell(Ended(status, self._printed.decode(errors="replace")))

    def _pass_on(self) -> None:
        pipe = self.process.stderr
        assert pipe is not None
        with contextlib.suppress(OSError):
            while block := os.read(pipe.fileno(), stream.BLOCK):
                self._printed = (self._printed + block)[-LAST_PRINTED:]
                with contextlib.suppress(OSError):
                    os.write(2, block)
        pipe.close()

    def _tell(self, message: Reply | Ended) -> None:
        with contextlib.suppress(RuntimeError):  # the window's side was deleted
            self._heard(message)


RUNNING: weakref.WeakSet[Child] = weakref.WeakSet()


def readable(content: bytes | bytearray) -> Reply:
    """A reply that was received, or one that says that it cannot be read."""
    try:
        reply: Reply = stream.unpacked(content)
        return reply
    except (pickle.UnpicklingError, AttributeError, ImportError, EOFError, ValueError, TypeError) as error:
        return Reply(
            UNREADABLE, problem=Problem("A reply of the model process cannot be read.", str(error), False)
        )


def started(background: bool) -> subprocess.Popen[bytes]:
    """A model process, in a group of its own, that does not see modules of the current folder."""
    command = [sys.executable, "-P", "-m", "aekit_gui.work.server", *([BACKGROUND] if background else [])]
    options: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        below = subprocess.BELOW_NORMAL_PRIORITY_CLASS if background else 0
        options = {"creationflags": subprocess.CREATE_NO_WINDOW | below}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0, **options)


def kill_all(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that was not waited for yet, and those that it started."""
    if process.returncode is not None:
        return
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


@atexit.register
def end_all() -> None:
    """Leave no process behind where nobody closed it."""
    for child in list(RUNNING):
        child.end(0)
