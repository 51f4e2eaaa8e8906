# Two stochastic layers: their densities against torch's, and the bound against an integral over a grid.
"""Two stochastic layers: their densities against torch's, and the bound against an integral over a grid."""

import math

import pytest
import torch
from torch import distributions
from vectors import no_condition, vectors

from aekit.data import Batch
from aekit.errors import UsageError
from aekit.evaluation import bound_parts
from aekit.objectives.twolayer import LayeredPrior, TwoLayerVAE, halves


def tiny(latent_dim=2, samples=1):
    """A model whose layers depend on each other."""
    options = TwoLayerVAE.Options(importance_samples=samples, layer_width=16)
    objective = TwoLayerVAE(vectors(3, scale=1.3), options, latent_dim).eval()
    with torch.no_grad():
        for part in (objective.layers, objective.inference):
            for weight in part.parameters():
                weight.add_(0.5 * torch.randn_like(weight) / weight.shape[-1] ** 0.5)
    return objective.requires_grad_(False)


def normal(mean, log_variance):
    return distributions.Independent(distributions.Normal(mean, (0.5 * log_variance).exp()), 1)


def test_a_code_is_split_in_halves_and_one_dimension_is_refused_in_one_line():
    assert [halves(size) for size in (2, 5, 40)] == [[1, 1], [3, 2], [20, 20]]

    with pytest.raises(UsageError, match="--latent-dim 2 or more") as raised:
        tiny(1)

    assert "received 1" in str(raised.value) and "\n" not in str(raised.value)


def test_the_priors_density_is_that_of_the_upper_layer_times_that_of_the_lower_given_it():
    prior, z = tiny(5).layers, torch.randn(4, 6, 5)

    found = prior.log_prob(z)

    lower, upper = z[..., :3], z[..., 3:]
    mean, log_variance = prior.network(upper).chunk(2, -1)
    zeros = torch.zeros(2)
    expected = normal(mean, log_variance).log_prob(lower) + normal(zeros, zeros).log_prob(upper)
    torch.testing.assert_close(found, expected)
    assert mean.std() > 0.1 and log_variance.std() > 0.1


def test_the_prior_begins_as_the_standard_normal():
    z = torch.randn(10, 4)

    found = LayeredPrior(4, 16).log_prob(z)

    torch.testing.assert_close(found, normal(torch.zeros(4), torch.zeros(4)).log_prob(z))


def test_the_priors_draws_have_the_moments_of_its_density():
    prior = tiny(2).layers
    axis = torch.linspace(-8, 8, 321)
    grid = torch.stack(torch.meshgrid(axis, axis, indexing="ij"), -1).view(-1, 2)
    weights = prior.log_prob(grid).exp() * (axis[1] - axis[0]) ** 2

    draws = prior.sample(100_000)

    assert weights.sum().item() == pytest.approx(1, abs=0.01)
    torch.testing.assert_close(draws.mean(0), weights @ grid, atol=0.03, rtol=0)
    torch.testing.assert_close(
        draws.T.cov(correction=0), weights * grid.T @ grid - outer(weights @ grid), atol=0.05, rtol=0
    )


def outer(mean):
    return mean.unsqueeze(1) * mean


def test_temperature_scales_the_noise_of_both_layers():
    prior = tiny(4).layers

    still = prior.sample(10, temperature=0)

    assert still.unique(dim=0).shape[0] == 1
    assert torch.equal(still[:, 2:], torch.zeros(10, 2))
    torch.testing.assert_close(still[:1, :2], prior.network(torch.zeros(1, 2))[:, :2])


def test_the_posteriors_density_at_its_draws_is_that_of_both_layers():
    objective, x = tiny(4), torch.randn(20, 3)
    posterior = objective.posterior(x, no_condition(x))

    z, found = posterior.at(torch.randn(20, 4))

    # the upper half is the head's; the lower one the head's, scaled and shifted
    mean, log_variance = posterior.start_mean, posterior.start_log_variance
    lower, upper = z[:, :2], z[:, 2:]
    probe = torch.cat([torch.stack([torch.zeros(20, 2), torch.ones(20, 2)]), upper.expand(2, -1, -1)], 2)
    shift, moved = (objective.inference(start, posterior.context)[0][:, :2] for start in probe)
    scale = moved - shift
    own = distributions.Normal(shift + scale * mean[:, :2], scale * (0.5 * log_variance[:, :2]).exp())
    expected = own.log_prob(lower).sum(1) + normal(mean[:, 2:], log_variance[:, 2:]).log_prob(upper)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)
    assert scale.std() > 0.1


def test_the_posterior_integrates_to_one():
    objective = tiny(2)
    posterior = objective.posterior(torch.randn(1, 3), torch.zeros(1, 0)).repeat(40_000)

    z, log_q = posterior.at(torch.randn(40_000, 2))

    # the mean of 1 / q over draws within a box is the box's area, wherever q is not small there
    centre = posterior.mean[0]
    within = ((z - centre).abs() < 0.4).all(1)
    assert (within * (-log_q).exp()).mean().item() == pytest.approx(0.8**2, rel=0.05)


def test_the_bounds_are_those_of_an_integral_over_a_grid():
    objective, x = tiny(2), torch.randn(2, 3)
    axis = torch.linspace(-9, 9, 201)
    grid = torch.stack(torch.meshgrid(axis, axis, indexing="ij"), -1).view(-1, 2)

    log_joint = torch.stack(
        [objective.log_prob(item.expand(len(grid), -1), grid, torch.zeros(len(grid), 0)) for item in x]
    ) + objective.prior().log_prob(grid)
    exact = log_joint.logsumexp(1) + 2 * math.log(axis[1] - axis[0])
    one, many = (objective.bound(Batch(x, no_condition(x)), samples) for samples in (1, 20_000))
    parts = bound_parts(objective, x, no_condition(x), samples=2000)

    torch.testing.assert_close(many, exact, atol=0.05, rtol=0)
    assert (parts.elbo < exact - 0.02).all()
    torch.testing.assert_close(parts.elbo, -(parts.reconstruction + parts.kl))
    assert one.shape == (2,)
