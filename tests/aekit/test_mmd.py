# The MMD against loops over pairs, and the objectives that use it.
"""The MMD against loops over pairs, and the objectives that use it."""

import math

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from vectors import LinearGaussian, no_condition, vectors

from aekit.data import Batch
from aekit.mmd import kernel, squared_mmd, squared_mmd_to_normal
from aekit.objectives.infovae import InfoVAE, InfoVAEOptions
from aekit.objectives.vae import VAE
from aekit.objectives.wae import WassersteinAutoencoder, WassersteinOptions


def by_hand(codes, draws):
    """Gretton et al. 2012, equation 3, pair by pair."""

    def k(x, y):
        distance = sum((a - b) ** 2 for a, b in zip(x, y, strict=True))
        sizes = [2 * len(x) * scale for scale in (0.1, 0.2, 0.5, 1, 2, 5, 10)]
        return sum(size / (size + distance) for size in sizes)

    def within(rows):
        pairs = [k(x, y) for i, x in enumerate(rows) for j, y in enumerate(rows) if i != j]
        return sum(pairs) / len(pairs)

    between = [k(x, y) for x in codes for y in draws]
    return within(codes) + within(draws) - 2 * sum(between) / len(between)


def wae(**options):
    return WassersteinAutoencoder(vectors(5), WassersteinOptions(**options), latent_dim=2)


def infovae(**options):
    return InfoVAE(vectors(5), InfoVAEOptions(**options), latent_dim=2)


def test_the_discrepancy_is_the_sum_over_pairs():
    codes, draws = torch.randn(7, 3, dtype=torch.float64), 1 + 2 * torch.randn(5, 3, dtype=torch.float64)

    found = squared_mmd(codes, draws)

    assert found.item() == pytest.approx(by_hand(codes.tolist(), draws.tolist()), abs=1e-12)


def test_between_equal_distributions_it_is_nothing_on_average():
    found = np.array([squared_mmd(torch.randn(20, 4), torch.randn(30, 4)).item() for _ in range(400)])

    assert abs(found.mean()) < 3 * found.std() / math.sqrt(len(found))
    assert (found < 0).any()  # an estimate with bias is above zero always


def test_the_bound_of_an_estimate_from_draws_that_never_meet():
    far = torch.arange(4)[:, None] * 1e4 + torch.zeros(4, 2)

    # each set lies in one place, far from the other: k within is 7, between nothing
    found = squared_mmd(torch.zeros(5, 2), torch.full((5, 2), 1e6))

    assert found.item() == pytest.approx(14, abs=1e-6)
    assert squared_mmd(far[:2], far[2:]).item() == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("dimensions, length", [(1, 0.0), (2, 1.5), (16, 4.0), (16, 40.0), (500, 20.0)])
def test_the_kernels_mean_under_the_normal_is_that_of_scipys_integration(dimensions, length):
    def mean(distance, spread, scale):
        """E C / (C + |x - y|^2) where x - y ~ N(distance, spread I): an integral of a chi-squared transform."""
        size = 2 * dimensions * scale

        def at(t):
            wide = 1 + 2 * spread * t / size
            return math.exp(-t - dimensions / 2 * math.log(wide) - t * distance**2 / (size * wide))

        return quad(at, 0, math.inf, epsabs=1e-11)[0]

    codes = torch.zeros(2, dimensions, dtype=torch.float64)
    codes[:, 0] = length

    found = squared_mmd_to_normal(codes)

    scales = (0.1, 0.2, 0.5, 1, 2, 5, 10)
    within = len(scales)  # the two codes are the same
    expected = within - 2 * sum(mean(length, 1, s) for s in scales) + sum(mean(0, 2, s) for s in scales)
    assert found.item() == pytest.approx(expected, abs=1e-6)


def test_the_discrepancy_to_the_normal_is_that_of_many_draws():
    codes, draws = 0.3 + 0.7 * torch.randn(300, 3), torch.randn(2000, 3)

    found = squared_mmd_to_normal(codes).item()

    between = kernel(draws[:1000], draws[1000:]).mean()  # not of a draw with itself
    within = (kernel(codes, codes).sum() - 300 * 7) / (300 * 299)
    expected = within + between - 2 * kernel(codes, draws).mean()
    assert found == pytest.approx(expected.item(), abs=0.02)
    assert found > 0.1


def test_the_discrepancy_of_normal_codes_to_the_normal_is_nothing_on_average():
    found = np.array([squared_mmd_to_normal(torch.randn(30, 4)).item() for _ in range(400)])

    assert abs(found.mean()) < 3 * found.std() / math.sqrt(len(found))
    assert (found < 0).any()


@pytest.mark.parametrize("change", [lambda z: z + 0.5, lambda z: 0.5 * z, lambda z: z[:, :1].expand(-1, 4)])
def test_it_sees_a_shift_a_scale_and_a_dependence(change):
    codes, draws = torch.randn(500, 4), torch.randn(500, 4)

    assert squared_mmd(change(codes), draws) > 20 * squared_mmd(codes, draws).abs()
    assert squared_mmd_to_normal(change(codes)) > 20 * squared_mmd_to_normal(codes).abs()


def test_equal_codes_far_from_the_origin_have_finite_gradients():
    codes = torch.full((6, 2), 1000.0, requires_grad=True)

    (squared_mmd(codes, torch.randn(6, 2)) + squared_mmd_to_normal(codes)).backward()

    assert codes.grad.isfinite().all()


def test_one_code_has_no_discrepancy():
    with pytest.raises(ValueError, match="received 1"):
        squared_mmd(torch.zeros(5, 2), torch.zeros(1, 2))
    with pytest.raises(ValueError, match="received 1"):
        squared_mmd_to_normal(torch.zeros(1, 2))


@pytest.mark.parametrize("objective", [wae(), infovae()])
def test_a_batch_of_one_still_trains(objective):
    x = torch.randn(1, 5)

    objective(Batch(x, no_condition(x)), torch.tensor(0)).loss.backward()

    assert all(weight.grad is not None and weight.grad.isfinite().all() for weight in objective.parameters())


def test_the_waes_loss_is_its_two_parts():
    objective, x = wae(mmd_weight=3.0), torch.randn(9, 5)

    torch.manual_seed(1)
    loss, terms = objective(Batch(x, no_condition(x)), torch.tensor(0))

    torch.manual_seed(1)
    z = objective.posterior(x, no_condition(x)).mean
    reconstruction = -objective.log_prob(x, z, no_condition(x)).mean()
    discrepancy = squared_mmd_to_normal(z).item()
    assert loss.item() == pytest.approx(reconstruction.item() + 3 * discrepancy, abs=1e-4)
    assert terms["reconstruction"].item() == pytest.approx(reconstruction.item(), abs=1e-5)
    assert terms["mmd"].item() == pytest.approx(discrepancy, abs=1e-5)
    assert not any(term.requires_grad for term in terms.values())


def test_the_waes_code_is_a_point_without_a_bound():
    objective, x = wae(), torch.randn(9, 5)

    posterior = objective.posterior(x, no_condition(x))

    assert torch.equal(posterior.sample(), posterior.mean)
    assert not objective.has_bound
    assert objective.bound(Batch(x, no_condition(x)), 1) is None


def test_the_infovaes_loss_is_that_of_its_equation_and_its_terms_are_honest():
    objective, x = infovae(alpha=0.75, mmd_weight=2.0), torch.randn(9, 5)

    torch.manual_seed(1)
    loss, terms = objective(Batch(x, no_condition(x)), torch.tensor(0))

    torch.manual_seed(1)
    posterior = objective.posterior(x, no_condition(x))
    z = posterior.sample()
    log_prob, kl = objective.log_prob(x, z, no_condition(x)).mean(), posterior.kl().sum(1).mean()
    discrepancy = squared_mmd_to_normal(z).item()
    assert loss.item() == pytest.approx((0.25 * kl - log_prob).item() + 2 * discrepancy, abs=1e-4)
    assert terms["elbo"].item() == pytest.approx((log_prob - kl).item(), abs=1e-4)
    assert terms["kl"].item() == pytest.approx(kl.item(), abs=1e-5)


def test_the_infovaes_bound_is_the_vaes():
    model = LinearGaussian()
    x = model.items(50)
    objectives = [model.objective(kind, shift=0.3, widen=1.2) for kind in (InfoVAE, VAE)]

    torch.manual_seed(1)
    found = objectives[0].bound(Batch(x, no_condition(x)), 3)
    torch.manual_seed(1)
    expected = objectives[1].bound(Batch(x, no_condition(x)), 3)

    assert objectives[0].has_bound
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("objective", [wae(), infovae()])
def test_every_parameter_learns(objective):
    x = torch.randn(9, 5)

    objective(Batch(x, no_condition(x)), torch.tensor(0)).loss.backward()

    assert all(weight.grad.abs().sum() > 0 for name, weight in objective.named_parameters())


def test_the_discrepancy_is_of_the_codes_drawn_in_this_step():
    x = torch.randn(9, 5)
    drawn, points = infovae(), wae()

    found = {drawn(Batch(x, no_condition(x)), torch.tensor(0)).terms["mmd"].item() for _ in range(5)}
    fixed = {points(Batch(x, no_condition(x)), torch.tensor(0)).terms["mmd"].item() for _ in range(5)}

    assert len(found) == 5 and len(fixed) == 1


def test_training_brings_codes_to_the_prior_and_keeps_the_reconstruction():
    model = LinearGaussian()
    x, objective = model.items(600), model.objective(WassersteinAutoencoder, shift=1.0).train()
    objective.options = WassersteinOptions(mmd_weight=30.0)
    optimizer = torch.optim.Adam(objective.parameters(), lr=0.03)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 200)

    for step in range(200):
        part = x[step % 6 :: 6]
        optimizer.zero_grad()
        objective(Batch(part, no_condition(part)), torch.tensor(step)).loss.backward()
        optimizer.step()
        schedule.step()

    z = objective.posterior(x, no_condition(x)).mean.detach()
    torch.testing.assert_close(torch.cov(z.T), torch.eye(2), atol=0.15, rtol=0)
    principal = np.linalg.svd(x.numpy() - x.numpy().mean(0), full_matrices=False)
    left = (principal.S[2:] ** 2).sum() / len(x)  # what two components cannot say
    missed = (objective.decoder.layer(z) - x).square().sum(1).mean().item()
    assert left - 1e-4 < missed < 1.1 * left
