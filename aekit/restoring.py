# Test items before and after a model: as they are, as it sees them, and what it makes of them.
"""Test items before and after a model: as they are, as it sees them, and what it makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

if TYPE_CHECKING:
    from aekit.autoencoder import Autoencoder


def before_and_after(
    model: Autoencoder, count: int
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any] | None]:
    """The first test items, what the model makes of them, and what it made that from where it restores.

    Raises:
        DataError: the source is gone.
    """
    import torch

    dataset, condition = model.dataset("test"), None
    positions = torch.arange(min(count, len(dataset)))
    items = dataset.items[positions]
    if model.condition is not None and model.condition.of == "label":
        condition = model.condition.of_items(model.modality, dataset, positions)
    seen = model.degrade(items) if model.restores else None
    made = model.reconstruct(items if seen is None else seen, condition)
    return items.numpy(), made.numpy(), None if seen is None else seen.numpy()
