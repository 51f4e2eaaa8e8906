# A Gaussian mixture fitted to codes.
"""A Gaussian mixture fitted to codes."""

from __future__ import annotations

import warnings

import torch
from torch import Tensor

from aekit.errors import UsageError
from aekit.files import Arrays
from aekit.posterior import LOG_2_PI
from aekit.samplers.whitening import Whitening, spread

MOST_CODES = 20_000
DEFAULT_COMPONENTS = 20
ITERATIONS, INNER_TOLERANCE = 60, 1e-3


class Mixture:
    """sum_k w_k N(mean_k, factor_k factor_k'), of full covariances, in whitened codes.

    Attributes:
        weights: (K,), fp64, summing to one.
        means: (K, D).
        factors: (K, D, D), lower triangular.
    """

    def __init__(self, whitening: Whitening, weights: Tensor, means: Tensor, factors: Tensor) -> None:
        self.whitening, self.weights, self.means, self.factors = whitening, weights, means, factors

    @classmethod
    def fit(cls, codes: Tensor, components: int = DEFAULT_COMPONENTS) -> Mixture:
        """Fit to `codes` (N, D) by expectation maximisation, from k-means (scikit-learn's).

        Raises:
            UsageError: fewer than two codes for each component.
        """
        if len(codes) < 2 * components:
            raise UsageError(
                f"A mixture of {components} components needs at least {2 * components} codes (received "
                f"{len(codes)}). Give --components {max(1, len(codes) // 2)} or fewer."
            )
        from sklearn.mixture import GaussianMixture

        whitening = Whitening.of(codes)
        white = whitening.whiten(codes[spread(len(codes), MOST_CODES)])
        found = GaussianMixture(
            components, reg_covar=1e-4, max_iter=ITERATIONS, tol=INNER_TOLERANCE, random_state=0
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it has not converged to the last digit
            found.fit(white.numpy())
        covariances = torch.tensor(found.covariances_)
        return cls(
            whitening,
            torch.tensor(found.weights_),
            torch.tensor(found.means_),
            torch.linalg.cholesky(covariances),
        )

    def sample(self, count: int, temperature: float = 1.0) -> Tensor:
        """`count` codes, their spread about their component's mean scaled by `temperature`: (count, D)."""
        chosen = torch.multinomial(self.weights, count, replacement=True)
        noise = torch.randn(count, self.means.shape[1], dtype=torch.float64)
        moved = torch.einsum("nij,nj->ni", self.factors[chosen], noise)
        return self.whitening.colour(self.means[chosen] + temperature * moved).float()

    def log_prob(self, z: Tensor) -> Tensor:
        """log density in nats of z (..., D): (...)."""
        white = self.whitening.whiten(z.reshape(-1, z.shape[-1]))
        parts = [self._log_component(white, number) for number in range(len(self.weights))]
        found = torch.stack(parts).logsumexp(0) - self.whitening.log_volume
        return found.float().view(z.shape[:-1]).to(z.device)

    def _log_component(self, white: Tensor, number: int) -> Tensor:
        """log w_k N(white; mean_k, ...) of whitened codes (N, D): (N,)."""
        factor = self.factors[number]
        scaled = torch.linalg.solve_triangular(factor, (white - self.means[number]).T, upper=False)
        log_volume = factor.diagonal().log().sum()
        log_density: Tensor = -0.5 * (scaled.square() + LOG_2_PI).sum(0) - log_volume
        return self.weights[number].log() + log_density

    def arrays(self) -> Arrays:
        own = {"weights": self.weights, "means": self.means, "factors": self.factors}
        return {**{name: tensor.numpy() for name, tensor in own.items()}, **self.whitening.arrays()}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Mixture:
        whitening = Whitening.from_arrays(arrays)
        return cls(whitening, *(torch.tensor(arrays[name]) for name in ("weights", "means", "factors")))
