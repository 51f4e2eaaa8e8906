# Resident memory while training: on the digits, and on a set of pictures that is larger than it.
"""Resident memory while training: on the digits, and on a set of pictures that is larger than it.

    python benchmarks/memory.py                    (about 1 minute; POSIX)
    python benchmarks/memory.py --large            (about 15 minutes more, and 6 GB of disk)

Peaks of whole processes by the kernel's own count (`wait4`), which includes pages of mapped files. On the digits:
`aekit train --plugin image` with its defaults, to its end, figures included. `--large`: 340,000 pictures of 64 px in
colour, 4.2 GB once decoded, come from a folder of hard links to 2,000 files, so that the plugin itself decodes and maps
its cache; training on it by the defaults is stopped by Ctrl-C after `--seconds`, and resumed to see that start too.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import machine
from folder import LABELS, START, make_pictures

DISTINCT = 2_000


def main() -> None:
    parser = machine.arguments(__doc__, "memory")
    parser.add_argument("--max-time", default="20s", help="of the training on the digits")
    parser.add_argument("--large", action="store_true", help="also a set of 4 GB")
    parser.add_argument("--count", type=int, default=340_000, help="pictures of the large set")
    parser.add_argument("--seconds", type=float, default=90, help="of training on it, twice")
    asked = parser.parse_args()
    machine.use_threads(asked.threads)
    facts = machine.facts()
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        words = ("train", "--plugin", "image", "--max-time", asked.max_time, "--out", home / "digits")
        found.append(measured("training on the digits, figures included", machine.aekit(*words)))
        if asked.large:
            found += large(home, asked.count, asked.seconds)
    rows = [[row["what"], row["peak"] / 1e9, row["seconds"], row["status"]] for row in found]
    machine.table(["process", "peak resident, GB", "seconds", "exit status"], rows)
    machine.save(asked.json, facts, {"processes": found})


def measured(what: str, command: list[str], stop_after: float | None = None) -> dict[str, Any]:
    """Run a command and note its peak."""
    status, seconds, peak = machine.peak_of(command, stop_after)
    return {"what": what, "status": status, "seconds": seconds, "peak": peak}


def large(home: Path, count: int, seconds: float) -> list[dict[str, Any]]:
    """Decode the large set, then train on it twice."""
    root = home / "pictures"
    make_pictures(root, DISTINCT, 64)
    multiply(root, count)
    os.environ["XDG_CACHE_HOME"] = str(home / "cache")
    source, run = f"folder:{root}", home / "large"
    begin = machine.aekit("train", "--plugin", "image", "--source", source, "--epochs", 10, "--out", run)
    decoding = measured(f"decoding {count:,} pictures", [sys.executable, "-c", START, str(root)])
    training = measured("training on them, stopped", begin, seconds)
    resumed = measured("resumed, stopped", machine.aekit("train", "--resume", run), seconds)
    return [decoding, training, resumed]


def multiply(root: Path, count: int) -> None:
    """Hard links to the files under `root` until there are `count`."""
    files = sorted(path for path in root.rglob("*") if path.is_file())
    for number in range(len(files), count):
        original = files[number % len(files)]
        os.link(original, root / f"label-{number % LABELS}" / f"more-{number:06}{original.suffix}")


if __name__ == "__main__":
    main()
