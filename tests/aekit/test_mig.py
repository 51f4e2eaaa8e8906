# The mutual information gap against scikit-learn and worked examples.
"""The mutual information gap against scikit-learn and worked examples."""

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from aekit.errors import DataError
from aekit.evaluation.disentanglement import entropy, mutual_information_gap, mutual_informations


def grid(*sizes, copies=1):
    """All combinations of factors with so many values: (N, K)."""
    values = np.stack(np.meshgrid(*map(np.arange, sizes), indexing="ij"), -1).reshape(-1, len(sizes))
    return np.repeat(values, copies, axis=0)


def test_a_dimension_for_each_factor_gives_one():
    factors = grid(4, 5, 3)
    codes = np.c_[-factors[:, 2], factors[:, 0] ** 2, np.exp(factors[:, 1])]

    assert mutual_information_gap(codes, factors, bins=200) == pytest.approx(1)


def test_dimensions_that_nothing_tells_apart_give_nothing():
    factors = grid(4, 4)
    twice = np.c_[factors, factors]  # each factor is in two dimensions alike

    assert mutual_information_gap(twice, factors) == pytest.approx(0)


def test_turned_codes_have_a_small_gap_and_random_codes_none():
    random, factors = np.random.default_rng(0), grid(10, 10, copies=50)
    centred = factors - 4.5
    turned = centred @ np.array([[1, 1], [1, -1]])

    assert mutual_information_gap(centred, factors) == pytest.approx(1)
    assert mutual_information_gap(turned, factors) < 0.05
    assert mutual_information_gap(random.standard_normal((len(factors), 6)), factors) < 0.02


def test_a_half_known_factor_gives_its_share():
    factors = grid(4, 4)
    codes = np.c_[factors[:, 0], factors[:, 1] // 2]  # says 1 bit of the second factor's 2

    assert mutual_information_gap(codes, factors) == pytest.approx((1 + 0.5) / 2)


def test_a_single_dimension_is_compared_with_one_that_says_nothing():
    factor = np.arange(8) % 4

    assert mutual_information_gap(factor.astype(float), factor) == pytest.approx(1)


def test_the_informations_are_those_of_scikit_learn():
    random = np.random.default_rng(0)
    factors = random.integers(0, 4, (500, 3))
    codes = random.standard_normal((500, 2)) + factors[:, :2]

    found = mutual_informations(codes, factors, bins=7)

    for j in range(2):
        edges = np.linspace(codes[:, j].min(), codes[:, j].max(), 8)
        cut = np.minimum(np.searchsorted(edges, codes[:, j], side="right") - 1, 6)
        expected = [mutual_info_score(cut, factors[:, k]) for k in range(3)]
        np.testing.assert_allclose(found[j], expected, atol=1e-9)


def test_a_code_that_is_constant_says_nothing():
    factors = grid(3, 3)
    codes = np.c_[np.zeros(9), factors]

    assert mutual_informations(codes, factors)[0] == pytest.approx([0, 0])
    assert mutual_information_gap(codes, factors) == pytest.approx(1)


def test_the_entropy_of_even_classes_is_the_log_of_their_number():
    assert entropy(np.arange(12) % 3) == pytest.approx(np.log(3))


def test_bad_factors_are_refused_in_a_line():
    with pytest.raises(DataError, match="Factor 1 has one value only"):
        mutual_information_gap(np.zeros((6, 2)), np.c_[np.arange(6), np.ones(6)])
    with pytest.raises(DataError, match="6 codes need as many rows of factors .received 5"):
        mutual_information_gap(np.zeros((6, 2)), np.arange(5))
