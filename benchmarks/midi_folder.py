# A folder of 900 MIDI files of 4 minutes: how long its first and its later starts take, beside pretty_midi alone.
"""A folder of 900 MIDI files of 4 minutes: how long its first and its later starts take, beside pretty_midi alone.

    python benchmarks/midi_folder.py               (about 2 minutes on two cores)
    python benchmarks/midi_folder.py --count 60

The files are made from rules in a temporary folder with a cache of its own: melody, chords, bass and drums, 120 bars
at 120 beats a minute, about 2,000 notes each, with a player's small errors of time. A start is a fresh process that
loads the training split by the music plugin and takes one batch from it: the first parses every file into the cache,
later ones open the cache, and one with other options cuts the parsed pieces anew. pretty_midi alone reads the same
files one after another in one process, and keeps nothing.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import machine

MAKE = """
import sys
import numpy as np
import pretty_midi
root, first, last, bars = sys.argv[1], *map(int, sys.argv[2:5])
SCALE = np.array([0, 2, 4, 5, 7, 9, 11])
def player(name, program, notes, drums=False):
    made = pretty_midi.Instrument(program, drums, name)
    made.notes = [pretty_midi.Note(int(v), int(p), float(a), float(max(b, a + .02))) for a, b, p, v in notes]
    return made
for number in range(first, last):
    random = np.random.default_rng(number)
    key, grounds = 55 + number % 12, random.integers(0, 7, 16)
    melody, chords, bass, drums, degree = [], [], [], [], 7
    for bar in range(bars):
        start, ground = bar * 2.0, grounds[bar % 16]
        at = 0.0
        while at < 2.0:
            length = random.choice([.125, .25, .25, .5, .5, 1.0])
            degree = int(np.clip(degree + random.integers(-2, 3), 0, 14))
            late = random.normal(0, .008)
            if random.random() < .85:
                when = max(start + at + late, 0)
                melody.append((when, when + length * .9, key + 12 * (degree // 7) + SCALE[degree % 7], 90))
            at += length
        for third in (0, 2, 4):
            step = ground + third
            when = max(start + random.normal(0, .005), 0)
            chords.append((when, when + 1.9, key - 12 + 12 * (step // 7) + SCALE[step % 7], 60))
        for half in (0, 1):
            bass.append((start + half, start + half + .8, key - 24 + SCALE[ground], 80))
        for quarter in range(4):
            drums.append((start + quarter / 2 + .25, start + quarter / 2 + .35, 42, 70))
        for beat, drum in ((0, 36), (1, 38), (2, 36), (3, 38)):
            drums.append((start + beat / 2, start + beat / 2 + .1, drum, 100))
    file = pretty_midi.PrettyMIDI(resolution=480, initial_tempo=120)
    file.time_signature_changes.append(pretty_midi.TimeSignature(4, 4, 0))
    file.instruments += [player('Melody', 73, melody), player('Piano', 0, chords), player('Bass', 33, bass)]
    file.instruments.append(player('Drums', 0, drums, True))
    file.write(f"{root}/book-{number % 10}/piece {number:04} of {chr(97 + number % 26)}.mid")
"""
START = """
import sys, time
started = time.perf_counter()
import torch
from aekit import plugins
kind = plugins.modality("music")
imported = time.perf_counter()
dataset = kind.load(kind.Options(bars=int(sys.argv[2]), encoding=sys.argv[3]), "folder:" + sys.argv[1], "train")
batch = dataset.items[torch.arange(min(256, len(dataset)))]
print(len(dataset), imported - started, time.perf_counter() - imported)
"""
ALONE = """
import sys
from pathlib import Path
import pretty_midi
notes = 0
for path in sorted(Path(sys.argv[1]).rglob("*.mid")):
    notes += sum(len(instrument.notes) for instrument in pretty_midi.PrettyMIDI(str(path)).instruments)
print(notes)
"""


def main() -> None:
    parser = machine.arguments(__doc__, "midi_folder")
    parser.add_argument("--count", type=int, default=900, help="files")
    parser.add_argument("--bars", type=int, default=120, help="bars of a file, 2 seconds each")
    parser.add_argument("--starts", type=int, default=5, help="later starts")
    asked = parser.parse_args()
    machine.use_threads(asked.threads)
    facts = machine.facts()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "midi"
        make_files(root, asked.count, asked.bars)
        os.environ["XDG_CACHE_HOME"] = str(Path(folder) / "cache")
        began = time.perf_counter()
        notes = int(machine.call([sys.executable, "-c", ALONE, str(root)]))
        alone = time.perf_counter() - began
        starts = [start(root) for _ in range(asked.starts + 1)]
        other = start(root, bars=4)
        roll = start(root, encoding="pianoroll")
        size = sum(path.stat().st_size for path in (Path(folder) / "cache").rglob("*") if path.is_file())
    later = {key: statistics.median(s[key] for s in starts[1:]) for key in starts[0]}
    print(
        f"{asked.count:,} MIDI files of {asked.bars * 2} s, {notes / asked.count:,.0f} notes each; ", end=""
    )
    print(f"the cache in the end {size / 1e6:.0f} MB\n")
    named = {
        "first": starts[0],
        "later": later,
        "4 bars for the first time": other,
        "piano-rolls as well": roll,
    }
    rows = [[name, s["whole"], s["imports"], s["load"]] for name, s in named.items()]
    rows.append(["pretty_midi alone, one core", alone, None, None])
    machine.table(["start", "whole process, s", "imports, s", "load and one batch, s"], rows)
    results = {"count": asked.count, "notes": notes, "cache": size, "alone": alone, "starts": starts}
    machine.save(asked.json, facts, results | {"other_bars": other, "pianoroll": roll})


def make_files(root: Path, count: int, bars: int) -> None:
    """Write the files, in as many processes as there are cores."""
    for book in range(10):
        (root / f"book-{book}").mkdir(parents=True)
    share = -(-count // (os.cpu_count() or 1))
    spans = [(first, min(first + share, count)) for first in range(0, count, share)]
    words = [[str(number) for number in (*span, bars)] for span in spans]
    makers = [subprocess.Popen([sys.executable, "-c", MAKE, str(root), *each]) for each in words]
    statuses = [maker.wait() for maker in makers]
    if any(statuses):
        raise SystemExit("The files could not be made.")


def start(root: Path, bars: int = 2, encoding: str = "melody") -> dict[str, float]:
    """One start: seconds of the whole process, of its imports, and of loading."""
    began = time.perf_counter()
    said = machine.call([sys.executable, "-c", START, str(root), str(bars), encoding])
    whole = time.perf_counter() - began
    items, imports, load = map(float, said.split())
    return {"items": items, "whole": whole, "imports": imports, "load": load}


if __name__ == "__main__":
    main()
