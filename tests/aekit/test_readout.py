# A readout moves attributes that no straight line moves, and holds the others.
"""A readout moves attributes that no straight line moves, and holds the others."""

import numpy as np
import pytest

from aekit.latent import by_regression
from aekit.readout import Readout, learn_readout

SPREAD = np.full((4000, 5), -6.0, np.float32)


def attributes(codes):
    """How far out a code lies, which of two diagonals it lies on, and a coordinate: (N, 3)."""
    return np.stack([np.hypot(codes[:, 0], codes[:, 1]), codes[:, 2] * codes[:, 3], codes[:, 4]], 1)


@pytest.fixture(scope="module")
def codes():
    return np.random.default_rng(0).standard_normal((4000, 5)).astype(np.float32)


@pytest.fixture(scope="module")
def learnt(codes):
    return learn_readout(codes, SPREAD, attributes(codes))


def test_it_reads_what_a_line_cannot(codes, learnt):
    _, correlations = learnt

    assert abs(by_regression(codes, attributes(codes)[:, 1]).correlation) < 0.15
    assert (correlations > 0.97).all()


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("amount", [-1.0, 1.0])
def test_one_attribute_moves_and_the_others_are_held(codes, learnt, number, amount):
    before, amounts = codes[:400].astype(float), np.zeros(3)
    amounts[number] = amount

    moved = learnt[0].moved(before, amounts)

    change = (attributes(moved) - attributes(before)).mean(0) / attributes(codes).std(0)
    assert 0.4 < change[number] * amount <= 1.05
    assert (np.abs(np.delete(change, number)) < 0.15).all()


def test_more_moves_it_farther_and_never_beyond_the_end(codes, learnt):
    before = codes[:400].astype(float)
    amounts = np.array([[amount, 0, 0] for amount in (-6.0, -2.0, -1.0, 0.0, 1.0, 2.0, 6.0)])

    means = [attributes(learnt[0].moved(before, row))[:, 0].mean() for row in amounts]

    assert (np.diff(means) > 0).all()
    assert means[0] > 0 and means[-1] < attributes(codes)[:, 0].max()


def test_nothing_asked_moves_nothing(codes, learnt):
    np.testing.assert_allclose(learnt[0].moved(codes[:50].astype(float), np.zeros(3)), codes[:50], atol=1e-5)


def test_items_without_a_value_are_left_out(codes):
    values = attributes(codes)
    values[::2, 1] = np.nan

    _, correlations = learn_readout(codes, SPREAD, values)

    assert (correlations > 0.95).all()


def test_codes_without_spread_and_dead_dimensions_do(codes):
    dead = np.concatenate([codes[:200], np.zeros((200, 1), np.float32)], 1)

    readout, _ = learn_readout(dead, np.full_like(dead, -np.inf), attributes(dead))

    assert np.isfinite(readout.moved(dead.astype(float), np.array([1.0, 0, 0]))).all()


def test_it_comes_back_from_its_arrays_and_from_the_same_draws(codes, learnt):
    again, _ = learn_readout(codes, SPREAD, attributes(codes))
    restored = Readout.from_arrays(learnt[0].arrays(), "here")
    before, amounts = codes[:20].astype(float), np.array([1.0, 0, -1.0])

    expected = learnt[0].moved(before, amounts)

    np.testing.assert_array_equal(restored.moved(before, amounts), expected)
    np.testing.assert_array_equal(again.moved(before, amounts), expected)
