# Codes of many items, as arrays for a run's latents/ folder.
"""Codes of many items, as arrays for a run's latents/ folder."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from aekit.data import chunks
from aekit.files import Arrays, write_arrays
from aekit.runs import Run
from aekit.training.feed import Feed

CHUNK = 1000
SNAPSHOT_ITEMS = 2000


@torch.no_grad()
def encode_positions(objective: Any, feed: Feed, positions: Tensor) -> Arrays:
    """Posterior means of items by position.

    Returns:
        `mean` (N, D) and `log_variance` (N, D) fp32, `index` (N,) int64, and `label` (N,) int64 where there
        are labels.
    """
    means, spreads = [], []
    for piece in chunks(positions, feed.at_once(CHUNK)):
        batch = feed.alone(piece)
        posterior = objective.posterior(batch.shown, batch.condition)
        means.append(posterior.mean.float().cpu())
        spreads.append(posterior.log_variance.float().cpu())
    arrays: Arrays = {
        "mean": torch.cat(means).numpy(),
        "log_variance": torch.cat(spreads).numpy(),
        "index": positions.numpy().astype(np.int64),
    }
    if feed.dataset.labels is not None:
        arrays["label"] = feed.dataset.labels[positions].numpy().astype(np.int64)
    return arrays


def write_snapshot(objective: Any, feed: Feed, run: Run, step: int) -> None:
    """Keep the codes of a sample of items, the same at every step of every run on this data."""
    count = len(feed.dataset)
    positions = torch.linspace(0, count - 1, min(count, SNAPSHOT_ITEMS), dtype=torch.float64).long()
    arrays = encode_positions(objective, feed, positions)
    facts = {"step": step, "epoch": feed.order.epoch(step)}
    write_arrays(run.path / "latents" / f"{step:08}.safetensors", arrays, facts)
