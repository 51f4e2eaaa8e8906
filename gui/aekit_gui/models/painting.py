# Painting: which colour each item of the map has, which are shown, and which are selected.
"""Painting: which colour each item of the map has, which are shown, and which are selected; in whatever thread.

N items.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aekit_gui.models import colours, search
from aekit_gui.models.look import Look
from aekit_gui.models.space import Space
from aekit_gui.theme import Theme

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Painted:
    """What the look makes of the items.

    Attributes:
        rgb: (N, 3) uint8.
        shown: (N,), those that are not filtered out; None for all.
        selected: (N,); None for none.
        legend: what the colours mean.
        count: items that are shown.
    """

    rgb: NDArray[np.uint8]
    shown: Mask | None
    selected: Mask | None
    legend: colours.Legend
    count: int


def painted(space: Space, look: Look, theme: Theme, names: Sequence[str] | None) -> Painted:
    """The items of a space as a look colours and filters them.

    Args:
        names: (N,) of the items, for the search; None where they are not known.
    """
    if look.colour == "label":
        rgb = colours.of_labels(space.labels, theme)
    elif look.colour:
        rgb = colours.of_values(space.values[look.colour], theme)[0]
    else:
        rgb = colours.of_labels(np.full(len(space), -1), theme)
    shown = shown_of(space, look, names)
    legend = colours.legend(space, look.colour, look.hidden, theme)
    return Painted(
        rgb, shown, selected_of(look, len(space)), legend, len(space) if shown is None else int(shown.sum())
    )


def shown_of(space: Space, look: Look, names: Sequence[str] | None) -> Mask | None:
    """Which items are not filtered out (N,); None for all."""
    mask = np.ones(len(space), bool)
    if look.hidden:
        mask &= ~np.isin(space.labels, list(look.hidden))
    if look.search.strip():
        found = np.zeros(len(space), bool)
        found[search.matching(space, names, look.search)] = True
        mask &= found
    return None if mask.all() else mask


def selected_of(look: Look, count: int) -> Mask | None:
    """Which items are selected (N,); None for none."""
    if not look.selected:
        return None
    rows = np.array(look.selected, np.int64)
    mask = np.zeros(count, bool)
    mask[rows[rows < count]] = True
    return mask
