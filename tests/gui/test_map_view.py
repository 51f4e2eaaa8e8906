# The map by real mouse, wheel, keys and drops: what it tells.
"""The map by real mouse, wheel, keys and drops: what it tells."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from aekit_gui.models.camera import fitted, to_screen
from aekit_gui.models.look import Camera
from aekit_gui.models.tiles import Pyramid
from aekit_gui.views.map import MapView, Mark
from aekit_gui.views.map_glide import between
from aekit_gui.views.map_marks import HOLD
from aekit_gui.views.map_paint import pieces
from map_on_screen import (  # noqa: F401 - the fixture is found by its name
    ALT,
    CAMERA,
    LEFT,
    MIDDLE,
    NONE,
    SHIFT,
    SIZE,
    drag,
    grid,
    heard,
    map_on_screen,
    picture,
    pixel,
    place,
    settled,
    turn,
    waypoints,
)
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QNativeGestureEvent,
    QPointingDevice,
    QShortcut,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

# ---- pointer -------------------------------------------------------------------------------------------


def test_the_pointer_tells_its_place_and_when_it_leaves(view: MapView, qtbot: Any) -> None:
    hovered, left = heard(view.hovered), heard(view.left)

    qtbot.mouseMove(view, QPoint(300, 200))
    qtbot.mouseMove(view, QPoint(340, 160))
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))

    assert np.allclose(hovered, [(1.0, -2.0), (2.0, -1.0)])
    assert len(left) == 1 and view.pointer is None


def test_a_click_tells_its_place_and_a_drag_is_none(view: MapView, qtbot: Any) -> None:
    clicked = heard(view.clicked)

    qtbot.mouseClick(view, LEFT, SHIFT, QPoint(340, 160))
    drag(qtbot, view, [QPoint(100, 100), QPoint(130, 100), QPoint(160, 140)])

    assert [one[:2] for one in clicked] == [(2.0, -1.0)] and clicked[0][2] == SHIFT


def test_dragging_moves_the_map_with_the_pointer(view: MapView, qtbot: Any) -> None:
    cameras, before = heard(view.camera_changed), place(view, QPoint(100, 100))

    drag(qtbot, view, [QPoint(100, 100), QPoint(130, 100), QPoint(180, 160)])

    assert np.allclose(place(view, QPoint(180, 160)), before)
    assert cameras[-1] == view.camera and view.camera.scale == CAMERA.scale
    assert np.allclose((view.camera.x, view.camera.y), (CAMERA.x - 2, CAMERA.y + 1.5))


@pytest.mark.parametrize("tool", ["box", "lasso", "draw"])
def test_the_middle_button_and_the_space_bar_move_the_map_with_any_tool(
    view: MapView, qtbot: Any, tool: Any
) -> None:
    selected, drawn, clicked = heard(view.rows_selected), heard(view.path_drawn), heard(view.clicked)
    view.set_tool(tool)

    drag(qtbot, view, [QPoint(100, 100), QPoint(140, 100)], MIDDLE)
    assert view.camera.x == pytest.approx(0.0)
    view.setFocus()
    qtbot.mouseMove(view, QPoint(140, 100))
    QTest.keyPress(view, Qt.Key.Key_Space)
    drag(qtbot, view, [QPoint(140, 100), QPoint(100, 100)])
    QTest.keyRelease(view, Qt.Key.Key_Space)

    assert view.camera.x == pytest.approx(1.0)
    assert selected == drawn == clicked == []


def test_the_space_bar_alone_is_a_click_even_where_it_is_a_shortcut(view: MapView, qtbot: Any) -> None:
    shortcut = QShortcut(QKeySequence("Space"), view.window())
    pinned, clicked = heard(shortcut.activated), heard(view.clicked)
    view.setFocus()
    qtbot.mouseMove(view, QPoint(340, 160))

    QTest.keyClick(view, Qt.Key.Key_Space)
    assert [one[:2] for one in clicked] == [(2.0, -1.0)] and pinned == []
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    QTest.keyClick(view, Qt.Key.Key_Space)

    assert len(clicked) == 1 and len(pinned) == 1


# ---- zoom ----------------------------------------------------------------------------------------------


def test_the_wheel_zooms_smoothly_around_the_pointer(view: MapView, qtbot: Any) -> None:
    at, cameras, seen = QPoint(480, 90), heard(view.camera_changed), []
    before, start = place(view, at), time.perf_counter()
    view._glide.moved.connect(lambda: seen.append((view._glide.now.scale, place(view, at))))

    turn(view, at, 1)
    turn(view, at, 1)
    qtbot.waitUntil(lambda: not view._glide.moving)

    assert 0.1 < time.perf_counter() - start < 1.0
    assert view.camera.scale == pytest.approx(CAMERA.scale * 1.22**2) and cameras[-1] == view.camera
    assert len(seen) > 3 and all(np.allclose(where, before) for _, where in seen)
    assert np.all(np.diff([scale for scale, _ in seen]) >= 0)


def test_a_trackpad_zooms_at_once_by_pixels(view: MapView, qtbot: Any) -> None:
    at = QPoint(100, 300)
    before = place(view, at)

    turn(view, at, 1, pixels=10)

    assert not view._glide.moving and view.camera.scale == pytest.approx(CAMERA.scale * np.exp(0.045))
    assert np.allclose(place(view, at), before)


def test_pinching_zooms_around_the_fingers(view: MapView) -> None:
    at = QPointF(500, 300)
    before = place(view, at.toPoint())
    device = QPointingDevice.primaryPointingDevice()
    pinch = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture, device, 2, at, at, view.mapToGlobal(at), 0.25, QPointF()
    )

    QApplication.sendEvent(view, pinch)

    assert view.camera.scale == pytest.approx(CAMERA.scale * 1.25)
    assert np.allclose(place(view, at.toPoint()), before)


def test_a_camera_that_is_set_is_there_at_once_and_shown_gently(view: MapView, qtbot: Any) -> None:
    cameras = heard(view.camera_changed)

    view.set_camera(Camera(0, 0, 80))
    assert view.camera == Camera(0, 0, 80) and view._glide.now == CAMERA
    qtbot.waitUntil(lambda: not view._glide.moving)

    assert view._glide.now == Camera(0, 0, 80) and cameras == []


def test_a_glide_keeps_the_place_that_both_ends_share() -> None:
    first, last = Camera(0, 0, 10), Camera(3, -2, 160)
    fixed = np.array([first.x - last.x * last.scale / first.scale, -last.y * last.scale / first.scale])
    fixed /= 1 - last.scale / first.scale
    pixels = [to_screen(between(first, last, share), SIZE, fixed[None])[0] for share in (0, 0.2, 0.5, 0.9, 1)]

    assert np.allclose(pixels, pixels[0])
    assert between(first, last, 0) == first and between(first, last, 1) == last
    assert between(first, Camera(2, 4, 10), 0.5) == Camera(1, 2, 10)


# ---- tools ---------------------------------------------------------------------------------------------


def test_a_box_selects_what_is_inside(view: MapView, qtbot: Any) -> None:
    selected = heard(view.rows_selected)
    view.set_tool("box")

    corners = [pixel(view, -0.4, -3.4), pixel(view, 1, -2), pixel(view, 2.4, -0.6)]
    drag(qtbot, view, corners)
    drag(qtbot, view, corners[::-1], keys=SHIFT)
    drag(qtbot, view, corners, keys=ALT)

    wanted = [row for row, (x, y) in enumerate(grid()) if 0 <= x <= 2 and -3 <= y <= -1]
    assert [mode for _, mode in selected] == ["set", "add", "remove"]
    assert all(rows.tolist() == wanted for rows, _ in selected) and len(wanted) == 9


def test_a_lasso_selects_what_is_inside_and_a_click_nothing(view: MapView, qtbot: Any) -> None:
    selected = heard(view.rows_selected)
    view.set_tool("lasso")

    drag(
        qtbot,
        view,
        [pixel(view, *at) for at in ((0.5, -0.5), (3.5, -0.5), (3.5, -3.5), (2, -0.8), (0.5, -3.5))],
    )
    qtbot.mouseClick(view, LEFT, pos=QPoint(20, 20))

    inside = ([1, -1], [3, -1], [1, -2], [3, -2])  # (2, -1) lies in the notch
    wanted = [row for row, at in enumerate(grid().tolist()) if at in inside]
    assert selected[0][0].tolist() == wanted and selected[0][1] == "set"
    assert selected[1][0].tolist() == [] and selected[1][1] == "set"


def strokes(view: MapView, *keys: tuple[Qt.Key, int]) -> None:
    for key, times in keys:
        for _ in range(times):
            QTest.keyClick(view, key)


def test_a_box_and_a_lasso_are_drawn_by_keys_from_the_place_at_hand(view: MapView, qtbot: Any) -> None:
    selected, at = heard(view.rows_selected), place(view, QPoint(190, 190))
    pinned = heard((shortcut := QShortcut(QKeySequence("Return"), view.window())).activated)
    view.set_marks([Mark(*at, "", "here")])
    view.setFocus()

    for tool in ("box", "lasso"):
        view.set_tool(tool)
        strokes(
            view, (Qt.Key.Key_Return, 1), (Qt.Key.Key_Right, 11), (Qt.Key.Key_Down, 11), (Qt.Key.Key_Left, 11)
        )
        assert view.outline[0] == tool and "Return selects" in view.accessibleDescription()
        if tool == "box":
            strokes(view, (Qt.Key.Key_Right, 11))
        QTest.keyClick(view, Qt.Key.Key_Return, SHIFT)

    low, high = place(view, QPoint(190, 278)), place(view, QPoint(278, 190))
    inside = np.flatnonzero(((grid() >= low) & (grid() <= high)).all(1)).tolist()
    assert [(rows.tolist(), mode) for rows, mode in selected] == [(inside, "add")] * 2 and inside
    assert pinned == [] and shortcut is not None and "Return" not in view.accessibleDescription()


def test_a_path_is_drawn_by_keys_within_the_map_and_escape_ends_it(view: MapView, qtbot: Any) -> None:
    drawn, hovered = heard(view.path_drawn), heard(view.hovered)
    view.set_tool("draw")
    view.setFocus()

    strokes(view, (Qt.Key.Key_Return, 1), (Qt.Key.Key_Up, 2), (Qt.Key.Key_Escape, 1), (Qt.Key.Key_Return, 1))
    qtbot.mouseMove(view, QPoint(30, 30))  # a mouse that is pushed aside draws nothing
    strokes(view, (Qt.Key.Key_Right, 500), (Qt.Key.Key_Return, 1))

    middle, edge = (
        place(view, view.rect().center()),
        place(view, QPoint(view.width() - 1, view.rect().center().y())),
    )
    assert len(drawn) == 1
    assert np.allclose(drawn[0][0], middle) and np.allclose(drawn[0][-1], edge)
    assert np.allclose(hovered[-1], edge)


def test_what_keys_began_is_given_up_with_the_keyboard_the_place_and_the_tool(
    view: MapView, qtbot: Any
) -> None:
    selected, left = heard(view.rows_selected), heard(view.left)
    view.set_marks(waypoints())
    ends = (
        view.clearFocus,
        lambda: QTest.keyClick(view, Qt.Key.Key_Tab),
        lambda: view.zoom(QPointF(100, 100), 1.5, glide=False),
        lambda: view.set_tool("lasso"),
        lambda: drag(qtbot, view, [QPoint(300, 300)]),
        lambda: QTest.keyClick(view, Qt.Key.Key_Escape),
    )
    for number, end in enumerate(ends, 1):
        view.set_tool("box")
        view.setFocus()
        strokes(view, (Qt.Key.Key_Return, 1), (Qt.Key.Key_Right, 5))
        assert view.outline[0] == "box"
        QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
        assert view.outline[0] == "box" and len(left) == number - 1  # the mouse does not count

        end()

        assert view.outline[0] == "" and len(left) == number, number
    assert [rows for rows, _ in selected if len(rows)] == []


def test_a_return_that_is_held_ends_a_drawing_once(view: MapView, qtbot: Any) -> None:
    selected = heard(view.rows_selected)
    view.set_tool("box")
    view.setFocus()
    strokes(view, (Qt.Key.Key_Return, 1), (Qt.Key.Key_Right, 9), (Qt.Key.Key_Down, 9), (Qt.Key.Key_Return, 1))

    for _ in range(3):
        again = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, NONE, "", True)
        QApplication.sendEvent(view, again)

    assert len(selected) == 1 and view.outline[0] == ""


def test_drawing_begins_at_the_pointer_or_at_the_mark_where_that_moved_last(
    view: MapView, qtbot: Any
) -> None:
    view.set_marks([Mark(*place(view, QPoint(100, 100)), "", "here")])
    qtbot.mouseMove(view, QPoint(300, 200))
    by_pointer = view.here()
    view.set_marks([Mark(*place(view, QPoint(120, 140)), "", "here")])
    by_mark = view.here()
    qtbot.mouseMove(view, QPoint(310, 200))

    found = [(round(at.x()), round(at.y())) for at in (by_pointer, by_mark, view.here())]
    assert found == [(300, 200), (120, 140), (310, 200)]


def test_a_lasso_over_very_many_items_is_found_in_a_thread(view: MapView, qtbot: Any) -> None:
    positions = np.random.default_rng(0).normal(0, 2, (60_000, 2)).astype(np.float32)
    view.set_points(positions)
    view.set_tool("box")
    selected = heard(view.rows_selected)

    drag(qtbot, view, [pixel(view, -1, -3), pixel(view, 0, -2), pixel(view, 2, -1)])
    qtbot.waitUntil(lambda: bool(selected))

    low, high = place(view, pixel(view, -1, -3)), place(view, pixel(view, 2, -1))
    assert (
        selected[0][0].tolist() == np.flatnonzero(((positions >= low) & (positions <= high)).all(1)).tolist()
    )


def test_the_outline_is_seen_while_it_is_drawn_and_escape_ends_it(view: MapView, qtbot: Any) -> None:
    selected, view.tool = heard(view.rows_selected), "lasso"
    qtbot.mouseMove(view, QPoint(200, 300))
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    before = picture(view)

    qtbot.mousePress(view, LEFT, pos=QPoint(200, 300))
    for at in ((300, 100), (400, 300)):
        qtbot.mouseMove(view, QPoint(*at))
    during = picture(view)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    after = picture(view)
    qtbot.mouseRelease(view, LEFT, pos=QPoint(400, 300))

    assert (during != before).any(2).sum() > 5000
    assert (after == before).all() and selected == []


def test_a_line_drawn_by_hand_is_told_in_places(view: MapView, qtbot: Any) -> None:
    drawn = heard(view.path_drawn)
    view.set_tool("draw")

    drag(qtbot, view, [QPoint(100, 100), QPoint(140, 100), QPoint(140, 180)])

    assert np.allclose(drawn[0], [[-4, 0.5], [-3, 0.5], [-3, -1.5]])


# ---- marks ---------------------------------------------------------------------------------------------


def test_a_waypoint_is_dragged_and_the_map_stays(view: MapView, qtbot: Any) -> None:
    dragged = heard(view.place_dragged)
    view.set_marks(waypoints())
    start = pixel(view, 3, -3)

    drag(qtbot, view, [start + QPoint(int(HOLD) - 6, 0), start + QPoint(40, 0), start + QPoint(80, -40)])

    assert [one[0] for one in dragged] == [1, 1] and np.allclose(dragged[-1][1:], (5, -2))
    assert view.camera == CAMERA


def test_waypoints_are_moved_by_keys(view: MapView, qtbot: Any) -> None:
    before, after = QWidget(view.window()), QWidget(view.window())
    for other in (before, after):
        other.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    view.setTabOrder(before, view)
    view.setTabOrder(view, after)
    arrow = heard(QShortcut(QKeySequence("Right"), view.window()).activated)
    dragged, held = heard(view.place_dragged), []
    view.set_marks(waypoints())
    view.setFocus(Qt.FocusReason.TabFocusReason)

    QTest.keyClick(view, Qt.Key.Key_Right)
    assert len(arrow) == 1  # no waypoint has the keyboard yet
    for _ in range(2):
        QTest.keyClick(view, Qt.Key.Key_Tab)
        held.append(view.held)
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Up, SHIFT)

    assert held == [0, 1] and len(arrow) == 1
    assert view.accessibleDescription().startswith("Waypoint 2 of 2")
    assert [one[0] for one in dragged] == [1, 1]
    assert np.allclose([one[1:] for one in dragged], [(3 + 8 / 40, -3), (3, -3 + 1 / 40)])
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.held == -1


def test_a_held_waypoint_that_goes_is_let_go(view: MapView) -> None:
    view.set_marks(waypoints())
    view.hold(1)

    view.set_marks(waypoints()[:2])

    assert view.held == 0


def test_marks_and_walk_are_painted_where_they_lie(view: MapView, qtbot: Any) -> None:
    settled(qtbot, view)
    before = picture(view)

    view.set_marks([*waypoints(), Mark(4, 1, "mine.png", "file", np.full((4, 4, 3), 200, np.uint8))])
    view.set_walk(np.linspace((0, 0), (3, -3), 50))
    changed = (picture(view) != before).any(2)

    for x, y in ((0, 0), (3, -3), (4, 1), (1.5, -1.5)):
        at = pixel(view, x, y)
        assert changed[at.y() - 2 : at.y() + 3, at.x() - 2 : at.x() + 3].any()
    assert not changed[:, :60].any()


def test_the_playhead_is_painted_where_it_is_and_nothing_else_is(view: MapView, qtbot: Any) -> None:
    settled(qtbot, view)
    before = picture(view)

    view.set_playhead((3, -3))
    changed = (picture(view) != before).any(2)
    at = pixel(view, 3, -3)
    assert changed[at.y(), at.x()] and changed.sum() < 400
    view.set_playhead((1e9, -3))
    view.set_playhead(None)

    assert (picture(view) == before).all()


def test_a_camera_that_follows_the_windows_size_is_there_at_once(view: MapView, qtbot: Any) -> None:
    sizes = heard(view.resized)
    view.resized.connect(lambda: view.set_camera(fitted(grid(), (view.width(), view.height()))))

    view.window().resize(500, 300)
    qtbot.waitUntil(lambda: view.width() == 500)

    assert view._glide.now == view.camera == fitted(grid(), (500, 300)) and len(sizes) == 1


def test_positions_that_are_not_finite_are_left_out(view: MapView, qtbot: Any) -> None:
    positions = np.concatenate([grid(), [[np.nan, 1], [np.inf, 2]]]).astype(np.float32)
    view.set_points(positions)
    view.set_manifold(Pyramid())
    settled(qtbot, view)
    view.grab()

    assert np.isfinite(view._corners).all() and not view._message
    view.set_points(positions[-2:])
    assert view._corners.shape == (0, 2) and view._strength() >= 0


def test_a_line_far_beyond_the_window_is_cut() -> None:
    line = np.array([[-1e9, 5e8], [-1e9, 50], [50, 50], [60, 1e12], [70, 1e12], [80, 50]])

    cut = pieces(line, 600, 400)

    assert [len(piece) for piece in cut] == [4, 2] or all(np.abs(piece).max() <= 1e5 for piece in cut)
    assert pieces(np.array([[-900.0, 5.0], [-800.0, 5.0]]), 600, 400) == []
    assert pieces(np.array([[np.nan, 5.0], [4.0, 5.0]]), 600, 400) == []


# ---- files and menus -----------------------------------------------------------------------------------


def data_of(*paths: str, text: str = "") -> QMimeData:
    data = QMimeData()
    if paths:
        data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    if text:
        data.setText(text)
    return data


def test_files_are_dropped(view: MapView) -> None:
    dropped, data = heard(view.files_dropped), data_of("/somewhere/a.png", "/somewhere/b.mid")
    action, before = Qt.DropAction.CopyAction, picture(view)

    enter = QDragEnterEvent(QPoint(100, 100), action, data, LEFT, NONE)
    QApplication.sendEvent(view, enter)
    assert enter.isAccepted() and (picture(view) != before).any()
    QApplication.sendEvent(view, QDropEvent(QPointF(100, 100), action, data, LEFT, NONE))

    assert dropped == [["/somewhere/a.png", "/somewhere/b.mid"]]
    assert (picture(view) == before).all()


def test_what_is_no_file_is_not_taken(view: MapView) -> None:
    data = data_of(text="a")  # the event only points to it
    enter = QDragEnterEvent(QPoint(100, 100), Qt.DropAction.CopyAction, data, LEFT, NONE)

    QApplication.sendEvent(view, enter)

    assert not enter.isAccepted()


def test_a_menu_is_wanted_by_mouse_and_by_key(view: MapView) -> None:
    wanted = heard(view.menu_wanted)
    view.set_marks(waypoints())

    mouse, key = QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard
    QApplication.sendEvent(
        view, QContextMenuEvent(mouse, QPoint(340, 160), view.mapToGlobal(QPoint(340, 160)))
    )
    view.hold(1)
    QApplication.sendEvent(view, QContextMenuEvent(key, QPoint(0, 0)))

    assert np.allclose([one[:2] for one in wanted], [(2, -1), (3, -3)])
    assert wanted[0][2] == view.mapToGlobal(QPoint(340, 160))
