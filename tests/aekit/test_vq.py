# The vector-quantised autoencoder against brute force, enumeration of all words, and a loss by hand.
"""The vector-quantised autoencoder against brute force, enumeration of all words, and a loss by hand."""

import itertools
import math

import numpy as np
import pytest
import torch
from vectors import LinearGaussian, no_condition, vectors

from aekit.data import Batch
from aekit.errors import UsageError
from aekit.evaluation.likelihood import bound_parts, importance_nll
from aekit.objectives.vq import CODEBOOK_RATE, UNUSED_PULL, VQVAE, VQOptions


def vq(latent_dim=4, size=5, condition_dim=0, **options):
    options = {"codebook_size": 3, "word_dim": 2, **options}
    return VQVAE(vectors(size), VQOptions(**options), latent_dim, condition_dim)


def batch(count=8, size=5):
    x = torch.randn(count, size)
    return Batch(x, no_condition(x))


def log_evidence(objective, x):
    """log p(x) by a sum over all words: (B,)."""
    size, positions = objective.options.codebook_size, objective.positions
    shares = objective.frequencies.detach().softmax(1).numpy()
    parts = []
    for words in itertools.product(range(size), repeat=positions):
        z = torch.cat([objective.codebook.detach()[word] for word in words])[None].expand(len(x), -1)
        mass = sum(math.log(shares[position, word]) for position, word in enumerate(words))
        parts.append(objective.log_prob(x, z, no_condition(x)).detach() + mass)
    return torch.stack(parts).logsumexp(0)


def test_words_are_the_nearest_by_brute_force():
    objective, z = vq(codebook_size=17), torch.randn(30, 4)

    words = objective.words(z)

    book = objective.codebook.detach().numpy()
    expected = [
        [int(((book - part) ** 2).sum(1).argmin()) for part in row.reshape(2, 2)] for row in z.numpy()
    ]
    assert words.dtype == torch.int64 and words.tolist() == expected


def test_a_point_on_the_grid_means_itself_even_beside_a_near_double():
    objective = vq()
    with torch.no_grad():
        objective.codebook.copy_(torch.tensor([[1000.0, 1000.0], [1000.0, 1000.0001], [0.0, 0.0]]))

    words = torch.tensor([[1, 0], [0, 1], [2, 2]])

    assert torch.equal(objective.words(objective.vectors(words)), words)


def test_decoding_snaps_and_its_gradient_is_the_identity():
    objective = vq(codebook_size=9)
    z = torch.randn(6, 4, requires_grad=True)

    code = objective.code(z, torch.zeros(6, 0))
    (code * torch.arange(24.0).view(6, 4)).sum().backward()

    assert torch.equal(code.detach(), objective.vectors(objective.words(z)).detach())
    assert torch.equal(z.grad, torch.arange(24.0).view(6, 4))


def test_the_loss_of_a_tiny_example_by_hand():
    objective = vq(latent_dim=2, size=2, word_dim=1, commitment=0.5).train()
    with torch.no_grad():
        objective.codebook.copy_(torch.tensor([[0.0], [1.0], [5.0]]))
        objective.encoder.layer.weight.copy_(torch.eye(2))
        objective.encoder.layer.bias.zero_()
        objective.head.project.weight.copy_(torch.cat([torch.eye(2), torch.zeros(2, 2)]))
        objective.head.project.bias.zero_()
    seen = Batch(torch.tensor([[0.2, 0.7]]), torch.zeros(1, 0))

    outcome = objective(seen, torch.tensor(0))

    log_prob = objective.log_prob(seen.x, torch.tensor([[0.0, 1.0]]), seen.condition).item()
    squares = 0.2**2 + 0.3**2
    unused = UNUSED_PULL * (5 - 0.7) ** 2  # 0.7 is farther from its vector than 0.2 is
    expected = -log_prob + 2 * math.log(3) + 2 / 2 * (1.5 * squares + unused)
    assert outcome.loss.item() == pytest.approx(expected, rel=1e-5)
    assert outcome.terms["kl"].item() == pytest.approx(2 * math.log(3), rel=1e-5)
    assert outcome.terms["commitment"].item() == pytest.approx(squares, rel=1e-4)
    assert outcome.terms["perplexity"].item() == pytest.approx(2.0)


def test_in_validation_the_loss_is_the_negative_bound():
    objective, seen = vq().eval(), batch()

    outcome = objective(seen, None)

    bound = objective.bound(seen, 1)
    torch.testing.assert_close(outcome.loss, -bound.mean())
    torch.testing.assert_close(outcome.terms["elbo"], bound.detach().mean())


def test_the_encoder_gets_the_gradient_of_the_decoders_input():
    objective, seen = vq(commitment=0.0), batch()

    objective(seen, torch.tensor(0)).loss.backward()

    snapped = objective.posterior(seen.x, seen.condition).mean.detach().requires_grad_()
    (-objective.log_prob(seen.x, snapped, seen.condition).mean()).backward()
    features = objective.encoder(seen.x).detach()
    expected = snapped.grad.T @ features
    torch.testing.assert_close(objective.head.project.weight.grad[:4], expected, rtol=1e-4, atol=1e-5)


def test_the_bound_is_below_the_evidence_by_enumeration_and_the_gap_is_the_other_words():
    model = LinearGaussian(size=5, latent_dim=2)
    objective, x = vq(latent_dim=4).eval(), model.items(40)
    with torch.no_grad():
        objective.frequencies.normal_()
    seen = Batch(x, no_condition(x))

    bound = objective.bound(seen, 1).detach()

    exact = log_evidence(objective, x)
    assert (bound <= exact + 1e-5).all() and (bound < exact - 0.1).any()


def test_evaluation_takes_the_mass_for_a_density():
    objective, seen = vq().eval(), batch(20)

    parts = bound_parts(objective, seen.x, seen.condition, samples=2)
    nll = importance_nll(objective, seen.x, seen.condition, samples=7)

    assert (parts.kl >= 0).all()
    torch.testing.assert_close(parts.elbo, objective.bound(seen, 1).detach())
    torch.testing.assert_close(nll, -parts.elbo, rtol=1e-5, atol=1e-4)


def test_the_priors_masses_sum_to_one_and_its_draws_follow_them():
    objective = vq()
    with torch.no_grad():
        objective.frequencies.normal_()
    prior = objective.prior()
    grid = torch.tensor(list(itertools.product(range(3), repeat=2)))

    masses = prior.log_prob(objective.vectors(grid)).exp().detach().numpy()
    words = objective.words(prior.sample(20_000))

    counts = np.bincount((words[:, 0] * 3 + words[:, 1]).numpy(), minlength=9)
    assert masses.sum() == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(counts / 20_000, masses, atol=0.015)
    likeliest = objective.words(prior.sample(3, 0.0))
    assert (likeliest == objective.frequencies.argmax(1)).all()


def test_frequencies_learn_the_use_of_the_words():
    objective, x = vq(codebook_size=4), torch.randn(400, 5)
    optimizer = torch.optim.Adam([objective.frequencies], 0.1)

    for _ in range(150):
        optimizer.zero_grad()
        objective(Batch(x, no_condition(x)), torch.tensor(0)).loss.backward()
        optimizer.step()

    words = objective.words(objective.posterior(x, no_condition(x)).mean)
    used = torch.stack([row.bincount(minlength=4) / 400 for row in words.T])
    torch.testing.assert_close(objective.frequencies.detach().softmax(1), used, atol=0.01, rtol=0)


def test_vectors_that_nobody_takes_come_to_the_items():
    objective, x = vq(codebook_size=16), torch.randn(200, 5)
    with torch.no_grad():
        objective.codebook.fill_(8.0)  # all in one place, away from the items
        objective.codebook[0] = 0.0
    optimizer = torch.optim.Adam([objective.codebook], 0.1)
    seen = Batch(x, no_condition(x))
    before = objective(seen, torch.tensor(0)).terms["perplexity"]

    for _ in range(200):
        optimizer.zero_grad()
        objective(seen, torch.tensor(0)).loss.backward()
        optimizer.step()

    assert before.item() == pytest.approx(1)
    assert objective.figures(objective.posterior(x, no_condition(x)).mean)["codes_used"] >= 0.5


@pytest.mark.parametrize("items", [1, 3, 1000])
def test_the_codebook_begins_from_words_of_items_however_few(items):
    objective, x = vq(codebook_size=32), torch.randn(items, 5)

    class Draw:
        total = items

        def __call__(self, count):
            assert count <= items
            return Batch(x[:count], no_condition(x[:count]))

    with torch.no_grad():
        objective.begin(Draw())

    words = objective.encoded(x, no_condition(x)).detach().reshape(-1, 2)
    reach = torch.cdist(objective.codebook.detach(), words).amin(1)
    assert reach.max() < words.std() + 1e-6 and objective.codebook.isfinite().all()


def test_every_weight_gets_a_gradient_and_words_do_not_decay():
    objective = vq(condition_dim=2)

    objective(Batch(torch.randn(8, 5), torch.rand(8, 2)), torch.tensor(3)).loss.backward()

    assert [name for name, weight in objective.named_parameters() if weight.grad is None] == []
    networks, codebook, frequencies = objective.groups(0.1)
    assert codebook["weight_decay"] == frequencies["weight_decay"] == 0
    assert codebook["params"][0] is objective.codebook and codebook["lr"] == pytest.approx(
        0.1 * CODEBOOK_RATE
    )
    assert len(networks["params"]) + 2 == len(list(objective.parameters()))


def test_figures_by_hand():
    objective = vq(codebook_size=4)
    means = objective.vectors(torch.tensor([[0, 0], [0, 1]]))

    found = objective.figures(means)

    entropy = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    assert found == {
        "codes_used": 0.5,
        "code_perplexity": pytest.approx(math.exp(entropy), rel=1e-5),
        "words": 2.0,
    }


def test_words_that_do_not_fill_a_code_are_refused_with_those_that_do():
    with pytest.raises(UsageError, match=r"word_dim must divide latent_dim 6 \(received 4\).* 1, 2, 3 or 6"):
        vq(latent_dim=6, word_dim=4)
