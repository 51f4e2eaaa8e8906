# The strip and the panel of dropped files, by real mouse and keys.
from pathlib import Path

import numpy as np
import pytest
from aekit_gui.models.exports import formats
from aekit_gui.models.look import Journey, Place
from aekit_gui.theme import DARK, LIGHT
from aekit_gui.views.dropped import DroppedPanel, notes_of
from aekit_gui.views.journey import JourneyStrip
from aekit_gui.work.protocol import Read, ReadItem
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from aekit.heard import Note, Notes
from aekit.views import Picture

LEFT = Qt.MouseButton.LeftButton
RED = np.zeros((28, 28, 3), np.uint8) + np.array([250, 10, 10], np.uint8)


def journey(points=3, steps=9):
    return Journey(tuple(Place((float(n), 0.0), f"place {n}") for n in range(points)), "lerp", steps)


@pytest.fixture
def strip(qtbot):
    made = JourneyStrip()
    qtbot.addWidget(made)
    made.resize(900, 170)
    made.show()
    made.show_journey(journey(), (0, 4, 8))
    return made


def heard(signal):
    """What a signal said from now on."""
    said = []
    signal.connect(lambda *values: said.append(values[0] if len(values) == 1 else values))
    return said


def middle(strip, step):
    return strip.film.rect_of(step).center().toPoint()


def colour_at(widget, point):
    return widget.grab().toImage().pixelColor(point).getRgb()[:3]


def test_a_click_goes_to_a_step(strip, qtbot):
    clicked = heard(strip.step_clicked)
    qtbot.mouseClick(strip.film.viewport(), LEFT, pos=middle(strip, 5))
    qtbot.mouseClick(strip.film.viewport(), LEFT, pos=QPoint(strip.film.viewport().width() - 2, 20))

    assert clicked == [5] and strip.film.current == 5


def test_a_waypoint_dragged_past_another_takes_its_number(strip, qtbot):
    moved, clicked, view = heard(strip.waypoint_moved), heard(strip.step_clicked), strip.film.viewport()
    start, end = middle(strip, 0), middle(strip, 6)

    qtbot.mousePress(view, LEFT, pos=start)
    qtbot.mouseMove(view, start + QPoint(30, 0))
    qtbot.mouseMove(view, end)
    assert strip.film.dragged == 0
    strip.grab()
    qtbot.mouseRelease(view, LEFT, pos=end)

    assert moved == [(0, 1)] and not clicked and strip.film.dragged is None


def test_escape_ends_a_drag_and_a_step_between_waypoints_is_not_dragged(strip, qtbot):
    moved, view = heard(strip.waypoint_moved), strip.film.viewport()
    for step, key in ((8, True), (5, False)):
        qtbot.mousePress(view, LEFT, pos=middle(strip, step))
        qtbot.mouseMove(view, middle(strip, step) - QPoint(20, 0))
        qtbot.mouseMove(view, middle(strip, 1))
        if key:
            qtbot.keyClick(strip.film, Qt.Key.Key_Escape)
        qtbot.mouseRelease(view, LEFT, pos=middle(strip, 1))

    assert not moved


def test_the_cross_takes_a_waypoint_out(strip, qtbot):
    removed = heard(strip.waypoint_removed)
    qtbot.mouseClick(strip.film.viewport(), LEFT, pos=strip.film.cross_of(4).center().toPoint())

    assert removed == [1]


def test_the_strip_is_walked_by_keys_before_the_windows_shortcuts(strip, qtbot):
    clicked = heard(strip.step_clicked)
    press = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier)
    press.ignore()
    QApplication.sendEvent(strip.film, press)
    assert press.isAccepted()

    for key in (
        Qt.Key.Key_Right,
        Qt.Key.Key_Right,
        Qt.Key.Key_Left,
        Qt.Key.Key_End,
        Qt.Key.Key_Right,
        Qt.Key.Key_Home,
    ):
        qtbot.keyClick(strip.film, key)

    assert clicked == [1, 2, 1, 8, 8, 0]


def test_waypoints_are_removed_and_reordered_by_keys_and_stay_current(strip, qtbot):
    removed, moved = heard(strip.waypoint_removed), heard(strip.waypoint_moved)
    qtbot.keyClick(strip.film, Qt.Key.Key_Delete)
    qtbot.keyClick(strip.film, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(strip.film, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    strip.show_journey(journey(), (0, 5, 8))
    assert strip.film.current == 5
    qtbot.keyClick(strip.film, Qt.Key.Key_Right)
    qtbot.keyClick(strip.film, Qt.Key.Key_Delete)

    assert removed == [0] and moved == [(0, 1)]


def test_the_menu_of_a_waypoint_moves_and_removes_it(strip):
    removed, moved = heard(strip.waypoint_removed), heard(strip.waypoint_moved)
    actions = {action.text(): action for action in strip.film.menu(4).actions()}
    actions["Move earlier"].trigger()
    actions["Remove waypoint 2"].trigger()

    assert moved == [(1, 0)] and removed == [1]
    assert not any("waypoint" in action.text() for action in strip.film.menu(3).actions())


def test_pictures_appear_in_their_cells_and_old_ones_go(strip):
    strip.show_pictures({3: RED, 99: RED})
    assert colour_at(strip.film.viewport(), middle(strip, 3)) == (250, 10, 10)
    assert colour_at(strip.film.viewport(), middle(strip, 2)) != (250, 10, 10)

    strip.show_journey(journey(2, 3), (0, 2))
    strip.show_journey(journey(), (0, 4, 8))
    assert colour_at(strip.film.viewport(), middle(strip, 3)) != (250, 10, 10)


@pytest.mark.parametrize("steps", [2, 16, 200])
def test_it_scales_from_two_steps_to_two_hundred(strip, qtbot, steps):
    strip.show_journey(journey(2, steps), (0, steps - 1))
    strip.show_pictures(dict.fromkeys(range(steps), RED))
    qtbot.keyClick(strip.film, Qt.Key.Key_End)

    last = strip.film.rect_of(steps - 1)
    assert last.left() > 0 and last.right() <= strip.film.viewport().width()
    assert colour_at(strip.film.viewport(), last.center().toPoint()) == (250, 10, 10)
    assert (strip.film.horizontalScrollBar().maximum() > 0) == (steps > 9)


def test_playback_is_marked_and_kept_in_sight(strip):
    strip.show_journey(journey(2, 100), (0, 99))
    strip.set_position(70.5)

    rect = strip.film.rect_of(70)
    assert 0 < rect.left() < strip.film.viewport().width()
    around = [rect.center().toPoint() + QPoint(dx, 0) for dx in range(7)]
    assert rgb(LIGHT.warm) in [colour_at(strip.film.viewport(), point) for point in around]
    strip.set_position(None)
    assert rgb(LIGHT.warm) not in [colour_at(strip.film.viewport(), point) for point in around]


def rgb(colour):
    return tuple(bytes.fromhex(colour[1:]))


def test_drawings_on_paper_are_turned_dark_where_the_theme_is(strip):
    paper = np.full((20, 20, 3), 255, np.uint8)
    strip.show_pictures({3: paper, 5: RED})
    strip.set_drawn(True)
    seen = [colour_at(strip.film.viewport(), middle(strip, 3))]
    strip.set_theme(DARK)
    seen.append(colour_at(strip.film.viewport(), middle(strip, 3)))
    red = colour_at(strip.film.viewport(), middle(strip, 5))
    strip.set_drawn(False)
    seen.append(colour_at(strip.film.viewport(), middle(strip, 3)))

    assert seen == [(255, 255, 255), (0, 0, 0), (255, 255, 255)] and red[0] > 200 > 60 > red[1]


def test_it_ticks_only_while_it_plays(strip, qtbot):
    with qtbot.waitSignal(strip.ticked, timeout=1000):
        strip.set_playing(True)
    strip.set_playing(False)
    ticked = heard(strip.ticked)
    qtbot.wait(80)
    assert not ticked


def test_facts_are_no_intentions(strip):
    said = [
        heard(getattr(strip, name))
        for name in ("method_changed", "steps_changed", "speed_changed", "loop_changed", "play_wanted")
    ]
    strip.show_journey(Journey(journey().waypoints, "spline", 30, True, 2.0), (0, 3, 29))
    strip.set_playing(True)
    strip.set_playing(False)

    assert said == [[]] * 5 and strip._steps.value() == 30 and strip._method.currentData() == "spline"


def test_controls_say_what_is_wanted(strip, qtbot):
    names = (
        "method_changed",
        "steps_changed",
        "speed_changed",
        "loop_changed",
        "play_wanted",
        "add_wanted",
        "clear_wanted",
        "export_wanted",
    )
    said = {name: heard(getattr(strip, name)) for name in names}
    strip._method.setFocus()
    qtbot.keyClick(strip._method, Qt.Key.Key_Down)
    strip._steps.setFocus()
    strip._steps.selectAll()
    qtbot.keyClicks(strip._steps, "120")
    assert not said["steps_changed"]
    qtbot.keyClick(strip._steps, Qt.Key.Key_Return)
    qtbot.keyClick(strip._speed, Qt.Key.Key_Down)
    for button in (strip._loop, strip._play, strip._add, strip._clear, strip._export):
        qtbot.mouseClick(button, LEFT)

    assert said["method_changed"] == ["norm_corrected"] and said["steps_changed"] == [120]
    assert said["speed_changed"] == [1.5] and said["loop_changed"] == [True] and said["play_wanted"] == [True]
    assert [len(said[name]) for name in ("add_wanted", "clear_wanted", "export_wanted")] == [1, 1, 1]


def test_an_empty_strip_teaches_and_offers_only_what_can_be_done(strip):
    strip.show_journey(Journey(), ())

    assert "Press W" in strip.film.accessibleDescription()
    assert not strip._play.isEnabled() and not strip._clear.isEnabled() and strip._add.isEnabled()
    strip.show_journey(journey(1), (0,))
    assert strip.film.count == 1 and not strip._play.isEnabled() and strip._clear.isEnabled()


def test_every_control_has_a_name_and_a_tooltip(strip):
    controls = (
        strip._play,
        strip._loop,
        strip._speed,
        strip._method,
        strip._steps,
        strip._add,
        strip._clear,
        strip._export,
    )

    assert all(control.accessibleName() and control.toolTip() for control in controls)
    assert "waypoint 2: place 1" in strip.film.words(4) and "Step 4 of 9" in strip.film.words(3)


def test_the_export_dialog_says_what_was_chosen(strip, qtbot, tmp_path):
    chosen = heard(strip.export_chosen)
    strip.ask_export(formats("Picture"), 9, tmp_path / "walk", 0.5, True)
    qtbot.keyClick(strip.dialog._list, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: strip.dialog is None)
    assert chosen and chosen[0].kind == "sheet" and chosen[0].path == tmp_path / "walk.png"


def test_files_dropped_on_the_strip_are_handed_on(strip, tmp_path):
    dropped, files = heard(strip.files_dropped), QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("a.mid", "b.mid")])
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, files, LEFT, Qt.KeyboardModifier.NoModifier)
    strip.dropEvent(event)

    assert dropped == [[str(tmp_path / "a.mid"), str(tmp_path / "b.mid")]]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_both_themes_paint(strip, theme):
    strip.set_theme(theme)
    assert rgb(theme.accent) in {
        colour_at(strip.film.viewport(), QPoint(x, middle(strip, 0).y())) for x in range(6, 14)
    }


# ---- dropped files --------------------------------------------------------------------------------------


@pytest.fixture
def dropped(qtbot):
    made = DroppedPanel()
    qtbot.addWidget(made)
    return made


def read(views, names=("",), **more):
    return Read(
        Path("own/tune.mid"),
        tuple(
            ReadItem(name, np.zeros(2, np.float32), view, view)
            for name, view in zip(names, views, strict=True)
        ),
        **more,
    )


def test_original_and_reconstruction_are_shown_by_the_panels_of_their_kind(dropped):
    assert dropped.isHidden()
    picture, tune = Picture(RED), Notes((Note(60, 0, 1),), 1.0)

    dropped.show_read(read([picture]), 0)
    kinds = {words: type(panel).__name__ for words, panel in dropped.panels.items()}
    assert set(kinds.values()) == {"PicturePanel"} and dropped.isVisible() and dropped._items.isHidden()
    dropped.show_read(read([tune, tune], ("bar 1", "bar 2")), 1)
    assert {type(panel).__name__ for panel in dropped.panels.values()} == {"NotesPanel"}
    assert dropped.panels["Original"].view is tune and dropped._items.currentRow() == 1
    dropped.clear()
    assert dropped.isHidden()


def test_items_are_chosen_by_key_and_buttons_say_what_is_wanted(dropped, qtbot):
    dropped.show_read(read([Picture(RED)] * 3, ("1", "2", "3")), 0)
    names = ("item_chosen", "waypoint_wanted", "pin_wanted", "remove_wanted", "closed")
    said = {name: heard(getattr(dropped, name)) for name in names}

    qtbot.keyClick(dropped._items, Qt.Key.Key_Down)
    for button in (dropped._waypoint, dropped._pin, dropped._remove, dropped._close):
        qtbot.mouseClick(button, LEFT)

    assert said["item_chosen"] == [1] and all(len(said[name]) == 1 for name in names)


def test_notes_tell_what_was_done_and_left_out():
    rejected = tuple((f"bar {number}", "no notes") for number in range(6))
    lines = notes_of(read([Picture(RED)], notes=("tempo 96 taken as 120",), rejected=rejected, left_out=3))

    assert lines[0] == "Tempo 96 taken as 120" and lines[1] == "Left out bar 0: no notes"
    assert lines[-2:] == ["Left out 2 more", "3 more items of the file are not shown"] and len(lines) == 7


def test_a_narrow_strip_leaves_words_out_and_nothing_is_cut_off(strip, qtbot):
    host = QWidget()  # of a window of its own the layout alone says how narrow it can be
    qtbot.addWidget(host)
    host.resize(1300, 300)
    strip.setParent(host)
    host.show()
    strip.show()
    words = {}
    for width in (1200, strip.minimumSizeHint().width()):
        strip.resize(width, 210)
        qtbot.wait(10)
        names = ("_play", "_loop", "_speed", "_method", "_steps", "_add", "_clear", "_export")
        shown = [getattr(strip, name) for name in names]
        assert not [one.geometry() for one in shown if one.x() < 0 or one.geometry().right() >= width]
        assert all(one.width() >= one.minimumWidth() for one in shown)
        words[width] = strip._export.text(), strip._steps.suffix()
    assert list(words.values()) == [("Export…", " steps"), ("", "")]
    assert strip._export.accessibleName() == "Export the walk"
    strip.setParent(None)
