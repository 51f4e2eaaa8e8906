# Pixel likelihoods: proper distributions over exactly what prepare gives, and exact levels back.
import math

import pytest
import torch
from aekit_image.pixels import LEAST_SCALE, GaussianPixels, binarised, pixel_likelihood, stored
from hypothesis import given
from hypothesis import strategies as st

NAMES = ["bernoulli", "logistic", "gaussian", "crossentropy"]
LEVELS = torch.arange(256, dtype=torch.uint8).view(256, 1, 1, 1)


def raw_for(likelihood, rows, first=0.3, second=0.4):
    raw = torch.full((rows, likelihood.outputs, 1, 1), first)
    raw[:, 1:] = second
    return raw


@given(logit=st.floats(-30, 30))
def test_bernoulli_sums_to_one_over_both_values(logit):
    likelihood = pixel_likelihood("bernoulli", None)
    x = torch.tensor([0.0, 1.0]).view(2, 1, 1, 1)

    total = likelihood.log_prob(raw_for(likelihood, 2, logit), x).exp().sum()

    assert total == pytest.approx(1, abs=1e-6)


@given(location=st.floats(-1.5, 1.5), log_scale=st.floats(-4, 3))
def test_logistic_sums_to_one_over_all_stored_levels(location, log_scale):
    likelihood = pixel_likelihood("logistic", None)

    total = (
        likelihood.log_prob(raw_for(likelihood, 256, location, log_scale), likelihood.prepare(LEVELS))
        .exp()
        .sum()
    )

    assert total == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("scale", [None, 0.05])
def test_gaussian_integrates_to_one(scale):
    likelihood = pixel_likelihood("gaussian", scale)
    x = torch.linspace(-4, 4, 20_001).view(-1, 1, 1, 1)

    density = likelihood.log_prob(raw_for(likelihood, len(x)), x).exp()

    assert torch.trapezoid(density, x.flatten()) == pytest.approx(1, abs=1e-3)


def test_a_learnt_scale_stays_above_the_floor_and_keeps_its_gradient():
    likelihood = GaussianPixels(None)
    raw = torch.tensor([0.5, -50.0]).view(1, 2, 1, 1).requires_grad_()

    log_prob = likelihood.log_prob(raw, torch.full((1, 1, 1, 1), 0.5))

    assert log_prob.item() == pytest.approx(-math.log(LEAST_SCALE) - 0.5 * math.log(2 * math.pi), abs=1e-4)
    log_prob.sum().backward()
    assert raw.grad.isfinite().all()


@pytest.mark.parametrize("name", NAMES)
def test_the_first_bias_gives_the_mean_picture(name):
    likelihood = pixel_likelihood(name, None)
    mean = torch.rand(3, 4, 4) * 0.9 + 0.05

    raw = likelihood.first_bias(mean)[None]

    assert raw.shape == (1, 3 * likelihood.outputs, 4, 4)
    assert torch.allclose(likelihood.mean(raw)[0], mean, atol=1e-5)
    assert torch.equal(likelihood.generate(raw, 0.0)[0], stored(mean))


@pytest.mark.parametrize("name", NAMES)
def test_draws_have_the_mean_they_should(name):
    likelihood = pixel_likelihood(name, None)
    raw = likelihood.first_bias(torch.full((1, 1, 1), 0.4))[None].expand(20_000, -1, -1, -1)

    draws = likelihood.generate(raw, 1.0)

    assert draws.dtype == torch.uint8
    assert draws.float().mean() / 255 == pytest.approx(0.4, abs=0.01)
    assert len(draws.unique()) == {"bernoulli": 2, "crossentropy": 1}.get(name, len(draws.unique()))


def test_grey_cross_entropy_is_that_of_the_formula_and_least_at_the_grey_level():
    likelihood = pixel_likelihood("crossentropy", None)
    level, probability = LEVELS.double() / 255, 0.3

    nats = likelihood.log_prob(raw_for(likelihood, 256, math.log(3 / 7)), likelihood.prepare(LEVELS))
    at_best = likelihood.log_prob((LEVELS / 255).logit(eps=1e-6), likelihood.prepare(LEVELS))

    formula = level * math.log(probability) + (1 - level) * math.log(1 - probability)
    assert torch.allclose(nats.double(), formula.flatten(), atol=1e-5)
    entropy = torch.special.entr(level) + torch.special.entr(1 - level)
    assert torch.allclose(-at_best.double(), entropy.flatten(), atol=1e-4)
    assert (at_best >= nats).all()


def test_grey_cross_entropy_is_no_distribution_and_all_others_are():
    x = torch.linspace(0, 1, 10_001).view(-1, 1, 1, 1)
    likelihood = pixel_likelihood("crossentropy", None)

    total = torch.trapezoid(likelihood.log_prob(raw_for(likelihood, len(x), 1.5), x).exp(), x.flatten())

    # of the continuous Bernoulli with lambda: (2 lambda - 1) / log(lambda / (1 - lambda))
    odds = 1 / (1 + math.exp(-1.5))
    assert total == pytest.approx((2 * odds - 1) / 1.5, abs=1e-4)
    improper = {name for name in NAMES if not pixel_likelihood(name, None).is_proper}
    assert improper == {"crossentropy"}


def test_preparing_for_grey_cross_entropy_draws_nothing():
    likelihood = pixel_likelihood("crossentropy", None)
    before = torch.random.get_rng_state()

    prepared = likelihood.prepare(LEVELS)

    assert torch.allclose(prepared * 255, LEVELS.float(), atol=1e-4)
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize("name", ["logistic", "gaussian", "crossentropy"])
def test_prepared_levels_come_back_exactly(name):
    assert torch.equal(stored(pixel_likelihood(name, None).prepare(LEVELS)), LEVELS)


def test_binarisation_is_fresh_and_fair():
    likelihood = pixel_likelihood("bernoulli", None)
    x = torch.full((20_000, 1, 1, 1), 51, dtype=torch.uint8)

    prepared = likelihood.prepare(x)

    assert prepared.unique().tolist() == [0, 1]
    assert prepared.mean() == pytest.approx(51 / 255, abs=0.01)
    assert not torch.equal(prepared, likelihood.prepare(x))


def test_binarised_levels_are_as_frequent_as_they_are_bright():
    levels = torch.arange(256, dtype=torch.uint8).repeat(40_000, 1)
    frequency = binarised(levels).mean(0)
    assert frequency[0] == 0 and frequency[255] == 1
    # five standard deviations of the most uncertain level
    assert (frequency - torch.arange(256) / 255).abs().max() < 5 * 0.5 / 200


def test_neighbouring_pixels_are_drawn_independently():
    drawn = binarised(torch.full((4, 100_000), 128, dtype=torch.uint8)).flatten().double()
    for distance in (1, 2, 3, 4):
        together = torch.corrcoef(torch.stack([drawn[:-distance], drawn[distance:]]))[0, 1]
        assert together.abs() < 5 / len(drawn) ** 0.5
