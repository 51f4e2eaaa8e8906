# The map: what is seen on it, and that it rests.
"""The map: what is seen on it, and that it rests."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from aekit_gui.models import raster
from aekit_gui.models.camera import fitted
from aekit_gui.models.look import Camera
from aekit_gui.models.tiles import SIDE, Pyramid
from aekit_gui.theme import DARK, LIGHT
from aekit_gui.views.map import MapView
from aekit_gui.views.map_glide import Glide
from map_on_screen import (  # noqa: F401 - the fixture is found by its name
    LEFT,
    SIZE,
    drag,
    grid,
    heard,
    map_on_screen,
    picture,
    pixel,
    settled,
    waypoints,
)
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtWidgets import QApplication

# ---- what is seen --------------------------------------------------------------------------------------


def coloured(view: MapView, hidden: bool = False) -> None:
    rgb = np.full((len(grid()), 3), (200, 30, 40), np.uint8)
    view.set_colours(rgb, np.arange(len(rgb)) >= 60 if hidden else None, None)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_items_are_seen_in_their_colour_and_filtered_at_once(view: MapView, theme: Any) -> None:
    view.set_theme(theme)
    ground = tuple(int(theme.map[at : at + 2], 16) for at in (5, 3, 1))

    def colour(row: int) -> tuple[int, ...]:
        at = pixel(view, *grid()[row].tolist())
        return tuple(picture(view)[at.y(), at.x()][:3].tolist())

    coloured(view)
    assert colour(59) == colour(60) == (40, 30, 200)
    coloured(view, hidden=True)
    assert colour(59) == ground and colour(60) == (40, 30, 200)


def test_the_map_that_was_moved_is_the_map_that_is_drawn_there(view: MapView, qtbot: Any) -> None:
    coloured(view)
    settled(qtbot, view)
    made = view._ground.made
    drag(qtbot, view, [QPoint(100, 100), QPoint(127, 90)])
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    moved = picture(view)
    assert view._ground.made == made  # the margin was enough

    view.set_theme(view.theme)  # another content: drawn anew

    assert (picture(view) == moved).all() and view._ground.made == made + 1


def test_panning_far_is_never_without_items(view: MapView, qtbot: Any) -> None:
    x, y = np.meshgrid(np.arange(-80, 80), np.arange(-40, 40))
    view.set_points(np.stack([x.ravel(), y.ravel()], 1).astype(np.float32))
    coloured_rgb = np.full((x.size, 3), (200, 30, 40), np.uint8)
    view.set_colours(coloured_rgb, None, None)
    settled(qtbot, view)
    qtbot.mousePress(view, LEFT, pos=QPoint(300, 200))
    for step in range(40):
        qtbot.mouseMove(view, QPoint(300 + 12 * step, 200))
        qtbot.wait(16)
        red = (picture(view)[..., 2] == 200).sum(0)
        assert red[:60].any() and red[-60:].any(), step
    qtbot.mouseRelease(view, LEFT, pos=QPoint(780, 200))


def test_few_and_many_items_take_each_others_place_and_then_it_is_calm(view: MapView, qtbot: Any) -> None:
    x, y = np.meshgrid(np.arange(-100, 100), np.arange(-100, 100))
    many, few = np.stack([x.ravel(), y.ravel()], 1).astype(np.float32), grid()
    red = np.array((200, 30, 40), np.uint8)
    for positions, colour in ((many, red), (few, red[::-1]), (many, red[::-1]), (few[:0], red), (many, red)):
        view.set_points(positions)
        view.set_colours(np.tile(colour, (len(positions), 1)), None, None)
        view.grab()
        settled(qtbot, view)
        if len(positions):
            assert tuple(picture(view)[200, 300, 2::-1].tolist()) == tuple(colour.tolist())
    view.set_points(many[:-1])
    view.grab()  # asks for an image in the thread
    view.set_points(few)
    view.set_colours(np.tile(red, (len(few), 1)), None, None)
    view.grab()  # overtakes it
    settled(qtbot, view)
    view.frame_times.clear()
    qtbot.wait(150)

    assert len(view.frame_times) <= 1 and (picture(view)[..., 2] == 200).any()


def test_an_empty_map_and_an_error_say_so(view: MapView, qtbot: Any) -> None:
    settled(qtbot, view)
    before = picture(view)

    view.set_points(np.zeros((0, 2), np.float32))
    assert "No items" in view.accessibleDescription()
    empty = picture(view)
    view.set_message("The run is gone.", bad=True)
    said = picture(view)

    assert (empty != before).any() and (said != empty).any()
    assert view.accessibleDescription() == "The run is gone."


def test_a_map_that_cannot_be_drawn_says_so_once(view: MapView, qtbot: Any, monkeypatch: Any) -> None:
    def broken(*values: Any) -> None:
        raise ValueError("no such shape")

    view.set_points(np.random.default_rng(0).normal(size=(30_000, 2)).astype(np.float32))
    monkeypatch.setattr(raster, "draw", broken)
    qtbot.waitUntil(lambda: bool(view._message))
    paints = len(view.frame_times)
    qtbot.wait(100)

    assert "no such shape" in view._message and len(view.frame_times) - paints < 5


# ---- the manifold --------------------------------------------------------------------------------------


def tile(value: int) -> list[np.ndarray]:
    return [np.full((4, 4, 3), value, np.uint8)] * SIDE**2


def test_tiles_are_wanted_where_a_near_camera_rests(view: MapView, qtbot: Any) -> None:
    wanted = heard(view.tiles_wanted)
    view.set_manifold(Pyramid())
    view.set_camera(fitted(grid(), SIZE))
    qtbot.wait(250)
    assert wanted == []  # all items are seen: no manifold yet

    view.set_camera(Camera(1, -2, 400))
    qtbot.wait(100)
    assert wanted == []  # still on its way, or just there
    qtbot.waitUntil(lambda: bool(wanted))

    assert len(wanted) == 1 and len(wanted[0]) > 3


def test_tiles_dissolve_in_and_coarser_ones_stand_in(view: MapView, qtbot: Any) -> None:
    view.set_manifold(Pyramid())
    view.tiles_wanted.connect(lambda keys: [view.add_tile(key, tile(137)) for key in keys])
    view.set_camera(Camera(1.5, -2.5, 400))
    qtbot.waitUntil(lambda: bool(view.pyramid and len(view.pyramid)))
    settled(qtbot, view)
    view.grab()
    settled(qtbot, view)
    assert (picture(view)[..., :3] == 137).all(2).mean() > 0.9

    view.tiles_wanted.disconnect()
    view.set_camera(Camera(1.5, -2.5, 1600))  # its own tiles never come
    settled(qtbot, view)
    assert (picture(view)[..., :3] == 137).all(2).mean() > 0.9
    wanted = heard(view.tiles_wanted)
    view.set_manifold(None)
    settled(qtbot, view)
    qtbot.wait(100)

    assert (picture(view)[..., :3] == 137).all(2).mean() < 0.1 and wanted in ([], [[]])


def test_nothing_is_wanted_where_everything_is_there(view: MapView, qtbot: Any) -> None:
    view.set_manifold(Pyramid())
    wanted = heard(view.tiles_wanted)
    view.tiles_wanted.connect(lambda keys: [view.add_tile(key, tile(137)) for key in keys])
    view.set_camera(Camera(1.5, -2.5, 400))
    qtbot.waitUntil(lambda: bool(wanted))
    drag(qtbot, view, [QPoint(300, 200), QPoint(306, 200)])
    qtbot.wait(150)

    assert sum(bool(keys) for keys in wanted) == 1


@pytest.mark.parametrize("scale", [1e-6, 1e7, 1e12])
def test_no_zoom_is_too_near_or_too_far(view: MapView, qtbot: Any, scale: float) -> None:
    view.set_manifold(Pyramid())
    view.set_marks(waypoints())
    view.set_walk(np.linspace((0, 0), (3, -3), 500))
    wanted = heard(view.tiles_wanted)

    view.set_camera(Camera(0.1, 0.2, scale))
    settled(qtbot, view)
    view.grab()
    settled(qtbot, view)
    qtbot.wait(100)

    assert not view._message and all(len(keys) < 400 for keys in wanted)


# ---- calm ----------------------------------------------------------------------------------------------


def test_an_idle_map_paints_nothing(view: MapView, qtbot: Any) -> None:
    settled(qtbot, view)
    qtbot.wait(50)
    view.frame_times.clear()
    qtbot.wait(300)
    assert len(view.frame_times) == 0

    qtbot.mouseMove(view, QPoint(200, 200))
    qtbot.mouseMove(view, QPoint(210, 200))
    qtbot.wait(100)

    assert 1 <= len(view.frame_times) <= 3 and max(view.frame_times) < 0.5


def test_the_thread_ends_with_the_map(qtbot: Any) -> None:
    before = set(threading.enumerate())
    view = MapView()
    view.resize(*SIZE)
    view.set_points(np.random.default_rng(0).normal(size=(30_000, 2)).astype(np.float32))
    view.show()
    qtbot.waitUntil(lambda: view._ground.made > 0)
    assert set(threading.enumerate()) - before

    view.close()
    view.deleteLater()
    qtbot.waitUntil(lambda: not set(threading.enumerate()) - before)


def test_a_glide_that_has_ended_keeps_no_timer(qtbot: Any) -> None:
    glide = Glide()
    glide.to(Camera(1, 1, 60))
    qtbot.waitUntil(lambda: not glide.moving)

    assert glide.now == glide.target == Camera(1, 1, 60)
    glide.to(glide.now)
    assert not glide.moving


@pytest.mark.slow
def test_a_million_items_are_moved_smoothly(view: MapView, qtbot: Any) -> None:
    random = np.random.default_rng(0)
    positions = random.normal(0, 2, (1_000_000, 2)).astype(np.float32)
    view.set_points(positions)
    settled(qtbot, view)
    view.frame_times.clear()
    qtbot.mousePress(view, LEFT, pos=QPoint(300, 200))
    for step in range(60):
        qtbot.mouseMove(view, QPoint(300 + 6 * step % 400, 200 + 3 * step % 200))
        qtbot.wait(10)
    qtbot.mouseRelease(view, LEFT, pos=QPoint(300, 200))

    assert np.percentile(view.frame_times, 95) < 0.033
