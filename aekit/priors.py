# Priors: what z is drawn from.
"""Priors: what z is drawn from."""

from __future__ import annotations

import math
from typing import Protocol

import torch
from torch import Tensor

from aekit.posterior import LOG_2_PI


class Prior(Protocol):
    """A distribution over codes."""

    def sample(self, count: int, temperature: float = 1.0) -> Tensor:
        """`count` codes from the default random stream, their spread scaled by `temperature`: (count, D)."""
        ...

    def log_prob(self, z: Tensor) -> Tensor:
        """log p(z) in nats for z of shape (..., D): (...)."""
        ...


class StandardNormal:
    """N(0, I) in `latent_dim` dimensions."""

    def __init__(self, latent_dim: int) -> None:
        self.latent_dim = latent_dim

    def sample(self, count: int, temperature: float = 1.0) -> Tensor:
        return temperature * torch.randn(count, self.latent_dim)

    def log_prob(self, z: Tensor) -> Tensor:
        return -0.5 * (z.square() + LOG_2_PI).sum(-1)


class GaussianMixture:
    """Diagonal Gaussians, each as likely as the others.

    Args:
        mean, log_variance: (K, D), of the K components.
    """

    def __init__(self, mean: Tensor, log_variance: Tensor) -> None:
        self.mean, self.log_variance = mean, log_variance
        # the square below is expanded, which is exact enough only for codes that are not far from 0
        self.centre = mean.detach().mean(0)
        centred, precision = mean - self.centre, (-log_variance).exp()
        self.factors = torch.cat([-0.5 * precision, centred * precision], 1).T  # (2 D, K)
        constants = (centred.square() * precision + log_variance + LOG_2_PI).sum(1)
        self.constants = -0.5 * constants - math.log(len(mean))

    @torch.no_grad()
    def sample(self, count: int, temperature: float = 1.0) -> Tensor:
        """`count` codes, the spread within each component scaled by `temperature`: (count, D)."""
        chosen, noise = torch.randint(len(self.mean), (count,)), torch.randn(count, self.mean.shape[1])
        mean, log_variance = self.mean[chosen], self.log_variance[chosen]
        return mean + temperature * noise.to(mean.device) * (0.5 * log_variance).exp()

    def log_prob(self, z: Tensor) -> Tensor:
        """log 1/K sum_k N(z; m_k, s_k^2), by one matrix product and without a (..., K, D) tensor."""
        centred = (z - self.centre).flatten(0, -2)
        columns = torch.cat([centred.square(), centred], 1)
        return torch.addmm(self.constants, columns, self.factors).logsumexp(1).view(z.shape[:-1])


class FittedGaussian:
    """A Gaussian with full covariance, fitted to codes: for objectives that impose no prior of their own."""

    def __init__(self, codes: Tensor) -> None:
        """Fit to `codes` (N, D), N at least 2."""
        codes = codes.detach().cpu().double()
        self.mean = codes.mean(0)
        centred = codes - self.mean
        covariance = centred.T @ centred / max(len(codes) - 1, 1)
        # A dimension that the encoder leaves constant has no spread; the floor keeps the factor real.
        covariance = covariance + torch.eye(codes.shape[1], dtype=torch.float64) * (
            1e-6 * covariance.diagonal().mean() + 1e-12
        )
        self.factor = torch.linalg.cholesky(covariance)

    def sample(self, count: int, temperature: float = 1.0) -> Tensor:
        noise = torch.randn(count, len(self.mean), dtype=torch.float64)
        codes: Tensor = self.mean + temperature * noise @ self.factor.T
        return codes.float()

    def log_prob(self, z: Tensor) -> Tensor:
        white: Tensor = torch.linalg.solve_triangular(
            self.factor, (z.cpu().double() - self.mean).unsqueeze(-1), upper=False
        )
        log_determinant = self.factor.diagonal().log().sum()
        found: Tensor = -0.5 * (white.squeeze(-1).square() + LOG_2_PI).sum(-1) - log_determinant
        return found.float().to(z.device)
