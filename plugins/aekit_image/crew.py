# Many picture files decoded side by side, by processes that `decoding.py` is the program of.
"""Many picture files decoded side by side, by processes that `decoding.py` is the program of."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from aekit.crew import Member, read_side_by_side
from aekit_image.decoding import BY_ITSELF, Decoded, Frame, White, decode_file

PROGRAM: tuple[str, ...] = ("-m", "aekit_image.decoding")
BATCH = 64
FEW = 100
PATIENCE = 30.0  # seconds for one picture


def decode_all(paths: Sequence[Path], frame: Frame, white: White = BY_ITSELF) -> Iterator[Decoded]:
    """What became of each file, in order; only a few batches are held at a time."""
    if len(paths) < FEW:
        return (decode_file(path, frame, white) for path in paths)
    return read_side_by_side(paths, BATCH, lambda: decoder(frame, white))


def decoder(frame: Frame, white: White = BY_ITSELF) -> Member[Decoded]:
    """One decoding process."""
    return Member(PROGRAM, {"frame": list(frame), "white": list(white)}, receive, failed, PATIENCE)


def failed(reason: str) -> Decoded:
    """A file that ended its process."""
    return Decoded(None, reason, 0)


def receive(process: Member[Decoded]) -> Decoded:
    """One answer; ValueError where the process has ended."""
    head, frame = json.loads(process.line()), Frame(*process.request["frame"])
    if head["reason"]:
        return failed(head["reason"])
    raw = process.raw(math.prod(frame))
    return Decoded(np.frombuffer(raw, np.uint8).reshape(frame), "", head["content"])
