# Colours of items by their label or by an attribute, and the legend that says what they mean.
"""Colours of items by their label or by an attribute, and the legend that says what they mean.

N items; colours are uint8, or "#rrggbb" where a widget takes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit_gui.models.space import Space
from aekit_gui.theme import CLASSES, Theme

Colours = NDArray[np.uint8]

# Ramps for values: equal steps in OKLab (Ottosson 2020), rising in lightness throughout, so that the order is seen by
# colour-blind eyes and in grey too. Each keeps clear of its theme's ground: 0.33 to 0.75 and 0.52 to 0.93.
RAMPS = {
    "light": (
        "#322474", "#1e3985", "#014e82", "#01617d", "#00737c", "#008577", "#039569", "#47a150", "#7ca637",
        "#a9a91c", "#d0aa13",
    ),
    "dark": (
        "#635bb0", "#5071c2", "#3286cd", "#039bcb", "#02aec4", "#04c1bb", "#22d2ad", "#67dd99", "#9de585",
        "#cee973", "#faec6a",
    ),
}  # fmt: skip
STEPS = 256
OUTLIERS = 1.0  # per cent of the values at either end that the ramp does not reach for
DIMMED = 0.55  # share of the map's own colour in that of an item without a value


@dataclass(frozen=True)
class LegendRow:
    """One class: its number (-1 for items without one), name, items on the map, "#rrggbb", and whether it is hidden."""

    number: int
    name: str
    count: int
    colour: str
    hidden: bool


@dataclass(frozen=True)
class Legend:
    """What the colours mean.

    Attributes:
        title: what items are coloured by: "label", the name of an attribute, or "" for one colour.
        rows: the classes, which filter under any colouring; empty where the data has none.
        ramp: colours from `low` to `high`; empty unless coloured by an attribute.
        low, high: the values at the ramp's ends; beyond them are at most one in a hundred on each side.
        unknown: items without a value.
    """

    title: str
    rows: tuple[LegendRow, ...] = ()
    ramp: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0
    unknown: int = 0


def rgb_of(colour: str) -> Colours:
    """(3,) of "#rrggbb"."""
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], np.uint8)


def of_labels(labels: NDArray[Any], theme: Theme) -> Colours:
    """The colours (N, 3) of labels (N,); negative ones, without a class, are dim, or the theme's own where none has."""
    numbers = np.asarray(labels, np.int64)
    without = dimmed(theme) if (numbers >= 0).any() else rgb_of(theme.point)
    table = np.array([*(rgb_of(colour) for colour in CLASSES), without])
    return table[np.where(numbers < 0, len(CLASSES), numbers % len(CLASSES))]


def of_values(values: NDArray[Any], theme: Theme) -> tuple[Colours, float, float]:
    """The colours (N, 3) of values (N,), and the values at the ramp's ends.

    Where the values are not finite the colour is dim. One in a hundred at either end shares the end's colour, so
    that a few outliers leave the rest apart; values that are all the same get the ramp's middle.
    """
    numbers = np.asarray(values, np.float64)
    low, high = ends(numbers)
    shares = (numbers - low) / (high - low) if high > low else np.where(np.isfinite(numbers), 0.5, np.nan)
    known = np.isfinite(shares) & np.isfinite(numbers)
    spots = np.rint(np.where(known, shares.clip(0, 1), 0) * (STEPS - 1)).astype(np.int64)
    return np.concatenate([ramp(theme), [dimmed(theme)]])[np.where(known, spots, STEPS)], low, high


def ends(values: NDArray[np.float64]) -> tuple[float, float]:
    """The values between which a ramp runs; (0, 0) where none is finite."""
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0, 0.0
    low, high = np.percentile(known, [OUTLIERS, 100 - OUTLIERS])
    if low == high:  # nearly all the same: let the others be seen
        low, high = known.min(), known.max()
    return float(low), float(high)


def ramp(theme: Theme) -> Colours:
    """The theme's colours for rising values, (STEPS, 3)."""
    table = np.array([rgb_of(colour) for colour in RAMPS[theme.name]], float)
    at = np.linspace(0, len(table) - 1, STEPS)
    channels = [np.interp(at, np.arange(len(table)), channel) for channel in table.T]
    return np.asarray(np.rint(np.stack(channels, 1)), np.uint8)


def dimmed(theme: Theme) -> Colours:
    """The colour (3,) of items without a value."""
    ground, ink = rgb_of(theme.map).astype(float), rgb_of(theme.dim).astype(float)
    return np.asarray(np.rint(ground * DIMMED + ink * (1 - DIMMED)), np.uint8)


def legend(space: Space, colour: str, hidden: frozenset[int], theme: Theme) -> Legend:
    """The legend of a space that is coloured by `colour`: "label", "" or an attribute.

    An attribute that is not measured yet has no ramp.
    """
    rows = _rows(space, hidden, theme, colour == "label")
    if colour in ("label", "") or colour not in space.values:
        return Legend(colour, rows)
    values = np.asarray(space.values[colour], np.float64)
    low, high = ends(values)
    return Legend(colour, rows, RAMPS[theme.name], low, high, int((~np.isfinite(values)).sum()))


def _rows(space: Space, hidden: frozenset[int], theme: Theme, by_label: bool) -> tuple[LegendRow, ...]:
    """The classes of items on the map by number, those without a class last."""
    numbers, counts = np.unique(space.labels, return_counts=True)
    if not (numbers >= 0).any():
        return ()
    rows = []
    for number, count in sorted(
        zip(numbers.tolist(), counts.tolist(), strict=True), key=lambda row: row[0] % 2**62
    ):
        if number < 0:
            name, own = "no label", "#" + dimmed(theme).tobytes().hex()
        else:
            name = space.label_names[number] if number < len(space.label_names) else str(number)
            own = CLASSES[number % len(CLASSES)]
        rows.append(LegendRow(number, name, count, own if by_label else theme.point, number in hidden))
    return tuple(rows)
