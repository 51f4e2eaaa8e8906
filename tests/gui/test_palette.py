# The command palette and the help page: found by some letters, worked by keyboard alone.
"""The command palette and the help page: found by some letters, worked by keyboard alone."""

import pytest
from aekit_gui.actions import ACTIONS
from aekit_gui.theme import DARK, LIGHT
from aekit_gui.views.help import MOUSE, HelpPage, rows_of
from aekit_gui.views.palette import CommandPalette, ranked, spread_of
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow

ALL = {action.id for action in ACTIONS}


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    qtbot.addWidget(made)
    made.edit = QLineEdit()
    made.setCentralWidget(made.edit)
    made.resize(900, 700)
    made.show()
    qtbot.waitExposed(made)
    made.edit.setFocus()
    return made


@pytest.fixture
def palette(window):
    made = CommandPalette(window)
    made.set_theme(LIGHT)
    return made


def press(key, modifiers=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(QApplication.focusWidget(), key, modifiers)


def test_some_letters_and_enter_do_it(palette, window, qtbot):
    palette.ask(ALL)
    assert palette.field.hasFocus()
    QTest.keyClicks(palette.field, "waypoint here")
    with qtbot.waitSignal(palette.chosen) as told:
        press(Qt.Key.Key_Return)
    assert told.args == ["journey.add"]
    assert not palette.isVisible() and window.edit.hasFocus()


def test_letters_in_their_order_are_enough():
    assert ranked("sbox")[0].id == "map.box"
    assert ranked("umap")[0].id == "map.umap"
    assert ranked("zzzz") == []
    assert spread_of("abc", "xabcx") == 0 and spread_of("ac", "abc") == 1 and spread_of("ca", "abc") is None
    exact = [action.id for action in ranked("pin")]
    assert exact[0] == "place.pin" and exact.index("place.pin") < exact.index("place.unpin")


def test_arrows_go_around_and_pages_stop_at_the_ends(palette):
    palette.ask(ALL)
    assert palette.list.row_at_hand().id == ACTIONS[0].id
    press(Qt.Key.Key_Up)
    assert palette.list.row_at_hand().id == ACTIONS[-1].id
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_PageDown)
    assert palette.list.row_at_hand().id == ACTIONS[8].id
    press(Qt.Key.Key_PageUp)
    press(Qt.Key.Key_PageUp)
    assert palette.list.row_at_hand().id == ACTIONS[0].id


def test_escape_the_keys_that_opened_it_and_a_click_beside_close_it(palette, window, qtbot):
    control = Qt.KeyboardModifier.ControlModifier
    for leave in (
        lambda: press(Qt.Key.Key_Escape),
        lambda: press(Qt.Key.Key_K, control),
        lambda: QTest.mouseClick(palette, Qt.MouseButton.LeftButton, pos=QPoint(5, 5)),
    ):
        palette.ask(ALL)
        with qtbot.assertNotEmitted(palette.chosen), qtbot.waitSignal(palette.closed):
            leave()
        assert not palette.isVisible() and window.edit.hasFocus()


def test_a_click_on_a_row_does_it(palette, qtbot):
    palette.ask(ALL)
    palette.field.setText("fit all")
    place = palette.list.visualItemRect(palette.list.item(0)).center()
    with qtbot.waitSignal(palette.chosen) as told:
        QTest.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told.args == ["map.fit"]


def test_what_cannot_be_done_is_shown_last_says_why_and_is_not_chosen(palette, qtbot):
    palette.ask({"file.open"})
    palette.field.setText("play or stop")
    [row] = palette.rows("play or stop")
    assert not row.enabled and row.help == "The model is still being loaded."
    with qtbot.assertNotEmitted(palette.chosen):
        press(Qt.Key.Key_Return)
    assert palette.isVisible()
    assert [row.enabled for row in palette.rows("o")][:2] == [True, False]


def test_what_was_done_last_comes_first(palette):
    palette.ask(ALL)
    palette.field.setText("surprise")
    press(Qt.Key.Key_Return)
    palette.ask(ALL)
    assert palette.list.row_at_hand().id == "place.random" and palette.field.text() == ""


def test_titles_of_now_are_shown(palette):
    palette.ask(ALL, {"edit.undo": "Undo: Hide 4"})
    assert palette.rows("undo")[0].title == "Undo: Hide 4"


def test_nothing_found_is_said(palette):
    palette.ask(ALL)
    palette.field.setText("qqqq")
    assert palette.none.isVisible() and not palette.list.isVisible()
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Down)


def test_tab_stays_inside_and_shortcuts_rest(palette, window, qtbot):
    pressed = []
    action = window.menuBar().addMenu("File").addAction("Fit", lambda: pressed.append(1))
    action.setShortcut("F")
    palette.ask(ALL)
    press(Qt.Key.Key_Tab)
    assert palette.field.hasFocus()
    press(Qt.Key.Key_F)
    assert palette.field.text() == "f" and pressed == []


def test_it_covers_the_window_at_any_size(palette, window, qapp):
    palette.ask(ALL)
    window.resize(500, 300)
    qapp.processEvents()
    assert palette.size() == window.size() and palette.rect().contains(palette._box.geometry())
    palette.set_theme(DARK)
    assert not palette.grab().isNull()


def test_rows_are_named_with_their_keys(palette):
    palette.ask(ALL)
    palette.field.setText("fit all")
    assert palette.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole) == "Fit all, F"


# ---- help ---------------------------------------------------------------------------------------------------


def test_the_help_page_holds_every_action_once_under_its_menu():
    rows = rows_of("")
    assert [row.id for row in rows if row.id] == [
        *(row.id for row in MOUSE),
        *(action.id for action in ACTIONS),
    ]
    assert next(row for row in rows if row.id == "edit.redo").keys == ("Ctrl+Shift+Z", "Ctrl+Y")


def test_the_help_page_is_searched(qtbot):
    page = HelpPage(LIGHT)
    qtbot.addWidget(page)
    page.show()
    QTest.keyClicks(page.field, "fit all")
    assert [page.list.item(row).text() for row in range(page.list.count())] == ["Map", "Fit all"]
    QTest.keyClicks(page.field, "qqq")
    assert page.none.isVisible()
    page.field.clear()
    QTest.keyClick(page.field, Qt.Key.Key_Down)
    assert page.list.row_at_hand().id == MOUSE[1].id
