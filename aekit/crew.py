# A crew of processes: many of a person's files in their order, read side by side.
"""A crew of processes: many of a person's files in their order, read side by side.

Parsing is Python and holds the interpreter, so threads gain nothing. The processes are plain ones that speak through
pipes, since `multiprocessing` would run the caller's script again in each. A file that kills its process, or keeps it
for too long, costs that file alone.
"""

from __future__ import annotations

import json
import math
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Generic, TypeVar

from aekit.errors import DataError

Answer = TypeVar("Answer")

STARTING = 120.0  # seconds for a process to start, on a busy machine
MOST = 16  # processes
READY = b"ready\n"


class Member(Generic[Answer]):
    """One process, restarted where it ends or is late.

    Its program says `READY` once it has started, and then answers requests, each one line of JSON that lists
    "paths": the answer to each path begins with one line of JSON.
    """

    def __init__(
        self,
        program: Sequence[str],
        request: dict[str, Any],
        receive: Callable[[Member[Answer]], Answer],
        failed: Callable[[str], Answer],
        patience: float,
    ) -> None:
        """Describe it; it is started with its first batch.

        Args:
            program: the interpreter's arguments.
            request: what each request says beside the paths.
            receive: reads one answer, by `line` and `raw`.
            failed: the answer for a file that ended the process, from the reason in words.
            patience: seconds for one file.
        """
        self.program, self.request, self.receive, self.failed = program, request, receive, failed
        self.patience = patience
        self.process: subprocess.Popen[bytes] | None = None
        self.late = False

    def __enter__(self) -> Member[Answer]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """A fresh process; it finds modules where this one does.

        Raises:
            DataError: it does not start.
        """
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            [sys.executable, *self.program],
            stdin=pipe,
            stdout=pipe,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        if self.line(STARTING) != READY:
            self.stop()
            raise DataError(f"The process 'python {' '.join(self.program)}' that reads files does not start.")

    def stop(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def read(self, paths: Sequence[Path]) -> list[Answer]:
        """What became of each file."""
        answers: list[Answer] = []
        while len(answers) < len(paths):
            if self.process is None:
                self.start()
            try:
                self.ask(paths[len(answers) :])
                while len(answers) < len(paths):
                    answers.append(self.receive(self))
            except (OSError, ValueError):
                late = f"took longer than {self.patience:g} s to read"
                answers.append(self.failed(late if self.late else "the reader died of it"))
                self.stop()
        return answers

    def ask(self, paths: Sequence[Path]) -> None:
        """Send one request."""
        assert self.process is not None and self.process.stdin is not None
        request = {"paths": [str(path) for path in paths], **self.request}
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()

    def line(self, patience: float | None = None) -> bytes:
        """The process's next line; it is killed where it says nothing for `patience` seconds."""
        assert self.process is not None and self.process.stdout is not None
        self.late = False
        timer = threading.Timer(patience or self.patience, self.give_up)
        timer.start()
        try:
            return self.process.stdout.readline()
        finally:
            timer.cancel()

    def raw(self, size: int) -> bytes:
        """The next `size` bytes."""
        assert self.process is not None and self.process.stdout is not None
        return self.process.stdout.read(size)

    def give_up(self) -> None:
        """End a process that is late."""
        self.late = True
        if self.process is not None:
            self.process.kill()


def answer_requests(answer: Callable[[str, BinaryIO], None]) -> None:
    """The main function of a member's program: say READY, and have `answer` write what each request asks for.

    Ends with the input, or at Ctrl-C.
    """
    out = sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints is no answer
    out.write(READY)
    out.flush()
    try:
        for line in sys.stdin:
            answer(line, out)
    except (KeyboardInterrupt, BrokenPipeError):
        return


def read_side_by_side(
    paths: Sequence[Path], batch: int, member: Callable[[], Member[Answer]]
) -> Iterator[Answer]:
    """What became of each file, in order, from as many members as there are processors; few batches are held."""
    size = min(batch, max(1, math.ceil(len(paths) / processors())))
    members = min(processors(), MOST, math.ceil(len(paths) / size))
    if not members:
        return
    with ExitStack() as stack:
        idle: queue.SimpleQueue[Member[Answer]] = queue.SimpleQueue()
        for _ in range(members):
            idle.put(stack.enter_context(member()))
        pool = stack.enter_context(ThreadPoolExecutor(members))
        pending: deque[Future[list[Answer]]] = deque()
        for start in range(0, len(paths), size):
            pending.append(pool.submit(read_batch, idle, paths[start : start + size]))
            if len(pending) > members + 2:
                yield from pending.popleft().result()
        for job in pending:
            yield from job.result()


def read_batch(idle: queue.SimpleQueue[Member[Answer]], paths: Sequence[Path]) -> list[Answer]:
    """Have an idle member do one batch."""
    member = idle.get()
    try:
        return member.read(paths)
    finally:
        idle.put(member)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
