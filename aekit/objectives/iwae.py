# The importance-weighted autoencoder.
"""The importance-weighted autoencoder."""

from __future__ import annotations

import math

import pydantic
from torch import Tensor

from aekit.data import Batch
from aekit.objective import Objective, Outcome
from aekit.objectives.vae import elbo_terms
from aekit.options import Options
from aekit.posterior import Posterior


class IWAEOptions(Options):
    importance_samples: int = pydantic.Field(5, ge=1, le=1000, description="draws K for each item")


class IWAE(Objective):
    """Maximises log 1/K sum_k p(x, z_k) / q(z_k|x) (Burda, Grosse and Salakhutdinov 2016, equation 8)."""

    Options = IWAEOptions
    options: IWAEOptions

    def forward(self, batch: Batch, step: Tensor | None) -> Outcome:
        posterior = self.posterior(batch.shown, batch.condition)
        samples = self.options.importance_samples
        repeated = repeat(batch, samples)
        wide = posterior.repeat(samples)
        z = wide.sample()
        log_prob = self.training_log_prob(repeated.x, z, repeated.condition, step)
        bound = self.weigh(log_prob, z, wide, samples)
        terms = elbo_terms(log_prob, posterior.kl().sum(1))
        return Outcome(-bound.mean(), {"bound": bound.detach().mean(), **terms})

    def bound(self, batch: Batch, samples: int) -> Tensor:
        """The bound from `samples` draws for each item: (B,)."""
        wide = self.posterior(batch.shown, batch.condition).repeat(samples)
        repeated = repeat(batch, samples)
        z = wide.sample()
        return self.weigh(self.log_prob(repeated.x, z, repeated.condition), z, wide, samples)

    def weigh(self, log_prob: Tensor, z: Tensor, posterior: Posterior, samples: int) -> Tensor:
        """log mean over `samples` of p(x|z) p(z) / q(z|x): (B * samples,) to (B,)."""
        prior = self.prior()
        assert prior is not None
        log_weights = log_prob + prior.log_prob(z) - posterior.log_prob(z)
        return log_weights.view(-1, samples).logsumexp(1) - math.log(samples)


def repeat(batch: Batch, times: int) -> Batch:
    """Every item `times` times in a row, as the decoder is to give it."""
    x, condition = (part.repeat_interleave(times, 0) for part in (batch.x, batch.condition))
    return Batch(x, condition)
