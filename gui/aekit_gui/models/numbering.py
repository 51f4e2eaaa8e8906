# Numbering: items are rows of a space's codes, and other rows of later codes; looks follow them.
"""Numbering: items are rows of a space's codes, and other rows of later codes; looks follow them.

N items on the map.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aekit_gui.models.look import Look, Place

Numbers = NDArray[np.int64]
Renumber = Callable[[Numbers], Numbers]  # other numbers of the same items, -1 for those that have none


def rows_in(index: Numbers) -> Renumber:
    """From positions in the training split to the rows that have them in `index` (N,)."""
    order = np.argsort(index, kind="stable")
    sorted_index = index[order]

    def rows(positions: Numbers) -> Numbers:
        if not len(index):
            return np.full(len(positions), -1, np.int64)
        at = np.minimum(np.searchsorted(sorted_index, positions), len(index) - 1)
        return np.where(sorted_index[at] == positions, order[at], -1)

    return rows


def positions_in(index: Numbers) -> Renumber:
    """From rows of `index` (N,) to positions in the training split."""

    def positions(rows: Numbers) -> Numbers:
        there = (rows >= 0) & (rows < len(index))
        return np.where(there, index[np.where(there, rows, 0)], -1) if len(index) else np.full_like(rows, -1)

    return positions


def renumbered(look: Look, renumber: Renumber) -> Look:
    """A look whose rows are other numbers of the same items; what has none is left out, places keep their codes."""

    def place(one: Place) -> Place:
        return one if one.row is None else replace(one, row=numbered((one.row,), renumber)[0])

    def places(many: tuple[Place, ...]) -> tuple[Place, ...]:
        return tuple(map(place, many))

    axes, projection = look.axes, look.projection
    if projection == "items":
        found = numbered(axes, renumber)
        axes = tuple(row for row in found if row is not None)
        if len(axes) < len(found):
            projection, axes = Look().projection, ()
    selected = sorted(row for row in numbered(look.selected, renumber) if row is not None)
    return replace(
        look,
        projection=projection,
        axes=axes,
        selected=tuple(selected),
        here=look.here and place(look.here),
        pins=places(look.pins),
        files=places(look.files),
        journey=replace(look.journey, waypoints=places(look.journey.waypoints)),
    )


def numbered(rows: tuple[int, ...], renumber: Renumber) -> list[int | None]:
    """The other numbers of some rows, None for those that have none."""
    return [None if row < 0 else row for row in renumber(np.array(rows, np.int64)).tolist()]
