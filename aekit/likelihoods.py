# Likelihoods: proper distributions that decoders end in, elementwise and in fp32.
"""Likelihoods: proper distributions that decoders end in, elementwise and in fp32.

Each is a small value made from a network's outputs of any float type, which are cast to fp32 first.
`log_prob` gives nats for each element; `sum_over_item` adds them up to (B,).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

LOG_SQRT_2_PI = 0.5 * math.log(2 * math.pi)
LOG_SCALE_RANGE = (-7.0, 7.0)  # beyond it a level's share of the logistic is lost in fp32


def sum_over_item(values: Tensor) -> Tensor:
    """(B, ...) to (B,): the sum over everything but the batch."""
    return values.flatten(1).sum(1)


class Bernoulli(NamedTuple):
    """Binary elements, from logits (B, ...)."""

    logits: Tensor

    def log_prob(self, x: Tensor) -> Tensor:
        """Nats for each element of x in {0, 1} (or the cross-entropy to x in [0, 1], which is no probability)."""
        return -F.binary_cross_entropy_with_logits(self.logits.float(), x.float(), reduction="none")

    @property
    def mean(self) -> Tensor:
        return self.logits.float().sigmoid()

    def sample(self, temperature: float = 1.0, top_p: float = 1.0) -> Tensor:
        """0 or 1; at temperature 0, or where it has `top_p` or more, the more likely of the two."""
        if temperature == 0:
            return (self.logits > 0).float()
        probability = (self.logits.float() / temperature).sigmoid()
        drawn = torch.bernoulli(probability)
        if top_p == 1:
            return drawn
        sure = torch.maximum(probability, 1 - probability) >= top_p
        return torch.where(sure, (probability > 0.5).float(), drawn)


class Categorical(NamedTuple):
    """One of K classes, from logits (..., K)."""

    logits: Tensor

    def log_prob(self, x: Tensor) -> Tensor:
        """Nats for each class index in x, whose shape is that of the logits without the last axis."""
        return self.logits.float().log_softmax(-1).gather(-1, x.long().unsqueeze(-1)).squeeze(-1)

    @property
    def mean(self) -> Tensor:
        """The probabilities (..., K)."""
        return self.logits.float().softmax(-1)

    def sample(self, temperature: float = 1.0, top_p: float = 1.0) -> Tensor:
        """Class indices; at temperature 0 the most likely ones, else from the fewest that have `top_p` together."""
        if temperature == 0:
            return self.logits.argmax(-1)
        probabilities = nucleus((self.logits.float() / temperature).softmax(-1), top_p)
        return probabilities.flatten(0, -2).multinomial(1).view(probabilities.shape[:-1])


class DiscretisedLogistic(NamedTuple):
    """Integer levels 0 ... levels - 1 (Salimans et al. 2017, equation 2; both ends take the open tails).

    Attributes:
        location: (B, ...) on the scale where level k sits at 2 k / (levels - 1) - 1, so in about [-1, 1].
        log_scale: the logistic's log-scale on the same axis; floored so that no level's density runs off.
        levels: how many levels there are.
    """

    location: Tensor
    log_scale: Tensor
    levels: int = 256

    def log_prob(self, x: Tensor) -> Tensor:
        """Nats for each level in x (0 ... levels - 1)."""
        x = x.float()
        inverse_scale = (-self.log_scale.float().clamp(*LOG_SCALE_RANGE)).exp()
        step = 2.0 / (self.levels - 1)
        centre = (x * step - 1.0 - self.location.float()) * inverse_scale
        half = 0.5 * step * inverse_scale
        above, below = centre + half, centre - half
        # log(sigmoid(above) - sigmoid(below)), with no difference of near numbers
        log_below = torch.where(x <= 0, 0.0, F.logsigmoid(-below))
        log_above = torch.where(x >= self.levels - 1, 0.0, F.logsigmoid(above))
        inner = (x > 0) & (x < self.levels - 1)
        log_gap = torch.where(inner, torch.log(-torch.expm1(-2 * half)), 0.0)
        return log_below + log_above + log_gap

    @property
    def mean(self) -> Tensor:
        """The location as a level, 0 ... levels - 1, not rounded."""
        return ((self.location.float() + 1.0) * (0.5 * (self.levels - 1))).clamp(0, self.levels - 1)

    def sample(self, temperature: float = 1.0, top_p: float = 1.0) -> Tensor:
        """Levels; at temperature 0 the nearest to the location, else from the middle share `top_p` of the logistic."""
        if temperature == 0:
            return self.mean.round()
        uniform = middle(torch.rand_like(self.location, dtype=torch.float32), top_p).clamp(1e-6, 1 - 1e-6)
        noise = temperature * self.log_scale.float().clamp(*LOG_SCALE_RANGE).exp() * uniform.logit()
        moved = self.location.float() + noise
        return ((moved + 1.0) * (0.5 * (self.levels - 1))).round().clamp(0, self.levels - 1)


class Gaussian(NamedTuple):
    """Real elements; a density, so its nats may be positive and depend on the data's unit.

    Attributes:
        location: (B, ...).
        log_scale: log standard deviation, the same shape or one that broadcasts. Give it a floor where it
            is learnt: without one the density of a constant element runs off to infinity.
    """

    location: Tensor
    log_scale: Tensor

    def log_prob(self, x: Tensor) -> Tensor:
        log_scale = self.log_scale.float()
        standardised = (x.float() - self.location.float()) * (-log_scale).exp()
        return -0.5 * standardised.square() - log_scale - LOG_SQRT_2_PI

    @property
    def mean(self) -> Tensor:
        return self.location.float()

    def sample(self, temperature: float = 1.0, top_p: float = 1.0) -> Tensor:
        """Draws from the middle share `top_p` of each Gaussian."""
        location = self.location.float()
        if top_p == 1:
            noise = torch.randn_like(location)
        else:
            noise = torch.special.ndtri(middle(torch.rand_like(location), top_p))
        return location + temperature * self.log_scale.float().exp() * noise


def nucleus(probabilities: Tensor, top_p: float) -> Tensor:
    """Probabilities (..., K) with all but the fewest classes that have `top_p` together at 0 (Holtzman et al. 2020).

    They are not scaled to one again.
    """
    if top_p == 1:
        return probabilities
    ordered, places = probabilities.sort(-1, descending=True)
    before = ordered.cumsum(-1) - ordered
    return torch.zeros_like(probabilities).scatter(-1, places, torch.where(before < top_p, ordered, 0.0))


def middle(uniform: Tensor, share: float) -> Tensor:
    """Draws from [0, 1] moved into the middle `share` of it."""
    return 0.5 + share * (uniform - 0.5)
