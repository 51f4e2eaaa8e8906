# Priors: what z is drawn from.
"""Priors: what z is drawn from."""

from __future__ import annotations

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
            self.factor, (z.double().cpu() - self.mean).unsqueeze(-1), upper=False
        )
        log_determinant = self.factor.diagonal().log().sum()
        found: Tensor = -0.5 * (white.squeeze(-1).square() + LOG_2_PI).sum(-1) - log_determinant
        return found.float().to(z.device)
