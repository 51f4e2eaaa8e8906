# An item at hand before and after a model that restores, and the words that a code is written in.
"""An item at hand before and after a model that restores, and the words that a code is written in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from aekit_gui.controllers.explorer import Explorer
from aekit_gui.controllers.restored import RestoredController
from aekit_gui.controllers.scene import summary
from aekit_gui.models.look import Place
from aekit_gui.models.readings import Reading, readings
from aekit_gui.models.sliders import PRIOR, dimension_rows
from aekit_gui.models.store import Store
from aekit_gui.views.dropped import DroppedPanel
from aekit_gui.views.restored import RestoredStrip
from aekit_gui.views.words import LINES, MORE, WordsLine
from aekit_gui.work.protocol import PriorFacts, Problem, Restored
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from stand_ins import Messages, Model, Now, Widget, opened, space

from aekit.views import Note, Notes, Picture

NOISE = "gaussian 0.5"


def picture(grey: int) -> Picture:
    return Picture(np.full((28, 28), grey, np.uint8))


def tune(pitch: int) -> Notes:
    return Notes((Note(pitch, 0.0, 1.0),), 4.0)


def restored(index: int = 0, kind: Any = picture) -> Restored:
    return Restored(index, kind(60), kind(70), kind(80))


@pytest.fixture
def parts() -> Any:
    """A controller of a run that restores."""
    model, found = Model(), space()
    explorer = Explorer(found.run.path, Store(), found, model, lambda: model, Now(), Messages())
    inspector = Widget()
    made = RestoredController(explorer, inspector)
    explorer.opened = opened(degradation=NOISE)
    return explorer, model, inspector, made


# ---- which item ---------------------------------------------------------------------------------------------


def test_an_item_that_is_selected_is_shown_before_and_after(parts: Any) -> None:
    explorer, model, inspector, _ = parts

    explorer.go(explorer.place_of(7), "Go")
    asked = model.take("restored")
    asked.done(restored(7))

    assert asked.arguments == {"index": int(explorer.space.index[7]), "condition": ""}
    shown, words = inspector.told["show_restored"]
    assert shown.index == 7 and words == NOISE


def test_a_place_that_is_no_item_shows_nothing(parts: Any) -> None:
    explorer, model, inspector, _ = parts
    explorer.go(explorer.place_of(7), "Go")

    explorer.go(Place((0.0, 0.0), "a place"), "Go")
    model.take("restored").done(restored(7))  # of the item before

    assert inspector.told["show_restored"] == (None, "")


def test_runs_that_do_not_restore_are_not_asked(parts: Any) -> None:
    explorer, model, inspector, _ = parts
    explorer.opened = opened()

    explorer.go(explorer.place_of(7), "Go")

    assert model.names() == [] and inspector.told["show_restored"] == (None, "")


def test_data_that_are_gone_are_said_once(parts: Any) -> None:
    explorer, model, inspector, _ = parts
    explorer.go(explorer.place_of(7), "Go")

    model.take("restored").failed(Problem("The data are gone."))

    assert [one.sentence for one in explorer.messages.problems] == ["The data are gone."]
    assert inspector.told["show_restored"] == (None, "")


def test_the_summary_names_the_objective_and_its_degradation(parts: Any) -> None:
    explorer, *_ = parts

    assert f"vae, {NOISE} · 2 dimensions" in summary(explorer)


# ---- what it looks like -------------------------------------------------------------------------------------


def test_pictures_stand_side_by_side_and_equally_wide(qtbot: Any) -> None:
    strip = RestoredStrip()
    qtbot.addWidget(strip)
    strip.resize(320, 130)
    strip.show()

    strip.show_restored(restored(), NOISE)
    qtbot.waitUntil(lambda: len({panel.y() for panel in strip.panels.values()}) == 1)

    panels = [strip.panels[name] for name in ("item", "degraded", "made")]
    assert [int(panel.view.pixels[0, 0]) for panel in panels] == [60, 70, 80]
    assert panels[0].x() < panels[1].x() < panels[2].x()
    assert max(panel.width() for panel in panels) - min(panel.width() for panel in panels) <= 1
    assert NOISE in strip.captions["degraded"].toolTip()


def test_tunes_stand_below_one_another_and_a_click_plays_one(qtbot: Any) -> None:
    strip = RestoredStrip()
    qtbot.addWidget(strip)
    strip.resize(320, 340)
    strip.show()
    strip.show_restored(restored(), NOISE)

    strip.show_restored(restored(kind=tune), NOISE)
    qtbot.waitUntil(lambda: len({panel.x() for panel in strip.panels.values()}) == 1)

    panel = strip.panels["degraded"]
    panel.grab()
    with qtbot.waitSignal(strip.play_wanted) as asked:
        QTest.mouseClick(panel, Qt.MouseButton.LeftButton, pos=QPoint(panel.width() // 2, 40))
    assert asked.args[0].notes[0].pitch == 70 and 0 < asked.args[1] < 4


def test_a_dropped_file_is_called_as_given_where_the_model_restores(qtbot: Any) -> None:
    panel = DroppedPanel()
    qtbot.addWidget(panel)
    words = lambda: [label.text() for label in panel._captions.values()]  # noqa: E731

    assert words() == ["Original", "Reconstruction"]
    panel.set_restores(True)
    assert words() == ["As given", "Restored"]
    assert panel.panels["Original"].accessibleName() == "As given"


# ---- words --------------------------------------------------------------------------------------------------


def test_few_words_are_all_shown_and_many_are_cut(qtbot: Any) -> None:
    line = WordsLine()
    qtbot.addWidget(line)
    line.resize(320, 60)

    line.show_words((17, 203, 5, 88))
    assert line.shown() == ["17", "203", "5", "88"] and line.lines() == 1 and not line.isHidden()
    line.show_words(tuple(range(200)))
    assert line.lines() == LINES and len(line.shown()) == LINES * line.columns()
    assert line.shown()[-1] == MORE and "199" in line.toolTip() and "199" in line.accessibleName()
    line.show_words(())
    assert line.isHidden()


def test_words_keep_their_places_while_they_change(qtbot: Any) -> None:
    line = WordsLine()
    qtbot.addWidget(line)
    line.resize(320, 60)
    line.show_words((200,) * 40)
    columns, height = line.columns(), line.height()

    line.show_words((1,) * 40)

    assert (line.columns(), line.height()) == (columns, height)


def test_how_many_words_are_used_is_a_fact() -> None:
    facts = {name: value for name, value, _ in readings(Reading(), opened(words_used=(1312, 4096)))}

    assert facts["Words in use"] == "1,312 of 4,096"
    assert "Words in use" not in {name for name, _, _ in readings(Reading(), opened())}


# ---- learnt priors ------------------------------------------------------------------------------------------


def test_sliders_reach_as_far_as_the_run_s_own_prior() -> None:
    found = space()
    found.codes[:] = found.codes * 0.01 + 7  # far from N(0, I)
    prior = PriorFacts((7.0, 7.0), (0.1, 0.2), (0.0, 1.0), 0.3)

    rows = {row.dimension: row for row in dimension_rows(found, prior)}

    for number, spread in enumerate(prior.spread):
        assert rows[number].rest == 7
        assert rows[number].low == pytest.approx(7 - PRIOR * spread)
        assert rows[number].high == pytest.approx(7 + PRIOR * spread)
