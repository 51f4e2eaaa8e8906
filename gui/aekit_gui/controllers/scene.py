# What the map shows: where items lie, how they are coloured, which are shown, selected and marked.
"""What the map shows: where items lie, how they are coloured, which are shown, selected and marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit_gui.controllers.explorer import AT_ONCE, Explorer
from aekit_gui.models.camera import fitted
from aekit_gui.models.gallery import title_of
from aekit_gui.models.look import Camera, Look, Place
from aekit_gui.models.painting import Painted, painted
from aekit_gui.models.picking import Index
from aekit_gui.models.space import Space
from aekit_gui.views.map_marks import Kind, Mark
from aekit_gui.work.layout import cached_positions
from aekit_gui.work.protocol import Problem

REACH = 12  # pixels from the pointer at which an item is taken
LAID_OUT = frozenset({"projection", "axes", "lift"})


class SceneController:
    """Keeps the map and the sidebar in step with the look."""

    def __init__(self, explorer: Explorer, map_view: Any, sidebar: Any) -> None:
        self.explorer, self.map, self.sidebar = explorer, map_view, sidebar
        self.theme = map_view.theme
        self.index = Index(explorer.projected.positions)
        self.names: list[str] | None = None
        self.near: list[int] = []  # rows that are marked as near
        self._shown: NDArray[np.bool_] | None = None
        self.fits = False  # whether all items are to stay in the window
        self._busy: Any = None
        self._laying: Any = None  # the call that lays out by UMAP
        self._measuring: Space | None = None  # whose attributes are being measured
        self._bars: list[Any] = []  # of what was asked for about these codes
        self._space = explorer.space  # what is known here is of these codes
        explorer.store.listen(self.changed)
        explorer.on("projected", self.lay_out)
        explorer.on("space", self.renew)
        explorer.on("opened", self.show_choices)
        explorer.on("closing", self.forget)
        map_view.camera_changed.connect(self.keep_camera)
        map_view.rows_selected.connect(self.select)
        map_view.resized.connect(lambda: self.fit() if self.fits else None)
        sidebar.colour_chosen.connect(
            lambda name: self.store.change(f"Colour by {name or 'nothing'}", colour=name)
        )
        sidebar.label_toggled.connect(self.toggle)
        sidebar.label_isolated.connect(self.isolate)
        sidebar.all_wanted.connect(lambda: self.store.change("Show all classes", hidden=frozenset()))
        sidebar.projection_chosen.connect(self.choose_projection)
        sidebar.lift_chosen.connect(lambda lift: self.store.change(f"Lift by {lift}", lift=lift))
        sidebar.search_changed.connect(lambda text: self.store.change("Search", "search", search=text))
        sidebar.search_entered.connect(self.go_to_found)
        sidebar.tool_chosen.connect(lambda tool: self.store.change("Tool", tool=tool))

    @property
    def store(self) -> Any:
        return self.explorer.store

    # ---- showing --------------------------------------------------------------------------------------

    def start(self) -> None:
        """Show everything for the first time."""
        self.lay_out()
        self.show_choices()
        self.want_umap()
        self.sidebar.set_search(self.store.look.search)
        self.map.set_tool(self.store.look.tool)
        self.sidebar.set_tool(self.store.look.tool)
        if self.store.look.camera is None:
            self.fit()
        else:
            self.map.set_camera(self.store.look.camera)

    def changed(self, before: Look, now: Look) -> None:
        """The look has changed: show what differs."""
        differs = {name for name in Look.__dataclass_fields__ if getattr(before, name) != getattr(now, name)}
        if differs & LAID_OUT:
            self.choose_layout(before, now)
        if differs & {"colour", "hidden", "search", "selected"}:
            self.colour()
        if differs & {"pins", "files", "journey", "here"}:
            self.mark()
        if "search" in differs:
            self.sidebar.set_search(now.search)
        if "tool" in differs:
            self.map.set_tool(now.tool)
            self.sidebar.set_tool(now.tool)
        if "camera" in differs and now.camera is not None and now.camera != self.map.camera:
            self.map.set_camera(now.camera)

    def lay_out(self) -> None:
        """The items lie elsewhere."""
        self.follow()
        self.index = Index(self.explorer.projected.positions)
        self.map.set_points(self.explorer.projected.positions, self.index)
        self.sidebar.set_says(self.explorer.projected.says)
        self.colour()
        self.mark()

    def show_choices(self) -> None:
        """What the sidebar offers for this run."""
        opened, space = self.explorer.opened, self.explorer.space
        self.sidebar.set_run(title_of(self.explorer.path.absolute()), summary(self.explorer))
        self.sidebar.set_colours(
            ["label", "", *(opened.attributes if opened else ())], self.store.look.colour
        )
        look = self.store.look
        self.sidebar.set_projection(space.latent_dim, look.projection, look.lift)

    # ---- layout ---------------------------------------------------------------------------------------

    def choose_projection(self, kind: str) -> None:
        """A person chose how codes become places."""
        look = self.store.look
        axes: tuple[int, ...] = ()
        if kind == "items":
            rows = list(look.selected) or [
                place.row for place in look.journey.waypoints if place.row is not None
            ]
            if len(rows) < 3:
                self.explorer.messages.say(
                    "A plane through three items needs three: select them on the map first."
                )
                self.show_choices()
                return
            axes = (rows[0], rows[len(rows) // 2], rows[-1])
        if kind == "dimensions":
            axes = look.axes if look.projection == "dimensions" and len(look.axes) == 2 else self.widest()
        lift = "plane" if axes else self.store.look.lift  # who chooses a plane wants to walk on it
        again = kind == look.projection
        self.store.change(f"Map by {kind}", projection=kind, axes=axes, lift=lift)
        if again:
            self.want_umap()

    def show_dimensions(self, right: int, up: int) -> None:
        """A person chose two dimensions."""
        words = f"Map of dimensions {right + 1} and {up + 1}"
        self.store.change(words, projection="dimensions", axes=(right, up), lift="plane")

    def widest(self) -> tuple[int, ...]:
        """The two dimensions that say most."""
        order = self.explorer.by_worth().order
        return tuple(int(number) for number in order[:2])

    def choose_layout(self, before: Look, now: Look) -> None:
        """Lay the items out as the look says, and fit them where they moved."""
        if self.want_umap():
            return
        moves = (before.projection, before.axes) != (now.projection, now.axes)
        self.explorer.reproject(self.fit if moves else lambda: None)
        self.show_choices()

    def want_umap(self) -> bool:
        """See to a layout by UMAP where the look wants one and there is none; whether that is so."""
        wanted = self.store.look.projection == "umap" and self.explorer.space.latent_dim > 2
        if not wanted or self.explorer.umap is not None:
            return False
        if self._laying is None:
            self.lay_out_by_umap()
        return True

    def lay_out_by_umap(self) -> None:
        """Take the run's kept layout, or have it computed in the niced process."""
        space, path = self.explorer.space, self.explorer.path

        def take(kept: NDArray[np.float32] | None) -> None:
            if space is not self.explorer.space or self.explorer.ended:
                return
            if kept is not None:
                self.show_umap(space, kept)
            elif self.store.look.projection == "umap":
                self.ask_for_umap()

        self.explorer.later.run(lambda: cached_positions(space.codes, path), take, self.no_umap, slot="umap")

    def ask_for_umap(self) -> None:
        """Have the layout computed."""
        space = self.explorer.space
        self.end_umap()
        self._laying = self.explorer.background().call(
            "umap", lambda positions: self.show_umap(space, positions), self.no_umap, self.progress,
            codes=space.codes, path=self.explorer.path,
        )  # fmt: skip
        self._busy = self.explorer.messages.progress("Laying out by UMAP", self.cancel_umap)

    def show_umap(self, space: Space, positions: NDArray[np.float32]) -> None:
        """The layout of these codes has come."""
        if space is not self.explorer.space:
            return  # they have been replaced meanwhile
        self._laying = None
        self.end_umap()
        self.explorer.umap = positions
        if self.store.look.projection == "umap":
            self.explorer.reproject(self.fit)
            self.show_choices()

    def no_umap(self, problem: Problem) -> None:
        """It could not be computed: back to PCA."""
        self._laying = None
        self.end_umap()
        self.explorer.messages.problem(problem)
        self.store.change("Map by pca", projection="pca")

    def cancel_umap(self) -> None:
        """A person does not want to wait."""
        self.end_umap()
        self.store.change("Map by pca", projection="pca")

    def progress(self, share: float, words: str) -> None:
        """News of what the niced process computes."""
        if self._busy is not None:
            self._busy.update(share, words)

    def end_umap(self) -> None:
        """No layout is computed any more."""
        if self._laying is not None:
            self._laying.cancel()
            self._laying = None
        if self._busy is not None:
            self._busy.close()
            self._busy = None

    def renew(self) -> None:
        """The codes are others: their layout is another too."""
        self.follow()
        self.want_umap()

    def follow(self) -> None:
        """Forget what is known of older codes; names stay where the rows are the same items."""
        before, self._space = self._space, self.explorer.space
        if before is not self._space:
            names = self.names if np.array_equal(before.index, self._space.index) else None
            self.forget()
            self.names = names or None

    def forget(self) -> None:
        """Nothing is known, and nothing on its way is waited for."""
        self.end_umap()
        for bar in self._bars:
            bar.close()
        self._bars, self.names, self.near, self._shown = [], None, [], None

    # ---- colours, filters, search ---------------------------------------------------------------------

    def set_theme(self, theme: Any) -> None:
        """Other colours for the same items."""
        self.theme = theme
        self.colour()

    def colour(self) -> None:
        """Colour the items, and leave out those that are filtered."""
        space, look = self.explorer.space, self.store.look
        if look.colour and look.colour != "label" and look.colour not in space.values:
            self.measure()
            return
        theme, names = self.theme, self.known_names() if look.search.strip() else None
        if len(space) <= AT_ONCE:
            self.show_colours(space, painted(space, look, theme, names))
            return
        self.explorer.later.run(
            lambda: painted(space, look, theme, names), lambda made: self.show_colours(space, made),
            self.explorer.messages.problem, slot="colour",
        )  # fmt: skip

    def show_colours(self, space: Space, made: Painted) -> None:
        """The items' colours are there."""
        if space is self.explorer.space and not self.explorer.ended:
            self._shown = made.shown
            self.map.set_colours(made.rgb, made.shown, made.selected)
            self.sidebar.set_legend(made.legend)
            self.sidebar.set_found(made.count, len(space), space.chosen())

    def shown(self) -> NDArray[np.bool_] | None:
        """Which items are not filtered out (N,); None for all."""
        return self._shown

    def go_to_found(self) -> None:
        """Go to the first item that the search found, or to the one behind that of now."""
        shown = self.shown()
        rows = np.flatnonzero(shown) if shown is not None else np.zeros(0, np.int64)
        if not len(rows):
            self.explorer.messages.say("Nothing on the map has these words.")
            return
        here = self.store.look.here
        later = rows[rows > here.row] if here is not None and here.row is not None else rows
        row = int(later[0] if len(later) else rows[0])
        self.explorer.pointer = None
        self.explorer.go(self.explorer.place_of(row, (self.names or {row: ""})[row]), "Go to a found item")

    def known_names(self) -> list[str] | None:
        """The items' names; None until they have come, when the search is done again."""
        if self.names is None and self.explorer.opened is not None:
            self.names = []
            busy, space = self.bar("Looking the items' names up"), self.explorer.space

            def keep(names: list[str]) -> None:
                busy.close()
                if space is self.explorer.space:
                    self.names = names
                    self.colour()

            self.explorer.background().call("names", keep, lambda problem: busy.close(), index=space.index)
        return self.names or None

    def measure(self) -> None:
        """Have the attributes of all items measured, then colour by them."""
        space = self.explorer.space
        if self._measuring is space:
            return
        self._measuring = space
        busy = self.bar("Measuring attributes")

        def keep(values: dict[str, NDArray[np.float64]]) -> None:
            busy.close()
            space.values.update(values)
            if self.store.look.colour in space.values and space is self.explorer.space:
                self.colour()

        def give_up(problem: Problem) -> None:
            busy.close()
            if space is not self.explorer.space:
                return
            self._measuring = None
            self.explorer.messages.problem(problem)
            self.store.change("Colour by label", colour="label")

        self.explorer.background().call("attributes", keep, give_up, index=space.index)

    def bar(self, words: str) -> Any:
        """Say that something is under way, at most until the codes are others or the run is closed."""
        self._bars.append(self.explorer.messages.progress(words))
        return self._bars[-1]

    def toggle(self, label: int) -> None:
        """Show or hide a class."""
        hidden = self.store.look.hidden ^ {label}
        name = self.explorer.label_name(label) or "without a class"
        self.store.change(f"{'Hide' if label in hidden else 'Show'} {name}", hidden=hidden)

    def isolate(self, label: int) -> None:
        """Show one class alone."""
        others = frozenset(int(number) for number in np.unique(self.explorer.space.labels)) - {label}
        self.store.change(
            f"Show only {self.explorer.label_name(label) or 'those without a class'}", hidden=others
        )

    # ---- camera, selection, marks ---------------------------------------------------------------------

    def keep_camera(self, camera: Camera) -> None:
        """The map was moved."""
        self.fits = False
        self.store.change("Move the map", camera=camera)

    def fit(self) -> None:
        """All items in the window, also when it becomes another size."""
        self.fits = True
        size = (self.map.width(), self.map.height())
        self.store.change("Fit", camera=fitted(self.explorer.projected.positions, size))

    def select(self, rows: NDArray[np.int64], mode: str) -> None:
        """Rows inside a box or lasso: taken alone, added ("add") or taken out ("remove")."""
        wanted = np.unique(rows if self._shown is None else rows[self._shown[rows]])
        old = np.array(self.store.look.selected, np.int64)
        now = wanted
        if mode in ("add", "remove"):
            now = np.union1d(old, wanted) if mode == "add" else np.setdiff1d(old, wanted)
        self.store.change(f"Select {len(now):,} items", selected=tuple(now.tolist()))

    def row_at(self, x: float, y: float) -> int | None:
        """The item at a place of the map, if one is near enough."""
        row = self.index.nearest(x, y, REACH / self.map.camera.scale, self._shown)
        return None if row < 0 else row

    def file_at(self, x: float, y: float) -> Place | None:
        """The person's own item whose mark is at a place of the map, if one is near enough."""
        files = self.store.look.files
        if not files:
            return None
        where = self.explorer.projected.place(np.array([place.code for place in files], np.float32))
        far = np.hypot(*(np.asarray(where, np.float64) - (x, y)).T)
        nearest = int(far.argmin())
        return files[nearest] if far[nearest] <= REACH / self.map.camera.scale else None

    def mark(self) -> None:
        """Mark the places that a person keeps."""
        look = self.store.look
        kinds: tuple[tuple[Kind, Sequence[Place]], ...] = (
            ("file", look.files), ("waypoint", look.journey.waypoints), ("pin", look.pins),
            ("here", (look.here,) if look.here else ()),
        )  # fmt: skip
        near = [Mark(float(x), float(y), "", "near") for x, y in self.explorer.projected.positions[self.near]]
        self.map.set_marks(near + [mark for kind, places in kinds for mark in self.marks(kind, places)])

    def mark_near(self, rows: list[int]) -> None:
        """Mark the items nearest to the place at hand."""
        self.near = rows
        self.mark()

    def marks(self, kind: Kind, places: Sequence[Place]) -> list[Mark]:
        """Places as marks of the map."""
        if not places:
            return []
        where = self.explorer.projected.place(np.array([place.code for place in places], np.float32))
        return [
            Mark(float(x), float(y), marked(kind, number, place), kind)
            for number, ((x, y), place) in enumerate(zip(where, places, strict=True))
        ]

    def move_camera(self, factor: float) -> None:
        """Zoom around the middle."""
        self.fits = False
        camera = self.map.camera
        self.store.change("Zoom", camera=replace(camera, scale=camera.scale * factor))


def marked(kind: Kind, number: int, place: Place) -> str:
    """What stands beside a mark."""
    if kind == "waypoint":
        return str(number + 1)
    if kind == "pin":
        return "AB"[number]
    return place.name if kind == "file" else ""


def summary(explorer: Explorer) -> str:
    """One line on the run."""
    record = explorer.space.run.record
    when = (
        f"step {explorer.space.step:,}"
        if explorer.space.epoch is None
        else f"epoch {explorer.space.epoch:.1f}"
    )
    degradation = explorer.opened.degradation if explorer.opened is not None else ""
    objective = f"{record.objective}, {degradation}" if degradation else record.objective
    return f"{record.plugin} · {objective} · {record.latent_dim} dimensions · {when}"
