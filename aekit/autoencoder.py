# A run in memory, ready to use: encode, decode, sample, reconstruct, interpolate.
"""A run in memory, ready to use: encode, decode, sample, reconstruct, interpolate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aekit import plugins
from aekit.conditions import Condition
from aekit.data import Dataset, chunks, each_alone, prepare_alone
from aekit.errors import DataError, RunError, UsageError
from aekit.evaluation.likelihood import fitting_of
from aekit.files import read_arrays
from aekit.modality import Modality, Split
from aekit.objective import Objective
from aekit.options import check
from aekit.posterior import Posterior
from aekit.priors import FittedGaussian, Prior
from aekit.runs import Run
from aekit.views import View

Array = TypeVar("Array", Tensor, NDArray[Any])

CHUNK = 500
TOLD = 10  # items that a message names


class Autoencoder:
    """A trained model. Items are as stored (pictures: uint8); arrays in, the same kind of array out.

    Attributes:
        run: where it was loaded from.
        modality: what the data is.
        objective: the trained networks, in evaluation mode and fp32.
        condition: what a conditional model is conditioned on, or None.
        device: where it computes.
    """

    def __init__(
        self,
        run: Run,
        modality: Modality,
        objective: Objective,
        condition: Condition | None,
        device: torch.device,
    ) -> None:
        self.run, self.modality, self.condition, self.device = run, modality, condition, device
        self.objective = objective.eval().requires_grad_(False).to(device)
        self._prior: Prior | None = None
        self._samplers: dict[tuple[str, int | None], Prior] = {}

    @property
    def latent_dim(self) -> int:
        return self.objective.latent_dim

    @property
    def prior(self) -> Prior:
        """What `sample` draws codes from; fitted to the run's codes where the objective has no prior."""
        if self._prior is None:
            self._prior = self.objective.prior() or FittedGaussian(
                torch.from_numpy(self.run.codes()[0]["mean"])
            )
        return self._prior

    def sampler(
        self,
        name: str,
        components: int | None = None,
        say: Callable[[str], None] = lambda line: None,
    ) -> Prior:
        """A distribution of codes: "prior", or "gmm", "kde" or "flow", fitted to the run's codes once and kept.

        Args:
            components: of the mixture "gmm"; None for the default.
            say: told in a line where a kept sampler could not be used or written.

        Raises:
            UsageError: there is no such sampler, it has no components, or too few codes for them.
            RunError: the run holds no codes.
            DataError: the codes do not vary in a dimension.
        """
        from aekit.samplers import fitted, refuse_components

        if name == "prior":
            refuse_components(name, components)
            return self.prior
        if (name, components) not in self._samplers:
            self._samplers[name, components] = fitted(self.run, name, components, say)
        return self._samplers[name, components]

    # ---- items to codes -------------------------------------------------------------------------------

    def encode(self, x: Array, condition: Any = None) -> Array:
        """Items (B, ...) to codes, the posterior's means: (B, D).

        Args:
            x: items as stored; a single item may come without the batch axis.
            condition: for conditional models: a class, or one for each item; a text is a class's name, a whole number
                its index, as in a data set's `labels`.

        Raises:
            DataError: the items are of another shape or type than the model's, or have no finite code.
        """
        return like(x, self.posterior(x, condition).mean)

    @torch.no_grad()
    def posterior(self, x: Array, condition: Any = None, names: Sequence[str] | None = None) -> Posterior:
        """q(z|x) of items (B, ...), as tensors. Each item's preparation depends on that item alone.

        Args:
            names: of the items, for messages.

        Raises:
            DataError: an item has no finite code; says which.
        """
        items = self.checked(x)
        columns = self.columns(items, condition)
        parts = [
            self.objective.posterior(self.prepared(items[p]), columns[p].to(self.device))
            for p in self.pieces(items)
        ]
        posterior = Posterior.joined(parts).map(Tensor.cpu)
        refuse_without_code(posterior.mean, names)
        return posterior

    @property
    def restores(self) -> bool:
        """Whether this model learnt to make good items out of degraded ones."""
        return self.objective.restores

    def degrade(self, x: Array) -> Array:
        """Items (B, ...) as this model learnt to restore them; those of other models come back as they are.

        The noise of an item is seeded with its own content: the same item is degraded in the same way each time.
        """
        items = self.checked(x)
        return like(x, each_alone(self.objective.degrade, items) if self.restores else items)

    @torch.no_grad()
    def log_prob(self, x: Array, z: Array, condition: Any = None) -> Array:
        """log p(x|z) in nats of items (B, ...) under codes (B, D): (B,)."""
        items = self.checked(x)
        codes, columns = self.checked_codes(z), self.columns(items, condition)
        if len(codes) != len(items):
            raise UsageError(f"{len(items)} items need as many codes (received {len(codes)}).")
        found = [
            self.objective.log_prob(
                self.prepared(items[p]), codes[p].to(self.device), columns[p].to(self.device)
            )
            for p in self.pieces(items)
        ]
        return like(x, torch.cat(found).cpu())

    # ---- codes to items -------------------------------------------------------------------------------

    @torch.no_grad()
    def decode(
        self, z: Array, condition: Any = None, temperature: float = 0.0, seed: int = 0, top_p: float = 1.0
    ) -> Array:
        """Codes (B, D) to items as stored (B, ...).

        Args:
            z: codes; a single one may come without the batch axis.
            condition: for conditional models, as for `encode`.
            temperature: 0 for the same item each time, above it items drawn from p(x|z).
            seed: of those draws.
            top_p: in (0, 1]; below 1 only the likeliest outcomes that have so much probability together.

        Raises:
            UsageError: the temperature is negative, or `top_p` is outside (0, 1].
        """
        if temperature < 0 or not 0 < top_p <= 1:
            raise UsageError(
                f"temperature must be at least 0 and top_p in (0, 1] (received {temperature:g} and {top_p:g})"
            )
        codes = self.checked_codes(z)
        columns = self.columns_for(len(codes), condition)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            made = [
                self.objective.decoder.generate(
                    self.objective.code(codes[p].to(self.device), columns[p].to(self.device)),
                    temperature,
                    top_p,
                ).cpu()
                for p in self.pieces(codes)
            ]
        return like(z, torch.cat(made))

    def sample(
        self,
        count: int,
        *,
        temperature: float = 1.0,
        seed: int = 0,
        condition: Any = None,
        sampler: str | Prior | None = None,
    ) -> NDArray[Any]:
        """`count` new items, as stored: codes drawn from the prior, its spread scaled by `temperature`.

        Args:
            sampler: what draws the codes instead: a name, or what `sampler` gave.
        """
        if count < 1:
            raise UsageError(f"count must be at least 1 (received {count})")
        codes = self.sample_codes(count, temperature=temperature, seed=seed, sampler=sampler)
        return np.asarray(self.decode(codes, condition))

    def sample_codes(
        self, count: int, *, temperature: float = 1.0, seed: int = 0, sampler: str | Prior | None = None
    ) -> NDArray[np.float32]:
        """`count` codes from the prior, or from a sampler: (count, D)."""
        source = self.prior if sampler is None else sampler
        source = self.sampler(source) if isinstance(source, str) else source
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return np.asarray(source.sample(count, temperature).cpu())

    def reconstruct(self, x: Array, condition: Any = None) -> Array:
        """Items to codes and back: (B, ...) as stored."""
        if condition is None and self.condition is not None and self.condition.of != "label":
            condition = self.condition.values(self.modality.attributes(self.checked(x))[self.condition.of])
        return self.decode(self.encode(x, condition), condition)

    def interpolate(
        self, first: Array, last: Array, steps: int = 9, method: str = "slerp", condition: Any = None
    ) -> Array:
        """Items along a path between two items: (steps, ...), both ends' reconstructions included.

        Args:
            method: one of `aekit.latent.PATHS`.
        """
        from aekit.latent.paths import path

        ends = np.concatenate(
            [np.asarray(self.encode(self.checked(end), condition)) for end in (first, last)]
        )
        walked = self.decode(torch.from_numpy(np.asarray(path(ends, steps, method), np.float32)), condition)
        return like(first, walked)

    def view(self, item: Tensor | NDArray[Any]) -> View:
        """What one item, as stored, looks or sounds like; shows itself in a notebook."""
        return self.modality.view(torch.as_tensor(item))

    # ---- checks ---------------------------------------------------------------------------------------

    def checked(self, x: Tensor | NDArray[Any]) -> Tensor:
        """Items as a batch of the model's shape and type.

        Raises:
            DataError: they are not; says what was received and expected.
        """
        record = self.run.record.item
        shape, dtype = tuple(record["shape"]), getattr(torch, record["dtype"])
        items = torch.as_tensor(x).detach().cpu()
        if tuple(items.shape) == shape:
            items = items.unsqueeze(0)
        if tuple(items.shape[1:]) != shape or len(items) == 0:
            raise DataError(
                f"Items must have shape {('B', *shape)} (received {tuple(torch.as_tensor(x).shape)})."
            )
        cast = items.to(dtype)
        same = (
            cast == items
            if not items.is_floating_point()
            else (cast.to(items.dtype) == items) | items.isnan()
        )
        if items.dtype != dtype and not (dtype.is_floating_point or bool(same.all())):
            raise DataError(
                f"Items must be {record['dtype']} as stored (received {str(items.dtype).removeprefix('torch.')} with "
                "values that this type cannot hold)."
            )
        return cast

    def checked_codes(self, z: Tensor | NDArray[Any]) -> Tensor:
        """Codes as a batch (B, D) of fp32.

        Raises:
            DataError: they have another number of dimensions, or are not finite.
        """
        codes = torch.as_tensor(z).detach().cpu().float()
        codes = codes.unsqueeze(0) if codes.ndim == 1 else codes
        if codes.ndim != 2 or codes.shape[1] != self.latent_dim or len(codes) == 0:
            raise DataError(
                f"Codes must be rows of {self.latent_dim} numbers (received an array of shape "
                f"{tuple(torch.as_tensor(z).shape)}). Are they of another run?"
            )
        if not bool(codes.isfinite().all()):
            raise DataError("Codes must be finite (received infinite or missing numbers).")
        return codes

    def prepared(self, items: Tensor) -> Tensor:
        """Stored items to what the networks see, on the device."""
        return prepare_alone(self.modality, items).to(self.device)

    def pieces(self, batch: Tensor) -> list[Tensor]:
        """Index pieces of a batch of items or codes that fit in memory; as many as a training batch had always do."""
        record = self.run.record
        fits = max(record.training["batch_size"], fitting_of(record.item["shape"], self.device))
        return list(chunks(torch.arange(len(batch)), min(CHUNK, fits)))

    # ---- data -----------------------------------------------------------------------------------------

    def dataset(self, split: Split) -> Dataset:
        """A split of the source that the run was trained on.

        Raises:
            DataError: the source is gone.
        """
        return type(self.modality).load(self.modality.options, self.run.record.source, split)

    def training_set(self) -> Dataset:
        """The training split, if it still is what the run was trained on.

        Raises:
            DataError: the source is gone, or has changed since.
        """
        found, record = self.dataset("train"), self.run.record
        if found.fingerprint() != record.fingerprint:
            raise DataError(
                f"The data of '{record.source}' have changed since the run was trained, so nothing can be learnt or "
                "measured on them. Bring the old ones back, or train again."
            )
        return found

    # ---- conditions -----------------------------------------------------------------------------------

    def columns(self, items: Tensor, condition: Any) -> Tensor:
        """The condition's columns (B, C) of items; an attribute is measured where none is given."""
        if condition is None and self.condition is not None and self.condition.of != "label":
            return self.condition.columns(self.modality.attributes(items)[self.condition.of])
        return self.columns_for(len(items), condition)

    def columns_for(self, count: int, condition: Any) -> Tensor:
        """The condition's columns (count, C) for what a person gives.

        Raises:
            UsageError: the model needs a condition, or takes none.
        """
        if self.condition is None:
            if condition is not None:
                raise UsageError(f"This model takes no condition (received {condition!r}).")
            return torch.zeros(count, 0)
        if condition is None:
            kinds = f"one of {', '.join(self.condition.names)}" if self.condition.names else "a number"
            raise UsageError(
                f"This model is conditioned on '{self.condition.of}': give a condition (--condition), {kinds}."
            )
        values = self.condition.values(condition)
        if len(values) not in (1, count):
            raise UsageError(f"{count} items need one condition, or one each (received {len(values)}).")
        return self.condition.columns(values.expand(count) if len(values) == 1 else values)

    def conditions(self, dataset: Dataset, indices: Tensor) -> Tensor:
        """The condition's columns of a data set's items: (B, C)."""
        if self.condition is None:
            return torch.zeros(len(indices), 0)
        return self.condition.columns(self.condition.of_items(self.modality, dataset, indices))


def refuse_without_code(means: Tensor, names: Sequence[str] | None) -> None:
    """Raise where codes (B, D) are infinite or missing.

    Raises:
        DataError: says of which items.
    """
    without = (~means.isfinite().flatten(1).all(1)).nonzero()[:, 0].tolist()
    if without:
        told = [f"{n} ('{names[n]}')" if names is not None else str(n) for n in without[:TOLD]]
        more = ", ..." if len(without) > TOLD else ""
        raise DataError(
            f"{len(without):,} of {len(means):,} items have no finite code, by number, counted from 0: "
            f"{', '.join(told)}{more}. Do they hold infinite numbers, or ones far from those trained on? Mend them or "
            "leave them out."
        )


def like(given: Array, made: Tensor) -> Array:
    """`made` as the kind of array that was given."""
    if isinstance(given, Tensor):
        return made.to(given.device)
    return made.numpy()


def load(run: Run | Path | str, device: str = "cpu") -> Autoencoder:
    """A run, ready to use.

    Args:
        run: the run or its folder.
        device: "cpu", "cuda" or "mps".

    Raises:
        RunError: the run is missing, damaged or has no weights yet.
        PluginError, UsageError: its plugin or objective is not installed.
    """
    run = run if isinstance(run, Run) else Run(run)
    record = run.record
    modality_class, objective_class = installed(run)
    modality = modality_class(
        check(modality_class.Options, record.options, f"the run {run.name}"), record.spec
    )
    condition = Condition.from_json(record.condition)
    options = check(objective_class.Options, record.objective_options, f"the run {run.name}")
    if not run.weights.exists():
        raise RunError(f"The run {run.path} has no weights yet. Go on with it: {run.resume_line()}")
    arrays, _ = read_arrays(run.weights)
    from aekit.training.state import load_module

    objective = objective_class(modality, options, record.latent_dim, condition.dim if condition else 0)
    load_module(objective, arrays, str(run.weights))
    return Autoencoder(run, modality, objective, condition, torch.device(device))


def installed(run: Run) -> tuple[type[Modality], type[Objective]]:
    """The classes that a run names.

    Raises:
        RunError: they are not installed here; says which distribution brings the plugin.
    """
    record = run.record
    try:
        return plugins.modality(record.plugin), plugins.objective(record.objective)
    except UsageError as error:
        raise RunError(
            f"The run {run.path} needs the plugin '{record.plugin}' (of {record.plugin_distribution} "
            f"{record.plugin_version}) and the objective '{record.objective}': {error} Its settings and figures: "
            f"aekit runs {run.path}"
        ) from error
