# The sliders by real mouse and keys.
import time

import numpy as np
import pytest
from aekit_gui.models.sliders import Row, attribute_rows
from aekit_gui.theme import DARK, LIGHT
from aekit_gui.views.sliders import Sliders
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QShortcut, QWheelEvent
from PySide6.QtWidgets import QApplication

LEFT = Qt.MouseButton.LeftButton
RED = np.zeros((8, 8, 3), np.uint8) + np.array([250, 10, 10], np.uint8)


def dimensions(count, unused=0):
    return [
        Row(f"dimension {number}", f"Dimension {number + 1}", -2.5, 2.5, detail=f"{9 - number / 20:.2f} nats",
            unused=number >= count - unused, shape=(0.2, 1.0, 0.2))
        for number in range(count)
    ]  # fmt: skip


def keys_of(rows):
    return {row.key for row in rows}


@pytest.fixture
def view(qtbot):
    made = Sliders()
    qtbot.addWidget(made)
    made.resize(344, 400)
    made.show()
    rows = dimensions(4)
    made.show_rows(rows, keys_of(rows))
    made.set_values(dict.fromkeys(keys_of(rows), 0.0))
    qtbot.waitExposed(made)
    return made


def heard(signal):
    """What a signal said from now on."""
    said = []
    signal.connect(lambda *values: said.append(values[0] if len(values) == 1 else values))
    return said


def at(slider, share):
    """The place of a value on the track, in shares of it."""
    track = slider.track
    return QPoint(round(track.left() + share * track.width()), round(track.bottom()))


def colours(widget):
    image = widget.grab().toImage()
    return {
        image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)
    }


# ---- the mouse ------------------------------------------------------------------------------------------


def test_a_drag_moves_and_lets_go_once(view, qtbot):
    moved, released = heard(view.moved), heard(view.released)
    slider = view.sliders["dimension 1"]

    qtbot.mousePress(slider, LEFT, pos=at(slider, 0.6))
    qtbot.mouseMove(slider, at(slider, 0.8))
    qtbot.mouseMove(slider, at(slider, 1.3))
    assert not released
    qtbot.mouseRelease(slider, LEFT, pos=at(slider, 1.3))

    assert [key for key, _ in moved] == 3 * ["dimension 1"] and released == ["dimension 1"]
    assert [value for _, value in moved] == pytest.approx([0.5, 1.5, 2.5], abs=0.02)


def test_shift_makes_a_drag_fine(view, qtbot):
    slider = view.sliders["dimension 0"]
    qtbot.mousePress(slider, LEFT, pos=at(slider, 0.5))
    before, moved = slider.amount, heard(view.moved)
    event_at = at(slider, 0.7)
    move = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(event_at), slider.mapToGlobal(QPointF(event_at)), LEFT, LEFT,
        Qt.KeyboardModifier.ShiftModifier,
    )  # fmt: skip
    QApplication.sendEvent(slider, move)
    assert moved[-1][1] - before == pytest.approx(0.2 * 5 * 0.1, abs=0.01)


def test_a_click_on_a_thumbnail_goes_to_its_value(view, qtbot):
    moved, released = heard(view.moved), heard(view.released)
    slider = view.sliders["dimension 2"]
    qtbot.mouseClick(slider, LEFT, pos=slider.cell(4).center().toPoint())
    assert moved == [("dimension 2", pytest.approx(slider.row.stops()[4]))] and released == ["dimension 2"]


def test_a_double_click_resets(view, qtbot):
    reset, slider = heard(view.reset), view.sliders["dimension 0"]
    qtbot.mouseDClick(slider, LEFT, pos=at(slider, 0.9))
    qtbot.mouseDClick(slider, LEFT, pos=QPoint(20, 10))
    assert reset == ["dimension 0", "dimension 0"]


def test_a_click_on_the_title_moves_nothing(view, qtbot):
    moved, slider = heard(view.moved), view.sliders["dimension 0"]
    qtbot.mouseClick(slider, LEFT, pos=QPoint(20, 10))
    assert not moved and slider.hasFocus()


def test_the_wheel_scrolls_the_list_and_moves_no_slider(view, qtbot):
    rows = dimensions(30)
    view.show_rows(rows, keys_of(rows))
    moved, slider, bar = heard(view.moved), view.sliders["dimension 0"], view.area.verticalScrollBar()
    place = QPointF(100, 30)
    wheel = QWheelEvent(
        place, slider.mapToGlobal(place), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(slider, wheel)
    assert not wheel.isAccepted() and not moved and bar.maximum() > 0


# ---- the keyboard ---------------------------------------------------------------------------------------


def test_arrows_step_and_one_release_ends_a_held_key(view, qtbot):
    moved, released = heard(view.moved), heard(view.released)
    slider = view.sliders["dimension 0"]
    slider.setFocus()
    for key, modifier in (
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier),
        (Qt.Key.Key_PageUp, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier),
    ):
        qtbot.keyPress(slider, key, modifier)
    assert [value for _, value in moved] == pytest.approx([0.05, 0.045, 0.545, -2.5]) and not released
    qtbot.keyRelease(slider, Qt.Key.Key_Home)
    assert released == ["dimension 0"]


def test_up_and_down_go_to_other_sliders_and_scroll_to_them(view, qtbot):
    rows = dimensions(30)
    view.show_rows(rows, keys_of(rows))
    view.sliders["dimension 0"].setFocus()
    for _ in range(12):
        qtbot.keyClick(view.focusWidget(), Qt.Key.Key_Down)
    now = view.focusWidget()
    assert now is view.sliders["dimension 12"]
    seen = now.mapTo(view.area.viewport(), QPoint(0, 0)).y()
    assert 0 <= seen <= view.area.viewport().height() - now.height()
    qtbot.keyClick(now, Qt.Key.Key_Up)
    assert view.focusWidget() is view.sliders["dimension 11"]


def test_tab_goes_downwards_through_all_of_many(view, qtbot):
    rows = dimensions(30)
    view.show_rows(rows, keys_of(rows))
    view.sliders["dimension 0"].setFocus()
    for number in range(1, 30):
        qtbot.keyClick(view.focusWidget(), Qt.Key.Key_Tab)
        assert view.focusWidget() is view.sliders[f"dimension {number}"]


def test_a_typed_number_is_taken_as_it_is(view, qtbot):
    moved, released = heard(view.moved), heard(view.released)
    slider = view.sliders["dimension 0"]
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_1)
    qtbot.keyClicks(slider.editor, ",2345")
    qtbot.keyClick(slider.editor, Qt.Key.Key_Return)
    assert moved == [("dimension 0", 1.2345)] and released == ["dimension 0"]
    assert slider.editor.isHidden() and slider.hasFocus()


def test_a_click_on_the_number_lets_it_be_typed_and_escape_leaves_it(view, qtbot):
    moved, slider = heard(view.moved), view.sliders["dimension 1"]
    qtbot.mouseClick(slider, LEFT, pos=slider.number.center().toPoint())
    assert slider.editor.isVisible() and slider.editor.selectedText() == "0"
    qtbot.keyClicks(slider.editor, "2")
    qtbot.keyClick(slider.editor, Qt.Key.Key_Escape)
    assert not moved and slider.editor.isHidden()
    slider.edit()
    qtbot.keyClicks(slider.editor, "-99")
    qtbot.keyClick(slider.editor, Qt.Key.Key_Return)
    assert moved == [("dimension 1", -7.5)]  # a length beyond the end


def test_what_is_no_number_stays_to_be_mended(view, qtbot):
    moved, slider = heard(view.moved), view.sliders["dimension 1"]
    for text in ("a lot", "nan", "inf", ""):
        slider.edit(text or " ")
        qtbot.keyClick(slider.editor, Qt.Key.Key_Return)
        assert slider.editor.isVisible() and not moved


def test_delete_resets(view, qtbot):
    reset = heard(view.reset)
    qtbot.keyClick(view.sliders["dimension 3"], Qt.Key.Key_Delete)
    assert reset == ["dimension 3"]


def test_shortcuts_of_the_window_do_not_take_a_sliders_keys(view, qtbot):
    pressed = []
    for key in ("Left", "Return", "1", "Backspace", "W"):
        QShortcut(key, view).activated.connect(lambda key=key: pressed.append(key))
    slider, moved = view.sliders["dimension 0"], heard(view.moved)
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Left)
    qtbot.keyClick(slider, Qt.Key.Key_Backspace)
    qtbot.keyClick(slider, Qt.Key.Key_W)
    qtbot.keyClick(slider, Qt.Key.Key_Return)
    qtbot.keyClicks(slider.editor, "1")
    qtbot.keyClick(slider.editor, Qt.Key.Key_Return)
    assert pressed == ["W"] and [value for _, value in moved] == pytest.approx([-0.05, 1])


# ---- what is shown --------------------------------------------------------------------------------------


def test_values_that_are_set_say_nothing(view):
    moved, released = heard(view.moved), heard(view.released)
    view.set_values({"dimension 0": 1.25, "dimension 1": -9.0})
    slider = view.sliders["dimension 1"]
    assert view.sliders["dimension 0"].text() == "1.25" and slider.text() == "−9.00" and slider.share == 0
    assert not moved and not released


def test_a_screen_reader_moves_it_like_a_slider(view):
    moved, released, slider = heard(view.moved), heard(view.released), view.sliders["dimension 0"]
    slider.setValue(750)
    assert moved == [("dimension 0", 1.25)] and released == ["dimension 0"]
    slider.setFocus()
    assert slider.accessibleName() == "Dimension 1" and "1.25" in slider.accessibleDescription()
    assert slider.toolTip()


def test_unused_dimensions_are_folded_away_with_their_count(view, qtbot):
    rows = dimensions(9, unused=5)
    view.show_rows(rows, keys_of(rows))
    view.resize(344, 1200)
    assert view.fold.text() == "5 unused dimensions" and view.fold.isVisible()
    assert "dimension 6" not in view.sliders and "dimension 6" not in view.in_sight()

    qtbot.mouseClick(view.fold, LEFT)
    assert view.sliders["dimension 6"].isVisible() and "dimension 6" in view.in_sight()
    view.fold.setFocus()
    qtbot.keyClick(view.fold, Qt.Key.Key_Return)
    assert not view.sliders["dimension 6"].isVisible()


def test_attributes_stand_above_dimensions_in_a_section_of_their_own(view):
    rows = [*attribute_rows(["slant"]), *dimensions(2)]
    view.show_rows(rows, keys_of(rows[1:]))
    tops = [view.sliders[row.key].y() for row in rows]
    headings = [label.y() for label in view.headings.values()]
    assert headings[0] < tops[0] < headings[1] < tops[1] < tops[2]
    assert view.sliders["attribute slant"].height() < view.sliders["dimension 0"].height()
    view.set_note("Learning")
    assert view.note.isVisible() and view.sliders["attribute slant"].y() > tops[0]
    view.show_rows(rows[1:], ())
    assert not view.note.isVisible() and "attribute slant" not in view.sliders


def test_no_rows_are_explained(view):
    view.show_rows([])
    assert (
        view.empty.isVisible() and not view.fold.isVisible() and not view.headings["Dimensions"].isVisible()
    )


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_thumbnails_and_the_theme_are_seen(view, theme):
    view.set_theme(theme)
    assert "#fa0a0a" not in colours(view)
    view.show_thumbnails("dimension 0", 5 * [RED])
    view.show_thumbnails("nobody", 5 * [RED])
    found = colours(view.sliders["dimension 0"])
    assert "#fa0a0a" in found and theme.accent in found


def test_drawings_on_white_paper_turn_dark_in_the_dark(view):
    view.show_thumbnails("dimension 0", 5 * [np.full((8, 16, 3), 255, np.uint8)])
    view.set_drawn(True)
    view.set_theme(DARK)
    slider = view.sliders["dimension 0"]
    middle = slider.cell(2).center().toPoint()
    assert slider.grab().toImage().pixelColor(middle).lightness() < 10
    view.set_drawn(False)
    assert slider.grab().toImage().pixelColor(middle).lightness() > 245


# ---- thumbnails -----------------------------------------------------------------------------------------


def test_thumbnails_are_asked_for_in_sight_alone_once_all_rests(view, qtbot):
    rows = dimensions(30)
    with qtbot.waitSignal(view.thumbnails_wanted) as first:
        view.show_rows(rows, keys_of(rows))
    assert first.args[0][0] == "dimension 0" and 3 <= len(first.args[0]) <= 6

    wanted = heard(view.thumbnails_wanted)
    for step in range(20):
        view.set_values({"dimension 0": step / 10})
        qtbot.wait(5)
    assert not wanted
    qtbot.waitUntil(lambda: len(wanted) == 1)

    view.area.verticalScrollBar().setValue(10**6)
    qtbot.waitUntil(lambda: len(wanted) == 2)
    assert wanted[1][-1] == "dimension 29" and "dimension 0" not in wanted[1]


def test_what_nobody_sees_asks_for_nothing(view, qtbot):
    wanted = heard(view.thumbnails_wanted)
    view.hide()
    assert view.unseen()
    view.set_values({"dimension 0": 1.0})
    qtbot.wait(250)
    assert not wanted
    view.show()
    qtbot.waitUntil(lambda: len(wanted) == 1)


def test_sliders_without_room_for_thumbnails_want_none(view, qtbot):
    qtbot.wait(200)
    wanted = heard(view.thumbnails_wanted)
    view.show_rows(dimensions(3), ())
    qtbot.wait(250)
    assert not wanted


# ---- conditions -----------------------------------------------------------------------------------------


def test_a_class_is_chosen_by_keys(view, qtbot):
    chosen = heard(view.condition_changed)
    view.set_conditions("Class", ["zero", "one", "two"])
    view.set_condition("one")
    assert view.bar.isVisible() and view.choice.currentText() == "one" and not view.number.isVisible()
    qtbot.keyClick(view.choice, Qt.Key.Key_Down)
    assert chosen == ["two"]
    view.set_condition("")
    assert view.choice.currentText() == "zero" and chosen == ["two"]


def test_an_attribute_is_typed(view, qtbot):
    chosen = heard(view.condition_changed)
    view.set_conditions("ink", None)
    view.set_condition("0.5")
    assert view.number.text() == "0.5" and not view.choice.isVisible()
    view.number.selectAll()
    qtbot.keyClicks(view.number, " 0.75")
    qtbot.keyClick(view.number, Qt.Key.Key_Return)
    assert chosen == ["0.75"]
    view.set_conditions("", None)
    assert not view.bar.isVisible()


# ---- speed ----------------------------------------------------------------------------------------------


def test_many_dimensions_open_at_once_and_follow_lightly(qtbot):
    rows = dimensions(128)
    Sliders().show_rows(rows[:2])  # fonts are loaded
    started = time.perf_counter()
    view = Sliders()
    qtbot.addWidget(view)
    view.resize(344, 700)
    view.show_rows(rows, keys_of(rows))
    view.set_values(dict.fromkeys(keys_of(rows), 0.3))
    view.show()
    QApplication.processEvents()
    opened = time.perf_counter() - started

    assert len(view.sliders) < 40  # those in sight, and those that would be soon
    assert opened < 0.2  # a tenth of that on an idle core
    started = time.perf_counter()
    for step in range(50):
        view.set_values(dict.fromkeys(keys_of(rows), step / 50))
        QApplication.processEvents()
    assert (time.perf_counter() - started) / 50 < 0.02
