# The model process: `python -m aekit_gui.work.server [--background]` answers requests that come on its stdin.
"""The model process: `python -m aekit_gui.work.server [--background]` answers requests that come on its stdin.

Only what is needed to take hold of the two pipes is imported before they are; torch is, right after, so that it loads
while the window is built. A thread listens all the time: it hears that a request is cancelled, and that the window is
gone, while the main thread is busy in torch or a plugin.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import pickle
import queue
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from aekit_gui.work import stream

if TYPE_CHECKING:
    from aekit_gui.work.protocol import Reply, Request

BACKGROUND = "--background"
LAST_WORDS = 0.4  # seconds that work has to notice that the window is gone
NEWS_EVERY = 0.05  # seconds from one word on progress to the next


class Cancelled(BaseException):
    """What was asked for is no longer wanted; no `except Exception` of a plugin holds it up."""


def main() -> None:
    """Take hold of the pipes, load torch, answer until the window is gone."""
    incoming, outgoing = own_pipes()
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the window's to answer
    keep_small(BACKGROUND in sys.argv)
    import aekit_gui.work.protocol  # noqa: F401  both threads need it: not imported by two at a time

    server = Server(incoming, outgoing)
    threading.Thread(target=server.listen, name="listen", daemon=True).start()
    server.run()


def own_pipes() -> tuple[int, int]:
    """The pipes from and to the window, under other numbers: plugins print to stderr, and read nothing."""
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return incoming, outgoing


def keep_small(background: bool) -> None:
    """One thread for matrices, and behind everybody else where nobody waits."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    if background and hasattr(os, "nice"):
        os.nice(10)


class Server:
    """Answers one request after another."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        """Take the numbers of the two pipes."""
        self.incoming, self.outgoing = incoming, outgoing
        self.requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self.cancelled: set[int] = set()
        self.busy = False
        self.gone = False
        self._sending = threading.Lock()

    # ---- listening ------------------------------------------------------------------------------------

    def listen(self) -> None:
        """Take requests in until the pipe ends; then end the process."""
        with contextlib.suppress(pickle.UnpicklingError):
            while (content := stream.read(self.incoming)) is not None:
                request: Request = stream.unpacked(content)
                if request.name == "cancel":
                    self.cancelled.add(request.arguments["number"])
                else:
                    self.requests.put(request)
        self.gone = True
        self.requests.put(None)
        if self.busy:
            time.sleep(LAST_WORDS)
        leave()

    # ---- answering ------------------------------------------------------------------------------------

    def run(self) -> None:
        """Load torch, say so, and answer until the window is gone."""
        import torch

        from aekit_gui.work.answers import Held
        from aekit_gui.work.protocol import Reply

        torch.set_num_threads(1)
        held = Held()
        self.send(Reply(0, progress=(1.0, "torch is loaded")))
        while (request := self.requests.get()) is not None:
            self.busy = True
            self.send(self.answered(held, request))
            self.busy = False
            if request.name == "open":
                settle()
        leave()

    def answered(self, held: Any, request: Request) -> Reply:
        """The reply to a request; whatever goes wrong in it is in the reply."""
        from aekit_gui.work.answers import ANSWERS, problem_of
        from aekit_gui.work.protocol import Problem, Reply

        if request.name not in ANSWERS:
            return Reply(request.number, problem=Problem(f"No request is named '{request.name}'."))
        try:
            self.check(request.number)
            value = ANSWERS[request.name](held, self.progress_of(request.number), **request.arguments)
            return Reply(request.number, value)
        except Cancelled:
            return Reply(request.number, problem=Problem("Cancelled."))
        except BaseException as error:  # a plugin may call sys.exit
            return Reply(request.number, problem=problem_of(held, request, error))

    def check(self, number: int) -> None:
        """End a request that is no longer wanted.

        Raises:
            Cancelled: it is not.
        """
        if self.gone or number in self.cancelled:
            self.cancelled.discard(number)
            raise Cancelled

    def progress_of(self, number: int) -> Any:
        """What a request tells its progress with: (share in [0, 1], words)."""
        from aekit_gui.work.protocol import Reply

        said: list[tuple[float, str]] = []

        def progress(share: float, words: str) -> None:
            self.check(number)
            now = time.perf_counter()
            if not said or said[-1][1] != words or now - said[-1][0] >= NEWS_EVERY:
                said[:] = [(now, words)]
                self.send(Reply(number, progress=(float(share), str(words))))

        return progress

    def send(self, reply: Reply) -> None:
        """Write a reply; a window that is gone ends the process."""
        from aekit_gui.work.protocol import Problem, Reply

        try:
            content = stream.packed(reply)
        except Exception as error:
            sentence = f"What was found cannot be handed over: {type(error).__name__}: {error}"
            content = stream.packed(Reply(reply.number, problem=Problem(sentence, expected=False)))
        try:
            with self._sending:
                stream.write(self.outgoing, content)
        except OSError:
            leave()


def settle() -> None:
    """Keep the collector of garbage from going through all of torch while the pointer moves."""
    import gc

    gc.freeze()


def leave() -> None:
    """End this process at once, and those that a plugin started in it."""
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(0)


if __name__ == "__main__":
    main()
