# Whether stored items mean the same to two modalities: they do where both show the same.
"""Whether stored items mean the same to two modalities: they do where both show the same.

What a modality measures on its data (an alphabet, the classes of a column) says what stored numbers stand for. A run
that is built on another sees other data through the other's eyes.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from aekit.data import Dataset, evenly_spread
from aekit.errors import DataError
from aekit.modality import Modality

MOST_SHOWN = 300


def check_meaning(dataset: Dataset, seen: Modality, source: str) -> None:
    """Raise where items of a data set, shown by `seen`, are not what they are by the data set's own spec.

    Args:
        dataset: its items were stored as its `spec` says; up to MOST_SHOWN of them, evenly spread, are shown.
        seen: the modality, made from another spec.
        source: where the items came from, for the message.

    Raises:
        DataError: one of them is another thing.
    """
    if dataset.spec == seen.spec:
        return
    own = type(seen)(seen.options, dataset.spec)
    chosen = evenly_spread(len(dataset), MOST_SHOWN)
    for number, item in zip(chosen.tolist(), dataset.items[chosen], strict=True):
        try:
            same = is_alike(own.view(item), seen.view(item))
        except (LookupError, ValueError):  # a number that stands for nothing there
            same = False
        if not same:
            raise DataError(
                f"The items of '{source}' cannot be seen by this run: {dataset.name(number)} is stored as something "
                "else there, since what the plugin measured on them (classes, letters, sizes) differs. Take data of "
                "the kind that the run was trained on."
            )


def is_alike(first: Any, second: Any) -> bool:
    """Whether two views, or parts of views, are equal; missing numbers are equal to each other."""
    if type(first) is not type(second):
        return False
    if isinstance(first, np.ndarray):
        return first.shape == second.shape and np.array_equal(
            first, second, equal_nan=first.dtype.kind == "f"
        )
    if is_dataclass(first):
        return all(is_alike(getattr(first, part.name), getattr(second, part.name)) for part in fields(first))
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(is_alike(first[key], second[key]) for key in first)
    if isinstance(first, tuple | list):
        return len(first) == len(second) and all(map(is_alike, first, second))
    return bool(first == second or (first != first and second != second))
