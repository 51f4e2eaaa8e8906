# A folder of 20,000 pictures: how long its first and its later starts take.
"""A folder of 20,000 pictures: how long its first and its later starts take.

    python benchmarks/folder.py                    (about 2 minutes on two cores)
    python benchmarks/folder.py --count 400

Pictures of 64 px in colour, PNG and JPEG by turns, in ten sub-folders, are made in a temporary folder with a cache of
its own. A start is a fresh process that imports aekit, loads the training split by the image plugin and takes one
batch from it: the first decodes every picture into the cache, later ones map the cache. The files are warm in the
system's cache, having just been written. `memory.py` measures what training on such a folder keeps resident.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import machine

LABELS = 10
MAKE = """
import sys
import numpy as np
from pathlib import Path
from PIL import Image
root, first, last, side, labels = Path(sys.argv[1]), *map(int, sys.argv[2:6])
for number in range(first, last):
    random = np.random.default_rng(number)
    coarse = random.integers(0, 256, (6, 6, 3), dtype=np.uint8)
    picture = Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC)
    grain = random.integers(-8, 9, (side, side, 3))
    picture = Image.fromarray((np.asarray(picture) + grain).clip(0, 255).astype(np.uint8))
    ending = "png" if number % 2 else "jpg"
    picture.save(root / f"label-{number % labels}" / f"{number:06}.{ending}", quality=90)
"""
START = """
import sys, time
started = time.perf_counter()
import torch
from aekit import plugins
kind = plugins.modality("image")
imported = time.perf_counter()
dataset = kind.load(kind.Options(), "folder:" + sys.argv[1], "train")
batch = dataset.items[torch.arange(min(256, len(dataset)))]
print(len(dataset), imported - started, time.perf_counter() - imported)
"""


def main() -> None:
    parser = machine.arguments(__doc__, "folder")
    parser.add_argument("--count", type=int, default=20_000, help="pictures")
    parser.add_argument("--side", type=int, default=64, help="pixels")
    parser.add_argument("--starts", type=int, default=5, help="later starts")
    asked = parser.parse_args()
    machine.use_threads(asked.threads)
    facts = machine.facts()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "pictures"
        make_pictures(root, asked.count, asked.side)
        os.environ["XDG_CACHE_HOME"] = str(Path(folder) / "cache")
        starts = [start(root) for _ in range(asked.starts + 1)]
        size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
    first, later = starts[0], {key: statistics.median(s[key] for s in starts[1:]) for key in starts[0]}
    print(f"{asked.count:,} pictures of {asked.side} px, {size / 1e6:.0f} MB\n")
    rows = [[name, s["whole"], s["imports"], s["load"]] for name, s in (("first", first), ("later", later))]
    machine.table(["start", "whole process, s", "imports, s", "load and one batch, s"], rows)
    machine.save(
        asked.json, facts, {"count": asked.count, "side": asked.side, "bytes": size, "starts": starts}
    )


def make_pictures(root: Path, count: int, side: int) -> None:
    """Write the pictures, in as many processes as there are cores."""
    for label in range(LABELS):
        (root / f"label-{label}").mkdir(parents=True)
    share = -(-count // (os.cpu_count() or 1))
    spans = [(first, min(first + share, count)) for first in range(0, count, share)]
    numbers = [[str(number) for number in (*span, side, LABELS)] for span in spans]
    makers = [subprocess.Popen([sys.executable, "-c", MAKE, str(root), *words]) for words in numbers]
    if any(maker.wait() for maker in makers):
        raise SystemExit("The pictures could not be made.")


def start(root: Path) -> dict[str, float]:
    """One start: seconds of the whole process, of its imports, and of loading."""
    import time

    began = time.perf_counter()
    said = machine.call([sys.executable, "-c", START, str(root)])
    whole = time.perf_counter() - began
    _, imports, load = map(float, said.split())
    return {"whole": whole, "imports": imports, "load": load}


if __name__ == "__main__":
    main()
