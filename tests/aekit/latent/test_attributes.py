# Attribute directions: a planted direction is found again.
"""Attribute directions: a planted direction is found again."""

import numpy as np
import pytest
import torch

from aekit.errors import UsageError
from aekit.latent import by_quartiles, by_regression

PLANTED = np.array([0.6, 0.0, -0.8])


def planted(noise, count=4000, spreads=(1.0, 1.0, 1.0)):
    random = np.random.default_rng(0)
    codes = random.standard_normal((count, 3)) * spreads
    return codes, 5 + 2 * codes @ PLANTED + noise * random.standard_normal(count)


@pytest.mark.parametrize("find", [by_regression, by_quartiles])
def test_the_planted_direction_is_found_with_its_correlation(find):
    codes, attribute = planted(noise=2.0)

    direction = find(codes, attribute)

    assert np.linalg.norm(direction.vector) == pytest.approx(1)
    assert direction.vector @ PLANTED > 0.995
    assert direction.correlation == pytest.approx(np.sqrt(0.5), abs=0.02)
    assert direction.correlation == pytest.approx(np.corrcoef(codes @ direction.vector, attribute)[0, 1])


def test_regression_finds_the_gradient_where_the_codes_spread_unevenly():
    codes, attribute = planted(noise=0.1, spreads=(5.0, 1.0, 0.2))

    assert by_regression(codes, attribute, ridge=0).vector @ PLANTED > 0.9999


def test_regression_without_ridge_is_least_squares():
    codes, attribute = planted(noise=1.0, count=50)
    weights = np.linalg.lstsq(np.c_[codes, np.ones(50)], attribute, rcond=None)[0][:3]

    np.testing.assert_allclose(
        by_regression(codes, attribute, ridge=0).vector, weights / np.linalg.norm(weights)
    )


def test_quartiles_of_a_table_counted_by_hand():
    codes = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [3.0, 4.0]])

    vector, _, _ = by_quartiles(codes, [10, 20, 30, 40])

    np.testing.assert_allclose(vector, [0.6, 0.8])  # from (0, 0) to (3, 4)


@pytest.mark.parametrize("find", [by_regression, by_quartiles])
def test_a_binary_attribute_and_unknown_values_are_taken(find):
    codes, attribute = planted(noise=0.0)
    binary = (attribute > 5).astype(float)
    binary[::7] = np.nan

    assert find(codes, binary).vector @ PLANTED > 0.99


def test_a_rare_binary_attribute_still_has_a_direction():
    codes, attribute = planted(noise=0.0)
    rare = (attribute > np.quantile(attribute, 0.95)).astype(int)

    assert by_quartiles(codes, rare).vector @ PLANTED > 0.98


@pytest.mark.parametrize("find", [by_regression, by_quartiles])
def test_codes_that_say_nothing_give_no_direction(find):
    direction = find(np.ones((4, 2)), [1, 2, 3, 4])

    assert direction.vector.tolist() == [0, 0]
    assert direction.correlation == 0


def test_tensors_give_tensors():
    codes, attribute = planted(noise=1.0)

    assert by_regression(torch.tensor(codes).float(), torch.tensor(attribute)).vector.dtype == torch.float32


@pytest.mark.parametrize("attribute", [[1.0, 1.0, 1.0], [1.0, np.nan, np.nan]])
def test_an_attribute_without_two_values_is_refused(attribute):
    with pytest.raises(UsageError, match="two different known values"):
        by_regression(np.eye(3), attribute)


def test_an_attribute_of_another_length_is_refused():
    with pytest.raises(UsageError, match=r"a value for each of 3 codes \(received \(2,\)\)"):
        by_quartiles(np.eye(3), [1, 2])
