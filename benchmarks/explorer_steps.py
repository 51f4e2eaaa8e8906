# What is done in each run of the explorer's scripted session, step by step.
"""What is done in each run of the explorer's scripted session, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

PATIENCE = 60.0  # seconds that a run may take to be ready, and a layout or an export to be finished
METHODS = ("slerp", "spline", "data")


class Steps:
    """The steps, which a script takes in turn.

    Attributes:
        window: the explorer's.
        hand: moves its pointer.
        folder: for files that are written and dropped.
        random: draws where the pointer goes.
        hover: seconds from the pointer's moves to new pixels, by run.
        opened: runs so far.
    """

    def __init__(self, window: Any, folder: Path) -> None:
        from explorer_hand import Hand

        self.window, self.folder = window, folder
        self.hand, self.random = Hand(window), np.random.default_rng(0)
        self.hover: dict[str, list[float]] = {}
        self.opened = 0

    @property
    def run(self) -> Any:
        return self.window.run

    # ---- steps ----------------------------------------------------------------------------------------

    def steps(self) -> Iterable[Callable[[], object]]:
        """What is done in a run, in order."""
        return (
            self.hover_over, self.lay_out_by_umap, self.zoom, self.pan, self.select, self.filter, self.hover_over,
            self.recolour, self.search, self.slide, self.steer, self.pin, self.walk, self.play, self.hover_over,
            self.drop, self.export, self.undo, self.dress, self.fold, self.map_anew, self.ask, self.listen,
            self.hover_over,
        )  # fmt: skip

    def open(self, path: Path) -> None:
        """Open a run, and wait until it decodes."""
        self.window.open_run(path)
        ready = self.hand.wait(
            lambda: self.run is not None and self.run.explorer.opened is not None, PATIENCE
        )
        assert ready, f"{path.name} was not ready after {PATIENCE:.0f} s"
        self.opened += 1
        self.window.main.do("map.fit")

    def to_gallery(self) -> None:
        """Close the run."""
        from aekit_gui.selftest import pause

        self.window.main.do("file.gallery")
        pause(400)

    def hover_over(self) -> None:
        """The pointer wanders; what it takes is noted."""
        self.run.hover.latencies.clear()
        self.hand.wander(3, float(self.random.uniform(0, 6)))
        self.hover.setdefault(self.run.explorer.path.name, []).extend(self.run.hover.latencies)

    def zoom(self) -> None:
        """In, so far that a plane's manifold is decoded, and out again."""
        spot = self.spot()
        self.hand.wheel(spot, 12)
        self.hand.wander(1)
        self.hand.wheel(spot, -12)
        self.window.main.do("map.fit")

    def pan(self) -> None:
        """The map is dragged about."""
        self.hand.drag([(0.5, 0.5), (0.2, 0.3), (0.7, 0.8), (0.5, 0.5)])
        for key in ("place.left", "place.up", "map.zoom-in", "map.zoom-out"):
            self.window.main.do(key)

    def select(self) -> None:
        """A box, a lasso more, and nothing again."""
        from PySide6.QtCore import Qt

        self.window.main.do("map.box")
        self.hand.drag([(0.3, 0.3), (0.7, 0.7)])
        self.window.main.do("map.lasso")
        turns = np.linspace(0, 2 * np.pi, 12)
        star = [(0.5 + 0.4 * float(np.cos(turn)), 0.5 + 0.4 * float(np.sin(turn))) for turn in turns]
        self.hand.drag(star, 4, Qt.KeyboardModifier.ShiftModifier)
        self.hand.wander(0.5)
        self.window.main.do("map.look")
        self.window.main.do("edit.clear")

    def filter(self) -> None:
        """Classes come and go."""
        sidebar = self.run.sidebar
        for label in np.unique(self.run.explorer.space.labels)[:3].tolist():
            sidebar.label_toggled.emit(label)
            self.hand.wander(0.2)
        sidebar.label_isolated.emit(int(self.run.explorer.space.labels[0]))
        self.hand.wander(0.3)
        sidebar.all_wanted.emit()

    def recolour(self) -> None:
        """By all that there is."""
        for name in ["", *self.run.explorer.opened.attributes[:3], "label"]:
            self.run.sidebar.colour_chosen.emit(name)
            self.hand.wander(0.6)

    def search(self) -> None:
        """Letter by letter, and away."""
        from PySide6.QtCore import Qt

        self.window.main.do("edit.find")
        self.hand.type("item 4")
        self.hand.wander(0.5)
        self.window.main.do("edit.find")
        self.hand.key(Qt.Key.Key_Escape)
        self.run.map.setFocus()

    def slide(self) -> None:
        """Some dimensions' sliders go up and down."""
        view = self.run.widgets.sliders
        for row in self.run.sliders.dimensions[:4]:
            for value in np.linspace(row.low, row.high, 25).tolist():
                view.moved.emit(row.key, value)
                self.rest(12)
            view.released.emit(row.key)

    def steer(self) -> None:
        """An attribute's slider; the niced process learns which way it grows."""
        view, names = self.run.widgets.sliders, self.run.explorer.opened.attributes
        for name in names[:1]:
            for value in np.linspace(0, 2, 12).tolist():
                view.moved.emit(f"attribute {name}", value)
                self.rest(30)
            view.released.emit(f"attribute {name}")
        self.hand.wait(lambda: not self.niced_busy(), PATIENCE)

    def pin(self) -> None:
        """Two places are pinned and compared, others visited."""
        self.hand.click(self.spot())
        self.hand.click(self.spot())
        for id in (
            "place.between",
            "place.next",
            "place.random",
            "edit.copy-picture",
            "edit.copy-code",
            "place.unpin",
        ):
            self.window.main.do(id)
            self.rest(150)

    def walk(self) -> None:
        """Waypoints, dragged and led in several ways."""
        self.window.main.do("journey.clear")
        for spot in ((0.3, 0.4), (0.5, 0.6), (0.7, 0.4)):
            self.hand.move(spot)
            self.window.main.do("journey.add")
            self.rest(100)
        self.run.widgets.strip.steps_changed.emit(24)
        for method in METHODS:
            self.run.widgets.strip.method_changed.emit(method)
            self.rest(400)
        x, y = (self.run.map.handles()[1] / (self.run.map.width(), self.run.map.height())).tolist()
        self.hand.drag([(x, y), (x + 0.1, y - 0.1), (x, y)])

    def play(self) -> None:
        """The walk plays while the pointer moves."""
        self.window.main.do("journey.play")
        self.rest(800)
        self.hand.wander(1.2)
        self.window.main.do("journey.play")

    def drop(self) -> None:
        """What is decoded comes back as a file, and so does one that is nothing."""
        shown = self.run.hover.shown
        ending = "mid" if "mid" in shown.view.formats else shown.view.formats[0]
        path = shown.view.save(self.folder / f"mine.{ending}")
        self.run.map.files_dropped.emit([str(path)])
        self.hand.wait(lambda: not self.window.live.busy, 10)
        self.hand.wander(0.5)
        self.run.files.remove()

    def export(self) -> None:
        """The walk as all that is quick to write; the pointer moves meanwhile."""
        from aekit_gui.models.exports import Choice, formats

        opened, controller = self.run.explorer.opened, self.run.journey
        for one in formats(opened.kind, opened.joined_formats, False):
            if one.missing or one.folder or one.ending in ("mp3", "ogg", "flac"):
                continue
            self.window.main.do("file.export")
            self.rest(60)
            controller.strip.dialog.reject()
            controller.strip.export_chosen.emit(
                Choice(one.kind, self.folder / f"walk.{one.ending}", one.ending, 0.2)
            )
            self.hand.wander(0.5)
            self.hand.wait(lambda: not self.niced_busy(), PATIENCE)
            self.rest(50)

    def undo(self) -> None:
        """All back, and half of it again."""
        for id in ("edit.undo",) * 30 + ("edit.redo",) * 15:
            self.window.main.do(id)
            self.rest(10)

    def dress(self) -> None:
        """Themes and sizes."""
        for id in ("view.dark", "view.larger", "view.light", "view.normal"):
            self.window.main.do(id)
            self.hand.wander(0.4)

    def fold(self) -> None:
        """Parts of the window go and come; it becomes smaller and larger."""
        for id in ("view.sliders", "view.journey") * 2:
            self.window.main.do(id)
            self.rest(150)
        for size in ((1000, 640), (1500, 900), (1280, 800)):
            self.window.main.resize(*size)
            self.rest(80)

    def lay_out_by_umap(self) -> None:
        """UMAP in the niced process, while the pointer moves."""
        if self.run.explorer.space.latent_dim < 3:
            return
        self.window.main.do("map.umap")
        self.hand.wander(2)
        self.hand.wait(lambda: self.run.explorer.umap is not None, PATIENCE)
        self.hand.wander(2)
        self.window.main.do("map.pca")

    def map_anew(self) -> None:
        """Other planes, and the pointer on them."""
        if self.run.explorer.space.latent_dim < 3:
            return
        self.run.scene.show_dimensions(0, 1)
        self.hand.wander(0.4)
        for id in ("map.plane", "map.umap", "map.near", "map.pca"):
            self.window.main.do(id)
            self.hand.wander(0.4)

    def ask(self) -> None:
        """The palette, and a page of help."""
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QDialog

        self.window.main.do("view.palette")
        self.hand.type("pin")
        self.hand.key(Qt.Key.Key_Escape)
        self.window.main.do("help.keys")
        self.rest(200)
        for dialog in self.window.main.findChildren(QDialog):
            dialog.reject()
        self.run.map.setFocus()

    def listen(self) -> None:
        """What is at hand is heard, where it can be."""
        self.hand.move(self.spot())
        self.window.main.do("sound.play")
        self.rest(600)
        self.window.main.do("sound.stop")

    # ---- small things ---------------------------------------------------------------------------------

    def spot(self) -> tuple[float, float]:
        """Somewhere on the map."""
        return float(self.random.uniform(0.2, 0.8)), float(self.random.uniform(0.2, 0.8))

    def rest(self, milliseconds: int) -> None:
        """Let the window go on."""
        from aekit_gui.selftest import pause

        pause(milliseconds)

    def niced_busy(self) -> bool:
        """Whether the niced process works."""
        return self.window.niced is not None and bool(self.window.niced.busy)
