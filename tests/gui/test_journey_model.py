# Waypoints in and out, walks through them, and lines drawn by hand.
import numpy as np
import pytest
from aekit_gui.models.follow import NearGraph
from aekit_gui.models.journey import (
    METHODS,
    coarse_to_fine,
    codes_of,
    exchanged,
    finely,
    inserted,
    removed,
    reordered,
    sound,
    stops,
    thinned,
    walk,
)
from aekit_gui.models.look import Journey, Place
from hypothesis import given, settings
from hypothesis import strategies as st

from aekit.errors import UsageError
from aekit.latent import PATHS, spline

A, B, C = (Place((float(n), 0.0), name) for n, name in enumerate("ABC"))
THREE = Journey((A, B, C), method="lerp", steps=9, speed=2.0)


def names(journey):
    return "".join(place.name for place in journey.waypoints)


def test_waypoints_are_put_in_taken_out_moved_and_exchanged():
    d = Place((3.0, 0.0), "D")

    assert names(inserted(THREE, d)) == "ABCD" and names(inserted(THREE, d, 1)) == "ADBC"
    assert names(removed(THREE, 1)) == "AC" and names(exchanged(THREE, 0, d)) == "DBC"
    assert names(reordered(THREE, 0, 2)) == "BCA" and names(reordered(THREE, 2, 0)) == "CAB"
    assert names(THREE) == "ABC" and inserted(THREE, d).speed == 2.0


def test_every_path_of_the_core_is_offered_and_one_more():
    assert set(METHODS) == {*PATHS, "data"}


@pytest.mark.parametrize("method", [*PATHS, "data"])
def test_a_walk_begins_and_ends_at_its_waypoints_in_even_steps(method):
    random = np.random.default_rng(0)
    waypoints = random.normal(size=(3, 5)).astype(np.float32)
    graph = NearGraph(random.normal(size=(400, 5)))

    walked = walk(waypoints, method, 200, graph)

    assert walked.shape == (200, 5) and walked.dtype == np.float32
    assert np.array_equal(walked[[0, -1]], waypoints[[0, -1]])
    lengths = np.linalg.norm(np.diff(walked, axis=0), axis=1)
    assert np.quantile(lengths, 0.9) < 1.2 * np.median(lengths) and lengths.max() < 1.2 * np.median(lengths)


def test_fewer_than_two_waypoints_are_no_walk_and_the_data_are_needed_for_their_path():
    one = np.ones((1, 3), np.float32)

    assert walk(one, "slerp", 8) is one and len(walk(one[:0], "data", 8)) == 0
    with pytest.raises(UsageError, match="graph of near codes"):
        walk(np.ones((2, 3), np.float32), "data", 8)


def test_codes_of_another_space_are_left_out():
    assert codes_of([A, Place((1.0, 2.0, 3.0)), B], 2).tolist() == [[0, 0], [1, 0]]
    assert codes_of([], 4).shape == (0, 4)


def test_a_journey_of_a_damaged_session_is_brought_within_what_there_is():
    wild = sound(Journey(steps=10**6, speed=-3.0, method="teleport"))

    assert (wild.steps, wild.speed, wild.method) == (200, 0.25, "slerp")
    assert sound(THREE) is THREE


@pytest.mark.parametrize("method", list(PATHS))
@pytest.mark.parametrize("steps", [2, 3, 16, 200])
def test_cutting_steps_finely_keeps_the_steps(method, steps):
    waypoints = np.random.default_rng(1).normal(size=(4, 3)).astype(np.float32)
    part = finely(steps)

    fine = walk(waypoints, method, part * (steps - 1) + 1)

    assert len(fine) <= 260 and np.allclose(fine[::part], walk(waypoints, method, steps), atol=1e-5)


def test_waypoints_are_found_in_the_walk_in_their_order():
    there_and_back = np.array([[0, 0], [4, 0], [0, 0], [4, 0]], np.float32)

    assert stops(there_and_back, walk(there_and_back, "lerp", 13)) == (0, 4, 8, 12)
    assert stops(there_and_back, walk(there_and_back, "lerp", 2)) in {(0, 0, 0, 1), (0, 1, 1, 1)}
    assert (
        stops(there_and_back[:1], there_and_back[:1]) == (0,)
        and stops(there_and_back[:0], there_and_back) == ()
    )


@given(st.integers(1, 8), st.integers(2, 40), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_stops_rise_from_the_first_step_to_the_last(count, steps, seed):
    waypoints = np.random.default_rng(seed).normal(size=(count, 3)).astype(np.float32)
    found = stops(waypoints, walk(waypoints, "spline", steps))

    assert len(found) == count and list(found) == sorted(found) and found[0] == 0
    assert count == 1 or found[-1] == steps - 1


@pytest.mark.parametrize("count", [0, 1, 2, 5, 64, 200])
def test_coarse_to_fine_names_each_step_once_and_spreads_its_beginnings(count):
    order = coarse_to_fine(count)

    assert sorted(order) == list(range(count))
    if count >= 64:
        assert max(np.diff(sorted(order[:8]))) <= count // 3


def test_a_straight_line_drawn_by_hand_has_two_waypoints():
    random = np.random.default_rng(0)
    along = np.linspace(0, 10, 300)

    assert len(thinned(np.c_[along, along + random.normal(0, 0.01, 300)])) == 2


@pytest.mark.parametrize("turns", [0.75, 1.0])
def test_a_drawn_circle_keeps_its_shape_in_twelve_waypoints(turns):
    angle = np.linspace(0, 2 * np.pi * turns, 700) ** 1.0
    drawn = 50 + 7 * np.c_[np.cos(angle), np.sin(angle)]

    points = thinned(drawn)

    assert 6 <= len(points) <= 12 and np.array_equal(points[[0, -1]], drawn[[0, -1]])
    assert np.abs(np.linalg.norm(spline(points, 400) - 50, axis=1) - 7).max() < 0.35


def test_a_click_or_nothing_is_no_line():
    assert len(thinned(np.ones((5, 2)))) == 1 and len(thinned(np.zeros((0, 2)))) == 0
    assert len(thinned(np.array([[0, 0], [np.nan, 1], [2, 2]]))) == 2
