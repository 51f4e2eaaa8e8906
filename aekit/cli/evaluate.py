# `aekit evaluate`: measures a run on the test split.
"""`aekit evaluate`: measures a run on the test split."""

from __future__ import annotations

from typing import Annotated

import typer

from aekit.cli.arguments import AsJson, ComputeDevice, RunPath, Seed, emit, open_model
from aekit.files import write_json


def command(
    run: RunPath,
    nll_samples: Annotated[
        int, typer.Option(min=0, help="Importance samples K for each item; 0 leaves the NLL out.")
    ] = 500,
    nll_items: Annotated[
        int, typer.Option(min=0, help="How many test items the NLL is measured on; 0 for all.")
    ] = 1000,
    limit: Annotated[
        int, typer.Option(min=0, help="How many test items everything else is measured on; 0 for all.")
    ] = 0,
    seed: Seed = 0,
    device: ComputeDevice = "cpu",
    as_json: AsJson = False,
) -> None:
    """Measure the bound, the likelihood, active units and the codes' use on the test split.

    The protocol stands in docs/evaluation.md; the figures are kept in the run's evaluation.json.

    Example: `aekit evaluate runs/NAME --json`
    """
    from aekit.evaluation import evaluate

    model = open_model(run, device)
    train, test = model.dataset("train"), model.dataset("test")
    values = evaluate(
        model,
        train,
        test,
        nll_samples=nll_samples,
        nll_items=nll_items or len(test),
        seed=seed,
        limit=limit or None,
    )
    write_json(model.run.path / "evaluation.json", values)
    emit(values, as_json)
