# Reach: where codes lie along each dimension, and what dimensions are worth beside it.
"""Reach: where codes lie along each dimension, and what dimensions are worth beside it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aekit.latent.dimensions import Dimensions, by_kl


class Reach(NamedTuple):
    """Middle and spread of the prior's codes along each dimension.

    Attributes:
        mean, spread: (D,); 0 and 1, exactly, for N(0, I).
    """

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]

    @property
    def is_standard(self) -> bool:
        """Whether these are those of N(0, I)."""
        return bool((self.mean == 0).all() and (self.spread == 1).all())


def by_worth(mean: Any, log_variance: Any, reach: Reach) -> Dimensions:
    """Dimensions of posteriors (N, D) in falling order of KL to a Gaussian that reaches as far as the prior.

    For N(0, I) this is `aekit.latent.by_kl`; under a learnt prior a dimension far from 0 is not worth more for that.
    Codes without spread are sorted by their own variance.
    """
    if reach.is_standard or not np.isfinite(log_variance).all():
        return by_kl(mean, log_variance)
    return by_kl((mean - reach.mean) / reach.spread, log_variance - 2 * np.log(reach.spread))
