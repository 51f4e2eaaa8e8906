# A small set of real digits and a quick network, for tests that train.
"""A small set of real digits and a quick network, for tests that train."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from aekit_image import ImageModality

import aekit

QUICK: dict[str, Any] = {
    "network": "mlp",
    "latent_dim": 4,
    "width": 32,
    "depth": 1,
    "batch_size": 50,
    "save_every": 60,
    "likelihood": "bernoulli",
    "device": "cpu",
}


def write_digits(folder: Path, count: int = 400) -> str:
    """The first `count` digits of MNIST with a tenth as many test digits, as a source for the image plugin."""
    path = folder / "digits.npz"
    train, test = (ImageModality.load(ImageModality.Options(), "mnist", split) for split in ("train", "test"))
    kept, held = torch.arange(count), torch.arange(count // 10)
    np.savez(
        path,
        x=train.items[kept].numpy()[:, 0],
        y=train.labels[kept].numpy(),
        x_test=test.items[held].numpy()[:, 0],
        y_test=test.labels[held].numpy(),
    )
    return f"npz:{path}"


def train(source: str, out: Path, **options: Any) -> aekit.Run:
    """A quick run on a source of digits."""
    return aekit.train("image", source=source, out=out, quiet=True, **{**QUICK, **options})
