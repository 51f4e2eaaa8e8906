# Steering: codes move where an attribute grows, and what is decoded shows it.
"""Steering: codes move where an attribute grows, and what is decoded shows it."""

from __future__ import annotations

import numpy as np
import pytest

from aekit import steering
from aekit.errors import UsageError
from aekit.latent import by_quartiles, by_regression


@pytest.mark.parametrize("find", [by_regression, by_quartiles])
def test_one_unit_is_one_standard_deviation_where_the_codes_tell_all(find):
    codes = np.random.default_rng(0).standard_normal((20_000, 3))
    attribute = 7 + 4 * codes @ np.array([0.6, 0.0, -0.8])

    direction = find(codes, attribute)

    moved = 7 + 4 * (codes + direction.unit * direction.vector) @ np.array([0.6, 0.0, -0.8])
    assert (moved - attribute).mean() == pytest.approx(4, rel=0.02)


def test_codes_move_by_so_many_units_of_each_attribute_that_is_named():
    learnt = steering.Steering(
        ("size", "tilt"),
        steering.Vectors(np.array([[2.0, 0], [0, 0.5]])),
        np.ones(2),
        np.ones(2),
        "regression",
    )

    moved = learnt.moved(np.zeros((2, 2)), {"size": -1.5, "tilt": 2})

    assert moved.tolist() == [[-3, 1], [-3, 1]]
    with pytest.raises(UsageError, match=r"attribute named 'tlit'.*tilt"):
        learnt.moved(np.zeros((1, 2)), {"tlit": 1})
