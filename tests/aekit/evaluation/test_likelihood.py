# The bound and the NLL estimator on a linear-Gaussian model, whose exact marginal is known.
"""The bound and the NLL estimator on a linear-Gaussian model, whose exact marginal is known."""

import numpy as np
import pytest
import torch
from vectors import LinearGaussian, no_condition, vectors

from aekit.errors import UsageError
from aekit.evaluation import bound_parts, importance_nll, mean_and_error, posteriors
from aekit.evaluation.likelihood import fitting_of, item_noise, spread_out
from aekit.objectives.autoencoder import PlainAutoencoder
from aekit.objectives.conditional import ConditionalVAE
from aekit.objectives.vae import VAE
from aekit.posterior import Posterior
from aekit.priors import FittedGaussian


@pytest.fixture
def model():
    return LinearGaussian()


def test_with_the_true_posterior_one_sample_gives_the_exact_nll(model):
    x = model.items(300)

    nll = importance_nll(model.objective(), x, no_condition(x), samples=1)

    np.testing.assert_allclose(nll, -model.log_marginal(x), atol=1e-4)


@pytest.fixture
def exact_expectation(monkeypatch):
    """In place of noise the points that give expectations of quadratic functions exactly, +-sqrt(D) e_i."""
    points = torch.cat([torch.eye(2), -torch.eye(2)]) * 2**0.5
    monkeypatch.setattr(
        "aekit.evaluation.likelihood.item_noise",
        lambda items, samples, like, seed: points.expand(len(items), 4, 2),
    )


def test_with_the_true_posterior_the_elbo_is_tight(model, exact_expectation):
    x = model.items(50)

    parts = bound_parts(model.objective(), x, no_condition(x), samples=4)

    np.testing.assert_allclose(parts.elbo, model.log_marginal(x), atol=1e-4)
    np.testing.assert_allclose(parts.elbo, -(parts.kl + parts.reconstruction), atol=1e-5)


def test_the_gap_of_the_elbo_is_the_kl_to_the_true_posterior(model, exact_expectation):
    """log p(x) - ELBO = KL(q || p(z|x)), in closed form here (Kingma and Welling 2014, equation 1)."""
    x, shift, widen = model.items(50), 0.5, 1.4
    precision = np.diag(model.weights.T @ model.weights) / model.scale**2 + 1
    gap = 0.5 * (widen**2 - 1 - 2 * np.log(widen) + shift**2 * precision).sum()

    parts = bound_parts(model.objective(shift=shift, widen=widen), x, no_condition(x), samples=4)

    np.testing.assert_allclose(model.log_marginal(x) - parts.elbo.numpy(), gap, atol=1e-4)


def test_one_draw_is_right_on_average(model):
    x = model.items(20_000)

    parts = bound_parts(model.objective(), x, no_condition(x))

    assert parts.elbo.mean().item() == pytest.approx(model.log_marginal(x).mean(), abs=0.03)


def test_the_estimate_falls_with_its_samples_to_the_exact_nll(model):
    x = model.items(400)
    objective, exact = model.objective(shift=0.6, widen=1.5), -model.log_marginal(x).mean()

    found = [importance_nll(objective, x, no_condition(x), samples=k).mean().item() for k in (1, 5, 50, 2000)]

    assert found == sorted(found, reverse=True)
    assert found[0] > exact + 0.3
    assert found[-1] == pytest.approx(exact, abs=0.01)


@pytest.mark.parametrize("rows", [1, 7, 64, 10_000])
def test_neither_chunks_nor_neighbours_change_an_items_figure(model, rows):
    x, objective = model.items(9), model.objective(shift=0.6)
    whole = importance_nll(objective, x, no_condition(x), samples=30, seed=4)

    chunked = importance_nll(objective, x, no_condition(x), samples=30, seed=4, rows=rows)
    alone = importance_nll(objective, x[5:6], no_condition(x[5:6]), samples=30, seed=4, first=5, rows=rows)

    torch.testing.assert_close(chunked, whole, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(alone, whole[5:6], rtol=1e-5, atol=1e-5)
    assert not torch.equal(importance_nll(objective, x, no_condition(x), samples=30, seed=5), whole)


def test_the_decoder_never_sees_more_rows_than_allowed(model, monkeypatch):
    x, objective, seen = model.items(11), model.objective(), []
    plain = objective.log_prob
    monkeypatch.setattr(objective, "log_prob", lambda x, z, c: seen.append(len(x)) or plain(x, z, c))

    importance_nll(objective, x, no_condition(x), samples=40, rows=16)

    assert max(seen) <= 16
    assert sum(seen) == 11 * 40


def test_the_bound_is_the_same_in_pieces_and_leaves_the_default_stream(model):
    x, objective = model.items(9), model.objective(shift=0.6)
    state = torch.get_rng_state()

    whole = bound_parts(objective, x, no_condition(x), seed=2)
    tail = bound_parts(objective, x[4:], no_condition(x[4:]), seed=2, first=4)

    torch.testing.assert_close(tail.elbo, whole.elbo[4:])
    assert torch.equal(torch.get_rng_state(), state)


def test_another_prior_is_taken_into_account(model, monkeypatch):
    x, objective = model.items(100), model.objective(shift=0.3)
    prior = FittedGaussian(torch.randn(500, 2) @ torch.tensor([[1.0, 0.6], [0.0, 0.5]]) + 1)
    monkeypatch.setattr(objective, "prior", lambda: prior)
    q = posteriors(objective, x, no_condition(x))
    covariance = prior.factor @ prior.factor.T
    expected = [
        torch.distributions.kl_divergence(
            torch.distributions.MultivariateNormal(mean.double(), log_variance.double().exp().diag()),
            torch.distributions.MultivariateNormal(prior.mean, covariance),
        )
        for mean, log_variance in zip(q.mean, q.log_variance, strict=True)
    ]

    parts = bound_parts(objective, x, no_condition(x), samples=2000)

    torch.testing.assert_close(parts.kl.double(), torch.stack(expected), rtol=0.02, atol=0.1)


def test_the_condition_is_spread_with_its_item():
    objective = ConditionalVAE(vectors(4), ConditionalVAE.Options(), 2, condition_dim=3).eval()
    x, condition = torch.randn(6, 4), torch.eye(3).repeat(2, 1)

    together = importance_nll(objective, x, condition, samples=20)

    for item in range(6):
        alone = importance_nll(
            objective, x[item : item + 1], condition[item : item + 1], samples=20, first=item
        )
        torch.testing.assert_close(alone[0], together[item])
    other = importance_nll(objective, x, condition.roll(1, 1), samples=20)
    assert not torch.allclose(other, together)


def test_impossible_items_are_infinitely_unlikely_not_missing(model, monkeypatch):
    x, objective = model.items(3), model.objective()
    monkeypatch.setattr(objective, "log_prob", lambda x, z, c: torch.full((len(x),), -torch.inf))

    assert importance_nll(objective, x, no_condition(x), samples=10, rows=4).tolist() == [torch.inf] * 3


def test_an_objective_without_a_bound_is_refused():
    objective, x = PlainAutoencoder(vectors(4), PlainAutoencoder.Options(), 2), torch.randn(3, 4)

    with pytest.raises(UsageError, match="PlainAutoencoder has no bound"):
        importance_nll(objective, x, no_condition(x))


def test_no_samples_are_refused(model):
    x = model.items(3)

    with pytest.raises(UsageError, match=r"samples must be at least 1 \(received 0\)"):
        importance_nll(model.objective(), x, no_condition(x), samples=0)


def test_mean_and_standard_error_by_hand():
    assert mean_and_error(torch.tensor([1.0, 2.0, 3.0, 6.0])) == pytest.approx((3.0, np.sqrt(14 / 3) / 2))
    assert mean_and_error(torch.tensor([5.0])) == (5.0, 0.0)


def test_noise_is_standard_normal_and_differs_between_items():
    noise = item_noise(range(200), 500, torch.zeros(1, 3), seed=0)

    assert noise.shape == (200, 500, 3)
    assert abs(noise.mean().item()) < 0.01
    assert noise.std().item() == pytest.approx(1, abs=0.01)
    assert len(torch.unique(noise[:, 0, 0])) == 200


def test_a_single_row_is_spread_without_a_copy():
    row = torch.randn(1, 3, 2)

    spread = spread_out(row, 1000)

    assert spread.shape == (1000, 3, 2)
    assert spread.untyped_storage().nbytes() == row.nbytes
    assert spread_out(torch.tensor([[1], [2]]), 2).flatten().tolist() == [1, 1, 2, 2]


def test_posteriors_are_encoded_in_pieces(model, monkeypatch):
    monkeypatch.setattr("aekit.evaluation.likelihood.ROWS", 4)
    x, objective = model.items(10), model.objective(VAE)

    found = posteriors(objective, x, no_condition(x))

    assert isinstance(found, Posterior)
    torch.testing.assert_close(found.mean, objective.posterior(x, no_condition(x)).mean)


def test_a_graphics_card_sees_more_at_once_than_a_processors_caches_hold():
    cpu, card = (fitting_of((1, 28, 28), torch.device(kind)) for kind in ("cpu", "cuda"))

    assert (cpu, card) == (1003, 4096)
    assert fitting_of((3, 4000, 4000), torch.device("cpu")) == 1
