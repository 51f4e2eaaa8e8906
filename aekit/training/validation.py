# Validation: the averaged weights on the held-out items, schedules ended.
"""Validation: the averaged weights on the held-out items, schedules ended."""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist
from lightning_fabric import Fabric
from torch import Tensor, nn

from aekit.data import stream_seed
from aekit.training.feed import Feed

STREAM = 0x7A11D


@torch.no_grad()
def validation_terms(objective: nn.Module, feed: Feed, fabric: Fabric, control: Any) -> dict[str, float]:
    """The `loss` and the terms, averaged over the held-out items.

    The pieces are shared out among the processes; each piece draws from a stream of its own, so the figures
    do not depend on how many processes there are.

    Args:
        control: the process group in which figures are exchanged; None for a single process.
    """
    pieces = feed.validation_batches()
    totals: dict[str, float] = {}
    with torch.random.fork_rng(devices=random_devices(fabric)):
        for number in range(fabric.global_rank, len(pieces), fabric.world_size):
            torch.manual_seed(stream_seed(feed.seed, STREAM, number))
            outcome = objective(feed.validation_batch(number), None)
            for name, value in {"loss": outcome.loss, **outcome.terms}.items():
                totals[name] = totals.get(name, 0.0) + float(value) * len(pieces[number])
    return {name: total / len(feed.held) for name, total in added_up(totals, fabric, control).items()}


@torch.no_grad()
def not_finite(objective: Any, feed: Feed) -> Tensor:
    """Positions of the held-out items whose own code, or likelihood at it, is not finite: (K,)."""
    found = []
    for number, positions in enumerate(feed.validation_batches()):
        batch = feed.validation_batch(number)
        posterior = objective.posterior(batch.shown, batch.condition)
        log_prob = objective.log_prob(batch.x, posterior.mean, batch.condition)
        # a log-variance of minus infinity is a point, as plain autoencoders have it
        whole = posterior.mean.isfinite().all(1) & (posterior.log_variance < torch.inf).all(1)
        found.append(positions[~(whole & log_prob.isfinite()).cpu()])
    return torch.cat(found)


def added_up(totals: dict[str, float], fabric: Fabric, control: Any) -> dict[str, float]:
    """The sums of all processes."""
    if control is None:
        return totals
    shares: list[Any] = [None] * fabric.world_size
    dist.all_gather_object(shares, totals, group=control)
    names = next(share for share in shares if share)
    return {name: sum(share.get(name, 0.0) for share in shares) for name in names}


def random_devices(fabric: Fabric) -> list[int]:
    """Devices whose random stream validation must leave alone."""
    return [fabric.device.index or 0] if fabric.device.type == "cuda" else []
