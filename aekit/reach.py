# Where codes of a run's prior lie along each dimension, for figures that walk from one end to the other.
"""Where codes of a run's prior lie along each dimension, for figures that walk from one end to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aekit.latent.reach import Reach
from aekit.priors import StandardNormal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aekit.autoencoder import Autoencoder

DRAWS = 4000
LEAST = 1e-6  # spread of a dimension whose draws are all the same


def reach_of(model: Autoencoder) -> Reach:
    """Where codes of the run's prior lie: known for N(0, I), else from draws."""
    if isinstance(model.prior, StandardNormal):
        return Reach(np.zeros(model.latent_dim), np.ones(model.latent_dim))
    draws = model.sample_codes(DRAWS).astype(np.float64)
    return Reach(draws.mean(0), np.maximum(draws.std(0), LEAST))


def quantiles_of(model: Autoencoder, shares: Sequence[float]) -> NDArray[np.float64]:
    """The prior's quantiles along each dimension at shares (K,) in (0, 1): (K, D)."""
    if isinstance(model.prior, StandardNormal):
        from statistics import NormalDist

        values = [NormalDist().inv_cdf(share) for share in shares]
        return np.repeat(np.array(values)[:, None], model.latent_dim, 1)
    return np.asarray(np.quantile(model.sample_codes(DRAWS).astype(np.float64), shares, 0))
