# Pixel likelihoods: how a network's outputs become a distribution over pictures.
"""Pixel likelihoods: how a network's outputs become a distribution over pictures.

Stored pictures are uint8 (B, C, H, W). Prepared pictures are floats of the same shape: fresh draws of 0 or 1
for Bernoulli, x / 255 otherwise. A network gives `outputs` channels for every channel of the picture.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from torch import Tensor

from aekit.likelihoods import Bernoulli, DiscretisedLogistic, Gaussian, sum_over_item

LEVELS = 256
FIRST_LOG_SCALE = -2.0
LEAST_SCALE = 0.01


class PixelLikelihood(ABC):
    """Base of all kinds.

    Attributes:
        outputs: how many channels a network gives for each channel of the picture.
        is_proper: whether it is a distribution over what `prepare` gives; see `Decoder`.
    """

    outputs: ClassVar[int] = 2
    is_proper: ClassVar[bool] = True

    @abstractmethod
    def log_prob(self, raw: Tensor, x: Tensor) -> Tensor:
        """Nats (B,) of prepared pictures x (B, C, H, W) under a network's raw outputs (B, outputs * C, H, W)."""

    @abstractmethod
    def mean(self, raw: Tensor) -> Tensor:
        """The expected prepared picture (B, C, H, W), in [0, 1]."""

    @abstractmethod
    def draw(self, raw: Tensor, temperature: float, top_p: float = 1.0) -> Tensor:
        """A prepared picture (B, C, H, W) drawn at `temperature` above 0."""

    @abstractmethod
    def first_bias(self, mean: Tensor) -> Tensor:
        """The raw outputs (outputs * C, H, W) that give the mean picture (C, H, W), in [0, 1], to begin with."""

    def prepare(self, x: Tensor) -> Tensor:
        """Stored pictures to prepared ones."""
        return x.float() / (LEVELS - 1)

    def generate(self, raw: Tensor, temperature: float, top_p: float = 1.0) -> Tensor:
        """Stored pictures: at temperature 0 the mean, above it a draw."""
        prepared = self.mean(raw) if temperature == 0 else self.draw(raw, temperature, top_p)
        return stored(prepared)


class BernoulliPixels(PixelLikelihood):
    """Every pixel is 0 or 1 with its own probability (Salakhutdinov and Murray 2008: dynamic binarisation)."""

    outputs = 1

    def log_prob(self, raw: Tensor, x: Tensor) -> Tensor:
        return sum_over_item(Bernoulli(raw).log_prob(x))

    def mean(self, raw: Tensor) -> Tensor:
        return Bernoulli(raw).mean

    def draw(self, raw: Tensor, temperature: float, top_p: float = 1.0) -> Tensor:
        return Bernoulli(raw).sample(temperature, top_p)

    def first_bias(self, mean: Tensor) -> Tensor:
        return mean.clamp(0.002, 0.998).logit()

    def prepare(self, x: Tensor) -> Tensor:
        return binarised(x) if x.device.type == "cpu" else torch.bernoulli(super().prepare(x))


class CrossEntropyPixels(BernoulliPixels):
    """The cross-entropy of every pixel to its grey level on [0, 1], as lessons on digits have it.

    No distribution over grey levels, so its nats bound nothing and there is nothing to draw from: at any
    temperature it gives the mean. Loaiza-Ganem and Cunningham 2019 say what is lost by that.
    """

    is_proper = False

    def draw(self, raw: Tensor, temperature: float, top_p: float = 1.0) -> Tensor:
        return self.mean(raw)

    def prepare(self, x: Tensor) -> Tensor:
        return PixelLikelihood.prepare(self, x)


class LogisticPixels(PixelLikelihood):
    """Every pixel's level follows a discretised logistic."""

    def log_prob(self, raw: Tensor, x: Tensor) -> Tensor:
        levels = (x * (LEVELS - 1)).round()
        return sum_over_item(self.distribution(raw).log_prob(levels))

    def mean(self, raw: Tensor) -> Tensor:
        return self.distribution(raw).mean / (LEVELS - 1)

    def draw(self, raw: Tensor, temperature: float, top_p: float = 1.0) -> Tensor:
        return self.distribution(raw).sample(temperature, top_p) / (LEVELS - 1)

    def first_bias(self, mean: Tensor) -> Tensor:
        return torch.cat([2 * mean - 1, torch.zeros_like(mean)])

    def distribution(self, raw: Tensor) -> DiscretisedLogistic:
        """The discretised logistic of raw outputs (B, 2 C, H, W)."""
        location, log_scale = raw.float().chunk(2, 1)
        return DiscretisedLogistic(location, log_scale + FIRST_LOG_SCALE, LEVELS)


class GaussianPixels(PixelLikelihood):
    """Every pixel follows a Gaussian on [0, 1]; its standard deviation is fixed, or learnt above LEAST_SCALE."""

    def __init__(self, scale: float | None) -> None:
        self.scale = scale
        self.outputs = 2 if scale is None else 1  # type: ignore[misc]

    def log_prob(self, raw: Tensor, x: Tensor) -> Tensor:
        return sum_over_item(self.distribution(raw).log_prob(x))

    def mean(self, raw: Tensor) -> Tensor:
        return self.distribution(raw).mean.clamp(0, 1)

    def draw(self, raw: Tensor, temperature: float, top_p: float = 1.0) -> Tensor:
        return self.distribution(raw).sample(temperature, top_p).clamp(0, 1)

    def first_bias(self, mean: Tensor) -> Tensor:
        return mean if self.scale is not None else torch.cat([mean, torch.zeros_like(mean)])

    def distribution(self, raw: Tensor) -> Gaussian:
        """The Gaussian of raw outputs (B, outputs * C, H, W)."""
        if self.scale is not None:
            return Gaussian(raw.float(), raw.new_tensor(math.log(self.scale), dtype=torch.float32))
        location, log_scale = raw.float().chunk(2, 1)
        return Gaussian(location, floored(log_scale + FIRST_LOG_SCALE))


def binarised(x: Tensor) -> Tensor:
    """Fresh draws of 0 or 1 with P(1) = x / 255 for stored pictures x, on the CPU.

    Four pixels share one 64-bit draw, which takes a quarter of `torch.bernoulli`'s time; each probability is
    within 2^-16 of x / 255, and exact at both ends.
    """
    count = x.numel()
    draws = torch.empty(-(-count // 4), dtype=torch.int64).random_(-(2**63), None)
    uniform = draws.view(torch.int16)[:count].view(x.shape)  # -2^15 ... 2^15 - 1
    return (uniform < x * (2**16 / (LEVELS - 1)) - 2**15).float()


def floored(log_scale: Tensor) -> Tensor:
    """log(exp(log_scale) + LEAST_SCALE): a log-scale that smoothly stays above the floor."""
    return torch.logaddexp(log_scale, log_scale.new_tensor(math.log(LEAST_SCALE)))


def stored(prepared: Tensor) -> Tensor:
    """Prepared pictures, in [0, 1], as stored: uint8."""
    return (prepared.float() * (LEVELS - 1)).round().clamp(0, LEVELS - 1).to(torch.uint8)


def pixel_likelihood(name: str, scale: float | None) -> PixelLikelihood:
    """The likelihood of that name; `scale` is the Gaussian's fixed standard deviation, None to learn it."""
    if name == "gaussian":
        return GaussianPixels(scale)
    return KINDS[name]()


KINDS: dict[str, type[PixelLikelihood]] = {
    "bernoulli": BernoulliPixels,
    "logistic": LogisticPixels,
    "crossentropy": CrossEntropyPixels,
}
