# Stand-ins for what journeys and files need besides views: the open run, and a player.
"""Stand-ins for what journeys and files need besides views: the open run, and a player."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from aekit_gui.models.look import Place
from aekit_gui.models.store import Store
from stand_ins import Map, Messages, Model, Now, Signal, Widget, opened, space

STRIP_SIGNALS = (
    "method_changed", "steps_changed", "speed_changed", "loop_changed", "waypoint_moved", "waypoint_removed",
    "add_wanted", "clear_wanted", "play_wanted", "step_clicked", "export_wanted", "export_chosen", "ticked",
)  # fmt: skip
PANEL_SIGNALS = ("item_chosen", "waypoint_wanted", "pin_wanted", "remove_wanted", "closed")


class Ended(Signal):
    """A signal that can be left."""

    def disconnect(self, slot: Any) -> None:
        self.slots.remove(slot)


class Player:
    """Plays nothing, and says what the test wants."""

    def __init__(self) -> None:
        self.moved, self.stopped = Ended(), Ended()
        self.number, self.played, self.stops = 0, [], 0

    def play(self, sound: Any, loop: bool = False) -> int:
        self.number += 1
        self.played.append((sound, loop))
        return self.number

    def stop(self) -> None:
        self.number, self.stops = 0, self.stops + 1
        self.stopped.emit()

    def end(self) -> None:
        """The sound has ended by itself."""
        self.number = 0
        self.stopped.emit()


class Process(Model):
    """A model process that can tell how far it is."""

    def call(self, name: str, done: Any, failed: Any = None, progress: Any = None, **arguments: Any) -> Any:
        asked: Any = super().call(name, done, failed, progress, **arguments)
        asked.progress = progress
        return asked


class Flat:
    """A map of the first two dimensions."""

    kind = "codes"

    def place(self, codes: Any) -> Any:
        return np.asarray(codes, np.float32)[:, :2]


class Context:
    """An open run in two dimensions whose place at hand is the test's."""

    def __init__(self, **known: Any) -> None:
        self.store, self.model, self.niced = Store(), Process(), Process()
        self.space, self.projected, self.opened = space(), Flat(), opened(**known)
        self.later, self.messages = Now(), Messages()
        self.path, self.condition, self.ended = Path("runs/digits"), "", False
        self.at, self.heard = (0.0, 0.0), {}

    def on(self, event: str, listener: Any) -> None:
        self.heard.setdefault(event, []).append(listener)

    def tell(self, event: str) -> None:
        for listener in self.heard.get(event, []):
            listener()

    def background(self) -> Model:
        return self.niced

    def here(self) -> Place:
        return self.place_at(*self.at)

    def place_at(self, x: float, y: float) -> Place:
        return Place((float(x), float(y)), f"({x:.2f}, {y:.2f})")

    def go(self, place: Place, words: str, merge: str = "") -> None:
        self.store.change(words, merge, here=place)


class Clock:
    """Time as the test wants it."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def strip() -> Widget:
    return Widget(*STRIP_SIGNALS)


def panel() -> Widget:
    return Widget(*PANEL_SIGNALS)


def chart() -> Map:
    return Map()
