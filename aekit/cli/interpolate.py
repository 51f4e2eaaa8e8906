# `aekit interpolate`: walks between items.
"""`aekit interpolate`: walks between items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from aekit.cli.arguments import (
    ComputeDevice,
    Given,
    Out,
    RunPath,
    Seed,
    condition_for,
    one_item,
    open_model,
)
from aekit.errors import UsageError

if TYPE_CHECKING:
    from aekit.autoencoder import Autoencoder
    from aekit.views import Pixels


def command(
    run: RunPath,
    waypoints: Annotated[
        list[str],
        typer.Argument(
            help="Files, items of one as in 'reel.mid, bar 9', numbers of test items, or 'sample' for a drawn one; two "
            "or more.",
            metavar="ITEM...",
        ),
    ],
    steps: Annotated[
        int, typer.Option(min=2, help="Items from one waypoint to the next, both included.")
    ] = 9,
    method: Annotated[str, typer.Option(help="lerp, slerp, norm-corrected or spline.")] = "slerp",
    seed: Seed = 0,
    condition: Given = None,
    out: Out = None,
    device: ComputeDevice = "cpu",
) -> None:
    """Decode the path through two or more items.

    Items that can be heard also make one continuous piece: `--out walk.mid` or `--out walk.wav`.

    Example: `aekit interpolate runs/NAME 3 14 15 --steps 12 --out walk.png`
    """
    from aekit.cli.output import write_items
    from aekit.latent.paths import path

    if len(waypoints) < 2:
        raise UsageError(f"A path needs at least two items (received {len(waypoints)}).")
    model = open_model(run, device)
    codes, given = waypoint_codes(model, waypoints, condition, seed)
    count = (len(codes) - 1) * (steps - 1) + 1
    walked = np.asarray(path(codes, count, method), np.float32)
    items = np.asarray(model.decode(walked, given))
    write_items(model, items, walked, out, lambda: walk_sheet(model, items, steps), "interpolation")


def walk_sheet(model: Autoencoder, items: NDArray[Any], steps: int) -> Pixels:
    """The walk's items: from one waypoint to the next, which begins anew below, in as many rows as they need."""
    from aekit import figures

    views = [model.view(item) for item in items]
    cells = type(views[0]).pictures(views)
    columns = figures.fitting(cells, steps)
    legs = [cells[start : start + steps] for start in range(0, len(cells) - 1, steps - 1)]
    return figures.sheet([row for leg in legs for row in figures.in_rows(leg, columns)])


def waypoint_codes(
    model: Autoencoder, waypoints: list[str], condition: str | None, seed: int
) -> tuple[NDArray[Any], Any]:
    """The waypoints' codes (N, D), and the condition to decode the path with."""
    drawn = model.sample_codes(len(waypoints), seed=seed)
    codes, given = [], condition_for(model, condition, [])
    for number, name in enumerate(waypoints):
        if name == "sample":
            codes.append(drawn[number])
            continue
        item, label = one_item(model, name)
        own = condition_for(model, condition, label)
        given = given if given is not None else own[0] if isinstance(own, list) else own
        codes.append(model.encode(item, own).numpy()[0])
    return np.stack(codes), given
