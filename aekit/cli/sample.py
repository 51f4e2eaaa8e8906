# `aekit sample`: draws new items.
"""`aekit sample`: draws new items."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import typer

from aekit.cli.arguments import (
    ComputeDevice,
    Given,
    Out,
    RunPath,
    Seed,
    TopP,
    condition_for,
    open_model,
    tell,
)


def command(
    run: RunPath,
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=1_000_000, help="How many.")] = 40,
    temperature: Annotated[float, typer.Option(min=0, help="Spread of the codes over the prior's.")] = 1.0,
    decoder_temperature: Annotated[
        float, typer.Option(min=0, help="0 decodes a code to the same item each time, above it draws one.")
    ] = 0.0,
    top_p: TopP = 1.0,
    seed: Seed = 0,
    condition: Given = None,
    sampler: Annotated[
        str,
        typer.Option(
            help="What codes are drawn from: prior, or a density fitted to the run's codes: gmm (Gaussian mixture), "
            "kde (kernel density) or flow (normalising flow)."
        ),
    ] = "prior",
    components: Annotated[
        int | None, typer.Option(min=1, help="Gaussians of the gmm.", show_default=False)
    ] = None,
    out: Out = None,
    device: ComputeDevice = "cpu",
) -> None:
    """Draw new items from the prior, or from a density fitted to the run's codes.

    A sampler is fitted once and kept in the run's folder `samplers`.

    A conditional run without `--condition` shows the same codes under each class.

    Example: `aekit sample runs/NAME --count 64 --out samples.png`
    """
    from aekit import figures
    from aekit.cli.output import write_items

    model = open_model(run, device)
    given = condition_for(model, condition, [])
    source = model.sampler(sampler, components, tell)
    codes = model.sample_codes(count, temperature=temperature, seed=seed, sampler=source)
    items, kept = [], []
    for value in (
        [given] if given is not None or model.condition is None else figures.condition_rows(model)[0]
    ):
        items.append(np.asarray(model.decode(codes, value, decoder_temperature, seed, top_p)))
        kept.append(codes)
    write_items(
        model,
        np.concatenate(items),
        np.concatenate(kept),
        out,
        lambda: figures.samples_sheet(
            model,
            min(count, figures.MOST_IN_A_SHEET),
            temperature,
            seed,
            given,
            (decoder_temperature, top_p),
            source,
        ),
        "samples",
    )
