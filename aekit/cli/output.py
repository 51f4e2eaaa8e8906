# Writes items where the person wants them: one sheet, arrays, or a folder with a file for each.
"""Writes items where the person wants them: one sheet, arrays, or a folder with a file for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aekit.cli.arguments import written
from aekit.errors import UsageError
from aekit.files import cannot_write, write_whole
from aekit.views import Pixels, png

if TYPE_CHECKING:
    from aekit.autoencoder import Autoencoder


def write_items(
    model: Autoencoder,
    items: NDArray[Any],
    codes: NDArray[Any] | None,
    out: Path | None,
    draw: Callable[[], Pixels],
    name: str,
    names: Sequence[str] = (),
) -> None:
    """Write items as the ending of `out` says.

    Args:
        items: (N, ...) as stored.
        codes: (N, D), kept beside the items in an .npz.
        out: a .png for a sheet, an .npz for arrays, else a folder; None for a sheet among the run's figures.
        draw: makes the sheet.
        name: what the items are called ("samples").
        names: one for each item, for the folder's files.
    """
    path = out if out is not None else model.run.figures / f"{name}.png"
    if path.suffix == ".png":
        write_whole(path, png(draw()))
    elif path.suffix == ".npz":
        write_npz(path, {"items": items, **({"codes": codes} if codes is not None else {})})
    elif path.suffix:
        raise UsageError(f"--out takes a .png, an .npz or a folder's name (received '{path.name}').")
    else:
        write_folder(model, items, path, name, names)
    written(path)


def write_npz(path: Path, arrays: dict[str, Any]) -> None:
    """Write named arrays as an .npz file."""
    import io

    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    write_whole(path, buffer.getvalue())


def write_folder(
    model: Autoencoder, items: NDArray[Any], folder: Path, name: str, names: Sequence[str]
) -> None:
    """Write each item as a file in the first format that its view offers."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, item in enumerate(items):
            view = model.view(item)
            stem = names[number] if names else f"{name}-{number:03}"
            view.save(folder / f"{stem}.{view.formats[0]}")
    except OSError as error:
        raise cannot_write(folder, error) from error
