# The InfoVAE: less pull on each item's posterior, more on all of them together.
"""The InfoVAE: less pull on each item's posterior, more on all of them together."""

from __future__ import annotations

import pydantic
from torch import Tensor

from aekit.data import Batch
from aekit.objective import Objective, Outcome
from aekit.objectives.vae import elbo, elbo_terms
from aekit.objectives.wae import discrepancy
from aekit.options import Options


class InfoVAEOptions(Options):
    alpha: float = pydantic.Field(
        0.0, le=1, description="share of the KL term that is let go: 0 keeps the VAE's, 1 drops it"
    )
    mmd_weight: float = pydantic.Field(
        1000.0,
        ge=0,
        description="nats of loss for each unit of squared MMD (alpha + lambda - 1 in the paper)",
    )


class InfoVAE(Objective):
    """Maximises E_q[log p(x|z)] - (1 - alpha) KL(q(z|x) || p(z)) - mmd_weight * MMD^2(q(z), p(z)).

    Zhao, Song and Ermon 2019, equation 6, with mmd_weight = alpha + lambda - 1. q(z) is the mean of q(z|x) over items.

    When to use it: where a VAE's codes leave holes in the prior or its decoder ignores them; alpha near 1 keeps
    more of each item, the MMD keeps the codes of all items together in the prior's shape. Encoder and decoder
    are a VAE's, so bound and NLL are as valid as there; for the best of them take `vae` or `iwae`.

    The discrepancy is of a batch: small batches make it noisy, and several devices each compare their own part.
    """

    Options = InfoVAEOptions
    options: InfoVAEOptions

    def forward(self, batch: Batch, step: Tensor | None) -> Outcome:
        posterior = self.posterior(batch.shown, batch.condition)
        z = posterior.sample()
        log_prob = self.training_log_prob(batch.x, z, batch.condition, step)
        kl = posterior.kl().sum(1)
        mmd = discrepancy(z)
        kept = ((1 - self.options.alpha) * kl - log_prob).mean()
        terms = {**elbo_terms(log_prob, kl), "mmd": mmd.detach()}
        return Outcome(kept + self.options.mmd_weight * mmd, terms)

    def bound(self, batch: Batch, samples: int) -> Tensor:
        """The ELBO averaged over `samples` draws, its KL in closed form: (B,)."""
        return elbo(self, batch, samples)
