# What moving sliders does to the place at hand, and what their thumbnails show.
from pathlib import Path

import numpy as np
import pytest
from aekit_gui.controllers.explorer import Explorer
from aekit_gui.controllers.sliders import LEARNING, SlidersController
from aekit_gui.models.look import Look, Place
from aekit_gui.models.store import Store
from aekit_gui.work.protocol import Problem
from stand_ins import Messages, Model, Now, Widget, opened, space

SIGNALS = ("moved", "released", "reset", "condition_changed", "thumbnails_wanted")
PICTURES = 5 * [np.zeros((4, 4, 3), np.uint8)]
MOVES = {"ink": np.array([1, 0, 0], np.float32), "slant": np.array([0, 2, 0], np.float32)}


class Desk:
    """An open run of three dimensions with sliders, and what they were told."""

    def __init__(self, look=None, open_now=True, **known):
        self.store, self.live, self.niced, self.messages = Store(look), Model(), Model(), Messages()
        self.view = Widget(*SIGNALS, unseen=lambda: False)
        self.context = Explorer(
            Path("run"), self.store, space(3), self.live, lambda: self.niced, Now(), self.messages
        )
        self.sliders = SlidersController(self.store, self.live, lambda: self.niced, self.view, self.context)
        if open_now:
            self.open(**known)

    def open(self, **known):
        self.context.opened = opened(**{"attributes": ("ink", "slant"), **known})
        self.context.tell("opened")

    def values(self):
        return self.view.told["set_values"][0]

    def answer(self):
        """Steer as asked: each attribute along its own vector."""
        asked = self.niced.take("steer")
        moved = asked.arguments["code"] + sum(
            amount * MOVES[name] for name, amount in asked.arguments["amounts"].items()
        )
        asked.done(np.asarray(moved, np.float32))
        return asked.arguments

    def steer(self, name, amount):
        self.view.moved.emit(f"attribute {name}", amount)
        return self.answer()

    def go(self, *code):
        self.store.change("Go", here=Place(tuple(float(one) for one in code), "there"))

    @property
    def code(self):
        return self.store.look.here.code


# ---- dimensions -----------------------------------------------------------------------------------------


def test_dimensions_are_there_before_the_model_and_attributes_with_it():
    desk = Desk(open_now=False)
    rows, pictured = desk.view.told["show_rows"]
    assert {row.dimension for row in rows} == {0, 1, 2} and not pictured
    desk.open()
    rows, pictured = desk.view.told["show_rows"]
    assert [row.attribute for row in rows[:2]] == ["ink", "slant"]
    assert pictured == {"dimension 0", "dimension 1", "dimension 2"}


def test_a_slider_moves_the_place_at_hand_and_its_drag_is_one_change():
    desk = Desk()
    desk.go(1, 2, 3)
    for value in (0.5, 0.75, 0.8):
        desk.view.moved.emit("dimension 1", value)
    desk.view.released.emit("dimension 1")
    desk.view.moved.emit("dimension 1", 0.9)

    assert desk.code == (1.0, float(np.float32(0.9)), 3.0)
    assert desk.store.look.here.name == "there, moved" and desk.store.look.here.row is None
    assert desk.values()["dimension 1"] == float(np.float32(0.9))
    desk.store.undo()
    assert desk.code[1] == float(np.float32(0.8))
    assert desk.store.undo() == "Move dimension 2" and desk.code == (1, 2, 3)
    assert desk.values()["dimension 1"] == 2


def test_a_slider_starts_from_the_pointer_where_that_leads():
    desk = Desk()
    desk.context.pointer = (0.3, -0.2)
    desk.context.tell("pointer")
    here = desk.context.here().code
    assert desk.values()["dimension 0"] == here[0]
    desk.view.moved.emit("dimension 2", 1.0)
    assert desk.code == (here[0], here[1], 1.0)


def test_the_pointer_is_not_followed_where_nobody_sees_it():
    desk = Desk()
    desk.view.unseen = lambda: True
    desk.view.told.clear()
    desk.context.pointer = (0.3, -0.2)
    desk.context.tell("pointer")
    assert "set_values" not in desk.view.told
    desk.view.thumbnails_wanted.emit(["dimension 0"])
    assert desk.values()["dimension 0"] == desk.context.here().code[0]


def test_a_reset_is_a_change_of_its_own():
    desk = Desk()
    desk.go(1, 2, 3)
    desk.view.reset.emit("dimension 0")
    assert desk.code == (0.0, 2.0, 3.0) and desk.store.undo_words == "Reset dimension 1"
    desk.view.reset.emit("dimension 1")
    desk.store.undo()
    assert desk.code == (0.0, 2.0, 3.0)


def test_unknown_keys_are_ignored():
    desk = Desk()
    for signal in (desk.view.moved, desk.view.reset):
        signal.emit(*(("dimension 99", 1.0) if signal is desk.view.moved else ("dimension 99",)))
    assert desk.store.look == Look()


def test_new_codes_bring_new_sliders():
    desk = Desk()
    newer = space(3, seed=8)
    newer.codes[:, 0] = 0
    desk.context.set_space(newer)
    rows = {row.key: row for row in desk.view.told["show_rows"][0]}
    assert rows["dimension 0"].unused


# ---- attributes -----------------------------------------------------------------------------------------


def test_an_attribute_is_steered_by_the_background_and_says_that_it_learns():
    desk = Desk()
    desk.go(1, 2, 3)
    desk.view.moved.emit("attribute ink", 1.5)
    assert desk.view.told["set_note"] == (LEARNING,) and desk.code == (1, 2, 3)
    asked = desk.answer()

    assert asked["code"].tolist() == [1, 2, 3] and asked["amounts"] == {"ink": 1.5}
    assert desk.code == (2.5, 2, 3) and desk.store.look.steering == {"ink": 1.5}
    assert desk.values()["attribute ink"] == 1.5 and desk.view.told["set_note"] == ("",)
    assert desk.view.told["show_rows"][1] >= {"attribute ink", "attribute slant"}
    desk.steer("ink", 2.0)
    assert [one for one in desk.view.all_told if one[0] == "set_note"][-1] == ("set_note", ("",))


def test_a_slider_brought_back_leads_back_exactly():
    desk = Desk()
    desk.go(1, 2, 3)
    desk.steer("ink", 0.7)
    desk.steer("slant", 0.3)
    asked = desk.steer("ink", 0.0)
    assert asked["code"].tolist() == [1, 2, 3] and asked["amounts"] == {"slant": 0.3}
    asked = desk.steer("slant", 0.0)
    assert asked["amounts"] == {} and desk.code == (1, 2, 3) and desk.store.look.steering == {}


def test_a_steered_drag_is_one_change_also_where_the_answer_comes_after_its_end():
    desk = Desk()
    desk.go(1, 2, 3)
    desk.steer("ink", 0.5)
    desk.view.moved.emit("attribute ink", 1.0)
    desk.view.released.emit("attribute ink")
    desk.answer()
    desk.steer("ink", 2.0)

    assert desk.code == (3, 2, 3)
    assert desk.store.undo() == "Move ink" and desk.code == (2, 2, 3) and desk.values()["attribute ink"] == 1
    desk.store.undo()
    assert desk.code == (1, 2, 3) and desk.values()["attribute ink"] == 0
    desk.store.redo()
    assert desk.steer("ink", 3.0)["code"].tolist() == [1, 2, 3]  # still from where it began


def test_a_fast_drag_shows_places_on_its_way_and_the_sliders_stay_where_they_are_held():
    desk = Desk()
    desk.go(1, 2, 3)
    desk.view.moved.emit("attribute ink", 1.0)
    flying = desk.niced.take("steer")
    desk.view.moved.emit("attribute slant", 1.0)
    desk.view.released.emit("attribute slant")
    flying.done(np.array([2, 2, 3], np.float32))
    assert desk.code == (2, 2, 3) and desk.store.look.steering == {"ink": 1.0}
    assert desk.values()["attribute slant"] == 1

    assert desk.answer()["amounts"] == {"ink": 1.0, "slant": 1.0} and desk.code == (2, 4, 3)
    assert desk.store.look.steering == {"ink": 1.0, "slant": 1.0}


def test_undo_is_not_undone_by_an_answer_that_is_late():
    desk = Desk()
    desk.go(1, 2, 3)
    desk.steer("ink", 1.0)
    desk.view.moved.emit("attribute ink", 2.0)
    late = desk.niced.take("steer")
    desk.store.undo()
    late.done(np.array([3, 2, 3], np.float32))
    assert desk.code == (1, 2, 3) and desk.values()["attribute ink"] == 0


def test_elsewhere_attributes_begin_anew_and_an_answer_that_is_late_changes_nothing():
    desk = Desk()
    desk.go(1, 2, 3)
    desk.steer("ink", 1.0)
    desk.view.moved.emit("attribute ink", 2.0)
    late = desk.niced.take("steer")
    desk.go(5, 5, 5)
    assert desk.values()["attribute ink"] == 0
    late.done(np.array([9, 9, 9], np.float32))
    assert desk.code == (5, 5, 5)
    assert desk.steer("ink", 1.0)["code"].tolist() == [5, 5, 5]


def test_a_dimension_moved_afterwards_leaves_attributes_where_they_stand():
    desk = Desk()
    desk.go(1, 2, 3)
    desk.steer("ink", 1.0)
    desk.view.moved.emit("dimension 2", 0.0)
    assert desk.code == (2, 2, 0) and desk.values()["attribute ink"] == 1
    asked = desk.steer("ink", 1.5)
    assert asked["code"].tolist() == [2, 2, 0] and asked["amounts"] == {"ink": 0.5}


def test_a_session_goes_on_from_where_attributes_stood():
    desk = Desk(Look(here=Place((2.0, 2.0, 3.0), "kept"), steering={"ink": 1.0}))
    assert desk.values()["attribute ink"] == 1
    asked = desk.steer("ink", 0.0)
    assert asked["amounts"] == {"ink": -1.0} and desk.code == (1, 2, 3)


def test_steering_that_fails_is_said_and_the_slider_goes_back():
    desk = Desk()
    desk.go(1, 2, 3)
    desk.view.told.clear()
    desk.view.moved.emit("attribute ink", 1.0)
    problem = Problem("The data are gone.")
    desk.niced.take("steer").failed(problem)
    assert desk.messages.problems == [problem] and desk.view.told["set_note"] == ("",)
    assert desk.values()["attribute ink"] == 0 and desk.store.look.steering == {}


# ---- conditions -----------------------------------------------------------------------------------------


def test_a_conditional_run_offers_its_classes():
    desk = Desk(condition_of="label", conditions=("a", "b"))
    assert desk.view.told["set_conditions"] == ("Class", ["a", "b"])
    desk.view.condition_changed.emit("b")
    assert desk.store.look.condition == "b" and desk.view.told["set_condition"] == ("b",)
    desk.store.undo()
    assert desk.view.told["set_condition"] == ("",)


def test_a_run_conditioned_on_an_attribute_takes_a_number():
    desk = Desk(condition_of="ink")
    assert desk.view.told["set_conditions"] == ("Ink", None)
    desk.view.condition_changed.emit("lots")
    assert (
        desk.store.look.condition == ""
        and "number" in desk.messages.said[0]
        and "lots" in desk.messages.said[0]
    )
    desk.view.condition_changed.emit("0.5")
    assert desk.store.look.condition == "0.5"
    desk.view.condition_changed.emit("")
    assert desk.store.look.condition == ""


def test_a_run_without_conditions_offers_none():
    assert Desk().view.told["set_conditions"][0] == ""


# ---- thumbnails -----------------------------------------------------------------------------------------


def ask(desk, *keys):
    desk.view.thumbnails_wanted.emit(list(keys))


def shown(desk):
    return [arguments[0] for name, arguments in desk.view.all_told if name == "show_thumbnails"]


def test_thumbnails_are_decoded_one_slider_at_a_time():
    desk = Desk()
    desk.go(1, 2, 3)
    ask(desk, "dimension 1", "dimension 0")
    assert desk.live.names() == ["pictures"]
    asked = desk.live.take("pictures")
    row = desk.sliders.rows["dimension 1"]
    assert asked.arguments["codes"][:, 1].tolist() == pytest.approx(list(row.stops()))
    assert (asked.arguments["codes"][:, [0, 2]] == [1, 3]).all() and asked.arguments["condition"] == ""
    asked.done(PICTURES)
    assert shown(desk) == ["dimension 1"]
    desk.live.take("pictures").done(PICTURES)
    assert shown(desk) == ["dimension 1", "dimension 0"] and not desk.live.asked


def test_a_slider_does_not_change_its_own_thumbnails_and_old_places_are_remembered():
    desk = Desk()
    desk.go(1, 2, 3)
    for _ in ask(desk, "dimension 0", "dimension 1") or range(2):
        desk.live.take("pictures").done(PICTURES)
    desk.view.moved.emit("dimension 1", 0.5)
    ask(desk, "dimension 0", "dimension 1")
    assert [asked.arguments["codes"][0, 1] for asked in desk.live.asked] == [0.5]
    desk.live.take("pictures").done(PICTURES)
    assert shown(desk) == ["dimension 0", "dimension 1", "dimension 0"] and not desk.live.asked

    desk.store.undo()
    ask(desk, "dimension 0", "dimension 1")
    assert shown(desk)[3:] == ["dimension 0"] and not desk.live.asked


def test_thumbnails_of_a_place_that_was_left_are_not_shown():
    desk = Desk()
    desk.go(1, 2, 3)
    ask(desk, "dimension 0", "dimension 1")
    flying = desk.live.take("pictures")
    desk.go(4, 4, 4)
    ask(desk, "dimension 0")
    flying.done(PICTURES)
    assert shown(desk) == []
    asked = desk.live.take("pictures")
    assert asked.arguments["codes"][0, 1] == 4
    asked.done(PICTURES)
    assert shown(desk) == ["dimension 0"] and not desk.live.asked


def test_another_class_needs_other_thumbnails():
    desk = Desk(condition_of="label", conditions=("a", "b"))
    desk.go(1, 2, 3)
    ask(desk, "dimension 0")
    desk.live.take("pictures").done(PICTURES)
    desk.view.condition_changed.emit("b")
    ask(desk, "dimension 0")
    assert desk.live.take("pictures").arguments["condition"] == "b"


def test_attributes_are_steered_to_each_of_their_thumbnails():
    desk = Desk()
    desk.go(1, 2, 3)
    desk.steer("slant", 1.0)
    ask(desk, "attribute ink")
    amounts = [desk.answer()["amounts"] for _ in range(5)]
    assert [one.get("ink", 0.0) for one in amounts] == pytest.approx([-2.4, -1.2, 0, 1.2, 2.4])
    assert all(one["slant"] == 1.0 for one in amounts)
    codes = desk.live.take("pictures").arguments["codes"]
    assert codes[:, 0].tolist() == pytest.approx([-1.4, -0.2, 1, 2.2, 3.4]) and (codes[:, 1] == 4).all()


def test_steering_for_thumbnails_ends_where_the_place_was_left():
    desk = Desk()
    desk.go(1, 2, 3)
    desk.steer("slant", 1.0)
    ask(desk, "attribute ink")
    flying = desk.niced.take("steer")
    desk.go(4, 4, 4)
    ask(desk, "dimension 0")
    flying.done(np.zeros(3, np.float32))
    assert desk.niced.asked == [] and desk.live.names() == ["pictures"]


def test_a_failure_is_said_once_and_asking_again_tries_again():
    desk = Desk()
    desk.go(1, 2, 3)
    ask(desk, "dimension 0", "dimension 1")
    desk.live.take("pictures").failed(Problem("No."))
    assert len(desk.messages.problems) == 1 and not desk.live.asked
    ask(desk, "dimension 0")
    assert desk.live.names() == ["pictures"]


def test_other_weights_make_all_thumbnails_anew_and_a_closed_run_wants_none():
    desk = Desk()
    desk.go(1, 2, 3)
    ask(desk, "dimension 0")
    flying = desk.live.take("pictures")
    desk.open()
    flying.done(PICTURES)
    assert shown(desk) == []
    ask(desk, "dimension 0")
    assert desk.live.names() == ["pictures"]
    desk.live.asked.clear()
    desk.context.close()
    ask(desk, "dimension 0")
    assert not desk.live.asked


def test_nothing_is_decoded_before_the_model_is_there():
    desk = Desk(open_now=False)
    ask(desk, "dimension 0")
    assert not desk.live.asked
