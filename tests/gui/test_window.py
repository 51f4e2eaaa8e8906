# The main window: menus and keys from the table of actions, parts that can be folded, and a layout that is kept.
"""The main window: menus and keys from the table of actions, parts that can be folded, and a layout that is kept."""

import gc
import json

import pytest
from aekit_gui.actions import ACTIONS, MENUS
from aekit_gui.theme import DARK, LIGHT, THEMES
from aekit_gui.views.slot import Slot, grown
from aekit_gui.views.style import Style, palette, stylesheet
from aekit_gui.views.tour import STOPS, Tour
from aekit_gui.views.window import MainWindow
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QKeySequence, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton, QSlider, QWidget

OWN = ("view.journey", "view.sliders", "file.quit")


@pytest.fixture
def done():
    return []


@pytest.fixture
def window(qtbot, done):
    made = MainWindow()
    qtbot.addWidget(made)
    made.bind(
        {action.id: (lambda id=action.id: done.append(id)) for action in ACTIONS if action.id not in OWN}
    )
    for name in made.slots:
        made.put(name, QLabel(name))
    made.put("gallery", QLabel("gallery"))
    made.set_open(True, True, True)
    made.show_page("explorer")
    made.show()
    qtbot.waitExposed(made)
    return made


def test_every_action_is_in_its_menu_once_and_does_what_it_was_bound_to(window, done):
    menus = {menu.title(): menu for menu in (action.menu() for action in window.menuBar().actions())}
    assert list(menus) == list(MENUS.values())
    for name, title in MENUS.items():
        shown = [action for action in menus[title].actions() if not action.isSeparator()]
        assert shown == [window.actions_by_id[action.id] for action in ACTIONS if action.menu == name]
    for action in ACTIONS:
        if action.id not in OWN:
            window.actions_by_id[action.id].trigger()
            assert done[-1] == action.id


def test_all_keys_are_those_of_the_table(window, done):
    for action in ACTIONS:
        keys = [key.toString() for key in window.actions_by_id[action.id].shortcuts()]
        assert keys == [QKeySequence(key).toString() for key in action.keys]
    QTest.keyClick(window, Qt.Key.Key_F)
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(window, Qt.Key.Key_Left)
    assert done == ["map.fit", "edit.undo", "place.left"]


@pytest.mark.parametrize(
    ("opened", "able", "unable"),
    [
        ((False, False, False), {"file.open"}, {"map.fit", "place.pin", "sound.play"}),
        ((True, False, False), {"file.open", "map.fit"}, {"place.pin", "sound.play"}),
        ((True, True, False), {"map.fit", "place.pin"}, {"sound.play"}),
        ((True, True, True), {"map.fit", "place.pin", "sound.play"}, set()),
        ((False, True, True), {"file.open"}, {"map.fit", "place.pin", "sound.play"}),
    ],
)
def test_what_is_open_says_what_can_be_done(window, done, opened, able, unable):
    window.set_open(*opened)
    assert able <= window.enabled and not unable & window.enabled
    for id in unable:
        window.do(id)
    assert done == []


def test_in_the_gallery_actions_on_the_run_rest(window):
    window.show_page("gallery")
    assert "file.open" in window.enabled and "map.fit" not in window.enabled
    window.show_page("explorer")
    assert "map.fit" in window.enabled


def test_what_is_not_bound_cannot_be_chosen_and_unknown_names_are_refused(window):
    window.unbind(["map.fit"])
    assert "map.fit" not in window.enabled
    with pytest.raises(KeyError):
        window.bind({"map.fitt": lambda: None})


def test_undo_and_redo_say_what_they_would_do(window):
    window.set_undo("Hide 'R&B'", "")
    undo, redo = window.actions_by_id["edit.undo"], window.actions_by_id["edit.redo"]
    assert undo.text() == "Undo: Hide 'R&&B'" and redo.text() == "Redo"
    assert undo.isEnabled() and not redo.isEnabled()
    assert window.titles["edit.undo"] == "Undo: Hide 'R&B'"
    window.set_undo("", "Search")
    assert undo.text() == "Undo" and redo.text() == "Redo: Search" and not undo.isEnabled()


def test_a_switch_shows_what_it_is_told_and_not_what_was_clicked(window, done):
    loop = window.actions_by_id["journey.loop"]
    loop.trigger()
    assert done == ["journey.loop"] and not loop.isChecked()
    window.set_checked("journey.loop", True)
    assert loop.isChecked()
    loop.trigger()
    assert loop.isChecked()


def test_of_a_group_one_is_checked(window):
    window.set_checked("map.look", True)
    window.set_checked("map.lasso", True)
    window.actions_by_id["map.box"].trigger()
    assert [id for id in ("map.look", "map.box", "map.lasso") if window.actions_by_id[id].isChecked()] == [
        "map.lasso"
    ]


def test_parts_fold_by_key_and_say_so(window, qtbot):
    with qtbot.waitSignal(window.folded) as told:
        QTest.keyClick(window, Qt.Key.Key_J)
    assert told.args == ["view.journey", False]
    assert not window.slots["strip"].isVisible() and not window.actions_by_id["view.journey"].isChecked()
    QTest.keyClick(window, Qt.Key.Key_J)
    assert window.slots["strip"].isVisible() and window.actions_by_id["view.journey"].isChecked()


def test_a_slot_is_hidden_where_its_widget_is(window, qtbot):
    panel = QLabel("dropped")
    panel.hide()
    window.put("dropped", panel)
    slot = window.slots["dropped"]
    assert not slot.isVisible()
    panel.show()
    assert slot.isVisible() and panel.isVisible()
    panel.hide()
    assert not slot.isVisible()
    for name in ("inspector", "facts", "dropped", "sliders"):
        window.put(name, None)
    assert not window.splitters["right"].isVisible()
    window.put("inspector", QLabel("again"))
    assert window.splitters["right"].isVisible()


def test_a_widget_that_is_replaced_is_deleted(window, qtbot):
    import shiboken6

    old = window.slots["map"].held
    window.put("map", QLabel("new"))
    qtbot.waitUntil(lambda: not shiboken6.isValid(old))


def test_the_layout_comes_back_in_another_window(window, qtbot):
    window.resize(1200, 800)
    window.splitters["columns"].setSizes([300, 500, 400])
    window.fold("view.sliders", False)
    state = json.loads(json.dumps(window.layout_state()))
    assert state.pop("geometry").isascii()  # this platform's screen is too small to come back to
    sizes = window.splitters["columns"].sizes()
    other = MainWindow()
    qtbot.addWidget(other)
    for name in other.slots:
        other.put(name, QLabel(name))
    other.show_page("explorer")
    other.resize(1200, 800)
    other.restore_layout(state)
    other.show()
    qtbot.waitExposed(other)
    assert other.splitters["columns"].sizes() == sizes
    assert not other.slots["sliders"].isVisible() and not other.actions_by_id["view.sliders"].isChecked()


@pytest.mark.parametrize(
    "state",
    [{}, {"geometry": 3, "sizes": [], "folded": 1}, {"geometry": "é!", "sizes": {"columns": [1, "x", 3]}},
     {"geometry": "AAAA", "sizes": {"columns": [0, 0, 0], "right": [1], "middle": [-1, 2]}}],
)  # fmt: skip
def test_a_damaged_layout_changes_nothing(window, state):
    before = window.layout_state()
    window.restore_layout(state)
    assert window.layout_state()["sizes"] == before["sizes"]


@pytest.mark.parametrize(
    ("kind", "key", "kept"),
    [
        (QLineEdit, Qt.Key.Key_Return, True), (QLineEdit, Qt.Key.Key_Left, True), (QLineEdit, Qt.Key.Key_F, True),
        (QLineEdit, Qt.Key.Key_Space, True), (QLineEdit, Qt.Key.Key_Backspace, True), (QSlider, Qt.Key.Key_Left, True),
        (QSlider, Qt.Key.Key_F, False), (QComboBox, Qt.Key.Key_Down, True), (QPushButton, Qt.Key.Key_Space, True),
        (QPushButton, Qt.Key.Key_Left, False), (QPushButton, Qt.Key.Key_N, False),
    ],
)  # fmt: skip
def test_keys_that_a_widget_needs_are_not_taken_from_it(window, done, kind, key, kept):
    widget = kind()
    window.put("sidebar", widget)
    widget.setFocus()
    QTest.keyClick(widget, key)
    assert (done == []) == kept


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_enter_and_space_press_the_button_that_has_the_keyboard(window, done, key):
    pressed = []
    button = QPushButton("Press")
    button.clicked.connect(lambda: pressed.append(1))
    window.put("sidebar", button)
    button.setFocus()
    QTest.keyClick(button, key)
    assert pressed == [1] and done == []


def test_files_can_be_dropped_anywhere(window, qtbot, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.mid")), QUrl("https://elsewhere.example/b.mid")])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(50, 50), copy, data, left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted() and window.light.isVisible()
    drop = QDropEvent(QPointF(50, 50), copy, data, left, Qt.KeyboardModifier.NoModifier)
    with qtbot.waitSignal(window.files_dropped) as told:
        QApplication.sendEvent(window, drop)
    assert told.args == [[str(tmp_path / "a.mid")]] and not window.light.isVisible()


def test_text_that_is_dragged_is_not_taken(window):
    data = QMimeData()
    data.setText("words")
    enter = QDragEnterEvent(
        QPoint(50, 50),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(window, enter)
    assert not window.light.isVisible()


def test_closing_is_said_before_the_window_is_gone(window, qtbot):
    with qtbot.waitSignal(window.closing):
        window.do("file.quit")
    assert not window.isVisible()


def test_status_and_names(window):
    window.status.show_words("Pin 4")
    window.status.show_process("ready", "ready")
    assert window.status.words.text() == "Pin 4" and window.status.lamp.isVisible()
    window.status.show_process("", "")
    assert not window.status.lamp.isVisible()


# ---- the tour -----------------------------------------------------------------------------------------------


def test_the_tour_goes_on_and_back_by_keyboard_and_ends(window, qtbot):
    tour = Tour(window, window.slots.get)
    held = QLineEdit()
    window.put("sidebar", held)
    held.setFocus()
    tour.begin()
    assert tour.isVisible() and tour.accessibleName().startswith(STOPS[0].title)
    box = tour._box.geometry()
    assert not box.intersects(tour.lit()) and tour.rect().contains(box)
    QTest.keyClick(tour._on, Qt.Key.Key_Right)
    QTest.keyClick(tour._on, Qt.Key.Key_Left)
    assert tour.number == 0
    with qtbot.waitSignal(tour.closed):
        for _ in STOPS:
            QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert not tour.isVisible() and held.hasFocus()
    tour.begin()
    QTest.keyClick(tour._on, Qt.Key.Key_Escape)
    assert not tour.isVisible()


def test_a_part_that_is_not_there_leaves_the_callout_in_the_middle(window):
    tour = Tour(window, lambda name: None)
    tour.begin()
    assert tour.lit().isEmpty() and abs(tour._box.geometry().center().x() - tour.width() // 2) < 2
    tour.leave()


# ---- the style ----------------------------------------------------------------------------------------------


@pytest.fixture
def style(qapp):
    before = qapp.font(), qapp.palette()
    made = Style(qapp, "light")
    made.dress(QWidget())
    yield made
    QGuiApplication.styleHints().colorSchemeChanged.disconnect(made._system_changed)
    made.deleteLater()
    qapp.setFont(before[0])
    qapp.setPalette(before[1])


def test_a_theme_changes_all_at_once_and_says_so(style, qapp, qtbot):
    with qtbot.waitSignal(style.changed) as told:
        style.choose("dark")
    assert told.args == [DARK]
    assert (
        qapp.palette().color(QPalette.ColorRole.Window).name() == DARK.window
        and DARK.window in style._window.styleSheet()
    )
    with pytest.raises(ValueError, match="neon"):
        style.choose("neon")


def test_the_systems_theme_is_followed_only_where_it_was_chosen(style, qtbot):
    style._system_changed(Qt.ColorScheme.Dark)
    assert style.theme is LIGHT
    style.choose("system")
    style._system_changed(Qt.ColorScheme.Dark)
    assert style.theme is DARK
    style._system_changed(Qt.ColorScheme.Unknown)
    assert style.theme is LIGHT


def test_the_interface_scales_live_within_its_range(style, qapp, qtbot):
    window = style._window
    label, edit = QLabel("words", window), QLineEdit(window)
    qtbot.addWidget(window)
    window.show()
    small = label.sizeHint().height(), edit.sizeHint().height()
    style.set_scale(2.0)
    qapp.processEvents()
    assert label.font().pixelSize() == 26
    assert label.sizeHint().height() > 1.7 * small[0] and edit.sizeHint().height() > 1.6 * small[1]
    style.step(5)
    assert style.scale == 2.0
    style.set_scale(0.1)
    assert style.scale == 0.8


def test_a_part_of_the_window_gets_room_for_larger_words_as_far_as_the_screen_has_it(style, qapp, qtbot):
    assert [grown(200, 1.5, screen) for screen in (2560, 1366, 800)] == [300, 273, 200]
    slot = Slot("sidebar", QSize(100, 100), style._window)
    qtbot.addWidget(style._window)
    style._window.show()
    style.set_scale(1.5)
    qapp.processEvents()
    assert slot.font().pixelSize() == 20  # of 13
    assert (slot.minimumSizeHint().width(), slot.minimumSizeHint().height()) == (154, 100)


def test_a_window_begins_with_the_scale_of_last_time(qapp, qtbot):
    before = qapp.font(), qapp.palette()
    style = Style(qapp, "light", 1.5)
    window = MainWindow()
    qtbot.addWidget(window)
    style.dress(window)
    window.show()
    assert {slot.font().pixelSize() for slot in window.slots.values()} == {20}
    style.close()
    qapp.setFont(before[0])
    qapp.setPalette(before[1])


def test_nothing_is_seen_half_dressed(style, qtbot):
    with qtbot.waitSignal(style.changed):
        style.choose("dark")
        assert not style._window.updatesEnabled()
    assert style._window.updatesEnabled()


def test_stylesheets_are_filled_in_and_their_signs_can_be_read(qapp, capfd):
    for theme in THEMES.values():
        for scale in (0.8, 1.0, 1.3, 2.0):
            text = stylesheet(theme, scale)
            assert "$" not in text and text.count("{") == text.count("}")
            for part in text.split("url(")[1:]:
                name = part.split(")")[0]
                assert not QImage(name).isNull(), name
                assert QImage(name.replace(".png", "@2x.png")).width() == 2 * QImage(name).width()
            widget = QWidget()
            widget.setStyleSheet(text)
            widget.ensurePolished()
    assert "Could not parse" not in capfd.readouterr().err


def contrast(first, second):
    """WCAG 2: the ratio of two colours' luminances."""

    def luminance(text):
        parts = [int(text[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_text_and_focus_rings_can_be_seen(theme):
    for ground in (theme.window, theme.panel, theme.raised):
        assert contrast(theme.text, ground) > 7 and contrast(theme.dim, ground) > 4.5
        assert contrast(theme.accent, ground) > 3 and contrast(theme.bad, ground) > 4.5
    assert contrast(theme.on_accent, theme.accent) > 4.5


def test_the_palette_dims_what_is_disabled(qapp):
    made = palette(DARK)
    on = made.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Text)
    assert made.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text) != on


def test_nothing_outlives_a_closed_window(qapp, qtbot):
    gc.collect()
    before = len(qapp.allWidgets())
    for _ in range(2):
        window = MainWindow()
        for name in window.slots:
            window.put(name, QLabel(name))
        tour = Tour(window, window.slots.get)
        tour.begin()
        window.close()
        window.deleteLater()
        del window, tour
    qapp.sendPostedEvents(None, 52)  # QEvent.Type.DeferredDelete
    gc.collect()
    qtbot.waitUntil(lambda: len(qapp.allWidgets()) <= before)
