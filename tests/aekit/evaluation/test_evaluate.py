# The protocol as a whole: its keys, its independence of chunks, and recomputation from outside.
"""The protocol as a whole: its keys, its independence of chunks, and recomputation from outside."""

import math
from dataclasses import dataclass

import pytest
import torch
from vectors import LinearGaussian, no_condition, vectors

from aekit.data import Dataset, prepare_alone
from aekit.errors import UsageError
from aekit.evaluation import evaluate
from aekit.modality import Modality
from aekit.objective import Objective
from aekit.objectives.adversarial import AdversarialAutoencoder
from aekit.objectives.autoencoder import PlainAutoencoder

PROBES = {"linear_probe", "knn_probe", "pca_linear_probe", "pca_knn_probe"}
BOUND = {"elbo", "nll", "nll_standard_error", "kl", "kl_bits", "active_units"}


@dataclass
class Model:
    """The part of an Autoencoder that the evaluation sees."""

    objective: Objective
    modality: Modality

    @property
    def device(self):
        return torch.device("cpu")

    def conditions(self, dataset, indices):
        return torch.zeros(len(indices), 0)


def labelled(model, count):
    x = model.items(count)
    return Dataset(x, labels=(x @ torch.tensor(model.weights[:, 0]).float() > 0).long())


@pytest.fixture
def truth():
    return LinearGaussian()


def model_of(truth, noisy=False, **shape):
    return Model(truth.objective(**shape), vectors(truth.size, scale=truth.scale, noisy=noisy))


def test_all_figures_of_a_model_that_is_the_truth(truth):
    train, test = labelled(truth, 600), labelled(truth, 300)
    exact = truth.log_marginal(test.items)

    figures = evaluate(model_of(truth), train, test, nll_samples=3, nll_items=100)

    assert set(figures) == {*BOUND, *PROBES, "reconstruction", "squared_error"}
    assert figures["nll"] == pytest.approx(-exact[:100].mean(), abs=1e-4)
    assert figures["nll_standard_error"] == pytest.approx(exact[:100].std(ddof=1) / 10, rel=1e-4)
    assert figures["elbo"] == pytest.approx(exact.mean(), abs=0.2)
    assert figures["elbo"] == pytest.approx(-(figures["kl"] + figures["reconstruction"]), abs=1e-4)
    assert figures["active_units"] == 2
    assert min(figures[name] for name in PROBES) > 0.85


def test_anybody_gets_the_same_figures_from_posterior_and_log_prob(truth):
    model, test = model_of(truth, shift=0.4, noisy=True), labelled(truth, 2000)
    figures = evaluate(model, None, test, nll_samples=100, nll_items=2000)

    x = prepare_alone(model.modality, test.items)
    posterior = model.objective.posterior(x, no_condition(x))
    z = torch.stack([posterior.sample() for _ in range(100)])
    log_prob = torch.stack([model.objective.log_prob(x, codes, no_condition(x)) for codes in z])
    log_prior = torch.distributions.Normal(0, 1).log_prob(z).sum(-1)
    log_q = torch.distributions.Normal(posterior.mean, (posterior.log_variance / 2).exp()).log_prob(z).sum(-1)
    nll = -((log_prob + log_prior - log_q).logsumexp(0) - math.log(100)).mean().item()
    assert figures["nll"] == pytest.approx(nll, abs=0.02)
    assert figures["reconstruction"] == pytest.approx(-log_prob.mean().item(), abs=0.1)
    assert figures["elbo"] == pytest.approx((log_prob + log_prior - log_q).mean().item(), abs=0.1)
    assert "linear_probe" not in figures


@pytest.mark.parametrize("kind", [PlainAutoencoder, AdversarialAutoencoder])
def test_without_a_bound_only_reconstruction_probes_and_own_figures_are_given(truth, kind):
    modality = vectors(truth.size)
    model = Model(kind(modality, kind.Options(), 2), modality)
    test = labelled(truth, 50)

    figures = evaluate(model, labelled(truth, 60), test)

    assert set(figures) == {*PROBES, "reconstruction", "squared_error"}
    codes = model.objective.posterior(test.items, no_condition(test.items)).mean
    expected = -model.objective.log_prob(test.items, codes, no_condition(test.items)).mean().item()
    assert figures["reconstruction"] == pytest.approx(expected, rel=1e-5)


def test_pieces_limits_and_repetition_do_not_change_the_figures(truth, monkeypatch):
    model, train, test = model_of(truth, noisy=True, shift=0.3), labelled(truth, 70), labelled(truth, 40)
    whole = evaluate(model, train, test, nll_samples=20, limit=30)

    monkeypatch.setattr("aekit.evaluation.likelihood.ELEMENTS", 7 * truth.size)
    pieces = evaluate(model, train, test, nll_samples=20, limit=30)
    only_those = Dataset(test.items[:30], labels=test.labels[:30])

    assert pieces == pytest.approx(whole, abs=1e-4)
    assert evaluate(model, train, only_those, nll_samples=20) == pytest.approx(whole, abs=1e-4)
    assert evaluate(model, train, test, nll_samples=20, seed=1, limit=30)["elbo"] != whole["elbo"]


def test_the_modalitys_metrics_are_averaged_over_all_items(truth, monkeypatch):
    monkeypatch.setattr("aekit.evaluation.likelihood.ELEMENTS", 16 * truth.size)
    model, test = model_of(truth), labelled(truth, 41)

    found = evaluate(model, None, test, nll_samples=0)

    means = model.objective.posterior(test.items, no_condition(test.items)).mean
    expected = (model.objective.decoder.layer(means) - test.items).square().sum(1).mean().item()
    assert found["squared_error"] == pytest.approx(expected, rel=1e-5)
    assert "nll" not in found


def test_a_modality_cannot_overwrite_a_figure_of_the_protocol(truth, monkeypatch):
    model, test = model_of(truth), labelled(truth, 20)
    monkeypatch.setattr(
        model.modality, "metrics", lambda decoder, z, x: {"elbo": torch.full((len(x),), 99.0)}
    )

    assert evaluate(model, None, test, nll_samples=0)["elbo"] < 0


def test_unlabelled_splits_and_items_of_integers_leave_their_probes_out(truth):
    model, train, test = model_of(truth), labelled(truth, 60), labelled(truth, 30)
    unknown = Dataset(test.items, labels=torch.full((30,), -1))

    assert PROBES.isdisjoint(evaluate(model, Dataset(train.items), test, nll_samples=0))
    assert PROBES.isdisjoint(evaluate(model, train, unknown, nll_samples=0))


def test_of_a_large_split_the_probes_take_an_even_selection(truth, monkeypatch):
    monkeypatch.setattr("aekit.evaluation.protocol.PROBE_BYTES", 4 * truth.size * 50)
    model, told = model_of(truth), []

    evaluate(
        model,
        labelled(truth, 400),
        labelled(truth, 30),
        nll_samples=0,
        progress=lambda what, done, total: told.append((what, done, total)),
    )

    assert ("codes of the train split", 50, 50) in told
    assert ("codes of the test split", 30, 30) in told
    assert ("bound", 30, 30) in told


@pytest.mark.parametrize("wrong", [{"nll_samples": -1}, {"nll_items": 0}, {"limit": 0}])
def test_numbers_below_what_they_can_be_are_refused(truth, wrong):
    name, value = next(iter(wrong.items()))

    with pytest.raises(UsageError, match=rf"{name} must be at least \d \(received {value}\)"):
        evaluate(model_of(truth), None, labelled(truth, 5), **wrong)
