# Paths along the data keep to where items are.
import time

import numpy as np
import pytest
from aekit_gui.models.follow import MOST, NearGraph, even, follow, smoothed

from aekit.errors import UsageError


def ring(count=2_000, spread=0.05, dim=2):
    random = np.random.default_rng(0)
    angle = random.uniform(0, 2 * np.pi, count)
    codes = random.normal(0, spread, (count, dim))
    codes[:, 0] += np.cos(angle)
    codes[:, 1] += np.sin(angle)
    return codes.astype(np.float32)


@pytest.mark.parametrize("dim", [2, 8])
def test_from_one_side_of_a_ring_to_the_other_it_goes_round_the_hole(dim):
    ends = np.zeros((2, dim), np.float32)
    ends[:, 0] = 1, -1

    walked = follow(ring(dim=dim), ends, 40)

    radius = np.linalg.norm(walked[:, :2], axis=1)
    assert radius.min() > 0.85 and radius.max() < 1.12
    assert np.array_equal(walked[[0, -1]], ends)
    steps = np.linalg.norm(np.diff(walked, axis=0), axis=1)
    assert np.isclose(steps, np.pi / 39, rtol=0.2).all()  # even, and about half the ring's length in all


def test_a_way_through_waypoints_passes_each():
    corners = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]], np.float32)

    walked = follow(ring(), corners, 200)

    assert all(np.linalg.norm(walked - corner, axis=1).min() < 0.02 for corner in corners)


def test_parts_that_lie_apart_are_joined():
    random = np.random.default_rng(1)
    parts = [random.normal(centre, 0.1, (60, 3)) for centre in (0.0, 9.0, -20.0, 31.0)]
    graph = NearGraph(np.concatenate(parts))

    assert len(graph._parts()) == 1
    walked = graph.follow(np.array([[-20, -20, -20], [31, 31, 31]]), 300)
    assert np.isfinite(walked).all()
    assert np.linalg.norm(walked, axis=1).min() < 1.0  # over the part in the middle


def test_near_places_are_joined_directly():
    ends = np.array([[1.0, 0.0], [1.0, 0.002]])

    assert np.allclose(follow(ring(), ends, 5), np.linspace(*ends, 5), atol=1e-9)


@pytest.mark.parametrize("codes", [np.zeros((50, 2)), np.zeros((1, 2)), np.r_[np.eye(2), [[np.nan, 0]]]])
def test_equal_few_and_damaged_codes_do(codes):
    walked = follow(codes, np.array([[0.0, 0.0], [2.0, 1.0], [2.0, 1.0], [0.0, 0.0]]), 9)

    assert walked.shape == (9, 2) and np.isfinite(walked).all() and not walked[-1].any()


def test_one_dimension_is_a_line():
    walked = follow(np.random.default_rng(0).normal(size=(300, 1)), np.array([[-1.0], [1.0]]), 7)

    assert np.allclose(walked[:, 0], np.linspace(-1, 1, 7), atol=0.01)


def test_no_finite_code_other_dimensions_and_one_step_are_refused():
    with pytest.raises(UsageError, match="finite"):
        NearGraph(np.full((3, 2), np.nan))
    graph = NearGraph(np.eye(3))
    with pytest.raises(UsageError, match=r"\(M, 3\)"):
        graph.follow(np.zeros((2, 2)), 5)
    with pytest.raises(UsageError, match="at least 2"):
        graph.follow(np.zeros((2, 3)), 1)


def test_of_many_codes_an_even_selection_is_taken_and_a_dragged_waypoint_is_quick():
    random = np.random.default_rng(0)
    codes = random.normal(size=(30_000, 16)).astype(np.float32)
    graph = NearGraph(codes)
    graph.follow(codes[:12], 100)

    begun = time.process_time()
    graph.follow(np.concatenate([codes[:11], codes[500:501]]), 100)  # one way is new

    assert len(graph.nodes) == MOST and time.process_time() - begun < 0.2


def test_even_and_smoothed_keep_the_ends():
    zigzag = np.array([[0, 0], [1, 1], [2, 0], [3, 1], [4, 0]], float)

    assert np.allclose(even(zigzag, 5), zigzag)
    soft = smoothed(zigzag)
    assert np.array_equal(soft[[0, -1]], zigzag[[0, -1]])
    length = np.linalg.norm(np.diff(soft, axis=0), axis=1).sum()
    assert 4.0 <= length < 0.9 * 4 * np.sqrt(2)
