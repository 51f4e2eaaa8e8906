# Waves: a small modality that keeps every rule of the contract, and a change for each rule that breaks it alone.
"""Waves: a small modality that keeps every rule of the contract, and a change for each rule that breaks it alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydantic
import torch
from torch import Tensor, nn

from aekit import (
    Curves,
    DataError,
    Dataset,
    Decoder,
    Degradation,
    Encoder,
    Modality,
    Options,
    ReadResult,
    Source,
    UsageError,
)
from aekit.likelihoods import Gaussian, sum_over_item

LENGTH = 6


class WaveEncoder(Encoder):
    width = 16

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(LENGTH, self.width)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x).tanh()


class WaveDecoder(Decoder):
    def __init__(self, latent_dim: int) -> None:
        super().__init__()
        self.layer = nn.Linear(latent_dim, LENGTH)

    def gaussian(self, z: Tensor) -> Gaussian:
        return Gaussian(self.layer(z), torch.tensor(-1.0))

    def log_prob(self, z: Tensor, x: Tensor) -> Tensor:
        return sum_over_item(self.gaussian(z).log_prob(x))

    @torch.no_grad()
    def generate(self, z: Tensor, temperature: float = 0.0, top_p: float = 1.0) -> Tensor:
        return 10 * self.gaussian(z).sample(temperature, top_p)

    def mean(self, z: Tensor) -> Tensor | None:
        return self.gaussian(z).mean


class Waves(Modality):
    """A modality that keeps every rule: stored curves (LENGTH,) fp32, prepared a tenth as high."""

    default_source = "waves"
    Encoder, Decoder = WaveEncoder, WaveDecoder

    @classmethod
    def sources(cls) -> tuple[Source, ...]:
        return (Source("waves", "sines", "20 + 10", "public domain", "computed"),)

    @classmethod
    def load(cls, options: Any, source: str, split: str) -> Dataset:
        if source != "waves":
            raise DataError(f"No source named '{source}'.")
        phases = torch.linspace(0, 6, 20 if split == "train" else 10)
        items = 10 * torch.sin(phases[:, None] + torch.arange(LENGTH))
        return Dataset(items, {"high": 10.0}, (phases > 3).long(), ("early", "late"))

    def encoder(self) -> Encoder:
        return self.Encoder()

    def decoder(self, latent_dim: int) -> Decoder:
        return self.Decoder(latent_dim)

    def prepare(self, x: Tensor) -> Tensor:
        return x / 10 + 0.001 * torch.randn_like(x)

    def degradations(self) -> dict[str, Degradation]:
        return {
            "hiss": Degradation("noise", "standard deviation of the noise", 2.0, 0.0, 9.0),
            "stairs": Degradation("resolution", "readings of a stair", 2.0, 2.0, 4.0),
        }

    def degrade(self, x: Tensor, name: str, amount: float) -> Tensor:
        if name == "hiss":
            return x + amount * torch.randn_like(x)
        if LENGTH % amount:
            raise UsageError(f"Stairs must divide {LENGTH} readings (received {amount:g}).")
        return x.unflatten(1, (-1, int(amount))).mean(2).repeat_interleave(int(amount), 1)

    def read(self, path: Path) -> ReadResult:
        if not path.exists():
            raise DataError(f"{path} is missing.")
        return ReadResult(torch.zeros(1, LENGTH), (path.name,))

    def view(self, x: Tensor) -> Any:
        return Curves(np.arange(LENGTH), {"height": x.numpy()})

    def attributes(self, x: Tensor) -> dict[str, Tensor]:
        return {"top": x.max(1).values}

    def metrics(self, decoder: Decoder, z: Tensor, x: Tensor) -> dict[str, Tensor]:
        return {"error": (decoder.generate(z) - x).abs().mean(1)}


def with_decoder(**changes: Any) -> dict[str, Any]:
    """A change of the modality: its decoder with other methods."""
    return {"Decoder": type("OtherDecoder", (WaveDecoder,), changes)}


def with_encoder(**changes: Any) -> dict[str, Any]:
    """A change of the modality: its encoder with other methods."""
    return {"Encoder": type("OtherEncoder", (WaveEncoder,), changes)}


def with_dataset(change: Callable[[Dataset, str], dict[str, Any]]) -> dict[str, Any]:
    """A change of the modality: what it loads, changed by `change(dataset, split)`."""

    def load(cls: Any, options: Any, source: str, split: str) -> Dataset:
        loaded = Waves.load(options, source, split)
        facts = {"items": loaded.items, "spec": loaded.spec, "labels": loaded.labels}
        return Dataset(**{**facts, "label_names": loaded.label_names, **change(loaded, split)})

    return {"load": classmethod(load)}


def with_degradation(name: str, change: Callable[[Tensor, float], Tensor]) -> dict[str, Any]:
    """A change of the modality: one of its degradations is another, change(x, amount)."""

    def degrade(self: Any, x: Tensor, asked: str, amount: float) -> Tensor:
        return change(x, amount) if asked == name else Waves.degrade(self, x, asked, amount)

    return {"degrade": degrade}


def own_stream(x: Tensor) -> Tensor:
    """Noise that no seed reaches."""
    return torch.rand(
        x.shape, generator=torch.Generator().manual_seed(int(np.random.default_rng().integers(2**40)))
    )


class ClashingOptions(Options):
    epochs: int = pydantic.Field(3, description="of the moon")


class ForgetfulOptions(Options):
    scale: float = pydantic.Field(math.inf, description="no number that JSON knows")


def unused_layer(self: Any) -> None:
    WaveEncoder.__init__(self)
    self.spare = nn.Linear(2, 2)


def tied_layers(self: Any, latent_dim: int) -> None:
    WaveDecoder.__init__(self, latent_dim)
    self.twin = nn.Linear(latent_dim, LENGTH)
    self.twin.weight = self.layer.weight
    self.twin.bias = self.layer.bias


def infinite_in_bf16(self: Any, z: Tensor) -> Gaussian:
    location = self.layer(z)
    return Gaussian(location * (math.inf if location.dtype == torch.bfloat16 else 1.0), torch.tensor(-1.0))


def scale_in_place(self: Any, x: Tensor) -> Tensor:
    return x.div_(10)


def double_in_place(self: Any, x: Tensor) -> Tensor:
    return x.mul_(2)


def unwritten_file(self: Any, path: Path) -> ReadResult:
    return ReadResult(torch.from_numpy(np.load(path)), ("curve",))


def count_calls(self: Any, z: Tensor, temperature: float = 0.0, top_p: float = 1.0) -> Tensor:
    with torch.no_grad():
        self.layer.bias += 1
    return WaveDecoder.generate(self, z, temperature, top_p)


BROKEN: dict[str, dict[str, Any]] = {
    "options survive json": {"Options": ForgetfulOptions},
    "option names are free": {"Options": ClashingOptions},
    "training defaults are options": {"training_defaults": {"batch_size": 0}},
    "default source is listed": {"sources": classmethod(lambda cls: (Source("other", "", "", "", ""),))},
    "unknown source is refused": {
        "load": classmethod(lambda cls, options, source, split: Waves.load(options, "waves", split))
    },
    "missing file is refused": {"read": unwritten_file},
    "both splits agree": with_dataset(
        lambda data, split: {
            "label_names": ("early", "late", "late") if split == "test" else data.label_names
        }
    ),
    "loading twice gives the same": with_dataset(
        lambda data, split: {"items": data.items + own_stream(data.items) * 1e-3}
    ),
    "labels fit their names": with_dataset(lambda data, split: {"labels": data.labels + 1}),
    "spec is json": with_dataset(lambda data, split: {"spec": {"high": (10.0,)}}),
    "prepare keeps the batch": {"prepare": lambda self, x: x[: max(1, len(x) - 1)] / 10},
    "prepare repeats under a seed": {"prepare": lambda self, x: x / 10 + own_stream(x)},
    "prepare leaves its input alone": {"prepare": scale_in_place},
    "augment keeps shape and type": {"augment": lambda self, x: x.double()},
    "augment repeats under a seed": {"augment": lambda self, x: x + own_stream(x)},
    "augment leaves its input alone": {"augment": double_in_place},
    "encoder gives its width": with_encoder(width=16, forward=lambda self, x: self.layer(x)[:, :8]),
    "encoder sees each item alone": with_encoder(forward=lambda self, x: self.layer(x - x.mean(0)).tanh()),
    "log prob is one number an item": with_decoder(
        log_prob=lambda self, z, x: self.gaussian(z).log_prob(x).sum()
    ),
    "log prob sees each item alone": with_decoder(
        log_prob=lambda self, z, x: WaveDecoder.log_prob(self, z - z.mean(0), x)
    ),
    "surrogate without a step is log prob": with_decoder(
        training_log_prob=lambda self, z, x, step: 2 * self.log_prob(z, x)
    ),
    "surrogate takes a step": with_decoder(
        training_log_prob=lambda self, z, x, step: (
            self.log_prob(z, x) / (1.0 if step is None else 1.0 * (step > 0))
        )
    ),
    "any latent dim will do": {
        "decoder": lambda self, latent_dim: WaveDecoder(3) if latent_dim != 1 else None
    },
    "generate gives stored items": with_decoder(
        generate=lambda self, z, temperature=0.0, top_p=1.0: WaveDecoder.generate(
            self, z, temperature, top_p
        ).double()
    ),
    "generate repeats at temperature zero": with_decoder(
        generate=lambda self, z, temperature=0.0, top_p=1.0: WaveDecoder.generate(self, z, temperature or 1.0)
    ),
    "generate repeats under a seed": with_decoder(
        generate=lambda self, z, temperature=0.0, top_p=1.0: (
            self.layer(z).detach() + temperature * own_stream(self.layer(z))
        )
    ),
    "generate leaves the network alone": with_decoder(
        generate=lambda self, z, temperature=0.0, top_p=1.0: WaveDecoder.generate(
            self.train(), z, temperature
        )
    ),
    "generated items go round": with_decoder(
        generate=lambda self, z, temperature=0.0, top_p=1.0: torch.full((len(z), LENGTH), math.inf)
    ),
    "mean can be differentiated": with_decoder(mean=lambda self, z: WaveDecoder.mean(self, z).detach()),
    "metrics are one number an item": {
        "metrics": lambda self, decoder, z, x: {"error": (x - 1).abs().mean()}
    },
    "every parameter gets a gradient": with_encoder(__init__=unused_layer),
    "bf16 can be trained": with_decoder(gaussian=infinite_in_bf16),
    "weights can be saved": with_decoder(__init__=tied_layers),
    "degradations are described": {
        "degradations": lambda self: {"hiss": Degradation("noise", "its scale", 9.5, 0.0, 9.0)}
    },
    "degrade keeps shape and type": with_degradation("stairs", lambda x, amount: x[:, :: int(amount)]),
    "degrade repeats under a seed": with_degradation("hiss", lambda x, amount: x + own_stream(x)),
    "degrade leaves its input alone": with_degradation(
        "hiss", lambda x, amount: x.add_(amount * torch.randn_like(x))
    ),
    "degraded items can be encoded": with_degradation(
        "hiss", lambda x, amount: x.where(torch.rand_like(x) > amount / 9, math.inf)
    ),
    "noise is drawn anew": with_degradation("hiss", lambda x, amount: x + amount * torch.ones_like(x)),
    "resolution draws nothing": with_degradation("stairs", lambda x, amount: x.sign() + 0 * torch.rand(1)),
    "resolution done twice is the same": with_degradation("stairs", lambda x, amount: x / amount),
    "view can be drawn": {"view": lambda self, x: x.tolist()},
    "attributes are one number an item": {"attributes": lambda self, x: {"all": x}},
    "attributes see each item alone": {"attributes": lambda self, x: {"top": x.max(1).values - x.mean()}},
}


def broken(change: dict[str, Any]) -> type[Modality]:
    """The modality, broken in one way."""
    return type("BrokenWaves", (Waves,), change)
