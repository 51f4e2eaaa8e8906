# Sliders: what moving them does to the place at hand, and what their thumbnails show.
"""Sliders: what moving them does to the place at hand, and what their thumbnails show."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit_gui.controllers.effects import Effects
from aekit_gui.models.look import Code, Look, Place
from aekit_gui.models.sliders import (
    Origin,
    Row,
    Values,
    attribute_rows,
    capital,
    dimension_rows,
    reach_in,
    values_of,
    with_amount,
    with_value,
)
from aekit_gui.models.store import Store
from aekit_gui.work.protocol import Problem

LEARNING = "Learning which way attributes grow in this space: a few seconds, once a run…"
MOVED = ", moved"  # ends the name of a place that sliders moved
KEPT = 500  # places whose origin is known, as many as can be undone

State = tuple[Code, tuple[tuple[str, float], ...]]  # a code, and how far attributes stand there


class SlidersController:
    """Joins the sliders with the look and the model processes.

    A dimension's slider moves the place at hand at once. An attribute's slider asks the background process where to:
    always from the place where attributes were first touched, so that a slider brought back leads back.
    """

    def __init__(
        self, store: Store, model: Any, background: Callable[[], Any], view: Any, context: Any
    ) -> None:
        """Join them.

        Args:
            model: the process that decodes; background: gives the niced one that steers.
            context: the open run, `controllers.explorer.Explorer`.
        """
        self.store, self.background, self.view, self.context = store, background, view, context
        self.dimensions: tuple[Row, ...] = ()
        self.rows: dict[str, Row] = {}
        self.learnt = False
        self.effects = Effects(model, background, context, view.show_thumbnails)
        self._origins: OrderedDict[State, Origin] = OrderedDict()
        self._wanted: Values | None = None  # the amounts that were asked for last, on their way
        self._asked = self._age = 0
        self._sealing = self._arriving = False
        for signal, slot in (
            (view.moved, self.move), (view.released, self.release), (view.reset, self.reset),
            (view.condition_changed, self.choose), (view.thumbnails_wanted, self.picture),
        ):  # fmt: skip
            signal.connect(slot)
        store.listen(self.changed)
        context.on("opened", self.reopened)
        context.on("space", self.renew)
        context.on("restarted", self.renew)
        context.on("pointer", self.follow)
        context.on("closing", self.effects.close)
        look = store.look
        if look.steering and look.here is not None:  # of a session
            self._keep(look.here.code, look.steering, Origin(look.here.code, dict(look.steering)))
        self.renew()

    # ---- the run --------------------------------------------------------------------------------------

    def renew(self) -> None:
        """The codes are new, and what decodes them is."""
        self._give_up()
        self.learnt = False
        self.effects.forget()
        self.look_at_dimensions()

    def look_at_dimensions(self) -> None:
        """Find out how far each dimension reaches."""
        space, opened = self.context.space, self.context.opened
        prior = opened.prior if opened is not None else None
        self.context.later.run(lambda: dimension_rows(space, prior), self.take_rows, slot="sliders")

    def take_rows(self, rows: tuple[Row, ...]) -> None:
        """The dimensions were looked at."""
        self.dimensions = rows
        self.lay_out()

    def reopened(self) -> None:
        """The model is there."""
        opened = self.context.opened
        self.effects.forget()
        if opened is not None:
            self.view.set_drawn(opened.kind != "Picture")
            named = list(opened.conditions) if opened.condition_of == "label" else None
            title = "Class" if named is not None else capital(opened.condition_of)
            self.view.set_conditions(title, named)
            self.view.set_condition(self.store.look.condition)
            if not reach_in(self.context.space, opened.prior).is_standard:
                self.look_at_dimensions()
        self.lay_out()

    def lay_out(self) -> None:
        """Which sliders there are, and which have thumbnails."""
        opened = self.context.opened
        attributes = attribute_rows(opened.attributes) if opened is not None else ()
        rows = (*attributes, *self.dimensions)
        self.rows = {row.key: row for row in rows}
        decodes = (
            {row.key for row in rows if not row.attribute or self.learnt} if opened is not None else set()
        )
        self.view.show_rows(rows, decodes)
        self.show()

    def show(self) -> None:
        """Where the sliders stand."""
        here = self.context.here()
        if len(here.code) == self.context.space.latent_dim:
            amounts = self.steering(here) if self._wanted is None else self._wanted
            self.view.set_values(values_of(self.rows.values(), here.code, amounts))

    def follow(self) -> None:
        """The pointer has moved; where nobody sees the sliders, they catch up once they are seen."""
        if not self.view.unseen():
            self.show()

    def changed(self, before: Look, now: Look) -> None:
        """The look has changed."""
        if before.condition != now.condition:
            self.view.set_condition(now.condition)
        if (before.here, before.steering) != (now.here, now.steering):
            if not self._arriving:
                self._give_up()  # the person is elsewhere
            self.show()

    # ---- moving ---------------------------------------------------------------------------------------

    def move(self, key: str, value: float) -> None:
        """A slider was moved."""
        row = self.rows.get(key)
        if row is None:
            return
        if row.dimension is None:
            self.steer(row.attribute, value)
        else:
            self.slide(row, value, f"Move {row.title.lower()}")

    def release(self, key: str) -> None:
        """A slider was let go: the next move is another change."""
        if self._wanted is None:
            self.store.seal()
        else:
            self._sealing = True

    def reset(self, key: str) -> None:
        """A slider goes back to where it rests."""
        row = self.rows.get(key)
        if row is None:
            return
        if row.dimension is None:
            self.steer(row.attribute, row.rest)
        else:
            self.slide(row, row.rest, f"Reset {row.title.lower()}")
        self.release(key)

    def slide(self, row: Row, value: float, words: str) -> None:
        """Move the place at hand along a dimension; attributes stay where they stand."""
        assert row.dimension is not None
        self._give_up()
        here = self.context.here()
        amounts = self.steering(here)
        code = with_value(here.code, row.dimension, value)
        if amounts:
            self._keep(code, amounts, Origin(code, amounts))
        self.store.change(words, f"slide {row.key}", here=moved_place(here, code), steering=amounts)

    def choose(self, condition: str) -> None:
        """Another class, or another number."""
        opened = self.context.opened
        of = opened.condition_of if opened is not None else ""
        if of and of != "label" and not is_number(condition):
            self.context.messages.say(
                f"{of} takes a number like 0.5, or nothing for the middle (received '{condition}')."
            )
            self.view.set_condition(self.store.look.condition)
            return
        self.store.change(f"Decode as {condition or 'the middle'}", condition=condition)

    # ---- attributes -----------------------------------------------------------------------------------

    def steering(self, here: Place) -> Values:
        """How far attributes stand at a place: nothing where it was reached otherwise than by sliders."""
        amounts = self.store.look.steering
        return dict(amounts) if amounts and state(here.code, amounts) in self._origins else {}

    def steer(self, name: str, amount: float) -> None:
        """Ask where the place at hand goes; the newest wish is answered."""
        here = self.context.here()
        stand = self.steering(here)
        origin = self._origin(here, stand)
        wanted = with_amount(stand if self._wanted is None else self._wanted, name, amount)
        self._wanted, self._sealing = wanted, False
        self._asked += 1
        asked, age = self._asked, self._age

        def done(code: NDArray[np.float32]) -> None:
            self._learn()
            if age == self._age:
                place = moved_place(here, tuple(float(one) for one in code))
                self._arrive(f"Move {name}", place, wanted, origin, asked == self._asked)

        def failed(problem: Problem) -> None:
            self.view.set_note("")
            if age == self._age:
                self._give_up()
                self.context.messages.problem(problem)
                self.show()

        if not self.learnt:
            self.view.set_note(LEARNING)
        self.background().latest(
            "live",
            "steer",
            done,
            failed,
            code=np.asarray(origin.code, np.float32),
            amounts=origin.apart(wanted),
        )

    def _arrive(self, words: str, place: Place, amounts: Values, origin: Origin, newest: bool) -> None:
        """A steered place has come: the one that was asked for last, or one on the way there."""
        sealing = newest and self._sealing
        if newest:
            self._wanted, self._sealing = None, False
        self._keep(place.code, amounts, origin)
        self._arriving = True
        self.store.change(words, f"steer {words}", here=place, steering=amounts)
        self._arriving = False
        if sealing:
            self.store.seal()

    def _learn(self) -> None:
        if not self.learnt:
            self.learnt = True
            self.view.set_note("")
            self.lay_out()

    def _give_up(self) -> None:
        """What was asked for last is not wanted any more."""
        self._age += 1
        self._wanted, self._sealing = None, False

    def _origin(self, here: Place, stand: Values) -> Origin:
        """Where a place was steered from: from itself where attributes were not moved."""
        return self._origins[state(here.code, stand)] if stand else Origin(here.code)

    def _keep(self, code: Code, amounts: Values, origin: Origin) -> None:
        self._origins[state(code, amounts)] = origin
        while len(self._origins) > KEPT:
            self._origins.popitem(last=False)

    # ---- thumbnails -----------------------------------------------------------------------------------

    def picture(self, keys: list[str]) -> None:
        """These sliders are in sight, and have rested."""
        self.show()
        here = self.context.here()
        stand = self.steering(here)
        rows = [self.rows[key] for key in keys if key in self.rows]
        self.effects.want(rows, here.code, self._origin(here, stand), stand)


def state(code: Code, amounts: Values) -> State:
    """A place and how far attributes stand, to be found again."""
    return code, tuple(sorted(amounts.items()))


def moved_place(here: Place, code: Code) -> Place:
    """The place at hand after a slider moved it."""
    return Place(code, here.name.removesuffix(MOVED) + MOVED, None, here.file)


def is_number(text: str) -> bool:
    """Whether a person typed a finite number, or nothing."""
    try:
        return not text or bool(np.isfinite(float(text)))
    except ValueError:
        return False
