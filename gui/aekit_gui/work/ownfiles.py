# Which of a person's own files a plugin may be asked to read.
"""Which of a person's own files a plugin may be asked to read."""

from __future__ import annotations

from pathlib import Path

from aekit.errors import DataError

LARGEST_FILE = 200 * 2**20  # bytes


def usable_file(path: Path) -> Path:
    """A file that a plugin may be asked to read.

    Raises:
        DataError: it is a folder, is gone, or is too large.
    """
    if path.is_dir():
        raise DataError(
            f"{path.name} is a folder; one file at a time can be read. Drop a file that is in it."
        )
    if not path.is_file():
        raise DataError(f"There is no file {path}. Was it moved? Drop it again from where it is now.")
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise DataError(
            f"{path.name} has {size / 2**20:,.0f} MB; files of at most {LARGEST_FILE // 2**20} MB are read here. "
            "Drop a smaller one, or encode it with: aekit encode"
        )
    return path
