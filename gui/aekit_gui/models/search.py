# Search: which items' labels or names hold the words that a person typed.
"""Search: which items' labels or names hold the words that a person typed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aekit_gui.models.space import Space


def matching(space: Space, names: Sequence[str] | None, words: str) -> NDArray[np.int64]:
    """The rows, rising, of items that match all of the words, upper and lower case alike; all without a word.

    A word matches within the name of the item or of its label. A word that is a label's whole name, and a search
    that is one, match the items of that label only: "7" finds sevens, not every name with a 7 in it.

    Args:
        names: (N,) of the items; None where they are not known, when labels alone are searched.
    """
    labels = [name.casefold() for name in space.label_names]
    search = " ".join(words.casefold().split())
    rows = np.arange(len(space))
    for word in [search] if search in labels else search.split():
        rows = rows[_matches(space.labels[rows], labels, word, names, rows)]
    return rows


def _matches(
    numbers: NDArray[np.int64],
    labels: list[str],
    word: str,
    names: Sequence[str] | None,
    rows: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Which of the rows match one word."""
    exact = word in labels
    fitting = [number for number, label in enumerate(labels) if (label == word if exact else word in label)]
    found = np.isin(numbers, fitting)
    if exact or names is None:
        return found
    left = np.flatnonzero(~found)
    folded = _folded(names)
    found[
        [spot for spot, row in zip(left.tolist(), rows[left].tolist(), strict=True) if word in folded[row]]
    ] = True
    return found


_last: tuple[Sequence[str], list[str]] | None = None  # a search is typed letter by letter over the same names


def _folded(names: Sequence[str]) -> list[str]:
    """The names without upper case; those asked for last are kept."""
    global _last
    kept = _last
    if kept is None or kept[0] is not names:
        kept = _last = (names, [name.casefold() for name in names])
    return kept[1]
