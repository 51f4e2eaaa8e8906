# A person's own files: dropped or opened, read in the model process, and put on the map.
"""A person's own files: dropped or opened, read in the model process, and put on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from aekit_gui.models import journey as journeys
from aekit_gui.models.look import Camera, Look, Place
from aekit_gui.models.own_files import place_of, places_of, refused
from aekit_gui.work.protocol import Problem, Read

MOST_PINS = 2  # as in `Look.pins`
KEPT = 8  # files whose items are remembered for undo and redo
TOGETHER = 12  # files of one drop


class FilesController:
    """Reads files, puts their items on the map, and shows beside it what became of them."""

    def __init__(self, store: Any, model: Any, context: Any, map_view: Any, panel: Any) -> None:
        """Join them.

        Args:
            panel: a `views.dropped.DroppedPanel`.
        """
        self.store, self.model, self.context, self.map, self.panel = store, model, context, map_view, panel
        self.reads: dict[str, Read] = {}
        self.shown = ""  # the file that the panel shows
        self.number = 0  # of its items
        self._calls: dict[Any, Any] = {}  # what is being read, and its progress
        panel.item_chosen.connect(self.choose)
        panel.waypoint_wanted.connect(self.add_waypoint)
        panel.pin_wanted.connect(self.pin)
        panel.remove_wanted.connect(self.remove)
        panel.closed.connect(self.put_away)
        store.listen(self.changed)
        context.on("opened", self.reopened)
        context.on("closing", self.close)

    def reopened(self) -> None:
        """The model is there."""
        self.panel.set_restores(bool(self.context.opened.degradation))

    # ---- reading --------------------------------------------------------------------------------------

    def take(self, paths: Sequence[Any], waypoints: bool = False, number: int = 0) -> None:
        """Files were dropped or opened.

        Args:
            waypoints: whether they become waypoints too, as they do where several come before there is a walk.
            number: of the item that is at hand then.
        """
        files = [Path(str(path)) for path in paths]
        if self.context.opened is None:
            self.context.messages.say("The model is still being loaded: try again in a moment.")
            return
        if len(files) > TOGETHER:
            self.context.messages.say(f"{len(files):,} files at once: the first {TOGETHER} are read.")
        walk = waypoints or (len(files) > 1 and not self.store.look.journey.waypoints)
        for path in files[:TOGETHER]:
            problem = refused(path)
            if problem:
                self.context.messages.problem(Problem(problem))
            else:
                self.read(path, walk, number)

    def look_at(self, place: Place) -> None:
        """The mark of an item was clicked: show it in the panel; a file that is not kept any more is read again."""
        of_file = [one for one in self.store.look.files if one.file == place.file]
        number = of_file.index(place)
        if place.file in self.reads:
            self.shown = place.file
            self.choose(number)
        else:
            self.take([place.file], number=number)

    def read(self, path: Path, walk: bool, number: int) -> None:
        """Have the model process read a file; its item of that number is at hand then."""
        token = object()

        def done(read: Read) -> None:
            if self._end(token):
                self.put(read, walk, number)

        def failed(problem: Problem) -> None:
            if self._end(token):
                self.context.messages.problem(problem)

        def progress(share: float, words: str) -> None:
            if token in self._calls:
                self._calls[token][1].update(share, words)

        def cancel() -> None:
            if token in self._calls:
                self._calls[token][0].cancel()
                self._end(token)

        handle = self.context.messages.progress(f"Reading {path.name}", cancel)
        condition = self.context.condition
        call = self.model.call("read", done, failed, progress, path=path, condition=condition)
        self._calls[token] = call, handle

    def _end(self, token: object) -> bool:
        """Whether this was still being read; it no longer is."""
        _, handle = self._calls.pop(token, (None, None))
        if handle is not None:
            handle.close()
        return handle is not None

    # ---- what was read --------------------------------------------------------------------------------

    def put(self, read: Read, walk: bool, number: int) -> None:
        """A file was read: its items go on the map, the one of that number is at hand."""
        finite = tuple(item for item in read.items if np.isfinite(item.code).all())
        read = replace(read, items=finite, left_out=read.left_out + len(read.items) - len(finite))
        if not read.items:
            why = "; ".join(f"{name}: {reason}" for name, reason in read.rejected[:3])
            self.context.messages.problem(
                Problem(
                    f"{read.path.name} holds nothing that this run can read ({why or 'no items'}). Take another file."
                )
            )
            return
        path = str(read.path)
        self.reads.pop(path, None)
        self.reads[path] = read
        while len(self.reads) > KEPT:
            del self.reads[next(iter(self.reads))]
        places = places_of(read)
        number = min(number, len(places) - 1)
        chosen = place_of(read, number)
        others = tuple(place for place in self.store.look.files if place.file != path)
        fields: dict[str, Any] = {
            "files": (*others, *places),
            "here": chosen,
            "camera": self.camera_for(chosen),
        }
        if walk:
            fields["journey"] = journeys.inserted(self.store.look.journey, chosen)
        self.shown, self.number = path, number
        self.store.change(f"Put {read.path.name} on the map", **fields)
        self.panel.show_read(read, number)

    def camera_for(self, place: Place) -> Camera:
        """The camera of now, or moved to where the place is seen."""
        camera: Camera = self.map.camera
        x, y = self.context.projected.place(np.array([place.code], np.float32))[0]
        across = abs(x - camera.x) * camera.scale <= 0.47 * self.map.width()
        up = abs(y - camera.y) * camera.scale <= 0.47 * self.map.height()
        return camera if across and up else replace(camera, x=float(x), y=float(y))

    def choose(self, number: int) -> None:
        """Another item of the file."""
        read = self.reads.get(self.shown)
        if read is not None and 0 <= number < len(read.items):
            self.number = number
            place = place_of(read, number)
            self.store.change(f"Go to {place.name}", "file item", here=place, camera=self.camera_for(place))
            self.panel.show_read(read, number)

    def add_waypoint(self) -> None:
        """The item that is shown becomes the last waypoint."""
        place = self.place()
        if place is not None:
            now = journeys.inserted(self.store.look.journey, place)
            self.store.change(f"Add waypoint {len(now.waypoints)}", journey=now)

    def pin(self) -> None:
        """Pin the item that is shown."""
        place = self.place()
        if place is not None:
            pins = (*[pin for pin in self.store.look.pins if pin.code != place.code], place)[-MOST_PINS:]
            self.store.change(f"Pin {place.name}", pins=pins, here=place)

    def remove(self) -> None:
        """Take the file that is shown off the map."""
        left = tuple(place for place in self.store.look.files if place.file != self.shown)
        self.store.change(f"Take {Path(self.shown).name} off the map", files=left)

    def remove_all(self) -> None:
        """Take all files off the map."""
        if self.store.look.files:
            self.store.change("Take the files off the map", files=())
        else:
            self.context.messages.say("None of your files lies on the map.")

    def put_away(self) -> None:
        """Close the panel; the file stays on the map."""
        self.shown = ""
        self.panel.clear()

    def place(self) -> Place | None:
        """The item that is shown, as a place."""
        read = self.reads.get(self.shown)
        return place_of(read, self.number) if read is not None else None

    def changed(self, before: Look, now: Look) -> None:
        """Files came and went by undo and redo: the panel shows the last one that came."""
        if before.files == now.files:
            return
        old, new = ({place.file for place in look.files} for look in (before, now))
        if self.shown and self.shown not in new:
            self.put_away()
        fresh = [place.file for place in now.files if place.file in new - old and place.file in self.reads]
        if fresh and fresh[-1] != self.shown:
            self.shown, self.number = fresh[-1], 0
            self.panel.show_read(self.reads[self.shown], 0)

    def close(self) -> None:
        """The run is closed: nothing is read any more."""
        for token, (call, _) in list(self._calls.items()):
            call.cancel()
            self._end(token)
        self.reads.clear()
        self.put_away()
