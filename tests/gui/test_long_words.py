# Names of any length: they are left out in part, or go on in the next line; no part of the window grows by them.
"""Names of any length: they are left out in part, or go on in the next line; no part of the window grows by them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from aekit_gui.models.gallery import Card
from aekit_gui.models.look import Place
from aekit_gui.views.card import CardButton
from aekit_gui.views.dropped import DroppedPanel
from aekit_gui.views.elided import Elided, breakable
from aekit_gui.views.inspector import Inspector
from aekit_gui.views.near import Near
from aekit_gui.views.runfacts import RunFacts
from aekit_gui.views.sidebar import Sidebar
from aekit_gui.views.sliders import Sliders
from aekit_gui.views.thumbnails import Thumbnails
from aekit_gui.views.toast import ProblemToast
from aekit_gui.views.window import MainWindow
from aekit_gui.work.protocol import Decoded, Problem, Read, ReadItem
from PySide6.QtWidgets import QLabel, QWidget
from stand_ins import record

from aekit.runs import Run
from aekit.views import Picture

LONG = "a" * 87
PIXELS = np.zeros((4, 4), np.uint8)


@pytest.fixture
def window(qtbot):
    made = MainWindow()
    qtbot.addWidget(made)
    return made


def read(name=LONG):
    item = ReadItem("", np.zeros(2, np.float32), Picture(PIXELS), Picture(PIXELS))
    return Read(Path(f"own/{name}.png"), (item, item), notes=(LONG,), rejected=((f"{LONG}.mid", "no notes"),))


def test_a_files_name_leaves_the_panel_as_narrow_as_it_was(qtbot):
    panels = {name: DroppedPanel() for name in ("four", LONG)}
    for name, panel in panels.items():
        qtbot.addWidget(panel)
        panel.show_read(read(name), 0)

    assert panels["four"].minimumSizeHint().width() == panels[LONG].minimumSizeHint().width() < 320
    assert LONG in panels[LONG]._name.toolTip() and LONG in panels[LONG]._notes.toolTip()


def test_what_was_done_never_makes_the_window_wider(window, qtbot):
    window.show()
    qtbot.waitExposed(window)
    window.status.show_words("Pin 4")
    qtbot.wait(10)  # until all is laid out
    least = window.minimumSizeHint().width()
    window.status.show_words(f"Put {304 * 'x'}.png on the map")
    window.set_undo(f"Put {304 * 'x'}.png on the map", "")
    qtbot.wait(10)

    assert window.minimumSizeHint().width() == least
    assert 304 * "x" in window.status.words.toolTip()
    assert len(window.actions_by_id["edit.undo"].text()) < 80


def test_a_line_that_has_no_room_leaves_its_middle_out_and_is_plain_text(qtbot):
    label = Elided("What was done last.")
    qtbot.addWidget(label)
    assert label.toolTip() == "What was done last."
    label.setText(f"<b>{LONG}</b>.png")
    label.resize(200, 20)
    label.show()

    assert label.shown().startswith("<b>a") and label.shown().endswith(".png") and "…" in label.shown()
    assert label.fontMetrics().horizontalAdvance(label.shown()) <= 200
    label.resize(2000, 20)
    assert label.shown() == label.text()


def test_no_part_of_the_explorer_grows_by_a_name(qtbot, tmp_path):
    parts = {"sidebar": Sidebar(), "inspector": Inspector(), "sliders": Sliders(), "facts": RunFacts()}
    for part in parts.values():
        qtbot.addWidget(part)
    least = {name: part.minimumSizeHint().width() for name, part in parts.items()}
    card = CardButton(Card(Path(LONG), "run", LONG, LONG, LONG, LONG), Thumbnails(parts["sidebar"]))
    qtbot.addWidget(card)
    small = CardButton(Card(Path("a"), "run", "a"), Thumbnails(parts["sidebar"]))
    qtbot.addWidget(small)

    sidebar, inspector = parts["sidebar"], parts["inspector"]
    sidebar.set_run(LONG, f"image · vae, {LONG} · 2 dimensions")
    sidebar.set_colours(["label", LONG], LONG)
    decoded = Decoded(Picture(PIXELS), np.zeros((4, 4, 3), np.uint8), np.zeros(2, np.float32), 0.0)
    inspector.show_view(decoded)
    inspector.show_facts([(LONG, LONG, LONG)])
    inspector.show_near([Near(0, LONG, LONG, 1.0, np.zeros((4, 4, 3), np.uint8))])
    inspector.show_pins([(Place((0.0, 0.0), LONG), decoded)] * 2)
    parts["sliders"].set_conditions(LONG[:20], [LONG, "b"])
    kept = record(2, 300)
    kept.source = LONG
    parts["facts"].show_run(
        Run.create(tmp_path / LONG, kept),
        Problem(f"The plugin of the run runs/{LONG} is not installed: {LONG}"),
    )

    assert {name: part.minimumSizeHint().width() for name, part in parts.items()} == least
    assert card.minimumSizeHint() == small.minimumSizeHint() and card.sizeHint() == small.sizeHint()
    for name in ("sidebar", "facts"):
        part = parts[name]
        part.resize(300, 700)
        part.show()
        area = (
            part.page if name == "facts" else part.findChild(QWidget, "sidebar").parentWidget().parentWidget()
        )
        assert area.widget().width() <= area.viewport().width()
        said = [one for one in area.findChildren(QLabel) if one.wordWrap() and one.isVisible()]
        assert said and all(one.height() >= one.heightForWidth(one.width()) for one in said)
    assert parts["sliders"].choice.minimumSizeHint().width() < 200


def test_a_message_goes_on_in_the_next_line_within_a_long_word(qtbot):
    host = QWidget()
    qtbot.addWidget(host)
    toast = ProblemToast(Problem(f"{LONG}.png can't be read"), host)

    wide = max(
        toast.label.fontMetrics().horizontalAdvance(part) for part in toast.label.text().split("\u200b")
    )
    assert wide < 240 and toast.text == f"{LONG}.png can't be read"
    assert toast.label.heightForWidth(240) > 2 * toast.label.fontMetrics().height()


@pytest.mark.parametrize(
    ("name", "broken"),
    [("digits", "digits"), ("a name of words", "a name of words"), ("digits-16d_and-more.", "digits-|16d_|and-|more."),
     (20 * "a", 16 * "a" + "|aaaa")],
)  # fmt: skip
def test_long_words_break_after_a_sign_or_after_so_many_letters(name, broken):
    assert breakable(name) == broken.replace("|", "\u200b")
