# Known traps, each found in published code: tests of our own that fail where we fall into one.
"""Known traps, each found in published code: tests of our own that fail where we fall into one."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch
from aekit_image import ImageModality
from aekit_image.sources import measured
from digits import QUICK, train, write_digits
from scipy.integrate import quad
from scipy.stats import bernoulli, norm
from torch import nn
from vectors import LinearEncoder, LinearGaussian, VectorModality, no_condition, vectors

from aekit.cli import run as aekit_command
from aekit.data import Batch, Dataset
from aekit.evaluation.likelihood import importance_nll
from aekit.evaluation.units import collapse
from aekit.files import read_arrays
from aekit.objectives.adversarial import AdversarialAutoencoder
from aekit.objectives.denoising import DenoisingAutoencoder
from aekit.objectives.iwae import IWAE
from aekit.objectives.vae import VAE
from aekit.posterior import Posterior
from aekit.testing import check_modality
from aekit.training import trainer
from aekit.training.feed import Feed


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return write_digits(tmp_path_factory.mktemp("digits"))


# ---- the KL takes exp(s) for a variance, while sampling uses it as a standard deviation --------------------


def test_the_kl_is_that_of_the_distribution_that_is_drawn_from():
    posterior = Posterior(torch.full((200_000, 1), 0.7), torch.full((200_000, 1), 1.0))

    draws = posterior.sample().numpy()[:, 0]
    mean, spread = float(draws.mean()), float(draws.std())  # of the draws, whatever the parameters mean
    q, p = norm(mean, spread), norm(0, 1)
    measured = quad(lambda z: q.pdf(z) * (q.logpdf(z) - p.logpdf(z)), mean - 9 * spread, mean + 9 * spread)[0]

    assert float(posterior.kl().mean()) == pytest.approx(measured, abs=0.02)
    z, log_q = posterior.at(torch.zeros_like(posterior.mean))
    np.testing.assert_allclose(log_q.numpy(), q.logpdf(z.numpy()[:, 0]), atol=0.01)


# ---- a discriminator that never steps ---------------------------------------------------------------------


def test_the_critic_learns_to_tell_codes_from_the_prior():
    torch.manual_seed(0)
    objective = AdversarialAutoencoder(vectors(5), AdversarialAutoencoder.Options(), 2)
    rates = [
        {**entry, "lr": entry["lr"] * (number > 0)} for number, entry in enumerate(objective.groups(0.02))
    ]
    optimizer = torch.optim.AdamW(
        trainer.decaying(rates, 0.0)
    )  # the trainer's own, the autoencoder held still
    before = {name: weight.clone() for name, weight in objective.critic.state_dict().items()}
    with torch.no_grad():
        objective.head.project.bias[:2] += 4  # codes far from the prior

    for _ in range(60):
        outcome = objective(Batch(torch.randn(64, 5) * 0.3, torch.zeros(64, 0)), torch.tensor(0))
        optimizer.zero_grad()
        outcome.loss.backward()
        optimizer.step()

    assert float(outcome.terms["critic_accuracy"]) > 0.95
    assert (
        float(outcome.terms["critic_loss"]) < 0.3 < math.log(2)
    )  # the published one stays at 2 ln 2 for two halves
    moved = {
        name: not torch.equal(before[name], weight) for name, weight in objective.critic.state_dict().items()
    }
    assert all(moved.values()), moved


def test_the_critic_is_among_what_the_trainer_steps(source, tmp_path):
    run = train(source, tmp_path / "run", objective="adversarial", epochs=1, snapshots=0)

    moments = read_arrays(run.state)[0]
    critic = [name for name in moments if name.startswith("optimizer/exp_avg_sq/critic.")]
    assert len(critic) == 6 and all(np.abs(moments[name]).max() > 0 for name in critic)


# ---- one fixed noise tensor -------------------------------------------------------------------------------


def test_noise_is_drawn_anew_for_every_item_and_every_step():
    same = Dataset(torch.full((40, 1, 8, 8), 120, dtype=torch.uint8))
    options = ImageModality.Options(likelihood="bernoulli", width=8, depth=1, network="mlp")
    modality = ImageModality(options, measured(options, same.items, "train"))
    objective = DenoisingAutoencoder(modality, DenoisingAutoencoder.Options(), 2)
    feed = Feed(
        same,
        modality,
        None,
        batch_size=8,
        shards=1,
        seed=0,
        validation=0.1,
        device=torch.device("cpu"),
        degrade=objective.degrade,
    )

    seen = [feed.batch(step, 0).degraded for step in (0, 1, 500)]

    rows = torch.cat([batch.flatten(1) for batch in seen])
    assert len(torch.unique(rows, dim=0)) == len(rows)  # no two items, no two steps see the same noise
    assert torch.equal(
        seen[1], feed.batch(1, 0).degraded
    )  # and yet a step that is resumed sees its own again


# ---- evaluation on training digits ------------------------------------------------------------------------


def test_evaluation_is_of_the_test_digits_alone(source, tmp_path):
    from aekit.autoencoder import load

    run = train(source, tmp_path / "run", objective="autoencoder", epochs=3)
    assert aekit_command(["evaluate", str(run.path), "--json"]) == 0
    values = json.loads((run.path / "evaluation.json").read_text())

    model, arrays = load(run), np.load(source.removeprefix("npz:"))
    means = {}
    for split in ("x", "x_test"):
        pictures = torch.from_numpy(arrays[split][:, None])
        made = model.objective.decoder.mean(model.encode(pictures)).numpy()
        means[split] = float(((made - pictures.numpy() / 255) ** 2).mean())
    assert values["squared_error_per_pixel"] == pytest.approx(means["x_test"], rel=1e-4)
    assert abs(means["x"] - means["x_test"]) > 1e-3 * means["x_test"]  # so the two can be told apart


def test_items_that_pick_the_best_weights_are_never_trained_on():
    items = Dataset(torch.arange(100.0)[:, None])
    feed = Feed(
        items, vectors(1), None, batch_size=7, shards=1, seed=3, validation=0.2, device=torch.device("cpu")
    )

    trained = {int(x) for step in range(40) for x in feed.batch(step, 0).x[:, 0]}
    held = {
        int(x) for number in range(len(feed.validation_batches())) for x in feed.validation_batch(number).x
    }

    assert len(held) == 20 and len(trained) == 80 and not held & trained


# ---- the loss is averaged over pixels while the KL is summed ----------------------------------------------


def test_the_loss_sums_over_pixels_as_over_dimensions(source):
    options = {name: QUICK[name] for name in ("network", "width", "depth", "likelihood")}
    data = ImageModality.load(ImageModality.Options(**options), source, "train")
    modality = ImageModality(ImageModality.Options(**options), data.spec)
    objective = VAE(modality, VAE.Options(), 3)
    x = modality.prepare(data.items[torch.arange(20)])

    torch.manual_seed(1)
    outcome = objective.eval()(Batch(x, no_condition(x)), None)
    torch.manual_seed(1)
    posterior = objective.posterior(x, no_condition(x))
    on = objective.decoder.mean(posterior.sample()).detach().double().numpy()

    reconstruction = -bernoulli.logpmf(x.numpy(), on).reshape(20, -1).sum(1).mean()
    mean, variance = posterior.mean.detach().numpy(), posterior.log_variance.exp().detach().numpy()
    kl = 0.5 * (mean**2 + variance - 1 - np.log(variance)).sum(1).mean()
    assert reconstruction > 100  # 784 pixels, not one
    assert float(outcome.loss.detach()) == pytest.approx(reconstruction + kl, rel=1e-5)


# ---- the best weights are saved with the present optimizer ------------------------------------------------


def test_the_best_weights_are_kept_apart_from_the_state_that_is_resumed(source, tmp_path, monkeypatch):
    seen = []  # the weights at every validation, each worse than the one before

    def worse(module, *parts):
        seen.append({name: weight.clone().numpy() for name, weight in module.state_dict().items()})
        return {"loss": float(len(seen))}

    monkeypatch.setattr(trainer, "validation_terms", worse)
    monkeypatch.setattr(trainer, "FEWEST_STEPS_BETWEEN_VALIDATIONS", 1)

    run = train(source, tmp_path / "run", epochs=4, snapshots=0, ema=0.0)  # 29 steps

    best, facts = read_arrays(run.weights)
    state, position = read_arrays(run.state)
    name = "head.project.weight"
    assert facts["step"] == position["best_step"] == 8 and position["step"] == 29
    np.testing.assert_array_equal(best[name], seen[0][name])
    np.testing.assert_array_equal(state[f"averages/{name}"], seen[-1][name])
    assert np.abs(state[f"weights/{name}"] - best[name]).max() > 1e-3  # those of the last step,
    assert float(state[f"optimizer/step/{name}"]) == 29  # as the moments beside them


# ---- free bits for each dimension against free bits in total ----------------------------------------------


@pytest.mark.parametrize(
    ("per", "charged", "pulled"),
    [
        ("item", [3.0, 5.0], [[0, 0, 0], [1, 1, 1]]),  # of 1 and 5 nats in total, 3 are free
        ("dimension", [9.0, 3.0 + 3.0 + 4.5], [[0, 0, 0], [0, 0, 1]]),
    ],
)
def test_free_bits_are_what_their_option_says(per, charged, pulled):
    objective = VAE(vectors(5), VAE.Options(free_bits=3.0, free_bits_per=per), 3)
    kl = torch.tensor([[0.5, 0.5, 0.0], [0.25, 0.25, 4.5]], requires_grad=True)

    found = objective.charged(kl)
    found.sum().backward()

    assert found.tolist() == pytest.approx(charged)
    assert kl.grad.tolist() == pulled


# ---- the log of a sum without the K -----------------------------------------------------------------------


@pytest.mark.parametrize("samples", [1, 5, 50])
def test_more_samples_alone_make_no_item_likelier(samples):
    truth = LinearGaussian()
    x = truth.items(30)
    objective = truth.objective(IWAE)  # with the true posterior every weight is p(x), whatever K
    exact = truth.log_marginal(x)

    bound = objective.bound(Batch(x, no_condition(x)), samples).detach().numpy()
    nll = importance_nll(objective, x, no_condition(x), samples=samples).numpy()

    np.testing.assert_allclose(bound, exact, atol=1e-3)  # without the K it would be log(K) too high
    np.testing.assert_allclose(-nll, exact, atol=1e-3)


# ---- BatchNorm in evaluation ------------------------------------------------------------------------------


class Normalised(LinearEncoder):
    """An encoder with BatchNorm; `tracked` or by the batch's own statistics at all times."""

    def __init__(self, size, tracked):
        super().__init__(size)
        self.norm = nn.BatchNorm1d(size, track_running_stats=tracked)

    def forward(self, x):
        return self.norm(super().forward(x))


class Tracked(VectorModality):
    tracked = True

    @classmethod
    def load(cls, options, source, split):
        items = torch.randn(60, 4, generator=torch.Generator().manual_seed(len(split))) * 3 + 1
        return Dataset(items, spec={"size": 4})

    def encoder(self):
        return Normalised(4, self.tracked)


class Untracked(Tracked):
    tracked = False


def test_the_kit_catches_an_encoder_that_normalises_by_its_batch():
    def verdict(kind):
        return {result.name: result.verdict for result in check_modality(kind, "made").results}

    alone = "encoder sees each item alone"
    assert verdict(Tracked)[alone] == "passed"
    assert verdict(Untracked)[alone] == "failed"


def test_validation_and_what_is_kept_use_the_statistics_of_training():
    from aekit.training.averages import Averages

    torch.manual_seed(0)
    modality = Tracked(Tracked.Options(), {"size": 4})
    objective = VAE(modality, VAE.Options(), 2).train()
    averages = Averages(objective, 0.999)
    x = Tracked.load(None, "made", "train").items
    for step in range(60):
        objective(Batch(x, no_condition(x)), torch.tensor(step))
        averages.update(step)

    kept = averages.module
    together = kept.eval().posterior(x, no_condition(x)).mean
    alone = torch.cat([kept.posterior(row[None], no_condition(row[None])).mean for row in x])
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)
    layer = kept.encoder.layer(x)
    torch.testing.assert_close(kept.encoder.norm.running_mean, layer.mean(0), rtol=0.05, atol=0.05)


# ---- a collapse of the posterior that nobody notices ------------------------------------------------------


def test_a_collapsed_posterior_is_told_after_training_and_after_evaluation(source, tmp_path, capsys):
    sizes = ["--network", "mlp", "--width", "16", "--depth", "1", "--batch-size", "50", "--latent-dim", "16"]
    words = ["train", "--plugin", "image", "--source", source, *sizes, "--beta", "1000", "--epochs", "12"]
    assert aekit_command([*words, "--no-figures", "--out", str(tmp_path / "run")]) == 0
    line = "0 of 16 dimensions are active: the decoder ignores the code; lower --beta, add --free-bits or "
    assert line in capsys.readouterr().err

    assert aekit_command(["evaluate", str(tmp_path / "run"), "--nll-samples", "2", "--json"]) == 0

    printed = capsys.readouterr()
    assert line in printed.err and json.loads(printed.out)["active_units"] == 0


def test_a_healthy_posterior_and_a_plain_autoencoder_are_told_nothing(source, tmp_path, capsys):
    for objective in ("vae", "autoencoder"):
        run = train(source, tmp_path / objective, objective=objective, epochs=8)
        assert aekit_command(["evaluate", str(run.path), "--nll-samples", "2"]) == 0
    assert "active:" not in capsys.readouterr().err


def test_the_warning_proposes_only_what_the_objective_has():
    assert collapse(2, 16) is None and collapse(1, 10) is None
    assert collapse(1, 16, {"beta"}) == (
        "1 of 16 dimensions is active: the decoder ignores most of the code; lower --beta"
    )
    assert "--objective vae with --free-bits" in collapse(0, 2)
