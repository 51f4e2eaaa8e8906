# The beta-TC-VAE: its parts against closed forms and loops, its estimate of q(z), its weights.
"""The beta-TC-VAE: its parts against closed forms and loops, its estimate of q(z), its weights."""

import itertools

import numpy as np
import pytest
import torch
from scipy.stats import norm
from vectors import LinearGaussian, no_condition, vectors

from aekit.data import Batch, Dataset
from aekit.objectives.betatc import BetaTCOptions, BetaTCVAE, kl_parts, stratified
from aekit.objectives.vae import VAE
from aekit.posterior import Posterior
from aekit.training.feed import Draws, Feed


def betatc(size=5, latent_dim=3, **options):
    return BetaTCVAE(vectors(size), BetaTCOptions(**options), latent_dim)


def gaussian_posteriors(count, covariance, noise):
    """Posteriors with means of a covariance (D, D) and the noise's variances (D,), so that q(z) is Gaussian."""
    means = torch.distributions.MultivariateNormal(torch.zeros(len(covariance)), covariance).sample((count,))
    return Posterior(means, noise.log().expand(count, -1))


def test_the_parts_are_those_of_a_gaussian_q_in_closed_form():
    covariance, noise = torch.tensor([[1.0, 0.8], [0.8, 0.8]]), torch.tensor([0.3, 0.2])
    posterior = gaussian_posteriors(1000, covariance, noise)
    whole = covariance + noise.diag()

    estimates = [kl_parts(posterior, posterior.sample(), torch.tensor(10**9)) for _ in range(3)]

    information = 0.5 * (whole.logdet() - noise.log().sum())
    correlation = 0.5 * (whole.diagonal().log().sum() - whole.logdet())
    found = [torch.cat(values).mean().item() for values in zip(*estimates, strict=True)]
    assert found == pytest.approx([information.item(), correlation.item()], abs=0.05)
    assert correlation > 0.3  # so that a part left out would be seen


def test_independent_dimensions_have_no_total_correlation():
    posterior = gaussian_posteriors(1000, torch.eye(3), torch.full((3,), 0.5))

    found = kl_parts(posterior, posterior.sample(), torch.tensor(10**9)).total_correlation.mean()

    assert abs(found) < 0.04


def test_the_parts_of_a_batch_are_those_of_loops_over_its_items():
    means, variances, z = (np.random.default_rng(0).random((3, 4, 2)) + 0.1)[:3]
    posterior = Posterior(torch.tensor(means), torch.tensor(variances).log())

    parts = kl_parts(posterior, torch.tensor(z), torch.tensor(20))

    for i in range(4):
        weights = [1 / 20 if k == i else (19 / 20) / 3 for k in range(4)]
        each = norm.pdf(z[i], means, np.sqrt(variances))  # (4, 2)
        log_q = np.log(sum(w * np.prod(row) for w, row in zip(weights, each, strict=True)))
        log_marginals = sum(np.log(np.dot(weights, each[:, j])) for j in range(2))
        assert parts.mutual_information[i].item() == pytest.approx(np.log(np.prod(each[i])) - log_q, rel=1e-6)
        assert parts.total_correlation[i].item() == pytest.approx(log_q - log_marginals, rel=1e-5, abs=1e-9)


def test_over_all_batches_the_estimate_of_q_is_without_bias():
    random = np.random.default_rng(0)
    densities = random.random(6)  # q(z|x) of six items at one z, drawn from item 0
    batches = [(0, *others) for others in itertools.combinations(range(1, 6), 2)]

    weights = stratified(3, torch.tensor(6))[0].double().numpy()
    estimates = [weights @ densities[list(batch)] for batch in batches]

    assert np.mean(estimates) == pytest.approx(densities.mean())
    assert weights @ densities[[0, 1, 2]] != pytest.approx(densities[[0, 1, 2]].mean())


def test_a_batch_of_all_items_weighs_them_alike():
    found = stratified(5, torch.tensor(5))

    torch.testing.assert_close(found, torch.full((5, 5), 0.2))
    torch.testing.assert_close(stratified(5, torch.tensor(0)), found)  # before the number is known
    assert stratified(1, torch.tensor(7)).isfinite().all()


def test_with_all_weights_at_one_the_loss_is_the_vaes():
    model = LinearGaussian()
    x = model.items(50)
    objective = betatc(beta=1.0, latent_dim=2)
    objective = model.set_weights(objective, shift=0.3, widen=1.2)
    other = model.set_weights(VAE(vectors(5), VAE.Options(), 2), shift=0.3, widen=1.2)

    torch.manual_seed(1)
    found = objective(Batch(x, no_condition(x)), torch.tensor(0))
    torch.manual_seed(1)
    expected = other(Batch(x, no_condition(x)), torch.tensor(0))

    torch.testing.assert_close(found.loss, expected.loss)
    assert {name: found.terms[name].item() for name in expected.terms} == pytest.approx(
        {name: value.item() for name, value in expected.terms.items()}
    )


def test_the_loss_weighs_each_part():
    x = torch.randn(12, 5)
    seen = Batch(x, no_condition(x))

    def outcome(**weights):
        torch.manual_seed(1)
        return betatc(**weights)(seen, torch.tensor(0))

    loss, terms = outcome(alpha=0.0, beta=5.0, gamma=2.0)

    information, correlation = terms["mutual_information"], terms["total_correlation"]
    rest = terms["kl"] - information - correlation
    torch.testing.assert_close(loss, terms["reconstruction"] + 5 * correlation + 2 * rest)
    torch.testing.assert_close(outcome(alpha=3.0, beta=5.0, gamma=2.0).loss, loss.detach() + 3 * information)


def test_the_number_of_items_is_measured_at_the_start_and_goes_with_the_weights():
    items = torch.randn(50, 5)
    feed = Feed(
        Dataset(items), vectors(5), None, batch_size=10, shards=1, seed=0, validation=0.2, device=torch.device("cpu")
    )  # fmt: skip
    objective, later = betatc(), betatc()

    objective.begin(Draws(feed))
    later.load_state_dict(objective.state_dict())

    assert int(objective.items) == int(later.items) == 40


def test_codes_far_apart_share_at_most_the_log_of_the_number_of_items():
    posterior = Posterior(100.0 * torch.arange(8.0)[:, None], torch.zeros(8, 1))

    parts = kl_parts(posterior, posterior.sample(), torch.tensor(1000))

    torch.testing.assert_close(parts.mutual_information, torch.full((8,), float(np.log(1000))))
    torch.testing.assert_close(parts.total_correlation, torch.zeros(8))


def test_items_with_equal_posteriors_share_nothing():
    posterior = Posterior(torch.ones(8, 3), torch.zeros(8, 3))

    parts = kl_parts(posterior, posterior.sample(), torch.tensor(1000))

    torch.testing.assert_close(parts.mutual_information, torch.zeros(8), atol=1e-5, rtol=0)
    torch.testing.assert_close(parts.total_correlation, torch.zeros(8), atol=1e-5, rtol=0)


def test_the_bound_is_the_vaes_and_every_parameter_learns():
    objective, x = betatc(), torch.randn(12, 5)
    seen = Batch(x, no_condition(x))

    objective(seen, torch.tensor(0)).loss.backward()

    torch.manual_seed(1)
    posterior = objective.posterior(x, seen.condition)
    expected = objective.log_prob(x, posterior.sample(), seen.condition) - posterior.kl().sum(1)
    torch.manual_seed(1)
    torch.testing.assert_close(objective.bound(seen, 1), expected)
    assert objective.has_bound
    assert all(weight.grad.abs().sum() > 0 for weight in objective.parameters())
