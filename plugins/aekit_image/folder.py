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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aekit import DataError, Rejection
from aekit.places import cache_folder
from aekit_image.crew import decode_all
from aekit_image.decoding import Decoded, Frame, framed, open_picture, read_bytes

VERSION = 1
SPLITS = ("train", "test")
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
    """

    items: dict[str, Path]
    parts: dict[str, Part]
    label_names: tuple[str, ...]


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
    """Every file under `root` but hidden ones, sorted by name.

    Raises:
        DataError: a folder cannot be listed.
    """
    found, folders = [], [root]
    try:
        while folders:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(Path(entry.path))
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


def place(name: str, named_splits: bool) -> tuple[str | None, str]:
    """The split (None: by content) and the label ("" for none) of a file, from its name within the folder.

    Where the top level has both `train` and `test`, these are the splits, and what lies beside them is of none.
    The label is the first folder, below the split's.
    """
    folders = name.split("/")[:-1]
    split = folders.pop(0) if named_splits and folders and folders[0] in SPLITS else None
    return split, folders[0] if folders else ""


def has_named_splits(files: Sequence[Found]) -> bool:
    """Whether the top level has both `train` and `test`."""
    return set(SPLITS) <= {file.name.split("/")[0] for file in files if "/" in file.name}


def build(root: Path, files: list[Found], size: int, channels: int | None, place: Path) -> None:
    """Decode all files into the cache folder `place`.

    Raises:
        DataError: fewer than two of them are pictures.
        OSError: the cache cannot be written.
    """
    channels = channels or channels_of(root, files)
    frame = Frame(channels, size, size)
    with folder_aside(place) as aside:
        rows = {split: Rows(aside / f"{split}.npy", frame) for split in SPLITS}
        try:
            parts = fill(root, files, frame, rows)
        finally:
            for writer in rows.values():
                writer.close()
        write_index(aside / "index.json", frame, parts)


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


def fill(root: Path, files: list[Found], frame: Frame, rows: dict[str, Rows]) -> dict[str, Part]:
    """Decode the files into the rows of their splits.

    Raises:
        DataError: fewer than two of them are pictures.
    """
    parts = {split: Part() for split in SPLITS}
    named = has_named_splits(files)
    held_back: list[tuple[str, str, Decoded]] = []
    for file, decoded in zip(files, watched(root, files, frame), strict=True):
        split, label = place(file.name, named)
        if named and split is None:
            decoded = Decoded(None, "in neither of the folders train and test", 0)
        if decoded.pixels is None:
            parts[split or "train"].rejected.append((file.name, decoded.reason))
        elif not named and not held_back:
            held_back.append((file.name, label, decoded))
        else:
            add(rows, parts, split or split_of(decoded.content), (file.name, label, decoded))
    for picture in held_back:  # the first picture goes wherever a split would stay empty
        empty = [split for split in SPLITS if not parts[split].names]
        add(rows, parts, empty[0] if empty else split_of(picture[2].content), picture)
    check_counts(root, len(files), parts)
    return parts


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


def check_counts(root: Path, files: int, parts: dict[str, Part]) -> None:
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
            raise DataError(f"The folder '{root}/{split}' holds no pictures{first}.")


def watched(root: Path, files: list[Found], frame: Frame) -> Iterator[Decoded]:
    """What became of each file, with a progress bar on standard error where that is a terminal."""
    from rich.console import Console
    from rich.progress import track

    yield from track(
        decode_all([root / file.name for file in files], frame),
        description="Decoding pictures",
        total=len(files),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


def channels_of(root: Path, files: list[Found]) -> int:
    """1 where a sample of the pictures, spread over the files, has no colour; otherwise 3."""
    stride = max(1, len(files) // LOOKED_AT)
    pictures = islice(files, 0, None, stride)
    return 3 if any(has_colour(root / file.name) for file in pictures) else 1


def has_colour(path: Path) -> bool:
    """Whether a file is a picture in colour."""
    try:
        red, green, blue = framed(open_picture(read_bytes(path)), Frame(3, 64, 64)).astype(int)
    except DataError:
        return False
    return bool((abs(red - green) > 8).any() or (abs(green - blue) > 8).any())


def write_index(path: Path, frame: Frame, parts: dict[str, Part]) -> None:
    """Write what is known besides the pixels."""
    index = {"frame": list(frame), "parts": {split: vars(part) for split, part in parts.items()}}
    path.write_text(json.dumps(index), encoding="ascii")


def read_index(folder: Path) -> tuple[Frame, dict[str, Part]]:
    """The frame and parts of a cache folder."""
    index = json.loads((folder / "index.json").read_text(encoding="ascii"))
    return Frame(*index["frame"]), {split: Part(**index["parts"][split]) for split in SPLITS}


def is_whole(folder: Path) -> bool:
    """Whether a cache folder is there with everything in it."""
    try:
        frame, parts = read_index(folder)
        expected = {split: HEADER + len(part.names) * int(np.prod(frame)) for split, part in parts.items()}
        return all((folder / f"{split}.npy").stat().st_size == size for split, size in expected.items())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def opened(folder: Path) -> Decoding:
    """A cache folder that is whole."""
    _, parts = read_index(folder)
    labels = sorted({label for part in parts.values() for label in part.labels} - {""})
    return Decoding({split: folder / f"{split}.npy" for split in SPLITS}, parts, tuple(labels))


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
