# Priors: their densities against SciPy, and their draws against their moments.
"""Priors: their densities against SciPy, and their draws against their moments."""

import numpy as np
import pytest
import torch
from scipy import stats

from aekit.priors import FittedGaussian, StandardNormal


def correlated(count):
    mixing = np.array([[2.0, 0.0, 0.0], [1.0, 0.5, 0.0], [-1.0, 0.3, 0.1]])
    return torch.tensor(np.random.default_rng(0).standard_normal((count, 3)) @ mixing.T + [5, 0, -2]).float()


def test_the_standard_normals_density_is_scipys():
    z = torch.randn(2, 4, 3)

    np.testing.assert_allclose(
        StandardNormal(3).log_prob(z), stats.norm.logpdf(z).sum(-1), rtol=1e-5, atol=1e-5
    )


def test_the_fitted_gaussians_density_is_scipys_with_the_codes_covariance():
    codes = correlated(500)
    expected = stats.multivariate_normal(codes.double().mean(0).numpy(), np.cov(codes.double().T.numpy()))

    found = FittedGaussian(codes).log_prob(codes[:20].view(4, 5, 3))

    np.testing.assert_allclose(found.flatten(), expected.logpdf(codes[:20].double()), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("temperature", [0.0, 0.5, 1.0])
def test_the_fitted_gaussians_draws_have_the_codes_mean_and_scaled_covariance(temperature):
    codes = correlated(500)
    torch.manual_seed(0)

    draws = FittedGaussian(codes).sample(100_000, temperature)

    np.testing.assert_allclose(draws.double().mean(0), codes.double().mean(0), atol=0.03)
    np.testing.assert_allclose(np.cov(draws.double().T), temperature**2 * np.cov(codes.double().T), atol=0.08)


def test_a_constant_dimension_does_not_break_the_fit():
    codes = torch.cat([correlated(50), torch.full((50, 1), 7.0)], 1)

    draws = FittedGaussian(codes).sample(10)

    torch.testing.assert_close(draws[:, 3], torch.full((10,), 7.0), atol=0.02, rtol=0)
