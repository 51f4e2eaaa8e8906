# `aekit traverse`: shows what each dimension does.
"""`aekit traverse`: shows what each dimension does."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import typer

from aekit.cli.arguments import ComputeDevice, Given, Out, RunPath, condition_for, one_item, open_model


def command(
    run: RunPath,
    item: Annotated[
        str | None,
        typer.Argument(
            help="A file, an item of one as in 'reel.mid, bar 9', or the number of a test item.",
            metavar="[ITEM]",
            show_default="the most central",
        ),
    ] = None,
    dimensions: Annotated[int, typer.Option(min=1, help="How many, those with the most KL first.")] = 16,
    steps: Annotated[int, typer.Option(min=2, help="Items in a row.")] = 9,
    reach: Annotated[
        float,
        typer.Option(min=0.01, help="How far each dimension moves either way, in spreads of the prior."),
    ] = 2.5,
    condition: Given = None,
    out: Out = None,
    device: ComputeDevice = "cpu",
) -> None:
    """Draw a row for each dimension, sorted by KL, with that dimension moved from low to high.

    Example: `aekit traverse runs/NAME 3 --dimensions 8`
    """
    from aekit import figures
    from aekit.cli.output import write_items
    from aekit.latent.reach import by_worth
    from aekit.reach import reach_of

    model = open_model(run, device)
    (arrays, _), lies = model.run.codes(), reach_of(model)
    found, offsets = by_worth(arrays["mean"], arrays["log_variance"], lies), np.linspace(-reach, reach, steps)
    chosen, kl = found.order[:dimensions].tolist(), found.kl[:dimensions].tolist()
    given, centre = condition_for(model, condition, []), figures.most_central(arrays["mean"])
    if item is not None:
        items, label = one_item(model, item)
        own = condition_for(model, condition, label)
        given = own[0] if isinstance(own, list) else own
        centre = model.encode(items, own).numpy()[0]
    given = figures.middle_condition(model) if given is None else given
    codes = figures.traversal_codes(centre, chosen, offsets, lies)
    made = np.asarray(model.decode(codes, given))
    write_items(
        model,
        made,
        codes,
        out,
        lambda: figures.traversal_sheet(model, made, chosen, kl, offsets),
        "traversal",
    )
