# The posterior q(z|x), and the head that makes it from an encoder's features.
"""The posterior q(z|x), and the head that makes it from an encoder's features."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

LOG_VARIANCE_RANGE = (-12.0, 6.0)
LOG_2_PI = math.log(2 * math.pi)


class Posterior(NamedTuple):
    """A diagonal Gaussian q(z|x) for each item.

    Attributes:
        mean: (B, D), fp32.
        log_variance: (B, D), fp32; minus infinity for an encoder without noise (plain autoencoders).
    """

    mean: Tensor
    log_variance: Tensor

    def sample(self) -> Tensor:
        """One reparameterised draw for each item, from the default random stream: (B, D)."""
        return self.mean + torch.randn_like(self.mean) * (0.5 * self.log_variance).exp()

    def kl(self) -> Tensor:
        """KL(q(z|x) || N(0, I)) of each dimension, in nats: (B, D) (Kingma and Welling 2014, appendix B)."""
        return 0.5 * (self.mean.square() + self.log_variance.exp() - 1.0 - self.log_variance)

    def log_prob(self, z: Tensor) -> Tensor:
        """log q(z|x) in nats for z of shape (..., B, D): (..., B)."""
        squares = (z - self.mean).square() * (-self.log_variance).exp()
        return -0.5 * (squares + self.log_variance + LOG_2_PI).sum(-1)

    def repeat(self, times: int) -> Posterior:
        """Every item `times` times in a row: (B * times, D)."""
        return Posterior(*(part.repeat_interleave(times, 0) for part in self))


class Head(nn.Module):
    """Features (B, width) and condition (B, C) to a Posterior of D dimensions, in fp32.

    One joint linear layer gives mean and log-variance, so that no parameter goes without a gradient
    where the log-variance is not used. A condition enters through one residual layer before it.
    """

    def __init__(self, width: int, latent_dim: int, condition_dim: int = 0) -> None:
        super().__init__()
        self.mix = nn.Linear(width + condition_dim, width) if condition_dim else None
        self.project = nn.Linear(width, 2 * latent_dim)

    def forward(self, features: Tensor, condition: Tensor) -> Posterior:
        features = features.float()
        if self.mix is not None:
            mixed = self.mix(torch.cat([features, condition.float()], dim=1))
            features = features + nn.functional.silu(mixed)
        mean, log_variance = self.project(features).chunk(2, dim=1)
        return Posterior(mean, log_variance.clamp(*LOG_VARIANCE_RANGE))
