# A VAE of two stochastic layers: a coarse code, and a fine one that follows from it.
"""A VAE of two stochastic layers: a coarse code, and a fine one that follows from it.

A code is [z1, z2]: z2 the upper half of the dimensions, z1 the others.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pydantic
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aekit.errors import UsageError
from aekit.modality import Modality
from aekit.objectives.iwae import IWAE, WeightedOptions
from aekit.options import Options
from aekit.posterior import LOG_VARIANCE_RANGE, Posterior, Transformed
from aekit.priors import StandardNormal


class TwoLayerOptions(WeightedOptions):
    layer_width: int = pydantic.Field(
        300, ge=1, description="hidden units of the networks between the two layers"
    )


class TwoLayerVAE(IWAE):
    """Maximises E_q[log p(x|z1, z2) + log p(z1|z2) + log p(z2) - log q(z1|x, z2) - log q(z2|x)].

    The hierarchy of Tomczak and Welling 2018, section 4, with p(z2) = N(0, I). p(z1|z2) and q(z1|x, z2) are Gaussians
    whose means and variances are learnt functions; the decoder sees both layers.

    When to use it: for a prior that learns its own shape and still rests on N(0, I), in the upper half of the code. A
    code is half coarse and half fine: neighbours by z2 alone share their gist. For the best bound combine it with
    `--importance-samples`; for a plain map of a set take `vae`. Where a code falls into shares (music of more than two
    bars), z2 is the later half of them, bars and not gist.
    """

    Options: ClassVar[type[Options]] = TwoLayerOptions
    options: TwoLayerOptions
    has_dreg = False

    def __init__(self, modality: Modality, options: Any, latent_dim: int, condition_dim: int = 0) -> None:
        if latent_dim < 2:
            raise UsageError(
                f"Two layers need latent_dim at least 2, one dimension for each (received {latent_dim}). Use "
                "--latent-dim 2 or more"
            )
        super().__init__(modality, options, latent_dim, condition_dim)
        self.layers = LayeredPrior(latent_dim, options.layer_width)
        self.inference = LowerInference(latent_dim, options.layer_width)
        self.context = nn.Linear(self.encoder.width, options.layer_width)

    def posterior(self, x: Tensor, condition: Tensor) -> Transformed:
        """q(z2|x) is the head's; so is the start of q(z1|x, z2), which `LowerInference` scales and shifts."""
        with self.autocast():
            features = self.encoder(x)
        context = self.context(features.float())  # once for an item, however often it is drawn from
        return Transformed.of(self.head(features, condition), context, self.inference)

    def prior(self) -> LayeredPrior:
        return self.layers


class LowerInference(nn.Module):
    """A start (B, D) and context (B, width) to [z1, z2], z1 scaled and shifted by what z2 and the item say."""

    def __init__(self, latent_dim: int, width: int) -> None:
        super().__init__()
        self.sizes = halves(latent_dim)
        lower, upper = self.sizes
        self.enter, self.inner = nn.Linear(upper, width, bias=False), nn.Linear(width, width)
        self.leave = still(nn.Linear(width, 2 * lower))

    def forward(self, start: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """Codes (B, D) and the log-determinants (B,)."""
        lower, upper = start.split(self.sizes, -1)
        hidden = F.gelu(self.inner(F.gelu(self.enter(upper) + context)))
        shift, log_scale = self.leave(hidden).chunk(2, -1)
        log_scale = log_scale.clamp(*LOG_VARIANCE_RANGE)
        return torch.cat([lower * log_scale.exp() + shift, upper], -1), log_scale.sum(-1)


class LayeredPrior(nn.Module):
    """p(z2) = N(0, I), p(z1|z2) = N(m(z2), s(z2)^2); it begins as N(0, I) in all."""

    def __init__(self, latent_dim: int, width: int) -> None:
        super().__init__()
        self.sizes = halves(latent_dim)
        lower, upper = self.sizes
        self.network = nn.Sequential(
            nn.Linear(upper, width),
            nn.GELU(),
            nn.Linear(width, width),
            nn.GELU(),
            still(nn.Linear(width, 2 * lower)),
        )

    def lower(self, upper: Tensor) -> Posterior:
        """p(z1|z2) for z2 (..., D2)."""
        mean, log_variance = self.network(upper).chunk(2, -1)
        return Posterior(mean, log_variance.clamp(*LOG_VARIANCE_RANGE))

    def log_prob(self, z: Tensor) -> Tensor:
        """log p(z1|z2) + log p(z2) in nats for z of shape (..., D): (...)."""
        lower, upper = z.split(self.sizes, -1)
        return self.lower(upper).log_prob(lower) + StandardNormal(self.sizes[1]).log_prob(upper)

    @torch.no_grad()
    def sample(self, count: int, temperature: float = 1.0) -> Tensor:
        """`count` codes, the noise of both layers scaled by `temperature`: (count, D)."""
        noise = StandardNormal(sum(self.sizes)).sample(count, temperature)
        lower, upper = noise.to(next(self.parameters()).device).split(self.sizes, -1)
        return torch.cat([self.lower(upper).at(lower)[0], upper], -1)


def halves(latent_dim: int) -> list[int]:
    """The dimensions of z1 and of z2."""
    return [latent_dim - latent_dim // 2, latent_dim // 2]


def still(layer: nn.Linear) -> nn.Linear:
    """A layer that begins as the constant 0."""
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer
