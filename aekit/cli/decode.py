# `aekit decode`: turns codes into items.
"""`aekit decode`: turns codes into items."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from aekit.cli.arguments import ComputeDevice, Given, Out, RunPath, Seed, condition_for, open_model
from aekit.errors import DataError


def command(
    run: RunPath,
    codes: Annotated[
        Path, typer.Argument(help="An .npz of `aekit encode` (`mean` or `codes`), or an .npy of (N, D).")
    ],
    temperature: Annotated[
        float, typer.Option(min=0, help="0 for the same item each time, above it drawn ones.")
    ] = 0.0,
    seed: Seed = 0,
    condition: Given = None,
    out: Out = None,
    device: ComputeDevice = "cpu",
) -> None:
    """Decode codes.

    Example: `aekit decode runs/NAME codes.npz --out items`
    """
    from aekit import figures
    from aekit.cli.output import write_items

    model = open_model(run, device)
    z, labels = read_codes(codes)
    items = np.asarray(model.decode(z, condition_for(model, condition, labels), temperature, seed))
    shown = items[:100]
    write_items(
        model,
        items,
        z,
        out,
        lambda: figures.sheet(figures.in_rows(figures.pictures(model, shown), 10)),
        "decoded",
    )


def read_codes(path: Path) -> tuple[NDArray[Any], list[int]]:
    """Codes from a file, and the classes beside them.

    Raises:
        DataError: the file holds none.
    """
    try:
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            return loaded, []
        name = next((key for key in ("mean", "codes", "z") if key in loaded), None)
        if name is None:
            raise DataError(f"{path} holds no codes: it has {', '.join(loaded)}; expected 'mean' or 'codes'.")
        return loaded[name], loaded["label"].tolist() if "label" in loaded else []
    except FileNotFoundError:
        raise DataError(f"There is no file {path}.") from None
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{path} is no .npz or .npy file of codes. Make one with: aekit encode RUN"
        ) from error
