# `aekit encode`: turns items into codes.
"""`aekit encode`: turns items into codes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import torch
import typer

from aekit.cli.arguments import (
    ComputeDevice,
    Given,
    RunPath,
    chosen_items,
    condition_for,
    open_model,
    written,
)
from aekit.errors import UsageError


def command(
    run: RunPath,
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files ('reel.mid, bar 9' for one item of a file), or numbers of items.",
            metavar="[ITEM]...",
            show_default="the whole split",
        ),
    ] = None,
    split: Annotated[Literal["train", "test"], typer.Option(help="Which split the numbers mean.")] = "test",
    condition: Given = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="An .npz file.")] = Path("codes.npz"),
    device: ComputeDevice = "cpu",
) -> None:
    """Write the codes of items: `mean` and `log_variance` (N, D), and `name`.

    Of data with classes also `label`, the index of each item's class in `label_names`, -1 where it is not known.

    A run that restores (denoising, super-resolution) sees items of its data degraded, and files as they are.

    Example: `aekit encode runs/NAME --out codes.npz`
    """
    from aekit.cli.output import write_npz

    if out.suffix != ".npz":
        raise UsageError(f"--out takes an .npz file (received '{out.name}').")
    model = open_model(run, device)
    if inputs:
        items, names, labels = chosen_items(model, inputs, split)
    else:
        dataset = model.dataset(split)
        items = model.degrade(dataset.items[torch.arange(len(dataset))])
        names = [dataset.name(number) for number in range(len(dataset))]
        labels = dataset.labels.tolist() if dataset.labels is not None else [-1] * len(dataset)
    posterior = model.posterior(items, condition_for(model, condition, labels), names)
    arrays = {"mean": posterior.mean.numpy(), "log_variance": posterior.log_variance.numpy()}
    if max(labels) >= 0:
        arrays |= {"label": np.asarray(labels), "label_names": np.asarray(model.run.record.label_names, str)}
    write_npz(out, {**arrays, "name": np.asarray(names, str)})
    written(out)
