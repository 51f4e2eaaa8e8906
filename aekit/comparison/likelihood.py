# Whether the likelihoods of several models can stand side by side.
"""Whether the likelihoods of several models can stand side by side.

log p(x) of one model says something beside that of another only where both are of the same x (binarised digits and
grey levels are different data) and both are probabilities given the same.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from aekit.data import prepare_alone

if TYPE_CHECKING:
    from aekit.autoencoder import Autoencoder

LOOKED_AT = 16  # items whose preparation is compared


class Likelihood(NamedTuple):
    """What log p(x) is of.

    Attributes:
        kind: the plugin's name for its likelihood, where it has one.
        given: what the model is conditioned on; empty for nothing.
        is_proper: whether it is a distribution at all.
        items: digest of a few prepared items.
    """

    kind: str
    given: str
    is_proper: bool
    items: str

    @classmethod
    def of(cls, model: Autoencoder) -> Likelihood:
        """A model's likelihood."""
        record = model.run.record
        kind = record.spec.get("likelihood", record.options.get("likelihood"))
        given = model.condition.of if model.condition is not None else ""
        items = model.dataset("test").items
        stored = items[torch.arange(min(LOOKED_AT, len(items)))]
        prepared = prepare_alone(model.modality, stored)
        seen = f"{prepared.dtype} {tuple(prepared.shape)}".encode() + prepared.contiguous().numpy().tobytes()
        return cls(
            str(kind or ""), given, model.objective.decoder.is_proper, hashlib.sha256(seen).hexdigest()
        )

    def besides(self, other: Likelihood) -> str:
        """Why figures of this one cannot stand beside those of `other`, in words."""
        if self.given != other.given:
            return f"it is of p(x|{self.given})" if self.given else "it is of p(x) without a condition"
        if self.kind != other.kind:
            return f"its likelihood is '{self.kind}', not '{other.kind}'"
        if self.is_proper != other.is_proper:
            return "only one of them is a distribution"
        return "its prepared items are others"


def odd_ones(likelihoods: Sequence[Any]) -> tuple[Any, list[int]]:
    """The likelihood that most have (the first of equals), and the positions of those that have another."""
    usual = Counter(likelihoods).most_common(1)[0][0]
    return usual, [place for place, found in enumerate(likelihoods) if found != usual]
