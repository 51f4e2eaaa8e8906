# The packed MNIST digits that come with the package: how tools/pack_mnist.py packs them, how they are loaded.
"""The packed MNIST digits that come with the package, 54.9 MB in 8.4 MB.

The file begins with one line of JSON, `{"parts": [{"split": "train", "count": 5000, "bytes": [...]}, ...]}`.
Each part is three streams: which pixels have ink (bits, bzip2), their levels (zlib), and the labels (zlib).
The levels stand in groups: pixels with the same eight neighbours of ink or paper go together, and the groups go
from faint to dark, which saves a quarter of what bzip2 or xz make of whole pictures, and unpacks twice as fast.
Every stream carries its own checksum. Parts unpack side by side: the decompressors leave the interpreter free.
"""

from __future__ import annotations

import bz2
import json
import os
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aekit import DataError

PACKED = Path(__file__).parent / "data" / "mnist.pack"
SIDE = 28
PART = 5_000

Bytes = NDArray[np.uint8]
Digits = tuple[Bytes, Bytes]


def load_digits(split: str, path: Path = PACKED) -> Digits:
    """The pictures (N, 28, 28) and labels (N,) of one split, "train" or "test".

    Raises:
        DataError: the file is missing, cut short or damaged.
    """
    try:
        return unpack(path.read_bytes(), split)
    except OSError as error:
        raise DataError(f"The packed digits cannot be read ({error}); install aekit again.") from None
    except (zlib.error, ValueError, KeyError, TypeError, IndexError):
        raise DataError(
            f"The packed digits in '{path}' are damaged or cut short; install aekit again."
        ) from None


def unpack(data: bytes, split: str) -> Digits:
    """Pictures and labels of one split from the bytes of the packed file."""
    head, _, body = data.partition(b"\n")
    parts: list[tuple[int, list[bytes]]] = []
    start = 0
    for part in json.loads(head)["parts"]:
        ends = start + np.cumsum(part["bytes"])
        if part["split"] == split:
            parts.append((part["count"], [body[a:b] for a, b in zip([start, *ends], ends, strict=False)]))
        start = int(ends[-1])
    count = sum(size for size, _ in parts)
    digits = np.zeros((count, SIDE, SIDE), np.uint8), np.empty(count, np.uint8)
    places = np.cumsum([0, *(size for size, _ in parts)])
    with ThreadPoolExecutor(min(len(parts), os.cpu_count() or 1)) as pool:
        jobs = [
            pool.submit(unpack_part, streams, digits[0][at : at + size], digits[1][at : at + size])
            for at, (size, streams) in zip(places, parts, strict=False)
        ]
    for job in jobs:
        job.result()
    return digits


def unpack_part(streams: list[bytes], pictures: Bytes, labels: Bytes) -> None:
    """Fill pictures (N, 28, 28), which are zero, and labels (N,) from one part's three streams."""
    bits = np.frombuffer(bz2.decompress(streams[0]), np.uint8)
    ink = np.unpackbits(bits)[: pictures.size].reshape(pictures.shape).view(bool)
    rank, grouped = np.split(np.frombuffer(zlib.decompress(streams[1]), np.uint8), [256])
    levels = np.empty_like(grouped)
    levels[np.argsort(rank[surroundings(ink)], kind="stable")] = grouped
    pictures[ink] = levels
    labels[:] = np.frombuffer(zlib.decompress(streams[2]), np.uint8)


def pack(splits: dict[str, Digits]) -> bytes:
    """The bytes of the packed file, from pictures (N, 28, 28) and labels (N,) of each split."""
    parts, body = [], []
    for split, (pictures, labels) in splits.items():
        for start in range(0, len(labels), PART):
            rows = slice(start, start + PART)
            streams = pack_part(pictures[rows], labels[rows])
            parts.append(
                {"split": split, "count": len(labels[rows]), "bytes": [len(stream) for stream in streams]}
            )
            body.extend(streams)
    return json.dumps({"parts": parts}).encode() + b"\n" + b"".join(body)


def pack_part(pictures: Bytes, labels: Bytes) -> list[bytes]:
    """The three streams of one part."""
    ink = pictures > 0
    levels, group = pictures[ink], surroundings(ink)
    mean = np.bincount(group, levels, 256) / np.maximum(np.bincount(group, minlength=256), 1)
    rank = mean.argsort().argsort().astype(np.uint8)
    grouped = levels[np.argsort(rank[group], kind="stable")]
    return [
        bz2.compress(np.packbits(ink).tobytes()),
        zlib.compress(rank.tobytes() + grouped.tobytes(), 9),
        zlib.compress(labels.tobytes(), 9),
    ]


def surroundings(ink: NDArray[np.bool_]) -> Bytes:
    """Which of the eight neighbours have ink, as a byte, for each pixel with ink: (N, 28, 28) to (pixels,)."""
    paper = np.pad(ink, ((0, 0), (1, 1), (1, 1))).view(np.uint8)
    left, centre, right = paper[:, :, :-2], paper[:, :, 1:-1], paper[:, :, 2:]
    sides = left | right << 1
    rows = sides | centre << 2  # (N, 30, 28): three bits
    around = rows[:, :-2] | rows[:, 2:] << 3 | sides[:, 1:-1] << 6
    return np.asarray(around[ink], np.uint8)
