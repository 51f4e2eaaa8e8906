# The named data sets, and how each becomes a Dataset.
"""The named data sets, and how each becomes a Dataset."""

from __future__ import annotations

import base64
from typing import Any

import torch
from torch import Tensor

from aekit import Dataset, Source
from aekit_image.digits import load_digits
from aekit_image.settings import ImageOptions

SOURCES = (
    Source(
        "mnist",
        "Handwritten digits (LeCun, Cortes, Burges)",
        "60,000 + 10,000 grey pictures of 28 px",
        "CC BY-SA 3.0",
        "in the package",
    ),
)

DIGIT_NAMES = tuple("0123456789")


def load_source(options: ImageOptions, source: str, split: str) -> Dataset:
    """One split of a source; see `Modality.load`."""
    pictures, labels = load_digits(split)
    items = torch.from_numpy(pictures).unsqueeze(1)
    return Dataset(items, measured(items, options, split, True), torch.from_numpy(labels).long(), DIGIT_NAMES)


def measured(items: Tensor, options: ImageOptions, split: str, digits: bool) -> dict[str, Any]:
    """The spec of pictures (N, C, H, W)."""
    shape = list(items.shape[1:])
    grey = shape[0] == 1
    return {
        "shape": shape,
        "digits": digits,
        "likelihood": options.likelihood or ("bernoulli" if digits else "logistic"),
        "network": options.network or ("mlp" if grey and shape[1] <= 32 else "conv"),
        "mean": mean_picture(items) if split == "train" and grey and shape[1] <= 32 else None,
    }


def mean_picture(items: Tensor) -> str:
    """The mean of grey pictures (N, 1, H, W) as H * W bytes in base 64."""
    mean = items.sum(0, dtype=torch.int64).double() / len(items)
    return base64.b64encode(mean.round().to(torch.uint8).numpy().tobytes()).decode()
