# A crew of reading processes: many MIDI files in their order, read side by side.
"""A crew of reading processes: many MIDI files in their order, read side by side.

Parsing is Python and holds the interpreter, so threads gain nothing. The processes are plain ones that speak through
pipes, since `multiprocessing` would run the caller's script again in each. A file that kills its process, or keeps it
for longer than PATIENCE, costs that file alone.
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
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import numpy as np

from aekit import DataError
from aekit_music.packing import Head, count
from aekit_music.piece import BeatNotes
from aekit_music.reading import READY

PROGRAM = ("-m", "aekit_music.reading")
BATCH = 16  # files
PATIENCE = 5.0  # seconds for one file
STARTING = 120.0  # seconds for a process to start, on a busy machine
COLUMNS = 4

Reading = tuple[Head, BeatNotes] | str  # a packed piece, or why there is none


class Reader:
    """One reading process, restarted when it ends."""

    def __init__(self, timing: str) -> None:
        self.timing = timing
        self.process: subprocess.Popen[bytes] | None = None
        self.late = False

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> subprocess.Popen[bytes]:
        """A fresh process; it finds modules where this one does.

        Raises:
            DataError: it does not start.
        """
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        command = [sys.executable, *PROGRAM]
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment
        )
        self.process = process
        if self.line(process, STARTING) != READY:
            raise DataError("The process that reads MIDI files does not start; is pretty_midi installed?")
        return process

    def stop(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def read(self, paths: Sequence[Path]) -> list[Reading]:
        """What became of each file."""
        readings: list[Reading] = []
        while len(readings) < len(paths):
            process = self.process or self.start()
            try:
                self.ask(process, paths[len(readings) :])
                while len(readings) < len(paths):
                    readings.append(self.receive(process))
            except (OSError, ValueError):
                readings.append(
                    f"took longer than {PATIENCE:g} s to read" if self.late else "the reader died of it"
                )
                self.stop()
        return readings

    def ask(self, process: subprocess.Popen[bytes], paths: Sequence[Path]) -> None:
        """Send one request."""
        assert process.stdin is not None
        request = {"paths": [str(path) for path in paths], "timing": self.timing}
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()

    def receive(self, process: subprocess.Popen[bytes]) -> Reading:
        """One answer; ValueError where the process has ended or was too late."""
        assert process.stdout is not None
        said = json.loads(self.line(process, PATIENCE))
        if "reason" in said:
            return str(said["reason"])
        size = count(said["head"])
        raw = process.stdout.read(size * COLUMNS * 8)
        return said["head"], np.frombuffer(raw, np.float64).reshape(size, COLUMNS)

    def line(self, process: subprocess.Popen[bytes], patience: float) -> bytes:
        """The next line of the process, which is killed where it says nothing for `patience` seconds."""
        assert process.stdout is not None
        self.late = False
        timer = threading.Timer(patience, self.give_up, [process])
        timer.start()
        try:
            return process.stdout.readline()
        finally:
            timer.cancel()

    def give_up(self, process: subprocess.Popen[bytes]) -> None:
        """End a process that is late."""
        self.late = True
        process.kill()


def read_all(paths: Sequence[Path], timing: str) -> Iterator[Reading]:
    """What became of each file, in order; only a few batches are held at a time."""
    size = min(BATCH, max(1, math.ceil(len(paths) / processors())))
    members = min(processors(), 16, math.ceil(len(paths) / size) if paths else 0)
    if not members:
        return
    with ExitStack() as stack:
        idle: queue.SimpleQueue[Reader] = queue.SimpleQueue()
        for _ in range(members):
            idle.put(stack.enter_context(Reader(timing)))
        pool = stack.enter_context(ThreadPoolExecutor(members))
        pending: deque[Future[list[Reading]]] = deque()
        for start in range(0, len(paths), size):
            pending.append(pool.submit(read_batch, idle, paths[start : start + size]))
            if len(pending) > members + 2:
                yield from pending.popleft().result()
        for job in pending:
            yield from job.result()


def read_batch(idle: queue.SimpleQueue[Reader], paths: Sequence[Path]) -> list[Reading]:
    """Have an idle reader do one batch."""
    reader = idle.get()
    try:
        return reader.read(paths)
    finally:
        idle.put(reader)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
