# Whitening: codes turned and scaled so that their covariance is the identity.
"""Whitening: codes turned and scaled so that their covariance is the identity."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from aekit.files import Arrays

FLOOR = 1e-6  # of the mean variance: directions without spread are given so much


@dataclass(frozen=True, eq=False)
class Whitening:
    """z = mean + factor w, all fp64.

    Attributes:
        mean: (D,).
        factor: (D, D), lower triangular.
    """

    mean: Tensor
    factor: Tensor

    @classmethod
    def of(cls, codes: Tensor) -> Whitening:
        """The whitening of codes (N, D), N at least 2."""
        codes = codes.double()
        covariance = torch.cov(codes.T).reshape(codes.shape[1], codes.shape[1])
        ridge = FLOOR * covariance.diagonal().mean() * torch.eye(codes.shape[1], dtype=torch.float64)
        return cls(codes.mean(0), torch.linalg.cholesky(covariance + ridge))

    def whiten(self, z: Tensor) -> Tensor:
        """Codes (N, D) to (N, D)."""
        centred = z.detach().cpu().double() - self.mean
        white: Tensor = torch.linalg.solve_triangular(self.factor, centred.T, upper=False)
        return white.T

    def colour(self, white: Tensor) -> Tensor:
        """The inverse of `whiten`: (N, D)."""
        return self.mean + white @ self.factor.T

    @property
    def log_volume(self) -> Tensor:
        """log |det factor|: what a density of whitened codes loses for codes, in nats."""
        return self.factor.diagonal().log().sum()

    def arrays(self) -> Arrays:
        return {"whitening_mean": self.mean.numpy(), "whitening_factor": self.factor.numpy()}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Whitening:
        return cls(torch.tensor(arrays["whitening_mean"]), torch.tensor(arrays["whitening_factor"]))


def spread(count: int, most: int) -> Tensor:
    """0 ... count - 1, or `most` of them evenly spread."""
    number = min(count, most)
    return torch.arange(number) * count // number
