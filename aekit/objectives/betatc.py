# The beta-TC-VAE: weighs the parts of the KL one by one, so that dimensions become independent.
"""The beta-TC-VAE: weighs the parts of the KL one by one, so that dimensions become independent."""

from __future__ import annotations

from typing import Any, NamedTuple

import pydantic
import torch
from torch import Tensor

from aekit.data import Batch
from aekit.modality import Modality
from aekit.objective import Draw, Objective, Outcome
from aekit.objectives.vae import elbo, elbo_terms
from aekit.options import Options
from aekit.posterior import LOG_2_PI, Posterior


class BetaTCOptions(Options):
    beta: float = pydantic.Field(6.0, ge=0, description="weight of the total correlation")
    alpha: float = pydantic.Field(1.0, ge=0, description="weight of the mutual information of item and code")
    gamma: float = pydantic.Field(1.0, ge=0, description="weight of each dimension's KL to the prior")


class BetaTCVAE(Objective):
    """Maximises E_q[log p(x|z)] - alpha I(z; x) - beta TC(z) - gamma sum_j KL(q(z_j) || p(z_j)).

    Chen, Li, Grosse and Duvenaud 2018, equation 4; with all three at 1 it is the ELBO, whose KL is the sum of the
    three parts (equation 2). TC is the total correlation KL(q(z) || prod_j q(z_j)) of q(z), the mean of q(z|x) over
    the training items.

    When to use it: where the data has a few causes that vary on their own (a pose, a size, a colour), and each
    is to have a dimension to itself. A larger beta costs reconstruction; for the best bound take `vae` or `iwae`,
    for classes rather than causes no weight here helps.

    q(z) is estimated by stratified sampling over the batch (there appendix C.2): an item's own q(z|x) weighs 1/N, the
    others of the batch share the rest, which has no bias; minibatch weighting would count an item's own as often as the
    others, and find q(z) too likely. A batch is what estimates: small ones find the parts less well, and
    each of several devices has only its own part.

    Attributes:
        items: the number N of training items, measured before the first step.
    """

    Options = BetaTCOptions
    options: BetaTCOptions
    items: Tensor

    def __init__(self, modality: Modality, options: Any, latent_dim: int, condition_dim: int = 0) -> None:
        super().__init__(modality, options, latent_dim, condition_dim)
        self.register_buffer("items", torch.tensor(0))

    def begin(self, draw: Draw) -> None:
        self.items.fill_(draw.total)

    def forward(self, batch: Batch, step: Tensor | None) -> Outcome:
        posterior = self.posterior(batch.shown, batch.condition)
        z = posterior.sample()
        log_prob = self.training_log_prob(batch.x, z, batch.condition, step)
        kl = posterior.kl().sum(1)
        parts = kl_parts(posterior, z, self.items)
        # alpha I + beta TC + gamma (KL - I - TC), with the whole KL in closed form
        weights = self.options
        charged = weights.gamma * kl
        charged = charged + (weights.alpha - weights.gamma) * parts.mutual_information
        charged = charged + (weights.beta - weights.gamma) * parts.total_correlation
        terms = {name: values.detach().mean() for name, values in parts._asdict().items()}
        return Outcome((charged - log_prob).mean(), {**elbo_terms(log_prob, kl), **terms})

    def bound(self, batch: Batch, samples: int) -> Tensor:
        """The ELBO averaged over `samples` draws, its KL in closed form: (B,)."""
        return elbo(self, batch, samples)


class KLParts(NamedTuple):
    """Estimates in nats for each draw, each (B,); their means are the parts of the mean KL but one.

    Attributes:
        mutual_information: log q(z|x) - log q(z).
        total_correlation: log q(z) - sum_j log q(z_j).
    """

    mutual_information: Tensor
    total_correlation: Tensor


def kl_parts(posterior: Posterior, z: Tensor, items: Tensor) -> KLParts:
    """The mutual information and the total correlation of a batch's draws (Chen et al. 2018, equation 2).

    Args:
        posterior: q(z|x) of the B items of a batch, drawn without replacement.
        z: (B, D), one draw from each.
        items: the number N of items in all, a scalar; a batch of more stands for all there are.
    """
    each = log_densities(posterior, z)  # (B, B, D)
    log_weights = stratified(len(z), items).log()
    log_q = torch.logsumexp(each.sum(2) + log_weights, 1)
    log_marginals = torch.logsumexp(each + log_weights.unsqueeze(2), 1).sum(1)
    own = each.diagonal().sum(0)  # the diagonal comes last: (D, B)
    return KLParts(own - log_q, log_q - log_marginals)


def log_densities(posterior: Posterior, z: Tensor) -> Tensor:
    """log q(z_ij | x_k) of every draw i (B, D), every item k and every dimension j: (B, B, D)."""
    squares = (z.unsqueeze(1) - posterior.mean).square() * (-posterior.log_variance).exp()
    return -0.5 * (squares + posterior.log_variance + LOG_2_PI)


def stratified(count: int, items: Tensor) -> Tensor:
    """What each item of a batch weighs in the estimate of q at each one's draw; rows add up to 1: (count, count)."""
    own = 1 / items.clamp(min=count).float()
    others = (1 - own) / max(1, count - 1)
    same = torch.eye(count, device=items.device, dtype=torch.bool)
    return torch.where(same, own, others)
