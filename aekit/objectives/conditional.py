# The conditional VAE: encoder and decoder see a class or an attribute.
"""The conditional VAE: encoder and decoder see a class or an attribute."""

from __future__ import annotations

from typing import Any, ClassVar

import pydantic

from aekit.objectives.vae import VAE, VAEOptions
from aekit.options import Options


class ConditionalOptions(VAEOptions):
    condition: str = pydantic.Field("label", description="'label', or the name of an attribute of the plugin")


class ConditionalVAE(VAE):
    """A VAE of p(x|c): the code is left with what the condition does not say (Sohn, Lee and Yan 2015)."""

    Options: ClassVar[type[Options]] = ConditionalOptions
    options: ConditionalOptions

    @classmethod
    def condition(cls, options: Any) -> str:
        return str(options.condition)
