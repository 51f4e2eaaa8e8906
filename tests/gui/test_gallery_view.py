# The gallery's page: cards in a grid, by mouse and by keyboard, filtered, and quick.
"""The gallery's page: cards in a grid, by mouse and by keyboard, filtered, and quick."""

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from aekit_gui.models.gallery import Card
from aekit_gui.theme import DARK, LIGHT
from aekit_gui.views.card import wrapped
from aekit_gui.views.gallery import TRAIN, Gallery
from aekit_gui.views.thumbnails import Thumbnails, filling
from PIL import Image
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

LINE = "vae · 2 dimensions · 60,000 items · step 2,500 · ELBO −97.2"


def card(name, kind="run", **changes):
    return replace(Card(Path("runs") / name, kind, name, "image", LINE), **changes)


CARDS = [
    card("digits", "demo"), card("tunes", "demo", plugin="music"), card("faces", "demo"), card("spots", "demo"),
    *(card(f"run {number}") for number in range(6)),
    card("broken", status="run.json is damaged: Expecting value. Restore it.", minded=True, opens=False),
    card("cells", plugin="cells", status="Plugin 'cells' is not installed: pip install aekit-cells", minded=True),
    card("far", "recent"),
]  # fmt: skip


@pytest.fixture
def gallery(qtbot):
    made = Gallery()
    qtbot.addWidget(made)
    made.set_theme(LIGHT)
    made.resize(1000, 800)
    made.show_cards(CARDS)
    made.show()
    qtbot.waitExposed(made)
    return made


def names(gallery):
    return [button.card.title for button in gallery.shown]


def press(key):
    QTest.keyClick(QApplication.focusWidget(), key)


def at_hand():
    return QApplication.focusWidget().card.title


def test_sections_hold_their_cards_in_order(gallery):
    assert names(gallery) == [one.title for one in CARDS]
    assert [section.isVisible() for section in gallery.sections.values()] == [True, True, True]
    assert not gallery.empty.isVisible()


def test_cards_fill_the_width_in_as_many_columns_as_fit(gallery, qapp):
    grid = gallery.sections["run"].grid
    wide = grid.columns
    gallery.resize(620, 800)
    qapp.processEvents()
    assert 1 <= grid.columns < wide == 3
    for section in gallery.sections.values():
        for button in section.grid.cards:
            assert section.grid.rect().contains(button.geometry())
    places = [button.geometry() for button in grid.cards]
    assert not any(a.intersects(b) for number, a in enumerate(places) for b in places[:number])


def test_a_click_opens_and_a_damaged_run_does_not(gallery, qtbot):
    button = next(one for one in gallery.shown if one.card.title == "tunes")
    with qtbot.waitSignal(gallery.run_chosen) as told:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert told.args == [Path("runs/tunes")]
    broken = next(one for one in gallery.shown if one.card.title == "broken")
    with qtbot.assertNotEmitted(gallery.run_chosen):
        QTest.mouseClick(broken, Qt.MouseButton.LeftButton)


def test_the_keyboard_goes_everywhere(gallery, qtbot):
    gallery.field.setFocus()
    press(Qt.Key.Key_Down)
    assert at_hand() == "digits"
    press(Qt.Key.Key_Right)
    assert at_hand() == "tunes"
    press(Qt.Key.Key_Down)
    assert at_hand() == "spots"  # the demos' second row has one
    press(Qt.Key.Key_Down)
    assert at_hand() == "run 0"
    press(Qt.Key.Key_End)
    assert at_hand() == "far"
    press(Qt.Key.Key_Up)
    press(Qt.Key.Key_Home)
    assert at_hand() == "digits"
    with qtbot.waitSignal(gallery.run_chosen):
        press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Up)
    assert gallery.field.hasFocus()


def test_what_has_the_keyboard_is_scrolled_into_sight(gallery, qapp):
    gallery.resize(700, 400)
    gallery.shown[0].setFocus()
    press(Qt.Key.Key_End)
    qapp.processEvents()
    view = gallery.scroller.viewport()
    assert view.rect().contains(gallery.shown[-1].mapTo(view, gallery.shown[-1].rect().center()))


def test_the_filter_shows_what_holds_all_words(gallery, qtbot):
    QTest.keyClicks(gallery.field, "music")
    assert names(gallery) == ["tunes"]
    with qtbot.waitSignal(gallery.run_chosen) as told:
        QTest.keyClick(gallery.field, Qt.Key.Key_Return)
    assert told.args == [Path("runs/tunes")]
    QTest.keyClicks(gallery.field, "zzz")
    assert names(gallery) == [] and gallery.empty.isVisible() and "musiczzz" in gallery.empty.words.text()
    assert not gallery.empty.commands.isVisible()
    QTest.keyClick(gallery.field, Qt.Key.Key_Escape)
    assert names(gallery) == [one.title for one in CARDS]


def test_an_empty_gallery_says_what_to_do(gallery, qtbot):
    gallery.show_cards([])
    assert gallery.empty.isVisible() and gallery.empty.commands.isVisible()
    QTest.mouseClick(gallery.empty.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == TRAIN == "aekit train --plugin image"
    with qtbot.waitSignal(gallery.folder_wanted):
        QTest.mouseClick(gallery.folder, Qt.MouseButton.LeftButton)


def test_with_demos_alone_it_says_how_to_train(gallery):
    gallery.show_cards(CARDS[:2])
    assert gallery.empty.isVisible() and gallery.empty.title.text() == "Train your own"


def test_cards_that_stay_keep_the_keyboard(gallery):
    gallery.shown[5].setFocus()
    title = at_hand()
    changed = [replace(one, line="vae · step 2,600") if one.title == title else one for one in CARDS]
    gallery.show_cards([card("new"), *changed])
    assert at_hand() == title and names(gallery)[4] == "new"


def test_cards_speak(gallery):
    button = next(one for one in gallery.shown if one.card.title == "cells")
    assert (
        button.accessibleName().startswith("cells. cells. vae")
        and "pip install aekit-cells" in button.accessibleName()
    )


def test_pictures_are_read_once_and_huge_or_damaged_ones_never(gallery, tmp_path, qtbot):
    good, bad, huge = tmp_path / "good.png", tmp_path / "bad.png", tmp_path / "huge.png"
    Image.fromarray(np.full((40, 400, 3), 200, np.uint8)).save(good)
    bad.write_bytes(b"\x89PNG nothing")
    Image.new("1", (20_000, 10_000)).save(huge)
    assert filling(good, QSize(100, 50)).size() == QSize(100, 50)
    assert filling(bad, QSize(9, 9)) is None and filling(huge, QSize(9, 9)) is None
    assert filling(tmp_path / "gone.png", QSize(9, 9)) is None
    gallery.show_cards([card("a", thumbnail=good), card("b", thumbnail=bad)])
    gallery.grab()
    qtbot.waitUntil(lambda: set(gallery.thumbnails._read) == {good, bad})
    first = gallery.thumbnails._read[good][1]
    assert not gallery.grab().isNull() and gallery.thumbnails._read[good][1] is first


def test_a_card_without_a_picture_shows_its_curve(gallery, tmp_path, qtbot):
    lines = [{"event": "validation", "step": step, "loss": 100.0 / (1 + step)} for step in range(30)]
    (tmp_path / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    gallery.show_cards([card("a", path=tmp_path)])
    before = gallery.shown[0].grab().toImage()
    qtbot.waitUntil(lambda: len(gallery.thumbnails._curves) == 1)
    assert gallery.shown[0].grab().toImage() != before


def test_what_is_wanted_last_is_read_first(qtbot):
    thumbnails, order = Thumbnails(), []
    for name in "abc":
        thumbnails._want(name, lambda name=name: order.append(name), lambda: None)
    qtbot.waitUntil(lambda: len(order) == 3)
    assert order == ["c", "b", "a"]


def test_words_are_broken_between_words_and_cut_at_the_end(gallery):
    metrics = QFontMetricsF(gallery.font())
    lines = wrapped("one two three four five six seven", metrics.horizontalAdvance("one two th"), 2, metrics)
    assert lines[0] == "one two" and lines[1].endswith("…") and len(lines) == 2
    assert wrapped("a · b", metrics.horizontalAdvance("a ·"), 2, metrics) == ["a", "b"]


def test_five_hundred_cards_are_shown_and_filtered_quickly(gallery, qapp):
    many = [card(f"run {number}", path=Path(f"runs/{number}")) for number in range(500)]
    start = time.process_time()
    gallery.show_cards(many)
    qapp.processEvents()
    shown = time.process_time() - start
    start = time.process_time()
    gallery.field.setText("run 49")
    qapp.processEvents()
    filtered = time.process_time() - start
    assert len(gallery.shown) == 15  # also those that end in 49
    assert shown < 1.0 and filtered < 0.5, (shown, filtered)


def test_both_themes_paint(gallery):
    light = gallery.grab().toImage()
    gallery.set_theme(DARK)
    assert gallery.grab().toImage() != light
