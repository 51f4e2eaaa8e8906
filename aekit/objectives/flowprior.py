# A VAE whose prior is a normalising flow.
"""A VAE whose prior is a normalising flow."""

from __future__ import annotations

from typing import Any, ClassVar

import pydantic

from aekit.flows import FlowPrior
from aekit.modality import Modality
from aekit.objectives.iwae import IWAE, WeightedOptions
from aekit.options import Options


class FlowPriorOptions(WeightedOptions):
    flow_layers: int = pydantic.Field(6, ge=0, le=64, description="coupling layers of the prior's flow")
    flow_width: int = pydantic.Field(128, ge=1, description="hidden units of a layer's network")


class FlowPriorVAE(IWAE):
    """Maximises E_q[log p(x|z) + log N(f(z); 0, I) + log |det df/dz| - log q(z|x)] (Chen et al. 2017, equation 5).

    f is learnt with the networks: one spline for each dimension, then affine couplings (Dinh et al. 2017, equations
    7 and 8), which are quick in both directions; Chen et al. take autoregressive layers, quick in one. It begins as
    the identity.

    When to use it: for a bound and samples better than `vae`'s where the codes form one bent cloud; for separate
    islands `vampprior`. The prior takes the shape of the codes, so they need not look like N(0, I): walk between
    items, not from the origin.
    """

    Options: ClassVar[type[Options]] = FlowPriorOptions
    options: FlowPriorOptions

    def __init__(self, modality: Modality, options: Any, latent_dim: int, condition_dim: int = 0) -> None:
        super().__init__(modality, options, latent_dim, condition_dim)
        self.flow = FlowPrior(latent_dim, options.flow_layers, options.flow_width)

    def prior(self) -> FlowPrior:
        return self.flow
