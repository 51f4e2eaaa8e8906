# The Wasserstein autoencoder: codes together are pulled towards the prior, each by itself is a point.
"""The Wasserstein autoencoder: codes together are pulled towards the prior, each by itself is a point."""

from __future__ import annotations

import pydantic
from torch import Tensor

from aekit.data import Batch
from aekit.mmd import squared_mmd_to_normal
from aekit.objective import Outcome
from aekit.objectives.matched import Matched, MatchedOptions


class WassersteinOptions(MatchedOptions):
    mmd_weight: float = pydantic.Field(1000.0, ge=0, description="nats of loss for each unit of squared MMD")


class WassersteinAutoencoder(Matched):
    """Maximises E_q[log p(x|z)] - mmd_weight * MMD^2(q(z), p(z)) (Tolstikhin et al. 2018, algorithm 2, WAE-MMD).

    When to use it: for codes that keep as much of an item as a plain autoencoder's and still fill N(0, I), so that
    draws from it decode to something. It has no bound on log p(x): take `infovae` or `vae` for that. Points leave
    dimensions that no item needs empty; with `--posterior gaussian` noise fills them.

    The discrepancy is of a batch: small batches make it noisy, and several devices each compare their own part.
    """

    Options = WassersteinOptions
    options: WassersteinOptions

    def forward(self, batch: Batch, step: Tensor | None) -> Outcome:
        z = self.posterior(batch.shown, batch.condition).sample()
        reconstruction = -self.training_log_prob(batch.x, z, batch.condition, step).mean()
        mmd = discrepancy(z)
        loss = reconstruction + self.options.mmd_weight * mmd
        return Outcome(loss, {"reconstruction": reconstruction.detach(), "mmd": mmd.detach()})


def discrepancy(z: Tensor) -> Tensor:
    """The squared MMD of codes (B, D) to N(0, I); nothing for a single code."""
    return squared_mmd_to_normal(z) if len(z) > 1 else 0 * z.sum()
