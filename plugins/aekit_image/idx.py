# IDX: the file format of the MNIST family (LeCun, Cortes, Burges), plain or gzipped.
"""IDX: the file format of the MNIST family (LeCun, Cortes, Burges), plain or gzipped."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aekit import DataError

UNSIGNED_BYTES = 0x08
MOST_BYTES = 2**30


def read_idx(path: Path) -> NDArray[np.uint8]:
    """The array of unsigned bytes in one IDX file, of whatever shape the file states.

    Raises:
        DataError: the file is missing, cut short, too long or no IDX file of bytes.
    """
    data = plain_bytes(path)
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] != UNSIGNED_BYTES or not 1 <= data[3] <= 4:
        raise DataError(f"'{path}' is no IDX file of unsigned bytes; fetch it again.")
    start = 4 + 4 * data[3]
    if len(data) < start:
        raise DataError(f"'{path}' is cut short within its header; fetch it again.")
    shape = struct.unpack(f">{data[3]}I", data[4:start])
    if len(data) - start != math.prod(shape):
        raise DataError(
            f"'{path}' should hold {math.prod(shape)} bytes (holds {len(data) - start}); fetch it again."
        )
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape).copy()


def plain_bytes(path: Path) -> bytes:
    """The bytes of a file, unpacked where its name ends in `.gz`.

    Raises:
        DataError: the file cannot be read, or its compression is damaged.
    """
    try:
        if path.suffix != ".gz":
            return path.read_bytes()
        with gzip.open(path) as file:
            return file.read(MOST_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"'{path}' cannot be read ({error}); fetch it again.") from None
