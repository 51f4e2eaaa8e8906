# The camera: pixels and places are each other's inverse, and what must stay where it is does.
"""The camera: pixels and places are each other's inverse, and what must stay where it is does."""

from __future__ import annotations

import numpy as np
import pytest
from aekit_gui.models.camera import SCALES, fitted, moved, seen, to_screen, to_world, zoomed
from aekit_gui.models.look import Camera
from hypothesis import given
from hypothesis import strategies as st

SIZE = (800, 600)
cameras = st.builds(
    Camera, st.floats(-50, 50), st.floats(-50, 50), st.floats(-3, 8).map(lambda power: 10.0**power)
)
pixels = st.tuples(st.floats(0, 800), st.floats(0, 600))


def test_the_middle_is_the_cameras_place_and_y_grows_upwards() -> None:
    camera = Camera(2.0, -1.0, 100.0)

    places = to_world(camera, SIZE, np.array([[400, 300], [500, 300], [400, 200]]))

    assert places.tolist() == [[2, -1], [3, -1], [2, 0]]


@given(cameras, pixels)
def test_a_pixel_comes_back_from_the_map(camera: Camera, pixel: tuple[float, float]) -> None:
    back = to_screen(camera, SIZE, to_world(camera, SIZE, np.array([pixel])))[0]

    assert back == pytest.approx(pixel, abs=1e-3)


@given(cameras, pixels, st.floats(0.2, 5))
def test_zooming_keeps_the_place_under_the_pointer(
    camera: Camera, pixel: tuple[float, float], factor: float
) -> None:
    closer = zoomed(camera, SIZE, pixel, factor)

    before, after = (to_world(one, SIZE, np.array([pixel]))[0] for one in (camera, closer))
    assert closer.scale == pytest.approx(camera.scale * factor)
    assert np.abs(after - before).max() * closer.scale < 1e-3


def test_zooming_in_and_out_comes_back_and_ends_somewhere() -> None:
    camera = Camera(0.3, 0.7, 60.0)

    back = zoomed(zoomed(camera, SIZE, (13, 500), 3), SIZE, (13, 500), 1 / 3)
    far = zoomed(camera, SIZE, (13, 500), 1e-30)

    assert (back.x, back.y, back.scale) == pytest.approx((0.3, 0.7, 60))
    assert far.scale == SCALES[0] and zoomed(camera, SIZE, (13, 500), 1e30).scale == SCALES[1]


def test_dragging_moves_the_map_with_the_pointer() -> None:
    camera = Camera(1.0, 1.0, 50.0)
    place = to_world(camera, SIZE, np.array([[100, 100]]))

    dragged = moved(camera, 30, -20)

    assert to_screen(dragged, SIZE, place)[0] == pytest.approx([130, 80])


def test_all_items_are_fitted_with_the_margin_free() -> None:
    random = np.random.default_rng(0)
    positions = random.uniform((-3, 5), (9, 6), (500, 2))

    shown = to_screen(fitted(positions, SIZE, 0.1), SIZE, positions)

    assert shown.min(0)[0] == pytest.approx(80) and shown.max(0)[0] == pytest.approx(720)
    assert shown[:, 1].min() > 60 and shown[:, 1].max() < 540


def test_a_far_outlier_does_not_make_the_rest_small() -> None:
    positions = np.random.default_rng(0).normal(size=(20_000, 2))
    positions[7] = (4000, -2000)

    shown = to_screen(fitted(positions, SIZE), SIZE, np.delete(positions, 7, 0))

    assert np.ptp(shown[:, 1]) > 0.6 * 600
    assert ((shown >= 0) & (shown <= SIZE)).all(1).mean() > 0.999


@pytest.mark.parametrize("positions", [np.zeros((0, 2)), np.full((3, 2), np.nan)])
def test_nothing_to_fit_is_the_default_camera(positions: np.ndarray) -> None:
    assert fitted(positions, SIZE) == Camera()


def test_one_place_and_broken_ones_are_fitted() -> None:
    camera = fitted(np.array([[3, 4], [np.nan, 1], [np.inf, 0], [3, 4]], np.float32), SIZE)

    assert (camera.x, camera.y) == (3, 4) and 10 < camera.scale < 10_000
    assert fitted(np.array([[0, 0], [1, 0]]), SIZE).scale == pytest.approx(800 * 0.88)  # a line


def test_what_is_seen_are_the_windows_corners() -> None:
    camera = Camera(-2.0, 3.0, 40.0)

    left, bottom, right, top = seen(camera, SIZE)

    corners = to_world(camera, SIZE, np.array([[0, 600], [800, 0]]))
    assert corners.ravel() == pytest.approx([left, bottom, right, top])
