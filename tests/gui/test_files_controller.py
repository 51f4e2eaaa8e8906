# A person's own files: read, put on the map, and every fault a message.
import os

import numpy as np
import pytest
from aekit_gui.controllers.files import FilesController
from aekit_gui.models.look import Camera
from aekit_gui.models.own_files import LARGEST, item_name, refused
from aekit_gui.work.protocol import Problem, Read, ReadItem
from travel_stand_ins import Context, chart, panel

from aekit.views import Picture

VIEW = Picture(np.zeros((4, 4), np.uint8))


class Parts:
    def __init__(self, folder):
        self.context, self.map, self.panel, self.folder = Context(), chart(), panel(), folder
        self.store, self.model = self.context.store, self.context.model
        self.controller = FilesController(self.store, self.model, self.context, self.map, self.panel)

    def file(self, name, data=b"data"):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def drop(self, *paths):
        self.controller.take([str(path) for path in paths])

    def read(self, path, *codes, names=None, **more):
        """The model process has read the file."""
        items = tuple(
            ReadItem("" if names is None else names[number], np.array(code, np.float32), VIEW, VIEW)
            for number, code in enumerate(codes)
        )
        self.model.take("read").done(Read(path, items, **more))

    def put(self, name, *codes, **more):
        path = self.file(name)
        self.drop(path)
        self.read(path, *codes, **more)
        return path


@pytest.fixture
def parts(tmp_path):
    return Parts(tmp_path)


def test_a_dropped_file_is_read_and_its_item_lies_on_the_map(parts):
    path = parts.file("four.png")
    parts.drop(path)
    asked = parts.model.asked[-1]
    assert asked.name == "read" and asked.arguments == {"path": path, "condition": ""}

    parts.read(path, (1, 2))

    (place,) = parts.store.look.files
    assert (place.code, place.name, place.file) == ((1.0, 2.0), "four.png", str(path))
    assert parts.store.look.here.code == place.code and parts.store.undo_words == "Put four.png on the map"
    read, number = parts.panel.told["show_read"]
    assert read.path == path and number == 0 and "close" in parts.context.messages.bars[0].told


def test_undo_takes_the_file_away_and_redo_brings_it_back(parts):
    parts.put("four.png", (1, 2))

    parts.store.undo()
    assert not parts.store.look.files and parts.store.look.here is None and "clear" in parts.panel.told
    shown = len(parts.panel.all_told)
    parts.store.redo()
    assert len(parts.store.look.files) == 1 and parts.panel.all_told[shown][0] == "show_read"


def test_the_bars_of_a_midi_file_are_a_list_to_choose_from(parts):
    parts.put("tune.mid", (0, 0), (1, 0), (2, 0), names=["bars 1–2", "bars 3–4", "bars 5–6"])
    assert [place.name for place in parts.store.look.files] == ["tune.mid", "2", "3"]

    parts.panel.item_chosen.emit(1)
    parts.panel.waypoint_wanted.emit()
    parts.panel.item_chosen.emit(2)
    parts.panel.pin_wanted.emit()
    parts.panel.item_chosen.emit(9)

    assert parts.panel.told["show_read"][1] == 2 and parts.store.look.here.code == (2.0, 0.0)
    (waypoint,), (pin,) = parts.store.look.journey.waypoints, parts.store.look.pins
    assert (waypoint.name, waypoint.code) == ("tune, bars 3–4", (1.0, 0.0)) and pin.name == "tune, bars 5–6"
    assert parts.store.undo() == "Pin tune, bars 5–6"


def test_two_files_dropped_together_are_a_walk_where_there_was_none(parts):
    first, last = parts.file("a.mid"), parts.file("b.mid")
    parts.drop(first, last)
    parts.read(first, (0, 0), (1, 1))
    parts.read(last, (5, 5))

    assert [place.code for place in parts.store.look.journey.waypoints] == [(0.0, 0.0), (5.0, 5.0)]
    parts.put("c.mid", (7, 7))
    assert len(parts.store.look.journey.waypoints) == 2
    path = parts.file("d.mid")
    parts.controller.take([path], waypoints=True)
    parts.read(path, (8, 8))
    assert parts.store.look.journey.waypoints[-1].code == (8.0, 8.0)


def test_a_file_dropped_again_takes_its_own_place(parts):
    parts.put("a.png", (0, 0))
    parts.put("b.png", (1, 1))
    parts.put("a.png", (3, 3))

    assert [place.name for place in parts.store.look.files] == ["b.png", "a.png"]
    parts.panel.remove_wanted.emit()
    assert [place.name for place in parts.store.look.files] == ["b.png"] and "clear" in parts.panel.told
    parts.store.undo()
    assert len(parts.store.look.files) == 2


def test_closing_the_panel_leaves_the_file_on_the_map(parts):
    parts.put("a.png", (0, 0))
    parts.panel.closed.emit()
    parts.panel.waypoint_wanted.emit()

    assert len(parts.store.look.files) == 1 and not parts.store.look.journey.waypoints


def test_the_map_moves_where_the_file_would_not_be_seen(parts):
    parts.put("near.png", (1, 1))
    assert parts.store.look.camera == Camera()

    parts.put("far.png", (100, 0))
    assert (parts.store.look.camera.x, parts.store.look.camera.scale) == (100, 50)


@pytest.mark.parametrize(
    "fault", ["folder", "empty", "huge", "missing", "format", "nothing in it", "no number"]
)
def test_every_fault_is_a_message_and_nothing_else_changes(parts, fault):
    before = parts.store.look
    path = parts.file("thing.xyz", b"" if fault == "empty" else b"data")
    if fault == "folder":
        path = parts.folder
    elif fault == "missing":
        path = parts.folder / "gone.png"
    elif fault == "huge":
        os.truncate(path, 2**30)  # sparse: a gigabyte that takes no room

    parts.drop(path)

    if fault == "format":
        parts.model.take("read").failed(Problem("thing.xyz is no picture (expected PNG or JPEG)."))
    elif fault == "nothing in it":
        parts.read(path, rejected=(("bars 1–2", "no notes"),))
    elif fault == "no number":
        parts.read(path, (np.nan, 1.0))
    (problem,) = parts.context.messages.problems
    words = {
        "folder": "is a folder", "empty": "is empty", "huge": "1,024 MB", "missing": "can't be read",
        "format": "expected PNG", "nothing in it": "no notes", "no number": "nothing that this run can read",
    }  # fmt: skip
    assert words[fault] in problem.sentence and path.name in problem.sentence
    assert parts.store.look is before and not parts.store.undo_words and "show_read" not in parts.panel.told
    assert not parts.model.asked


def test_reading_shows_how_far_it_is_and_can_be_cancelled(parts):
    path = parts.file("long.mid")
    parts.drop(path)
    call, bar = parts.model.asked[-1], parts.context.messages.bars[-1]

    call.progress(0.4, "bar 4 of 10")
    assert bar.told["update"] == (0.4, "bar 4 of 10")
    bar.cancel_it()
    assert call.cancelled and "close" in bar.told
    call.progress(0.5, "bar 5 of 10")
    assert bar.told["update"][0] == 0.4
    parts.read(path, (1, 1))
    assert not parts.store.look.files


def test_before_the_model_is_there_it_is_said_and_after_closing_nothing_comes(parts):
    path = parts.file("a.png")
    parts.context.opened, opened = None, parts.context.opened
    parts.drop(path)
    assert not parts.model.asked and "still being loaded" in parts.context.messages.said[0]

    parts.context.opened = opened
    parts.drop(path)
    call = parts.model.asked[-1]
    parts.context.tell("closing")
    parts.read(path, (1, 1))
    assert call.cancelled and not parts.store.look.files


def test_many_files_at_once_are_read_up_to_a_dozen(parts):
    parts.drop(*[parts.file(f"{number}.png") for number in range(20)])

    assert parts.model.names() == ["read"] * 12 and "first 12" in parts.context.messages.said[0]


def test_the_limit_is_for_more_than_it(tmp_path):
    path = tmp_path / "just.wav"
    path.touch()
    os.truncate(path, LARGEST)
    assert refused(path) == ""
    os.truncate(path, LARGEST + 1)
    assert "256 MB" in refused(path)


def test_items_are_called_by_what_they_are_within_their_file(tmp_path):
    names = ("tune.mid, bar 1", "bar 3", "", "tune.mid", "tune 5")
    read = Read(
        tmp_path / "tune.mid", tuple(ReadItem(name, np.zeros(2, np.float32), VIEW, VIEW) for name in names)
    )

    assert [item_name(read, number) for number in range(5)] == ["bar 1", "bar 3", "3", "4", "5"]


def test_all_files_are_taken_off_the_map_after_the_panel_was_closed_and_undo_brings_them_back(parts):
    parts.put("a.png", (0, 0))
    parts.put("b.png", (1, 1))
    parts.panel.closed.emit()

    parts.controller.remove_all()
    assert parts.store.look.files == () and parts.store.undo_words == "Take the files off the map"
    parts.store.undo()
    assert len(parts.store.look.files) == 2
    parts.store.redo()
    parts.controller.remove_all()
    assert "None of your files" in parts.context.messages.said[-1]


def test_a_file_that_was_closed_is_shown_again_where_its_mark_is_clicked(parts):
    parts.put("tune.mid", (0, 0), (1, 0), (2, 0))
    parts.put("b.png", (1, 1))
    parts.panel.closed.emit()

    parts.controller.look_at(parts.store.look.files[1])

    read, number = parts.panel.told["show_read"]
    assert (read.path.name, number) == ("tune.mid", 1) and parts.store.look.here.code == (1.0, 0.0)
    parts.panel.waypoint_wanted.emit()
    assert parts.store.look.journey.waypoints[0].code == (1.0, 0.0) and not parts.model.asked


def test_a_file_of_a_session_is_read_again_where_its_mark_is_clicked_and_one_that_is_gone_is_said_to_be(
    parts,
):
    path = parts.put("tune.mid", (0, 0), (1, 0))
    parts.controller.reads.clear()  # as in a new start
    second = parts.store.look.files[1]

    parts.controller.look_at(second)
    parts.read(path, (0, 0), (1, 0))
    assert parts.panel.told["show_read"][1] == 1 and parts.store.look.here.code == (1.0, 0.0)
    assert len(parts.store.look.files) == 2

    parts.controller.reads.clear()
    path.unlink()
    parts.controller.look_at(second)
    assert "tune.mid can't be read" in parts.context.messages.problems[-1].sentence and not parts.model.asked
