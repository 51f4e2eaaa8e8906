# What is under the pointer is asked for, shown, and looked into where it rests.
import math

import numpy as np
import pytest
from aekit_gui.controllers.explorer import Explorer
from aekit_gui.controllers.hover import HoverController, between
from aekit_gui.controllers.pins import PinsController
from aekit_gui.models.look import Place
from aekit_gui.models.nearby import Nearby
from aekit_gui.models.readings import Reading, prior_words, readings
from aekit_gui.models.store import Store
from aekit_gui.work.protocol import Decoded, Item, PriorFacts
from stand_ins import Map, Messages, Model, Now, Widget, opened, space

from aekit.views import Picture

VIEW = Picture(np.zeros((4, 4), np.uint8))


def decoded(code) -> Decoded:
    return Decoded(VIEW, VIEW.picture(), np.asarray(code, np.float32), 0.002)


class Rest:
    def __init__(self):
        from stand_ins import Signal

        self.timeout, self.started = Signal(), 0

    def start(self):
        self.started += 1

    def stop(self):
        pass


@pytest.fixture
def parts():
    model, found = Model(), space()
    explorer = Explorer(found.run.path, Store(), found, model, lambda: model, Now(), Messages())
    inspector = Widget("painted", "pin_removed", "between_wanted", "near_clicked", "play_wanted")
    widget, rest = Map(), Rest()
    hover = HoverController(explorer, widget, inspector, rest)
    pins = PinsController(explorer, inspector)
    explorer.opened = opened()
    return explorer, model, widget, inspector, hover, pins, rest


def test_the_pointer_decodes_and_the_newest_place_wins(parts):
    explorer, model, widget, inspector, hover, _, rest = parts

    for x in (0.0, 0.5, 1.0):
        widget.hovered.emit(x, 2.0)

    assert model.names() == ["decode"] and rest.started == 3
    assert np.allclose(model.asked[0].arguments["code"], [1, 2])
    model.take("decode").done(decoded([1, 2]))
    assert hover.decoded == 1 and inspector.told["show_view"][0].seconds == 0.002
    assert explorer.here().code == (1.0, 2.0)


def test_the_time_from_the_pointer_to_the_screen_is_kept(parts):
    _, model, widget, inspector, hover, _, _ = parts

    widget.hovered.emit(0, 0)
    model.take("decode").done(decoded([0, 0]))
    inspector.painted.emit()
    inspector.painted.emit()

    assert len(hover.latencies) == 1 and 0 < hover.latencies[0] < 1


def test_where_it_rests_near_items_and_the_bound_are_asked_for(parts):
    explorer, model, widget, inspector, _, _, rest = parts
    code = explorer.space.codes[7]

    widget.hovered.emit(float(code[0]), float(code[1]))
    model.take("decode").done(decoded(code))
    rest.timeout.emit()

    bound, items = model.take("bound"), model.take("items")
    bound.done(-87.25)
    rows = [int(np.flatnonzero(explorer.space.index == index)[0]) for index in items.arguments["index"]]
    assert rows[0] == 7 and len(rows) == 6
    items.done([Item(row, f"item {row}", explorer.label_of(row), VIEW.picture(), VIEW) for row in rows])
    near = inspector.told["show_near"][0]
    assert near[0].row == 7 and near[0].distance == 0 and near[1].distance > 0
    facts = {name: value for name, value, _ in inspector.told["show_facts"][0]}
    assert facts["Likelihood, at least"] == "−87.2 nats"
    assert facts["Near items say"].startswith(explorer.label_of(7))


def test_nothing_is_asked_before_the_model_is_there_or_after_the_run_is_closed(parts):
    explorer, model, widget, _, _, _, _ = parts
    explorer.opened = None
    widget.hovered.emit(0, 0)
    assert not model.asked

    explorer.opened = opened()
    explorer.close()
    widget.hovered.emit(0, 0)
    assert not model.asked


def test_leaving_the_map_brings_back_the_place_at_hand(parts):
    explorer, model, widget, _, _, _, _ = parts
    explorer.go(Place((3.0, 4.0)), "Go")
    widget.hovered.emit(0, 0)
    widget.left.emit()

    assert np.allclose(model.asked[-1].arguments["code"], [3, 4])


def test_two_pins_are_kept_and_a_third_takes_the_first_ones_place(parts):
    explorer, model, _, inspector, _, pins, _ = parts
    places = [Place((float(n), 0.0), f"p{n}") for n in range(3)]

    for place in places:
        pins.pin(place)

    assert explorer.store.look.pins == tuple(places[1:]) and explorer.store.look.here == places[2]
    for one in [one for one in list(model.asked) if one.slot.startswith("pin")]:
        one.done(decoded(one.arguments["code"]))
    assert [pin for pin, _ in inspector.told["show_pins"][0]] == places[1:]
    assert explorer.store.undo() == "Pin p2" and explorer.store.look.pins == tuple(places[:2])
    inspector.pin_removed.emit(0)
    assert explorer.store.look.pins == (places[1],)


def test_halfway_is_on_the_arc():
    middle = between(Place((2.0, 0.0), "a"), Place((0.0, 2.0), "b"))

    assert np.allclose(middle.code, [math.sqrt(2), math.sqrt(2)]) and middle.name == "halfway from a to b"


@pytest.mark.parametrize("count, latent_dim", [(1, 1), (50, 2), (70_000, 3)])
def test_nearest_items_are_those_of_sorting_all(count, latent_dim):
    random = np.random.default_rng(1)
    codes = random.normal(size=(count, latent_dim)).astype(np.float32)
    code = random.normal(size=latent_dim).astype(np.float32)

    distances, rows = Nearby(codes).nearest(code, min(9, count))

    true = np.linalg.norm(codes.astype(float) - code, axis=1)
    assert np.array_equal(rows, np.argsort(true, kind="stable")[: len(rows)])
    assert np.allclose(distances, true[rows], rtol=1e-5)


def test_readings_are_in_words_and_keep_their_rows():
    empty = readings(Reading(), opened())
    full = readings(Reading(0.0021, -9.0).with_label("4", 12, 15).with_bound(-80), opened())

    assert [name for name, _, _ in empty] == [name for name, _, _ in full]
    assert [value for _, value, _ in full] == ["−80.0 nats", "4  (12 of 15)", "−9.0 nats, far out", "2.1 ms"]
    many = PriorFacts((0.0,), (1.0,), (-90.0, 4.0), 8.0)
    assert prior_words(-60.0, opened(prior=many)) == "−60.0 nats, central"
    assert prior_words(-93.0, opened(prior=many)) == "−93.0 nats, typical"
    assert prior_words(math.nan, opened()) == "–"
    assert not any("Likelihood" in name for name, _, _ in readings(Reading(), opened(has_bound=False)))


@pytest.mark.parametrize("event", ["space", "restarted"])
def test_pins_are_decoded_anew_with_other_codes_or_weights(parts, event):
    explorer, model, _, _, _, pins, _ = parts
    explorer.store.change("Pin", pins=(Place((1.0, 2.0), "a pin"),))
    model.take("decode").done(decoded([1, 2]))
    assert len(pins.decoded) == 1

    explorer.tell(event)
    explorer.tell("opened")
    assert pins.decoded == {} and "pin 0" in [one.slot for one in model.asked]


def test_what_was_near_in_older_codes_is_let_go_where_their_rows_were_other_items(parts):
    explorer, model, widget, inspector, hover, _, rest = parts
    widget.hovered.emit(1.0, 2.0)
    model.take("decode").done(decoded(explorer.space.codes[7]))
    rest.timeout.emit()
    late = model.take("items")
    assert hover.near_rows[0] == 7

    explorer.set_space(space(seed=1))  # as after another epoch
    assert hover.near_rows[0] == 7
    explorer.set_space(space(count=200))
    shown = inspector.told["show_near"]
    late.done([Item(0, "", "", VIEW, VIEW.picture())] * 6)

    assert hover.near_rows == [] and shown == ([],) and inspector.told["show_near"] is shown
