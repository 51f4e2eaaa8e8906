# Messages: quiet, at most four, counted instead of repeated, and none is lost.
"""Messages: quiet, at most four, counted instead of repeated, and none is lost."""

from itertools import pairwise

import pytest
from aekit_gui.theme import DARK, LIGHT
from aekit_gui.views.dialogs import About, DimensionsDialog
from aekit_gui.views.messages import Messages
from aekit_gui.views.toast import ProgressToast, SayToast
from aekit_gui.work.protocol import Problem
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow

LEFT = Qt.MouseButton.LeftButton
BROKEN = Problem("The plugin 'cells' raised: ValueError.", "Traceback:\n  line 1\nValueError", expected=False)


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    qtbot.addWidget(made)
    made.setCentralWidget(QLineEdit())
    made.resize(900, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def messages(window):
    made = Messages(window)
    made.set_theme(LIGHT)
    return made


def texts(messages):
    return [toast.label.text() for toast in messages.shown]


def test_a_message_stands_at_the_bottom_right_and_goes_by_itself(messages, window, qtbot):
    messages.say("Copied.")
    [toast] = messages.shown
    place = toast.geometry()
    assert window.rect().contains(place)
    assert window.width() - place.right() < 20 and window.height() - place.bottom() < 20
    assert toast.accessibleName() == "Copied."
    toast._clock.start(1)
    qtbot.waitUntil(lambda: messages.shown == [])


def test_messages_stand_in_the_corner_of_the_first_place_that_is_seen_and_move_with_it(window, qtbot):
    first, second = QLineEdit(window), QLineEdit(window)
    first.setGeometry(0, 0, 500, 400)
    second.setGeometry(100, 100, 700, 500)
    second.show()
    told = Messages(window, (first, second))
    told.say("Here.")
    [toast] = told.shown
    corner = toast.geometry().bottomRight()
    assert second.geometry().contains(toast.geometry())
    assert 800 - corner.x() < 20 and 600 - corner.y() < 20
    first.show()
    corner = toast.geometry().bottomRight()
    assert 500 - corner.x() < 20 and 400 - corner.y() < 20
    first.move(40, 0)
    qtbot.waitUntil(lambda: toast.geometry().bottomRight().x() == corner.x() + 40)


def test_messages_that_the_window_is_too_low_for_wait_and_the_newest_is_always_seen(messages, window, qapp):
    window.setMinimumSize(300, 100)
    window.resize(900, 150)
    for word in ("one", "two", "three", "four"):
        messages.problem(Problem(f"It was {word}."))
    qapp.processEvents()
    shown = messages.shown
    assert 1 <= len(shown) < 4 and "four" in shown[-1].label.text()
    assert all(window.rect().contains(toast.geometry()) for toast in shown)
    window.resize(900, 700)
    qapp.processEvents()
    assert len(messages.shown) == 4


def test_a_message_waits_while_the_keyboard_is_on_it(messages, qtbot, qapp):
    messages.say("Read me.")
    [toast] = messages.shown
    toast.close_button.setFocus()
    toast._clock.start(1)
    qtbot.wait(30)
    assert messages.shown == [toast]
    QTest.keyClick(toast.close_button, Qt.Key.Key_Escape)
    assert messages.shown == []


def test_the_same_message_is_not_stacked(messages):
    for _ in range(5):
        messages.say("Volume 80 %")
    assert texts(messages) == ["Volume 80 %"]


def test_the_same_problem_is_counted(messages):
    for _ in range(3):
        messages.problem(BROKEN)
    assert texts(messages) == [f"{BROKEN.sentence}  (×3)"]
    assert messages.shown[0].accessibleName() == f"{BROKEN.sentence} 3 times"


def test_at_most_four_are_seen_and_messages_go_first(messages):
    messages.say("one")
    for number in range(4):
        messages.problem(Problem(f"problem {number}"))
    assert texts(messages) == [f"problem {number}" for number in range(4)]
    messages.problem(Problem("problem 4"))
    assert texts(messages) == [f"problem {number}" for number in range(1, 5)]
    messages.remove(messages.shown[-1])
    assert texts(messages) == [f"problem {number}" for number in range(4)]


def test_a_message_over_four_things_under_way_is_seen_and_they_come_back(messages):
    bars = [messages.progress(f"work {number}") for number in range(4)]
    for bar in bars:
        bar.show()
    messages.say("hello")
    assert len(messages.shown) == 4 and "hello" in texts(messages)
    messages.remove(messages.shown[-1])
    assert texts(messages) == [f"work {number}" for number in range(4)]


def test_they_do_not_lie_on_one_another(messages):
    for number in range(4):
        messages.problem(Problem(f"problem {number} " * 12, "details" if number % 2 else ""))
    places = [toast.geometry() for toast in messages.shown]
    for upper, lower in pairwise(places):
        assert upper.bottom() <= lower.top() + 17  # their shadows may


def test_they_follow_the_windows_edge(messages, window, qapp):
    messages.say("Copied.")
    window.resize(600, 400)
    qapp.processEvents()
    assert window.rect().contains(messages.shown[0].geometry())


def test_details_are_shown_and_copied(messages, qtbot):
    messages.problem(BROKEN)
    [toast] = messages.shown
    QTest.mouseClick(toast.details, LEFT)
    dialog = messages.dialog
    assert dialog.isVisible() and dialog.text.toPlainText() == BROKEN.details
    QTest.mouseClick(dialog.copy, LEFT)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith(f"{BROKEN.sentence}\n\n{BROKEN.details}\n\naekit ") and "Python 3" in copied
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert messages.dialog is None
    assert messages.shown == [toast]  # stays until it is closed
    QTest.mouseClick(toast.close_button, LEFT)
    assert messages.shown == []


def test_a_problem_that_was_expected_has_no_details_and_goes(messages, qtbot):
    messages.problem(Problem("The disk is full."))
    [toast] = messages.shown
    assert not toast.details.isVisible() and toast._clock.isActive()


def test_progress_is_shown_only_where_it_takes_a_moment(messages, qtbot):
    quick = messages.progress("Quick")
    quick.close()
    slow = messages.progress("Slow")
    assert messages.shown == []
    qtbot.waitUntil(lambda: texts(messages) == ["Slow"], timeout=2000)
    slow.close()
    assert messages.shown == []


def test_progress_tells_how_far_it_is(messages):
    handle = messages.progress("Laying out")
    handle.show()
    [toast] = messages.shown
    assert isinstance(toast, ProgressToast) and toast.bar.maximum() == 0 and not toast.cancel.isVisible()
    handle.update(0.25, "epoch 50 of 200")
    assert toast.bar.value() == 250 and toast.label.text() == "Laying out: epoch 50 of 200"
    handle.update(7.0)
    assert toast.bar.value() == toast.bar.maximum()
    handle.update(0.0)
    assert toast.bar.maximum() == 0
    handle.close()
    handle.close()
    handle.update(0.5, "late")
    handle.show()
    assert messages.shown == []


def test_cancel_is_asked_once(messages):
    asked = []
    handle = messages.progress("Exporting", lambda: asked.append(1))
    handle.show()
    [toast] = messages.shown
    QTest.mouseClick(toast.cancel, LEFT)
    QTest.mouseClick(toast.cancel, LEFT)
    assert asked == [1] and toast.cancel.text() == "Cancelling…"
    handle.close()


def test_clear_leaves_what_is_under_way(messages):
    messages.say("hello")
    messages.problem(BROKEN)
    handle = messages.progress("Work")
    handle.show()
    messages.clear()
    assert texts(messages) == ["Work"]


def test_words_are_words_and_no_markup(messages):
    messages.say("<b>bold</b> & more")
    assert messages.shown[0].label.textFormat() == Qt.TextFormat.PlainText


def test_a_thousand_problems_hold_no_thousand_widgets(messages, window, qapp):
    for number in range(200):
        messages.problem(Problem(f"problem {number}"))
    qapp.sendPostedEvents(None, 52)  # QEvent.Type.DeferredDelete
    assert len(messages.shown) == 4 and len(messages._toasts) <= 44
    messages.set_theme(DARK)
    assert not window.grab().isNull()


def test_a_press_on_a_message_does_not_reach_what_is_below(messages, window):
    pressed = []
    window.centralWidget().mousePressEvent = lambda event: pressed.append(1)
    messages.say("Here.")
    [toast] = messages.shown
    assert isinstance(toast, SayToast)
    QTest.mouseClick(toast, LEFT, pos=QPoint(30, 20))
    assert pressed == []


# ---- dialogs ------------------------------------------------------------------------------------------------


def test_about_names_and_copies_the_versions(qtbot):
    about = About()
    qtbot.addWidget(about)
    about.show()
    QTest.mouseClick(about.copy, LEFT)
    assert "Python 3" in QGuiApplication.clipboard().text()
    QTest.keyClick(about, Qt.Key.Key_Escape)
    assert not about.isVisible()


def test_two_dimensions_are_offered_by_what_they_carry(qtbot):
    dialog = DimensionsDialog([0.1, 2.5, 1.5])
    qtbot.addWidget(dialog)
    dialog.show()
    assert (dialog.right.currentData(), dialog.up.currentData()) == (1, 2)
    dialog.up.setCurrentIndex(0)
    assert not dialog.show_button.isEnabled() and dialog.note.text()
    dialog.up.setCurrentIndex(2)
    with qtbot.waitSignal(dialog.chosen) as told:
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert told.args == [1, 0] and not dialog.isVisible()


def test_the_dimensions_of_now_are_chosen_at_first(qtbot):
    dialog = DimensionsDialog([0.1, 2.5, 1.5], (0, 2))
    qtbot.addWidget(dialog)
    assert (dialog.right.currentData(), dialog.up.currentData()) == (0, 2)
    other = DimensionsDialog([0.1, 2.5, 1.5], (0, 9))
    qtbot.addWidget(other)
    assert (other.right.currentData(), other.up.currentData()) == (1, 2)
    assert QApplication.activeModalWidget() is None
