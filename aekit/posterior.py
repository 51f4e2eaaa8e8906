# The posterior q(z|x), and the head that makes it from an encoder's features.
"""The posterior q(z|x), and the head that makes it from an encoder's features."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import ClassVar, Self

import torch
from torch import Tensor, nn

LOG_VARIANCE_RANGE = (-12.0, 6.0)
LOG_2_PI = math.log(2 * math.pi)


@dataclass(frozen=True, eq=False)
class Posterior:
    """A diagonal Gaussian q(z|x) for each item; the base of other distributions that noise is turned into.

    Attributes:
        mean: (B, D), fp32; of other distributions the code at zero noise. It is what stands for an item.
        log_variance: (B, D), fp32; minus infinity for an encoder without noise (plain autoencoders).
        is_gaussian: whether `kl` and `log_prob` are at hand, and not only `at`.
    """

    mean: Tensor
    log_variance: Tensor

    is_gaussian: ClassVar[bool] = True

    def at(self, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Codes (B, D) at standard normal noise (B, D), and their log q(z|x) in nats (B,)."""
        z = self.mean + noise * (0.5 * self.log_variance).exp()
        return z, -0.5 * (noise.square() + self.log_variance + LOG_2_PI).sum(-1)

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

    def repeat(self, times: int) -> Self:
        """Every item `times` times in a row: (B * times, D)."""
        return self.map(lambda part: part.repeat_interleave(times, 0))

    def map(self, change: Callable[[Tensor], Tensor]) -> Self:
        """The same distribution with every tensor changed: moved, repeated, or cut along the batch."""
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(
            self, **{name: change(part) for name, part in parts.items() if isinstance(part, Tensor)}
        )

    @staticmethod
    def joined(pieces: Sequence[Posterior]) -> Posterior:
        """The pieces of a batch as one."""
        rest = [[part for part in vars(piece).values() if isinstance(part, Tensor)] for piece in pieces]
        columns = iter([torch.cat(parts) for parts in zip(*rest, strict=True)])
        return pieces[0].map(lambda _: next(columns))


@dataclass(frozen=True, eq=False)
class Transformed(Posterior):
    """A diagonal Gaussian start whose draws an invertible network moves: flows, and layers upon layers.

    Attributes:
        start_mean, start_log_variance: (B, D), of the Gaussian that is drawn from.
        context: (B, H), what the network sees of the item.
        transform: start (B, D) and context (B, H) to codes (B, D) and the log-determinants (B,) of the step.
    """

    start_mean: Tensor
    start_log_variance: Tensor
    context: Tensor
    transform: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]

    is_gaussian: ClassVar[bool] = False

    @classmethod
    def of(
        cls,
        start: Posterior,
        context: Tensor,
        transform: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]],
    ) -> Transformed:
        """The distribution of transformed draws from `start`."""
        mean, _ = transform(start.mean, context)
        return cls(mean, start.log_variance, start.mean, start.log_variance, context, transform)

    def at(self, noise: Tensor) -> tuple[Tensor, Tensor]:
        drawn, log_start = Posterior(self.start_mean, self.start_log_variance).at(noise)
        z, log_determinant = self.transform(drawn, self.context)
        return z, log_start - log_determinant

    def sample(self) -> Tensor:
        return self.at(torch.randn_like(self.mean))[0]

    def kl(self) -> Tensor:
        raise NotImplementedError("a transformed posterior has no KL in closed form; estimate it from draws")

    def log_prob(self, z: Tensor) -> Tensor:
        raise NotImplementedError("a transformed posterior knows log q only where it was drawn; use at()")


class Head(nn.Module):
    """Features (B, width) and condition (B, C) to a Posterior of D dimensions, in fp32.

    One joint linear layer gives mean and log-variance, so that no parameter goes without a gradient
    where the log-variance is not used. A condition enters through one residual layer before it. Features in
    several equal parts give as many equal shares of the code, where D is a multiple of the parts.
    """

    def __init__(self, width: int, latent_dim: int, condition_dim: int = 0, parts: int = 1) -> None:
        super().__init__()
        if parts < 1 or width % parts:
            raise ValueError(
                f"An encoder's width must be a multiple of its parts (received {width} and {parts})."
            )
        self.parts = parts if latent_dim % parts == 0 else 1
        self.mix = nn.Linear(width + condition_dim, width) if condition_dim else None
        self.project = nn.Linear(width // self.parts, 2 * latent_dim // self.parts)

    def forward(self, features: Tensor, condition: Tensor) -> Posterior:
        features = features.float()
        if self.mix is not None:
            mixed = self.mix(torch.cat([features, condition.float()], dim=1))
            features = features + nn.functional.silu(mixed)
        shares = self.project(features.unflatten(1, (self.parts, -1)))
        mean, log_variance = (half.flatten(1) for half in shares.chunk(2, dim=2))
        return Posterior(mean, log_variance.clamp(*LOG_VARIANCE_RANGE))
