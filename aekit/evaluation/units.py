# Active units, and how the KL is shared among the dimensions.
"""Active units, and how the KL is shared among the dimensions."""

from __future__ import annotations

from collections.abc import Container

from torch import Tensor

from aekit.latent.dimensions import ACTIVE_VARIANCE
from aekit.posterior import Posterior


def active_units(means: Tensor, threshold: float = ACTIVE_VARIANCE) -> int:
    """Dimensions whose posterior mean varies over items by more than `threshold` (Burda et al. 2016).

    The default threshold, 0.01, is that of section 5.2 there.

    Args:
        means: (N, D), the posterior means of N items.
        threshold: of the variance (divisor N).
    """
    return int((means.detach().cpu().double().var(0, correction=0) > threshold).sum())


def kl_per_dimension(posterior: Posterior) -> Tensor:
    """The mean over items of each dimension's KL to N(0, 1), nats: (D,)."""
    return posterior.kl().detach().cpu().double().mean(0)


def collapse(active: int, dimensions: int, options: Container[str] = ()) -> str | None:
    """What to tell a person where the posterior has collapsed: fewer than a tenth of the dimensions are active.

    Args:
        active: how many are (`active_units`).
        dimensions: D.
        options: names of the objective's options; only those are proposed.

    Returns:
        One line, or None where there is nothing to tell.
    """
    if active > 0 and 10 * active >= dimensions:
        return None
    means = {"beta": "lower --beta", "free_bits": "add --free-bits", "warmup": "lengthen --warmup"}
    known = [text for name, text in means.items() if name in options]
    advice = " or ".join([", ".join(known[:-1]), known[-1]] if len(known) > 1 else known)
    code = "the code" if active == 0 else "most of the code"
    verb = "is" if active == 1 else "are"
    return (
        f"{active} of {dimensions} dimensions {verb} active: the decoder ignores {code}; "
        f"{advice or 'train for longer, or take --objective vae with --free-bits'}"
    )
