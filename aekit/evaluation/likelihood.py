# How likely a model holds items to be: the bound with its parts, and the importance-sampled NLL.
"""How likely a model holds items to be: the bound with its parts, and the importance-sampled NLL.

Both take prepared items and an objective in evaluation mode. Their noise is a function of the seed and of
an item's number alone, so that neither the chunks nor the other items change an item's figure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from aekit.data import stream_seed
from aekit.errors import UsageError
from aekit.objective import Objective
from aekit.posterior import Posterior
from aekit.priors import Prior, StandardNormal

ELEMENTS = 3 * 2**18  # of items that the decoder sees at once: 1,000 digits, whose layers stay in caches
ON_A_DEVICE = 2**22  # the same on a graphics card, where launches cost
ROWS = 4096  # and codes at once


class BoundParts(NamedTuple):
    """The ELBO and its parts, nats for each item, each (B,); elbo = -(reconstruction + kl).

    Attributes:
        elbo: infinite below zero where the posterior has no spread (plain autoencoders).
        kl: KL(q(z|x) || p(z)).
        reconstruction: -E_q[log p(x|z)].
    """

    elbo: Tensor
    kl: Tensor
    reconstruction: Tensor


@torch.no_grad()
def posteriors(objective: Objective, x: Tensor, condition: Tensor) -> Posterior:
    """q(z|x) of prepared items (B, ...), degraded where the objective restores, with conditions (B, C)."""
    return Posterior.joined(
        [objective.posterior(x[rows], condition[rows]) for rows in pieces_of(len(x), fitting(x))]
    )


@torch.no_grad()
def bound_parts(
    objective: Objective,
    x: Tensor,
    condition: Tensor,
    *,
    shown: Tensor | None = None,
    samples: int = 1,
    seed: int = 0,
    first: int = 0,
) -> BoundParts:
    """The ELBO with its parts (Kingma and Welling 2014, equation 3).

    The KL of a Gaussian posterior to a standard normal prior is in closed form, others are estimated from the same
    draws.

    Args:
        x: (B, ...) prepared items.
        condition: (B, C).
        shown: (B, ...) what the encoder sees, where that is not `x`.
        samples: draws for each item.
        seed: of the draws.
        first: the number of the first item, where `x` is a part of a larger set.
    """
    posterior, prior = posteriors(objective, x if shown is None else shown, condition), objective.prior()
    reconstruction, divergence = torch.zeros(2, len(x), device=x.device)
    pieces = list(pieces_of(len(x), fitting(x)))
    noise = item_noise(range(first, first + len(x)), samples, posterior.mean, seed)
    closed = posterior.is_gaussian and isinstance(prior, StandardNormal | None)
    for draw in noise.unbind(1):
        z, log_q = posterior.at(draw)
        log_probs = [objective.log_prob(x[rows], z[rows], condition[rows]) for rows in pieces]
        reconstruction -= torch.cat(log_probs)
        if not closed and prior is not None:
            divergence += log_q - prior.log_prob(z)
    kl = posterior.kl().sum(1) if closed else divergence / samples
    reconstruction /= samples
    return BoundParts(-(reconstruction + kl), kl, reconstruction)


@torch.no_grad()
def importance_nll(
    objective: Objective,
    x: Tensor,
    condition: Tensor,
    *,
    shown: Tensor | None = None,
    samples: int = 500,
    seed: int = 0,
    first: int = 0,
    rows: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Tensor:
    """Estimates of -log p(x) by importance sampling from the posterior, nats: (B,).

    -log 1/K sum_k p(x|z_k) p(z_k) / q(z_k|x) (Burda et al. 2016, equation 8): in expectation an upper bound
    of -log p(x), which falls to it as the number of samples K grows.

    Args:
        x: (B, ...) prepared items.
        condition: (B, C).
        samples: K draws for each item.
        shown, seed, first: as in `bound_parts`.
        rows: codes that the decoder sees at once; by default as many as suit the items' size.
        progress: told how many items are done, and of how many.

    Raises:
        UsageError: the objective has no bound, or `samples` is below 1.
    """
    prior = objective.prior()
    if not objective.has_bound or prior is None:
        raise UsageError(f"{type(objective).__name__} has no bound on log p(x): there is no NLL to estimate")
    if samples < 1:
        raise UsageError(f"samples must be at least 1 (received {samples})")
    rows = rows or fitting(x)
    posterior, estimates = posteriors(objective, x if shown is None else shown, condition), []
    for items in pieces_of(len(x), max(1, rows // samples)):
        part = posterior.map(lambda values: values[items])  # noqa: B023
        noise = item_noise(range(first + items.start, first + items.stop), samples, part.mean, seed)
        evidence = _log_evidence(objective, prior, part, x[items], condition[items], noise, rows)
        estimates.append(math.log(samples) - evidence)
        if progress is not None:
            progress(items.stop, len(x))
    return torch.cat(estimates)


def _log_evidence(
    objective: Objective,
    prior: Prior,
    posterior: Posterior,
    x: Tensor,
    condition: Tensor,
    noise: Tensor,
    rows: int,
) -> Tensor:
    """log sum_k p(x|z_k) p(z_k) / q(z_k|x) of a few items, the draws (B, K, D) taken in pieces: (B,)."""
    total = torch.full((len(x),), -torch.inf, device=noise.device)
    for draws in pieces_of(noise.shape[1], max(1, rows // len(x))):
        times = noise[:, draws].shape[1]
        wide = posterior.map(lambda values: spread_out(values, times))  # noqa: B023
        z, log_q = wide.at(noise[:, draws].flatten(0, 1))  # (B * k, D) and (B * k,)
        log_prob = objective.log_prob(spread_out(x, times), z, spread_out(condition, times))
        log_weights = log_prob.float() + prior.log_prob(z) - log_q
        total = torch.logaddexp(total, log_weights.view(len(x), times).logsumexp(1))
    return total


def mean_and_error(values: Tensor) -> tuple[float, float]:
    """The mean of figures of items (B,), and its standard error over them (0 for a single item)."""
    exact = values.detach().cpu().double()  # mps has no float64
    error = exact.std() / math.sqrt(len(exact)) if len(exact) > 1 else 0.0
    return float(exact.mean()), float(error)


def item_noise(items: range, samples: int, like: Tensor, seed: int) -> Tensor:
    """Standard normal draws of the items' own streams, on the device of `like` (B, D): (B, samples, D)."""
    generator, width = torch.Generator(), like.shape[1]
    draws = []
    for number in items:
        generator.manual_seed(stream_seed(seed, number))
        draws.append(torch.randn(samples, width, generator=generator))
    return torch.stack(draws).to(like.device)


def spread_out(values: Tensor, times: int) -> Tensor:
    """Every row `times` times in a row; of a single row no copy is made."""
    return values.unsqueeze(1).expand(-1, times, *values.shape[1:]).flatten(0, 1)


def fitting(x: Tensor) -> int:
    """How many items like those of `x` the networks see at once."""
    return fitting_of(x.shape[1:], x.device)


def fitting_of(shape: Sequence[int], device: torch.device) -> int:
    """How many items of a shape the networks see at once on a device."""
    elements = ELEMENTS if device.type == "cpu" else ON_A_DEVICE
    return max(1, min(ROWS, elements // max(1, math.prod(shape))))


def pieces_of(count: int, size: int) -> Iterator[slice]:
    """0 ... count in slices of at most `size`."""
    return (slice(start, min(start + size, count)) for start in range(0, count, size))
