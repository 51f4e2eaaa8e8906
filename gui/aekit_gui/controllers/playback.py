# Playback of a walk: pictures one after another, or what is heard as one continuous piece.
"""Playback of a walk: pictures one after another, or what is heard as one continuous piece."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit.errors import AekitError
from aekit.heard import Heard, Notes, Sound
from aekit_gui.models.journey import PACE
from aekit_gui.models.look import Journey
from aekit_gui.work.protocol import Problem

PIECE = 4  # codes that are decoded at a time
END = 0.25  # seconds before its end in which a sound has ended by itself

Moved = Callable[[float | None], None]


@dataclass(frozen=True)
class Piece:
    """A walk as one sound.

    Attributes:
        starts: (S + 1,), the second at which each step begins, and the end.
    """

    sound: Sound
    starts: NDArray[np.float64]


class Playback:
    """Walks along, and tells where it is, in steps: 2.5 is halfway through the third one.

    Attributes:
        plays: whether it plays, or gets ready to.
        moved: called with each new position, and with None at the end.
    """

    def __init__(
        self, model: Any, strip: Any, player: Any, context: Any, moved: Moved, clock: Callable[[], float]
    ) -> None:
        self.model, self.strip, self.player, self.context = model, strip, player, context
        self.moved, self.clock = moved, clock
        self.plays = False
        self.steps = np.zeros((0, 0), np.float32)
        self.journey = Journey()
        self.condition = ""
        self._begun, self._from = 0.0, 0.0  # when pictures began to move, and from which step
        self._number = 0  # of the sound that plays
        self._looped = False  # whether it plays over and over
        self._heard_at = 0.0
        self._run = 0  # what comes for an older one is let go
        self._call: Any = None
        self._piece: tuple[object, Piece] | None = None
        strip.ticked.connect(self.tick)
        player.moved.connect(self.hear)
        player.stopped.connect(self.fall_silent)

    @property
    def heard(self) -> bool:
        """Whether the run's items can be heard."""
        return self.context.opened is not None and isinstance(self.context.opened.example, Heard)

    def play(self, steps: NDArray[np.float32], journey: Journey, at: float = 0.0) -> None:
        """Play steps (S, D) from the start; pictures from step `at`."""
        self.stop()
        self.plays, self.steps, self.journey = True, steps, journey
        self.condition = self.context.condition
        self.strip.set_playing(True)
        if self.heard:
            self._prepare()
        else:
            self._begun, self._from = self.clock(), at if at < len(steps) - 1 else 0.0
            self.tick()

    def stop(self) -> None:
        """Stop, and forget the position."""
        if not self.plays:
            return
        self._run += 1
        self.plays = False
        number, self._number = self._number, 0
        if self._call is not None:
            self._call.cancel()
            self._call = None
        if number and self.player.number == number:
            self.player.stop()
        self.strip.set_playing(False)
        self.strip.set_busy(None)
        self.moved(None)

    def close(self) -> None:
        """The run is closed; the player stays for the next one."""
        self.stop()
        self._piece = None
        self.player.moved.disconnect(self.hear)
        self.player.stopped.disconnect(self.fall_silent)

    def change(self, steps: NDArray[np.float32], journey: Journey) -> None:
        """The walk is another, or is to be played in another way."""
        if not self.plays:
            return
        if len(steps) < 2:
            self.stop()
        elif self.heard:
            same = np.array_equal(steps, self.steps) and journey.speed == self.journey.speed
            same = same and self.condition == self.context.condition
            self.journey = journey
            if not same:
                self.play(steps, journey)
        else:
            self._from, self._begun = self._position(), self.clock()
            self.steps, self.journey = steps, journey

    def forget(self) -> None:
        """What was rendered is of other weights."""
        self.stop()
        self._piece = None

    # ---- pictures -------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Time goes by."""
        if not self.plays or self.heard:
            return
        position, count = self._position(), len(self.steps)
        if position >= count:
            if not self.journey.loop:
                self.stop()
                return
            position %= count
        self.moved(position)

    def _position(self) -> float:
        passed = (self.clock() - self._begun) * PACE * self.journey.speed
        return self._from + passed

    # ---- what is heard --------------------------------------------------------------------------------

    def _prepare(self) -> None:
        """Have the steps decoded, joined and rendered, unless they were just now."""
        key = (self.steps.tobytes(), self.context.condition, self.journey.speed, self.journey.loop)
        if self._piece is not None and self._piece[0] == key:
            self._begin(self._piece[1])
            return
        run = self._run
        views: list[Any] = []
        speed, loop = self.journey.speed, self.journey.loop

        def ask() -> None:
            self.strip.set_busy(len(views) / len(self.steps))
            codes = self.steps[len(views) : len(views) + PIECE]
            self._call = self.model.call("views", take, fail, codes=codes, condition=self.context.condition)

        def take(found: list[Any]) -> None:
            if run != self._run:
                return
            views.extend(found)
            self._call = None
            if found and len(views) < len(self.steps):
                ask()
            else:
                self.context.later.run(lambda: rendered(views, speed, loop), begin, fail, slot="walk sound")

        def begin(piece: Piece) -> None:
            if run == self._run:
                self._piece = key, piece
                self._begin(piece)

        def fail(problem: Problem) -> None:
            if run == self._run:
                self.stop()
                self.context.messages.problem(problem)

        ask()

    def _begin(self, piece: Piece) -> None:
        """Play the piece from its start."""
        self.strip.set_busy(None)
        try:
            self._number = self.player.play(piece.sound, self.journey.loop)
        except AekitError as error:  # a plugin's own samples
            self.stop()
            self.context.messages.problem(Problem(str(error)))
            return
        self._heard_at, self._looped = 0.0, self.journey.loop
        self.moved(0.0)

    def hear(self, seconds: float) -> None:
        """The player is at so many seconds of what it plays."""
        if not self._number or self._piece is None:
            return
        if self.player.number != self._number:  # another sound has taken its place
            self._number = 0
            self.stop()
            return
        if seconds < self._heard_at and not self.journey.loop:  # the loop was switched off on the way
            self.stop()
            return
        self._heard_at = seconds
        starts = self._piece[1].starts
        self.moved(float(np.interp(seconds, starts, np.arange(len(starts)))))

    def fall_silent(self) -> None:
        """A sound has ended: ours starts anew where the loop was switched on on the way."""
        if not self._number or self._piece is None:
            return
        self._number = 0
        at_its_end = self._heard_at > self._piece[1].starts[-1] - END
        if self.journey.loop and not self._looped and at_its_end:
            self._begin(self._piece[1])
        else:
            self.stop()


def rendered(views: list[Any], speed: float, loop: bool) -> Piece:
    """Views as one continuous sound at a speed: notes keep their pitch, samples run as a tape does."""
    if speed != 1:
        views = [at_speed(view, speed) for view in views]
    starts = np.cumsum([0.0, *(view.seconds for view in views)])
    joined = type(views[0]).joined(views)
    return Piece(joined.sound(loop) if isinstance(joined, Notes) else joined.sound(), starts)


def at_speed(view: Heard, speed: float) -> Heard:
    """A view that lasts 1 / `speed` as long."""
    if isinstance(view, Sound):
        return replace(view, rate=round(view.rate * speed))
    notes = tuple(replace(note, start=note.start / speed, end=note.end / speed) for note in view.notes)
    return replace(view, notes=notes, seconds=view.seconds / speed, tempo=view.tempo * speed)
