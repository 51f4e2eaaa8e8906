# Batches: varied as the plugin does where that is asked for, as they are otherwise.
"""Batches: varied as the plugin does where that is asked for, as they are otherwise."""

import pytest
import torch
from vectors import VectorModality, VectorOptions

from aekit.data import Dataset
from aekit.training.feed import Feed


class Moved(VectorModality):
    """Vectors that training sees 100 higher."""

    def augment(self, x):
        return x + 100


@pytest.mark.parametrize(("augment", "added"), [(True, 100), (False, 0)])
def test_items_are_varied_in_training_where_that_is_asked_for(augment, added):
    items = torch.arange(40.0).reshape(20, 2)
    feed = Feed(
        Dataset(items),
        Moved(VectorOptions(), {"size": 2}),
        None,
        batch_size=6,
        shards=1,
        seed=0,
        validation=0.1,
        device=torch.device("cpu"),
        augment=augment,
    )

    assert torch.equal(feed.batch(3, 0).x, items[feed.ids(3)] + added)
    assert torch.equal(feed.validation_batch(0).x, items[feed.held])
