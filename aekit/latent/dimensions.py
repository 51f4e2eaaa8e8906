# Latent dimensions sorted by how much they say of an item.
"""Latent dimensions sorted by how much they say of an item."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aekit.errors import UsageError
from aekit.latent.arrays import Floats, as_floats, checked_codes

ACTIVE_VARIANCE = 0.01


class Dimensions(NamedTuple):
    """Dimensions in falling order of KL.

    Attributes:
        order: (D,), the dimensions' indices.
        kl: (D,) nats, each dimension's mean KL to N(0, 1), in that order; infinite for codes without spread.
        variance: (D,), the variance over items of each posterior mean, in that order.
        active: (D,), whether that variance is above 0.01 (Burda et al. 2016, section 5.2).
    """

    order: NDArray[np.int64]
    kl: Floats
    variance: Floats
    active: NDArray[np.bool_]


def by_kl(mean: Any, log_variance: Any) -> Dimensions:
    """Sort the dimensions of posteriors `mean` and `log_variance`, each (N, D), by their mean KL.

    Equal ones, and those of a plain autoencoder, whose codes have no spread, are sorted by variance.

    Raises:
        UsageError: the two have different shapes, or the means are no finite (N, D) table.
    """
    means, log_variances = checked_codes(mean, "mean"), as_floats(log_variance)
    if means.shape != log_variances.shape:
        shapes = f"{means.shape} and {log_variances.shape}"
        raise UsageError(f"mean and log_variance must have one shape (N, D) (received {shapes})")
    kl = 0.5 * (means**2 + np.exp(log_variances) - 1 - log_variances).mean(0)
    variance = means.var(0)
    order = np.lexsort((-variance, -kl))
    return Dimensions(order, kl[order], variance[order], variance[order] > ACTIVE_VARIANCE)
