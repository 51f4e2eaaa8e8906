# Feeds mutated MIDI files to the reader and watches it: python tools/fuzz_midi.py --count 2000 --seed N
"""Feeds mutated MIDI files to the reader and watches it.

    python tools/fuzz_midi.py --count 2000            # with a seed of its own, which it prints
    python tools/fuzz_midi.py --count 2000 --seed 7   # the same files again

Files are made from the odd files of the tests by flipped, cut, inserted and spliced bytes. A worker process reads each,
finds its voices and puts them in steps. Exits with 1 on a traceback, on more than 5 s, or on more than 1 GB.
"""

from __future__ import annotations

import argparse
import multiprocessing as mp
import random
import re
import resource
import struct
import sys
import tempfile
import time
import traceback
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "plugins"), str(ROOT / "tests" / "plugins" / "music")]

SECONDS, MEGABYTES = 5.0, 1000
PATIENCE = 30.0  # seconds after which a worker is given up
LARGEST_SEED_FILE = 100_000  # bytes; mutations of the huge ones are all refused for their size
NASTY = (
    b"\xff\x51\x03\0\0\0",
    b"\xff\x58\x04\xff\xff\0\0",
    b"\xff\x59\x02\x7f\x7f",
    b"\xff\xff\xff\x7f",
    b"\xf0\x7f",
)


class Outcome(NamedTuple):
    """What became of one file: "read", a reason, or what went wrong."""

    what: str
    failed: bool
    seconds: float
    megabytes: float


def mutated(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """A file with one to a dozen faults; of most, lengths and header are made good, so that the faults are reached."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5, 12))):
        at, other = chance.randrange(len(data) + 1), chance.choice(others)
        length = min(chance.choice((1, 1, 2, 4, 16, 200)), len(data) - at)
        kind = chance.randrange(7)
        if kind == 0 and data[at:]:
            data = data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
        elif kind == 1:
            data = data[:at] + data_bytes(length, chance) + data[at + length :]
        elif kind == 2:
            data = data[:at] + chance.randbytes(length) + data[at:]
        elif kind == 3:
            data = data[:at] + data[at + length :]
        elif kind == 4:
            data = data[:at] + chance.choice(NASTY) + data[at + chance.choice((0, 4)) :]
        elif kind == 5:
            begin = chance.randrange(len(other) + 1)
            data = data[:at] + other[begin : begin + 400] + data[at:]
        elif chance.random() < 0.3:
            data = data[:at]
        else:
            data = swapped_tracks(data, other)
    return data if chance.random() < 0.3 else made_good(data)


def data_bytes(length: int, chance: random.Random) -> bytes:
    """Random bytes below 128, which may stand wherever a message has its data."""
    return bytes(byte & 0x7F for byte in chance.randbytes(length))


def made_good(data: bytes) -> bytes:
    """A file whose chunks have their true lengths, whose header counts them, and whose type and division are sound."""
    tracks = data.split(b"MTrk")[1:]
    division = struct.unpack(">h", data[12:14])[0] if len(data) >= 14 else 0
    header = b"MThd" + struct.pack(">Lhhh", 6, 1, len(tracks), division if division > 0 else 96)
    return header + b"".join(b"MTrk" + struct.pack(">L", len(body[4:])) + body[4:] for body in tracks)


def swapped_tracks(data: bytes, other: bytes) -> bytes:
    """The header of one file before the tracks of another."""
    first, second = data.find(b"MTrk"), other.find(b"MTrk")
    return data[:first] + other[second:] if min(first, second) > 0 else data


def seeds() -> list[bytes]:
    """The odd files, less the largest; those that can be read are drawn more often."""
    from odd_files import ODD_FILES, REFUSED_FILES

    return [file.data for file in (*ODD_FILES * 3, *REFUSED_FILES) if len(file.data) <= LARGEST_SEED_FILE]


def use(path: Path) -> str:
    """All that is done with a file before windows are cut: read it in one of the ways, find voices, count steps."""
    from aekit_music.encodings import ENCODINGS
    from aekit_music.midi import read_midi
    from aekit_music.piece import Unusable
    from aekit_music.quantise import in_steps
    from aekit_music.tracks import moved_to_common_key, parts

    try:
        piece = read_midi(path, ("auto", "file", "estimated", "fixed")[path.stat().st_size % 4])
    except Unusable as unusable:
        return unusable.reason
    piece.bars()
    for encoding in ENCODINGS.values():
        try:
            for notes in parts(moved_to_common_key(piece), encoding, None).values():
                in_steps(notes[:, 0], notes[:, 1], 4)
        except Unusable:
            continue
    return "read"


def work(pipe: Connection) -> None:
    """Answer for each path that comes."""
    while path := pipe.recv():
        begun = time.perf_counter()
        try:
            what, failed = use(path), False
        except BaseException:
            what, failed = traceback.format_exc(), True
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
        pipe.send((what, failed, time.perf_counter() - begun, most))


class Worker:
    """One process that reads files, started anew when it hangs or dies."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.pipe, inner = mp.Pipe()
        self.process = mp.get_context("spawn").Process(target=work, args=(inner,), daemon=True)
        self.process.start()
        inner.close()

    def read(self, path: Path) -> Outcome:
        """What became of a file."""
        self.pipe.send(path)
        try:
            if self.pipe.poll(PATIENCE):
                what, failed, seconds, most = self.pipe.recv()
                if seconds > SECONDS:
                    what, failed = f"took {seconds:.1f} s ({what})", True
                elif most > MEGABYTES:
                    what, failed = f"took {most:.0f} MB ({what})", True
                return Outcome(what, failed, seconds, most)
            what = f"hung for more than {PATIENCE:.0f} s"
        except (EOFError, OSError):
            what = "the process died"
        self.stop()
        self.start()
        return Outcome(what, True, PATIENCE, 0)

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


def fuzz(count: int, seed: int, folder: Path) -> list[tuple[int, Outcome]]:
    """The outcome of each of `count` mutated files; those that failed stay in the folder, by number."""
    sources, worker = seeds(), Worker()
    outcomes = []
    for number in range(count):
        chance = random.Random(f"{seed}/{number}")
        path = folder / f"{number}.mid"
        path.write_bytes(mutated(chance.choice(sources), sources, chance))
        outcomes.append((number, worker.read(path)))
        if not outcomes[-1][1].failed:
            path.unlink()
    worker.stop()
    return outcomes


def kind_of(outcome: Outcome) -> str:
    """An outcome without its particulars, to be counted."""
    return re.sub(r"-?\d{2,}", "N", re.split(r"[(:]", outcome.what)[0].strip())


def main() -> int:
    """Make the files, read them, and say what became of them."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--count", type=int, default=2000, help="files")
    options.add_argument(
        "--seed", type=int, default=random.SystemRandom().randrange(10**6), help="of all chance"
    )
    chosen = options.parse_args()
    print(f"seed {chosen.seed}")
    folder = Path(tempfile.mkdtemp(prefix="fuzz_midi_"))
    outcomes = fuzz(chosen.count, chosen.seed, folder)
    for what, times in Counter(kind_of(outcome) for _, outcome in outcomes).most_common():
        print(f"{times:6} {what}")
    failed = [(number, outcome) for number, outcome in outcomes if outcome.failed]
    for number, outcome in failed:
        print(f"\n{folder / str(number)}.mid: {outcome.what}")
    slowest = max(outcome.seconds for _, outcome in outcomes)
    largest = max(outcome.megabytes for _, outcome in outcomes)
    print(
        f"{len(failed)} of {len(outcomes)} failed; at most {slowest:.2f} s and {largest:.0f} MB (seed {chosen.seed})"
    )
    if not failed:
        folder.rmdir()
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
