# A run that changes on disk while it is open moves its map; one that is gone is said to be.
import shutil
import time

import numpy as np
import pytest
from aekit_gui.controllers.explorer import Explorer
from aekit_gui.controllers.watch import WatchController
from aekit_gui.models.look import Journey
from aekit_gui.models.space import read_space
from aekit_gui.models.store import Store
from aekit_gui.work.protocol import Problem
from stand_ins import Messages, Model, Now, record
from travel_stand_ins import Clock

from aekit.errors import AekitError
from aekit.files import write_arrays, write_json


def codes(path, step, epoch=None, latent_dim=2, count=20, index=None):
    name = f"{step:08}" if epoch is not None else "final"
    mean = np.full((count, latent_dim), step, np.float32)
    arrays = {
        "mean": mean,
        "log_variance": 0 * mean,
        "index": np.arange(count) if index is None else index,
        "label": np.arange(count) % 3,
    }
    write_arrays(path / "latents" / f"{name}.safetensors", arrays, {"step": step, "epoch": epoch})


def weights(path, step):
    write_arrays(
        path / "weights.safetensors", {"weight": np.full(step + 1, step, np.float32)}, {"step": step}
    )


class Later(Now):
    """Work that is done at once, whose errors are told as those of a thread are."""

    def run(self, function, done, failed=None, slot=""):
        try:
            found = function()
        except AekitError as error:
            if failed is not None:
                failed(Problem(str(error)))
            return
        done(found)


@pytest.fixture
def open_run(tmp_path):
    path = tmp_path / "run"
    path.mkdir()
    write_json(path / "run.json", record(2, 100, ("a", "b", "c")).model_dump())
    codes(path, 1, epoch=0.5)
    weights(path, 0)
    model = Model()
    explorer = Explorer(path, Store(), read_space(path), model, lambda: model, Later(), Messages())
    return path, model, explorer, WatchController(explorer, Clock())


def test_the_map_moves_with_each_new_epoch(open_run):
    path, model, explorer, watch = open_run
    moved = []
    explorer.on("projected", lambda: moved.append(explorer.projected.positions[0, 0]))

    watch.look()
    codes(path, 7, epoch=1.0)
    weights(path, 7)
    watch.look()

    assert moved == [7] and explorer.space.step == 7 and explorer.space.epoch == 1.0 and model.restarts == 1
    assert explorer.space.chosen() == "showing 20 of 100 items, a fixed sample of the training"


def test_a_run_that_is_gone_is_said_to_be_once_and_stays_on_the_map(open_run):
    path, _, explorer, watch = open_run
    shutil.rmtree(path)

    watch.look()
    watch.look()

    assert len(explorer.messages.problems) == 1 and "is gone" in explorer.messages.problems[0].sentence
    assert len(explorer.space) == 20


def test_a_run_replaced_by_one_of_another_size_is_not_taken(open_run):
    path, model, explorer, watch = open_run
    time.sleep(0.01)
    write_json(path / "run.json", record(3, 100).model_dump())
    codes(path, 9, epoch=2.0, latent_dim=3)
    weights(path, 9)

    watch.look()
    watch.look()

    assert model.restarts == 0
    assert explorer.space.latent_dim == 2 and "another size" in explorer.messages.problems[0].sentence


def test_what_was_chosen_stays_with_its_items_where_the_final_codes_have_other_rows(open_run):
    path, _, explorer, watch = open_run
    codes(path, 2, epoch=1.0, index=np.arange(0, 100, 5))
    watch.look()
    store = explorer.store
    store.change("Select", selected=(1, 3), pins=(explorer.place_of(2),), here=explorer.place_of(4))
    store.change("Plane", projection="items", axes=(1, 2, 19), journey=Journey((explorer.place_of(3),)))

    codes(path, 9, count=95, index=np.arange(95))
    watch.look()

    look = store.look
    assert (look.selected, look.pins[0].row, look.here.row) == ((5, 15), 10, 20)
    assert (look.projection, look.axes, look.journey.waypoints[0].row) == (
        "pca",
        (),
        15,
    )  # item 95 is not there
    store.undo()
    assert store.look.selected == (5, 15) and store.look.journey == Journey()
    store.redo()
    assert store.look.journey.waypoints[0].row == 15


def test_weights_that_come_after_their_codes_are_taken_too_but_seldom(open_run):
    path, model, explorer, watch = open_run
    codes(path, 7, epoch=1.0)
    watch.look()
    assert model.restarts == 0
    told = []
    explorer.on("restarted", lambda: told.append(watch.clock()))

    weights(path, 7)
    watch.look()
    weights(path, 8)
    watch.look()
    assert model.restarts == 1 and told == [100.0]
    watch.clock.now += 31
    watch.look()
    watch.look()
    assert model.restarts == 2 and told == [100.0, 131.0]


def test_weights_that_are_damaged_or_gone_change_nothing(open_run):
    path, model, _, watch = open_run
    file = path / "weights.safetensors"
    file.write_bytes(file.read_bytes()[:-20])
    watch.look()
    watch.clock.now += 31
    file.unlink()
    watch.look()

    assert model.restarts == 0
