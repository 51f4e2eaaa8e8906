# Work in threads of the window's own process: NumPy on large arrays, whose results come back to the window.
"""Work in threads of the window's own process: NumPy on large arrays, whose results come back to the window."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from aekit.errors import AekitError
from aekit_gui.work.protocol import Problem

Done = Callable[[Any], None]
Failed = Callable[[Problem], None]


class Later(QObject):
    """Runs functions one after another in a thread; their results arrive in the thread that made this."""

    _finished = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="aekit-later")
        self._latest: dict[str, int] = {}
        self._closed = False
        self._finished.connect(lambda deliver: deliver(), Qt.ConnectionType.QueuedConnection)

    def run(
        self, function: Callable[[], Any], done: Done, failed: Failed | None = None, slot: str = ""
    ) -> None:
        """Call `function` in the thread and `done` with its result here.

        Args:
            failed: called with what went wrong; without it nobody hears of it.
            slot: of the same slot only the newest is heard of, and one that waits is not begun.
        """
        if self._closed:
            return
        number = self._latest[slot] = self._latest.get(slot, 0) + 1
        self._pool.submit(self._call, function, slot, number).add_done_callback(
            lambda future: self._deliver(future, slot, number, done, failed)
        )

    def close(self) -> None:
        """End the thread; what was not begun never is, and nobody hears of what was."""
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _stale(self, slot: str, number: int) -> bool:
        return self._closed or (slot != "" and self._latest[slot] != number)

    def _call(self, function: Callable[[], Any], slot: str, number: int) -> Any:
        return None if self._stale(slot, number) else function()

    def _deliver(
        self, future: Future[Any], slot: str, number: int, done: Done, failed: Failed | None
    ) -> None:
        if future.cancelled() or self._closed:
            return

        def deliver() -> None:
            if self._stale(slot, number):
                return
            error = future.exception()
            if error is None:
                done(future.result())
            elif failed is not None:
                failed(problem_of(error))

        self._finished.emit(deliver)


def problem_of(error: BaseException) -> Problem:
    """An exception, as what a person is told."""
    if isinstance(error, AekitError):
        return Problem(str(error))
    details = "".join(traceback.format_exception(error))
    return Problem(f"{type(error).__name__}: {error}", details, expected=False)
