# The denoising autoencoder: sees an item made worse, and gives it as it was.
"""The denoising autoencoder: sees an item made worse, and gives it as it was."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import pydantic
from torch import Tensor

from aekit.errors import UsageError, unknown_name
from aekit.modality import Modality
from aekit.objectives.autoencoder import PlainAutoencoder
from aekit.options import Options


class DenoisingOptions(Options):
    noise: str | None = pydantic.Field(None, description="which of the plugin's noises; its first by default")
    noise_amount: float | None = pydantic.Field(
        None, description="how much of it; by default what the plugin takes to be usual"
    )


class DenoisingAutoencoder(PlainAutoencoder):
    """Maximises log p(x|z) at z = f(x~), where x~ is x made worse at random (Vincent et al. 2008, section 2.3).

    When to use it: to clean items that come with the same kind of damage, or for codes that keep what damage
    cannot hide. The noise is drawn anew in each step. There is no bound on log p(x); to make new items take `vae`.

    Attributes:
        degradation, amount: what `degrade` asks of the modality.
    """

    Options: ClassVar[type[Options]] = DenoisingOptions
    restores = True

    def __init__(self, modality: Modality, options: Any, latent_dim: int, condition_dim: int = 0) -> None:
        super().__init__(modality, options, latent_dim, condition_dim)
        self.modality = modality
        self.degradation, self.amount = self.chosen(modality)

    def chosen(self, modality: Modality) -> tuple[str, float]:
        """The degradation's name and amount.

        Raises:
            UsageError: the modality has none of that kind or name, or the amount is out of its range.
        """
        return chosen_degradation(
            modality, "noise", self.options.noise, "noise_amount", self.options.noise_amount
        )

    def degrade(self, x: Tensor) -> Tensor:
        return self.modality.degrade(x, self.degradation, self.amount)


def chosen_degradation(
    modality: Modality,
    kind: Literal["noise", "resolution"],
    name: str | None,
    option: str,
    amount: float | None,
) -> tuple[str, float]:
    """The name and amount of one of the modality's degradations.

    Args:
        modality: what the data is.
        kind: only degradations of this kind are looked at.
        name: which; None takes the first.
        option: what `amount` is called where the person gives it.
        amount: how much; None takes the degradation's own.

    Raises:
        UsageError: there is none of that kind or name, or the amount is out of its range.
    """
    known = {key: value for key, value in modality.degradations().items() if value.kind == kind}
    if not known:
        raise UsageError(
            f"{type(modality).__name__} has no degradation of the kind '{kind}' to learn from; "
            "give it one (`degradations`), or take the objective 'autoencoder'."
        )
    if name is not None and name not in known:
        raise UsageError(unknown_name(f"{kind} of {type(modality).__name__}", name, known))
    name = name if name is not None else next(iter(known))
    found = known[name]
    amount = found.amount if amount is None else amount
    if not found.least <= amount <= found.most:
        raise UsageError(
            f"{option} must be from {found.least:g} to {found.most:g} for '{name}' (received {amount:g}): "
            f"{found.description}"
        )
    return name, amount
