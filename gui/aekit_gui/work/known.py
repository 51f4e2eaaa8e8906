# What a model process finds out of a run at its opening, and of each code: its prior, its words, what it restores.
"""What a model process finds out of a run at its opening, and of each code: its prior, its words, what it restores."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from aekit.autoencoder import Autoencoder
from aekit.data import chunks
from aekit.reach import reach_of
from aekit_gui.work.protocol import PriorFacts

DRAWS = 1000
COUNTED = 10_000  # codes whose words are counted at the opening
TOGETHER = 256  # codes that are written in words at a time

Words = Callable[[torch.Tensor], torch.Tensor]


def prior_facts(model: Autoencoder) -> PriorFacts:
    """Where the prior draws codes from."""
    draws, reach = model.sample_codes(DRAWS), reach_of(model)
    apart = np.linalg.norm(draws[: DRAWS // 2] - draws[DRAWS // 2 :], axis=1)
    density = log_prior(model, draws)
    density = density[np.isfinite(density)]
    return PriorFacts(
        tuple(reach.mean.tolist()),
        tuple(reach.spread.tolist()),
        (float(density.mean()), float(density.std())) if len(density) else (math.nan, math.nan),
        float(apart.mean()),
    )


@torch.no_grad()
def log_prior(model: Autoencoder, codes: NDArray[np.float32]) -> NDArray[np.float64]:
    """log p(z) of codes (B, D) under the run's prior, nats: (B,)."""
    found = model.prior.log_prob(torch.as_tensor(codes).to(model.device))
    return found.double().cpu().numpy()


def words_of(model: Autoencoder, codes: NDArray[np.float32]) -> NDArray[np.int64] | None:
    """The words (B, positions) that codes (B, D) are written in, of objectives that have words; else None."""
    words: Words | None = getattr(model.objective, "words", None)
    if words is None:
        return None
    with torch.no_grad():
        parts = [
            words(torch.as_tensor(codes[part.numpy()]).to(model.device)).cpu()
            for part in chunks(torch.arange(len(codes)), TOGETHER)
        ]
    return np.asarray(torch.cat(parts), np.int64)


def words_used(model: Autoencoder) -> tuple[int, int] | None:
    """How many words the run's codes use (of at most `COUNTED` items), and of how many; None without words."""
    if getattr(model.objective, "words", None) is None:
        return None
    codes = model.run.codes()[0]["mean"]
    found = words_of(model, codes[:: -(-len(codes) // COUNTED)])
    assert found is not None
    codebook: Any = getattr(model.objective, "codebook", ())
    used = len(np.unique(found))
    return used, max(used, len(codebook))


def degradation_of(model: Autoencoder) -> str:
    """How items are made worse before the model sees them, in words; "" where they are not."""
    if not model.restores:
        return ""
    objective: Any = model.objective
    name, amount = getattr(objective, "degradation", ""), getattr(objective, "amount", None)
    if not isinstance(name, str) or not name:
        return "degraded items"
    return f"{name} {amount:g}" if isinstance(amount, int | float) else name
