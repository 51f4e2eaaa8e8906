# Objectives against closed forms, hand computations and principal components.
"""Objectives against closed forms, hand computations and principal components."""

import copy

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from vectors import LinearDecoder, LinearGaussian, no_condition, vectors

from aekit.data import Batch
from aekit.objectives.adversarial import AdversarialAutoencoder
from aekit.objectives.autoencoder import PlainAutoencoder
from aekit.objectives.conditional import ConditionalVAE
from aekit.objectives.iwae import IWAE
from aekit.objectives.vae import VAE, VAEOptions
from aekit.objectives.wae import WassersteinAutoencoder


def vae(**options):
    return VAE(vectors(4), VAEOptions(**options), latent_dim=3)


def batch(count=8, size=4):
    return Batch(torch.randn(count, size), torch.zeros(count, 0))


def beta_at(step, **options):
    return float(vae(**options).beta(None if step is None else torch.tensor(step)))


def test_beta_rises_evenly_over_the_warmup_and_is_whole_in_validation():
    found = [beta_at(step, beta=2.0, warmup=4) for step in (0, 1, 3, 4, 1000, None)]

    assert found == [0.5, 1.0, 2.0, 2.0, 2.0, 2.0]


def test_beta_rises_over_a_share_of_the_training_where_the_warmup_is_no_more_than_1():
    objective, found = vae(beta=2.0, warmup=0.8), []
    for share in (0.0, 0.2, 0.4, 0.8, 1.0):
        objective.share_done.fill_(share)
        found.append(float(objective.beta(torch.tensor(7))))

    np.testing.assert_allclose(found, [0.0, 0.5, 1.0, 2.0, 2.0], rtol=1e-6)
    assert float(objective.beta(None)) == 2.0 and "share_done" not in objective.state_dict()
    whole = vae(beta=2.0, warmup=1)
    whole.share_done.fill_(0.25)
    assert float(whole.beta(torch.tensor(7))) == 0.5


def test_beta_rises_in_the_first_half_of_each_cycle():
    found = [beta_at(step, beta=4.0, cycle=100) for step in (0, 25, 50, 99, 100, 125, None)]

    assert found == [0.0, 2.0, 4.0, 4.0, 0.0, 2.0, 4.0]


def test_free_bits_of_an_item_and_of_a_dimension():
    kl = torch.tensor([[0.1, 0.2], [3.0, 0.5]])

    per_item = vae(free_bits=1.0).charged(kl)
    per_dimension = vae(free_bits=1.0, free_bits_per="dimension").charged(kl)

    torch.testing.assert_close(per_item, torch.tensor([1.0, 3.5]))
    torch.testing.assert_close(per_dimension, torch.tensor([2.0, 4.0]))


def test_free_bits_take_the_pull_from_items_and_dimensions_below_them():
    for per, pulled in (("item", [[0, 0], [1, 1]]), ("dimension", [[0, 0], [1, 0]])):
        kl = torch.tensor([[0.1, 0.2], [3.0, 0.5]], requires_grad=True)

        vae(free_bits=1.0, free_bits_per=per).charged(kl).sum().backward()

        assert kl.grad.tolist() == pulled


def test_the_vaes_loss_is_weighted_but_its_terms_are_honest():
    objective, seen = vae(beta=3.0, warmup=2, free_bits=0.7), batch()

    torch.manual_seed(1)
    loss, terms = objective(seen, torch.tensor(0))

    torch.manual_seed(1)
    posterior = objective.posterior(seen.x, seen.condition)
    z = posterior.sample()
    log_prob = objective.log_prob(seen.x, z, seen.condition)
    kl = 0.5 * (posterior.mean**2 + posterior.log_variance.exp() - 1 - posterior.log_variance).sum(1)
    torch.testing.assert_close(loss, (1.5 * kl.clamp(min=0.7) - log_prob).mean())
    torch.testing.assert_close(terms["kl"], kl.mean())
    torch.testing.assert_close(terms["reconstruction"], -log_prob.mean())
    torch.testing.assert_close(terms["elbo"], (log_prob - kl).mean())
    assert not any(term.requires_grad for term in terms.values())


@pytest.mark.parametrize("kind", [VAE, IWAE])
def test_with_the_true_posterior_the_bound_is_the_exact_marginal(kind):
    model = LinearGaussian()
    x = model.items(200)

    bound = model.objective(kind).bound(Batch(x, no_condition(x)), samples=2000 if kind is VAE else 1)

    if kind is VAE:  # unbiased with noise of reconstruction against the closed-form KL
        assert bound.mean().item() == pytest.approx(model.log_marginal(x).mean(), abs=0.02)
    else:  # p(x, z) / q(z|x) is p(x) for each draw
        np.testing.assert_allclose(bound.detach(), model.log_marginal(x), atol=1e-4)


def test_the_importance_weighted_bound_rises_with_its_samples_to_the_exact_marginal():
    model = LinearGaussian()
    x = model.items(400)
    objective, exact = model.objective(IWAE, shift=0.6, widen=1.5), model.log_marginal(x).mean()

    bounds = [
        objective.bound(Batch(x, no_condition(x)), samples).mean().item() for samples in (1, 5, 50, 2000)
    ]

    assert bounds == sorted(bounds)
    assert bounds[0] < exact - 0.3
    assert bounds[-1] == pytest.approx(exact, abs=0.01)


def test_an_iwae_of_one_sample_estimates_the_elbo():
    objective, seen = LinearGaussian().objective(IWAE, shift=0.4, widen=1.3), batch(20_000, 5)
    expected = LinearGaussian().objective(VAE, shift=0.4, widen=1.3).bound(seen, 1).mean()

    assert objective.bound(seen, 1).mean().item() == pytest.approx(expected.item(), abs=0.2)
    assert objective.eval()(seen, None).terms["elbo"].item() == pytest.approx(expected.item(), abs=0.2)


def test_a_linear_vae_finds_the_principal_subspace():
    model = LinearGaussian(size=6, scale=0.4)
    x = model.items(800)
    objective = VAE(vectors(6, scale=0.4), VAEOptions(), latent_dim=2)
    optimizer = torch.optim.AdamW(objective.parameters(), lr=0.05, weight_decay=0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 500)

    for step in range(500):
        optimizer.zero_grad()
        objective(Batch(x, no_condition(x)), torch.tensor(step)).loss.backward()
        optimizer.step()
        schedule.step()

    principal = np.linalg.svd(x.numpy() - x.numpy().mean(0))[2][:2]
    found = np.linalg.qr(objective.decoder.layer.weight.detach().numpy())[0]
    smallest_cosine = np.linalg.svd(principal @ found)[1].min()
    assert np.degrees(np.arccos(min(1, smallest_cosine))) < 2
    assert objective.bound(Batch(x, no_condition(x)), 50).mean() > model.log_marginal(x).mean() - 0.15


def test_one_backward_pass_of_the_adversarial_autoencoder_gives_the_gradients_of_two():
    modality = vectors(4)
    once = AdversarialAutoencoder(modality, AdversarialAutoencoder.Options(), latent_dim=3)
    twice, seen = copy.deepcopy(once), batch(32)

    torch.manual_seed(3)
    once(seen, None).loss.backward()

    torch.manual_seed(3)
    torch.randn(32, 3)  # what a posterior with spread would take
    real = torch.randn(32, 3)
    code = twice.posterior(seen.x, seen.condition).mean
    twice.critic.requires_grad_(False)
    reconstruction = -twice.log_prob(seen.x, code, seen.condition).mean()
    (reconstruction + 30.0 * F.softplus(-twice.critic(code)).mean()).backward()
    twice.critic.requires_grad_(True)
    fake = twice.critic(code.detach())
    critic_loss = 0.5 * (F.softplus(-twice.critic(real)) + F.softplus(fake)).mean()
    seen_codes = torch.stack([real, code.detach()])
    (critic_loss + 0.5 * twice.squared_slope(seen_codes, twice.critic(seen_codes))).backward()
    for (name, left), right in zip(once.named_parameters(), twice.parameters(), strict=True):
        torch.testing.assert_close(left.grad, right.grad, rtol=1e-5, atol=1e-7, msg=name)
    assert all(weight.grad.abs().sum() > 0 for weight in once.critic.parameters())


def test_the_critics_slope_is_that_of_its_derivative():
    objective = AdversarialAutoencoder(vectors(4), AdversarialAutoencoder.Options(), latent_dim=3)
    objective.critic.apply(lambda layer: layer.weight.data.mul_(3) if isinstance(layer, nn.Linear) else None)
    codes = torch.randn(20_000, 3, requires_grad=True)
    logits = objective.critic(codes)
    (exact,) = torch.autograd.grad(logits.sum(), codes, retain_graph=True)

    found = objective.squared_slope(codes, logits)

    assert float(found.detach()) == pytest.approx(float(exact.square().sum(1).mean()), rel=0.04)


@pytest.mark.parametrize("kind", [AdversarialAutoencoder, WassersteinAutoencoder])
def test_matched_codes_are_points_or_draws_as_asked(kind):
    for posterior, is_point in (("point", True), ("gaussian", False)):
        objective, seen = kind(vectors(4), kind.Options(posterior=posterior), 3), batch()

        found = objective.posterior(seen.x, seen.condition)

        assert torch.equal(found.sample(), found.mean) == is_point
        assert not objective.has_bound


def test_the_critic_has_its_own_group_and_rate_and_no_weight_is_left_out():
    objective = AdversarialAutoencoder(vectors(4), AdversarialAutoencoder.Options(critic_rate=0.25), 3)

    others, critic = objective.groups(0.1)

    assert (others["lr"], critic["lr"]) == (0.1, 0.025)
    assert len(critic["params"]) == len(list(objective.critic.parameters()))
    assert len(others["params"]) + len(critic["params"]) == len(list(objective.parameters()))


@pytest.mark.parametrize("kind", [PlainAutoencoder, AdversarialAutoencoder])
def test_autoencoders_without_noise_have_no_bound_and_report_no_elbo(kind):
    objective, seen = kind(vectors(4), kind.Options(), 3), batch()

    outcome = objective(seen, None)

    assert objective.bound(seen, 1) is None
    assert not objective.has_bound
    assert {"elbo", "kl", "bound"}.isdisjoint(outcome.terms)
    posterior = objective.posterior(seen.x, seen.condition)
    assert torch.equal(posterior.sample(), posterior.mean)


@pytest.mark.parametrize("kind", [PlainAutoencoder, AdversarialAutoencoder, VAE, IWAE, ConditionalVAE])
def test_every_weight_gets_a_gradient(kind):
    objective = kind(vectors(4), kind.Options(), latent_dim=3, condition_dim=2)

    objective(Batch(torch.randn(8, 4), torch.rand(8, 2)), torch.tensor(3)).loss.backward()

    assert [name for name, weight in objective.named_parameters() if weight.grad is None] == []


def test_the_condition_reaches_encoder_and_decoder():
    objective = ConditionalVAE(vectors(4), ConditionalVAE.Options(condition="label"), 3, condition_dim=2)
    x, z, conditions = torch.randn(1, 4), torch.randn(1, 3), torch.eye(2).split(1)

    means = [objective.posterior(x, condition).mean for condition in conditions]
    log_probs = [objective.log_prob(x, z, condition) for condition in conditions]

    assert not torch.equal(*means)
    assert not torch.equal(*log_probs)
    assert ConditionalVAE.condition(objective.options) == "label"
    assert VAE.condition(VAEOptions()) is None


def test_a_surrogate_is_learnt_from_and_never_reported_in_validation(monkeypatch):
    monkeypatch.setattr(LinearDecoder, "training_log_prob", lambda self, z, x, step: 2 * self.log_prob(z, x))
    objective, seen = vae(), batch()

    torch.manual_seed(1)
    trained = objective.train()(seen, torch.tensor(0))
    torch.manual_seed(1)
    validated = objective.eval()(seen, None)

    torch.testing.assert_close(
        trained.loss - validated.loss, validated.terms["reconstruction"], rtol=1e-5, atol=1e-5
    )


def test_autocast_leaves_posterior_and_likelihood_in_fp32():
    objective, seen = vae(), batch()
    exact = objective.log_prob(seen.x, torch.ones(8, 3), seen.condition)
    objective.autocast_dtype = torch.bfloat16

    posterior = objective.posterior(seen.x, seen.condition)
    found = objective.log_prob(seen.x, torch.ones(8, 3), seen.condition)

    assert posterior.mean.dtype == posterior.log_variance.dtype == found.dtype == torch.float32
    torch.testing.assert_close(found, exact, rtol=0.02, atol=0.1)
    assert not torch.equal(found, exact)
