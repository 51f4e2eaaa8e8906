# Journeys: a walk through waypoints on the map, as a film, heard, and exported.
"""Journeys: a walk through waypoints on the map, as a film, heard, and exported."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit.errors import AekitError
from aekit_gui.controllers.film import Film
from aekit_gui.controllers.playback import Playback
from aekit_gui.controllers.walk_export import WalkExport
from aekit_gui.models import journey as journeys
from aekit_gui.models.follow import NearGraph
from aekit_gui.models.look import Journey, Look, Place
from aekit_gui.work.protocol import Problem

PAUSE = 1.0  # seconds without a move, after which dragging the same waypoint is another change

Floats = NDArray[np.float32]


class JourneyController:
    """Keeps the map's line, the strip and playback in step with the journey.

    Attributes:
        steps: (S, D), the walk; one code where there is one waypoint.
        position: of playback, in steps; None where nothing plays.
        playing: the place of the step that plays; those who listen for the event "playing" may show it.
    """

    def __init__(
        self,
        store: Any,
        model: Any,
        strip: Any,
        map_view: Any,
        player: Any,
        context: Any,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store, self.strip, self.map, self.context, self.clock = store, strip, map_view, context, clock
        self.line = self.steps = np.zeros((0, 0), np.float32)
        self.places = np.zeros((0, 2))  # of the line on the map
        self.position: float | None = None
        self.playing: Place | None = None
        self.film = Film(model, context, strip.show_pictures, clock)
        self.playback = Playback(model, strip, player, context, self.move, clock)
        self.exports = WalkExport(strip, context)
        self._graph: NearGraph | None = None
        self._dragged = 0.0
        self._connect()
        self.walk()

    def _connect(self) -> None:
        strip, context = self.strip, self.context
        self.map.place_dragged.connect(self.drag)
        self.map.path_drawn.connect(self.draw)
        strip.method_changed.connect(
            lambda method: self.set("Walk: " + journeys.METHODS[method][0], method=method)
        )
        strip.steps_changed.connect(lambda steps: self.set(f"Walk in {steps} steps", "steps", steps=steps))
        strip.speed_changed.connect(lambda speed: self.set(f"Speed {speed:g}", speed=speed))
        strip.loop_changed.connect(lambda loop: self.set("Loop" if loop else "Play once", loop=loop))
        strip.waypoint_moved.connect(self.reorder)
        strip.waypoint_removed.connect(self.remove)
        strip.add_wanted.connect(self.add)
        strip.clear_wanted.connect(self.clear)
        strip.play_wanted.connect(self.play)
        strip.step_clicked.connect(self.go)
        strip.export_wanted.connect(self.export)
        self.store.listen(self.changed)
        context.on("opened", self.reopened)
        context.on("projected", self.show_line)
        context.on("space", self.renew)
        context.on("closing", self.close)

    @property
    def journey(self) -> Journey:
        """The journey, whatever a session of another version says."""
        return journeys.sound(self.store.look.journey)

    # ---- what a person does ---------------------------------------------------------------------------

    def set(self, words: str, merge: str = "", **fields: Any) -> None:
        """Change the journey."""
        self.store.change(words, merge, journey=replace(self.journey, **fields))

    def add(self) -> None:
        """The place at hand becomes the last waypoint."""
        place = self.context.here()
        if self.journey.waypoints and self.journey.waypoints[-1].code == place.code:
            self.context.messages.say("The last waypoint is here already: go elsewhere on the map first.")
            return
        now = journeys.inserted(self.journey, place)
        self.store.change(f"Add waypoint {len(now.waypoints)}", journey=now)

    def remove(self, number: int) -> None:
        """Take a waypoint out."""
        if 0 <= number < len(self.journey.waypoints):
            self.store.change(f"Remove waypoint {number + 1}", journey=journeys.removed(self.journey, number))

    def remove_last(self) -> None:
        """Take the last waypoint out."""
        self.remove(len(self.journey.waypoints) - 1)

    def reorder(self, number: int, to: int) -> None:
        """Let a waypoint be number `to`."""
        count = len(self.journey.waypoints)
        if 0 <= number < count and 0 <= to < count:
            now = journeys.reordered(self.journey, number, to)
            self.store.change(f"Move waypoint {number + 1} to {to + 1}", journey=now)

    def clear(self) -> None:
        """Forget all waypoints."""
        self.set("New walk", waypoints=())

    def drag(self, number: int, x: float, y: float) -> None:
        """A waypoint was dragged on the map."""
        if not 0 <= number < len(self.journey.waypoints):
            return
        if self.clock() - self._dragged > PAUSE:
            self.store.seal()
        self._dragged = self.clock()
        now = journeys.exchanged(self.journey, number, self.context.place_at(x, y))
        self.store.change(f"Drag waypoint {number + 1}", f"waypoint {number}", journey=now)

    def draw(self, drawn: NDArray[np.float64]) -> None:
        """A line drawn by hand becomes the walk."""
        points = journeys.thinned(drawn)
        if len(points) < 2:
            return
        places = tuple(self.context.place_at(float(x), float(y)) for x, y in points)
        self.set(f"Draw a walk of {len(places)} waypoints", waypoints=places, method="spline")

    def go(self, step: int) -> None:
        """Make a step of the walk the place at hand."""
        if 0 <= step < len(self.steps):
            words = f"step {step + 1} of {len(self.steps)}"
            self.context.go(self.place(step), f"Go to {words}", "walk step")

    def toggle_play(self) -> None:
        """Play, or stop."""
        self.play(not self.playback.plays)

    def toggle_loop(self) -> None:
        """Start anew at the end, or not."""
        self.set("Play once" if self.journey.loop else "Loop", loop=not self.journey.loop)

    def play(self, wanted: bool) -> None:
        """Play the walk, or stop."""
        if not wanted:
            self.playback.stop()
        elif len(self.steps) < 2:
            self.strip.set_playing(False)
            self.context.messages.say(
                "A walk needs two waypoints: press W where it should begin, and where it should end."
            )
        elif self.context.opened is None:
            self.strip.set_playing(False)
            self.context.messages.say("The model is still being loaded.")
        else:
            self.playback.play(self.steps, self.journey)

    def export(self) -> None:
        """Ask what the walk, or the place at hand, is to be written as, and have it written."""
        here = np.array([self.context.here().code], np.float32)
        self.exports.ask(self.steps if len(self.steps) > 1 else here, self.journey)

    # ---- showing --------------------------------------------------------------------------------------

    def changed(self, before: Look, now: Look) -> None:
        """The look has changed."""
        old, new = before.journey, now.journey
        if (old.waypoints, old.method, old.steps) != (new.waypoints, new.method, new.steps):
            self.walk()
        elif before.condition != now.condition:
            self.take(self.line)
        elif old != new:
            self.show()
            self.playback.change(self.steps, new)

    def reopened(self) -> None:
        """The model is there, or another one."""
        self.strip.set_drawn(self.context.opened is not None and self.context.opened.kind != "Picture")
        self.playback.forget()
        self.film.forget()

    def renew(self) -> None:
        """The codes are others."""
        self._graph = None
        self.walk()

    def walk(self) -> None:
        """Find the walk, along the data in a thread."""
        journey = self.journey
        codes = journeys.codes_of(journey.waypoints, self.context.space.latent_dim)
        if len(codes) < 2:
            self.take(codes)
            return
        fine = journeys.finely(journey.steps) * (journey.steps - 1) + 1
        if journey.method == "data":
            self._follow(journey, codes, fine)
            return
        try:
            self.take(journeys.walk(codes, journey.method, fine))
        except AekitError as error:  # a session of another version
            self.context.messages.problem(Problem(str(error)))

    def _follow(self, journey: Journey, codes: Floats, fine: int) -> None:
        """Find a walk along the data; what was shown stays until it is there."""
        space = self.context.space
        if self._graph is None:
            self.strip.set_busy(0.0)

        def find() -> tuple[NearGraph, Floats]:
            graph = self._graph or NearGraph(space.codes)
            return graph, journeys.walk(codes, journey.method, fine, graph)

        def show(found: tuple[NearGraph, Floats]) -> None:
            if self.context.ended or space is not self.context.space:
                return
            self._graph = found[0]
            self.strip.set_busy(None)
            now = self.journey
            if (now.waypoints, now.method, now.steps) == (journey.waypoints, journey.method, journey.steps):
                self.take(found[1])

        def fail(problem: Problem) -> None:
            self.strip.set_busy(None)
            self.context.messages.problem(problem)

        self.context.later.run(find, show, fail, slot="walk")
        self.show()

    def take(self, line: Floats) -> None:
        """Show a walk, given so finely that it is a smooth line on the map."""
        self.line = line
        self.steps = line[:: journeys.finely(self.journey.steps)] if len(line) > 1 else line
        self.show()
        self.show_line()
        self.film.want(self.steps)
        self.playback.change(self.steps, self.journey)

    def show(self) -> None:
        """Show the journey in the strip."""
        codes = journeys.codes_of(self.journey.waypoints, self.context.space.latent_dim)
        self.strip.show_journey(self.journey, journeys.stops(codes, self.steps))

    def show_line(self) -> None:
        """Show the walk on the map."""
        if len(self.line) < 2:
            self.places = np.zeros((0, 2))
            self.map.set_walk(None)
            return
        if self.context.projected.kind != "umap":
            self._lay(np.asarray(self.context.projected.place(self.line)))
            return
        projected, steps = (
            self.context.projected,
            self.steps,
        )  # placing looks for near items: not while one waits
        self.context.later.run(lambda: np.asarray(projected.place(steps)), self._lay, slot="walk line")

    def _lay(self, places: NDArray[Any]) -> None:
        self.places = np.asarray(places, np.float64)
        self.map.set_walk(self.places)

    def place(self, step: int) -> Place:
        """A step as a place."""
        code = tuple(float(value) for value in self.steps[step])
        return Place(code, f"step {step + 1} of {len(self.steps)}")

    def move(self, position: float | None) -> None:
        """Playback is at a position."""
        before, self.position = self.position, position
        self.strip.set_position(position)
        if position is None:
            self.playing = None
            self.map.set_playhead(None)
            self.context.tell("playing")
            return
        if len(self.places):
            share = min(position / max(len(self.steps) - 1, 1), 1.0) * (len(self.places) - 1)
            rows = np.arange(len(self.places))
            self.map.set_playhead(tuple(float(np.interp(share, rows, column)) for column in self.places.T))
        if before is None or int(before) != int(position):
            self.playing = self.place(min(int(position), len(self.steps) - 1))
            self.context.tell("playing")

    def close(self) -> None:
        """The run is closed."""
        self.playback.close()
        self.film.close()
        self.exports.cancel()
