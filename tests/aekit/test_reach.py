# Where codes of a prior lie, against closed forms, and what dimensions are worth beside that.
"""Where codes of a prior lie, against closed forms, and what dimensions are worth beside that."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scipy.stats import norm

from aekit.latent import by_kl
from aekit.latent.reach import Reach, by_worth
from aekit.priors import StandardNormal
from aekit.reach import quantiles_of, reach_of


class Learnt:
    """N(5, 0.1) along the first dimension, N(-2, 3) along the second."""

    def sample(self, count, temperature=1.0):
        return torch.randn(count, 2) * torch.tensor([0.1, 3.0]) + torch.tensor([5.0, -2.0])


def model_with(prior, latent_dim=2):
    def sample_codes(count):
        torch.manual_seed(0)
        return prior.sample(count).numpy()

    return SimpleNamespace(prior=prior, latent_dim=latent_dim, sample_codes=sample_codes)


def test_the_standard_normal_is_known_exactly():
    model, shares = model_with(StandardNormal(3), 3), [0.025, 0.5, 0.9]

    reach, quantiles = reach_of(model), quantiles_of(model, shares)

    assert reach.is_standard and reach.mean.shape == (3,)
    np.testing.assert_allclose(quantiles, np.repeat(norm.ppf(shares)[:, None], 3, 1), atol=1e-12)


def test_a_learnt_prior_is_known_from_its_draws():
    model, shares = model_with(Learnt()), [0.1, 0.5, 0.9]

    reach, quantiles = reach_of(model), quantiles_of(model, shares)

    assert not reach.is_standard
    assert reach.mean == pytest.approx([5, -2], abs=0.2) and reach.spread == pytest.approx([0.1, 3], rel=0.05)
    true = np.stack([norm.ppf(shares, 5, 0.1), norm.ppf(shares, -2, 3)], 1)
    assert (np.abs(quantiles - true) < 0.1 * np.array([0.1, 3])).all()


def test_worth_does_not_change_with_where_a_prior_lies_and_how_wide_it_is():
    random = np.random.default_rng(0)
    mean, log_variance = random.normal(size=(200, 3)), random.normal(-2, 1, (200, 3))
    shift, scale = np.array([7.0, -3.0, 0.5]), np.array([0.01, 10.0, 2.0])

    found = by_worth(mean * scale + shift, log_variance + 2 * np.log(scale), Reach(shift, scale))

    expected = by_kl(mean, log_variance)
    assert np.array_equal(found.order, expected.order)
    np.testing.assert_allclose(found.kl, expected.kl, rtol=1e-9)


def test_codes_without_spread_are_sorted_by_their_own_variance():
    mean = np.random.default_rng(0).normal(size=(200, 3)) * [1.0, 5.0, 2.0]

    found = by_worth(mean, np.full((200, 3), -np.inf), Reach(np.ones(3), np.array([1.0, 5.0, 2.0])))

    assert found.order.tolist() == [1, 2, 0]
