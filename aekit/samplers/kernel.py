# A Gaussian kernel density of codes.
"""A Gaussian kernel density of codes (Rosenblatt 1956; Parzen 1962)."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from aekit.errors import UsageError
from aekit.files import Arrays
from aekit.posterior import LOG_2_PI
from aekit.samplers.whitening import Whitening, spread

MOST_CENTRES, HELD_OUT = 10_000, 500
FEWEST_CODES = 10
ROWS = 500  # codes whose distances to all centres are in memory at once
# bandwidths that are tried, over Scott's: in many dimensions his is as wide as the codes themselves
SHARES = tuple(2.0 ** (-step / 3) for step in range(-2, 13))


class KernelDensity:
    """The mean of Gaussians of width `bandwidth` about each centre, in whitened codes.

    Attributes:
        centres: (N, D), fp64, whitened.
        bandwidth: standard deviation of each kernel.
    """

    def __init__(self, whitening: Whitening, centres: Tensor, bandwidth: float) -> None:
        self.whitening, self.centres, self.bandwidth = whitening, centres, bandwidth

    @classmethod
    def fit(cls, codes: Tensor) -> KernelDensity:
        """Fit to `codes` (N, D), with the bandwidth under which codes held out are likeliest.

        Raises:
            UsageError: there are fewer than ten.
        """
        if len(codes) < FEWEST_CODES:
            raise UsageError(
                f"A kernel density needs at least {FEWEST_CODES} codes (received {len(codes)}). "
                "Sample without --sampler."
            )
        whitening = Whitening.of(codes)
        white = whitening.whiten(codes[spread(len(codes), MOST_CENTRES)])
        return cls(whitening, white, best_bandwidth(white))

    def sample(self, count: int, temperature: float = 1.0) -> Tensor:
        """`count` codes, their distance from a code of an item scaled by `temperature`: (count, D)."""
        chosen = self.centres[torch.randint(len(self.centres), (count,))]
        noise = torch.randn(chosen.shape, dtype=torch.float64)
        return self.whitening.colour(chosen + temperature * self.bandwidth * noise).float()

    def log_prob(self, z: Tensor) -> Tensor:
        """log density in nats of z (..., D): (...)."""
        white = self.whitening.whiten(z.reshape(-1, z.shape[-1]))
        parts = [
            log_mean_kernel(squared_distances(rows, self.centres), self.bandwidth, white.shape[1])
            for rows in white.split(ROWS)
        ]
        return (torch.cat(parts) - self.whitening.log_volume).float().view(z.shape[:-1]).to(z.device)

    def arrays(self) -> Arrays:
        own = {"centres": self.centres.numpy(), "bandwidth": torch.tensor([self.bandwidth]).double().numpy()}
        return {**own, **self.whitening.arrays()}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> KernelDensity:
        whitening = Whitening.from_arrays(arrays)
        return cls(whitening, torch.tensor(arrays["centres"]), float(arrays["bandwidth"][0]))


def best_bandwidth(white: Tensor) -> float:
    """Of multiples of Scott's bandwidth (Scott 1992) the one under which every tenth of codes (N, D) is likeliest."""
    count, dimensions = white.shape
    held = torch.zeros(count, dtype=torch.bool)
    held[spread(count, min(HELD_OUT, max(1, count // 10)))] = True
    squares = squared_distances(white[held], white[~held])
    scott = float(int((~held).sum()) ** (-1 / (dimensions + 4)))
    tried = [scott * share for share in SHARES]
    best: float = max(tried, key=lambda width: float(log_mean_kernel(squares, width, dimensions).mean()))
    return best


def squared_distances(rows: Tensor, centres: Tensor) -> Tensor:
    """(B, D) and (N, D) to (B, N)."""
    return torch.cdist(rows, centres).square()


def log_mean_kernel(squares: Tensor, bandwidth: float, dimensions: int) -> Tensor:
    """log of the mean kernel over squared distances (B, N): (B,)."""
    constant = dimensions * (0.5 * LOG_2_PI + math.log(bandwidth)) + math.log(squares.shape[1])
    return (squares / (-2 * bandwidth**2)).logsumexp(1) - constant
