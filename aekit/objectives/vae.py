# The variational autoencoder, with beta, warm-up, cyclical annealing and free bits.
"""The variational autoencoder, with beta, warm-up, cyclical annealing and free bits."""

from __future__ import annotations

import math
from typing import ClassVar, Literal

import pydantic
import torch
from torch import Tensor

from aekit.data import Batch
from aekit.objective import Objective, Outcome
from aekit.options import Options

WARMUP = "steps over which beta rises from 0; a number up to 1 is a share of the training"


class VAEOptions(Options):
    beta: float = pydantic.Field(1.0, ge=0, description="weight of the KL term (Higgins et al. 2017)")
    warmup: float = pydantic.Field(0.0, ge=0, description=WARMUP)
    cycle: int = pydantic.Field(
        0,
        ge=0,
        description="steps of one annealing cycle, rising in its first half (Fu et al. 2019); 0 for none",
    )
    free_bits: float = pydantic.Field(0.0, ge=0, description="KL per item that costs nothing")
    free_bits_in: Literal["nats", "bits"] = pydantic.Field("nats", description="the unit of free_bits")
    free_bits_per: Literal["item", "dimension"] = pydantic.Field(
        "item", description="whether free bits count for the whole item or for each dimension"
    )


class VAE(Objective):
    """Maximises E_q[log p(x|z)] - beta KL(q(z|x) || p(z)) (Kingma and Welling 2014; Higgins et al. 2017).

    When to use it: first, and for most things: a space without holes to draw from and to walk in, and a bound on
    log p(x) that says how good the model is. A beta above 1 buys independent dimensions with blur, one below 1 sharper
    reconstructions with poorer samples. Free bits or a warm-up help where the decoder learns to ignore the code; a
    warm-up over most of the training (`--warmup 0.8`) also told melodies better by fewer bits. For a better likelihood
    take `iwae` or one of the learnt priors, for codes that only have to be exact `autoencoder`.
    """

    Options: ClassVar[type[Options]] = VAEOptions
    options: VAEOptions

    def forward(self, batch: Batch, step: Tensor | None) -> Outcome:
        posterior = self.posterior(batch.shown, batch.condition)
        z = posterior.sample()
        log_prob = self.training_log_prob(batch.x, z, batch.condition, step)
        kl = posterior.kl()
        loss = (self.beta(step) * self.charged(kl) - log_prob).mean()
        return Outcome(loss, elbo_terms(log_prob, kl.sum(1)))

    def bound(self, batch: Batch, samples: int) -> Tensor:
        """The ELBO averaged over `samples` draws, its KL in closed form: (B,)."""
        return elbo(self, batch, samples)

    def beta(self, step: Tensor | None) -> Tensor | float:
        """The weight of the KL term at `step`."""
        if step is not None and self.options.cycle:
            return self.options.beta * ((step % self.options.cycle) / (0.5 * self.options.cycle)).clamp(max=1)
        return self.options.beta * self.risen(self.options.warmup, step)

    def charged(self, kl: Tensor) -> Tensor:
        """KL (B, D) to what the loss is charged: (B,).

        Free bits are counted for each item (Kingma et al. 2016 count them for the mean over the batch,
        which would differ with the number of processes).
        """
        free = self.options.free_bits * (math.log(2) if self.options.free_bits_in == "bits" else 1)
        if self.options.free_bits_per == "dimension":
            return kl.clamp(min=free).sum(1)
        return kl.sum(1).clamp(min=free)


def elbo(objective: Objective, batch: Batch, samples: int) -> Tensor:
    """The ELBO of a Gaussian posterior under N(0, I), averaged over `samples` draws: (B,)."""
    posterior = objective.posterior(batch.shown, batch.condition)
    draws = [objective.log_prob(batch.x, posterior.sample(), batch.condition) for _ in range(samples)]
    return torch.stack(draws).mean(0) - posterior.kl().sum(1)


def elbo_terms(log_prob: Tensor, kl: Tensor) -> dict[str, Tensor]:
    """The parts of the ELBO, averaged over the batch, detached."""
    reconstruction, divergence = -log_prob.detach().mean(), kl.detach().mean()
    return {"elbo": -(reconstruction + divergence), "reconstruction": reconstruction, "kl": divergence}
