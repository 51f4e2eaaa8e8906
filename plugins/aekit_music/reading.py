# The process that reads MIDI files for a crew: requests on standard input, packed pieces on standard output.
"""The process that reads MIDI files for a crew: requests on standard input, packed pieces on standard output.

A request is one line of JSON: {"paths": [...], "timing": "auto"}. To each path there is one answer: a line of JSON,
{"reason": "..."}, {"passing": "..."} for a reason that may not last, or {"head": {...}}, and behind a head its notes as
float64 (N, 4). The first line of all says that the process is ready.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import BinaryIO

from aekit.crew import answer_requests
from aekit_music.midi import read_midi
from aekit_music.packing import pack
from aekit_music.piece import OutOfReach, Unusable


def answer(request: str, out: BinaryIO) -> None:
    """Read the files that one request names, and write what became of them."""
    asked = json.loads(request)
    for path in asked["paths"]:
        try:
            head, notes = pack(read_midi(Path(path), asked["timing"]))
        except Unusable as error:
            kind = "passing" if isinstance(error, OutOfReach) else "reason"
            out.write(json.dumps({kind: error.reason}).encode() + b"\n")
        except (MemoryError, RecursionError) as error:
            out.write(json.dumps({"reason": f"damaged ({type(error).__name__})"}).encode() + b"\n")
        else:
            out.write(json.dumps({"head": head}).encode() + b"\n" + notes.tobytes())
        out.flush()


if __name__ == "__main__":
    answer_requests(answer)
