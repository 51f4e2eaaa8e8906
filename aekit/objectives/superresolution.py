# The super-resolving autoencoder: sees an item made coarse, and gives it as fine as it was.
"""The super-resolving autoencoder: sees an item made coarse, and gives it as fine as it was."""

from __future__ import annotations

from typing import ClassVar

import pydantic

from aekit.modality import Modality
from aekit.objective import Draw
from aekit.objectives.denoising import DenoisingAutoencoder, chosen_degradation
from aekit.options import Options


class SuperResolutionOptions(Options):
    factor: int = pydantic.Field(2, ge=2, le=8, description="how many times coarser the encoder sees items")


class SuperResolution(DenoisingAutoencoder):
    """Maximises log p(x|z) at z = f(x~), where x~ is x made `factor` times coarser (Dong et al. 2014, equation 4).

    The likelihood stands in the place of that paper's squared error, and a code between the two networks.

    When to use it: to refine items that are coarse. What is not in the coarse item is filled in as it usually is,
    not as it was. For items with noise take `denoising`.
    """

    Options: ClassVar[type[Options]] = SuperResolutionOptions

    def chosen(self, modality: Modality) -> tuple[str, float]:
        return chosen_degradation(modality, "resolution", None, "factor", self.options.factor)

    def begin(self, draw: Draw) -> None:
        """Make one item coarse, so that a factor that does not suit the items is refused before a run is made.

        Raises:
            UsageError: by the modality, for such a factor.
        """
        draw(1)
