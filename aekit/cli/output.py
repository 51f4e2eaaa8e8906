# Writes items where the person wants them: one sheet, one piece, arrays, or a folder with files for each.
"""Writes items where the person wants them: one sheet, one piece, arrays, or a folder with files for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aekit.cli.arguments import written
from aekit.errors import UsageError
from aekit.files import cannot_write, write_whole
from aekit.views import Pixels, View, png

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
        out: a .png for a sheet, an .npz for arrays, a format in which the items' views can be joined for one
            continuous piece, else a folder; None for a sheet among the run's figures.
        draw: makes the sheet.
        name: what the items are called ("samples").
        names: one for each item, for the folder's files.
    """
    path = out if out is not None else model.run.figures / f"{name}.png"
    ending = path.suffix.lower()
    if ending == ".png":
        write_whole(path, png(draw()))
    elif ending == ".npz":
        write_npz(path, {"items": items, **({"codes": codes} if codes is not None else {})})
    elif ending:
        write_piece(model, items, path)
    else:
        write_folder(model, items, path, name, names)
    written(path)


def write_npz(path: Path, arrays: dict[str, Any]) -> None:
    """Write named arrays as an .npz file."""
    import io

    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    write_whole(path, buffer.getvalue())


def write_piece(model: Autoencoder, items: NDArray[Any], path: Path) -> None:
    """Write all items, one after another, as one continuous piece.

    Raises:
        UsageError: the items' views cannot be joined in this format.
    """
    views: list[View] = [model.view(item) for item in items]
    kind, ending = type(views[0]), path.suffix.lower().lstrip(".")
    if ending not in kind.joined_formats:
        joined = "".join(f"a .{format}, " for format in kind.joined_formats)
        raise UsageError(
            f"--out takes a .png, {joined}an .npz or a folder's name for this run (received '{path.name}')."
        )
    write_whole(path, kind.joined(views).encoded(ending))


def write_folder(
    model: Autoencoder, items: NDArray[Any], folder: Path, name: str, names: Sequence[str]
) -> None:
    """Write each item as files in the formats that its view has for folders."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, item in enumerate(items):
            view = model.view(item)
            stem = names[number] if names else f"{name}-{number:03}"
            for ending in view.folder_formats:
                view.save(folder / f"{stem}.{ending}")
    except OSError as error:
        raise cannot_write(folder, error) from error
