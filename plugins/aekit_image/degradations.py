# How pictures are made worse: noise on their levels, damaged pixels, and coarser grids.
"""How pictures are made worse: noise on their levels, damaged pixels, and coarser grids.

All take and give stored pictures, uint8 (B, C, H, W), on any device. Noise comes from torch's default stream.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from aekit import Degradation, UsageError
from aekit.errors import unknown_name
from aekit_image.pixels import LEVELS, stored

COARSEST = 8
BLACK, WHITE = 0, LEVELS - 1

DEGRADATIONS = {
    "gaussian": Degradation(
        "noise", "standard deviation of Gaussian noise on levels in [0, 1], which are clipped", 0.3, 0.0, 2.0
    ),
    "haze": Degradation(
        "noise",
        "standard deviation of Gaussian noise around .5 on levels in [0, 1], which are clipped: N(.5, .5)",
        0.5,
        0.0,
        2.0,
    ),
    "masking": Degradation("noise", "share of pixels that turn black", 0.5, 0.0, 1.0),
    "salt-and-pepper": Degradation("noise", "share of pixels that turn black or white", 0.2, 0.0, 1.0),
    "resolution": Degradation(
        "resolution", "how many times coarser the grid is, a whole number", 2.0, 2.0, float(COARSEST)
    ),
}


def degraded(x: Tensor, name: str, amount: float) -> Tensor:
    """Stored pictures (B, C, H, W) made worse; see `Modality.degrade`.

    Raises:
        UsageError: there is no such degradation, or `amount` is a factor that does not divide the pictures.
    """
    if name not in WAYS:
        raise UsageError(unknown_name("degradation of pictures", name, WAYS))
    return WAYS[name](x, amount)


def gaussian(x: Tensor, deviation: float) -> Tensor:
    """Noise of mean 0 added to each level, and the sum clipped (Vincent et al. 2010, section 4.1)."""
    return noisy(x, 0.0, deviation)


def haze(x: Tensor, deviation: float) -> Tensor:
    """Noise of mean .5 added to each level, and the sum clipped: most of the paper turns light."""
    return noisy(x, 0.5, deviation)


def noisy(x: Tensor, mean: float, deviation: float) -> Tensor:
    """x with Gaussian noise added, mean and deviation on the scale where levels lie in [0, 1]; clipped."""
    levels = x.float() / WHITE
    return stored(levels + mean + deviation * torch.randn_like(levels))


def masking(x: Tensor, share: float) -> Tensor:
    """Each pixel black with probability `share`, in all channels (Vincent et al. 2010)."""
    return x.masked_fill(uniform(x) < share, BLACK)


def salt_and_pepper(x: Tensor, share: float) -> Tensor:
    """Each pixel black or white, with probability `share` / 2 each, in all channels (Vincent et al. 2010)."""
    drawn = uniform(x)
    return x.masked_fill(drawn < share / 2, BLACK).masked_fill(drawn >= 1 - share / 2, WHITE)


def uniform(x: Tensor) -> Tensor:
    """One draw from [0, 1) for each pixel: (B, 1, H, W)."""
    return torch.rand(len(x), 1, *x.shape[2:], device=x.device)


def coarsened(x: Tensor, factor: float) -> Tensor:
    """The mean of each cell of `factor` x `factor` pixels, in all its pixels; the same when it is done twice.

    Raises:
        UsageError: the factor is no whole number from 2 to COARSEST that divides both sides.
    """
    if factor not in factors_for(x):
        raise UsageError(unsuited(x, factor))
    side = int(factor)
    cells = x.float().unflatten(3, (-1, side)).unflatten(2, (-1, side))  # (B, C, rows, side, columns, side)
    # Sums are exact in fp32, so a cell of one level keeps it, and all devices round alike
    means: Tensor = (cells.sum((3, 5)) / side**2).round().to(x.dtype)
    return means.repeat_interleave(side, 2).repeat_interleave(side, 3)


def factors_for(x: Tensor) -> list[int]:
    """The factors that divide both sides of pictures (B, C, H, W)."""
    return [factor for factor in range(2, COARSEST + 1) if all(side % factor == 0 for side in x.shape[2:])]


def unsuited(x: Tensor, factor: float) -> str:
    """The sentence for a factor that does not suit pictures (B, C, H, W)."""
    size = f"{x.shape[3]} x {x.shape[2]} pixels"
    *others, last = [str(suitable) for suitable in factors_for(x)] or [""]
    would = f"take {', '.join(others)} or {last}" if others else f"take {last}"
    if not last:
        would = f"none from 2 to {COARSEST} does: give the pictures another --size"
    return f"factor must be a whole number that divides {size} (received {factor:g}); {would}."


WAYS: dict[str, Callable[[Tensor, float], Tensor]] = {
    "gaussian": gaussian,
    "haze": haze,
    "masking": masking,
    "salt-and-pepper": salt_and_pepper,
    "resolution": coarsened,
}
