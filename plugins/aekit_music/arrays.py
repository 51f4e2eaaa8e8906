# Arrays of windows: .npz files of what the encoding makes.
"""Arrays of windows: .npz files of what the encoding makes."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit import DataError
from aekit_music.encodings import ENCODINGS, Encoding, Steps
from aekit_music.grouping import hashes, mixed
from aekit_music.piece import NO_STEP_NOTES
from aekit_music.settings import MusicOptions
from aekit_music.windows import size_of

TEST_IN = 10


def load_npz(path: Path, options: MusicOptions) -> dict[str, Steps]:
    """The windows "train" and "test" of an .npz file: its `x` and `x_test`, or a tenth of `x` by content for testing.

    Windows that differ by a transposition alone fall on one side.

    Raises:
        DataError: no such file, damaged, or not windows of the encoding and length that the options ask for.
        UsageError: the options contradict each other.
    """
    arrays = read_npz(path)
    if "x" not in arrays:
        raise DataError(
            f"'{path}' should hold an array 'x' of windows (holds {', '.join(arrays) or 'nothing'})."
        )
    checked = {
        name: as_windows(arrays[name], options, f"'{name}' in '{path}'")
        for name in ("x", "x_test")
        if name in arrays
    }
    if "x_test" in checked:
        return {"train": checked["x"], "test": checked["x_test"]}
    x = checked["x"]
    test = is_for_testing(x, ENCODINGS[options.encoding])
    if test.all() or not test.any():
        raise DataError(
            f"'{path}' holds {len(x)} windows, too few different ones to keep some for testing; add an array 'x_test'."
        )
    return {"train": x[~test], "test": x[test]}


def is_for_testing(windows: Steps, encoding: Encoding) -> NDArray[np.bool_]:
    """Which of windows (N, T, ...) are for testing: one in TEST_IN by content, and one kind of them at least."""
    codes = mixed(hashes(encoding.untransposed(windows)))
    test = codes % np.uint64(TEST_IN) == 0
    return np.asarray(test if test.any() else codes == codes.min())


def read_npz(path: Path) -> dict[str, NDArray[Any]]:
    """Every array of an .npz file; nothing in it is executed.

    Raises:
        DataError: no such file, or damaged.
    """
    if not path.is_file():
        raise DataError(f"There is no file '{path}'.")
    try:
        with path.open("rb") as file, np.load(file) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (
        zipfile.BadZipFile,
        OSError,
        ValueError,
        AttributeError,
        EOFError,
        KeyError,
        MemoryError,
        NotImplementedError,
    ) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
        raise DataError(f"'{path}' is damaged or no .npz file of plain numbers ({reason}).") from None


def as_windows(array: NDArray[Any], options: MusicOptions, owner: str) -> Steps:
    """Windows (N, T, ...) as stored.

    Raises:
        DataError: another shape, numbers that are not whole, or out of the encoding's range.
    """
    encoding, steps = ENCODINGS[options.encoding], size_of(options).steps
    shape = (steps, *encoding.encode(NO_STEP_NOTES, 1).shape[1:])
    if array.shape[1:] != shape or not len(array) or array.dtype.kind not in "biu":
        raise DataError(
            f"{owner} should be whole numbers of shape (N, {', '.join(map(str, shape))}), windows of "
            f"{options.bars} bars in {options.metre} as --encoding {encoding.name} makes them "
            f"(received {array.dtype} of shape {array.shape})."
        )
    numbers = array.astype(np.int64)
    most = np.array(encoding.classes or (2,)) - 1
    if numbers.min() < 0 or (numbers > (most if len(most) > 1 else most[0])).any():
        raise DataError(
            f"{owner} should have numbers from 0 to {', '.join(map(str, most))} (received {numbers.min()} to "
            f"{numbers.max()})."
        )
    return numbers.astype(encoding.dtype)
