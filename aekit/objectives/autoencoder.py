# The plain autoencoder: a point for each item, reconstruction alone.
"""The plain autoencoder: a point for each item, reconstruction alone."""

from __future__ import annotations

import torch
from torch import Tensor

from aekit.data import Batch
from aekit.objective import Objective, Outcome
from aekit.posterior import Posterior


class PlainAutoencoder(Objective):
    """Maximises log p(x|z) at z = f(x) (Hinton and Salakhutdinov 2006); there is no bound on log p(x).

    When to use it: to compress items into few numbers, or as the yardstick that PCA and all else here is held against.
    Nothing keeps the codes together: between and beside them may be nothing that decodes to an item, so draws from the
    Gaussian that is fitted to them are poor. To make new items take `vae` or `wae`.
    """

    has_bound = False

    def forward(self, batch: Batch, step: Tensor | None) -> Outcome:
        z = self.posterior(batch.shown, batch.condition).mean
        loss = -self.training_log_prob(batch.x, z, batch.condition, step).mean()
        return Outcome(loss, {"reconstruction": loss.detach()})

    def posterior(self, x: Tensor, condition: Tensor) -> Posterior:
        return point(super().posterior(x, condition))

    def prior(self) -> None:
        return None


def point(posterior: Posterior) -> Posterior:
    """The posterior's mean alone, as a Gaussian without spread."""
    return Posterior(posterior.mean, torch.full_like(posterior.log_variance, -torch.inf))
