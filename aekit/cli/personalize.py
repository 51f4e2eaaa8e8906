# `aekit personalize`: learns a person's own corner of a trained run's space.
"""`aekit personalize`: learns a person's own corner of a trained run's space."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aekit.cli.arguments import RunPath, Seed, tell


def command(
    run: RunPath,
    source: Annotated[
        str,
        typer.Argument(
            help="A folder of your own files, or any source of the run's plugin.", metavar="FOLDER"
        ),
    ],
    latent_dim: Annotated[int, typer.Option(min=1, help="Dimensions of the corner.")] = 4,
    max_time: Annotated[str, typer.Option(help="Train for this long.")] = "20s",
    epochs: Annotated[
        float | None, typer.Option(min=0, help="Train for so many epochs instead.", show_default=False)
    ] = None,
    beta: Annotated[float, typer.Option(min=0, help="Weight of the KL term.")] = 0.5,
    seed: Seed = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="The new run's folder; by default one under runs/.", show_default=False
        ),
    ] = None,
) -> None:
    """Learn a few dimensions that span your own items, on top of a trained run: a run like any other.

    Example: `aekit personalize runs/NAME my-files --out runs/mine`
    """
    from aekit.cli.train import draw_figures
    from aekit.training.personal import personalize

    timing = {"max_time": max_time} if epochs is None else {"epochs": epochs}
    made = personalize(run, source, out=out, latent_dim=latent_dim, beta=beta, seed=seed, **timing)
    draw_figures(made, quiet=True)
    tell(f"Next:  aekit sample {made.path}")
