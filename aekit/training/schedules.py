# How the learning rate changes over a schedule.
"""How the learning rate changes over a schedule."""

from __future__ import annotations

import math


def learning_rate_factor(progress: float, warmup: float) -> float:
    """Linear rise over the first `warmup` of the schedule, then half a cosine to zero.

    Args:
        progress: the share of the schedule that is done, 0 to 1.
        warmup: the share over which the rate rises, 0 to 1.

    Returns:
        A factor in [0, 1] for the peak rate (Loshchilov and Hutter 2017, equation 5, without restarts).
    """
    if progress < warmup:
        return max(progress / warmup, 1e-3)
    if warmup >= 1:
        return 1.0
    done = min((progress - warmup) / (1 - warmup), 1.0)
    return 0.5 * (1 + math.cos(math.pi * done))
