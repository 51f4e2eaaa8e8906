# `aekit reconstruct`: encodes and decodes items.
"""`aekit reconstruct`: encodes and decodes items."""

from __future__ import annotations

from itertools import groupby
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from aekit.cli.arguments import (
    ComputeDevice,
    Given,
    Out,
    RunPath,
    chosen_items,
    condition_for,
    is_number,
    open_model,
)


def command(
    run: RunPath,
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files ('reel.mid, bar 9' for one item of a file), or numbers of test items.",
            metavar="[ITEM]...",
            show_default="the first 20 test items",
        ),
    ] = None,
    condition: Given = None,
    out: Out = None,
    device: ComputeDevice = "cpu",
) -> None:
    """Encode items and decode them again.

    A run that restores (denoising, super-resolution) sees numbered items degraded, and files as they are.

    Example: `aekit reconstruct runs/NAME 3 14 photo.jpg`
    """
    from aekit import figures
    from aekit.cli.output import write_items

    model = open_model(run, device)
    restores = model.restores
    if not inputs:
        inputs = [str(number) for number in range(min(20, len(model.dataset("test"))))]
    blocks, codes, made, called = [], [], [], list[str]()
    for degrades, names in groupby(inputs, lambda name: restores and is_number(name)):
        items, found, labels = chosen_items(model, list(names), as_seen=False)
        seen = model.degrade(items) if degrades else items
        given = condition_for(model, condition, labels)
        called += found
        codes.append(model.encode(seen, given).numpy())
        made.append(model.reconstruct(seen, given).numpy())
        blocks.append(block(restores, items.numpy(), seen.numpy() if degrades else None, made[-1]))
    write_items(
        model,
        np.concatenate(made),
        np.concatenate(codes),
        out,
        lambda: figures.aligned_sheet(model, blocks, called),
        "reconstructions",
    )


def block(
    restores: bool, items: NDArray[Any], seen: NDArray[Any] | None, made: NDArray[Any]
) -> dict[str, NDArray[Any]]:
    """Items and what was made of them, as rows of a sheet."""
    if seen is not None:
        return {"original": items, "degraded": seen, "restored": made}
    return {"as given": items, "restored": made} if restores else {"item": items, "decoded": made}
