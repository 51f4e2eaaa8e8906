# The sparse autoencoder: few units of the code are active for an item.
"""The sparse autoencoder: few units of the code are active for an item."""

from __future__ import annotations

import math
from typing import Literal

import pydantic
import torch
import torch.nn.functional as F
from torch import Tensor

from aekit.data import Batch
from aekit.objective import Outcome
from aekit.objectives.autoencoder import PlainAutoencoder, point
from aekit.options import Options
from aekit.posterior import Posterior

WEIGHTS = {"l1": 0.1, "kl": 1.0}
TARGET = 0.05
ACTIVE = 0.1  # a unit counts as active above this share of the batch's strongest


class SparseOptions(Options):
    penalty: Literal["l1", "kl"] = pydantic.Field(
        "l1", description="l1: the sum of the code; kl: how far units' mean activities are from the target"
    )
    penalty_weight: float | None = pydantic.Field(
        None, ge=0, description="nats of loss for each unit of the penalty; by default 0.1 for l1, 1 for kl"
    )
    target: float | None = pydantic.Field(
        None, gt=0, lt=1, description=f"mean activity that kl asks of every unit (default {TARGET:g})"
    )

    @pydantic.field_validator("target")
    @classmethod
    def of_kl(cls, target: float | None, others: pydantic.ValidationInfo) -> float | None:
        """Only one of the penalties has a target."""
        if target is not None and others.data.get("penalty") == "l1":
            raise ValueError("is of the penalty kl alone; leave it out, or ask for --penalty kl")
        return target


class SparseAutoencoder(PlainAutoencoder):
    """Maximises log p(x|z) - penalty_weight * penalty(z) at z = f(x), a code of which little is active at a time.

    penalty l1: sum_j z_j of the rectified code. penalty kl: sum_j KL(Bernoulli(target) || Bernoulli(mean of z_j))
    of the sigmoid code (Ng 2011, lecture notes CS294A, section 3; after Lee, Ekanadham and Ng 2008).

    When to use it: for codes whose units can be looked at one by one, or with more units than an item needs
    (a `latent_dim` of 64 and more). For few dimensions take `autoencoder`, to make new items `vae`.

    Too large a weight with l1 rectifies units to 0 for all items; they have no gradient then and stay so, which
    `active` shows. A decoder whose weights grow undoes l1, since smaller codes then say the same; what holds it is
    `weight_decay`. kl has neither trouble, but is of a batch's means: small batches make it noisy, and several
    devices each take their own part.
    """

    Options = SparseOptions
    options: SparseOptions

    def forward(self, batch: Batch, step: Tensor | None) -> Outcome:
        z = self.posterior(batch.shown, batch.condition).mean
        reconstruction = -self.training_log_prob(batch.x, z, batch.condition, step).mean()
        penalty = self.penalty(z)
        active = (z > ACTIVE * z.max()).float().mean()
        terms = {"reconstruction": reconstruction, "penalty": penalty, "active": active}
        return Outcome(
            reconstruction + self.weight * penalty, {name: value.detach() for name, value in terms.items()}
        )

    def posterior(self, x: Tensor, condition: Tensor) -> Posterior:
        """The code that is decoded, as a point: each unit 0 or above (l1), or between 0 and 1 (kl)."""
        activation = torch.relu if self.options.penalty == "l1" else torch.sigmoid
        found = super().posterior(x, condition)
        return point(Posterior(activation(found.mean), found.log_variance))

    @property
    def weight(self) -> float:
        """Nats of loss for each unit of the penalty."""
        given = self.options.penalty_weight
        return WEIGHTS[self.options.penalty] if given is None else given

    def penalty(self, z: Tensor) -> Tensor:
        """The penalty of codes (B, D), a scalar."""
        if self.options.penalty == "l1":
            return z.sum(1).mean()
        return bernoulli_divergence(self.options.target or TARGET, z.mean(0)).sum()


def bernoulli_divergence(target: float, activity: Tensor) -> Tensor:
    """KL(Bernoulli(target) || Bernoulli(activity)) in nats, of every activity in [0, 1]; finite at its ends."""
    entropy = -(target * math.log(target) + (1 - target) * math.log1p(-target))
    wanted = torch.full_like(activity, target)
    return F.binary_cross_entropy(activity, wanted, reduction="none") - entropy
