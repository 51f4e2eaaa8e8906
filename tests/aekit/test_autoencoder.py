# A run in memory: how many items it takes at once.
"""A run in memory: how many items it takes at once."""

import pytest
import torch
from digits import train, write_digits

import aekit


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A run trained in batches of 50 digits."""
    folder = tmp_path_factory.mktemp("run")
    return aekit.load(train(write_digits(folder, 600), folder / "run", epochs=0.2))


@pytest.mark.parametrize(("fit", "most"), [(10_000, 500), (70, 70), (3, 50)])
def test_large_items_go_through_the_networks_in_pieces_as_small_as_a_batch(model, monkeypatch, fit, most):
    items = model.dataset("train").items[torch.arange(600)]
    codes, made = model.encode(items), model.reconstruct(items)
    monkeypatch.setattr("aekit.evaluation.likelihood.ELEMENTS", fit * 28 * 28)

    assert max(len(piece) for piece in model.pieces(items)) == most
    assert sum(len(piece) for piece in model.pieces(codes)) == 600
    torch.testing.assert_close(model.encode(items), codes)
    assert (model.reconstruct(items).int() - made.int()).abs().max() <= 1
