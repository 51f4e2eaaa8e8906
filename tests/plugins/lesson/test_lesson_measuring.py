# What the lesson measures, against closed forms and other libraries: errors, classifiers, places of data.
"""What the lesson measures, against closed forms and other libraries: errors, classifiers, places of data."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from aekit_lesson import places
from aekit_lesson.judging import balanced, judge, telling_apart, with_few_labels
from aekit_lesson.measuring import enlarged, grey_bce, least_bce, shaken, squared_error
from aekit_lesson.recipes import RECIPES, SQUARED
from scipy import stats

from aekit import DataError


def test_cross_entropy_is_that_of_its_definition():
    made, levels = torch.tensor([[0.25, 0.5]]), torch.tensor([[1.0, 0.2]])

    expected = -(math.log(0.25) + 0.2 * math.log(0.5) + 0.8 * math.log(0.5)) / 2

    assert grey_bce(made, levels) == pytest.approx(expected)


def test_no_copy_costs_less_than_the_levels_own_entropy():
    levels = torch.rand(40, 30, generator=torch.Generator().manual_seed(0))

    entropy = stats.bernoulli(levels.double().numpy()).entropy().mean()

    assert least_bce(levels) == pytest.approx(entropy, rel=1e-5)
    assert grey_bce((levels + 0.05).clamp(0, 1), levels) > least_bce(levels)


def test_gaussian_nats_at_the_lessons_scale_are_the_squared_error_and_a_constant():
    x, mean = np.array([0.1, 0.9, 0.4]), np.array([0.3, 0.2, 0.4])

    nats = -stats.norm(mean, SQUARED).logpdf(x).sum()

    constant = len(x) * (math.log(SQUARED) + 0.5 * math.log(2 * math.pi))
    assert nats - constant == pytest.approx(((x - mean) ** 2).sum())
    assert RECIPES["vae-plane"].options["scale"] == SQUARED


def test_a_smooth_picture_is_smoothed_to_itself():
    items = torch.full((2, 1, 28, 28), 51, dtype=torch.uint8)

    assert torch.allclose(enlarged(items, 4), torch.full((2, 784), 0.2))
    assert squared_error(enlarged(items, 2), torch.full((2, 784), 0.3)) == pytest.approx(0.01)


def test_noise_on_codes_is_in_units_of_their_spread():
    codes = torch.randn(4000, 2, generator=torch.Generator().manual_seed(1)) * torch.tensor([1.0, 10.0])

    moved = (shaken(codes, 0.5) - codes).std(0)

    assert torch.allclose(moved, 0.5 * codes.std(0), rtol=0.05)
    assert torch.equal(shaken(codes, 0.0), codes)


def test_a_fresh_classifier_cannot_tell_normal_codes_from_the_prior():
    generator = torch.Generator().manual_seed(5)
    seen, unseen = (torch.randn(2000, 4, generator=generator) for _ in range(2))

    assert telling_apart(seen, unseen, 40) == pytest.approx(0.5, abs=0.05)


def test_a_fresh_classifier_tells_codes_whose_ties_alone_give_them_away():
    first, other = (torch.randn(2000, 1, generator=torch.Generator().manual_seed(seed)) for seed in (5, 6))

    assert telling_apart(first.repeat(1, 2), other.repeat(1, 2), 80) > 0.8


def test_few_labels_are_spread_over_the_classes():
    labels = torch.arange(1000) % 7 // 3  # 3/7, 3/7 and 1/7 of the items

    rows = balanced(labels, 30, seed=3)

    assert labels[rows].bincount().tolist() == [10, 10, 10] and len(rows.unique()) == 30
    assert not torch.equal(rows, balanced(labels, 30, seed=4))


def test_a_perceptron_learns_from_few_labels_what_can_be_learnt():
    labels = torch.arange(400) % 2
    rows = torch.randn(400, 3, generator=torch.Generator().manual_seed(0)) + 4 * labels[:, None]

    accuracy = with_few_labels((rows[:200], labels[:200]), (rows[200:], labels[200:]), 10, 2, 30)

    assert accuracy > 0.95


def test_a_judge_is_kept_and_is_of_its_digits(workshop):
    items, labels = workshop.labelled("train")
    path = workshop.folder / "judge.safetensors"
    first = judge(path, items, labels, 20, "these")
    written = path.read_bytes()

    again = judge(path, items, labels, 20, "these")
    kept = path.read_bytes()
    other = judge(path, items, labels, 5, "others")

    assert kept == written and torch.equal(first.beliefs(items), again.beliefs(items))
    assert not torch.equal(first.beliefs(items), other.beliefs(items))
    assert first.accuracy(items, labels) > 0.3
    assert 0 <= first.sure(items) <= 1


def test_clothes_are_found_in_the_folder_that_was_named(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "DEBIAN_FASHION", tmp_path / "nothing")
    monkeypatch.setattr(places, "cache_folder", lambda: tmp_path / "cache")
    before = places.clothes(tmp_path)
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "t10k-images-idx3-ubyte.gz").write_bytes(b"")

    found = places.clothes(tmp_path)

    assert before is None
    assert found is not None and (found.source, found.options) == (
        "fashion-mnist",
        {"data_dir": str(tmp_path)},
    )


def test_ones_own_pictures_come_before_all_others(tmp_path):
    found = places.colour(None, tmp_path, tmp_path)

    assert found is not None and found.source == f"folder:{tmp_path}"


def test_photographs_are_cut_into_patches_whose_test_part_is_apart(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "cache_folder", lambda: tmp_path / "cache")

    found = places.colour(None, None, tmp_path / "data")

    assert found is not None
    arrays = np.load(found.source.removeprefix("npz:"))
    assert arrays["x"].shape[1:] == arrays["x_test"].shape[1:] == (places.PATCH, places.PATCH, 3)
    seen = {patch.tobytes() for patch in arrays["x"]}
    assert not any(patch.tobytes() in seen for patch in arrays["x_test"])


def test_a_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(DataError, match="--pictures '.*missing' is no folder"):
        places.checked_folder(tmp_path / "missing", "--pictures")
