# A person's own files: pictures, folders of them and .npz archives, read as a run needs them.
"""A person's own files: pictures, folders of them and .npz archives, read as a run needs them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from aekit import DataError, ReadResult, Rejection
from aekit_image.arrays import PICTURES, as_items, brought_to, named, read_npz
from aekit_image.decoding import BY_ITSELF, Frame, White, framed, open_picture, read_bytes
from aekit_image.folder import find_files


def read_files(path: Path, frame: Frame, digits: bool, white: White = BY_ITSELF) -> ReadResult:
    """Items from a picture, a folder of pictures, or an .npz file.

    Args:
        path: the file or folder.
        frame: shape of the run's pictures.
        digits: whether pictures are made MNIST-like (see `scans.py`), or cut to the middle and scaled.
        white: what is white in grey files of more than 8 bits.

    Raises:
        DataError: nothing in it can be used; says why.
    """
    if path.is_dir():
        return read_folder(path, frame, digits, white)
    if not path.exists():
        raise DataError(f"There is no file '{path}'.")
    if path.suffix.lower() == ".npz":
        return read_archive(path, frame)
    try:
        item, notes = read_picture(path, frame, digits, white)
    except DataError as error:
        raise DataError(f"'{path}' cannot be used: {error}.") from None
    return ReadResult(item[None], (path.name,), notes)


def read_picture(
    path: Path, frame: Frame, digits: bool, white: White = BY_ITSELF
) -> tuple[Tensor, tuple[str, ...]]:
    """One item (C, H, W), and what was done to it.

    Raises:
        DataError: why it cannot be used, without the file's name.
    """
    picture = open_picture(read_bytes(path), white=white)
    if digits:
        from aekit_image.scans import read_digit

        scan = read_digit(picture)
        return brought_to(torch.from_numpy(scan.pixels.copy())[None, None], *frame)[0], scan.notes
    pixels = torch.from_numpy(np.array(framed(picture, frame)))
    if picture.size == (frame.width, frame.height):
        return pixels, ()
    done = f"scaled from {picture.width} x {picture.height} to {frame.width} x {frame.height} pixels"
    cut = picture.width * frame.height != picture.height * frame.width
    return pixels, (("cut to the middle",) if cut else ()) + (done,)


def read_folder(root: Path, frame: Frame, digits: bool, white: White = BY_ITSELF) -> ReadResult:
    """All pictures of a folder.

    Raises:
        DataError: it holds none.
    """
    items, names, rejected = [], [], []
    notes: list[str] = []
    for file in find_files(root):
        try:
            item, done = read_picture(root / file.name, frame, digits, white)
        except DataError as error:
            rejected.append(Rejection(file.name, str(error)))
            continue
        items.append(item)
        names.append(file.name)
        notes.extend(f"{file.name}: {note}" for note in done)
    if not items:
        first = f" ({rejected[0].name}: {rejected[0].reason})" if rejected else ""
        raise DataError(f"The folder '{root}' holds no picture that can be used{first}.")
    return ReadResult(torch.stack(items), tuple(names), tuple(notes), tuple(rejected))


def read_archive(path: Path, frame: Frame) -> ReadResult:
    """The pictures of an .npz file, which should have the run's shape.

    Raises:
        DataError: it has none, or their shape is another.
    """
    arrays = read_npz(path)
    x = named(arrays, PICTURES)
    if x is None:
        raise DataError(
            f"'{path}' should hold an array 'x' of pictures (holds {', '.join(arrays) or 'nothing'})."
        )
    items = as_items(x, f"'{path}'")
    if tuple(items.shape[1:]) != tuple(frame):
        raise DataError(
            f"'{path}' holds pictures of {worded(items.shape[1:])}; this run has {worded(frame)}. Scale them first."
        )
    return ReadResult(items, tuple(f"{path.name}:{number}" for number in range(len(items))))


def worded(shape: tuple[int, ...]) -> str:
    """Channels, height and width in words."""
    channels, height, width = shape
    return f"{width} x {height} pixels in {'grey' if channels == 1 else 'colour'}"
