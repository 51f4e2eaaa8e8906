# Effects: thumbnails of what sliders do, decoded one slider at a time, so that the pointer never waits for more.
"""Effects: thumbnails of what sliders do, decoded one slider at a time, so that the pointer never waits for more."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit_gui.models.look import Code
from aekit_gui.models.sliders import Origin, Row, Values, effects
from aekit_gui.work.protocol import Pixels, Problem

HEIGHT = 96  # pixels asked for
ROOM = 8 * 2**20  # bytes of pictures that are kept

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Job:
    """The thumbnails of one slider.

    Attributes:
        key: of the slider.
        name: of these very thumbnails.
        codes: (K, D), what is decoded; None for an attribute, whose codes are steered first:
        start, moves: from this code (D,), by these amounts each.
    """

    key: str
    name: bytes
    codes: Floats | None
    start: Floats
    moves: tuple[Values, ...] = ()


class Effects:
    """Has thumbnails decoded for the sliders that are wanted; those that were seen before are there at once."""

    def __init__(
        self,
        model: Any,
        background: Callable[[], Any],
        context: Any,
        show: Callable[[str, Sequence[Pixels]], None],
    ) -> None:
        """Make it.

        Args:
            show: called with a slider's key and its pictures.
        """
        self.model, self.background, self.context, self.show = model, background, context, show
        self.waiting: list[Job] = []
        self._wanted: dict[str, bytes] = {}  # what each slider should show
        self._shown: dict[str, bytes] = {}
        self._kept: OrderedDict[bytes, list[Pixels]] = OrderedDict()
        self._bytes = 0
        self._busy = False
        self._age = 0

    def want(self, rows: Sequence[Row], code: Code, origin: Origin, stand: Values) -> None:
        """Show the effects of sliders at a code, which was steered from an origin until attributes stand so."""
        condition = self.context.condition
        jobs = [job_of(row, code, origin, stand, condition) for row in rows]
        self._wanted = {job.key: job.name for job in jobs}
        self.waiting = [job for job in jobs if not self._known(job)]
        self.ask()

    def forget(self) -> None:
        """Other weights, or another model process: nothing is known, and nothing on its way counts."""
        self._age += 1
        self._kept.clear()
        self._shown.clear()
        self._wanted, self.waiting = {}, []
        self._bytes, self._busy = 0, False

    def close(self) -> None:
        """Ask for nothing more."""
        self.forget()

    def ask(self) -> None:
        """Ask for the next thumbnails, unless some are on their way."""
        while not self._busy and self.waiting and self.context.opened is not None and not self.context.ended:
            job = self.waiting.pop(0)
            if self._known(job):
                continue
            self._busy = True
            if job.codes is None:
                self._steer(job, [])
            else:
                self._decode(job, job.codes)

    def _steer(self, job: Job, codes: list[Floats]) -> None:
        """Have the next code of an attribute's thumbnails steered; decode them where all are there."""
        if self._wanted.get(job.key) != job.name:
            self._next()
            return
        if len(codes) == len(job.moves):
            self._decode(job, np.stack(codes))
            return
        moves = job.moves[len(codes)]
        if not moves:
            self._steer(job, [*codes, job.start])
            return
        age = self._age

        def done(code: Floats) -> None:
            if age == self._age:
                self._steer(job, [*codes, np.asarray(code, np.float32)])

        def failed(problem: Problem) -> None:
            if age == self._age and problem.expected:  # nothing steers this one; who moves it is told why
                self._next()
            else:
                self._failing(age)(problem)

        self.background().latest("effect", "steer", done, failed, code=job.start, amounts=moves)

    def _decode(self, job: Job, codes: Floats) -> None:
        age = self._age

        def done(pictures: list[Pixels]) -> None:
            if age == self._age:
                self._keep(job.name, pictures)
                self._known(job)
                self._next()

        self.model.latest(
            "effect", "pictures", done, self._failing(age), codes=codes, condition=self.context.condition,
            height=HEIGHT,
        )  # fmt: skip

    def _failing(self, age: int) -> Callable[[Problem], None]:
        def failed(problem: Problem) -> None:
            if age == self._age:
                self._busy, self.waiting = False, []
                self.context.messages.problem(problem)

        return failed

    def _next(self) -> None:
        self._busy = False
        self.ask()

    def _known(self, job: Job) -> bool:
        """Whether a slider's pictures are there; they are then shown, where they are still wanted."""
        pictures = self._kept.get(job.name)
        if pictures is None:
            return False
        self._kept.move_to_end(job.name)
        if self._wanted.get(job.key) == job.name != self._shown.get(job.key):
            self._shown[job.key] = job.name
            self.show(job.key, pictures)
        return True

    def _keep(self, name: bytes, pictures: list[Pixels]) -> None:
        self._kept[name] = pictures
        self._bytes += sum(picture.nbytes for picture in pictures)
        while self._bytes > ROOM and len(self._kept) > 1:
            self._bytes -= sum(picture.nbytes for picture in self._kept.popitem(last=False)[1])


def job_of(row: Row, code: Code, origin: Origin, stand: Values, condition: str) -> Job:
    """What is to be decoded for a slider's thumbnails at a code, which was steered from an origin."""
    start = np.asarray(origin.code, np.float32)
    if row.dimension is not None:
        codes = effects(code, row)
        return Job(row.key, f"{row.key} {condition} ".encode() + codes.tobytes(), codes, start)
    moves = tuple(origin.apart({**stand, row.attribute: stop}) for stop in row.stops())
    return Job(row.key, f"{row.key} {condition} {moves} ".encode() + start.tobytes(), None, start, moves)
