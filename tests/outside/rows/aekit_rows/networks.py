# The networks for rows: both are perceptrons; the decoder gives each column its own distribution.
"""The networks for rows: both are perceptrons; the decoder gives each column its own distribution.

B rows, N continuous columns, K_c classes of the categorical column c. A prepared row has N standardised
numbers, then the classes of each categorical column one-hot, P in all; what is missing is NaN.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from aekit import Decoder, Encoder
from aekit.likelihoods import Categorical, Gaussian
from aekit.networks import ResidualPerceptron


class RowEncoder(Encoder):
    """Prepared rows (B, P) to features (B, width); which values are missing is part of the input."""

    def __init__(self, prepared: int, width: int) -> None:
        super().__init__()
        self.width = width
        self.perceptron = ResidualPerceptron(2 * prepared, width, depth=2)

    def forward(self, x: Tensor) -> Tensor:
        return self.perceptron(torch.cat([x.nan_to_num(), x.isnan().to(x.dtype)], dim=1))  # type: ignore[no-any-return]


class RowDecoder(Decoder):
    """Independent columns given z: Gaussians with a learnt scale each, and categorical ones.

    Args:
        latent_dim: columns of a code.
        means, scales: (N,) of the continuous columns, in their own units.
        classes: K_c of each categorical column.
        width: of the perceptron.
        min_scale: floor of the learnt scales, in standard deviations of the column; without one the
            density of a column that can be told exactly would run off to infinity.
    """

    means: Tensor
    scales: Tensor

    def __init__(
        self, latent_dim: int, means: Tensor, scales: Tensor, classes: list[int], width: int, min_scale: float
    ) -> None:
        super().__init__()
        self.sizes, self.min_log_scale = [len(means), *classes], math.log(min_scale)
        self.register_buffer("means", means)
        self.register_buffer("scales", scales)
        self.perceptron = ResidualPerceptron(latent_dim, width, depth=2, out_features=sum(self.sizes))
        self.raw_scale = nn.Parameter(torch.full((len(means),), 2.0))

    def log_prob(self, z: Tensor, x: Tensor) -> Tensor:
        numbers, categories = self.distributions(z)
        values, *one_hots = torch.split(x, self.sizes, dim=1)
        total = numbers.log_prob(values.nan_to_num()).masked_fill(values.isnan(), 0.0).sum(1)
        for category, one_hot in zip(categories, one_hots, strict=True):
            nats = category.log_prob(one_hot.nan_to_num().argmax(1))
            total = total + nats.masked_fill(one_hot.isnan().any(1), 0.0)
        return total

    @torch.no_grad()
    def generate(self, z: Tensor, temperature: float = 0.0, top_p: float = 1.0) -> Tensor:
        numbers, categories = self.distributions(z)
        columns = [category.sample(temperature, top_p).float()[:, None] for category in categories]
        return torch.cat([numbers.sample(temperature, top_p) * self.scales + self.means, *columns], dim=1)

    def mean(self, z: Tensor) -> Tensor:
        numbers, categories = self.distributions(z)
        return torch.cat([numbers.mean, *(category.mean for category in categories)], dim=1)

    def distributions(self, z: Tensor) -> tuple[Gaussian, list[Categorical]]:
        """Those of the continuous columns together, and of each categorical one."""
        locations, *logits = self.perceptron(z).split(self.sizes, dim=1)
        log_scale = self.min_log_scale + nn.functional.softplus(self.raw_scale)
        return Gaussian(locations, log_scale), [Categorical(part) for part in logits]
