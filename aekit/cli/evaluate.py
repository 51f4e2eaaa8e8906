# `aekit evaluate`: measures a run on the test split.
"""`aekit evaluate`: measures a run on the test split."""

from __future__ import annotations

from typing import Annotated

import typer

from aekit.cli.arguments import AsJson, ComputeDevice, RunPath, Seed, emit, open_model, tell

NllSamples = Annotated[
    int, typer.Option(min=0, help="Importance samples K for each item; 0 leaves the NLL out.")
]
NllItems = Annotated[int, typer.Option(min=0, help="How many test items the NLL is measured on; 0 for all.")]
Limit = Annotated[
    int, typer.Option(min=0, help="How many test items everything else is measured on; 0 for all.")
]


def command(
    run: RunPath,
    nll_samples: NllSamples = 500,
    nll_items: NllItems = 1000,
    limit: Limit = 0,
    seed: Seed = 0,
    device: ComputeDevice = "cpu",
    as_json: AsJson = False,
) -> None:
    """Measure the bound, the likelihood, active units and the codes' use on the test split.

    The protocol stands in docs/evaluation.md; the figures are kept in the run's evaluation.json.

    Example: `aekit evaluate runs/NAME --json`
    """
    from aekit.evaluation.kept import Measuring, measured
    from aekit.evaluation.units import collapse

    model = open_model(run, device)
    values = measured(model, Measuring(nll_samples, nll_items, limit, seed), tell)
    figures = {name: value for name, value in values.items() if not isinstance(value, dict)}
    emit(values if as_json else {n: "not finite" if v is None else v for n, v in figures.items()}, as_json)
    if "active_units" in values and values["elbo"] is not None:
        options = type(model.objective).Options
        said = collapse(values["active_units"], model.latent_dim, options.model_fields)
        if said is not None:
            tell(said)
