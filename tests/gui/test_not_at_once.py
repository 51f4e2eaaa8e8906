# What is done in a thread, as it would hold the window up: very many items, and the session's file.
"""What is done in a thread, as it would hold the window up: very many items, and the session's file."""

import json

import numpy as np
import pytest
from aekit_gui.controllers import explorer as explorers
from aekit_gui.controllers import scene as scenes
from aekit_gui.controllers.explorer import Explorer
from aekit_gui.controllers.scene import SceneController
from aekit_gui.models.keeping import Kept
from aekit_gui.models.look import Look
from aekit_gui.models.store import Store
from stand_ins import Map, Messages, Model, opened, sidebar, space


class Waits:
    """Work that is done when the test says so, the newest of each slot alone."""

    def __init__(self):
        self.jobs = []

    def run(self, function, done, failed=None, slot=""):
        self.jobs = [job for job in self.jobs if not slot or job[2] != slot] + [(function, done, slot)]

    def work(self):
        jobs, self.jobs = self.jobs, []
        for function, done, _ in jobs:
            done(function())


@pytest.fixture
def scene(monkeypatch):
    for module in (explorers, scenes):
        monkeypatch.setattr(module, "AT_ONCE", 10)
    model, found, later = Model(), space(5), Waits()
    explorer = Explorer(found.run.path, Store(Look()), found, model, lambda: model, later, Messages())
    made = SceneController(explorer, Map(), sidebar())
    explorer.opened = opened()
    made.start()
    later.work()
    made.work = later.work
    return made


def test_very_many_items_are_laid_out_in_a_thread_and_fitted_when_they_lie_there(scene):
    before, camera = scene.explorer.projected, scene.map.camera
    scene.show_dimensions(3, 4)
    assert scene.explorer.projected is before
    scene.work()
    assert scene.explorer.projected.kind == "dimensions"
    assert scene.map.told["set_points"][0] is scene.explorer.projected.positions
    assert scene.store.look.camera != camera


def test_of_very_many_items_the_newest_colours_and_filters_count(scene):
    for label in (0, 1):
        scene.sidebar.label_toggled.emit(label)
    assert scene.shown() is None
    scene.work()
    scene.work()
    labels = scene.explorer.space.labels
    np.testing.assert_array_equal(scene.map.told["set_colours"][1], (labels != 0) & (labels != 1))


def test_what_comes_for_a_closed_run_is_let_go(scene):
    before = scene.explorer.projected
    scene.show_dimensions(3, 4)
    scene.explorer.close()
    scene.work()
    assert scene.explorer.projected is before


def test_a_file_that_waits_to_be_written_is_written_at_the_end_and_never_by_older_content(tmp_path):
    later, content = Waits(), [1]
    kept = Kept(
        tmp_path / "kept.json", lambda: list(content), pytest.fail, later, lambda value: {"is": value}
    )
    kept.changed = True
    assert kept.due(10.0) and not kept.path.exists()
    content.append(2)
    assert kept.save() and json.loads(kept.path.read_text()) == {"is": [1, 2]}
    later.work()
    assert json.loads(kept.path.read_text()) == {"is": [1, 2]}


def test_a_file_that_cannot_be_written_in_the_thread_is_told_of_once_and_tried_again(tmp_path):
    (tmp_path / "file").write_text("")
    told, later = [], Waits()
    kept = Kept(tmp_path / "file" / "kept.json", lambda: 1, told.append, later)
    kept.changed = True
    for now in (10.0, 20.0):
        assert kept.due(now)
        later.work()
    assert len(told) == 1 and kept.changed
