# Sliders: what can be slid at a place of the latent space, how far, and what that is worth.
"""Sliders: what can be slid at a place of the latent space, how far, and what that is worth.

N items, D latent dimensions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from aekit.latent.reach import Reach, by_worth
from aekit_gui.models.look import Code
from aekit_gui.models.space import Space
from aekit_gui.work.protocol import PriorFacts

Floats = NDArray[np.float32]
Values = dict[str, float]

SAMPLE = 20_000  # items from which KL is taken; more change nothing that can be seen
RANGED = 4_096  # of them, for ends and shapes
PER_CENT = (1, 99)  # of the items lie between the ends of a slider
PRIOR = 2.5  # standard deviations of the prior that a slider reaches at least
BINS = 40  # of the shape that shows where items lie
THUMBNAILS = 5
STEERED = 3.0  # standard deviations of an attribute
STEP = 0.01  # of the slider's length, for one press of an arrow key
ALONE = 1.0  # units around the value of a dimension that is the same for all items
DIMENSION, ATTRIBUTE = "dimension ", "attribute "  # how keys begin


@dataclass(frozen=True)
class Row:
    """One slider.

    Attributes:
        key: "dimension 4" (counted from 0) or "attribute ink".
        title: for a person.
        low, high: its ends.
        rest: where a double click brings it.
        detail: what it is worth, in few words: "1.24 nats".
        help: a sentence that teaches.
        unused: whether the model does not use this dimension.
        shape: (BINS,), how many items lie along it, the most being 1; empty where that is unknown.
    """

    key: str
    title: str
    low: float
    high: float
    rest: float = 0.0
    detail: str = ""
    help: str = ""
    unused: bool = False
    shape: tuple[float, ...] = ()

    @property
    def dimension(self) -> int | None:
        """The number of its dimension, from 0; None for an attribute."""
        return int(self.key.removeprefix(DIMENSION)) if self.key.startswith(DIMENSION) else None

    @property
    def attribute(self) -> str:
        """The name of its attribute; "" for a dimension."""
        return self.key.removeprefix(ATTRIBUTE) if self.key.startswith(ATTRIBUTE) else ""

    def clamped(self, value: float) -> float:
        """A typed value, at most a whole slider's length beyond either end."""
        span = self.high - self.low
        return min(max(value, self.low - span), self.high + span)

    def stops(self) -> tuple[float, ...]:
        """The values that thumbnails show: the middles of equal parts of the slider."""
        return tuple(
            self.low + (self.high - self.low) * (number + 0.5) / THUMBNAILS for number in range(THUMBNAILS)
        )


def dimension_rows(space: Space, prior: PriorFacts | None = None) -> tuple[Row, ...]:
    """A slider for each dimension, in falling order of KL; those that are not active are unused.

    Args:
        prior: of the run; None while it is unknown, when it is taken for N(0, I).
    """
    reach = reach_in(space, prior)
    mean, log_variance = _finite_sample(space)
    if not len(mean):
        return ()
    points = np.logical_not(np.isfinite(log_variance).all(axis=0)).reshape(
        -1
    )  # dimensions of a plain autoencoder have no spread
    found = by_worth(mean, np.where(points, -np.inf, log_variance), reach)
    few = np.ascontiguousarray(mean[:: -(-len(mean) // RANGED)].T)  # (D, at most RANGED)
    low, high = np.percentile(few, PER_CENT, axis=1)
    low, high = (
        np.where(points, low, np.minimum(low, reach.mean - PRIOR * reach.spread)),
        np.where(points, high, np.maximum(high, reach.mean + PRIOR * reach.spread)),
    )
    same = high - low < 1e-6 * np.maximum(np.abs(high), 1e-30)
    low, high = np.where(same, low - ALONE, low), np.where(same, high + ALONE, high)
    middle = mean.mean(0, dtype=np.float64)
    rows = []
    for place, number in enumerate(found.order.tolist()):
        ends = float(low[number]), float(high[number])
        point, kl, spread = bool(points[number]), float(found.kl[place]), float(mean[:, number].std())
        rows.append(
            Row(
                f"{DIMENSION}{number}", f"Dimension {number + 1}", *ends,
                rest=float(middle[number] if point else reach.mean[number]),
                detail=f"spread {spread:.2f}" if point else f"{kl:.2f} nats",
                help=POINT_HELP if point else KL_HELP,
                unused=not bool(found.active[place]),
                shape=_shape(few[number], *ends),
            )
        )  # fmt: skip
    return tuple(rows)


def reach_in(space: Space, prior: PriorFacts | None) -> Reach:
    """Where codes of the run's prior lie; as of N(0, I) while it is unknown."""
    if prior is None or len(prior.mean) != space.latent_dim:
        return Reach(np.zeros(space.latent_dim), np.ones(space.latent_dim))
    return Reach(np.array(prior.mean), np.array(prior.spread))


KL_HELP = (
    "Nats are how much this dimension says of an item on average (its KL to the prior): the more, the more "
    "it changes."
)
POINT_HELP = "These codes are points, without noise: the spread is the standard deviation of the items' codes along it."


def attribute_rows(names: Iterable[str]) -> tuple[Row, ...]:
    """A slider for each attribute that the plugin measures, in standard deviations of it."""
    return tuple(
        Row(f"{ATTRIBUTE}{name}", capital(name), -STEERED, STEERED, help=ATTRIBUTE_HELP) for name in names
    )


def capital(name: str) -> str:
    """An attribute's name as words: "mean_pitch" as "Mean pitch"."""
    return name[:1].upper() + name[1:].replace("_", " ")


ATTRIBUTE_HELP = (
    "Moves the code, no more than it must, until what the plugin measures would differ by so many standard "
    "deviations of all items."
)


def _finite_sample(space: Space) -> tuple[Floats, Floats]:
    """Means and log-variances of at most SAMPLE items, evenly chosen, whose means are finite."""
    count = len(space)
    chosen = slice(None) if count <= SAMPLE else np.linspace(0, count - 1, SAMPLE).astype(int)
    mean, log_variance = space.codes[chosen], space.log_variance[chosen]
    finite = np.isfinite(mean).all(1)
    return mean[finite], log_variance[finite]


def _shape(values: Floats, low: float, high: float) -> tuple[float, ...]:
    """Counts of values along a slider, a little smoothed, the largest being 1."""
    counts = np.histogram(values, BINS, (low, high))[0].astype(float)
    smooth = np.convolve(np.pad(counts, 1, "edge"), (0.25, 0.5, 0.25), "valid")
    return tuple((smooth / max(smooth.max(), 1.0)).tolist())


# ---- values ---------------------------------------------------------------------------------------------


def values_of(rows: Iterable[Row], code: Code, steering: Values) -> Values:
    """What the sliders stand at, by key, at a code that was moved by so much of each attribute."""
    return {
        row.key: steering.get(row.attribute, 0.0) if row.dimension is None else code[row.dimension]
        for row in rows
    }


def with_value(code: Code, dimension: int, value: float) -> Code:
    """A code with another value in one dimension, as exact as codes are."""
    return (*code[:dimension], float(np.float32(value)), *code[dimension + 1 :])


def with_amount(steering: Values, name: str, amount: float) -> Values:
    """Amounts with another one for an attribute; zeros are left out."""
    changed = {**steering, name: amount}
    return {one: value for one, value in changed.items() if value}


def effects(code: Code, row: Row) -> Floats:
    """The codes (THUMBNAILS, D) along a dimension's slider, all else as in the code."""
    assert row.dimension is not None
    codes = np.tile(np.asarray(code, np.float32), (THUMBNAILS, 1))
    codes[:, row.dimension] = row.stops()
    return codes


@dataclass(frozen=True)
class Origin:
    """Where a steered place was steered from.

    Attributes:
        code: before attributes were moved.
        amounts: how far they stood there already.
    """

    code: Code
    amounts: Values = field(default_factory=dict)

    def apart(self, wanted: Values) -> Values:
        """How far attributes are to be moved from here until they stand as wanted; zeros are left out."""
        names = wanted.keys() | self.amounts.keys()
        moves = {name: wanted.get(name, 0.0) - self.amounts.get(name, 0.0) for name in sorted(names)}
        return {name: amount for name, amount in moves.items() if amount}
