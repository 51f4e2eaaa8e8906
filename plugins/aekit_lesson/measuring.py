# What chapters measure beside `aekit evaluate`: errors against grey levels, and what a copy costs at least.
"""What chapters measure beside `aekit evaluate`: errors against grey levels, and what a copy costs at least.

Levels are rows of grey in [0, 1], (N, pixels).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

import aekit
from aekit_lesson.judging import grey

LEAST = 1e-6  # no level is taken to be surer than this, as in the modality's own figure
AT_A_TIME = 1000


def grey_bce(made: Tensor, levels: Tensor) -> float:
    """Mean binary cross-entropy of made levels against the true ones, nats a pixel."""
    return float(F.binary_cross_entropy(made.clamp(LEAST, 1 - LEAST), levels))


def least_bce(levels: Tensor) -> float:
    """The cross-entropy of a perfect copy, which is the levels' own entropy: no model can go below."""
    return grey_bce(levels, levels)


def squared_error(made: Tensor, levels: Tensor) -> float:
    """Mean squared error, of levels in [0, 1], a pixel."""
    return float(F.mse_loss(made, levels))


@torch.no_grad()
def copies(model: aekit.Autoencoder, items: Tensor) -> Tensor:
    """The expected levels (N, pixels) of grey items (N, 1, H, W) decoded from the means of their codes."""
    parts = []
    for part in items.split(AT_A_TIME):
        mean = model.objective.decoder.mean(model.encode(part))
        assert mean is not None
        parts.append(mean.flatten(1).cpu())
    return torch.cat(parts)


def shaken(codes: Tensor, amount: float, seed: int = 0) -> Tensor:
    """Codes (N, D) with noise: `amount` times the spread that each dimension has over items."""
    noise = torch.randn(codes.shape, generator=torch.Generator().manual_seed(seed))
    return codes + amount * codes.std(0) * noise


def enlarged(items: Tensor, factor: int) -> Tensor:
    """Coarse pictures smoothed as a viewer would (bilinear), as levels: stored (N, C, H, W) to (N, pixels)."""
    small = F.avg_pool2d(items.float() / 255, factor)
    return F.interpolate(small, items.shape[2:], mode="bilinear", align_corners=False).flatten(1)


def weights_of(model: aekit.Autoencoder) -> int:
    """How many numbers the networks have learnt."""
    return sum(weight.numel() for weight in model.objective.parameters())


__all__ = [
    "copies",
    "enlarged",
    "grey",
    "grey_bce",
    "least_bce",
    "shaken",
    "squared_error",
    "weights_of",
]
