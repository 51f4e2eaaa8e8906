# `aekit attributes`: learns which way each attribute grows, and shows what moves when codes are steered there.
"""`aekit attributes`: learns which way each attribute grows, and shows what moves when codes are steered there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from aekit.cli.arguments import (
    AsJson,
    ComputeDevice,
    Given,
    RunPath,
    condition_for,
    emit,
    open_model,
    table,
    tell,
)
from aekit.errors import AekitError

if TYPE_CHECKING:
    from aekit.steering import Steering

STEPS = (-2.0, -1.0, 0.0, 1.0, 2.0)
NOTABLE = 0.5  # standard deviations by which another attribute moves from -1 to +1 before it is named


def command(
    run: RunPath,
    method: Annotated[
        str,
        typer.Option(
            help="readout (each code its own way, other attributes held), or one vector for all: regression, or "
            "quartiles (the difference of their mean codes)."
        ),
    ] = "readout",
    items: Annotated[int, typer.Option(min=1, help="Test items whose codes are steered.")] = 200,
    condition: Given = None,
    as_json: AsJson = False,
    device: ComputeDevice = "cpu",
) -> None:
    """Learn which way each attribute grows, steer test items there, and measure what was decoded.

    The directions are kept with the run, for `aekit decode RUN CODES --attribute NAME=+1.5`. Amounts are standard
    deviations of the attribute over the training items.

    Example: `aekit attributes runs/NAME --method quartiles`
    """
    import torch

    from aekit import steering

    model = open_model(run, device)
    learnt = steering.learn(model, method)
    dataset = model.dataset("test")
    chosen = torch.arange(min(items, len(dataset)))
    labels = dataset.labels[chosen].tolist() if dataset.labels is not None else []
    given = condition_for(model, condition, labels)
    if given is None and model.condition is not None and model.condition.of != "label":
        given = steering.measured(model, dataset.items[chosen])[model.condition.of]
    codes = model.encode(dataset.items[chosen], given).numpy()
    alike = [name for name in steering.measured(model, dataset.items[chosen[:1]]) if name not in learnt.names]
    if alike:
        tell(f"Left out, since known of no two training items that differ: {', '.join(alike)}.")
    means = steering.effects(model, learnt, codes, STEPS, given)
    kept = ", kept with the run"
    try:
        steering.keep(model, learnt)
    except AekitError as error:
        kept = ""
        tell(f"The directions are not kept with the run: {error}")
    if as_json:
        emit(as_object(learnt, means), True)
        return
    table(
        ["attribute", *(f"{step:+g}" for step in STEPS), "monotone", "from -1 to +1", "moves with it"],
        [row(learnt, means, number) for number in range(len(learnt.names))],
    )
    tell(f"Directions by {method}{kept}. Next:  aekit decode {run} CODES --attribute {learnt.names[0]}=+1.5")


def row(learnt: Steering, means: NDArray[Any], number: int) -> list[str]:
    """One attribute's line: its measured means, whether they rise, and what else moves."""
    own = means[number, :, number]
    changes = changed(learnt, means, number)
    others = [
        f"{name} {change:+.1f}"
        for other, (name, change) in enumerate(zip(learnt.names, changes, strict=True))
        if other != number and abs(change) >= NOTABLE
    ]
    return [
        learnt.names[number],
        *(f"{value:.3g}" for value in own),
        "yes" if rises(own) else "no",
        f"{changes[number]:+.1f} sd",
        ", ".join(others) or "-",
    ]


def changed(learnt: Steering, means: NDArray[Any], number: int) -> NDArray[Any]:
    """How far each attribute moves from step -1 to +1 of one of them, in its standard deviations: (A,)."""
    moved = means[number, STEPS.index(1.0)] - means[number, STEPS.index(-1.0)]
    return np.asarray(moved / np.maximum(learnt.spread, 1e-12))


def rises(values: NDArray[Any]) -> bool:
    """Whether each value is above the one before."""
    return bool((np.diff(values) > 0).all())


def as_object(learnt: Steering, means: NDArray[Any]) -> dict[str, Any]:
    """The table as JSON: for each attribute its means at each step, and how far all attributes move."""
    return {
        "method": learnt.method,
        "steps": list(STEPS),
        "attributes": {
            name: {
                "means": [number_or_none(value) for value in means[number, :, number]],
                "monotone": rises(means[number, :, number]),
                "correlation": float(learnt.correlations[number]),
                "moves": {
                    other: number_or_none(change)
                    for other, change in zip(learnt.names, changed(learnt, means, number), strict=True)
                },
            }
            for number, name in enumerate(learnt.names)
        },
    }


def number_or_none(value: float) -> float | None:
    """A number as JSON takes it: None where it is not known."""
    return float(value) if np.isfinite(value) else None
