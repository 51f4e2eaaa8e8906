# Importance weighting: its gradients against each other and the VAE's, its bound against exact marginals.
"""Importance weighting: its gradients against each other and the VAE's, its bound against exact marginals."""

import copy
import math

import numpy as np
import pytest
import torch
from vectors import LinearGaussian, no_condition, vectors

from aekit.data import Batch
from aekit.errors import UsageError
from aekit.evaluation import importance_nll
from aekit.objectives.flowprior import FlowPriorVAE
from aekit.objectives.iaf import IAF
from aekit.objectives.iwae import IWAE, IWAEOptions, WeightedOptions
from aekit.objectives.twolayer import TwoLayerVAE
from aekit.objectives.vae import VAE
from aekit.objectives.vampprior import VampPriorVAE

WEIGHTED = [IWAE, VampPriorVAE, FlowPriorVAE, IAF, TwoLayerVAE]
ONLY_STANDARD = [IAF, TwoLayerVAE]
COMBINATIONS = [(kind, "standard") for kind in WEIGHTED]
COMBINATIONS += [(kind, "dreg") for kind in WEIGHTED if kind not in ONLY_STANDARD]


def made(kind, size=5, latent_dim=2, **options):
    if kind is VampPriorVAE:
        options.setdefault("pseudo_inputs", 7)
    return kind(vectors(size, scale=0.6), kind.Options(**options), latent_dim)


def moved(kind=IWAE, **options):
    """A linear-Gaussian model whose posterior is not the true one, in training mode."""
    return LinearGaussian().set_weights(made(kind, **options), shift=0.4, widen=1.4).train()


def shake_what_is_learnt_besides(objective):
    """Move the weights of priors and flows from where they begin."""
    with torch.no_grad():
        for name, weight in objective.named_parameters():
            if name.split(".")[0] not in ("encoder", "head", "decoder"):
                weight.add_(0.3 * torch.randn_like(weight) / weight.shape[-1] ** 0.5)


def seen(count=4):
    x = LinearGaussian().items(count)
    return Batch(x, no_condition(x))


def mean_gradient(objective, x, times):
    """The mean gradient of the loss, over `times` copies of one item.

    Every copy is an item of its own: the mean over a batch is the mean over draws.
    """
    batch = Batch(x.expand(times, -1), torch.zeros(times, 0))
    objective.zero_grad()
    objective(batch, torch.tensor(0)).loss.backward()
    return {name: weight.grad.clone() for name, weight in objective.named_parameters()}


def gradients_of_draws(objective, x, draws):
    """The gradient at the head's bias of each of `draws` draws: (draws, 2 D)."""
    found = []
    for _ in range(draws):
        objective.zero_grad()
        objective(Batch(x, no_condition(x)), torch.tensor(0)).loss.backward()
        found.append(objective.head.project.bias.grad.clone())
    return torch.stack(found)


@pytest.mark.parametrize(("samples", "beta"), [(1, 1.0), (5, 1.0), (5, 0.5), (3, 0.0)])
def test_the_doubly_reparameterised_gradient_is_the_standard_one_in_expectation(samples, beta):
    standard = moved(importance_samples=samples, beta=beta)
    doubly = moved(importance_samples=samples, beta=beta, gradient="dreg")
    x = seen(1).x

    expected, found = (mean_gradient(objective, x, 200_000) for objective in (standard, doubly))

    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient, atol=0.03, rtol=0.03, msg=lambda m, n=name: n + m)
    assert expected["head.project.bias"].abs().max() > 0.1


def test_the_doubly_reparameterised_gradient_leaves_the_decoders_as_it_is():
    standard, doubly, batch = moved(), moved(gradient="dreg"), seen(6)

    for objective in (standard, doubly):
        torch.manual_seed(1)
        objective(batch, torch.tensor(0)).loss.backward()

    for left, right in zip(standard.decoder.parameters(), doubly.decoder.parameters(), strict=True):
        torch.testing.assert_close(left.grad, right.grad)
    assert not torch.allclose(standard.head.project.bias.grad, doubly.head.project.bias.grad, rtol=0.05)


def test_with_many_draws_the_doubly_reparameterised_gradient_is_less_noisy():
    x = seen(1).x
    standard = gradients_of_draws(moved(importance_samples=50), x, 300)
    doubly = gradients_of_draws(moved(importance_samples=50, gradient="dreg"), x, 300)

    assert (doubly.var(0) < 0.5 * standard.var(0)).all()


def test_with_the_true_posterior_the_doubly_reparameterised_gradient_has_no_noise():
    model = LinearGaussian()
    objective = model.set_weights(made(IWAE, gradient="dreg")).train()

    found = gradients_of_draws(objective, model.items(1), 5)

    torch.testing.assert_close(found, torch.zeros_like(found), atol=1e-4, rtol=0)


def test_losses_and_terms_of_both_gradients_have_the_same_values():
    standard, doubly = moved(beta=0.7), moved(beta=0.7, gradient="dreg")

    outcomes = []
    for objective in (standard, doubly):
        torch.manual_seed(2)
        outcomes.append(objective(seen(), torch.tensor(0)))

    torch.testing.assert_close(*(outcome.loss.detach() for outcome in outcomes))
    torch.testing.assert_close(*(outcome.terms for outcome in outcomes))


def test_in_validation_both_gradients_draw_alike_and_need_no_graph():
    objective = moved(gradient="dreg").eval()

    with torch.no_grad():
        outcome = objective(seen(), None)

    torch.testing.assert_close(outcome.loss, -outcome.terms["bound"])


def test_one_draw_has_the_vaes_gradient_in_expectation():
    model, x = LinearGaussian(), seen(1).x
    vae = model.set_weights(made(VAE), shift=0.4, widen=1.4).train()

    expected = mean_gradient(vae, x, 200_000)
    found = mean_gradient(moved(importance_samples=1), x, 200_000)

    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient, atol=0.03, rtol=0.03)


@pytest.mark.parametrize("kind", WEIGHTED)
def test_the_loss_is_weighted_by_beta_and_the_terms_are_honest(kind):
    objective, batch = made(kind, importance_samples=3, beta=4.0, warmup=8), seen(6)

    torch.manual_seed(1)
    loss, terms = objective(batch, torch.tensor(1))

    torch.manual_seed(1)
    wide = objective.posterior(batch.x, batch.condition).repeat(3)
    z, log_q = wide.at(torch.randn_like(wide.mean))
    log_prob = objective.log_prob(batch.x.repeat_interleave(3, 0), z, torch.zeros(18, 0))
    ratio = objective.prior().log_prob(z) - log_q
    weighted = (log_prob + 1.0 * ratio).exp().view(6, 3).mean(1).log()  # the warm-up is at 2 / 8 of 4
    torch.testing.assert_close(loss, -weighted.mean(), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(terms["bound"], (log_prob + ratio).exp().view(6, 3).mean(1).log().mean())
    torch.testing.assert_close(terms["reconstruction"], -log_prob.mean())
    if kind is not IWAE:  # there it is in closed form
        torch.testing.assert_close(terms["kl"], -ratio.mean())
    torch.testing.assert_close(terms["elbo"], -terms["reconstruction"] - terms["kl"])
    assert not any(term.requires_grad for term in terms.values())


def test_beta_rises_over_the_warmup_and_is_whole_in_validation():
    objective = made(IWAE, beta=2.0, warmup=4)

    found = [float(objective.beta(None if step is None else torch.tensor(step))) for step in (0, 1, 9, None)]

    assert found == [0.5, 1.0, 2.0, 2.0]


def test_the_kl_term_is_in_closed_form_under_a_standard_normal():
    objective, batch = moved(importance_samples=2), seen(6)

    terms = objective(batch, None).terms

    expected = objective.posterior(batch.x, batch.condition).kl().sum(1).mean()
    torch.testing.assert_close(terms["kl"], expected.detach())


@pytest.mark.parametrize("samples", [1, 5, 64])
def test_the_log_of_a_sum_is_divided_by_its_number(samples):
    """With the true posterior every weight is p(x): the bound is log p(x) for any K, and not log K more."""
    model = LinearGaussian()
    objective, x = model.objective(IWAE), model.items(30)
    batch = Batch(x, no_condition(x))
    objective.options = IWAEOptions(importance_samples=samples)

    bound, term = objective.bound(batch, samples), objective(batch, None).terms["bound"]

    exact = model.log_marginal(x)
    np.testing.assert_allclose(bound.detach(), exact, atol=1e-4)
    assert term.item() == pytest.approx(exact.mean(), abs=1e-4)


def test_the_bound_in_pieces_is_the_bound_at_once(monkeypatch):
    objective, batch = moved().eval(), seen(5)
    torch.manual_seed(3)
    whole = torch.stack([objective.bound(batch, 40) for _ in range(200)]).mean(0)

    monkeypatch.setattr("aekit.objectives.iwae.ROWS", 35)  # 7 draws at once, the last time 5
    pieces = torch.stack([objective.bound(batch, 40) for _ in range(200)]).mean(0)

    torch.testing.assert_close(pieces, whole, atol=0.03, rtol=0)


@pytest.mark.parametrize("kind", WEIGHTED)
def test_the_bound_of_many_draws_is_the_integral_over_a_grid_of_codes(kind):
    model = LinearGaussian()
    objective, x = model.set_weights(made(kind), shift=0.2, widen=1.8), model.items(3)
    shake_what_is_learnt_besides(objective)
    axis = torch.linspace(-9, 9, 241)
    grid = torch.stack(torch.meshgrid(axis, axis, indexing="ij"), -1).view(-1, 2)

    with torch.no_grad():
        log_prior = objective.prior().log_prob(grid)
        log_joint = torch.stack(
            [
                objective.log_prob(item.expand(len(grid), -1), grid, torch.zeros(len(grid), 0)) + log_prior
                for item in x
            ]
        )
        exact = (log_joint.double().logsumexp(1) + 2 * math.log(axis[1] - axis[0])).float()
        bound = objective.bound(Batch(x, no_condition(x)), 30_000)
        nll = importance_nll(objective, x, no_condition(x), samples=10_000)

    torch.testing.assert_close(bound, exact, atol=0.05, rtol=0)
    torch.testing.assert_close(-nll, exact, atol=0.05, rtol=0)


@pytest.mark.parametrize(("kind", "gradient"), COMBINATIONS)
@pytest.mark.parametrize("samples", [1, 3])
def test_every_weight_gets_a_gradient_with_every_gradient_and_in_bfloat16(kind, samples, gradient):
    for latent_dim in (3, 2) if kind is TwoLayerVAE else (3, 1):
        objective = made(kind, latent_dim=latent_dim, importance_samples=samples, gradient=gradient)
        objective.autocast_dtype = torch.bfloat16

        loss, terms = objective(seen(8), torch.tensor(3))
        loss.backward()

        assert loss.dtype == torch.float32 and loss.isfinite()
        assert [name for name, weight in objective.named_parameters() if weight.grad is None] == []
        assert {"bound", "elbo", "kl", "reconstruction"} <= terms.keys()


@pytest.mark.parametrize("kind", ONLY_STANDARD)
def test_a_posterior_that_knows_its_density_only_at_draws_refuses_the_other_gradient_in_one_line(kind):
    with pytest.raises(UsageError, match="Use --gradient standard") as raised:
        made(kind, gradient="dreg")

    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("kind", WEIGHTED)
def test_a_step_is_a_function_of_the_default_stream(kind):
    objective, batch = made(kind, importance_samples=2), seen()
    twin = copy.deepcopy(objective)

    losses = []
    for each in (objective, twin):
        torch.manual_seed(8)
        losses.append(each(batch, torch.tensor(0)).loss)

    assert torch.equal(*losses)


def test_objectives_built_on_it_weigh_one_draw_unless_asked():
    assert IWAE.Options().importance_samples == 5
    for kind in WEIGHTED[1:]:
        assert issubclass(kind.Options, WeightedOptions)
        assert kind.Options().importance_samples == 1


@pytest.mark.slow
@pytest.mark.parametrize("gradient", ["standard", "dreg"])
def test_a_compiled_step_has_the_gradients_of_a_plain_one(gradient):
    objective, batch = made(FlowPriorVAE, importance_samples=3, gradient=gradient), seen()
    twin = copy.deepcopy(objective)

    for each in (objective, torch.compile(twin, backend="aot_eager")):
        torch.manual_seed(8)
        each(batch, torch.tensor(0)).loss.backward()

    for left, right in zip(objective.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(left.grad, right.grad, atol=1e-4, rtol=1e-3)
