# The decoded manifold: tiles of a plane, decoded while the pointer rests, nearest to the middle first.
"""The decoded manifold: tiles of a plane, decoded while the pointer rests, nearest to the middle first."""

from __future__ import annotations

from typing import Any

import numpy as np

from aekit_gui.controllers.explorer import Explorer
from aekit_gui.models.look import Look
from aekit_gui.models.tiles import Pyramid, TileKey

HEIGHT = 64  # most pixels that one decoded item of a tile is high


class ManifoldController:
    """Has the tiles that the map wants decoded, one at a time, so that the pointer never waits for more than one."""

    def __init__(self, explorer: Explorer, map_view: Any) -> None:
        self.explorer, self.map = explorer, map_view
        self.pyramid: Pyramid | None = None
        self.wanted: list[TileKey] = []
        self.asked: TileKey | None = None
        map_view.tiles_wanted.connect(self.want)
        explorer.on("opened", self.renew)
        explorer.on("projected", self.renew)
        explorer.store.listen(self.changed)

    def renew(self) -> None:
        """A plane lies differently, or its model is there: begin anew."""
        self.wanted, self.asked = [], None
        flat = self.explorer.opened is not None and self.explorer.projected.exact
        self.pyramid = Pyramid() if flat else None
        self.map.set_manifold(self.pyramid)

    def changed(self, before: Look, now: Look) -> None:
        """Another condition decodes another manifold."""
        if before.condition != now.condition:
            self.renew()

    def want(self, keys: list[TileKey]) -> None:
        """The map would show these tiles, in this order."""
        self.wanted = list(keys)
        self.next()

    def next(self) -> None:
        """Ask for the next tile, unless one is on its way."""
        if self.asked is not None or self.pyramid is None or not self.wanted:
            return
        key, pyramid = self.wanted.pop(0), self.pyramid
        self.asked = key
        codes = np.asarray(self.explorer.projected.lift(pyramid.places(key)), np.float32)

        def show(pictures: list[Any]) -> None:
            if pyramid is self.pyramid:
                self.asked = None
                self.map.add_tile(key, pictures)
                self.next()

        def give_up(problem: Any) -> None:
            if pyramid is self.pyramid:
                self.asked, self.wanted = None, []

        self.explorer.live.latest(
            "tile", "pictures", show, give_up, codes=codes, condition=self.explorer.condition, height=HEIGHT
        )
