# `aekit reconstruct`: encodes and decodes items.
"""`aekit reconstruct`: encodes and decodes items."""

from __future__ import annotations

from typing import Annotated

import typer

from aekit.cli.arguments import ComputeDevice, Given, Out, RunPath, chosen_items, condition_for, open_model


def command(
    run: RunPath,
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files, or numbers of test items.",
            metavar="[ITEM]...",
            show_default="the first 20 test items",
        ),
    ] = None,
    condition: Given = None,
    out: Out = None,
    device: ComputeDevice = "cpu",
) -> None:
    """Encode items and decode them again.

    Example: `aekit reconstruct runs/NAME 3 14 photo.jpg`
    """
    from aekit import figures
    from aekit.cli.output import write_items

    model = open_model(run, device)
    if not inputs:
        inputs = [str(number) for number in range(min(20, len(model.dataset("test"))))]
    items, _, labels = chosen_items(model, inputs)
    given = condition_for(model, condition, labels)
    codes = model.encode(items, given)
    made = model.reconstruct(items, given).numpy()
    write_items(
        model,
        made,
        codes.numpy(),
        out,
        lambda: figures.pairs_sheet(model, items.numpy(), made),
        "reconstructions",
    )
