# The conformance kit: the plugins keep the contract, and each way of breaking it is found and named.
"""The conformance kit: the plugins keep the contract, and each way of breaking it is found and named."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydantic
import pytest
import torch
from torch import Tensor, nn

from aekit import (
    Curves,
    DataError,
    Dataset,
    Decoder,
    Encoder,
    Modality,
    Options,
    ReadResult,
    Source,
    UsageError,
)
from aekit.likelihoods import Gaussian, sum_over_item
from aekit.plugins import modality
from aekit.testing import ConformanceError, check_modality, check_names

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
    "view can be drawn": {"view": lambda self, x: x.tolist()},
    "attributes are one number an item": {"attributes": lambda self, x: {"all": x}},
    "attributes see each item alone": {"attributes": lambda self, x: {"top": x.max(1).values - x.mean()}},
}


def broken(change: dict[str, Any]) -> type[Modality]:
    """The modality, broken in one way."""
    return type("BrokenWaves", (Waves,), change)


def test_a_modality_that_keeps_every_rule_passes_every_check() -> None:
    report = check_modality(Waves)

    report.raise_for_failures()
    assert report.passed == check_names()


@pytest.mark.parametrize("name", BROKEN)
def test_each_broken_rule_is_found_and_no_other_blamed(name: str) -> None:
    report = check_modality(broken(BROKEN[name]))

    assert list(report.failed) == [name], str(report)


def test_every_check_has_a_modality_that_fails_it() -> None:
    assert {"loading works", *BROKEN} == set(check_names())


@pytest.mark.parametrize("name", ["words", "rows"])
def test_outside_plugins_keep_the_contract(outside: Path, name: str) -> None:
    report = check_modality(modality(name), options={"width": 16})

    report.raise_for_failures()
    assert report.passed == check_names()


@pytest.mark.parametrize(
    "options", [{}, {"network": "conv", "likelihood": "logistic"}], ids=["digits", "conv"]
)
def test_the_image_plugin_keeps_the_contract(options: dict[str, Any]) -> None:
    pytest.importorskip("aekit_image")

    check_modality(modality("image"), options={"width": 16, **options}).raise_for_failures()


def test_where_nothing_loads_nothing_else_is_run() -> None:
    report = check_modality(Waves, source="ripples")

    assert report.failed == {"loading works": "DataError: No source named 'ripples'."}
    assert len(report.named("not run")) == len(check_names()) - 1


def test_failures_are_raised_in_one_error_that_lists_them() -> None:
    change = {**BROKEN["view can be drawn"], **BROKEN["missing file is refused"]}

    with pytest.raises(
        ConformanceError, match=r"breaks 2 rules .*missing file is refused: .*; view can be drawn: "
    ):
        check_modality(broken(change)).raise_for_failures()


def test_an_expected_failure_is_told_apart_and_a_stale_one_fails() -> None:
    reason = "curves are shown as numbers until version 2"

    expected = check_modality(
        broken(BROKEN["view can be drawn"]), expected_failures={"view can be drawn": reason}
    )
    stale = check_modality(Waves, expected_failures={"view can be drawn": reason})

    assert expected.failed == {}
    assert [str(result) for result in expected.results if result.verdict == "expected"] == [
        f"expected view can be drawn: {reason}"
    ]
    assert list(stale.failed) == ["view can be drawn"]
    with pytest.raises(UsageError, match="Did you mean 'view can be drawn'"):
        check_modality(Waves, expected_failures={"view can be draw": reason})


def test_one_line_a_check_is_printed_where_asked(capsys: pytest.CaptureFixture[str]) -> None:
    check_modality(Waves, verbose=True)

    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"passed   {name}" for name in check_names()]


def test_the_default_random_stream_is_left_as_it_was() -> None:
    before = torch.get_rng_state()

    check_modality(Waves)

    assert torch.equal(torch.get_rng_state(), before)
