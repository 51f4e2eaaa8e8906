# Folders of pictures: which files there are, their split and label, and the cache that holds them decoded.
"""Folders of pictures: which files there are, their split and label, and the cache that holds them decoded.

The cache of one folder is itself a folder: `train.npy`, `test.npy` and `index.json`. Its name is a digest of
everything that its content depends on (the files' paths, sizes and times of change, and the frame), so that a later
start lists the files but reads none. It is built under another name and renamed once it is whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aekit import DataError, Rejection
from aekit.places import cache_folder
from aekit_image.crew import decode_all
from aekit_image.decoding import Decoded, Frame, White, framed, open_picture, read_bytes, white_of

VERSION = 2
SPLITS = ("train", "test")
VALIDATION = ("val", "valid", "validation")  # names of the test split where no folder is called test
TEST_IN = 10
LOOKED_AT = 32
HEADER = 128
UNFINISHED = ".unfinished-"


class Found(NamedTuple):
    """One file of a folder.

    Attributes:
        name: its path within the folder, with `/`.
        size: bytes.
        changed: time of change in nanoseconds.
    """

    name: str
    size: int
    changed: int


@dataclass
class Part:
    """One split as the index keeps it."""

    names: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    rejected: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Decoding:
    """A folder's pictures, decoded.

    Attributes:
        items: the `.npy` file of each split, (N, C, H, W) uint8.
        parts: names, labels ("" where there is none) and refused files of each split.
        label_names: all labels, sorted.
        white: what is white in grey files of more than 8 bits.
    """

    items: dict[str, Path]
    parts: dict[str, Part]
    label_names: tuple[str, ...]
    white: White


def decoded_folder(root: Path, size: int, channels: int | None) -> Decoding:
    """The pictures under `root` as squares of `size` pixels: from the cache, or decoded into it.

    Args:
        root: any folder; see `place` for splits and labels.
        size: side in pixels.
        channels: 1, 3, or None for grey where a sample of the pictures has no colour.

    Raises:
        DataError: no such folder, fewer than two pictures in it, or no place for the cache.
    """
    if not root.is_dir():
        raise DataError(f"There is no folder '{root}'.")
    files = find_files(root)
    if not files:
        raise DataError(f"The folder '{root}' is empty; it should hold pictures.")
    home = cache_folder() / "folders" / digest([str(root.resolve()), size, channels])
    place = home / digest([VERSION, *files])
    if not is_whole(place):
        try:
            build(root, files, size, channels, place)
        except OSError as error:
            raise DataError(
                f"Cannot write the cache '{place}' ({error.strerror or error}); free some space, or name another "
                "place in the environment variable XDG_CACHE_HOME."
            ) from None
        forget_others(home, place)
    return opened(place)


def find_files(root: Path) -> list[Found]:
    """Every file under `root` but hidden ones, sorted by name; links are followed, but not back to a folder above.

    Raises:
        DataError: a folder cannot be listed.
    """
    found: list[Found] = []
    folders: list[tuple[Path, frozenset[tuple[int, int]]]] = [(root, frozenset())]
    try:
        while folders:
            folder, above = folders.pop()
            status = folder.stat()
            here = (status.st_dev, status.st_ino)
            if here in above:
                continue
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir():
                        folders.append((Path(entry.path), above | {here}))
                    elif entry.is_file():
                        status = entry.stat()
                        name = Path(entry.path).relative_to(root).as_posix()
                        found.append(Found(name, status.st_size, status.st_mtime_ns))
    except OSError as error:
        raise DataError(f"The folder '{root}' cannot be listed ({error}).") from None
    return sorted(found)


def digest(value: Any) -> str:
    """A name made from anything that JSON can hold."""
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:24]


def place(name: str, splits: Mapping[str, str]) -> tuple[str | None, str]:
    """The split (None: by content) and the label ("" for none) of a file, from its name within the folder.

    Where `splits` names folders of the top level, what lies beside them is of none. The label is the first folder,
    below the split's.
    """
    folders = name.split("/")[:-1]
    split = splits[folders.pop(0)] if folders and folders[0] in splits else None
    return split, folders[0] if folders else ""


def named_splits(files: Sequence[Found]) -> dict[str, str]:
    """The folders of the top level that are splits, and which they are; none unless both splits are there.

    They are called `train` and `test`, or, where there is no `test`, one of VALIDATION; letters may be of any case.
    """
    folders = {file.name.split("/")[0] for file in files if "/" in file.name}
    lower = {folder.lower() for folder in folders}
    tests = {"test"} if "test" in lower else {*VALIDATION}
    if "train" not in lower or not tests & lower:
        return {}
    splits = {"train": "train", **dict.fromkeys(tests, "test")}
    return {folder: splits[folder.lower()] for folder in sorted(folders) if folder.lower() in splits}


def build(root: Path, files: list[Found], size: int, channels: int | None, place: Path) -> None:
    """Decode all files into the cache folder `place`.

    Raises:
        DataError: fewer than two of them are pictures.
        OSError: the cache cannot be written.
    """
    channels = channels or channels_of(root, files)
    frame, white = Frame(channels, size, size), white_of(sample(root, files))
    with folder_aside(place) as aside:
        rows = {split: Rows(aside / f"{split}.npy", frame) for split in SPLITS}
        try:
            parts = fill(root, files, frame, white, rows)
        finally:
            for writer in rows.values():
                writer.close()
        write_index(aside / "index.json", frame, white, parts)


@contextmanager
def folder_aside(place: Path) -> Iterator[Path]:
    """A fresh folder that becomes `place` when all went well, and goes away otherwise.

    Where another process has made `place` in the meantime, its folder stays.
    """
    aside = place.with_name(f"{place.name}{UNFINISHED}{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        yield aside
        if not is_whole(place):
            shutil.rmtree(place, ignore_errors=True)
            aside.rename(place)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


class Rows:
    """An `.npy` file of pictures that grows row by row; its header is written last."""

    def __init__(self, path: Path, frame: Frame) -> None:
        self.file: BinaryIO = path.open("wb")
        self.file.write(bytes(HEADER))
        self.frame = frame
        self.count = 0

    def append(self, pixels: NDArray[np.uint8]) -> None:
        """Add one picture (C, H, W)."""
        self.file.write(pixels.tobytes())
        self.count += 1

    def close(self) -> None:
        """Write the header, padded to HEADER bytes as the format allows, and close."""
        if self.file.closed:
            return
        facts = {"descr": "|u1", "fortran_order": False, "shape": (self.count, *self.frame)}
        text = repr(facts).ljust(HEADER - 11) + "\n"
        with self.file:
            self.file.seek(0)
            self.file.write(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode("ascii"))


def fill(
    root: Path, files: list[Found], frame: Frame, white: White, rows: dict[str, Rows]
) -> dict[str, Part]:
    """Decode the files into the rows of their splits.

    Raises:
        DataError: fewer than two of them are pictures.
    """
    parts = {split: Part() for split in SPLITS}
    named = named_splits(files)
    held_back: list[tuple[str, str, Decoded]] = []
    for file, decoded in zip(files, watched(root, files, frame, white), strict=True):
        split, label = place(file.name, named)
        if named and split is None:
            decoded = Decoded(None, f"in none of the folders {' and '.join(by_split(named))}", 0)
        if decoded.pixels is None:
            parts[split or "train"].rejected.append((file.name, decoded.reason))
        elif not named and not held_back:
            held_back.append((file.name, label, decoded))
        else:
            add(rows, parts, split or split_of(decoded.content), (file.name, label, decoded))
    for picture in held_back:  # the first picture goes wherever a split would stay empty
        empty = [split for split in SPLITS if not parts[split].names]
        add(rows, parts, empty[0] if empty else split_of(picture[2].content), picture)
    check_counts(root, len(files), parts, named)
    return parts


def by_split(named: Mapping[str, str]) -> list[str]:
    """The folders that are splits, training first."""
    return sorted(named, key=lambda folder: SPLITS.index(named[folder]))


def add(rows: dict[str, Rows], parts: dict[str, Part], split: str, picture: tuple[str, str, Decoded]) -> None:
    """Add one picture to a split."""
    name, label, decoded = picture
    assert decoded.pixels is not None
    rows[split].append(decoded.pixels)
    parts[split].names.append(name)
    parts[split].labels.append(label)


def split_of(content: int) -> str:
    """The split of a picture that no folder decides: one in TEST_IN is for testing, by its content alone."""
    return "test" if content % TEST_IN == 0 else "train"


def check_counts(root: Path, files: int, parts: dict[str, Part], named: Mapping[str, str]) -> None:
    """Raise DataError unless both splits have pictures."""
    count = sum(len(part.names) for part in parts.values())
    refused = [rejected for part in parts.values() for rejected in part.rejected]
    first = f"; the first refused: {refused[0][0]}: {refused[0][1]}" if refused else ""
    if count == 0:
        raise DataError(f"The folder '{root}' holds no pictures ({files} files{first}).")
    if count == 1:
        raise DataError(f"The folder '{root}' holds one picture; at least two are needed{first}.")
    for split, part in parts.items():
        if not part.names:
            folder = next((name for name in named if named[name] == split), split)
            raise DataError(f"The folder '{root}/{folder}' holds no pictures{first}.")


def watched(root: Path, files: list[Found], frame: Frame, white: White) -> Iterator[Decoded]:
    """What became of each file, with a progress bar on standard error where that is a terminal."""
    from rich.console import Console
    from rich.progress import track

    yield from track(
        decode_all([root / file.name for file in files], frame, white),
        description="Decoding pictures",
        total=len(files),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


def channels_of(root: Path, files: list[Found]) -> int:
    """1 where a sample of the pictures has no colour; otherwise 3."""
    return 3 if any(map(has_colour, sample(root, files))) else 1


def sample(root: Path, files: list[Found]) -> list[Path]:
    """Some of the files, spread over all."""
    return [root / file.name for file in files[:: max(1, len(files) // LOOKED_AT)]]


def has_colour(path: Path) -> bool:
    """Whether a file is a picture in colour."""
    try:
        red, green, blue = framed(open_picture(read_bytes(path)), Frame(3, 64, 64)).astype(int)
    except DataError:
        return False
    return bool((abs(red - green) > 8).any() or (abs(green - blue) > 8).any())


def write_index(path: Path, frame: Frame, white: White, parts: dict[str, Part]) -> None:
    """Write what is known besides the pixels."""
    named = {split: vars(part) for split, part in parts.items()}
    index = {"frame": list(frame), "white": list(white), "parts": named}
    path.write_text(json.dumps(index), encoding="ascii")


def read_index(folder: Path) -> tuple[Frame, White, dict[str, Part]]:
    """The frame, white and parts of a cache folder."""
    index = json.loads((folder / "index.json").read_text(encoding="ascii"))
    parts = {split: Part(**index["parts"][split]) for split in SPLITS}
    return Frame(*index["frame"]), White(*index["white"]), parts


def is_whole(folder: Path) -> bool:
    """Whether a cache folder is there with everything in it."""
    try:
        frame, _, parts = read_index(folder)
        expected = {split: HEADER + len(part.names) * int(np.prod(frame)) for split, part in parts.items()}
        return all((folder / f"{split}.npy").stat().st_size == size for split, size in expected.items())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def opened(folder: Path) -> Decoding:
    """A cache folder that is whole."""
    _, white, parts = read_index(folder)
    labels = sorted({label for part in parts.values() for label in part.labels} - {""})
    return Decoding({split: folder / f"{split}.npy" for split in SPLITS}, parts, tuple(labels), white)


def forget_others(home: Path, place: Path) -> None:
    """Remove what was kept for earlier states of the same folder, and what killed processes left behind."""
    for other in home.iterdir():
        if other != place and (UNFINISHED not in other.name or is_abandoned(other)):
            shutil.rmtree(other, ignore_errors=True)


def is_abandoned(folder: Path) -> bool:
    """Whether nothing was written into a folder for an hour."""
    try:
        return time.time() - max(path.stat().st_mtime for path in (folder, *folder.iterdir())) > 3600
    except OSError:
        return False


def rejections(part: Part) -> tuple[Rejection, ...]:
    """The refused files of a split."""
    return tuple(Rejection(name, reason) for name, reason in part.rejected)
