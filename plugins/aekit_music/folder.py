# Folders of MIDI files: which there are, and the caches of what was read from them.
"""Folders of MIDI files: which there are, and the caches of what was read from them.

Two caches lie in one place for each folder: `pieces-*.npz` has the pieces as read, so that other options (bars,
encoding, ...) need no MIDI file again and a changed folder only those that changed; `windows-*` has what one set of
options made of them, so that a later start only lists the files. Both are built under another name and renamed once
they are whole, and named by a digest of all that their content depends on. What could not be read this time, though
nothing is wrong with the file, is not kept; windows without it are, for the other processes of one training, and for
UNSETTLED seconds.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from aekit import DataError
from aekit.places import cache_folder
from aekit_music.arrays import read_npz
from aekit_music.collection import Candidate, Collection, collect, load, save
from aekit_music.crew import Reading, read_all
from aekit_music.packing import count, unpack
from aekit_music.piece import Passing
from aekit_music.settings import MusicOptions
from aekit_music.windows import size_of

VERSION = 2  # of what reading and cutting make of the same file
SUFFIXES = (".mid", ".midi", ".kar")
THAT_MATTER = {
    "encoding",
    "bars",
    "metre",
    "steps_per_beat",
    "stride",
    "least_notes",
    "common_key",
    "track",
    "timing",
}
UNFINISHED = ".unfinished-"
KEPT = 4  # sets of windows
UNSETTLED = 30  # seconds
ABANDONED = 3600  # seconds


class Found(NamedTuple):
    """One file of a folder: its path within, with `/`; bytes; time of change in nanoseconds."""

    name: str
    size: int
    changed: int


def folder_collection(root: Path, options: MusicOptions) -> Collection:
    """The windows of all MIDI files under `root`: from the cache, or made into it.

    Raises:
        DataError: no such folder, no MIDI files in it, or no place for the cache.
        UsageError: the options contradict each other.
    """
    size_of(options)
    files = find_files(root)
    home = cache_folder() / "music" / digest(str(root.resolve()))
    state = digest([VERSION, files])
    place = home / f"windows-{state}-{digest(options.model_dump(include=THAT_MATTER, mode='json'))}"
    unsettled = place.with_name(f"{place.name}-unsettled")
    if time.time() - changed(unsettled) > UNSETTLED:
        remove(unsettled)
    kept = load(place) or load(unsettled)
    if kept is not None:
        return kept
    try:
        home.mkdir(parents=True, exist_ok=True)
        readings = read_folder(root, files, options.timing, home)
        collection = collect(candidates(files, readings), options)
        keep(collection, unsettled if any(map(is_passing, readings)) else place)
        forget_others(home, state)
    except OSError as error:
        raise DataError(
            f"Cannot write the cache '{home}' ({error.strerror or error}); free some space, or name another "
            "place in the environment variable XDG_CACHE_HOME."
        ) from None
    return collection


def digest(value: Any) -> str:
    """A name made from anything that JSON can hold."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def find_files(root: Path) -> list[Found]:
    """Every MIDI file under `root` but hidden ones, sorted by name.

    Raises:
        DataError: no such folder, it cannot be listed, or there are none.
    """
    if not root.is_dir():
        raise DataError(f"There is no folder '{root}'.")
    found, folders = [], [root]
    try:
        while folders:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(Path(entry.path))
                    elif entry.name.lower().endswith(SUFFIXES) and entry.is_file():
                        status = entry.stat()
                        name = Path(entry.path).relative_to(root).as_posix()
                        found.append(Found(name, status.st_size, status.st_mtime_ns))
    except OSError as error:
        raise DataError(f"The folder '{root}' cannot be listed ({error}).") from None
    if not found:
        raise DataError(
            f"The folder '{root}' holds no MIDI files; their names should end in {', '.join(SUFFIXES)}."
        )
    return sorted(found)


def read_folder(root: Path, files: list[Found], timing: str, home: Path) -> list[Reading]:
    """What became of each file: as kept in the cache, or read now and kept there."""
    store = home / f"pieces-{digest([VERSION, timing])}.npz"
    known = load_readings(store)
    new = [file for file in files if file not in known]
    if new:
        known |= zip(new, watched(root, new, timing), strict=True)
        lasting = [file for file in files if not is_passing(known[file])]
        save_readings(store, lasting, [known[file] for file in lasting])
    return [known[file] for file in files]


def is_passing(reading: Reading) -> bool:
    """Whether a file could not be read for a reason that may not last."""
    return isinstance(reading, Passing)


def watched(root: Path, files: Sequence[Found], timing: str) -> Iterator[Reading]:
    """What became of each file, with a progress bar on standard error where that is a terminal."""
    from rich.console import Console
    from rich.progress import track

    yield from track(
        read_all([root / file.name for file in files], timing),
        description="Reading MIDI files",
        total=len(files),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


def candidates(files: Sequence[Found], readings: Sequence[Reading]) -> Iterator[Candidate]:
    """The files as pieces; the first folder of each is its label."""
    for file, reading in zip(files, readings, strict=True):
        label = file.name.split("/")[0] if "/" in file.name else ""
        yield Candidate(file.name, label, reading if isinstance(reading, str) else unpack(*reading))


def save_readings(store: Path, files: Sequence[Found], readings: Sequence[Reading]) -> None:
    """Write what became of each file: times as float64, pitches and velocities as bytes, and all else as JSON."""
    heads = [reading if isinstance(reading, str) else reading[0] for reading in readings]
    notes = np.concatenate([np.empty((0, 4)), *(one[1] for one in readings if not isinstance(one, str))])
    aside = store.with_name(f"{store.stem}{UNFINISHED}{os.getpid()}.npz")
    try:
        np.savez(
            aside,
            times=notes[:, :2],
            keys=notes[:, 2:].astype(np.uint8),
            texts=np.frombuffer(json.dumps({"files": files, "heads": heads}).encode(), np.uint8),
        )
        aside.replace(store)
    finally:
        aside.unlink(missing_ok=True)


def load_readings(store: Path) -> dict[Found, Reading]:
    """What `save_readings` wrote, by file; empty where it is not there or not whole."""
    try:
        arrays = read_npz(store)
        texts = json.loads(arrays["texts"].tobytes())
        notes = np.concatenate([arrays["times"], arrays["keys"]], axis=1)
    except (DataError, ValueError, KeyError):
        return {}
    readings: dict[Found, Reading] = {}
    start = 0
    for file, head in zip(texts["files"], texts["heads"], strict=True):
        behind = start if isinstance(head, str) else start + count(head)
        readings[Found(*file)] = head if isinstance(head, str) else (head, notes[start:behind])
        start = behind
    return readings


def keep(collection: Collection, place: Path) -> None:
    """Write the collection into the folder `place`, which is whole or not there; another process's stays."""
    aside = place.with_name(f"{place.name}{UNFINISHED}{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        save(collection, aside)
        if load(place) is None:
            shutil.rmtree(place, ignore_errors=True)
            aside.rename(place)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def forget_others(home: Path, state: str) -> None:
    """Remove windows of earlier states of the folder, all but the latest sets, and what killed processes left."""
    now = time.time()
    sets = []
    for path in home.iterdir():
        age = now - changed(path)
        if UNFINISHED in path.name:
            if age > ABANDONED:
                remove(path)
        elif path.is_dir() and path.name.startswith(f"windows-{state}-"):
            sets.append((age, path))
        elif path.is_dir():
            remove(path)
    for _, path in sorted(sets)[KEPT:]:
        remove(path)


def changed(path: Path) -> float:
    """When something was last written there; now, where it has gone."""
    try:
        return path.stat().st_mtime
    except OSError:
        return time.time()


def remove(path: Path) -> None:
    """Remove a file or a folder, where it can be."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
