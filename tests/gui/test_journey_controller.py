# A journey on the map and in the strip: walked, filmed, played and exported.
from pathlib import Path

import numpy as np
import pytest
from aekit_gui.controllers.journey import JourneyController
from aekit_gui.controllers.playback import rendered
from aekit_gui.models.exports import Choice
from aekit_gui.models.look import Journey, Place
from aekit_gui.work.protocol import Problem
from travel_stand_ins import Clock, Context, Player, chart, strip

from aekit.heard import Note, Notes, Sound
from aekit.views import Picture

TUNE = Notes((Note(60, 0.0, 0.5), Note(64, 0.5, 1.0)), 1.0)


class Parts:
    """A controller among stand-ins."""

    def __init__(self, **known):
        self.context, self.strip, self.map, self.player = Context(**known), strip(), chart(), Player()
        self.clock, self.store, self.model = Clock(), None, None
        self.store, self.model = self.context.store, self.context.model
        self.controller = JourneyController(
            self.store, self.model, self.strip, self.map, self.player, self.context, self.clock
        )

    def waypoints(self, *places):
        for place in places:
            self.context.at = place
            self.controller.add()

    def answer(self, seconds=0.0):
        """The piece of the film that was asked for comes."""
        asked = self.model.take("pictures")
        self.clock.now += seconds
        codes = asked.arguments["codes"]
        asked.done([np.full((2, 2, 3), round(10 * abs(code[0])) % 250, np.uint8) for code in codes])
        return len(codes)

    def film(self):
        """All pictures that the strip was given."""
        return {
            step: picture
            for name, got in self.strip.all_told
            if name == "show_pictures"
            for step, picture in got[0].items()
        }

    @property
    def journey(self):
        return self.store.look.journey

    @property
    def position(self):
        return self.strip.told["set_position"][0]


@pytest.fixture
def parts():
    return Parts()


@pytest.fixture
def tunes():
    found = Parts(kind="Notes", example=TUNE, joined_formats=("mid", "wav"))
    found.store.change("", journey=Journey(steps=6, method="lerp"))
    found.waypoints((0, 0), (5, 0))
    return found


def take_views(parts):
    while "views" in parts.model.names():
        asked = parts.model.take("views")
        asked.done([TUNE] * len(asked.arguments["codes"]))


def test_waypoints_become_a_walk_on_the_map_and_a_film_and_undo_names_them(parts):
    parts.waypoints((0, 0))
    assert parts.map.told["set_walk"] == (None,) and len(parts.controller.steps) == 1

    parts.waypoints((4, 0), (4, 4))

    assert parts.store.undo_words == "Add waypoint 3" and len(parts.controller.steps) == 16
    line = parts.map.told["set_walk"][0]
    assert len(line) > 200 and np.allclose(line[[0, -1]], [[0, 0], [4, 4]])
    journey, stops = parts.strip.told["show_journey"]
    assert len(journey.waypoints) == 3 and stops[0] == 0 and stops[-1] == 15
    parts.store.undo()
    assert np.allclose(parts.map.told["set_walk"][0][-1], [4, 0])


def test_the_same_place_twice_in_a_row_is_no_waypoint(parts):
    parts.waypoints((1, 1), (1, 1))

    assert len(parts.journey.waypoints) == 1 and "already" in parts.context.messages.said[0]


def test_waypoints_are_removed_reordered_and_cleared(parts):
    parts.waypoints((0, 0), (1, 0), (2, 0))

    parts.strip.waypoint_moved.emit(0, 2)
    assert [place.code[0] for place in parts.journey.waypoints] == [1, 2, 0]
    assert parts.store.undo_words == "Move waypoint 1 to 3"
    parts.strip.waypoint_removed.emit(1)
    assert [place.code[0] for place in parts.journey.waypoints] == [1, 0]
    parts.strip.waypoint_moved.emit(0, 7)
    parts.strip.waypoint_removed.emit(9)
    assert len(parts.journey.waypoints) == 2
    parts.strip.clear_wanted.emit()
    assert (
        not parts.journey.waypoints and parts.store.undo() == "New walk" and len(parts.journey.waypoints) == 2
    )
    parts.controller.remove_last()
    assert [place.code[0] for place in parts.journey.waypoints] == [1]


def test_one_drag_is_one_change_and_a_later_one_another(parts):
    parts.waypoints((0, 0), (1, 0))

    for x in (2, 3, 4):
        parts.map.place_dragged.emit(1, x, 0)
        parts.clock.now += 0.02
    parts.clock.now += 5
    parts.map.place_dragged.emit(1, 9, 0)
    parts.map.place_dragged.emit(7, 9, 0)

    assert parts.store.undo() == "Drag waypoint 2" and parts.journey.waypoints[1].code == (4.0, 0.0)
    assert parts.store.undo() == "Drag waypoint 2" and parts.journey.waypoints[1].code == (1.0, 0.0)


def test_a_line_drawn_by_hand_becomes_a_smooth_walk(parts):
    angle = np.linspace(0, 5, 400)
    parts.map.path_drawn.emit(np.c_[np.cos(angle), np.sin(angle)])

    assert 3 <= len(parts.journey.waypoints) <= 12 and parts.journey.method == "spline"
    assert parts.store.undo_words.startswith("Draw a walk of")
    assert np.abs(np.linalg.norm(parts.controller.steps, axis=1) - 1).max() < 0.05
    before = parts.journey
    parts.map.path_drawn.emit(np.ones((3, 2)))
    assert parts.journey is before


def test_what_is_set_in_the_strip_changes_the_walk(parts):
    parts.waypoints((3, 0), (0, 3))
    assert np.allclose(np.linalg.norm(parts.controller.steps, axis=1), 3, atol=1e-3)

    parts.strip.method_changed.emit("lerp")
    parts.strip.steps_changed.emit(3)
    parts.strip.loop_changed.emit(True)
    parts.strip.speed_changed.emit(2.0)

    assert np.allclose(parts.controller.steps, [[3, 0], [1.5, 1.5], [0, 3]])
    assert (parts.journey.loop, parts.journey.speed) == (True, 2.0) and parts.store.undo_words == "Speed 2"


def test_along_the_data_the_walk_is_found_in_the_thread_and_an_older_one_is_let_go(parts):
    held = []
    parts.context.later.run = lambda function, done, failed=None, slot="": held.append((function, done, slot))
    parts.waypoints(tuple(parts.context.space.codes[0]), tuple(parts.context.space.codes[1]))
    before = parts.controller.steps

    parts.strip.method_changed.emit("data")
    assert (
        held[0][2] == "walk" and parts.controller.steps is before and parts.strip.told["set_busy"] == (0.0,)
    )
    parts.strip.method_changed.emit("lerp")
    straight = parts.controller.steps
    held[0][1](held[0][0]())
    assert parts.controller.steps is straight and parts.strip.told["set_busy"] == (None,)

    parts.strip.method_changed.emit("data")
    function, done, _ = held[-1]
    done(function())
    assert np.array_equal(parts.controller.steps[-1], straight[-1])
    assert not np.allclose(parts.controller.steps, straight)


def test_the_film_comes_in_pieces_that_keep_the_pointer_quick(parts):
    parts.waypoints((0, 0), (10, 0))
    parts.answer()  # of the first waypoint alone
    sizes = []
    while "pictures" in parts.model.names():
        assert parts.model.names().count("pictures") == 1 and parts.model.asked[-1].slot == "film"
        sizes.append(parts.answer(0.002))

    assert sum(sizes) >= 15 and sizes[0] <= 4 and sorted(parts.film()) == list(range(16))
    parts.strip.steps_changed.emit(200)
    slow = [parts.answer(0.2) for _ in range(5)]
    assert slow[-1] == 1


def test_pictures_that_were_seen_are_there_at_once(parts):
    parts.waypoints((0, 0), (10, 0))
    while "pictures" in parts.model.names():
        parts.answer()
    parts.strip.steps_changed.emit(3)
    parts.model.asked.clear()
    parts.controller.film._asked = False

    parts.store.undo()

    assert not parts.model.asked and sorted(parts.strip.told["show_pictures"][0]) == list(range(16))


def test_while_a_waypoint_is_dragged_the_whole_film_follows(parts):
    parts.waypoints((0, 0), (10, 0))
    touched = set()
    for turn in range(12):
        parts.map.place_dragged.emit(1, 10 + turn, 1)
        parts.answer(0.004)
        touched |= set(parts.strip.told["show_pictures"][0])

    assert touched == set(range(16))


def test_new_weights_and_another_condition_film_anew(parts):
    parts.waypoints((0, 0), (10, 0))
    while "pictures" in parts.model.names():
        parts.answer()

    parts.context.tell("opened")
    assert parts.model.names() == ["pictures"]
    old = parts.model.take("pictures")
    parts.context.tell("opened")
    shown = len(parts.strip.all_told)
    old.done([np.zeros((2, 2, 3), np.uint8)] * len(old.arguments["codes"]))
    assert len(parts.strip.all_told) == shown
    parts.context.condition = "7"
    parts.store.change("", condition="7")
    while "pictures" in parts.model.names():
        last = parts.model.asked[-1].arguments["condition"]
        parts.answer()
    assert last == "7"


def test_a_failure_is_said_once_and_the_next_change_tries_again(parts):
    parts.waypoints((0, 0), (10, 0))
    parts.model.take("pictures").failed(Problem("No."))

    assert [one.sentence for one in parts.context.messages.problems] == ["No."] and not parts.model.asked
    parts.strip.steps_changed.emit(9)
    assert parts.model.names() == ["pictures"]


def test_a_step_becomes_the_place_at_hand(parts):
    parts.waypoints((0, 0), (15, 0))
    parts.strip.step_clicked.emit(3)
    parts.strip.step_clicked.emit(5)
    parts.strip.step_clicked.emit(99)

    assert parts.store.look.here == Place((5.0, 0.0), "step 6 of 16")
    parts.store.undo()
    assert parts.store.look.here is None


def test_pictures_walk_along_at_two_a_second_times_the_speed(parts):
    parts.store.change("", journey=Journey(steps=5, method="lerp"))
    parts.waypoints((0, 0), (4, 0))
    seen = []
    parts.context.on("playing", lambda: seen.append(parts.controller.playing))

    parts.strip.play_wanted.emit(True)
    assert parts.position == 0 and parts.strip.told["set_playing"] == (True,)
    parts.clock.now += 0.75
    parts.strip.ticked.emit()
    assert parts.position == 1.5 and np.allclose(parts.map.told["set_playhead"][0], (1.5, 0))
    parts.strip.speed_changed.emit(4.0)
    parts.strip.ticked.emit()
    assert parts.position == 1.5
    parts.clock.now += 0.25
    parts.strip.ticked.emit()
    assert parts.position == 3.5
    parts.clock.now += 0.25
    parts.strip.ticked.emit()
    assert parts.position is None and parts.strip.told["set_playing"] == (False,)
    assert [place and place.code[0] for place in seen] == [0, 1, 3, None] and parts.map.told[
        "set_playhead"
    ] == (None,)


def test_a_loop_goes_on_from_the_start(parts):
    parts.store.change("", journey=Journey(steps=5, method="lerp", loop=True))
    parts.waypoints((0, 0), (4, 0))
    parts.controller.toggle_play()
    parts.clock.now += 2.75
    parts.strip.ticked.emit()
    assert parts.position == 0.5
    parts.controller.toggle_loop()
    parts.strip.ticked.emit()
    assert parts.position is None


def test_without_a_walk_nothing_plays_and_it_is_said_what_to_do(parts):
    parts.controller.toggle_play()

    assert not parts.controller.playback.plays and "press W" in parts.context.messages.said[0]
    assert parts.strip.told["set_playing"] == (False,)


def test_what_is_heard_plays_as_one_continuous_piece_with_the_playhead_over_it(tunes):
    tunes.controller.toggle_play()
    assert len(tunes.model.asked[-1].arguments["codes"]) <= 4
    take_views(tunes)

    ((sound, loop),) = tunes.player.played
    assert not loop and sound.seconds >= 6.0
    tunes.player.moved.emit(2.5)
    assert tunes.position == 2.5 and np.allclose(tunes.map.told["set_playhead"][0], (2.5, 0), atol=0.02)
    tunes.player.end()
    assert tunes.position is None and not tunes.controller.playback.plays
    tunes.controller.toggle_play()
    assert "views" not in tunes.model.names() and tunes.player.played[1][0] is sound


def test_another_sound_ends_the_walks_playback_and_goes_on(tunes):
    tunes.controller.toggle_play()
    take_views(tunes)

    tunes.player.play("another")
    tunes.player.moved.emit(0.1)

    assert not tunes.controller.playback.plays and tunes.player.stops == 0


def test_a_loop_switched_on_or_off_on_the_way_is_obeyed_at_the_end(tunes):
    tunes.controller.toggle_play()
    take_views(tunes)
    tunes.controller.toggle_loop()
    tunes.player.moved.emit(5.95)
    tunes.player.end()
    assert len(tunes.player.played) == 2 and tunes.player.played[1][1]

    tunes.player.moved.emit(4.0)
    tunes.controller.toggle_loop()
    tunes.player.moved.emit(0.1)
    assert not tunes.controller.playback.plays


def test_stopping_the_sound_by_hand_stops_a_loop(tunes):
    tunes.controller.toggle_loop()
    tunes.controller.toggle_play()
    take_views(tunes)
    tunes.player.moved.emit(5.9)
    tunes.player.stop()

    assert len(tunes.player.played) == 1 and not tunes.controller.playback.plays


def test_a_walk_that_changes_while_it_plays_is_played_anew_and_late_views_are_let_go(tunes):
    tunes.controller.toggle_play()
    old = tunes.model.take("views")
    tunes.strip.steps_changed.emit(8)
    assert old.cancelled
    old.done([TUNE] * 4)
    take_views(tunes)

    assert len(tunes.player.played) == 1 and tunes.player.played[0][0].seconds >= 8.0


def test_sound_that_cannot_be_made_is_said(tunes):
    tunes.controller.toggle_play()
    tunes.model.take("views").failed(Problem("The plugin raised."))

    assert not tunes.controller.playback.plays
    assert [one.sentence for one in tunes.context.messages.problems] == ["The plugin raised."]


def test_speed_keeps_the_pitch_of_notes_and_runs_samples_as_a_tape():
    quick = rendered([TUNE, TUNE], 2.0, False)
    tape = rendered([Sound(np.zeros(8_000, np.float32), 8_000)] * 3, 0.5, False)

    assert quick.starts.tolist() == [0, 0.5, 1.0] and tape.starts.tolist() == [0, 2, 4, 6]
    plain = rendered([TUNE], 1.0, False).sound
    loudest = [
        np.abs(np.fft.rfft(sound.samples.reshape(len(sound.samples), -1)[: sound.rate // 4, 0])).argmax()
        for sound in (plain, quick.sound)
    ]
    assert loudest[0] == loudest[1] and tape.sound.rate == 4_000


def test_an_export_is_written_in_the_niced_process_and_named_at_its_end(parts, tmp_path):
    parts.waypoints((0, 0), (4, 0))
    parts.strip.export_wanted.emit()
    formats, count, path, seconds, _ = parts.strip.told["ask_export"]
    assert count == 16 and path.name == "digits-walk" and seconds == 0.5
    assert any(one.ending == "gif" for one in formats)

    parts.strip.export_chosen.emit(Choice("animation", tmp_path / "walk.gif", "gif", 0.25, True))
    asked = parts.context.niced.asked[-1]
    job = asked.arguments["job"]
    assert (
        asked.name == "export"
        and job.codes.shape == (16, 2)
        and job.seconds == 0.25
        and job.kind == "animation"
    )
    asked.progress(0.5, "frame 8 of 16")
    bar = parts.context.messages.bars[-1]
    assert bar.told["update"] == (0.5, "frame 8 of 16") and parts.strip.told["set_busy"] == (0.5,)
    parts.controller.export()
    assert "under way" in parts.context.messages.said[-1]
    asked.done([tmp_path / "walk.gif"])
    assert "walk.gif" in parts.context.messages.said[-1] and parts.strip.told["set_busy"] == (None,)
    assert "close" in bar.told


def test_without_a_walk_the_place_at_hand_is_exported(parts):
    parts.context.at = (2, 3)
    parts.controller.export()
    assert parts.strip.told["ask_export"][1] == 1 and parts.strip.told["ask_export"][2].name == "digits-place"
    parts.strip.export_chosen.emit(Choice("sheet", Path("here.png"), "png"))

    assert parts.context.niced.asked[-1].arguments["job"].codes.tolist() == [[2, 3]]


@pytest.mark.parametrize("by", ["cancel", "closing", "failure"])
def test_an_export_can_be_cancelled_fail_or_be_overtaken_by_closing(parts, by):
    parts.waypoints((0, 0), (4, 0))
    parts.strip.export_chosen.emit(Choice("sheet", Path("x.png"), "png"))
    asked, bar = parts.context.niced.asked[-1], parts.context.messages.bars[-1]

    if by == "cancel":
        bar.cancel_it()
    elif by == "closing":
        parts.context.tell("closing")
    else:
        asked.failed(Problem("The disk is full."))

    assert "close" in bar.told and asked.cancelled == (by != "failure")
    asked.done([Path("x.png")])
    asked.failed(Problem("late"))
    assert not any("Exported" in said for said in parts.context.messages.said)
    assert len(parts.context.messages.problems) == (by == "failure")


def test_closing_leaves_the_player_and_asks_for_nothing_more(tunes):
    tunes.controller.toggle_play()
    take_views(tunes)
    tunes.context.tell("closing")

    assert tunes.player.stops == 1 and not tunes.player.moved.slots and not tunes.player.stopped.slots
    assert not tunes.controller.film.waiting


def test_nothing_is_asked_before_the_model_is_there():
    parts = Parts()
    parts.context.opened = None
    parts.waypoints((0, 0), (4, 0))
    parts.controller.play(True)
    parts.controller.export()
    assert not parts.model.asked and len(parts.context.messages.said) == 2

    parts.context.opened = Parts().context.opened
    parts.context.tell("opened")
    assert parts.model.names() == ["pictures"] and isinstance(parts.context.opened.example, Picture)


def test_a_model_that_begins_anew_ends_an_export_and_says_so(parts):
    parts.context.at = (1.0, 2.0)
    parts.controller.export()
    parts.strip.export_chosen.emit(Choice("sheet", Path("here.png"), "png"))
    asked = parts.context.niced.asked[-1]

    parts.context.tell("restarted")
    assert asked.cancelled and parts.context.messages.said == [
        "The model began anew, which ended the export. Export again."
    ]
    parts.context.tell("restarted")
    assert len(parts.context.messages.said) == 1
