# Steering: what a run's attributes are, which way each grows, and what moves when codes are moved there.
"""Steering: what a run's attributes are, which way each grows, and what moves when codes are moved there.

A attributes, D latent dimensions, N codes, S steps of steering.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aekit.errors import AekitError, UsageError, unknown_name
from aekit.files import read_arrays, write_arrays
from aekit.latent.attributes import by_quartiles, by_regression

if TYPE_CHECKING:
    from aekit.autoencoder import Autoencoder

Floats = NDArray[np.float64]

METHODS = {"regression": by_regression, "quartiles": by_quartiles}
MOST_ITEMS = 20_000
FILE = "attributes.safetensors"


class Steering(NamedTuple):
    """How to move codes so that attributes grow.

    Attributes:
        names: of the attributes.
        vectors: (A, D), what moves an attribute by one standard deviation, as the method sees it.
        spread: (A,), each attribute's standard deviation over training items.
        correlations: (A,), of the codes' projections with the attribute.
        method: of `METHODS`.
    """

    names: tuple[str, ...]
    vectors: Floats
    spread: Floats
    correlations: Floats
    method: str

    def moved(self, codes: NDArray[Any], wanted: Mapping[str, float]) -> NDArray[np.float32]:
        """Codes (N, D), moved by so many standard deviations of each attribute that is named.

        Raises:
            UsageError: there is no such attribute.
        """
        moved = np.asarray(codes, np.float64)
        for name, amount in wanted.items():
            if name not in self.names:
                raise UsageError(unknown_name("attribute", name, self.names))
            moved = moved + amount * self.vectors[self.names.index(name)]
        return moved.astype(np.float32)


def learn(model: Autoencoder, method: str = "regression") -> Steering:
    """The directions of a run's attributes, from the codes of up to MOST_ITEMS training items.

    An attribute that is the same for all items is left out.

    Raises:
        UsageError: there is no such method, or the modality has no attributes.
        DataError: the training items are gone.
    """
    if method not in METHODS:
        raise UsageError(unknown_name("method", method, METHODS))
    arrays, _ = model.run.codes()
    chosen = np.linspace(0, len(arrays["mean"]) - 1, min(len(arrays["mean"]), MOST_ITEMS)).astype(int)
    import torch

    items = model.dataset("train").items[torch.from_numpy(arrays["index"][chosen].astype(np.int64))]
    values = measured(model, items)
    codes = arrays["mean"][chosen]
    found = {
        name: METHODS[method](codes, column)
        for name, column in values.items()
        if len(np.unique(column[np.isfinite(column)])) > 1
    }
    if not found:
        raise UsageError(
            f"The plugin '{model.run.record.plugin}' measures no attributes that differ over these items."
        )
    return Steering(
        tuple(found),
        np.stack([np.asarray(one.vector) * one.unit for one in found.values()]),
        np.array([np.nanstd(values[name]) for name in found]),
        np.array([one.correlation for one in found.values()]),
        method,
    )


def measured(model: Autoencoder, items: Any) -> dict[str, Floats]:
    """The modality's attributes of stored items: each (N,)."""
    import torch

    return {
        name: column.double().numpy()
        for name, column in model.modality.attributes(torch.as_tensor(items)).items()
    }


def effects(
    model: Autoencoder, steering: Steering, codes: NDArray[Any], steps: Sequence[float], condition: Any = None
) -> Floats:
    """The mean of every attribute, measured on what is decoded from steered codes: (A, S, A).

    Entry (a, s, b) is attribute b where the codes (N, D) were moved by `steps[s]` standard deviations of attribute a.
    """
    means = np.empty((len(steering.names), len(steps), len(steering.names)))
    for row, name in enumerate(steering.names):
        for column, amount in enumerate(steps):
            items = model.decode(steering.moved(codes, {name: amount}), condition)
            values = measured(model, np.asarray(items))
            means[row, column] = [nanmean(values[other]) for other in steering.names]
    return means


def nanmean(values: Floats) -> float:
    """The mean of what is known; NaN where nothing is."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def keep(model: Autoencoder, steering: Steering) -> None:
    """Keep the directions with the run."""
    arrays = {"vectors": steering.vectors, "spread": steering.spread, "correlations": steering.correlations}
    facts = {"names": list(steering.names), "method": steering.method}
    write_arrays(model.run.path / FILE, arrays, facts)


def kept_or_learnt(model: Autoencoder) -> Steering:
    """The directions that are kept with the run; learnt by regression, and kept, where there are none."""
    path = model.run.path / FILE
    if not path.exists():
        steering = learn(model)
        with contextlib.suppress(AekitError):  # a run that cannot be written to can still be steered
            keep(model, steering)
        return steering
    arrays, facts = read_arrays(path)
    return Steering(
        tuple(facts["names"]), arrays["vectors"], arrays["spread"], arrays["correlations"], facts["method"]
    )
