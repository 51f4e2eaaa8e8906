# The VampPrior: z is drawn from the posteriors of learnt pseudo-inputs.
"""The VampPrior: z is drawn from the posteriors of learnt pseudo-inputs."""

from __future__ import annotations

from typing import Any, ClassVar

import pydantic
import torch
from torch import nn

from aekit.errors import DataError
from aekit.modality import Modality
from aekit.objective import Draw
from aekit.objectives.iwae import IWAE, WeightedOptions
from aekit.options import Options
from aekit.priors import GaussianMixture

PIECE = 500  # items that are encoded at once


class VampPriorOptions(WeightedOptions):
    pseudo_inputs: int = pydantic.Field(
        500, ge=1, le=20_000, description="components of the prior; no more than training items"
    )


class VampPriorVAE(IWAE):
    """Maximises E_q[log p(x|z) + log p(z) - log q(z|x)], p(z) = 1/N sum_n q(z|u_n) (Tomczak and Welling 2018, eq. 9).

    The N pseudo-inputs u_n are learnt, with the networks. They live where the encoder's features do, not where items
    do, so any kind of item will do, and begin as the features of training items.

    When to use it: for data that falls into kinds (digits, drum patterns): the prior has room for islands, and
    published bounds are among the best for it. Codes are not centred at 0 nor of spread 1, and a walk between two
    islands passes through no man's land: for maps and walks take `vae`; `flowprior` is for a prior without islands.
    """

    Options: ClassVar[type[Options]] = VampPriorOptions
    options: VampPriorOptions

    def __init__(self, modality: Modality, options: Any, latent_dim: int, condition_dim: int = 0) -> None:
        super().__init__(modality, options, latent_dim, condition_dim)
        self.pseudo_inputs = nn.Parameter(torch.randn(options.pseudo_inputs, self.encoder.width))

    def begin(self, draw: Draw) -> None:
        """The pseudo-inputs begin as the features of items.

        Raises:
            DataError: there are fewer items than pseudo-inputs.
        """
        count = len(self.pseudo_inputs)
        if count > draw.total:
            raise DataError(
                f"Every pseudo-input begins as a training item: {count} need as many (there are {draw.total}). Use "
                f"--pseudo-inputs {draw.total} or less."
            )
        shown = draw(count).shown
        self.pseudo_inputs.copy_(torch.cat([self.encoder(piece) for piece in shown.split(PIECE)]))

    def prior(self) -> GaussianMixture:
        no_condition = self.pseudo_inputs.new_zeros(len(self.pseudo_inputs), 0)
        components = self.head(self.pseudo_inputs, no_condition)
        return GaussianMixture(components.mean, components.log_variance)

    def groups(self, learning_rate: float) -> list[dict[str, Any]]:
        """Pseudo-inputs do not decay: nothing draws features to 0."""
        networks = [weight for weight in self.parameters() if weight is not self.pseudo_inputs]
        return [
            {"params": networks, "lr": learning_rate},
            {"params": [self.pseudo_inputs], "lr": learning_rate, "weight_decay": 0.0},
        ]
