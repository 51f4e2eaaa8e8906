# A run's evaluation.json: the figures, and by what protocol they were measured.
"""A run's evaluation.json: the figures, and by what protocol they were measured."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from aekit.errors import AekitError
from aekit.evaluation.protocol import evaluate
from aekit.files import finite, read_arrays, write_json

if TYPE_CHECKING:
    from aekit.autoencoder import Autoencoder
    from aekit.runs import Run

NAME = "evaluation.json"
ERROR = "_standard_error"


@dataclass(frozen=True)
class Measuring:
    """How runs are measured; figures are set side by side only where all of it is the same.

    Attributes:
        nll_samples: importance samples K for each item; 0 leaves the NLL out.
        nll_items: how many test items the NLL is measured on; 0 for all.
        limit: how many test items everything else is measured on; 0 for all.
        seed: of the draws.
    """

    nll_samples: int = 500
    nll_items: int = 1000
    limit: int = 0
    seed: int = 0


def measured(
    model: Autoencoder, how: Measuring, say: Callable[[str], None] = lambda line: None
) -> dict[str, Any]:
    """Measure a run on its test split, and keep the figures in its evaluation.json.

    Args:
        say: told in a line where they could not be written.

    Returns:
        The figures, None where one is not finite; under `standard_errors` those over items of the ones that are
        means; under `protocol` how they were measured, on how many items, and the step of the weights.

    Raises:
        DataError: the source is gone, or has changed since the run was trained: what is for testing now may have been
            trained on.
    """
    train, test = model.training_set(), model.dataset("test")
    found = evaluate(
        model,
        train,
        test,
        nll_samples=how.nll_samples,
        nll_items=how.nll_items or len(test),
        seed=how.seed,
        limit=how.limit or None,
        standard_errors=True,
    )
    errors = {name: value for name, value in found.items() if name.endswith(ERROR) and name != f"nll{ERROR}"}
    values: dict[str, Any] = {name: value for name, value in found.items() if name not in errors}
    values["standard_errors"] = {name.removesuffix(ERROR): value for name, value in errors.items()}
    items = min(how.limit or len(test), len(test))
    values["protocol"] = {**asdict(how), "items": items, "step": step_of(model.run)}
    values = finite(values)
    try:
        write_json(model.run.path / NAME, values)
    except AekitError as error:
        say(f"The figures are not kept with the run: {error}")
    return values


def kept(run: Run, how: Measuring) -> dict[str, Any] | None:
    """The figures in a run's evaluation.json, if they are of its present weights and were measured in this way."""
    path = run.path / NAME
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        protocol = values["protocol"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    wanted = {**asdict(how), "step": step_of(run)}
    return values if all(protocol.get(name) == value for name, value in wanted.items()) else None


def step_of(run: Run) -> int:
    """The step whose weights were kept."""
    return int(read_arrays(run.weights)[1]["step"])
