# Pins: places that a click keeps; two of them are compared.
"""Pins: places that a click keeps; two of them are compared."""

from __future__ import annotations

from typing import Any

import numpy as np

from aekit_gui.controllers.explorer import Explorer
from aekit_gui.controllers.hover import between
from aekit_gui.models.look import Look, Place
from aekit_gui.work.protocol import Decoded

MOST = 2


class PinsController:
    """Keeps at most two pins: a third takes the older one's place."""

    def __init__(self, explorer: Explorer, inspector: Any) -> None:
        self.explorer, self.inspector = explorer, inspector
        self.decoded: dict[Place, Decoded] = {}
        self.asked: dict[Place, Any] = {}
        inspector.pin_removed.connect(self.remove)
        inspector.between_wanted.connect(self.halfway)
        inspector.near_clicked.connect(lambda row: self.pin(explorer.place_of(row)))
        explorer.store.listen(self.changed)
        explorer.on("opened", self.show)
        explorer.on("failed", self.let_go)
        for event in ("space", "restarted"):
            explorer.on(event, lambda: self.decoded.clear())

    def pin(self, place: Place) -> None:
        """Keep a place, and make it the one at hand."""
        pins = (*[pin for pin in self.explorer.store.look.pins if pin.code != place.code], place)[-MOST:]
        if len(self.explorer.store.look.pins) == MOST and self.explorer.store.look.pins[0] not in pins:
            self.explorer.messages.say("Two pins are kept: the older one made room.")
        self.explorer.store.change(f"Pin {place.name}", pins=pins, here=place)

    def remove(self, number: int) -> None:
        """Take a pin away."""
        pins = tuple(pin for place, pin in enumerate(self.explorer.store.look.pins) if place != number)
        self.explorer.store.change("Remove a pin", pins=pins)

    def clear(self) -> None:
        """Take all pins away, and let the pointer lead."""
        self.explorer.store.change("Remove the pins", pins=(), here=None)

    def halfway(self) -> None:
        """Go to the middle between the two."""
        pins = self.explorer.store.look.pins
        if len(pins) < MOST:
            self.explorer.messages.say("Pin two places first: click on the map.")
            return
        self.explorer.go(between(*pins), "Go halfway")

    def changed(self, before: Look, now: Look) -> None:
        """Other pins, or another condition."""
        if before.condition != now.condition:
            self.decoded.clear()
        if (before.pins, before.condition) != (now.pins, now.condition):
            self.show()

    def show(self) -> None:
        """Show the pins whose views are known; ask for the others."""
        pins = self.explorer.store.look.pins
        self.decoded = {place: found for place, found in self.decoded.items() if place in pins}
        if self.explorer.opened is not None:
            self.inspector.set_usual_distance(self.explorer.opened.prior.apart)
        self.inspector.show_pins([(pin, self.decoded[pin]) for pin in pins if pin in self.decoded])
        if self.explorer.opened is None:
            return
        for number, pin in enumerate(pins):
            if pin not in self.decoded and not self.fails(pin):
                self.ask(number, pin)

    def fails(self, pin: Place) -> bool:
        """Whether a pin could not be decoded."""
        return np.asarray(pin.code, np.float32).tobytes() in self.explorer.failed

    def let_go(self) -> None:
        """Something could not be decoded: it is not asked for as a pin either."""
        for pin, call in self.asked.items():
            if self.fails(pin):
                call.cancel()

    def ask(self, number: int, pin: Place) -> None:
        """Have a pin decoded."""

        def keep(decoded: Decoded) -> None:
            self.decoded[pin] = decoded
            self.show()

        code = np.asarray(pin.code, np.float32)
        self.asked = {
            place: call for place, call in self.asked.items() if place in self.explorer.store.look.pins
        }
        self.asked[pin] = self.explorer.live.latest(
            f"pin {number}", "decode", keep, lambda problem: self.explorer.fail(code, problem), code=code,
            condition=self.explorer.condition,
        )  # fmt: skip
