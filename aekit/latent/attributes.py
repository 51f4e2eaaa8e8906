# Attribute directions: which way to walk so that a number of the items grows.
"""Attribute directions: which way to walk so that a number of the items grows."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from aekit.errors import UsageError
from aekit.latent.arrays import Array, Floats, as_floats, checked_codes, like


class Direction(NamedTuple):
    """A direction in the latent space.

    Attributes:
        vector: (D,), of norm 1, towards more of the attribute; an array or a tensor as the codes were.
        correlation: Pearson's, in [-1, 1], of the codes' projections with the attribute.
        unit: how far along the vector one standard deviation of the attribute lies: a move of s standard deviations
            adds `s * unit * vector` to a code.
    """

    vector: Any
    correlation: float
    unit: float


def by_regression(codes: Array, attribute: Any, ridge: float = 1e-3) -> Direction:
    """The direction of ridge least squares of the attribute on the codes; its unit is what the fit predicts.

    Args:
        codes: (N, D).
        attribute: (N,); items whose value is not finite are left out.
        ridge: the penalty over N times the codes' mean variance, at least 0.

    Raises:
        UsageError: lengths differ, or fewer than 2 different values are left.
    """
    centred, wanted = _centred(codes, attribute)
    gram = centred.T @ centred
    penalty = ridge * np.trace(gram) / len(gram) + np.finfo(np.float64).tiny
    weights = np.linalg.lstsq(gram + penalty * np.eye(len(gram)), centred.T @ wanted, rcond=None)[0]
    slope = np.linalg.norm(weights)  # of the prediction along the direction
    return _direction(weights, centred, wanted, codes, wanted.std() / slope if slope > 0 else 0.0)


def by_quartiles(codes: Array, attribute: Any) -> Direction:
    """The direction from the mean code of the attribute's lowest quartile to that of its highest.

    Larsen et al. 2016, section 4.3, take the difference of means so for binary attributes, Roberts et al. 2018,
    section 5.5, the quartiles. Its unit is the difference over that of the attribute. Arguments and errors as in
    `by_regression`.
    """
    centred, wanted = _centred(codes, attribute)
    low, high = np.quantile(wanted, [0.25, 0.75])
    low, high = (wanted.min(), wanted.max()) if low == high else (low, high)
    upper, lower = wanted >= high, wanted <= low
    difference = centred[upper].mean(0) - centred[lower].mean(0)
    apart = (wanted[upper].mean() - wanted[lower].mean()) / wanted.std()  # in standard deviations
    return _direction(difference, centred, wanted, codes, float(np.linalg.norm(difference)) / apart)


def _centred(codes: Any, attribute: Any) -> tuple[Floats, Floats]:
    """Codes and attribute less their means, of the items whose attribute is known."""
    table, wanted = checked_codes(codes), as_floats(attribute)
    if wanted.shape != table.shape[:1]:
        raise UsageError(
            f"An attribute needs a value for each of {len(table)} codes (received {wanted.shape})"
        )
    known = np.isfinite(wanted)
    if len(np.unique(wanted[known])) < 2:
        raise UsageError("An attribute needs two different known values to have a direction (received fewer)")
    return table[known] - table[known].mean(0), wanted[known] - wanted[known].mean()


def _direction(vector: Floats, centred: Floats, wanted: Floats, codes: Any, unit: float) -> Direction:
    """The vector at norm 1 with its correlation; zero, with correlation 0, where the codes say nothing."""
    norm = np.linalg.norm(vector)
    direction = vector / norm if norm > 0 else vector
    projected = centred @ direction
    spread = np.linalg.norm(projected) * np.linalg.norm(wanted)
    return Direction(
        like(direction, codes), float(projected @ wanted / spread) if spread > 0 else 0.0, float(unit)
    )
