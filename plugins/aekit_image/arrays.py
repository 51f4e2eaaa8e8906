# Arrays of pictures: .npz files, and arrays of any picture layout to items as stored.
"""Arrays of pictures: .npz files, and arrays of any picture layout to items as stored."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aekit import DataError
from aekit_image.folder import split_of

PICTURES = ("x", "images", "x_train", "arr_0")
LABELS = ("y", "labels", "y_train", "arr_1")
AT_A_TIME = 1000


@dataclass(frozen=True)
class Archive:
    """What an .npz file holds for one split: items (N, C, H, W) uint8, labels (N,) or None, and their names."""

    items: Tensor
    labels: Tensor | None
    label_names: tuple[str, ...]


def load_npz(path: Path, split: str) -> Archive:
    """One split of an .npz file: `x` and maybe `y`, with `x_test` and `y_test` or a tenth by content for testing.

    Raises:
        DataError: no such file, damaged, or not what is expected.
    """
    arrays = read_npz(path)
    x, y = named(arrays, PICTURES), named(arrays, LABELS)
    if x is None:
        raise DataError(
            f"'{path}' should hold an array 'x' of pictures (holds {', '.join(arrays) or 'nothing'})."
        )
    label_names, y, y_test = coded(y, arrays.get("y_test"))
    if "x_test" in arrays:
        chosen = (x, y) if split == "train" else (arrays["x_test"], y_test)
        return archive(*chosen, label_names, path)
    whole = archive(x, y, label_names, path)
    rows = rows_of(whole.items, split, path)
    return Archive(whole.items[rows], None if whole.labels is None else whole.labels[rows], label_names)


def read_npz(path: Path) -> dict[str, NDArray[Any]]:
    """Every array of an .npz file; nothing in it is executed.

    Raises:
        DataError: no such file, or damaged.
    """
    if not path.is_file():
        raise DataError(f"There is no file '{path}'.")
    if not zipfile.is_zipfile(path):
        raise DataError(f"'{path}' is no .npz file, or cut short; numpy.savez(path, x=pictures) makes one.")
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except Exception as error:  # a damaged archive may raise almost anything
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
        raise DataError(f"'{path}' is damaged or no .npz file of plain numbers ({reason}).") from None


def named(arrays: dict[str, NDArray[Any]], names: tuple[str, ...]) -> NDArray[Any] | None:
    """The first array among `names`, or None."""
    return next((arrays[name] for name in names if name in arrays), None)


def coded(
    y: NDArray[Any] | None, y_test: NDArray[Any] | None
) -> tuple[tuple[str, ...], NDArray[Any] | None, NDArray[Any] | None]:
    """The names of all labels, sorted, and both arrays of labels as indices into them.

    Raises:
        DataError: labels that are no row of whole numbers or words.
    """
    given = [labels for labels in (y, y_test) if labels is not None]
    for labels in given:
        if labels.ndim != 1 or labels.dtype.kind not in "biuUS":
            raise DataError(f"Labels should be (N,) whole numbers or words (received {described(labels)}).")
    if not given:
        return (), None, None
    values = np.unique(np.concatenate(given))
    indices = [None if labels is None else np.searchsorted(values, labels) for labels in (y, y_test)]
    return tuple(str(value) for value in values), indices[0], indices[1]


def archive(x: NDArray[Any], y: NDArray[Any] | None, label_names: tuple[str, ...], path: Path) -> Archive:
    """Checked pictures with their labels.

    Raises:
        DataError: they are not pictures, or not as many as labels.
    """
    items = as_items(x, f"'{path}'")
    if y is not None and len(y) != len(items):
        raise DataError(f"'{path}' holds {len(items)} pictures and {len(y)} labels; there should be as many.")
    return Archive(items, None if y is None else torch.from_numpy(y).long(), label_names)


def rows_of(items: Tensor, split: str, path: Path) -> Tensor:
    """The rows of a split where the file names none: a tenth by content is for testing.

    Raises:
        DataError: fewer than two pictures.
    """
    if len(items) < 2:
        raise DataError(f"'{path}' holds {len(items)} picture; at least two are needed.")
    splits = [split_of(zlib.crc32(item.tobytes())) for item in items.numpy()]
    if len(set(splits)) == 1:
        splits[0] = "test" if splits[0] == "train" else "train"
    return torch.tensor([row for row, of in enumerate(splits) if of == split])


def as_items(array: NDArray[Any], owner: str) -> Tensor:
    """(N, H, W), (N, H, W, C) or (N, C, H, W) of bytes, booleans or reals in [0, 1], as (N, C, H, W) uint8.

    Raises:
        DataError: any other shape, type or range.
    """
    expected = f"{owner} should be (N, H, W), (N, H, W, C) or (N, C, H, W) with C = 1 or 3"
    if array.ndim not in (3, 4) or 0 in array.shape:
        raise DataError(f"{expected} (received {described(array)}).")
    if array.ndim == 3:
        array = array[:, None]
    elif array.shape[3] in (1, 3):
        array = array.transpose(0, 3, 1, 2)
    elif array.shape[1] not in (1, 3):
        raise DataError(f"{expected} (received {described(array)}).")
    return torch.from_numpy(np.ascontiguousarray(as_bytes(array, owner)))


def as_bytes(array: NDArray[Any], owner: str) -> NDArray[np.uint8]:
    """Levels of 0 to 255 from bytes, booleans or reals in [0, 1].

    Raises:
        DataError: any other type or range.
    """
    if array.dtype == np.uint8:
        return array
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype.kind != "f":
        raise DataError(f"{owner} should be uint8, or reals in [0, 1] (received {described(array)}).")
    if not np.isfinite(array).all() or array.min() < 0 or array.max() > 1:
        span = f"{array.min():.4g} to {array.max():.4g}"
        raise DataError(
            f"{owner}: real numbers should lie in [0, 1] (received {span}); divide them, or use uint8."
        )
    return np.asarray(np.rint(array * 255), np.uint8)


def described(array: NDArray[Any]) -> str:
    """Type and shape in words."""
    return f"{array.dtype} of shape {tuple(array.shape)}"


def brought_to(items: Tensor, channels: int, height: int, width: int) -> Tensor:
    """Stored pictures (N, C, H, W) to other channels and another size, the middle cut to its proportions."""
    if items.shape[1:] == (channels, height, width):
        return items
    starts = range(0, len(items), AT_A_TIME)
    return torch.cat([reshaped(items[at : at + AT_A_TIME], channels, height, width) for at in starts])


def reshaped(items: Tensor, channels: int, height: int, width: int) -> Tensor:
    """`brought_to` for few pictures."""
    if channels == 1 and items.shape[1] == 3:
        grey = (items * torch.tensor([0.299, 0.587, 0.114]).view(3, 1, 1)).sum(1, keepdim=True)
        items = grey.round().to(torch.uint8)
    if (height, width) != tuple(items.shape[2:]):
        items = middle(items, height / width)
        items = torch.nn.functional.interpolate(items, (height, width), mode="bilinear", antialias=True)
    return items.expand(-1, channels, -1, -1).contiguous()


def middle(x: Tensor, proportion: float) -> Tensor:
    """The largest middle part of (N, C, H, W) whose height over width is `proportion`."""
    height = min(x.shape[2], max(1, round(x.shape[3] * proportion)))
    width = min(x.shape[3], max(1, round(x.shape[2] / proportion)))
    top, left = (x.shape[2] - height) // 2, (x.shape[3] - width) // 2
    return x[:, :, top : top + height, left : left + width]
