# Data: the order of training, preparation for evaluation, and mapped items.
"""Data: the order of training, preparation for evaluation, and mapped items."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from vectors import vectors

from aekit.data import (
    Dataset,
    MappedItems,
    Order,
    Rejection,
    evenly_spread,
    generator,
    held_out,
    prepare_alone,
    stream_seed,
)
from aekit.errors import DataError
from aekit.modality import ReadResult


def read_one(**more):
    return ReadResult(torch.zeros(1, 2), ("one",), **more)


@given(st.integers(1, 40), st.integers(1, 60), st.integers(0, 5))
def test_every_item_comes_once_an_epoch_across_batch_boundaries(count, batch_size, seed):
    order, epochs = Order(count, batch_size, seed), 3

    row = torch.cat([order(step) for step in range(order.steps(epochs))])

    assert 0 <= len(row) - epochs * count < batch_size
    for epoch in range(epochs):
        assert sorted(row[epoch * count : (epoch + 1) * count].tolist()) == list(range(count))


def test_the_order_is_a_function_of_seed_and_step_alone():
    order = Order(10, 4, seed=1)
    forwards = [order(step).tolist() for step in range(20)]

    assert [Order(10, 4, seed=1)(step).tolist() for step in range(20)] == forwards
    assert [order(step).tolist() for step in reversed(range(20))] == forwards[::-1]
    assert [Order(10, 4, seed=2)(step).tolist() for step in range(20)] != forwards


def test_two_epochs_differ_in_their_order():
    order = Order(50, 50, seed=0)

    assert order(0).tolist() != order(1).tolist()


@given(st.integers(1, 300), st.floats(0, 0.5), st.integers(1, 50))
def test_held_out_items_and_kept_ones_make_up_the_whole(count, fraction, most):
    kept, out = held_out(count, fraction, most, seed=0)

    assert sorted(torch.cat([kept, out]).tolist()) == list(range(count))
    assert len(out) <= most
    assert len(out) >= (1 if count > 1 else 0)
    assert len(kept) >= 1


@pytest.mark.parametrize("count", [2**24 + 4, 2**24 + 4_000_001, 10**9 + 7])
def test_sets_of_many_millions_have_a_fingerprint_of_items_that_they_have(count):
    items = torch.zeros(1, dtype=torch.uint8).expand(count)  # one byte in memory

    spread = evenly_spread(count, 1000)

    assert len(Dataset(items).fingerprint()) == 64
    assert (spread[0], spread[-1], len(spread)) == (0, count - 1, 1000)
    assert (spread.diff() - count / 999).abs().max() < 1.001


@pytest.mark.parametrize("count", [1, 7, 1000, 60_000, 2**24])
def test_fingerprints_of_smaller_sets_stay_as_they_were(count):
    assert torch.equal(
        evenly_spread(count, 1000), torch.linspace(0, count - 1, min(count, 1000), dtype=torch.float32).long()
    )


def test_streams_differ_by_key_and_repeat():
    assert generator(1, 2).random() == generator(1, 2).random() != generator(2, 1).random()
    assert stream_seed(1, 2) == stream_seed(1, 2) != stream_seed(2, 1)
    assert 0 <= stream_seed(7) < 2**63


def test_a_random_preparation_does_not_depend_on_neighbours():
    modality, x = vectors(3, noisy=True), torch.randn(6, 3)

    together = prepare_alone(modality, x)

    assert not torch.equal(together, x)
    for index in range(6):
        assert torch.equal(prepare_alone(modality, x[index : index + 1])[0], together[index])
    assert torch.equal(prepare_alone(modality, x.flip(0)).flip(0), together)


def test_preparing_leaves_the_default_stream_untouched():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)

    prepare_alone(vectors(3, noisy=True), torch.randn(6, 3, generator=torch.Generator().manual_seed(0)))

    assert torch.equal(torch.rand(3), expected)


def test_a_preparation_without_noise_is_run_once(monkeypatch):
    modality, calls = vectors(3), []
    monkeypatch.setattr(modality, "prepare", lambda x: calls.append(len(x)) or 2 * x)

    prepared = prepare_alone(modality, torch.ones(6, 3))

    assert calls == [6]
    assert torch.equal(prepared, torch.full((6, 3), 2.0))


def test_mapped_items_are_the_files_rows_also_after_pages_were_given_back(tmp_path, monkeypatch):
    rows = np.random.default_rng(0).integers(0, 255, (50, 4, 4), dtype=np.uint8)
    np.save(tmp_path / "items.npy", rows)
    monkeypatch.setattr(MappedItems, "KEEP", 100)

    items = MappedItems(tmp_path / "items.npy")

    assert (len(items), items.shape, items.dtype) == (50, (50, 4, 4), torch.uint8)
    for _ in range(3):
        index = torch.tensor([49, 3, 3])
        np.testing.assert_array_equal(items[index], rows[index])


def test_the_fingerprint_follows_content_and_type():
    zeros = torch.zeros(5, 3)

    prints = {Dataset(items).fingerprint() for items in (zeros, zeros.int(), zeros.view(3, 5), zeros + 1)}

    assert len(prints) == 4
    assert Dataset(zeros.clone()).fingerprint() in prints


@pytest.mark.parametrize("broken", [{"labels": torch.zeros(2)}, {"names": ["a"]}])
def test_a_dataset_refuses_lists_of_another_length(broken):
    with pytest.raises(DataError, match=r"3 items need as many \w+ \(received \d\)"):
        Dataset(torch.zeros(3, 1), **broken)


def test_an_empty_dataset_is_refused():
    with pytest.raises(DataError, match="no items"):
        Dataset(torch.zeros(0, 3))


@pytest.mark.parametrize(
    "rejected",
    [
        "a.csv",
        ("a.csv: empty",),
        (("a.csv", "empty"),),
        Rejection("a.csv", "empty"),
        (Rejection("a", 3),),
        None,
    ],
)
@pytest.mark.parametrize("made", [lambda **more: Dataset(torch.zeros(1, 2), **more), read_one])
def test_what_was_left_out_is_told_in_rejections_alone(made, rejected):
    with pytest.raises(DataError, match=r"^rejected must be a tuple of aekit\.Rejection\(name, reason\)"):
        made(rejected=rejected)

    assert made(rejected=(Rejection("a.csv", "empty"),)).rejected[0].reason == "empty"


@pytest.mark.parametrize(("names", "received"), [(("one",), "1"), (("a", "b", "c"), "3"), ("ab", "'ab'")])
def test_what_was_read_has_a_name_for_each_item(names, received):
    with pytest.raises(DataError, match=rf"^2 items of a file need as many names \(received {received}\)\.$"):
        ReadResult(torch.zeros(2, 3), names)
