# The inspector: what it shows, what it asks for, by mouse and by keyboard.
"""The inspector: what it shows, what it asks for, by mouse and by keyboard."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from aekit_gui.models.look import Place
from aekit_gui.theme import DARK, LIGHT
from aekit_gui.views.facts import parts
from aekit_gui.views.inspector import Inspector
from aekit_gui.views.near import Near, NearStrip
from aekit_gui.views.panels.curves import CurvesPanel
from aekit_gui.views.panels.notes import NotesPanel
from aekit_gui.views.panels.picture import PicturePanel
from aekit_gui.views.pins import Pins
from aekit_gui.work.protocol import Decoded
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from aekit.views import Curves, Note, Notes, Picture, View

FACTS = [("Likelihood, at least", "-135.2 nats", "A bound."), ("Near items say", "7  (13 of 15)", "A label.")]


def decoded(view: View, code: tuple[float, ...] = (0.0, 1.0)) -> Decoded:
    return Decoded(view, np.zeros((4, 4, 3), np.uint8), np.asarray(code, np.float32), 0.003)


def digit(seed: int) -> Picture:
    return Picture(np.random.default_rng(seed).integers(0, 256, (28, 28), np.uint8))


def tune(*pitches: int) -> Notes:
    return Notes(tuple(Note(pitch, 0.5 * at, 0.5 * at + 0.4) for at, pitch in enumerate(pitches)), 4.0)


def near(count: int) -> list[Near]:
    return [Near(100 + n, f"file {n}, bar 3", str(n), 0.1 * n, digit(n).picture()) for n in range(count)]


def pixels(widget: QWidget) -> np.ndarray:
    image = widget.grab().toImage()
    return np.frombuffer(image.constBits(), np.uint8).copy()


@pytest.fixture
def inspector(qtbot: Any) -> Inspector:
    host = QWidget()
    host.setFocusPolicy(
        Qt.FocusPolicy.StrongFocus
    )  # else a part of the inspector gets the keyboard, and a ring
    qtbot.addWidget(host)
    made = Inspector(host)
    made.host = host  # type: ignore[attr-defined]  # keeps it
    made.resize(344, 860)
    host.resize(700, 860)
    host.show()
    qtbot.waitActive(host)
    host.setFocus()  # else a part of the inspector has the keyboard, and a ring
    return made


def test_painted_follows_each_view(qtbot: Any, inspector: Inspector) -> None:
    for view in (digit(0), digit(1), tune(60, 64), tune(62), digit(2)):
        with qtbot.waitSignal(inspector.painted, timeout=1000):
            inspector.show_view(decoded(view))


def test_a_new_view_changes_the_stage_and_nothing_else(qtbot: Any, inspector: Inspector) -> None:
    inspector.show_view(decoded(digit(0)))
    inspector.show_facts(FACTS)
    stage, below = pixels(inspector.stage), pixels(inspector.facts)
    places = [
        (widget.x(), widget.y(), widget.size())
        for widget in (inspector.stage, inspector.facts, inspector.near)
    ]
    inspector.show_view(decoded(digit(1)))
    assert (pixels(inspector.stage) != stage).any() and (pixels(inspector.facts) == below).all()
    assert places == [
        (widget.x(), widget.y(), widget.size())
        for widget in (inspector.stage, inspector.facts, inspector.near)
    ]


def test_each_kind_has_its_panel(inspector: Inspector) -> None:
    kinds = (
        (digit(0), PicturePanel),
        (tune(60), NotesPanel),
        (Curves(np.arange(3.0), {"a": np.ones(3)}), CurvesPanel),
    )
    for view, kind in kinds:
        inspector.show_view(decoded(view))
        assert type(inspector.panel) is kind
    panel = inspector.panel
    inspector.show_view(decoded(Curves(np.arange(3.0), {"a": np.zeros(3)})))
    assert inspector.panel is panel  # so that its axes keep still


def test_a_view_of_no_known_kind_is_shown_by_the_picture_that_came_with_it(inspector: Inspector) -> None:
    class Odd(View):
        def picture(self) -> Any:
            raise RuntimeError("plugin code must not run in the window")

    inspector.show_view(decoded(Odd()))
    assert type(inspector.panel) is PicturePanel and not inspector.panel.words


def test_the_stage_is_square_and_leaves_half_of_the_height(qtbot: Any, inspector: Inspector) -> None:
    inspector.show_view(decoded(digit(0)))
    assert inspector.panel.width() == inspector.panel.height() == 320
    inspector.resize(700, 500)
    assert inspector.panel.height() == 250


def test_playing_is_offered_for_what_is_heard(qtbot: Any, inspector: Inspector) -> None:
    inspector.show_view(decoded(digit(0)))
    assert inspector.play_button.isHidden()
    inspector.show_view(decoded(tune(60)))
    with qtbot.waitSignal(inspector.play_wanted):
        QTest.mouseClick(inspector.play_button, Qt.MouseButton.LeftButton)
    inspector.set_playhead(0.5)
    assert inspector.panel.playhead == 0.5 and inspector.play_button.accessibleName() == "Stop"
    inspector.set_playhead(None)
    assert inspector.play_button.accessibleName() == "Play"
    pixels(inspector)
    with qtbot.waitSignal(inspector.seek_wanted) as sought:
        place = QPoint(round(inspector.panel.x_of(2.0)), 90)
        QTest.mouseClick(inspector.panel, Qt.MouseButton.LeftButton, pos=place)
    assert sought.args[0] == pytest.approx(2.0, abs=0.03)


def test_facts_keep_their_places_and_teach(inspector: Inspector) -> None:
    inspector.show_facts(FACTS)
    figures = list(inspector.facts.figures)
    before = pixels(inspector.facts)
    inspector.show_facts([(FACTS[0][0], "–", FACTS[0][2]), FACTS[1]])
    assert inspector.facts.figures == figures and (pixels(inspector.facts) != before).any()
    assert (
        figures[0].toolTip() == "A bound." and figures[1].accessibleName() == "Near items say: 7  (13 of 15)"
    )
    inspector.show_facts(FACTS[:1])
    assert figures[1].isHidden()


def test_figures_stand_large_before_their_units() -> None:
    assert parts("-135.2 nats") == ("-135.2", "nats")
    assert parts("2.31, near the middle") == ("2.31", "near the middle")
    assert parts("slow air  (9 of 15)") == ("slow air", "(9 of 15)")
    assert parts("–") == ("–", "")
    assert parts("1,234.5 nats") == ("1,234.5", "nats")
    assert parts("slow air") == ("slow air", "")


def test_near_items_are_clicked_and_walked_by_keys(qtbot: Any, inspector: Inspector) -> None:
    inspector.show_near(near(6))
    thumbnails = inspector.near.thumbnails
    with qtbot.waitSignal(inspector.near_clicked) as clicked:
        QTest.mouseClick(thumbnails[2], Qt.MouseButton.LeftButton)
    assert clicked.args == [102]
    inspector.window().activateWindow()
    thumbnails[0].setFocus()
    for key, wanted in (
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 4),
        (Qt.Key.Key_Left, 3),
        (Qt.Key.Key_Up, 0),
    ):
        QTest.keyClick(inspector.window().focusWidget(), key)
        assert thumbnails[wanted].hasFocus()
    QTest.keyClick(thumbnails[0], Qt.Key.Key_Left)
    assert thumbnails[0].hasFocus()
    with qtbot.waitSignal(inspector.near_clicked) as pressed:
        QTest.keyClick(thumbnails[0], Qt.Key.Key_Return)
    assert pressed.args == [100]


def test_near_items_change_pixels_names_and_count(inspector: Inspector) -> None:
    inspector.show_near(near(6))
    before = pixels(inspector.near)
    inspector.show_near(near(6)[::-1])
    assert (pixels(inspector.near) != before).any()
    assert inspector.near.thumbnails[0].accessibleName() == "file 5, bar 3, label 5, distance 0.50"
    inspector.show_near(near(2))
    assert [one.isHidden() for one in inspector.near.thumbnails] == [False, False, True, True, True, True]
    height = inspector.near.height()
    inspector.show_near([])
    assert inspector.near.words == "No item is near." and inspector.near.height() == height


def test_a_wide_strip_is_one_row(qtbot: Any) -> None:
    strip = NearStrip()
    qtbot.addWidget(strip)
    strip.resize(300, 220)
    strip.show()
    strip.show_near(near(6))
    qtbot.waitUntil(lambda: strip.thumbnails[5].y() > strip.thumbnails[0].y(), timeout=1000)
    strip.resize(800, 220)
    qtbot.waitUntil(lambda: strip.thumbnails[5].y() == strip.thumbnails[0].y(), timeout=1000)


def test_pins_none_one_two(qtbot: Any, inspector: Inspector) -> None:
    pins = inspector.pins
    below = lambda: pins.mapTo(inspector, QPoint()).y() > inspector.near.mapTo(inspector, QPoint()).y()  # noqa: E731
    assert "Click on the map" in pins.hint.text() and pins.stack.currentIndex() == 0 and below()
    first, last = (
        (Place((0.0, 0.0), "a four"), decoded(digit(0), (0, 0))),
        (Place((3.0, 4.0), "a nine"), decoded(digit(1), (3, 4))),
    )
    inspector.show_pins([first])
    qtbot.waitUntil(lambda: not below())
    assert pins.stack.currentIndex() == 1 and pins.cards[1].isHidden() and pins.halfway.isHidden()
    inspector.show_pins([first, last])
    assert pins.apart.text() == "5.00 apart" and "prior" not in pins.apart.toolTip()
    inspector.set_usual_distance(1.77)
    inspector.show_pins([first, last])
    assert "about 1.8 apart" in pins.apart.toolTip()
    with qtbot.waitSignal(inspector.between_wanted):
        QTest.mouseClick(pins.halfway, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(inspector.pin_removed) as removed:
        QTest.mouseClick(pins.cards[1].close_button, Qt.MouseButton.LeftButton)
    assert removed.args == [1]
    before = pixels(pins)
    inspector.show_pins([last, first])
    assert (pixels(pins) != before).any()
    inspector.show_pins([(Place((1.0,), "a tune"), decoded(tune(60)))])
    assert type(pins.cards[0].panel) is NotesPanel


def test_messages_stand_in_the_view_s_place_only_before_the_first_view(inspector: Inspector) -> None:
    inspector.show_message("The model is being loaded.")
    assert inspector.panel.words == "The model is being loaded." == inspector.near.words
    inspector.show_view(decoded(digit(0)))
    inspector.show_message("The data are gone.")
    assert not inspector.panel.words and inspector.near.words == "The data are gone."


def test_space_presses_the_focused_button_and_not_the_window_s_shortcut(qtbot: Any) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    inspector = Inspector(window)
    inspector.resize(344, 860)
    pinned: list[int] = []
    for keys in ("Space", "Return"):
        QShortcut(QKeySequence(keys), window).activated.connect(lambda: pinned.append(1))
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    inspector.show_near(near(3))
    wanted: list[int] = []
    inspector.near_clicked.connect(wanted.append)
    inspector.near.thumbnails[1].setFocus()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Space)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)
    assert wanted == [101, 101] and not pinned
    window.setFocus()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Space)
    assert pinned == [1]


def test_every_control_is_reached_by_tab_and_has_a_name(qtbot: Any, inspector: Inspector) -> None:
    inspector.show_view(decoded(tune(60, 62)))
    inspector.show_facts(FACTS)
    inspector.show_near(near(3))
    inspector.show_pins([(Place((0.0, 1.0 * n), f"pin {n}"), decoded(digit(n))) for n in (0, 1)])
    inspector.window().activateWindow()
    inspector.panel.setFocus()
    seen: list[QWidget] = []
    for _ in range(30):
        now = inspector.window().focusWidget()
        if now in seen:
            break
        seen.append(now)
        QTest.keyClick(now, Qt.Key.Key_Tab)
    controls = [
        inspector.panel, inspector.play_button, *inspector.facts.figures, *inspector.near.thumbnails,
        *[card.close_button for card in inspector.pins.cards], inspector.pins.halfway,
    ]  # fmt: skip
    assert set(controls) <= set(seen)
    assert all(control.accessibleName() and control.toolTip() for control in controls)


def test_both_themes_reach_every_part(inspector: Inspector) -> None:
    inspector.show_view(decoded(tune(60)))
    inspector.show_facts(FACTS)
    inspector.show_near(near(3))
    inspector.show_pins(
        [(Place((0.0,), "one"), decoded(digit(0))), (Place((1.0,), "two"), decoded(digit(1)))]
    )
    light = [pixels(part) for part in (inspector.stage, inspector.facts, inspector.near, inspector.pins)]
    inspector.set_theme(DARK)
    dark = [pixels(part) for part in (inspector.stage, inspector.facts, inspector.near, inspector.pins)]
    assert all((one != other).any() for one, other in zip(light, dark, strict=True))
    inspector.set_theme(LIGHT)
    assert all(
        (one == pixels(part)).all()
        for one, part in zip(light, (inspector.stage, inspector.facts), strict=False)
    )


def test_pins_alone_have_a_hint(qtbot: Any) -> None:
    pins = Pins()
    qtbot.addWidget(pins)
    pins.resize(320, 160)
    pins.show()
    assert len(np.unique(pixels(pins))) > 2
