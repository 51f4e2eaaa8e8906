# Priors that are learnt: the mixture against torch's, the VampPrior's beginning and its gradients.
"""Priors that are learnt: the mixture against torch's, the VampPrior's beginning and its gradients."""

import pytest
import torch
from torch import distributions
from vectors import LinearGaussian, no_condition, vectors

from aekit.data import Batch
from aekit.errors import DataError
from aekit.objectives.flowprior import FlowPriorVAE
from aekit.objectives.twolayer import TwoLayerVAE
from aekit.objectives.vampprior import VampPriorVAE
from aekit.priors import GaussianMixture


class Items:
    """Draws as the trainer gives them."""

    def __init__(self, x, degraded=None):
        self.x, self.degraded, self.total = x, degraded, len(x)

    def __call__(self, count):
        if count > self.total:
            raise DataError(f"{count} training items are asked for; there are {self.total}.")
        degraded = None if self.degraded is None else self.degraded[:count]
        return Batch(self.x[:count], no_condition(self.x[:count]), degraded)


def vamp(pseudo_inputs=7, **options):
    return VampPriorVAE(vectors(4), VampPriorVAE.Options(pseudo_inputs=pseudo_inputs, **options), 3)


def torchs_mixture(mean, log_variance):
    components = distributions.Independent(distributions.Normal(mean, (0.5 * log_variance).exp()), 1)
    return distributions.MixtureSameFamily(
        distributions.Categorical(torch.ones(len(mean)).double()), components
    )


@pytest.mark.parametrize(("offset", "log_spread"), [(0.0, 0.0), (0.0, -5.0), (100.0, -2.0)])
def test_a_mixtures_density_is_torchs(offset, log_spread):
    mean, log_variance = offset + torch.randn(50, 8), log_spread + 0.5 * torch.randn(50, 8)
    z = (mean + (0.5 * log_variance).exp() * torch.randn(50, 8)).view(5, 10, 8)

    found = GaussianMixture(mean, log_variance).log_prob(z)

    expected = torchs_mixture(mean.double(), log_variance.double()).log_prob(z.double())
    torch.testing.assert_close(found.double(), expected, atol=0.01, rtol=1e-4)


def test_a_mixtures_gradients_are_torchs():
    inputs = [torch.randn(6, 3, requires_grad=True) for _ in range(3)]
    mean, log_variance, z = inputs

    found = torch.autograd.grad(GaussianMixture(mean, log_variance).log_prob(z).sum(), inputs)

    expected = torch.autograd.grad(torchs_mixture(mean, log_variance).log_prob(z).sum(), inputs)
    for left, right in zip(found, expected, strict=True):
        torch.testing.assert_close(left, right.float(), atol=1e-4, rtol=1e-3)


def test_a_mixture_of_one_is_a_gaussian():
    mean, log_variance, z = torch.randn(1, 3), torch.randn(1, 3), torch.randn(20, 3)

    found = GaussianMixture(mean, log_variance).log_prob(z)

    expected = distributions.Normal(mean, (0.5 * log_variance).exp()).log_prob(z).sum(1)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("temperature", [0.0, 0.5, 1.0])
def test_a_mixtures_draws_have_its_moments_with_each_components_spread_scaled(temperature):
    mean, log_variance = torch.tensor([[-4.0, 1.0], [4.0, 0.0]]), torch.tensor([[0.0, -2.0], [1.0, 0.5]])

    draws = GaussianMixture(mean, log_variance).sample(100_000, temperature)

    variance = temperature**2 * log_variance.exp().mean(0) + mean.var(0, correction=0)
    torch.testing.assert_close(draws.mean(0), mean.mean(0), atol=0.06, rtol=0)
    torch.testing.assert_close(draws.var(0), variance, atol=0.05, rtol=0.02)


def test_the_vampprior_is_the_mean_of_the_posteriors_of_items_whose_features_it_begins_with():
    objective, x = vamp(), torch.randn(20, 4)

    with torch.no_grad():
        objective.begin(Items(x))
        posterior = objective.posterior(x[:7], no_condition(x[:7]))
        z = torch.randn(30, 3)
        found = objective.prior().log_prob(z)

    each = torch.stack([posterior.log_prob(point.expand(7, -1)) for point in z])
    torch.testing.assert_close(found, each.exp().mean(1).log(), atol=1e-4, rtol=1e-4)


def test_pseudo_inputs_begin_as_what_the_encoder_is_shown():
    objective, x, worse = vamp(), torch.randn(20, 4), torch.randn(20, 4)

    with torch.no_grad():
        objective.begin(Items(x, worse))

    torch.testing.assert_close(objective.pseudo_inputs, objective.encoder(worse[:7]))


def test_more_pseudo_inputs_than_items_are_refused_in_one_line_that_says_what_to_do():
    objective = vamp(pseudo_inputs=21)

    with pytest.raises(DataError, match="--pseudo-inputs 20 or less") as raised, torch.no_grad():
        objective.begin(Items(torch.randn(20, 4)))

    assert "21" in str(raised.value) and "\n" not in str(raised.value)


def test_pseudo_inputs_learn_in_every_step_without_decay():
    objective, x = vamp(importance_samples=2), torch.randn(8, 4)

    objective(Batch(x, no_condition(x)), torch.tensor(0)).loss.backward()

    assert (objective.pseudo_inputs.grad.abs().sum(1) > 0).all()
    networks, own = objective.groups(0.1)
    assert own == {"params": [objective.pseudo_inputs], "lr": 0.1, "weight_decay": 0.0}
    assert len(networks["params"]) + 1 == len(list(objective.parameters()))


def test_the_head_learns_through_the_vampprior_too():
    objective, z = vamp(), torch.randn(8, 3)

    objective.prior().log_prob(z).sum().backward()

    assert objective.head.project.weight.grad.abs().sum() > 0
    assert objective.encoder.layer.weight.grad is None


@pytest.mark.parametrize("kind", [VampPriorVAE, FlowPriorVAE, TwoLayerVAE])
def test_a_learnt_prior_comes_closer_to_the_codes_than_a_normal_one(kind):
    """With the true posterior held still, the prior's cross-entropy falls towards the codes' own."""
    model = LinearGaussian()
    options = kind.Options(**({"pseudo_inputs": 20} if kind is VampPriorVAE else {}))
    objective = model.set_weights(kind(vectors(5, scale=0.6), options, 2))
    for part in (objective.encoder, objective.head, objective.decoder):
        part.requires_grad_(False)
    z = torch.randn(500, 2) @ torch.tensor([[1.0, 0.8], [0.0, 0.3]])  # a tilted cloud
    with torch.no_grad():
        objective.begin(Items(model.items(30)))
    before = objective.prior().log_prob(z).mean().item()
    learning = [weight for weight in objective.parameters() if weight.requires_grad]
    optimizer = torch.optim.Adam(learning, lr=0.02)

    for _ in range(100):
        optimizer.zero_grad()
        (-objective.prior().log_prob(z).mean()).backward()
        optimizer.step()

    assert objective.prior().log_prob(z).mean().item() > before + 0.15


@pytest.mark.parametrize("kind", [VampPriorVAE, FlowPriorVAE, TwoLayerVAE])
def test_a_learnt_priors_draws_come_from_the_default_stream_and_carry_no_graph(kind):
    prior = kind(vectors(4), kind.Options(), 3).prior()

    draws = []
    for _ in range(2):
        torch.manual_seed(6)
        draws.append(prior.sample(5))

    assert torch.equal(*draws)
    assert draws[0].shape == (5, 3)
    assert not draws[0].requires_grad
