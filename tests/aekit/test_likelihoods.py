# Likelihoods are proper distributions: they sum or integrate to one, and draw what they say.
"""Likelihoods are proper distributions: they sum or integrate to one, and draw what they say."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from aekit.likelihoods import (
    LOG_SCALE_RANGE,
    Bernoulli,
    Categorical,
    DiscretisedLogistic,
    Gaussian,
    sum_over_item,
)


def level_probabilities(location, log_scale, levels=256):
    """By SciPy's logistic distribution function in float64: (levels,)."""
    step = 2 / (levels - 1)
    edges = np.arange(levels - 1) * step - 1 + step / 2
    standard = (edges - location) * np.exp(-max(log_scale, LOG_SCALE_RANGE[0]))
    below, above = np.r_[0, stats.logistic.cdf(standard)], np.r_[1, stats.logistic.sf(standard)]
    upper, lower = np.r_[stats.logistic.cdf(standard), 1], np.r_[stats.logistic.sf(standard), 0]
    return np.maximum(upper - below, above - lower)


@given(st.floats(-30, 30), st.floats(-40, 7), st.sampled_from([2, 5, 256]))
def test_the_discretised_logistic_sums_to_one_at_extreme_scales_and_locations(location, log_scale, levels):
    likelihood = DiscretisedLogistic(torch.tensor(location), torch.tensor(log_scale), levels)

    log_prob = likelihood.log_prob(torch.arange(levels))

    assert log_prob.isfinite().all()
    assert log_prob.double().exp().sum().item() == pytest.approx(1, abs=2e-4)


@pytest.mark.parametrize("location", [-1.3, -1.0, 0.02, 0.7])
@pytest.mark.parametrize("log_scale", [-5.0, -2.0, 0.0, 3.0])
def test_the_discretised_logistic_is_the_difference_of_distribution_functions(location, log_scale):
    likelihood = DiscretisedLogistic(torch.tensor(location), torch.tensor(log_scale))

    probabilities = likelihood.log_prob(torch.arange(256)).double().exp()

    np.testing.assert_allclose(probabilities, level_probabilities(location, log_scale), rtol=3e-3, atol=1e-12)


def test_the_discretised_logistics_gradient_is_finite_far_from_the_data():
    location = torch.tensor([-40.0, 0.0, 40.0], requires_grad=True)
    log_scale = torch.tensor([-20.0, 7.0, -7.0], requires_grad=True)

    DiscretisedLogistic(location, log_scale).log_prob(torch.tensor([255, 128, 0])).sum().backward()

    assert location.grad.isfinite().all()
    assert log_scale.grad.isfinite().all()


def test_the_discretised_logistic_draws_what_it_says():
    torch.manual_seed(0)
    likelihood = DiscretisedLogistic(torch.full((200_000,), 0.9), torch.full((200_000,), -2.0), 16)
    expected = level_probabilities(0.9, -2.0, 16)

    share = likelihood.sample().long().bincount(minlength=16) / 200_000

    np.testing.assert_allclose(share, expected, atol=0.005)


@given(st.lists(st.floats(-200, 200), min_size=1, max_size=8))
def test_a_bernoulli_sums_to_one(logits):
    likelihood = Bernoulli(torch.tensor(logits))

    total = sum(likelihood.log_prob(torch.full((len(logits),), value)).double().exp() for value in (0.0, 1.0))

    torch.testing.assert_close(total, torch.ones_like(total), rtol=0, atol=1e-6)


def test_a_bernoullis_log_prob_keeps_its_digits_at_large_logits():
    likelihood = Bernoulli(torch.tensor([-80.0, 80.0, 12.0, 2.0]))

    found = likelihood.log_prob(torch.tensor([1.0, 0.0, 1.0, 0.25]))

    expected = [-80.0, -80.0, -np.log1p(np.exp(-12.0)), 0.25 * 2 - np.log1p(np.exp(2.0))]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=12))
def test_a_categorical_sums_to_one(logits):
    likelihood = Categorical(torch.tensor(logits).expand(len(logits), -1))

    assert likelihood.log_prob(torch.arange(len(logits))).double().exp().sum().item() == pytest.approx(
        1, abs=1e-5
    )


@pytest.mark.parametrize(("location", "log_scale"), [(0.0, 0.0), (3.0, -4.0), (-20.0, 2.0)])
def test_a_gaussian_integrates_to_one(location, log_scale):
    likelihood = Gaussian(torch.tensor(location), torch.tensor(log_scale))
    reach = 10 * np.exp(log_scale)

    def density(x):
        return likelihood.log_prob(torch.tensor(x)).exp().item()

    total, _ = integrate.quad(density, location - reach, location + reach, epsabs=1e-6)
    assert total == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("name", ["bernoulli", "categorical", "gaussian"])
def test_draws_have_the_mean_and_temperature_zero_the_mode(name):
    torch.manual_seed(0)
    logits = torch.tensor([0.3, -1.0]).expand(100_000, 2)
    made = {"bernoulli": Bernoulli, "categorical": Categorical, "gaussian": lambda v: Gaussian(v, 0.1 * v)}
    likelihood = made[name](logits)

    draws, mode = likelihood.sample(), likelihood.sample(0)

    expected = likelihood.mean[0, 1] if name == "categorical" else likelihood.mean[0]
    torch.testing.assert_close(draws.float().mean(0), expected, atol=0.015, rtol=0)
    modes = {"bernoulli": [1.0, 0.0], "categorical": 0, "gaussian": logits[0].tolist()}
    assert mode[0].tolist() == modes[name]


def test_top_p_keeps_to_the_fewest_classes_that_have_it_together():
    torch.manual_seed(0)
    likelihood = Categorical(torch.tensor([0.5, 0.3, 0.15, 0.05]).log().expand(50_000, -1))

    share = likelihood.sample(1.0, 0.7).bincount(minlength=4) / 50_000

    np.testing.assert_allclose(share, [0.625, 0.375, 0, 0], atol=0.01)
    assert likelihood.sample(1.0, 0.4).unique().tolist() == [0]


def test_top_p_makes_sure_bits_certain_and_leaves_the_others():
    torch.manual_seed(0)
    draws = Bernoulli(torch.tensor([0.95, 0.6, 0.02]).logit().expand(20_000, -1)).sample(1.0, 0.9)

    np.testing.assert_allclose(draws.mean(0), [1, 0.6, 0], atol=0.015)


@pytest.mark.parametrize("kind", ["gaussian", "logistic"])
def test_top_p_keeps_to_the_middle_of_a_real_distribution(kind):
    torch.manual_seed(0)
    location, log_scale = torch.full((100_000,), 0.1), torch.full((100_000,), -2.0)
    if kind == "gaussian":
        draws, edge = Gaussian(location, log_scale).sample(1.0, 0.5), 0.6745 * np.exp(-2)
    else:
        levels = DiscretisedLogistic(location, log_scale, 4001).sample(1.0, 0.5)
        draws, edge = levels / 2000 - 1, np.log(3) * np.exp(-2)

    assert float((draws - 0.1).abs().max()) == pytest.approx(edge, rel=0.02)
    assert float(draws.mean()) == pytest.approx(0.1, abs=0.002)


@pytest.mark.parametrize("kind", [Bernoulli, Categorical])
def test_outputs_in_bf16_give_nats_in_fp32(kind):
    logits = torch.randn(4, 6).bfloat16()
    x = torch.randint(2, (4, 6)).float() if kind is Bernoulli else torch.randint(6, (4,))

    found = kind(logits).log_prob(x)

    assert found.dtype == torch.float32
    torch.testing.assert_close(found, kind(logits.float()).log_prob(x))


def test_sum_over_item_keeps_the_batch_alone():
    assert sum_over_item(torch.ones(2, 3, 4)).tolist() == [12, 12]
