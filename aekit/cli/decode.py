# `aekit decode`: turns codes into items.
"""`aekit decode`: turns codes into items."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from aekit.cli.arguments import ComputeDevice, Given, Out, RunPath, Seed, TopP, condition_for, open_model
from aekit.errors import DataError, UsageError


def command(
    run: RunPath,
    codes: Annotated[
        Path, typer.Argument(help="An .npz of `aekit encode` (`mean` or `codes`), or an .npy of (N, D).")
    ],
    temperature: Annotated[
        float, typer.Option(min=0, help="0 for the same item each time, above it drawn ones.")
    ] = 0.0,
    top_p: TopP = 1.0,
    attribute: Annotated[
        list[str] | None,
        typer.Option(help="Move the codes first: NAME=+1.5, in standard deviations; again for more."),
    ] = None,
    seed: Seed = 0,
    condition: Given = None,
    out: Out = None,
    device: ComputeDevice = "cpu",
) -> None:
    """Decode codes.

    Example: `aekit decode runs/NAME codes.npz --out items`

    `aekit attributes runs/NAME` lists what `--attribute` takes.
    """
    from aekit import figures
    from aekit.cli.output import write_items

    model = open_model(run, device)
    z, labels = read_codes(codes)
    if attribute:
        from aekit.steering import kept_or_learnt

        wanted = amounts(attribute)
        z = kept_or_learnt(model).moved(model.checked_codes(z).numpy(), wanted)
    items = np.asarray(model.decode(z, condition_for(model, condition, labels), temperature, seed, top_p))
    shown = items[:100]
    write_items(
        model,
        items,
        z,
        out,
        lambda: figures.sheet(figures.in_rows(figures.pictures(model, shown), 10)),
        "decoded",
    )


def amounts(given: list[str]) -> dict[str, float]:
    """`NAME=+1.5` as names and amounts.

    Raises:
        UsageError: one of them is not of that form.
    """
    wanted: dict[str, float] = {}
    for text in given:
        name, _, amount = text.partition("=")
        try:
            wanted[name.strip()] = float(amount)
        except ValueError:
            raise UsageError(
                f"--attribute takes NAME=AMOUNT, as in density=+1.5 (received '{text}')."
            ) from None
    return wanted


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
