# Flows against their Jacobians, their inverses and integrals over a grid.
"""Flows against their Jacobians, their inverses and integrals over a grid."""

import copy
import math

import pytest
import torch
from scipy import stats
from torch.autograd.functional import jacobian

from aekit.flows import (
    GATE,
    AutoregressiveStep,
    Coupling,
    FlowPrior,
    InverseAutoregressiveFlow,
    Spline,
)


def shaken(module, strength=0.5):
    """A module far from its beginning, in double precision."""
    with torch.no_grad():
        for weight in module.parameters():
            weight.add_(strength * torch.randn_like(weight) / max(1, weight.shape[-1]) ** 0.5)
    return module.double()


def log_determinants(move, points):
    """log |det J| of a map of single points, by differentiation."""
    return torch.stack([torch.linalg.slogdet(jacobian(move, point)).logabsdet for point in points])


STEPS = {
    "spline": lambda: shaken(Spline(4), 1.0),
    "even coupling": lambda: shaken(Coupling(5, 16, 0)),
    "odd coupling": lambda: shaken(Coupling(5, 16, 1)),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_steps_log_determinant_is_its_jacobians(name):
    step = STEPS[name]()
    points = 3 * torch.randn(4, 5 if "coupling" in name else 4, dtype=torch.float64)

    moved, found = step(points)

    assert moved.shape == points.shape
    torch.testing.assert_close(found, log_determinants(lambda point: step(point)[0], points))


@pytest.mark.parametrize("name", STEPS)
def test_a_steps_inverse_gives_its_points_again(name):
    step = STEPS[name]()
    points = 4 * torch.randn(200, 5 if "coupling" in name else 4, dtype=torch.float64)

    torch.testing.assert_close(step.inverse(step(points)[0]), points)
    torch.testing.assert_close(step(step.inverse(points))[0], points)


def test_a_spline_moves_every_point_within_its_reach_and_none_outside_it():
    spline = shaken(Spline(1), 1.0)
    points = torch.linspace(-8, 8, 1001, dtype=torch.float64).unsqueeze(1)

    moved = spline(points)[0]

    outside = points.abs() >= 5
    assert torch.equal(moved[outside], points[outside])
    assert (moved[~outside] - points[~outside]).abs().max() > 0.2
    assert (moved[1:] > moved[:-1]).all()
    assert (moved[1:] - moved[:-1]).max() < 0.5  # no leap at an edge of a bin or at the ends


def test_two_couplings_in_a_row_change_every_dimension():
    for size in (2, 3, 8):
        steps = [shaken(Coupling(size, 8, number)) for number in (4, 5)]
        point = torch.randn(size, dtype=torch.float64)

        moved = steps[1](steps[0](point)[0])[0]

        order = steps[0].order[steps[1].order]
        assert ((moved - point[order]).abs() > 1e-6).all()


@pytest.mark.parametrize("latent_dim", [1, 2, 5])
def test_a_flow_prior_begins_as_the_standard_normal(latent_dim):
    prior, z = FlowPrior(latent_dim), 3 * torch.randn(2, 50, latent_dim)

    expected = torch.from_numpy(stats.norm.logpdf(z).sum(-1))

    torch.testing.assert_close(prior.log_prob(z), expected.float(), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("latent_dim", [1, 2, 5])
def test_a_flow_priors_two_directions_are_inverse_in_single_precision(latent_dim):
    prior = shaken(FlowPrior(latent_dim, 4, 32)).float()
    noise = torch.randn(500, latent_dim)

    z = prior.from_noise(noise)

    torch.testing.assert_close(prior.to_noise(z)[0], noise, atol=2e-3, rtol=1e-3)
    assert (z - noise).abs().max() > 0.1


def test_a_flow_priors_density_integrates_to_one_over_a_plane():
    prior = shaken(FlowPrior(2, 4, 16))
    axis = torch.linspace(-14, 14, 401, dtype=torch.float64)
    grid = torch.stack(torch.meshgrid(axis, axis, indexing="ij"), -1)

    with torch.no_grad():
        total = prior.log_prob(grid).exp().sum() * (axis[1] - axis[0]) ** 2

    assert total.item() == pytest.approx(1, abs=2e-3)


def test_a_flow_prior_over_one_dimension_integrates_to_one():
    prior = shaken(FlowPrior(1), 1.0)
    axis = torch.linspace(-40, 40, 40_001, dtype=torch.float64).unsqueeze(1)

    with torch.no_grad():
        total = prior.log_prob(axis).exp().sum() * (axis[1] - axis[0])

    assert total.item() == pytest.approx(1, abs=1e-3)


def test_a_flow_priors_draws_have_the_moments_of_its_density():
    prior = shaken(FlowPrior(2, 4, 16), 0.4)
    axis = torch.linspace(-12, 12, 481, dtype=torch.float64)
    grid = torch.stack(torch.meshgrid(axis, axis, indexing="ij"), -1).view(-1, 2)
    with torch.no_grad():
        weights = prior.log_prob(grid).exp() * (axis[1] - axis[0]) ** 2
    mean, square = weights @ grid, weights @ grid.square()

    draws = prior.float().sample(200_000).double()

    torch.testing.assert_close(draws.mean(0), mean, atol=0.03, rtol=0)
    torch.testing.assert_close(draws.square().mean(0), square, atol=0.1, rtol=0.03)


def test_temperature_scales_a_flow_priors_noise():
    prior = shaken(FlowPrior(3, 2, 16)).float()
    torch.manual_seed(5)
    full = prior.to_noise(prior.sample(50))[0]
    torch.manual_seed(5)
    half = prior.to_noise(prior.sample(50, temperature=0.5))[0]

    torch.testing.assert_close(half, 0.5 * full, atol=2e-3, rtol=1e-3)
    assert prior.sample(2, temperature=0).unique(dim=0).shape[0] == 1


@pytest.mark.parametrize("latent_dim", [1, 2])
def test_a_flow_prior_learns_two_islands_from_codes(latent_dim):
    islands = torch.where(torch.rand(600, 1) < 0.5, -1.0, 1.0).expand(-1, latent_dim)
    codes, prior = islands + 0.1 * torch.randn(600, latent_dim), FlowPrior(latent_dim, 4, 16)
    gaussian = prior.log_prob(codes).mean().item()
    optimizer = torch.optim.Adam(prior.parameters(), lr=0.03)

    for _ in range(160):
        optimizer.zero_grad()
        (-prior.log_prob(codes).mean()).backward()
        optimizer.step()

    entropy = math.log(2) + 0.5 * latent_dim * math.log(2 * math.pi * math.e * 0.1**2)
    assert gaussian < -entropy - 0.5
    assert prior.log_prob(codes).mean().item() == pytest.approx(-entropy, abs=0.3)


@pytest.mark.parametrize("latent_dim", [1, 2, 6])
def test_an_autoregressive_steps_jacobian_is_triangular_with_its_log_determinant(latent_dim):
    step = shaken(AutoregressiveStep(latent_dim, 24))
    point, context = torch.randn(1, latent_dim).double(), torch.randn(1, 24).double()

    found = jacobian(lambda z: step(z, context)[0], point)[0, :, 0]

    assert torch.equal(found, found.tril())
    torch.testing.assert_close(step(point, context)[1][0], found.diagonal().log().sum())
    below = found.tril(-1)[torch.ones_like(found).tril(-1).bool()]
    assert (below != 0).all()  # the mask leaves all that it may


def test_every_dimension_of_an_autoregressive_step_sees_the_context():
    step = shaken(AutoregressiveStep(5, 24))
    point, context = torch.randn(1, 5).double(), torch.randn(1, 24).double()

    found = jacobian(lambda seen: step(point, seen)[0], context)[0, :, 0]

    assert (found.abs().sum(1) > 0).all()


def test_a_posteriors_flow_has_its_jacobians_log_determinant_and_mixes_all_dimensions():
    flow = shaken(InverseAutoregressiveFlow(4, 2, 16))
    points, context = torch.randn(5, 4).double(), torch.randn(1, flow.context_dim).double()

    found = flow(points, context.expand(5, -1))[1]

    expected = log_determinants(lambda point: flow(point.unsqueeze(0), context)[0][0], points)
    torch.testing.assert_close(found, expected)
    whole = jacobian(lambda z: flow(z, context)[0], points[:1])[0, :, 0]
    assert (whole != 0).all()


def test_a_posteriors_flow_begins_near_a_gates_share_of_the_identity():
    flow = InverseAutoregressiveFlow(6, 2, 64)
    points, context = torch.randn(50, 6), torch.randn(50, flow.context_dim)

    moved, log_determinant = flow(points, context)

    kept = torch.tensor(GATE).sigmoid() ** 2
    torch.testing.assert_close(moved, kept * points, atol=0.02, rtol=0)
    torch.testing.assert_close(log_determinant, (6 * kept.log()).expand(50), atol=0.05, rtol=0)


def test_a_copy_of_a_flow_is_its_own():
    prior = FlowPrior(3, 2, 8)
    copied = copy.deepcopy(prior)

    shaken(prior)

    torch.testing.assert_close(copied.log_prob(torch.zeros(1, 3)), FlowPrior(3).log_prob(torch.zeros(1, 3)))
