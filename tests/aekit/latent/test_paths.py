# Paths: ends, pace, norms, and the cases where a direction is missing.
"""Paths: ends, pace, norms, and the cases where a direction is missing."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aekit.errors import UsageError
from aekit.latent import PATHS, lerp, norm_corrected, path, slerp, spline
from aekit.latent.paths import catmull_rom

coordinates = st.floats(-5, 5).map(lambda value: round(value, 3))


def lengths(points):
    return np.linalg.norm(np.diff(points, axis=0), axis=1)


def test_lerp_is_the_even_line():
    np.testing.assert_allclose(lerp(np.zeros(2), np.array([4.0, 8.0]), 5)[:, 0], [0, 1, 2, 3, 4])


def test_slerp_on_a_quarter_circle_is_worked_out_by_hand():
    found = slerp(np.array([2.0, 0.0]), np.array([0.0, 2.0]), 4)

    angles = np.radians([0, 30, 60, 90])
    np.testing.assert_allclose(found, 2 * np.stack([np.cos(angles), np.sin(angles)], 1), atol=1e-12)


def test_slerp_equals_shoemakes_formula_for_codes_of_one_norm():
    a, b = np.random.default_rng(0).standard_normal((2, 6))
    b *= np.linalg.norm(a) / np.linalg.norm(b)
    omega = np.arccos(a @ b / (a @ a))
    t = np.linspace(0, 1, 7)[:, None]

    expected = (np.sin((1 - t) * omega) * a + np.sin(t * omega) * b) / np.sin(omega)

    np.testing.assert_allclose(slerp(a, b, 7), expected, atol=1e-9)


@pytest.mark.parametrize("curve", [slerp, norm_corrected])
def test_the_norm_changes_evenly(curve):
    a, b = np.array([3.0, 0.0, 0.0]), np.array([0.0, 1.0, 1e-3])

    norms = np.linalg.norm(curve(a, b, 5), axis=1)

    np.testing.assert_allclose(norms, np.linspace(3, np.linalg.norm(b), 5), rtol=1e-9)


def test_norm_corrected_keeps_the_lines_directions():
    a, b = np.array([3.0, 0.0]), np.array([0.0, 1.0])
    line, found = lerp(a, b, 9), norm_corrected(a, b, 9)

    cosines = (line * found).sum(1) / np.linalg.norm(line, axis=1) / np.linalg.norm(found, axis=1)

    np.testing.assert_allclose(cosines, 1, rtol=1e-12)


@pytest.mark.parametrize("curve", [slerp, norm_corrected])
@pytest.mark.parametrize("size", [2, 3, 16])
def test_opposite_points_are_joined_round_the_origin(curve, size):
    a = np.random.default_rng(size).standard_normal(size)

    found = curve(a, -a, 9)

    np.testing.assert_allclose(np.linalg.norm(found, axis=1), np.linalg.norm(a), rtol=1e-6)
    assert lengths(found).max() < 1.01 * lengths(found).min()


@pytest.mark.parametrize("curve", [lerp, slerp, norm_corrected])
def test_equal_points_stay(curve):
    a = np.array([1.0, -2.0, 0.5])

    np.testing.assert_allclose(curve(a, a, 4), np.tile(a, (4, 1)), rtol=1e-12)


@pytest.mark.parametrize("curve", [lerp, slerp, norm_corrected])
def test_a_zero_vector_is_left_by_a_line(curve):
    found = curve(np.zeros(2), np.array([2.0, 0.0]), 3)

    np.testing.assert_allclose(found, [[0, 0], [1, 0], [2, 0]], atol=1e-12)
    np.testing.assert_array_equal(curve(np.zeros(2), np.zeros(2), 3), np.zeros((3, 2)))


@given(
    arrays(float, st.tuples(st.integers(1, 5), st.integers(1, 4)), elements=coordinates),
    st.sampled_from(sorted(PATHS)),
    st.integers(2, 12),
)
def test_every_path_is_finite_and_meets_both_ends(waypoints, method, steps):
    found = path(waypoints, steps, method)

    assert found.shape == (steps, waypoints.shape[1])
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(found[0], waypoints[0])
    np.testing.assert_array_equal(found[-1], waypoints[-1])


@pytest.mark.parametrize("method", sorted(PATHS))
def test_the_pace_is_even_through_uneven_waypoints(method):
    waypoints = np.array([[0.1, 1.0, 0.0], [0.0, 1.1, 0.2], [4.0, 0.0, 1.0], [4.0, 1.0, -3.0]])

    steps = lengths(path(waypoints, 400, method))

    assert np.quantile(steps, 0.02) > 0.97 * steps.max()


@pytest.mark.parametrize("method", sorted(PATHS))
def test_every_waypoint_is_passed(method):
    waypoints = np.random.default_rng(1).standard_normal((5, 3))

    walked = path(waypoints, 3000, method)

    assert np.linalg.norm(walked[:, None] - waypoints, axis=2).min(0).max() < 0.01


@pytest.mark.parametrize("method", ["lerp", "slerp"])
def test_two_waypoints_of_one_norm_give_the_plain_path(method):
    a, b = np.array([1.0, 2.0, 2.0]), np.array([-2.0, 2.0, 1.0])

    np.testing.assert_allclose(
        path([a, b], 6, method), {"lerp": lerp, "slerp": slerp}[method](a, b, 6), atol=1e-5
    )


def test_the_spline_equals_barry_and_goldmans_recursion():
    p = np.array([[0.0, 0.0], [1.0, 3.0], [2.0, 2.5], [5.0, 1.0]])
    knots = np.r_[0, np.cumsum(np.sqrt(lengths(p)))]
    t = knots[1] + 0.3 * (knots[2] - knots[1])

    def between(a, b, i, j):
        return ((knots[j] - t) * a + (t - knots[i]) * b) / (knots[j] - knots[i])

    first = [between(p[i], p[i + 1], i, i + 1) for i in range(3)]
    second = [between(first[i], first[i + 1], i, i + 2) for i in range(2)]
    np.testing.assert_allclose(catmull_rom(p, np.array([1.3]))[0], between(*second, 1, 2), rtol=1e-12)


def test_the_spline_has_no_corner_and_ignores_repeated_waypoints():
    waypoints = np.array([[0.0, 0.0], [1.0, 2.0], [3.0, 0.0], [4.0, 4.0]])

    walked = np.diff(spline(waypoints, 2000), axis=0)
    turns = np.arccos(np.clip((walked[1:] * walked[:-1]).sum(1) / lengths_of(walked), -1, 1))

    assert np.degrees(turns.max()) < 2
    np.testing.assert_allclose(spline(np.repeat(waypoints, 3, 0), 50), spline(waypoints, 50), atol=0.02)


def lengths_of(vectors):
    norms = np.linalg.norm(vectors, axis=1)
    return norms[1:] * norms[:-1]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_tensors_give_tensors_and_arrays_arrays_of_their_type(dtype):
    a, b = torch.tensor([1.0, 0.0], dtype=dtype), torch.tensor([0.0, 1.0], dtype=dtype)

    assert slerp(a, b, 3).dtype == path(torch.stack([a, b]), 3, "spline").dtype == dtype
    assert slerp(np.float32([1, 0]), np.float32([0, 1]), 3).dtype == np.float32
    assert lerp(np.array([1, 0]), np.array([0, 1]), 3)[1].tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: lerp(np.zeros(2), np.zeros(2), 1), r"steps must be at least 2.*\(received 1\)"),
        (lambda: lerp(np.zeros(2), np.zeros(3), 4), r"one shape \(D,\) \(received \(2,\) and \(3,\)\)"),
        (lambda: path(np.zeros((2, 2)), 4, "slurp"), "No path named 'slurp'.*Did you mean 'slerp'"),
        (lambda: path(np.zeros(2), 4), r"waypoints must be a table.*received shape \(2,\)"),
        (lambda: path(np.array([[0.0, np.nan]]), 4), "waypoints must be finite"),
    ],
)
def test_wrong_arguments_are_named(wrong, sentence):
    with pytest.raises(UsageError, match=sentence):
        wrong()
