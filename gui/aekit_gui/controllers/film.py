# The film: pictures of a walk's steps, decoded in such small pieces that the pointer never waits for more than one.
"""The film: pictures of a walk's steps, decoded in such small pieces that the pointer never waits for more than one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit_gui.models.journey import coarse_to_fine
from aekit_gui.work.protocol import Pixels, Problem

HEIGHT = 96  # pixels asked for
AIM = 0.005  # seconds that a piece may take
FIRST, LARGEST = 4, 32  # codes a piece
ROOM = 8 * 2**20  # bytes of pictures that are kept


class Film:
    """Has pictures decoded for the codes that are wanted; those that were seen before are there at once."""

    def __init__(
        self,
        model: Any,
        context: Any,
        show: Callable[[dict[int, Pixels]], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make it.

        Args:
            show: called with pictures by step, as they come.
        """
        self.model, self.context, self.show, self.clock = model, context, show, clock
        self.codes = np.zeros((0, 0), np.float32)
        self.keys: list[bytes] = []
        self.waiting: list[int] = []
        self.size = FIRST
        self._kept: dict[bytes, Pixels] = {}
        self._bytes = 0
        self._asked = False  # whether a piece is on its way
        self._last = -1  # the step that was asked for last
        self._age = 0

    def want(self, codes: NDArray[np.float32]) -> None:
        """Show these steps (S, D): what is known now, the others as they come.

        While a waypoint is dragged, each piece that comes goes on where the last one ended, so that the whole film
        follows and not its beginning alone.
        """
        self.codes = codes
        condition = self.context.condition.encode()
        self.keys = [condition + row.tobytes() for row in codes]
        known = {step: self._kept[key] for step, key in enumerate(self.keys) if key in self._kept}
        order = [step for step in coarse_to_fine(len(codes)) if step not in known]
        turn = order.index(self._last) + 1 if self._last in order else 0
        self.waiting = order[turn:] + order[:turn]
        if known:
            self.show(known)
        self.ask()

    def forget(self) -> None:
        """What was decoded is of other weights: nothing is known, and nothing on its way counts."""
        self._age += 1
        self._kept.clear()
        self._bytes, self._asked = 0, False
        self.want(self.codes)

    def close(self) -> None:
        """Ask for nothing more."""
        self._age += 1
        self.waiting, self._kept, self._bytes = [], {}, 0

    def ask(self) -> None:
        """Ask for the next piece, unless one is on its way."""
        if self._asked or not self.waiting or self.context.opened is None or self.context.ended:
            return
        unknown = [step for step in self.waiting if self.keys[step] not in self._kept]
        steps, self.waiting = unknown[: self.size], unknown[self.size :]
        if not steps:
            return
        keys = [self.keys[step] for step in steps]
        age, begun = self._age, self.clock()
        self._asked, self._last = True, steps[-1]

        def done(pictures: list[Pixels]) -> None:
            if age == self._age:
                self._pace(self.clock() - begun, len(steps))
                self._asked = False
                self._take(steps, keys, pictures)

        def failed(problem: Problem) -> None:
            if age == self._age:
                self._asked, self.waiting = False, []
                self.context.messages.problem(problem)

        self.model.latest(
            "film", "pictures", done, failed, codes=self.codes[steps], condition=self.context.condition,
            height=HEIGHT,
        )  # fmt: skip

    def _take(self, steps: list[int], keys: list[bytes], pictures: list[Pixels]) -> None:
        """Pictures have come; those of a walk that has moved on meanwhile stand in until theirs come."""
        for key, picture in zip(keys, pictures, strict=True):
            self._keep(key, picture)
        now = len(self.keys)
        self.show(
            {
                step: picture
                for step, key, picture in zip(steps, keys, pictures, strict=True)
                if step < now and (self.keys[step] == key or self.keys[step] not in self._kept)
            }
        )
        self.ask()

    def _keep(self, key: bytes, picture: Pixels) -> None:
        old = self._kept.pop(key, None)
        self._bytes += picture.nbytes - (0 if old is None else old.nbytes)
        self._kept[key] = picture
        while self._bytes > ROOM and len(self._kept) > 1:
            self._bytes -= self._kept.pop(next(iter(self._kept))).nbytes

    def _pace(self, seconds: float, count: int) -> None:
        """As many codes a piece as the aim allows."""
        if seconds > 1.5 * AIM:
            self.size = max(1, count // 2)
        elif seconds < 0.7 * AIM and count == self.size:
            self.size = min(2 * self.size, LARGEST)
