# Opening runs and leaving them: what stands in the window while a model is there, is not, or was.
"""Opening runs and leaving them: what stands in the window while a model is there, is not, or was."""

from __future__ import annotations

import shutil

import pytest
from aekit_gui.controllers.explorer import as_code
from aekit_gui.models.look import Place
from aekit_gui.views.map import MapView
from aekit_gui.views.runfacts import RunFacts
from aekit_gui.views.toast import ProgressToast
from aekit_gui.work.protocol import Problem
from bare import DEMO, opened_run
from event_loop import pause, wait
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from stand_ins import opened

from aekit.views import Note, Notes

MISSING = Problem("Plugin 'words' is not installed: pip install words")


def held(window, name):
    return window.main.slots[name].held


def test_what_to_install_is_shown_beside_the_map_though_it_was_known_before_the_codes(bare):
    bare.open_run(DEMO)
    bare.live.problem.emit(MISSING)
    assert isinstance(held(bare, "map"), RunFacts)

    wait(lambda: bare.run is not None)
    pause(0.1)

    assert isinstance(held(bare, "map"), MapView) and isinstance(held(bare, "facts"), RunFacts)
    assert bare.main.slots["facts"].isVisible() and not bare.main.slots["inspector"].isVisible()
    bare.live.ready.emit(opened())
    assert held(bare, "facts") is None and bare.main.slots["inspector"].isVisible()


def test_a_run_whose_model_is_there_shows_nothing_of_the_last_one_that_was_not(bare):
    opened_run(bare)
    bare.live.problem.emit(MISSING)
    opened_run(bare)

    assert held(bare, "facts") is None and bare.main.slots["inspector"].isVisible()
    assert bare.main.slots["sliders"].isVisible() and bare.main.actions_by_id["view.sliders"].isChecked()


def test_sliders_that_were_folded_away_stay_so_whatever_is_told_of_a_run(bare):
    bare.main.fold("view.sliders", False)
    bare.open_run(DEMO)
    bare.live.problem.emit(MISSING)
    assert bare.main.slots["sliders"].folded
    wait(lambda: bare.run is not None)
    pause(0.1)
    bare.live.ready.emit(opened())

    assert bare.main.slots["sliders"].folded and not bare.main.actions_by_id["view.sliders"].isChecked()


# ---- folders ------------------------------------------------------------------------------------------------


def said(window):
    return [toast.text for toast in window.messages._toasts]


@pytest.fixture
def runs(tmp_path):
    """A folder of two runs."""
    for name in ("one", "two"):
        shutil.copytree(DEMO, tmp_path / "many" / name)
    return tmp_path / "many"


@pytest.mark.parametrize("part", ["map", "strip"])
def test_a_run_that_is_dropped_on_any_part_is_opened(bare, runs, part):
    run = opened_run(bare)
    getattr(run.widgets, part).files_dropped.emit([str(runs / "one")])

    wait(lambda: bare.run is not None and bare.run is not run)
    assert bare.run.explorer.path == runs / "one" and bare.live.paths[-1] == runs / "one"


def test_files_on_the_map_are_read_and_on_the_strip_they_become_waypoints(bare, tmp_path, monkeypatch):
    run = opened_run(bare)
    taken = []
    monkeypatch.setattr(run.files, "take", lambda paths, waypoints=False: taken.append((paths, waypoints)))
    for part in (run.widgets.map, run.widgets.strip):
        part.files_dropped.emit([str(tmp_path / "four.png")])

    assert taken == [([str(tmp_path / "four.png")], False), ([str(tmp_path / "four.png")], True)]


@pytest.mark.parametrize("by", ["name", "drop", "dialog"])
def test_a_folder_of_runs_is_a_gallery_of_them(bare, runs, by, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *asked: str(runs))
    {"name": lambda: bare.begin([runs]), "drop": lambda: bare.drop([str(runs)]), "dialog": bare.choose_run}[
        by
    ]()

    wait(lambda: {runs / "one", runs / "two"} <= {card.card.path for card in bare.cards.shown})
    assert bare.main.page == "gallery" and bare.opening is None and said(bare) == []


def test_a_folder_without_runs_is_only_told_of_and_what_is_open_stays(bare, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *asked: str(tmp_path))
    bare.begin([tmp_path])
    assert bare.main.page == "gallery" and "is no run, and holds none" in said(bare)[0]
    run = opened_run(bare)
    bare.choose_run()

    assert bare.run is run and not run.explorer.ended and bare.main.page == "explorer"


# ---- files on the map ---------------------------------------------------------------------------------------


def test_a_click_on_a_files_mark_reads_it_again_and_a_click_beside_it_pins(bare, tmp_path):
    run = opened_run(bare)
    bare.live.ready.emit(opened())
    path = tmp_path / "four.png"
    path.write_bytes(b"data")
    store, code = run.explorer.store, run.explorer.space.codes[0]
    store.change("all", files=(Place(as_code(code), "four.png", file=str(path)),))

    run.map.clicked.emit(float(code[0]), float(code[1]), Qt.KeyboardModifier.NoModifier)
    assert bare.live.asked[-1].name == "read" and bare.live.asked[-1].arguments["path"] == path
    assert store.look.pins == ()
    far = 40 / run.map.camera.scale
    run.map.clicked.emit(float(code[0]) + far, float(code[1]), Qt.KeyboardModifier.NoModifier)
    assert len(store.look.pins) == 1

    bare.main.do("file.take-off")
    assert store.look.files == () and store.undo_words == "Take the files off the map"


# ---- switches -----------------------------------------------------------------------------------------------


def test_the_mark_of_playing_where_the_pointer_rests_follows_the_keys(bare):
    run = opened_run(bare)
    bare.live.ready.emit(opened(example=Notes((Note(60, 0, 1),), 1.0), kind="Notes"))
    marks = []
    for _ in range(2):
        bare.main.do("sound.dwell")
        marks.append((bare.main.actions_by_id["sound.dwell"].isChecked(), run.sound.dwells))

    assert marks == [(False, False), (True, True)]


# ---- processes ----------------------------------------------------------------------------------------------


def toasts(window):
    return [toast for toast in window.messages._toasts if isinstance(toast, ProgressToast)]


def test_what_hangs_in_the_niced_process_is_told_and_can_be_given_up(bare):
    opened_run(bare)
    niced = bare.background()
    niced.hanging.emit("umap")  # has a bar of its own
    assert toasts(bare) == []

    niced.hanging.emit("attributes")
    (toast,) = toasts(bare)
    assert "has not answered 'attributes'" in toast.text
    toast.cancel.click()
    assert niced.restarts == 1 and bare.live.restarts == 0 and toasts(bare) == []
    niced.hanging.emit("attributes")
    niced.answering.emit()
    assert toasts(bare) == []


def test_a_restart_takes_the_niced_process_along(bare):
    run = opened_run(bare)
    niced = bare.background()
    bare.main.do("file.restart")
    assert bare.live.restarts == 1 and niced.closed and bare.niced is None

    busy = bare.background()
    busy.busy = "attributes"
    run.explorer.restart()
    assert bare.live.restarts == 2 and busy.restarts == 1 and bare.niced is busy


def test_a_run_that_was_left_is_heard_of_no_more(bare):
    run = opened_run(bare)
    left, told = bare.live.left, []
    run.explorer.later.run(lambda: 1, told.append, told.append)
    bare.show_gallery()
    pause(0.1)

    assert bare.live.left == left + 1 and told == []
    run.hover.look_closer()
    bare.later.run(lambda: 2, told.append)
    wait(lambda: told == [2])
