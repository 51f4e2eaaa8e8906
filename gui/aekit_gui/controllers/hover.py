# What is under the pointer: decoded as it moves, and looked into where it rests.
"""What is under the pointer: decoded as it moves, and looked into where it rests."""

from __future__ import annotations

import time
from collections import Counter, deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit_gui.controllers.explorer import Explorer
from aekit_gui.models.look import Look, Place
from aekit_gui.models.nearby import Nearby
from aekit_gui.models.readings import Reading, readings
from aekit_gui.views.near import Near
from aekit_gui.work.protocol import Decoded, Item, Problem

NEAREST, SHOWN = 15, 6


class HoverController:
    """Decodes the place at hand, and asks what is near it once it rests.

    Attributes:
        shown: what was decoded last.
        decoded: how many places were.
        latencies: seconds from the pointer's move to its decoded view in the window's hands, the last 10,000.
    """

    def __init__(self, explorer: Explorer, map_view: Any, inspector: Any, rest: Any) -> None:
        """Join them.

        Args:
            rest: a timer with `start()`, `stop()` and a signal `timeout`: fires once where the pointer rests.
        """
        self.explorer, self.map, self.inspector, self.rest = explorer, map_view, inspector, rest
        self.nearby, self._index = Nearby(explorer.space.codes), explorer.space.index
        self.shown: Decoded | None = None
        self.decoded = 0
        self.latencies: deque[float] = deque(maxlen=10_000)
        self.reading = Reading()
        self.near_rows: list[int] = []
        self._moved = 0.0
        map_view.hovered.connect(self.hover)
        map_view.left.connect(self.leave)
        inspector.painted.connect(self.painted)
        rest.timeout.connect(self.look_closer)
        explorer.store.listen(self.changed)
        explorer.on("opened", self.reopened)
        explorer.on("space", self.renew)

    # ---- the pointer ----------------------------------------------------------------------------------

    def hover(self, x: float, y: float) -> None:
        """The pointer has moved to a place of the map."""
        self._moved = time.perf_counter()
        self.explorer.pointer = (x, y)
        self.decode(self.explorer.code_at(x, y))
        self.explorer.tell("pointer")

    def leave(self) -> None:
        """The pointer has left the map: the place at hand comes back."""
        self.explorer.pointer = None
        self.again()
        self.explorer.tell("pointer")

    def again(self) -> None:
        """Decode the place at hand anew."""
        self._moved = 0.0
        self.decode(np.asarray(self.explorer.here().code, np.float32))

    def reopened(self) -> None:
        """The model is there, or another one: what the last one failed at is not asked for again."""
        if np.asarray(self.explorer.here().code, np.float32).tobytes() not in self.explorer.failed:
            self.again()

    def play(self, place: Place | None) -> None:
        """A walk plays, and is at this place."""
        if place is not None:
            self._moved = 0.0
            self.decode(np.asarray(place.code, np.float32))

    def renew(self) -> None:
        """The codes are new; where their rows are other items, those that were near are not known any more."""
        before, self._index = self._index, self.explorer.space.index
        self.nearby = Nearby(self.explorer.space.codes)
        if not np.array_equal(before, self._index):
            self.near_rows = []
            self.inspector.show_near([])
        self.again()

    def decode(self, code: NDArray[np.float32]) -> None:
        """Ask for the view of a code (D,); a newer one takes its place while it waits."""
        if self.explorer.opened is None or self.explorer.ended:
            return
        condition = self.explorer.condition
        self.explorer.live.latest(
            "live", "decode", self.show, lambda problem: self.explorer.fail(code, problem), code=code,
            condition=condition,
        )  # fmt: skip
        self.rest.start()

    def show(self, decoded: Decoded) -> None:
        """A view has come."""
        self.shown = decoded
        self.decoded += 1
        self.inspector.show_view(decoded)
        self.inspector.show_words(decoded.words)
        self.reading = Reading(seconds=decoded.seconds, log_prior=decoded.log_prior)
        self.inspector.show_facts(readings(self.reading, self.explorer.opened))

    def painted(self) -> None:
        """The view is on the screen."""
        if self._moved:
            self.latencies.append(time.perf_counter() - self._moved)
            self._moved = 0.0

    # ---- where it rests -------------------------------------------------------------------------------

    def look_closer(self) -> None:
        """Ask for what is near the code that is shown, and how likely it is."""
        if self.shown is None or self.explorer.ended:
            return
        code, nearby = self.shown.code, self.nearby
        count = min(NEAREST, len(self.explorer.space))

        def found(near: tuple[NDArray[Any], NDArray[Any]]) -> None:
            if nearby is self.nearby:  # else the rows are those of older codes
                self.found_near(near)

        self.explorer.later.run(lambda: nearby.nearest(code, count), found, slot="near")
        if self.explorer.opened is not None and self.explorer.opened.has_bound:
            condition = self.explorer.condition
            self.explorer.live.latest(
                "bound", "bound", self.found_bound, ignore, code=code, condition=condition
            )

    def found_near(self, found: tuple[NDArray[Any], NDArray[Any]]) -> None:
        """The rows of the nearest items have come: ask what they look like."""
        distances, rows = found
        self.near_rows = [int(row) for row in rows[:SHOWN]]
        labels = Counter(self.explorer.label_of(int(row)) for row in rows)
        label, count = max(labels.items(), key=lambda one: one[1])
        self.reading = self.reading.with_label(label, count, len(rows)) if label else self.reading
        self.inspector.show_facts(readings(self.reading, self.explorer.opened))
        self.explorer.tell("near")

        nearby = self.nearby

        def show(items: list[Item]) -> None:
            if nearby is not self.nearby:
                return
            near = zip(rows[:SHOWN], distances[:SHOWN], items, strict=True)
            self.inspector.show_near(
                [
                    Near(int(row), one.name, one.label, float(far), one.picture, one.view)
                    for row, far, one in near
                ]
            )

        index = self.explorer.space.index[rows[:SHOWN]]
        self.explorer.live.latest("near", "items", show, self.no_items, index=index)

    def no_items(self, problem: Problem) -> None:
        """The data are gone: the nearest items are known by label alone."""
        self.inspector.show_message(problem.sentence)

    def found_bound(self, bound: float) -> None:
        """The bound on the decoded item's likelihood has come."""
        self.reading = self.reading.with_bound(bound)
        self.inspector.show_facts(readings(self.reading, self.explorer.opened))

    # ---- the look -------------------------------------------------------------------------------------

    def changed(self, before: Look, now: Look) -> None:
        """The place at hand, or what it is decoded with, has changed."""
        if (before.here, before.condition) != (now.here, now.condition):
            if before.here != now.here and now.here is not None:
                self.explorer.pointer = None
            self.again()


def ignore(problem: Problem) -> None:
    """What can be done without is not worth a message."""


def between(first: Place, last: Place) -> Place:
    """The middle of the arc from one place to another."""
    from aekit.latent import slerp
    from aekit_gui.controllers.explorer import as_code

    middle = slerp(np.array(first.code), np.array(last.code), 3)[1]
    return Place(as_code(middle), f"halfway from {first.name} to {last.name}")
