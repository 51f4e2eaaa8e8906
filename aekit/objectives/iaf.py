# A VAE whose posterior is an inverse autoregressive flow.
"""A VAE whose posterior is an inverse autoregressive flow."""

from __future__ import annotations

from typing import Any, ClassVar

import pydantic
from torch import Tensor, nn

from aekit.flows import InverseAutoregressiveFlow
from aekit.modality import Modality
from aekit.objectives.iwae import IWAE, WeightedOptions
from aekit.options import Options
from aekit.posterior import Transformed


class IAFOptions(WeightedOptions):
    flow_layers: int = pydantic.Field(2, ge=1, le=32, description="steps of the posterior's flow")
    flow_width: int = pydantic.Field(256, ge=1, description="hidden units of a step's network")


class IAF(IWAE):
    """Maximises E_q[log p(x|z_T) + log p(z_T) - log q(z_T|x)] with a posterior of T gated steps.

    z_t = s_t z_{t-1} + (1 - s_t) m_t, where s_t and m_t of a dimension see the item and the dimensions before it
    (Kingma et al. 2016, equations 10 to 13, algorithm 1), through masked layers (Germain et al. 2015). z_0 is a
    Gaussian's draw, and the order of dimensions is turned round after each step.

    When to use it: where an item's codes do not form a ball (few dimensions, a decoder that bends them) and a Gaussian
    posterior leaves the bound loose. With 30 or more dimensions a better prior gains more: `vampprior`, `flowprior`.
    """

    Options: ClassVar[type[Options]] = IAFOptions
    options: IAFOptions
    has_dreg = False

    def __init__(self, modality: Modality, options: Any, latent_dim: int, condition_dim: int = 0) -> None:
        super().__init__(modality, options, latent_dim, condition_dim)
        self.flow = InverseAutoregressiveFlow(latent_dim, options.flow_layers, options.flow_width)
        self.context = nn.Linear(self.encoder.width, self.flow.context_dim)

    def posterior(self, x: Tensor, condition: Tensor) -> Transformed:
        with self.autocast():
            features = self.encoder(x)
        context = self.context(features.float())  # once for an item, however often it is drawn from
        return Transformed.of(self.head(features, condition), context, self.flow)
