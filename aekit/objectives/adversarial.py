# The adversarial autoencoder: a critic pulls the codes towards the prior.
"""The adversarial autoencoder: a critic pulls the codes towards the prior."""

from __future__ import annotations

from typing import Any

import pydantic
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call

from aekit.data import Batch
from aekit.modality import Modality
from aekit.objective import Outcome
from aekit.objectives.matched import Matched, MatchedOptions

STEP = 0.05  # scale of the random step by which the critic's slope is taken


class AdversarialOptions(MatchedOptions):
    adversarial_weight: float = pydantic.Field(
        30.0, ge=0, description="nats of loss for each nat by which the critic tells codes from the prior"
    )
    critic_width: int = pydantic.Field(256, ge=1, description="width of the critic's hidden layers")
    critic_penalty: float = pydantic.Field(
        1.0,
        ge=0,
        description="weight of half the critic's squared slope; it keeps encoder and critic from circling",
    )
    critic_rate: float = pydantic.Field(2.0, gt=0, description="the critic's learning rate over the others'")


class AdversarialAutoencoder(Matched):
    """Maximises E_q[log p(x|z)] under the constraint that a critic cannot tell codes from N(0, I).

    Makhzani et al. 2016, section 2; the encoder is charged adversarial_weight * E[-log critic(z)], the gain of the
    GAN that does not run flat (Goodfellow et al. 2014, section 3).

    When to use it: where the codes' distribution matters more than a bound. Points cannot fill more dimensions than
    items vary in; with `--posterior gaussian` noise fills the rest. A critic can fall behind, and its accuracy must be
    watched: near .5 the codes match, or it has stopped learning. `wae` asks for the same with a distance in closed
    form, and is the steadier of the two.

    The critic's slope is charged (Mescheder et al. 2018, section 4), which keeps encoder and critic from circling.

    Critic and encoder learn in one backward pass: the critic sees detached codes, the encoder sees the
    critic through detached weights, which gives the gradients of two separate passes exactly.
    """

    Options = AdversarialOptions
    options: AdversarialOptions
    monitor = "reconstruction"

    def __init__(self, modality: Modality, options: Any, latent_dim: int, condition_dim: int = 0) -> None:
        super().__init__(modality, options, latent_dim, condition_dim)
        width = self.options.critic_width
        self.critic = nn.Sequential(
            nn.Linear(latent_dim, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, 1)
        )

    def forward(self, batch: Batch, step: Tensor | None) -> Outcome:
        z = self.posterior(batch.shown, batch.condition).sample()
        reconstruction = -self.training_log_prob(batch.x, z, batch.condition, step).mean()
        shown = torch.stack([torch.randn_like(z), z.detach()])
        real, fake = logits = self.critic(shown)
        critic_loss = 0.5 * (F.softplus(-real) + F.softplus(fake)).mean()
        penalty = 0.5 * self.options.critic_penalty * self.squared_slope(shown, logits)
        frozen = {name: weight.detach() for name, weight in self.critic.named_parameters()}
        encoder_loss = F.softplus(-functional_call(self.critic, frozen, (z,))).mean()
        loss = reconstruction + critic_loss + penalty + self.options.adversarial_weight * encoder_loss
        accuracy = 0.5 * ((real > 0).float().mean() + (fake < 0).float().mean())
        terms = {"reconstruction": reconstruction, "critic_loss": critic_loss, "critic_accuracy": accuracy}
        return Outcome(loss, {name: value.detach() for name, value in terms.items()})

    def squared_slope(self, codes: Tensor, logits: Tensor) -> Tensor:
        """The mean squared slope of the critic at codes, each tried by one random step: right on average."""
        ahead: Tensor = self.critic(codes + STEP * torch.randn_like(codes))
        return ((ahead - logits) / STEP).square().mean()

    def groups(self, learning_rate: float) -> list[dict[str, Any]]:
        critic = list(self.critic.parameters())
        ids = {id(weight) for weight in critic}
        others = [weight for weight in self.parameters() if id(weight) not in ids]
        return [
            {"params": others, "lr": learning_rate},
            {"params": critic, "lr": learning_rate * self.options.critic_rate},
        ]
