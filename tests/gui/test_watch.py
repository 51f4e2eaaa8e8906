# A run that changes on disk while it is open moves its map; one that is gone is said to be.
import shutil
import time

import numpy as np
import pytest
from aekit_gui.controllers.explorer import Explorer
from aekit_gui.controllers.watch import WatchController
from aekit_gui.models.space import read_space
from aekit_gui.models.store import Store
from stand_ins import Messages, Model, Now, record

from aekit.files import write_arrays, write_json


def codes(path, step, epoch=None, latent_dim=2, count=20):
    name = f"{step:08}" if epoch is not None else "final"
    mean = np.full((count, latent_dim), step, np.float32)
    arrays = {
        "mean": mean,
        "log_variance": 0 * mean,
        "index": np.arange(count),
        "label": np.arange(count) % 3,
    }
    write_arrays(path / "latents" / f"{name}.safetensors", arrays, {"step": step, "epoch": epoch})


@pytest.fixture
def open_run(tmp_path):
    path = tmp_path / "run"
    path.mkdir()
    write_json(path / "run.json", record(2, 100, ("a", "b", "c")).model_dump())
    codes(path, 1, epoch=0.5)
    model = Model()
    explorer = Explorer(path, Store(), read_space(path), model, lambda: model, Now(), Messages())
    return path, model, explorer, WatchController(explorer)


def test_the_map_moves_with_each_new_epoch(open_run):
    path, model, explorer, watch = open_run
    moved = []
    explorer.on("projected", lambda: moved.append(explorer.projected.positions[0, 0]))

    watch.look()
    codes(path, 7, epoch=1.0)
    (path / "weights.safetensors").write_bytes(b"newer")
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
    path, _, explorer, watch = open_run
    time.sleep(0.01)
    write_json(path / "run.json", record(3, 100).model_dump())
    codes(path, 9, epoch=2.0, latent_dim=3)

    watch.look()

    assert explorer.space.latent_dim == 2 and "another size" in explorer.messages.problems[0].sentence
