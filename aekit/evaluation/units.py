# Active units, and how the KL is shared among the dimensions.
"""Active units, and how the KL is shared among the dimensions."""

from __future__ import annotations

from torch import Tensor

from aekit.latent.dimensions import ACTIVE_VARIANCE
from aekit.posterior import Posterior


def active_units(means: Tensor, threshold: float = ACTIVE_VARIANCE) -> int:
    """Dimensions whose posterior mean varies over items by more than `threshold` (Burda et al. 2016).

    The default threshold, 0.01, is that of section 5.2 there.

    Args:
        means: (N, D), the posterior means of N items.
        threshold: of the variance (divisor N).
    """
    return int((means.double().var(0, correction=0) > threshold).sum())


def kl_per_dimension(posterior: Posterior) -> Tensor:
    """The mean over items of each dimension's KL to N(0, 1), nats: (D,)."""
    return posterior.kl().double().mean(0)
