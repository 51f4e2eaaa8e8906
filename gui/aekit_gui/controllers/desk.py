# The desk: all controllers of one open run, joined with the window's widgets, and taken apart again.
"""The desk: all controllers of one open run, joined with the window's widgets, and taken apart again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from aekit_gui.controllers.commands import commands_of
from aekit_gui.controllers.explorer import Explorer
from aekit_gui.controllers.files import FilesController
from aekit_gui.controllers.hover import HoverController
from aekit_gui.controllers.journey import JourneyController
from aekit_gui.controllers.manifold import ManifoldController
from aekit_gui.controllers.pins import PinsController
from aekit_gui.controllers.restored import RestoredController
from aekit_gui.controllers.scene import SceneController
from aekit_gui.controllers.sliders import SlidersController
from aekit_gui.controllers.sound import SoundController
from aekit_gui.controllers.watch import WatchController
from aekit_gui.models.look import Place


@dataclass(frozen=True)
class Widgets:
    """The parts of the explorer's page that one run is shown in; made anew for each run.

    Attributes:
        map, sidebar, inspector, strip, sliders, dropped: see `aekit_gui.views`.
        rest: a timer that fires once where the pointer rests.
        desktop: the clipboard and file dialogs: `text()`, `set_text(text)`, `set_picture(pixels)`, `ask_files()`.
    """

    map: Any
    sidebar: Any
    inspector: Any
    strip: Any
    sliders: Any
    dropped: Any
    rest: Any
    desktop: Any


class OpenRun:
    """One open run: its explorer and everything that acts on it."""

    def __init__(
        self,
        explorer: Explorer,
        widgets: Widgets,
        player: Any,
        settings: Any,
        choose_dimensions: Callable[[list[float], tuple[int, ...], Callable[[int, int], None]], None],
    ) -> None:
        """Join everything.

        Args:
            choose_dimensions: asks a person for two of the dimensions, given their KL and those of now.
        """
        self.explorer, self.widgets = explorer, widgets
        self.map, self.sidebar, self.desktop = widgets.map, widgets.sidebar, widgets.desktop
        self.ask_dimensions = choose_dimensions
        self.random = np.random.default_rng()
        self.visited: set[int] = set()
        self.stepped: tuple[Place, tuple[float, float]] | None = None  # where arrow keys went last
        self.scene = SceneController(explorer, widgets.map, widgets.sidebar)
        self.hover = HoverController(explorer, widgets.map, widgets.inspector, widgets.rest)
        self.pins = PinsController(explorer, widgets.inspector)
        self.restored = RestoredController(explorer, widgets.inspector)
        self.manifold = ManifoldController(explorer, widgets.map)
        self.sliders = SlidersController(
            explorer.store, explorer.live, explorer.background, widgets.sliders, explorer
        )
        self.sound = SoundController(explorer, player, widgets.inspector, settings)
        self.journey = JourneyController(
            explorer.store, explorer.live, widgets.strip, widgets.map, player, explorer
        )
        self.files = FilesController(explorer.store, explorer.live, explorer, widgets.map, widgets.dropped)
        self.watch = WatchController(explorer)
        explorer.on("near", lambda: self.scene.mark_near(self.hover.near_rows))
        explorer.on("pointer", lambda: self.scene.mark_near([]) if self.scene.near else None)
        explorer.on("playing", lambda: self.hover.play(self.journey.playing))
        explorer.on("space", self.visited.clear)
        widgets.map.clicked.connect(self.click)

    def start(self) -> None:
        """Show the run."""
        self.scene.start()

    def commands(self) -> dict[str, Callable[[], object]]:
        """What the actions that need an open run do, by id."""
        return commands_of(self)

    def choose_file(self) -> None:
        """Ask for files to put on the map."""
        self.files.take(self.desktop.ask_files())

    def choose_dimensions(self) -> None:
        """Ask for the two dimensions of the map."""
        space, look = self.explorer.space, self.explorer.store.look
        if space.latent_dim < 3:
            self.explorer.messages.say("This space has no more dimensions than the map.")
            return
        found = self.explorer.by_worth()
        kl = np.empty(space.latent_dim)
        kl[found.order] = found.kl
        axes = look.axes if look.projection == "dimensions" else ()
        self.ask_dimensions(kl.tolist(), axes, self.scene.show_dimensions)

    def click(self, x: float, y: float, modifiers: object) -> None:
        """A click on a file's mark shows that file; any other pins the item there, or the place itself."""
        file = self.scene.file_at(x, y)
        if file is not None:
            self.files.look_at(file)
        else:
            self.pins.pin(self.place(x, y))

    def go_to(self, x: float, y: float) -> None:
        """Make what is at a place of the map the place at hand."""
        self.explorer.pointer = None
        self.explorer.go(self.place(x, y), "Go there")

    def place(self, x: float, y: float) -> Place:
        """The item at a place of the map, or the place itself where there is none."""
        row = self.scene.row_at(x, y)
        return self.explorer.place_at(x, y) if row is None else self.explorer.place_of(row)

    def close(self) -> None:
        """Take everything apart."""
        self.explorer.close()
        self.map.close_down()
