# Batches: varied as the plugin does where that is asked for, as they are otherwise; no more at once than fits.
"""Batches: varied as the plugin does where that is asked for, as they are otherwise; no more at once than fits."""

import pytest
import torch
from vectors import VectorModality, VectorOptions

from aekit.conditions import Condition
from aekit.data import Dataset
from aekit.posterior import Posterior
from aekit.training.codes import encode_positions
from aekit.training.feed import Feed


class Moved(VectorModality):
    """Vectors that training sees 100 higher."""

    def augment(self, x):
        return x + 100

    def attributes(self, x):
        return {"first": torch.where(x[:, 0] == 100, torch.nan, x[:, 0])}


def moved_feed(items, condition=None, **options):
    """A feed of such vectors."""
    return Feed(
        Dataset(items),
        Moved(VectorOptions(), {"size": 2}),
        condition,
        batch_size=6,
        shards=1,
        seed=0,
        validation=0.1,
        device=torch.device("cpu"),
        **options,
    )


@pytest.mark.parametrize(("augment", "added"), [(True, 100), (False, 0)])
def test_items_are_varied_in_training_where_that_is_asked_for(augment, added):
    items = torch.arange(40.0).reshape(20, 2)
    feed = moved_feed(items, augment=augment)

    assert torch.equal(feed.batch(3, 0).x, items[feed.ids(3)] + added)
    assert torch.equal(feed.validation_batch(0).x, items[feed.held])


@pytest.mark.parametrize("augment", [True, False])
def test_an_attribute_to_condition_on_is_that_of_the_varied_item(augment):
    items = torch.arange(1, 41.0).reshape(20, 2)
    feed = moved_feed(items, Condition("first", (), 3.0, 2.0), augment=augment)

    batch, held = feed.batch(3, 0), feed.validation_batch(0)

    assert torch.equal(batch.condition[:, 0], (batch.x[:, 0] - 3) / 2)
    assert torch.equal(held.condition[:, 0], (items[feed.held, 0] - 3) / 2)


def test_an_attribute_that_a_varied_item_has_not_is_the_stored_item_s():
    feed = moved_feed(torch.zeros(20, 2), Condition("first"))

    assert torch.equal(feed.batch(3, 0).condition, torch.zeros(6, 1))


def feed_of(items, batch_size):
    """A feed of stored vectors."""
    return Feed(
        Dataset(items),
        VectorModality(VectorOptions(), {"size": items.shape[1]}),
        None,
        batch_size=batch_size,
        shards=1,
        seed=0,
        validation=0.5,
        device=torch.device("cpu"),
    )


@pytest.mark.parametrize(
    ("numbers", "batch_size", "pieces"), [(784, 50, 250), (3 * 2**16, 2, 4), (3 * 2**16, 6, 6)]
)
def test_large_items_are_validated_in_pieces_as_small_as_a_batch(numbers, batch_size, pieces):
    feed = feed_of(torch.zeros(1, 1).expand(1001, numbers), batch_size)  # one number in memory

    sizes = [len(piece) for piece in feed.validation_batches()]

    assert sizes == [pieces] * (500 // pieces) + [500 % pieces] * (500 % pieces > 0)


@pytest.mark.parametrize(("elements", "most"), [(2**22, 1000), (14, 7), (2, 6)])
def test_large_items_are_encoded_in_pieces_as_small_as_a_batch(monkeypatch, elements, most):
    monkeypatch.setattr("aekit.evaluation.likelihood.ELEMENTS", elements)
    feed = feed_of(torch.randn(2001, 2), 6)
    sizes = []

    class Identity:
        def posterior(self, x, condition):
            sizes.append(len(x))
            return Posterior(x, torch.zeros_like(x))

    found = encode_positions(Identity(), feed, torch.arange(2001))

    assert torch.equal(torch.from_numpy(found["mean"]), feed.dataset.items)
    assert max(sizes) == most and sum(sizes) == 2001
