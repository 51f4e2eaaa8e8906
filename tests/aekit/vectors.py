# The tests' own modality: real vectors, linear networks, so that closed forms exist.
"""The tests' own modality: real vectors, linear networks, so that closed forms exist."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pydantic
import torch
from scipy.stats import multivariate_normal
from torch import Tensor, nn

from aekit.data import Dataset
from aekit.likelihoods import Gaussian, sum_over_item
from aekit.modality import Decoder, Encoder, Modality
from aekit.objective import Objective
from aekit.objectives.vae import VAE
from aekit.options import Options
from aekit.views import Table, View


class VectorOptions(Options):
    scale: float = pydantic.Field(0.5, gt=0, description="standard deviation of p(x|z)")
    noisy: bool = pydantic.Field(False, description="whether preparation adds noise")


class LinearEncoder(Encoder):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.width = size
        self.layer = nn.Linear(size, size)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x)


class LinearDecoder(Decoder):
    """N(W z + b, scale^2 I)."""

    def __init__(self, latent_dim: int, size: int, scale: float) -> None:
        super().__init__()
        self.layer = nn.Linear(latent_dim, size)
        self.log_scale = math.log(scale)

    def distribution(self, z: Tensor) -> Gaussian:
        return Gaussian(self.layer(z), torch.tensor(self.log_scale))

    def log_prob(self, z: Tensor, x: Tensor) -> Tensor:
        return sum_over_item(self.distribution(z).log_prob(x))

    def generate(self, z: Tensor, temperature: float = 0.0, top_p: float = 1.0) -> Tensor:
        return self.distribution(z).sample(temperature, top_p)


class VectorModality(Modality):
    Options = VectorOptions
    default_source = "nothing"

    @classmethod
    def load(cls, options: Any, source: str, split: str) -> Dataset:
        raise NotImplementedError

    def encoder(self) -> Encoder:
        return LinearEncoder(self.spec["size"])

    def decoder(self, latent_dim: int) -> Decoder:
        return LinearDecoder(latent_dim, self.spec["size"], self.options.scale)

    def view(self, x: Tensor) -> View:
        return Table(tuple(f"x{i}" for i in range(len(x))), (tuple(x.tolist()),))

    def prepare(self, x: Tensor) -> Tensor:
        return x + torch.randn_like(x) if self.options.noisy else x

    def metrics(self, decoder: Decoder, z: Tensor, x: Tensor) -> dict[str, Tensor]:
        return {"squared_error": (decoder.generate(z) - x).square().sum(1)}


def vectors(size: int, **options: Any) -> VectorModality:
    """The modality for vectors of `size`."""
    return VectorModality(VectorOptions(**options), {"size": size})


def no_condition(x: Tensor) -> Tensor:
    return torch.zeros(len(x), 0)


class LinearGaussian:
    """Probabilistic PCA with orthogonal columns: exact posterior (diagonal) and marginal are known.

    p(z) = N(0, I), p(x|z) = N(W z + b, s^2 I), so p(x) = N(b, W W' + s^2 I) and p(z|x) has the covariance
    s^2 (W'W + s^2 I)^-1 and the mean (W'W + s^2 I)^-1 W'(x - b) (Tipping and Bishop 1999, equation 6).
    """

    def __init__(self, size: int = 5, latent_dim: int = 2, scale: float = 0.6, seed: int = 0) -> None:
        self.size, self.latent_dim, self.scale = size, latent_dim, scale
        random = np.random.default_rng(seed)
        self.weights = np.linalg.qr(random.standard_normal((size, latent_dim)))[0] * [1.7, 0.9][:latent_dim]
        self.bias = random.standard_normal(size)
        self.random = random

    def items(self, count: int) -> Tensor:
        """Draws from the model: (count, size)."""
        z = self.random.standard_normal((count, self.latent_dim))
        noise = self.scale * self.random.standard_normal((count, self.size))
        return torch.tensor(z @ self.weights.T + self.bias + noise, dtype=torch.float32)

    def log_marginal(self, x: Tensor) -> np.ndarray:
        covariance = self.weights @ self.weights.T + self.scale**2 * np.eye(self.size)
        return multivariate_normal(self.bias, covariance).logpdf(x.double().numpy())

    def set_weights(self, objective: Objective, shift: float = 0.0, widen: float = 1.0) -> Objective:
        """The true decoder, and the true posterior moved by `shift` and `widen` times as wide."""
        precision = np.diag(self.weights.T @ self.weights) + self.scale**2
        to_mean = self.weights.T / precision[:, None]
        log_variance = np.log(widen**2 * self.scale**2 / precision)
        head, encoder, decoder = objective.head.project, objective.encoder.layer, objective.decoder.layer
        with torch.no_grad():
            encoder.weight.copy_(torch.eye(self.size))
            encoder.bias.zero_()
            head.weight.copy_(torch.tensor(np.concatenate([to_mean, np.zeros_like(to_mean)])))
            head.bias.copy_(torch.tensor(np.concatenate([shift - to_mean @ self.bias, log_variance])))
            decoder.weight.copy_(torch.tensor(self.weights))
            decoder.bias.copy_(torch.tensor(self.bias))
        return objective.eval()

    def objective(self, kind: type[Objective] = VAE, shift: float = 0.0, widen: float = 1.0) -> Objective:
        modality = vectors(self.size, scale=self.scale)
        return self.set_weights(kind(modality, kind.Options(), self.latent_dim), shift, widen)
