# The importance-weighted autoencoder, and what all objectives that weigh several draws share.
"""The importance-weighted autoencoder, and what all objectives that weigh several draws share.

B items, K draws of each, D latent dimensions; draws of one item stand in a row.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, ClassVar, Literal

import pydantic
import torch
from torch import Tensor

from aekit.data import Batch
from aekit.errors import UsageError
from aekit.modality import Modality
from aekit.objective import Objective, Outcome
from aekit.objectives.vae import WARMUP, elbo_terms
from aekit.options import Options
from aekit.priors import Prior, StandardNormal

ROWS = 4096  # codes that `bound` decodes at once

DRAWS = "draws K for each item; with more the bound is tighter and a step takes longer"


class WeightedOptions(Options):
    importance_samples: int = pydantic.Field(1, ge=1, le=1000, description=DRAWS)
    gradient: Literal["standard", "dreg"] = pydantic.Field(
        "standard", description="dreg: the encoder's doubly reparameterised gradient, less noisy for large K"
    )
    beta: float = pydantic.Field(1.0, ge=0, description="weight of log p(z) - log q(z|x) in the loss")
    warmup: float = pydantic.Field(0.0, ge=0, description=WARMUP)


class IWAEOptions(WeightedOptions):
    importance_samples: int = pydantic.Field(5, ge=1, le=1000, description=DRAWS)


class IWAE(Objective):
    """Maximises E[log 1/K sum_k w_k], w_k = p(x|z_k) p(z_k) / q(z_k|x) (Burda et al. 2016, equation 8).

    When to use it: for a better bound and better samples than `vae` gives, at K times the decoder's work; items are
    encoded once. The encoder learns to cover all that could have made an item, so codes tell a little less about it:
    for codes take `vae`. With K above about 10 take `--gradient dreg` (Tucker et al. 2019, equation 8), or the
    encoder's gradient drowns in noise. `vampprior`, `flowprior`, `iaf` and `twolayer` weigh draws too, with
    `--importance-samples`.

    Attributes:
        has_dreg: whether log q(z|x) can be had with its parameters held still, as `dreg` asks.
    """

    Options: ClassVar[type[Options]] = IWAEOptions
    options: WeightedOptions
    has_dreg: ClassVar[bool] = True

    def __init__(self, modality: Modality, options: Any, latent_dim: int, condition_dim: int = 0) -> None:
        if options.gradient == "dreg" and not self.has_dreg:
            raise UsageError(
                f"{type(self).__name__} knows log q(z|x) only together with a draw, 'dreg' needs it at any z (received "
                "--gradient dreg). Use --gradient standard"
            )
        super().__init__(modality, options, latent_dim, condition_dim)

    def forward(self, batch: Batch, step: Tensor | None) -> Outcome:
        posterior, prior = self.posterior(batch.shown, batch.condition), self.prior()
        samples, beta = self.options.importance_samples, self.beta(step)
        wide = posterior.repeat(samples) if samples > 1 else posterior
        z, log_q = wide.at(torch.randn_like(wide.mean))
        scales: list[Tensor] = []
        doubly = self.options.gradient == "dreg" and z.requires_grad
        if doubly:
            z = scaled_later(z, scales)
            log_q = wide.map(Tensor.detach).log_prob(z)
        x, condition = spread(batch.x, samples), spread(batch.condition, samples)
        log_prob = self.training_log_prob(x, z, condition, step)
        log_ratio = prior.log_prob(z) - log_q
        log_weights = (log_prob + beta * log_ratio).view(-1, samples)
        loss = -log_mean(log_weights).mean()
        if doubly:
            shares = log_weights.detach().softmax(1)
            scales.append((1 - beta + beta * shares).view(-1, 1))
            surrogate = -(shares * log_weights).sum(1).mean()
            loss = surrogate + (loss - surrogate).detach()
        closed = posterior.is_gaussian and isinstance(prior, StandardNormal)
        terms = elbo_terms(log_prob, posterior.kl().sum(1) if closed else -log_ratio)
        bound = log_mean((log_prob + log_ratio).detach().view(-1, samples)).mean()
        return Outcome(loss, {"bound": bound, **terms})

    def bound(self, batch: Batch, samples: int) -> Tensor:
        """The bound from `samples` draws for each item, nats: (B,)."""
        posterior, prior = self.posterior(batch.shown, batch.condition), self.prior()
        total = torch.full((len(batch.x),), -torch.inf, device=posterior.mean.device)
        for times in parts_of(samples, max(1, ROWS // len(batch.x))):
            wide = posterior.repeat(times)
            z, log_q = wide.at(torch.randn_like(wide.mean))
            log_prob = self.log_prob(spread(batch.x, times), z, spread(batch.condition, times))
            log_weights = log_prob + prior.log_prob(z) - log_q
            total = torch.logaddexp(total, log_weights.view(-1, times).logsumexp(1))
        return total - math.log(samples)

    def prior(self) -> Prior:
        """What z is drawn from; objectives built on this one always have it."""
        return StandardNormal(self.latent_dim)

    def beta(self, step: Tensor | None) -> Tensor | float:
        """The weight of log p(z) - log q(z|x) at `step`."""
        return self.options.beta * self.risen(self.options.warmup, step)


@torch.compiler.disable  # type: ignore[untyped-decorator]
def scaled_later(z: Tensor, scales: list[Tensor]) -> Tensor:
    """z (B * K, D), through which gradients come scaled by `scales[0]` (B * K, 1), put there before they do."""
    seen = z.view_as(z)
    seen.register_hook(lambda gradient: gradient * scales[0])
    return seen


def log_mean(log_weights: Tensor) -> Tensor:
    """log of the mean of weights over the last axis: (B, K) to (B,)."""
    return log_weights.logsumexp(-1) - math.log(log_weights.shape[-1])


def spread(values: Tensor, times: int) -> Tensor:
    """Every row `times` times in a row; of a single row, and once, no copy is made."""
    return values.unsqueeze(1).expand(-1, times, *values.shape[1:]).flatten(0, 1)


def parts_of(count: int, most: int) -> Iterator[int]:
    """Numbers of at most `most` that add up to `count`."""
    return (min(most, count - done) for done in range(0, count, most))
