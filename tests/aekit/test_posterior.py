# The posterior's figures against SciPy and numerical integration.
"""The posterior's figures against SciPy and numerical integration."""

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from aekit.posterior import LOG_VARIANCE_RANGE, Head, Posterior


def gaussian(mean, log_variance):
    return Posterior(torch.tensor([mean]), torch.tensor([log_variance]))


@pytest.mark.parametrize(("mean", "log_variance"), [(0.0, 0.0), (1.5, -3.0), (-2.0, 1.0), (0.1, 4.0)])
def test_kl_equals_its_integral(mean, log_variance):
    q, p = stats.norm(mean, np.exp(0.5 * log_variance)), stats.norm()
    reach = 12 * q.std()

    expected, _ = integrate.quad(lambda z: q.pdf(z) * (q.logpdf(z) - p.logpdf(z)), mean - reach, mean + reach)

    assert gaussian([mean], [log_variance]).kl().item() == pytest.approx(expected, abs=1e-5)


def test_log_prob_equals_scipys_for_any_leading_axes():
    posterior = Posterior(torch.randn(3, 2), torch.randn(3, 2))
    z = torch.randn(4, 3, 2)

    expected = stats.norm(posterior.mean, (0.5 * posterior.log_variance).exp()).logpdf(z).sum(-1)

    assert posterior.log_prob(z).shape == (4, 3)
    np.testing.assert_allclose(posterior.log_prob(z), expected, rtol=1e-5, atol=1e-5)


def test_samples_have_the_posteriors_moments():
    torch.manual_seed(0)
    posterior = gaussian([1.0, -3.0], [0.0, -4.0]).repeat(200_000)

    draws = posterior.sample()

    torch.testing.assert_close(draws.mean(0), torch.tensor([1.0, -3.0]), atol=0.01, rtol=0)
    torch.testing.assert_close(draws.std(0), torch.tensor([1.0, np.exp(-2.0)]).float(), atol=0.01, rtol=0)


def test_a_posterior_without_spread_gives_its_mean():
    posterior = gaussian([1.0, -3.0], [-torch.inf, -torch.inf])

    assert torch.equal(posterior.sample(), posterior.mean)


def test_repeat_keeps_an_items_copies_together():
    posterior = Posterior(torch.tensor([[1.0], [2.0]]), torch.tensor([[3.0], [4.0]])).repeat(2)

    assert posterior.mean.flatten().tolist() == [1, 1, 2, 2]
    assert posterior.log_variance.flatten().tolist() == [3, 3, 4, 4]


def test_the_head_answers_in_fp32_within_its_range_and_sees_the_condition():
    head = Head(4, 3, condition_dim=2)
    features = 1000 * torch.randn(64, 4, dtype=torch.bfloat16)

    posterior = head(features, torch.zeros(64, 2))
    conditioned = head(features, torch.ones(64, 2))

    assert posterior.mean.dtype == posterior.log_variance.dtype == torch.float32
    assert posterior.log_variance.aminmax() == LOG_VARIANCE_RANGE
    assert not torch.equal(posterior.mean, conditioned.mean)


def test_each_part_of_the_features_gives_its_share_of_the_code_by_the_same_layer():
    head, features, none = Head(12, 8, parts=4), torch.randn(5, 12), torch.zeros(5, 0)
    turned = features.unflatten(1, (4, 3)).roll(1, 1).flatten(1)

    for told, moved in zip(
        vars(head(features, none)).values(), vars(head(turned, none)).values(), strict=True
    ):
        torch.testing.assert_close(moved, told.unflatten(1, (4, 2)).roll(1, 1).flatten(1))


def test_a_code_that_cannot_be_shared_out_equally_comes_from_all_features():
    head = Head(12, 6, parts=4)
    features = torch.zeros(2, 12)
    features[1, -1] = 1.0
    means = head(features, torch.zeros(2, 0)).mean

    assert means.shape == (2, 6) and (means[0] != means[1]).all()
