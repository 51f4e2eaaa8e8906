# Nearest neighbours against brute force.
"""Nearest neighbours against brute force."""

import numpy as np
import pytest
import torch

from aekit.errors import UsageError
from aekit.latent import nearest, neighbours


def brute_force(codes, queries, count):
    distances = np.linalg.norm(codes[None].astype(float) - queries[:, None], axis=2)
    order = np.argsort(distances, axis=1, kind="stable")[:, :count]
    return np.take_along_axis(distances, order, 1), order


@pytest.mark.parametrize("offset", [0.0, 1e8])
@pytest.mark.parametrize("count", [1, 5, 200])
def test_neighbours_are_those_of_brute_force_in_any_number_of_pieces(offset, count, monkeypatch):
    random = np.random.default_rng(0)
    codes, queries = random.standard_normal((200, 3)) + offset, random.standard_normal((31, 3)) + offset
    monkeypatch.setattr(neighbours, "CHUNK", 8 * 200 * 4)

    distances, indices = nearest(codes, queries, count)

    expected = brute_force(codes, queries, count)
    np.testing.assert_array_equal(indices, expected[1])
    np.testing.assert_allclose(distances, expected[0], rtol=1e-6)


def test_an_items_own_code_comes_first_at_distance_zero():
    codes = np.random.default_rng(0).standard_normal((50, 4)).astype(np.float32)

    distances, indices = nearest(codes, codes, 2)

    assert indices[:, 0].tolist() == list(range(50))
    assert not distances[:, 0].any()
    assert distances.dtype == np.float32


def test_equally_distant_codes_come_in_their_order():
    distances, indices = nearest(np.repeat(np.eye(2), 60, 0), np.zeros((1, 2)), 120)

    assert indices.tolist() == [list(range(120))]
    assert distances.tolist() == [[1.0] * 120]


def test_tensors_give_tensors():
    codes = torch.randn(20, 3)

    distances, indices = nearest(codes, codes[:2], 3)

    assert (distances.dtype, indices.dtype) == (torch.float32, torch.int64)
    torch.testing.assert_close(distances, torch.cdist(codes[:2], codes).topk(3, largest=False).values)


@pytest.mark.parametrize("count", [0, 4])
def test_a_count_that_cannot_be_is_refused(count):
    with pytest.raises(UsageError, match=rf"1 to 3, the number of codes \(received {count}\)"):
        nearest(np.zeros((3, 2)), np.zeros((1, 2)), count)


def test_queries_of_another_width_are_refused():
    with pytest.raises(UsageError, match=r"as many dimensions \(received 3 and 2\)"):
        nearest(np.zeros((3, 2)), np.zeros((1, 3)), 1)
