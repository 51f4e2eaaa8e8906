# A crew of decoding processes: many picture files in their order, decoded side by side.
"""A crew of decoding processes: many picture files in their order, decoded side by side.

Pillow holds the interpreter while it decodes, so threads gain nothing. The processes are plain ones that speak
through pipes, since `multiprocessing` would run the caller's script again in each. One that dies of a hostile
file costs that file alone.
"""

from __future__ import annotations

import json
import math
import os
import queue
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import numpy as np

from aekit_image.decoding import Decoded, Frame, decode_file

BATCH = 64
FEW = 100


class Decoder:
    """One decoding process, restarted when it dies."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.process = self.start()

    def __enter__(self) -> Decoder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> subprocess.Popen[bytes]:
        """A fresh process; it finds modules where this one does."""
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        command = [sys.executable, "-m", "aekit_image.decoding"]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment)

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.communicate()

    def decode(self, paths: Sequence[Path]) -> list[Decoded]:
        """What became of each file; after a death the batch is done again, one file at a time."""
        try:
            return self.ask(paths)
        except (OSError, ValueError):
            self.stop()
            self.process = self.start()
        if len(paths) == 1:
            return [Decoded(None, "the decoder died of it", 0)]
        return [self.decode([path])[0] for path in paths]

    def ask(self, paths: Sequence[Path]) -> list[Decoded]:
        """Send one batch and read its answers; OSError or ValueError where the process has died."""
        assert self.process.stdin is not None and self.process.stdout is not None
        request = {"paths": [str(path) for path in paths], "frame": list(self.frame)}
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        return [self.receive() for _ in paths]

    def receive(self) -> Decoded:
        """One answer."""
        assert self.process.stdout is not None
        head = json.loads(self.process.stdout.readline())
        if head["reason"]:
            return Decoded(None, head["reason"], 0)
        raw = self.process.stdout.read(math.prod(self.frame))
        return Decoded(np.frombuffer(raw, np.uint8).reshape(self.frame), "", head["content"])


def decode_all(paths: Sequence[Path], frame: Frame) -> Iterator[Decoded]:
    """What became of each file, in order; only a few batches are held at a time."""
    if len(paths) < FEW:
        yield from (decode_file(path, frame) for path in paths)
        return
    count = min(processors(), 16, math.ceil(len(paths) / BATCH))
    with ExitStack() as stack:
        idle: queue.SimpleQueue[Decoder] = queue.SimpleQueue()
        for _ in range(count):
            idle.put(stack.enter_context(Decoder(frame)))
        pool = stack.enter_context(ThreadPoolExecutor(count))
        pending: deque[Future[list[Decoded]]] = deque()
        for start in range(0, len(paths), BATCH):
            pending.append(pool.submit(decode_batch, idle, paths[start : start + BATCH]))
            if len(pending) > count + 2:
                yield from pending.popleft().result()
        for job in pending:
            yield from job.result()


def decode_batch(idle: queue.SimpleQueue[Decoder], paths: Sequence[Path]) -> list[Decoded]:
    """Have an idle decoder do one batch."""
    decoder = idle.get()
    try:
        return decoder.decode(paths)
    finally:
        idle.put(decoder)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
