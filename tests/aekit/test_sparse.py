# The sparse autoencoder: its penalties against SciPy, its code, its terms, and that it makes codes sparse.
"""The sparse autoencoder: its penalties against SciPy, its code, its terms, and that it makes codes sparse."""

import pytest
import scipy.stats
import torch
from vectors import LinearGaussian, no_condition, vectors

from aekit.data import Batch
from aekit.errors import UsageError
from aekit.objectives.sparse import SparseAutoencoder, SparseOptions, bernoulli_divergence
from aekit.options import check


def sparse(size=4, latent_dim=6, **options):
    return SparseAutoencoder(vectors(size), SparseOptions(**options), latent_dim)


def batch(count=8, size=4):
    x = torch.randn(count, size)
    return Batch(x, no_condition(x))


@pytest.mark.parametrize("target", [0.05, 0.3])
def test_the_divergence_is_that_of_two_bernoulli_distributions(target):
    activities = [0.001, 0.05, 0.3, 0.9, 0.999]

    found = bernoulli_divergence(target, torch.tensor(activities))

    expected = [scipy.stats.entropy([target, 1 - target], [a, 1 - a]) for a in activities]
    torch.testing.assert_close(found, torch.tensor(expected, dtype=torch.float32), atol=1e-5, rtol=1e-5)


def test_the_divergence_of_units_that_never_or_always_fire_is_finite_and_pulls_them_back():
    activity = torch.tensor([0.0, 1.0], requires_grad=True)

    found = bernoulli_divergence(0.05, activity)
    found.sum().backward()

    assert found.isfinite().all() and (found > 1).all()
    assert activity.grad[0] < 0 < activity.grad[1]
    assert activity.grad.isfinite().all()


def test_with_l1_the_code_is_rectified_and_its_sum_is_charged():
    objective, seen = sparse(penalty_weight=3.0), batch()

    loss, terms = objective(seen, torch.tensor(0))

    z = objective.head.project(objective.encoder(seen.x))[:, :6].clamp(min=0)
    torch.testing.assert_close(objective.posterior(seen.x, seen.condition).mean, z)
    reconstruction = -objective.log_prob(seen.x, z, seen.condition).mean()
    torch.testing.assert_close(terms["penalty"], z.abs().sum() / 8)
    torch.testing.assert_close(loss, reconstruction + 3 * z.abs().sum() / 8)
    torch.testing.assert_close(terms["reconstruction"], reconstruction)


def test_with_kl_the_code_is_sigmoid_and_the_mean_over_the_batch_is_charged():
    objective, seen = sparse(penalty="kl", target=0.2, penalty_weight=3.0), batch()

    loss, terms = objective(seen, torch.tensor(0))

    z = torch.sigmoid(objective.head.project(objective.encoder(seen.x))[:, :6])
    means = z.mean(0).tolist()
    penalty = sum(scipy.stats.entropy([0.2, 0.8], [mean, 1 - mean]) for mean in means)
    torch.testing.assert_close(objective.posterior(seen.x, seen.condition).mean, z)
    assert terms["penalty"].item() == pytest.approx(penalty, rel=1e-4)
    assert (loss - terms["reconstruction"]).item() == pytest.approx(3 * penalty, rel=1e-3)


@pytest.mark.parametrize(
    "penalty, usual", [("kl", {"target": 0.05, "penalty_weight": 1.0}), ("l1", {"penalty_weight": 0.1})]
)
def test_what_is_left_open_is_usual_for_the_penalty(penalty, usual):
    seen = batch()

    torch.manual_seed(0)
    found = sparse(penalty=penalty)(seen, None).loss
    torch.manual_seed(0)
    expected = sparse(penalty=penalty, **usual)(seen, None).loss

    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("penalty, weights", [("l1", (0.0, 0.3, 3.0)), ("kl", (0.0, 1.0, 10.0))])
def test_a_larger_weight_leaves_less_active(penalty, weights):
    x = LinearGaussian(size=4).items(200)

    active = [active_after_training(x, penalty=penalty, penalty_weight=weight) for weight in weights]

    assert active[0] > active[1] + 0.03 and active[1] > active[2] + 0.03


def active_after_training(x, **options):
    torch.manual_seed(0)
    objective = sparse(latent_dim=8, **options)
    optimizer = torch.optim.Adam(objective.parameters(), lr=0.03)
    for step in range(120):
        optimizer.zero_grad()
        objective(Batch(x, no_condition(x)), torch.tensor(step)).loss.backward()
        optimizer.step()
    return objective(Batch(x, no_condition(x)), None).terms["active"].item()


def test_active_counts_units_against_the_strongest_of_the_batch():
    objective = sparse(size=4, latent_dim=4)
    with torch.no_grad():
        objective.encoder.layer.weight.copy_(torch.eye(4))
        objective.encoder.layer.bias.zero_()
        objective.head.project.weight.copy_(torch.eye(4).repeat(2, 1))
        objective.head.project.bias.zero_()
    x = torch.tensor([[2.0, 0.1, -1.0, 0.3], [0.0, 0.25, 0.0, 0.0]])  # above a tenth of 2: 2, .3 and .25

    terms = objective(Batch(x, no_condition(x)), None).terms

    assert terms["active"].item() == pytest.approx(3 / 8)


@pytest.mark.parametrize("penalty", ["l1", "kl"])
def test_the_code_is_a_point_without_prior_or_bound_and_every_parameter_learns(penalty):
    objective, seen = sparse(penalty=penalty), batch()

    posterior = objective.posterior(seen.x, seen.condition)
    objective(seen, torch.tensor(0)).loss.backward()

    assert torch.equal(posterior.sample(), posterior.mean)
    assert not objective.has_bound and objective.prior() is None and objective.bound(seen, 1) is None
    assert all(weight.grad.abs().sum() > 0 for weight in objective.parameters())


def test_a_target_without_kl_is_refused_in_one_line():
    with pytest.raises(UsageError, match="target: .*--penalty kl.* .received 0.1") as raised:
        check(SparseOptions, {"target": 0.1}, "the objective 'sparse'")

    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "values", [{"penalty": "kl", "target": 1.0}, {"penalty_weight": -1}, {"penalty": "l2"}]
)
def test_values_out_of_range_are_refused(values):
    with pytest.raises(UsageError):
        check(SparseOptions, values, "the objective 'sparse'")
