# A person's own files: which are tried at all, and what their items are called on the map.
"""A person's own files: which are tried at all, and what their items are called on the map."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from aekit_gui.models.look import Place
from aekit_gui.work.protocol import Read

LARGEST = 256 * 2**20  # bytes of a file that is read


def refused(path: Path) -> str:
    """Why a file is not even tried, for a person; "" where it is."""
    try:
        if path.is_dir():
            return f"{path.name} is a folder. Drop the files that are in it."
        size = path.stat().st_size
    except OSError as error:
        return f"{path.name} can't be read: {error.strerror or error}. Choose another file."
    if not size:
        return f"{path.name} is empty. Choose a file that holds something."
    if size > LARGEST:
        had, most = (f"{number / 2**20:,.0f} MB" for number in (size, LARGEST))
        return f"{path.name} has {had}; files of up to {most} are read. Cut out the part that matters."
    return "" if path.is_file() else f"{path.name} is no file. Choose a file."


def item_name(read: Read, number: int) -> str:
    """What an item is called within its file: the file's own name is left out."""
    name = read.items[number].name.strip().removeprefix(read.path.name).removeprefix(read.path.stem)
    return name.strip(" ,:") or str(number + 1)


def place_of(read: Read, number: int) -> Place:
    """An item of a file as a place with its full name."""
    alone = len(read.items) == 1
    name = read.path.name if alone else f"{read.path.stem}, {item_name(read, number)}"
    return Place(tuple(float(value) for value in read.items[number].code), name, file=str(read.path))


def places_of(read: Read) -> tuple[Place, ...]:
    """All items of a file as places of the map: the first under the file's name, the others under their numbers."""
    return tuple(
        replace(place_of(read, number), name=str(number + 1) if number else read.path.name)
        for number in range(len(read.items))
    )
