# ModelProcess: asks a model process from the window's thread, and never waits for it.
"""ModelProcess: asks a model process from the window's thread, and never waits for it."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal

from aekit_gui.work.child import UNREADABLE, Child, Ended
from aekit_gui.work.protocol import Problem, Reply, Request
from aekit_gui.work.waiting import Call, Done, Failed, Progress, Waiting

PATIENCE = 5.0  # seconds without a word until a request counts as hanging
TO_START = 30.0  # seconds that loading torch may take before that
TO_CANCEL = 2.0  # seconds that a cancelled request has to end before the process is started anew
SETTLED = 60.0  # seconds after which a process that ended is again started by itself


class ModelProcess(QObject):
    """A child process that holds one run, with torch and the run's plugin. One request is in flight at a time.

    `start` may be called before there is a QApplication. Functions given with calls, and all signals, come in the
    thread that made this.

    Signals:
        ready(Opened): a run was opened; again after each restart.
        problem(Problem): a request failed that has no `failed`, the run cannot be opened, or the process ended.
        hanging(str): a request of that name was not heard of for `PATIENCE` seconds; `restart` gives it up.
        answering(): what was hanging is not any more: it was answered, given up, or its process ended.
        ended(): the process ended twice within a minute; it stays ended until `restart` or `open`.
    """

    ready = Signal(object)
    problem = Signal(object)
    hanging = Signal(str)
    answering = Signal()
    ended = Signal()
    _heard = Signal(int, object)
    _soon = Signal(object)

    def __init__(self, background: bool = False, parent: QObject | None = None) -> None:
        """Make it, without a process yet.

        Args:
            background: behind all other processes, for what nobody waits for.
        """
        super().__init__(parent)
        self._background = background
        self._child: Child | None = None
        self._former: list[Child] = []
        self._ending: list[threading.Thread] = []
        self._generation = 0
        self._number = 0
        self._waiting = Waiting()
        self._current: Call | None = None
        self._first: Call | None = None  # opens the run, before anything else is asked
        self._run: dict[str, Any] | None = None
        self._awake = self._hung = self._over = self._closed = False
        self._revived = -SETTLED
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._silent)
        queued = Qt.ConnectionType.QueuedConnection
        self._heard.connect(self._take, queued)
        self._soon.connect(call_it, queued)

    # ---- from outside ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the process, which begins to load torch; nothing where it runs."""
        if self._child is None and not self._closed:
            self._begin()

    def open(self, path: Path | str, device: str = "cpu") -> None:
        """Open a run in the place of the one that is open; what was asked about that one is forgotten."""
        if self._closed:
            return
        self.leave()
        self._run = {"path": Path(path), "device": device}
        self._over = False
        if self._child is None:
            self._begin()
        else:
            self._first = self._opening()
            self._next()

    def leave(self) -> None:
        """Leave the run that is open, or about to be: nobody hears of what was asked about it."""
        self._waiting.clear()
        self._run = self._first = None
        if self._current is not None:
            self._current.cancel()

    def call(
        self, name: str, done: Done, failed: Failed | None = None, progress: Progress | None = None, **arguments: Any
    ) -> Call:  # fmt: skip
        """Ask something after all that was asked before.

        Args:
            name: of a request of `protocol`, `arguments` its arguments; they must not be changed afterwards.
            done: called with its value.
            failed: called with what went wrong.
            progress: called with (share in [0, 1], words) on its way.
        """
        return self._ask(Call(self, name, arguments, done, failed, progress))

    def latest(
        self, slot: str, name: str, done: Done, failed: Failed | None = None, **arguments: Any
    ) -> Call:
        """Ask something before the queue; a newer one of the same slot takes its place while it waits.

        The slot "live" is served before the others.
        """
        return self._ask(Call(self, name, arguments, done, failed, slot=slot))

    def restart(self) -> None:
        """Kill the process and start a new one with the same run.

        A request that was hanging is given up; any other is asked again, and what waits is kept.
        """
        if self._closed:
            return
        call, hung = self._current, self._hung
        self._drop_child()
        if call is not None and not call.cancelled and call.name != "open" and not hung:
            self._waiting.put_back(call)
        self._revived = -SETTLED
        self._over = False
        self._begin()
        if call is not None and hung:
            self._fail(call, Problem(f"'{call.name}' did not answer and was given up. The process is new."))

    def close(self, wait: bool = True) -> None:
        """End the process; nobody hears of what was asked.

        Args:
            wait: until it has ended, which takes at most half a second; else that is done in a thread, and closing
                again waits for it.
        """
        self._closed = True
        self._timer.stop()
        self._waiting.clear()
        self._current = self._first = None
        self._generation += 1
        children = [*self._former, *([self._child] if self._child is not None else [])]
        self._child, self._former = None, []
        ending = [threading.Thread(target=child.end, name="aekit-model-end") for child in children]
        for thread in ending:
            thread.start()
        self._ending += ending
        while wait and self._ending:
            self._ending.pop().join()

    @property
    def over(self) -> bool:
        """Whether it is closed, and nothing of it is left."""
        return self._closed and not any(thread.is_alive() for thread in self._ending)

    @property
    def busy(self) -> str:
        """The name of the request in flight, or ""."""
        return self._current.name if self._current is not None else ""

    def forget(self, call: Call) -> None:
        """See to it that a cancelled call is not worked on."""
        self._waiting.remove(call)
        if call is self._current and self._child is not None:
            self._child.send(Request(0, "cancel", {"number": call.number}))
            self._arm()

    # ---- the process ----------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._generation += 1
        generation = self._generation
        self._awake = False
        self._former = [child for child in self._former if not child.over]
        try:
            self._child = Child(self._background, lambda message: self._heard.emit(generation, message))
        except OSError as error:
            reason = error.strerror or str(error)
            self._give_up(
                Problem(
                    f"The model process cannot be started: {reason}. Close other programs, then restart it."
                )
            )
            return
        self._first = self._opening() if self._run is not None else None
        self._next()

    def _opening(self) -> Call:
        assert self._run is not None
        return Call(self, "open", dict(self._run), self.ready.emit)

    def _drop_child(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._former.append(self._child)
        self._child, self._current = None, None
        self._hear()
        self._arm()

    def _died(self, end: Ended) -> None:
        call = self._current
        self._drop_child()
        again = time.monotonic() - self._revived >= SETTLED
        problem = Problem(why_ended(end, call, again), end.printed, expected=False)
        if call is not None and call.failed is not None:
            self._fail(call, problem)
        if again:
            self._revived = time.monotonic()
            self.problem.emit(problem)
            if self._child is None and not self._closed:  # who heard of it may have restarted or closed
                self._begin()
        else:
            self._give_up(problem)

    def _give_up(self, problem: Problem) -> None:
        self._over = True
        calls = self._waiting.clear()
        self.problem.emit(problem)
        for call in calls:
            if call.failed is not None:
                self._fail(call, problem)
        self.ended.emit()

    # ---- requests -------------------------------------------------------------------------------------

    def _ask(self, call: Call) -> Call:
        if self._closed:
            call.cancelled = True
        elif self._over:
            over = Problem("The model process has ended. Restart it to go on.")
            if not call.slot:
                self._soon.emit(lambda: self._fail(call, over))
        else:
            self._waiting.put(call)
            self.start()
            self._next()
        return call

    def _next(self) -> None:
        """Send the next request, unless one is in flight."""
        if self._current is not None or self._child is None:
            return
        call = self._first or self._waiting.take()
        if call is None:
            return
        if call is self._first:
            self._first = None
        self._number += 1
        call.number = self._number
        self._current = call
        self._child.send(Request(call.number, call.name, call.arguments))
        self._arm()

    def _take(self, generation: int, message: Reply | Ended) -> None:
        """The process has said something, or has ended."""
        if generation != self._generation or self._closed:
            return
        if isinstance(message, Ended):
            self._died(message)
            return
        call = self._current
        if not self._awake:
            self._awake = True
            self._arm()
        if call is None or message.number not in (call.number, UNREADABLE):
            return
        self._hear()
        if message.progress is not None:
            self._arm()
            if call.progress is not None and not call.cancelled:
                call.progress(*message.progress)
            return
        self._current = None
        self._next()  # before the window is told, so that the process works while it paints
        if self._current is None:
            self._timer.stop()
        self._finish(call, message)

    def _finish(self, call: Call, reply: Reply) -> None:
        if call.cancelled:
            return
        if reply.problem is not None:
            self._fail(call, reply.problem)
        elif call.done is not None:
            call.done(reply.value)

    def _fail(self, call: Call, problem: Problem) -> None:
        if call.cancelled or self._closed:
            return
        if call.failed is not None:
            call.failed(problem)
        else:
            self.problem.emit(problem)

    # ---- silence --------------------------------------------------------------------------------------

    def _arm(self) -> None:
        """Wait anew for a word on the request in flight."""
        if QCoreApplication.instance() is None:
            self._soon.emit(self._arm)  # timers need an event loop
            return
        if self._current is None:
            self._timer.stop()
        elif not self._awake:
            self._timer.start(round(1000 * TO_START))
        else:
            self._timer.start(round(1000 * (TO_CANCEL if self._current.cancelled else PATIENCE)))

    def _hear(self) -> None:
        if self._hung:
            self._hung = False
            self.answering.emit()

    def _silent(self) -> None:
        if self._current is None:
            return
        if self._current.cancelled:
            self.restart()
        else:
            self._hung = True
            self.hanging.emit(self._current.name)


def call_it(function: Callable[[], None]) -> None:
    """Call a function that was sent to the event loop."""
    function()


def why_ended(end: Ended, call: Call | None, again: bool) -> str:
    """The sentence for a process that ended."""
    if end.status < 0:
        try:
            name = signal.Signals(-end.status).name
        except ValueError:
            name = f"signal {-end.status}"
        how = "was killed, perhaps for want of memory" if name == "SIGKILL" else f"crashed ({name})"
    else:
        how = f"ended with status {end.status}"
    while_doing = f" at '{call.name}'" if call is not None else ""
    what_now = (
        "It was started anew." if again else "It ended a moment before too: restart it, or open another run."
    )
    return f"The model process {how}{while_doing}. {what_now}"
