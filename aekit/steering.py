# Steering: what a run's attributes are, which way each grows, and what moves when codes are moved there.
"""Steering: what a run's attributes are, which way each grows, and what moves when codes are moved there.

A attributes, D latent dimensions, N codes, S steps of steering.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from aekit.errors import AekitError, RunError, UsageError, unknown_name
from aekit.files import Arrays, read_arrays, write_arrays
from aekit.latent.attributes import by_quartiles, by_regression

if TYPE_CHECKING:
    from aekit.autoencoder import Autoencoder

Floats = NDArray[np.float64]

LINEAR = {"regression": by_regression, "quartiles": by_quartiles}
METHODS = ("readout", *LINEAR)
MOST_ITEMS = 20_000
CHUNK = 4096
FILE = "attributes.safetensors"


class Moves(Protocol):
    """What moves codes: vectors, or a readout that is followed uphill."""

    def moved(self, codes: Floats, amounts: Floats, /) -> Floats:
        """Codes (N, D), moved by so many standard deviations of each attribute (A,)."""
        ...

    def arrays(self) -> Arrays:
        """All that it knows, for a file."""
        ...


class Vectors(NamedTuple):
    """One vector an attribute, the same for every code.

    Attributes:
        vectors: (A, D), what moves an attribute by one standard deviation, as the method sees it.
    """

    vectors: Floats

    def moved(self, codes: Floats, amounts: Floats) -> Floats:
        return np.asarray(codes + amounts @ self.vectors)

    def arrays(self) -> Arrays:
        return {"vectors": self.vectors}


class Steering(NamedTuple):
    """How to move codes so that attributes grow.

    Attributes:
        names: of the attributes.
        moves: what moves codes.
        spread: (A,), each attribute's standard deviation over training items.
        correlations: (A,), of the attribute with what the codes say of it.
        method: of `METHODS`.
    """

    names: tuple[str, ...]
    moves: Moves
    spread: Floats
    correlations: Floats
    method: str

    def moved(self, codes: NDArray[Any], wanted: Mapping[str, float]) -> NDArray[np.float32]:
        """Codes (N, D), moved by so many standard deviations of each attribute that is named.

        Raises:
            UsageError: there is no such attribute.
        """
        for name in wanted:
            if name not in self.names:
                raise UsageError(unknown_name("attribute", name, self.names))
        amounts = np.array([wanted.get(name, 0.0) for name in self.names])
        return self.moves.moved(np.asarray(codes, np.float64), amounts).astype(np.float32)


def learn(model: Autoencoder, method: str = "readout") -> Steering:
    """How a run's attributes are moved, from the codes of up to MOST_ITEMS training items.

    An attribute that is the same for all items is left out.

    Raises:
        UsageError: there is no such method, or the modality has no attributes.
        DataError: the training items are gone, or have changed since.
    """
    if method not in METHODS:
        raise UsageError(unknown_name("method", method, METHODS))
    arrays, _ = model.run.codes()
    chosen = np.linspace(0, len(arrays["mean"]) - 1, min(len(arrays["mean"]), MOST_ITEMS)).astype(int)
    import torch

    items = model.training_set().items[torch.from_numpy(arrays["index"][chosen].astype(np.int64))]
    values = {
        name: column
        for name, column in measured(model, items).items()
        if len(np.unique(column[np.isfinite(column)])) > 1
    }
    if not values:
        raise UsageError(
            f"The plugin '{model.run.record.plugin}' measures no attributes that differ over these items."
        )
    spread = np.array([np.nanstd(column) for column in values.values()])
    moves, correlations = learnt_moves(method, {name: arrays[name][chosen] for name in CODES}, values)
    return Steering(tuple(values), moves, spread, correlations, method)


CODES = ("mean", "log_variance")


def learnt_moves(method: str, codes: Arrays, values: Mapping[str, Floats]) -> tuple[Moves, Floats]:
    """What moves attributes, each (N,), of codes with `mean` and `log_variance` (N, D); and correlations (A,)."""
    if method == "readout":
        from aekit.readout import learn_readout

        return learn_readout(codes["mean"], codes["log_variance"], np.stack(list(values.values()), 1))
    found = [LINEAR[method](codes["mean"], column) for column in values.values()]
    vectors = np.stack([np.asarray(one.vector, np.float64) * one.unit for one in found])
    return Vectors(vectors), np.array([one.correlation for one in found])


def measured(model: Autoencoder, items: Any) -> dict[str, Floats]:
    """The modality's attributes of stored items: each (N,)."""
    import torch

    from aekit.data import chunks

    found = [model.modality.attributes(piece) for piece in chunks(torch.as_tensor(items), CHUNK)]
    return {name: torch.cat([part[name] for part in found]).double().numpy() for name in found[0]}


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
    """Keep the directions with the run; they hold for the weights that it has now."""
    own = {f"moves/{name}": array for name, array in steering.moves.arrays().items()}
    arrays = {**own, "spread": steering.spread, "correlations": steering.correlations}
    facts = {"names": list(steering.names), "method": steering.method, "step": kept_step(model)}
    write_arrays(model.run.path / FILE, arrays, facts)


def kept(model: Autoencoder) -> Steering | None:
    """What is kept with the run; None where nothing is, or where it was learnt from other weights.

    Raises:
        RunError: the file is damaged.
    """
    path = model.run.path / FILE
    if not path.exists():
        return None
    arrays, facts = read_arrays(path)
    if facts.get("step", "unknown") != kept_step(model):
        return None
    own = {name.removeprefix("moves/"): array for name, array in arrays.items() if "/" in name}
    moves: Moves
    if facts["method"] == "readout":
        from aekit.readout import Readout

        moves = Readout.from_arrays(own, str(path))
    else:
        moves = Vectors(own["vectors"])
    return Steering(tuple(facts["names"]), moves, arrays["spread"], arrays["correlations"], facts["method"])


def kept_or_learnt(model: Autoencoder) -> Steering:
    """What is kept with the run; learnt anew, and kept, where that is nothing of use."""
    with contextlib.suppress(RunError):
        found = kept(model)
        if found is not None:
            return found
    steering = learn(model)
    with contextlib.suppress(AekitError):  # a run that cannot be written to can still be steered
        keep(model, steering)
    return steering


def kept_step(model: Autoencoder) -> int | None:
    """The step of the run's weights, as far as its log tells."""
    best = model.run.best()
    return None if best is None else int(best["step"])
