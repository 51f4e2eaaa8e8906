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
    """Maximises E_q[log p(x|z, c)] - beta KL(q(z|x, c) || p(z)): a VAE of p(x|c) (Sohn, Lee and Yan 2015).

    When to use it: items come with a class, or with an attribute that can be measured, and new ones are to be ordered
    by it ("a seven in this hand"): the code is left with what the condition does not say. The codes therefore do not
    tell classes apart, so for maps and for retrieval take `vae`. Its likelihood is of x given c, and stands beside no
    other's.
    """

    Options: ClassVar[type[Options]] = ConditionalOptions
    options: ConditionalOptions

    @classmethod
    def condition(cls, options: Any) -> str:
        return str(options.condition)
