# One open run: its look, its space, the processes that decode it; what all other controllers ask.
"""One open run: its look, its space, the processes that decode it; what all other controllers ask."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from aekit.latent import Dimensions
from aekit.latent.reach import by_worth
from aekit_gui.models.look import Look, Place
from aekit_gui.models.numbering import positions_in, renumbered, rows_in
from aekit_gui.models.projection import Projected, project
from aekit_gui.models.sliders import reach_in
from aekit_gui.models.space import Space
from aekit_gui.models.store import Store
from aekit_gui.models.strips import strips_of
from aekit_gui.work.protocol import Opened, Problem

AT_ONCE = 50_000  # items up to which laying out and colouring is quick enough for the window's own thread


class Tells(Protocol):
    """What tells a person something: `views.messages.Messages`."""

    def say(self, text: str) -> None: ...
    def problem(self, problem: Problem) -> None: ...
    def progress(self, text: str, cancel: Callable[[], None] | None = None) -> Any: ...


class Explorer:
    """What is known of the open run.

    Attributes:
        path: the run's folder.
        store: the look, and how it changes.
        space: the codes.
        projected: the codes on the map.
        opened: what the model process says of the run; None until its model is loaded.
        live: the model process that decodes under the pointer.
        background: gives the niced model process, started where it is first needed.
        later: work in a thread of the window's process.
        messages: tells the person.
        pointer: the pointer's place on the map; None while it is elsewhere.
        failed: codes that could not be decoded: a plugin that ends its process there must not end the next one too.
    """

    def __init__(
        self,
        path: Path,
        store: Store,
        space: Space,
        live: Any,
        background: Callable[[], Any],
        later: Any,
        messages: Tells,
        projected: Projected | None = None,
    ) -> None:
        self.path, self.store, self.space = path, store, space
        self.live, self.background, self.messages = live, background, messages
        self.later = WhileOpen(later, self)
        self.opened: Opened | None = None
        self.pointer: tuple[float, float] | None = None
        self.umap: NDArray[np.float32] | None = None
        self.projected: Projected = projected or project(space, store.look)
        self.ended = False
        self.failed: set[bytes] = set()
        self._listeners: dict[str, list[Callable[[], None]]] = {}

    # ---- events ---------------------------------------------------------------------------------------

    def on(self, event: str, listener: Callable[[], None]) -> None:
        """Have `listener` called at an event: "opened" (the model), "space" (new codes), "projected", "pointer" ..."""
        self._listeners.setdefault(event, []).append(listener)

    def tell(self, event: str) -> None:
        """Call those who listen for the event."""
        for listener in self._listeners.get(event, []):
            listener()

    # ---- what the others ask --------------------------------------------------------------------------

    @property
    def condition(self) -> str:
        """What the run is decoded with, in words: "" where it takes no condition."""
        if self.opened is None or not self.opened.condition_of:
            return ""
        return self.store.look.condition

    def code_at(self, x: float, y: float) -> NDArray[np.float32]:
        """The code (D,) of a place of the map."""
        return np.asarray(self.projected.lift(np.array([[x, y]], np.float64))[0], np.float32)

    def here(self) -> Place:
        """The place at hand: the pointer's where it is on the map, else the one that sliders move, else the middle."""
        if self.pointer is not None:
            return self.place_at(*self.pointer)
        if self.store.look.here is not None:
            return self.store.look.here
        return Place(as_code(self.space.middle), "the middle of all items")

    def place_at(self, x: float, y: float) -> Place:
        """A place of the map, with its code."""
        return Place(as_code(self.code_at(x, y)), f"({x:.2f}, {y:.2f})")

    def place_of(self, row: int, name: str = "") -> Place:
        """An item of the data as a place."""
        label = self.label_of(row)
        return Place(as_code(self.space.codes[row]), name or label or f"item {self.space.index[row]}", row)

    def label_of(self, row: int) -> str:
        """The name of an item's class; "" where it has none."""
        return self.label_name(int(self.space.labels[row]))

    def label_name(self, number: int) -> str:
        """The name of a class; "" for -1."""
        names = self.space.label_names
        return names[number] if 0 <= number < len(names) else str(number) if number >= 0 else ""

    def go(self, place: Place, words: str, merge: str = "") -> None:
        """Make a place the one at hand."""
        self.store.change(words, merge, here=place)

    def by_worth(self) -> Dimensions:
        """The dimensions of the space, those that say most of an item first."""
        prior = self.opened.prior if self.opened is not None else None
        return by_worth(self.space.codes, self.space.log_variance, reach_in(self.space, prior))

    # ---- changes --------------------------------------------------------------------------------------

    def set_space(self, space: Space) -> None:
        """Newer codes of the same run: what a person chose stays with its items."""
        space.values.clear()
        before = self.space.index
        self.space, self.umap = space, None
        if not np.array_equal(before, space.index):
            positions, rows = positions_in(before), rows_in(space.index)
            self.store.renumber(lambda look: renumbered(look, lambda old: rows(positions(old))))
        self.reproject()
        self.tell("space")

    def restart(self) -> None:
        """Decode with the weights of now: whatever holds older ones begins anew."""
        self.live.restart()
        self.tell("restarted")

    def reproject(self, then: Callable[[], None] = lambda: None) -> None:
        """Lay the codes out anew as the look says: very many in a thread, whose result is told of when it is there.

        Args:
            then: called at the end.
        """
        space, look, umap = self.space, self.store.look, self.umap

        def take(projected: Projected) -> None:
            if space is self.space and not self.ended:
                self.projected = projected
                self.tell("projected")
                then()

        if len(space) <= AT_ONCE:
            take(project(space, look, umap))
        else:
            self.later.run(lambda: laid_out(space, look, umap), take, self.messages.problem, slot="project")

    def fail(self, code: NDArray[np.float32], problem: Problem) -> None:
        """A code (D,) could not be decoded: say so; nobody asks for it again by himself, only a person may."""
        self.failed.add(code.tobytes())
        self.messages.problem(problem)
        self.tell("failed")

    def close(self) -> None:
        """End what belongs to this run."""
        if not self.ended:
            self.ended = True
            self.tell("closing")


class WhileOpen:
    """Work in a thread of which nobody hears once the run was closed: the widgets that would show it are gone."""

    def __init__(self, later: Any, explorer: Explorer) -> None:
        self._later, self._explorer = later, explorer

    def run(
        self,
        function: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Problem], None] | None = None,
        slot: str = "",
    ) -> None:
        """As `work.later.Later.run`."""
        self._later.run(function, self._heard(done), failed and self._heard(failed), slot)

    def _heard(self, told: Callable[[Any], None]) -> Callable[[Any], None]:
        def tell(what: Any) -> None:
            if not self._explorer.ended:
                told(what)

        return tell


def laid_out(space: Space, look: Look, umap: NDArray[np.float32] | None = None) -> Projected:
    """The codes on the map, and all that the window asks of them at once already made; in whatever thread."""
    projected = project(space, look, umap)
    strips_of(projected.positions)
    space.middle  # noqa: B018
    return projected


def as_code(values: Any) -> tuple[float, ...]:
    """Numbers (D,) as a code that JSON keeps exactly."""
    return tuple(float(value) for value in np.asarray(values, np.float32))
