# What a run is decoded with, from a person's words.
"""What a run is decoded with, from a person's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aekit.errors import UsageError
from aekit.figures import middle_condition

if TYPE_CHECKING:
    from aekit.autoencoder import Autoencoder


def condition_of(model: Autoencoder, text: str) -> Any:
    """A condition as `aekit decode --condition` takes it; a middle one where none is given.

    Raises:
        UsageError: it is no number where one is needed.
    """
    if not text:
        return middle_condition(model)
    if model.condition is None or model.condition.of == "label":
        return text
    try:
        return float(text)
    except ValueError:
        raise UsageError(
            f"The condition '{model.condition.of}' takes a number (received '{text}'). Type one like 0.5."
        ) from None
