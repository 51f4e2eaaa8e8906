# One protocol for every model: the figures that `aekit evaluate` prints.
"""One protocol for every model: the figures that `aekit evaluate` prints (`docs/evaluation.md`)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

from aekit.data import Batch, Dataset, prepared_alone
from aekit.errors import UsageError
from aekit.evaluation.likelihood import (
    ROWS,
    bound_parts,
    fitting,
    importance_nll,
    mean_and_error,
    pieces_of,
    posteriors,
)
from aekit.evaluation.probes import Labelled, linear_accuracy, neighbour_accuracy, principal_codes
from aekit.evaluation.units import active_units
from aekit.modality import Modality
from aekit.objective import Objective

Progress = Callable[[str, int, int], None]  # what is being done, items done, items in all

# Prepared items that the probes keep in memory; of a larger split they take an even selection.
PROBE_BYTES = 2**29


class Model(Protocol):
    """What the evaluation needs of an autoencoder."""

    @property
    def objective(self) -> Objective: ...
    @property
    def modality(self) -> Modality: ...
    @property
    def device(self) -> torch.device: ...
    def conditions(self, dataset: Dataset, indices: Tensor, /) -> Tensor: ...


def evaluate(
    model: Model,
    train: Dataset | None,
    test: Dataset,
    *,
    nll_samples: int = 500,
    nll_items: int = 1000,
    seed: int = 0,
    limit: int | None = None,
    standard_errors: bool = False,
    progress: Progress | None = None,
) -> dict[str, float | int]:
    """The figures of a model on a test split, those that apply to it.

    Args:
        model: an `aekit.Autoencoder`.
        train: the training split, which the probes learn on; None leaves the probes out.
        test: the test split.
        nll_samples: importance samples K for each item; 0 leaves the NLL out.
        nll_items: the NLL is of the first so many test items.
        seed: of every draw.
        limit: take only the first so many test items; None takes all.
        standard_errors: give `NAME_standard_error` beside every figure that is a mean over items, as the NLL has it.
        progress: told what is being done, how many items are done, and of how many.

    Raises:
        UsageError: a number is below what it can be.
    """
    _check(nll_samples=(nll_samples, 0), nll_items=(nll_items, 1), limit=(1 if limit is None else limit, 1))
    told = progress or (lambda what, done, total: None)
    count = len(test) if limit is None else min(limit, len(test))
    model.objective.eval()
    figures, own = _bound_figures(model, test, count, seed, standard_errors, told)
    if model.objective.has_bound and nll_samples:
        figures |= _nll_figures(model, test, min(count, nll_items), nll_samples, seed, told)
    if train is not None and train.labels is not None and test.labels is not None:
        figures |= _probe_figures(model, train, test, count, told)
    return {**figures, **{name: value for name, value in own.items() if name not in figures}}


def prepared_items(model: Model, dataset: Dataset, indices: Tensor) -> Batch:
    """Items prepared each by itself, with their conditions, on the model's device."""
    stored = dataset.items[indices]
    degrade = model.objective.degrade if model.objective.restores else None
    x, degraded = prepared_alone(model.modality, degrade, stored, model.device)
    return Batch(x, model.conditions(dataset, indices).to(model.device), degraded)


def _bound_figures(
    model: Model, test: Dataset, count: int, seed: int, standard_errors: bool, progress: Progress
) -> tuple[dict[str, float | int], dict[str, float]]:
    """The bound with its parts and the active units; and the modality's own figures."""
    columns: dict[str, list[Tensor]] = {}
    own: dict[str, list[Tensor]] = {}
    means = []
    for indices in _pieces(test, torch.arange(count)):
        batch = prepared_items(model, test, indices)
        x, condition, shown = batch.x, batch.condition, batch.shown
        parts = bound_parts(model.objective, x, condition, shown=shown, seed=seed, first=int(indices[0]))
        means.append(posteriors(model.objective, shown, condition).mean)
        for name, values in parts._asdict().items():
            columns.setdefault(name, []).append(values)
        for name, values in _own_metrics(model, test.items[indices], means[-1], condition).items():
            own.setdefault(name, []).append(values)
        progress("bound", int(indices[-1]) + 1, count)
    kept = tuple(columns) if model.objective.has_bound else ("reconstruction",)
    averaged = _means_and_errors if standard_errors else _means
    figures: dict[str, float | int] = {**averaged({name: columns[name] for name in kept})}
    if model.objective.has_bound:
        figures["kl_bits"] = figures["kl"] / math.log(2)
        figures["active_units"] = active_units(torch.cat(means))
    figures |= model.objective.figures(torch.cat(means))
    return figures, averaged(own)


@torch.no_grad()
def _own_metrics(model: Model, stored: Tensor, means: Tensor, condition: Tensor) -> dict[str, Tensor]:
    objective = model.objective
    decoder, code = objective.decoding(means, condition)
    return model.modality.metrics(decoder, code, stored.to(model.device))


def _nll_figures(
    model: Model, test: Dataset, count: int, samples: int, seed: int, progress: Progress
) -> dict[str, float | int]:
    estimates = []
    for indices in _pieces(test, torch.arange(count)):
        batch = prepared_items(model, test, indices)
        first = int(indices[0])
        estimates.append(
            importance_nll(
                model.objective,
                batch.x,
                batch.condition,
                shown=batch.shown,
                samples=samples,
                seed=seed,
                first=first,
                progress=lambda done, _, first=first: progress("nll", first + done, count),  # type: ignore[misc]
            )
        )
    mean, error = mean_and_error(torch.cat(estimates))
    return {"nll": mean, "nll_standard_error": error}


def _probe_figures(
    model: Model, train: Dataset, test: Dataset, count: int, progress: Progress
) -> dict[str, float | int]:
    """Accuracies of the codes, and of PCA of the same size where the items are real numbers."""
    assert train.labels is not None and test.labels is not None
    most = max(1, PROBE_BYTES // (4 * max(1, train.items[torch.tensor([0])].numel())))
    rows = {"train": _spread(len(train), most), "test": _spread(count, most)}
    labels = {"train": train.labels[rows["train"]], "test": test.labels[rows["test"]]}
    if labels["train"].max() < 0 or labels["test"].max() < 0:
        return {}
    codes, flat = {}, {}
    for name, dataset in (("train", train), ("test", test)):
        codes[name], flat[name] = _codes(model, dataset, rows[name], f"codes of the {name} split", progress)
    figures = _accuracies("", codes, labels)
    if flat["train"] is not None and flat["test"] is not None:
        reduced = principal_codes(flat["train"], flat["test"], model.objective.latent_dim)
        figures |= _accuracies("pca_", dict(zip(("train", "test"), reduced, strict=True)), labels)
    return figures


def _accuracies(prefix: str, codes: dict[str, Tensor], labels: dict[str, Tensor]) -> dict[str, float | int]:
    train, test = (Labelled(codes[name], labels[name]) for name in ("train", "test"))
    return {
        f"{prefix}linear_probe": linear_accuracy(train, test),
        f"{prefix}knn_probe": neighbour_accuracy(train, test),
    }


def _codes(
    model: Model, dataset: Dataset, rows: Tensor, what: str, progress: Progress
) -> tuple[Tensor, Tensor | None]:
    """Posterior means (N, D), and the prepared items flattened (N, ...) where they are real numbers."""
    codes, flat, done = [], [], 0
    for indices in _pieces(dataset, rows):
        batch = prepared_items(model, dataset, indices)
        x = batch.shown
        codes.append(posteriors(model.objective, x, batch.condition).mean.cpu())
        if x.is_floating_point():
            flat.append(x.flatten(1).float().cpu())
        done += len(indices)
        progress(what, done, len(rows))
    return torch.cat(codes), torch.cat(flat) if flat else None


def _pieces(dataset: Dataset, indices: Tensor) -> tuple[Tensor, ...]:
    """The indices in pieces that suit the items' size."""
    size = min(ROWS, fitting(dataset.items[indices[:1]]))
    return tuple(indices[piece] for piece in pieces_of(len(indices), size))


def _spread(count: int, most: int) -> Tensor:
    """0 ... count - 1, or `most` of them evenly spread."""
    number = min(count, most)
    return torch.arange(number) * count // number


def _means(columns: dict[str, list[Tensor]]) -> dict[str, float]:
    return {name: mean_and_error(torch.cat(pieces))[0] for name, pieces in columns.items()}


def _means_and_errors(columns: dict[str, list[Tensor]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, pieces in columns.items():
        found[name], found[f"{name}_standard_error"] = mean_and_error(torch.cat(pieces))
    return found


def _check(**numbers: tuple[int, int]) -> None:
    for name, (received, least) in numbers.items():
        if received < least:
            raise UsageError(f"{name} must be at least {least} (received {received})")
