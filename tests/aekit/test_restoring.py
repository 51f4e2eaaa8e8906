# Objectives that restore: what they are shown, what they learn, and what they refuse.
"""Objectives that restore: what they are shown, what they learn, and what they refuse."""

import numpy as np
import pytest
import torch
from vectors import LinearGaussian, VectorModality, VectorOptions, no_condition, vectors

from aekit.data import Batch, Dataset
from aekit.errors import UsageError
from aekit.modality import Degradation
from aekit.objectives.denoising import DenoisingAutoencoder, DenoisingOptions
from aekit.objectives.superresolution import SuperResolution, SuperResolutionOptions
from aekit.training.feed import Draws, Feed


class WornVectors(VectorModality):
    """Vectors that can be made noisy, in two ways, and coarse."""

    def degradations(self):
        return {
            "blocks": Degradation("resolution", "how many numbers in a row become their mean", 2, 2, 4),
            "gaussian": Degradation("noise", "standard deviation", 0.5, 0.0, 2.0),
            "masking": Degradation("noise", "share set to zero", 0.25, 0.0, 1.0),
        }

    def degrade(self, x, name, amount):
        if name == "gaussian":
            return x + amount * torch.randn_like(x)
        if name == "masking":
            return torch.where(torch.rand_like(x) < amount, 0.0, x)
        if x.shape[1] % amount:
            raise UsageError(f"factor must divide the size {x.shape[1]} (received {amount:g})")
        return x.unflatten(1, (-1, int(amount))).mean(2).repeat_interleave(int(amount), 1)


def worn(size=4, **options):
    return WornVectors(VectorOptions(**options), {"size": size})


def denoising(size=4, **options):
    return DenoisingAutoencoder(worn(size), DenoisingOptions(**options), latent_dim=2)


def superresolution(size=4, **options):
    return SuperResolution(worn(size), SuperResolutionOptions(**options), latent_dim=2)


def feed(objective, items):
    modality = objective.modality
    return Feed(
        Dataset(items), modality, None, batch_size=len(items) // 2, shards=1, seed=0, validation=0.1,
        device=torch.device("cpu"), degrade=objective.degrade,
    )  # fmt: skip


def test_the_first_noise_of_the_modality_at_its_usual_amount_is_the_default():
    objective = denoising()

    noise = objective.degrade(torch.zeros(20_000, 4))

    assert (objective.degradation, objective.amount) == ("gaussian", 0.5)
    assert noise.std().item() == pytest.approx(0.5, abs=0.01)


def test_a_noise_can_be_named_and_its_amount_be_given():
    objective = denoising(noise="masking", noise_amount=0.7)

    hidden = objective.degrade(torch.ones(20_000, 4)) == 0

    assert hidden.float().mean().item() == pytest.approx(0.7, abs=0.01)


def test_super_resolution_shows_blocks_of_the_factors_size():
    items = torch.tensor([[1.0, 3.0, 5.0, 9.0]])

    assert superresolution().degrade(items).tolist() == [[2.0, 2.0, 7.0, 7.0]]
    assert superresolution(factor=4).degrade(items).tolist() == [[4.5, 4.5, 4.5, 4.5]]


def test_the_noise_is_drawn_anew_each_time_an_item_is_seen():
    objective = denoising()
    batches = feed(objective, torch.ones(8, 4))

    shown = [batches.batch(step, 0).shown for step in range(4)]

    rows = torch.cat(shown).unique(dim=0)
    assert len(rows) == 16  # no row of noise occurs twice
    assert all(torch.equal(batches.batch(step, 0).x, torch.ones(4, 4)) for step in range(4))


def test_no_noise_is_kept_with_the_model():
    objective, items = denoising(), torch.ones(8, 4)

    before = dict(objective.named_buffers()), set(objective.state_dict())
    objective.degrade(items)

    assert (dict(objective.named_buffers()), set(objective.state_dict())) == before
    assert not any(name.startswith("modality") for name in before[1])


def test_the_encoder_sees_the_worse_item_and_the_loss_is_of_the_good_one():
    objective, x, worse = denoising(), torch.randn(6, 4), torch.randn(6, 4)

    loss, terms = objective(Batch(x, no_condition(x), worse), torch.tensor(0))

    z = objective.posterior(worse, no_condition(x)).mean
    torch.testing.assert_close(loss, -objective.log_prob(x, z, no_condition(x)).mean())
    torch.testing.assert_close(terms["reconstruction"], loss.detach())


def fitted(objective, items, steps, rate):
    """The linear map (size, size) that an objective learns from batches of a feed."""
    batches = feed(objective, items)
    optimizer = torch.optim.Adam(objective.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for step in range(steps):
        optimizer.zero_grad()
        objective(batches.batch(step, 0), torch.tensor(step)).loss.backward()
        optimizer.step()
        schedule.step()
    eye = torch.cat([torch.zeros(1, items.shape[1]), torch.eye(items.shape[1])])
    with torch.no_grad():
        z = objective.posterior(eye, no_condition(eye)).mean
        out = objective.decoder.layer(z)
    return (out[1:] - out[0]).T.double().numpy()


def test_a_linear_denoiser_learns_the_wiener_filter():
    random = np.random.default_rng(0)
    mixing = np.linalg.qr(random.standard_normal((4, 4)))[0] * [2.0, 1.0, 0.5, 0.25]
    items = torch.tensor(random.standard_normal((2000, 4)) @ mixing.T, dtype=torch.float32)
    objective = DenoisingAutoencoder(worn(4), DenoisingOptions(noise_amount=0.8), latent_dim=4)

    found = fitted(objective, items, 250, 0.04)

    covariance = mixing @ mixing.T
    wiener = covariance @ np.linalg.inv(covariance + 0.8**2 * np.eye(4))
    np.testing.assert_allclose(found, wiener, atol=0.06)
    assert np.abs(found - np.eye(4)).max() > 0.5  # which is what a plain autoencoder learns


def test_linear_super_resolution_learns_the_regression_on_what_is_left():
    random = np.random.default_rng(0)
    walks = random.standard_normal((2000, 4)).cumsum(1)
    items = torch.tensor(walks, dtype=torch.float32)
    objective = SuperResolution(worn(4), SuperResolutionOptions(factor=2), latent_dim=4)

    found = fitted(objective, items, 250, 0.04)

    covariance = np.minimum.outer(np.arange(1, 5), np.arange(1, 5)).astype(float)
    halves = np.kron(np.eye(2), np.full((1, 2), 0.5))  # (2, 4): the means of the two halves
    best = covariance @ halves.T @ np.linalg.inv(halves @ covariance @ halves.T)
    given_means = np.array([[1, 1, 0, 0], [0, 0, 1, 1]]).T  # the coarse items that have these means
    np.testing.assert_allclose(found @ given_means, best, atol=0.06)


@pytest.mark.parametrize("objective", [denoising(), superresolution()])
def test_the_code_is_a_point_without_prior_or_bound_and_every_parameter_learns(objective):
    x = torch.randn(6, 4)
    batch = Batch(x, no_condition(x), objective.degrade(x))

    posterior = objective.posterior(batch.shown, batch.condition)
    objective(batch, torch.tensor(0)).loss.backward()

    assert torch.equal(posterior.sample(), posterior.mean)
    assert not objective.has_bound and objective.prior() is None and objective.bound(batch, 1) is None
    assert all(weight.grad is not None for weight in objective.parameters())


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: DenoisingAutoencoder(vectors(4), DenoisingOptions(), 2), "VectorModality has no .*'noise'"),
        (lambda: SuperResolution(vectors(4), SuperResolutionOptions(), 2), "VectorModality has no .*'resolution'"),
        (lambda: denoising(noise="maskin"), "No noise .*'maskin'.*gaussian, masking. Did you mean 'masking'"),
        (lambda: denoising(noise="blocks"), "No noise .*'blocks'.*gaussian, masking"),
        (lambda: denoising(noise_amount=2.5), "noise_amount must be from 0 to 2 for 'gaussian' .received 2.5"),
        (lambda: superresolution(factor=5), "factor must be from 2 to 4 for 'blocks' .received 5"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_in_one_line(make, message):
    with pytest.raises(UsageError, match=message) as raised:
        make()

    assert "\n" not in str(raised.value)


def test_a_factor_that_does_not_divide_is_refused_before_the_first_step():
    objective = superresolution(size=6, factor=4)
    items = LinearGaussian(size=6).items(20)

    with pytest.raises(UsageError, match="factor must divide the size 6"):
        objective.begin(Draws(feed(objective, items)))
    superresolution(size=6, factor=3).begin(Draws(feed(superresolution(size=6, factor=3), items)))
