# What objectives share that pull the codes of all items together to the prior, and not each item's own.
"""What objectives share that pull the codes of all items together to the prior, and not each item's own."""

from __future__ import annotations

from typing import ClassVar, Literal

import pydantic
from torch import Tensor

from aekit.objective import Objective
from aekit.objectives.autoencoder import point
from aekit.options import Options
from aekit.posterior import Posterior


class MatchedOptions(Options):
    posterior: Literal["point", "gaussian"] = pydantic.Field(
        "point",
        description="an item's code: a point, or draws from a Gaussian, which can fill dimensions that no item needs",
    )


class Matched(Objective):
    """An encoder of points (Tolstikhin et al. 2018, algorithm 2), or of draws (Makhzani et al. 2016, section 2)."""

    Options: ClassVar[type[Options]] = MatchedOptions
    options: MatchedOptions
    has_bound = False

    def posterior(self, x: Tensor, condition: Tensor) -> Posterior:
        posterior = super().posterior(x, condition)
        return posterior if self.options.posterior == "gaussian" else point(posterior)
