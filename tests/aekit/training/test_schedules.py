# The learning rate's schedule against a hand computation.
"""The learning rate's schedule against a hand computation."""

import pytest

from aekit.training.schedules import learning_rate_factor


@pytest.mark.parametrize(
    ("progress", "factor"),
    [(0.0, 1e-3), (0.05, 0.5), (0.1, 1.0), (0.55, 0.5), (0.775, 0.5 * (1 - 2**-0.5)), (1.0, 0.0), (1.2, 0.0)],
)
def test_rate_rises_then_falls_like_a_cosine(progress, factor):
    assert learning_rate_factor(progress, 0.1) == pytest.approx(factor, abs=1e-12)


def test_rate_without_warmup_starts_at_its_peak():
    assert learning_rate_factor(0.0, 0.0) == 1.0


def test_rate_that_only_warms_up_ends_at_its_peak():
    assert learning_rate_factor(1.0, 1.0) == 1.0
