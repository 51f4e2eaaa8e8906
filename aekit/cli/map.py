# `aekit map`: draws the latent space, as a scatter and, in two dimensions, decoded.
"""`aekit map`: draws the latent space, as a scatter and, in two dimensions, decoded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from aekit.cli.arguments import Given, RunPath, Seed, condition_for, open_model, written
from aekit.errors import UsageError


def command(
    run: RunPath,
    method: Annotated[
        Literal["pca", "umap"], typer.Option(help="How more than two dimensions become two.")
    ] = "pca",
    manifold: Annotated[
        bool, typer.Option("--manifold/--no-manifold", help="Decode a grid too, in two dimensions.")
    ] = True,
    side: Annotated[int, typer.Option(min=2, max=100, help="Items along a side of that grid.")] = 20,
    seed: Seed = 0,
    condition: Given = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="A .png; the decoded grid goes beside it.", show_default=False),
    ] = None,
) -> None:
    """Draw the codes of the training items; a 2-D space is decoded on a grid as well.

    Example: `aekit map runs/NAME --out map.png`
    """
    from aekit import figures
    from aekit.files import write_whole
    from aekit.runs import Run
    from aekit.views import png

    if out is not None and out.suffix != ".png":
        raise UsageError(f"--out takes a .png (received '{out.name}').")
    opened = Run(run)
    path = out if out is not None else opened.figures / "map.png"
    write_whole(path, figures.map_of(opened, method, seed))
    written(path)
    if opened.record.latent_dim == 2 and manifold:
        model = open_model(run)
        given = condition_for(model, condition, [])
        given = figures.middle_condition(model) if given is None else given
        decoded = path.with_name("manifold.png" if out is None else f"{path.stem}-manifold.png")
        write_whole(decoded, png(figures.manifold_sheet(model, side, given)))
        written(decoded)
