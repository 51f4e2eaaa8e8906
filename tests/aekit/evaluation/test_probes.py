# Probes and units: accuracies worked out by hand, by counting and by closed forms.
"""Probes and units: accuracies worked out by hand, by counting and by closed forms."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy import optimize, stats

from aekit.evaluation import (
    Labelled,
    active_units,
    kl_per_dimension,
    linear_accuracy,
    neighbour_accuracy,
    principal_codes,
)
from aekit.evaluation.probes import _fit_softmax
from aekit.posterior import Posterior


def blobs(count, distance, seed):
    """Two Gaussian classes whose means are `distance` standard deviations apart, on badly scaled axes."""
    labels = torch.arange(count) % 2
    codes = torch.randn(count, 3, generator=torch.Generator().manual_seed(seed))
    codes[:, 0] += distance * labels
    return Labelled(codes * torch.tensor([100.0, 1.0, 0.01]) + 7, labels)


def test_the_linear_probe_reaches_the_best_possible_accuracy_of_two_gaussians():
    accuracy = linear_accuracy(blobs(4000, 2.0, 0), blobs(20_000, 2.0, 1))

    assert accuracy == pytest.approx(stats.norm.cdf(1.0), abs=0.01)


def test_the_linear_probe_cannot_solve_exclusive_or_but_neighbours_can():
    def split(seed):
        codes = torch.rand(2000, 2, generator=torch.Generator().manual_seed(seed)) * 2 - 1
        return Labelled(codes, ((codes[:, 0] > 0) ^ (codes[:, 1] > 0)).long())

    assert linear_accuracy(split(0), split(1)) < 0.65
    assert neighbour_accuracy(split(0), split(1)) > 0.95


def test_the_linear_probes_weights_are_scipys_optimum():
    uneven = blobs(400, 1.0, 0)
    kept = (uneven.labels == 0) | (torch.arange(400) < 60)
    train = Labelled(uneven.codes[kept], uneven.labels[kept])
    codes = (train.codes - train.codes.mean(0)) / train.codes.std(0, correction=0)
    inputs = torch.cat([codes, torch.ones(len(codes), 1)], 1).double()

    def loss(flat):
        weights = torch.tensor(flat).view(4, 2)
        return float(F.cross_entropy(inputs @ weights, train.labels) + 1e-2 * weights[:-1].square().sum())

    expected = optimize.minimize(loss, np.zeros(8), tol=1e-10)
    found = _fit_softmax(codes, train.labels, l2=1e-2)

    assert loss(found.double().flatten().numpy()) == pytest.approx(expected.fun, abs=1e-6)


def test_neighbours_vote_and_the_nearest_of_tied_classes_wins():
    line = Labelled(torch.tensor([[0.0], [1.0], [2.0], [10.0], [11.0]]), torch.tensor([0, 1, 1, 2, 2]))
    test = Labelled(torch.tensor([[0.4], [9.0], [-5.0]]), torch.tensor([1, 2, 1]))

    # of 3 neighbours: 0 1 1 -> 1; 2 2 1 -> 2; 0 1 1 -> 1
    assert neighbour_accuracy(line, test, count=3) == 1
    # of 2: 0 1 tied, 0 is nearer; 2 2 -> 2; 0 1 tied, 0 is nearer
    assert neighbour_accuracy(line, test, count=2) == pytest.approx(1 / 3)
    # of all 5, 1 and 2 are tied: 1 is nearer; 2 is nearer; 1 is nearer
    assert neighbour_accuracy(line, test, count=50) == 1


def test_items_of_unknown_class_do_not_count():
    train, test = blobs(500, 8.0, 0), blobs(500, 8.0, 1)
    wrong = torch.arange(500) % 5 == 0
    spoilt = Labelled(
        torch.where(wrong[:, None], torch.full((), 1e6), test.codes), test.labels.masked_fill(wrong, -1)
    )

    assert linear_accuracy(train, spoilt) == 1.0
    assert neighbour_accuracy(Labelled(train.codes, train.labels.masked_fill(wrong, -1)), spoilt) == 1.0


def test_a_class_that_training_never_saw_counts_as_missed():
    train, test = blobs(400, 8.0, 0), blobs(400, 8.0, 1)
    labels = test.labels.clone()
    labels[:100] = 7

    assert linear_accuracy(train, Labelled(test.codes, labels)) == pytest.approx(0.75)
    assert neighbour_accuracy(train, Labelled(test.codes, labels)) == pytest.approx(0.75)


def test_a_constant_dimension_is_ignored():
    splits = blobs(400, 8.0, 0), blobs(400, 8.0, 1)
    train, test = (Labelled(F.pad(split.codes, (0, 1), value=3.0), split.labels) for split in splits)

    assert linear_accuracy(train, test) == 1.0


def test_probing_works_where_gradients_are_off():
    with torch.no_grad():
        assert linear_accuracy(blobs(200, 8.0, 0), blobs(200, 8.0, 1)) == 1.0


def test_principal_codes_are_those_of_the_training_split_with_gaps_at_its_means():
    train, test = torch.randn(200, 2, 3) + 4, torch.randn(50, 2, 3)
    holed = train.clone()
    holed[3, 1, 2] = torch.nan
    filled = train.clone()
    filled[3, 1, 2] = holed[:, 1, 2].nanmean()
    centre = filled.flatten(1).double().mean(0).numpy()
    axes = np.linalg.svd(filled.flatten(1).double().numpy() - centre)[2][:2]

    found_train, found_test = principal_codes(holed, test, 2)

    expected = (test.flatten(1).double().numpy() - centre) @ axes.T
    np.testing.assert_allclose(np.abs(found_test), np.abs(expected), rtol=1e-3, atol=1e-4)
    assert found_train.shape == (200, 2)
    assert principal_codes(train, test, 50)[0].shape == (200, 6)


def test_a_column_without_any_value_is_taken_as_zero():
    train, test = torch.randn(20, 3), torch.randn(5, 3)
    train[:, 1] = test[:, 1] = torch.nan

    assert all(codes.isfinite().all() for codes in principal_codes(train, test, 2))


def test_active_units_are_counted_by_the_variance_of_their_means():
    means = torch.stack([torch.tensor([v, -v]).repeat(50) for v in (0.0, 0.099, 0.101, 2.0)], 1) + 5

    assert active_units(means) == 2
    assert active_units(torch.tensor([[0.09], [-0.09]])) == 0  # divisor N: a variance of 0.0081
    assert active_units(means, threshold=1.0) == 1


def test_kl_per_dimension_is_the_mean_over_items():
    posterior = Posterior(torch.tensor([[1.0, 0.0], [3.0, 0.0]]), torch.tensor([[0.0, 0.0], [0.0, 1.0]]))

    np.testing.assert_allclose(kl_per_dimension(posterior), [2.5, 0.25 * (np.e - 2)], rtol=1e-6)
