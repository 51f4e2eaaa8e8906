# Sound: plays what is at hand, or what the pointer rests on, and moves the playhead.
"""Sound: plays what is at hand, or what the pointer rests on, and moves the playhead."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import numpy as np

from aekit.heard import Heard, Sound
from aekit_gui.controllers.explorer import Explorer
from aekit_gui.work.protocol import Decoded, Problem

VOLUME, DEVICE, DWELL, DWELL_SECONDS = "sound.volume", "sound.device", "sound.dwell", "sound.dwell_seconds"
DEFAULT_VOLUME, DEFAULT_DWELL = 0.8, 0.25


class SoundController:
    """Asks for the view at hand once the pointer rests, renders it in a thread, and plays it.

    Attributes:
        dwells: whether resting plays.
        volume: in [0, 1].
    """

    def __init__(
        self,
        explorer: Explorer,
        player: Any,
        inspector: Any,
        settings: MutableMapping[str, Any],
        rest: Any = None,
    ) -> None:
        """Join them.

        Args:
            player: see `work.player.Player`.
            inspector: has the signals `play_wanted` and `seek_wanted`, and is told `set_playhead(seconds or None)`.
            settings: keeps the volume, the device and the dwell from one start to the next; read once, here.
            rest: a timer that fires once, with `setInterval(ms)`, `start()`, `stop()` and `timeout`; else one of Qt's.
        """
        self.explorer, self.player, self.inspector, self.settings = explorer, player, inspector, settings
        self.dwells = settings.get(DWELL) is not False
        self.volume = kept_number(settings, VOLUME, DEFAULT_VOLUME, 0.0, 1.0)
        self.rest = rest if rest is not None else one_shot()
        self.rest.setInterval(round(1000 * kept_number(settings, DWELL_SECONDS, DEFAULT_DWELL, 0.05, 5.0)))
        self._number = 0  # of the sound that was begun here; 0 where it is over
        self._by_dwell = False
        self._asked = 0  # requests so far: an answer to an older one is not played
        self._playing: Sound | None = None
        self._warned = ""
        player.set_volume(self.volume)
        player.set_device(str(settings.get(DEVICE) or ""))
        self.rest.timeout.connect(self.rested)
        inspector.play_wanted.connect(self.toggle)
        inspector.seek_wanted.connect(self.play)
        inspector.view_play_wanted.connect(self.play_view)
        player.moved.connect(self.move_playhead)
        player.stopped.connect(self.ended)
        player.device_changed.connect(self.warn)
        explorer.on("pointer", self.pointer_moved)
        explorer.on("closing", self.close)

    # ---- what is played -------------------------------------------------------------------------------

    @property
    def heard(self) -> bool:
        """Whether the run's items can be heard."""
        return self.explorer.opened is not None and isinstance(self.explorer.opened.example, Heard)

    @property
    def plays(self) -> bool:
        """Whether a sound that was begun here plays."""
        return self._number != 0 and self.player.number == self._number

    def play(self, start: float = 0.0) -> None:
        """Play what is at hand, from so many seconds on."""
        self._ask(by_dwell=False, start=start)

    def play_view(self, view: Any, start: float = 0.0) -> None:
        """Play another view than the one at hand, from so many seconds on."""
        if isinstance(view, Heard) and not self.explorer.ended:
            self._asked += 1
            self._render(view, self._asked, by_dwell=False, start=start)

    def toggle(self) -> None:
        """Play what is at hand, or stop what plays."""
        if self.plays:
            self.stop()
        else:
            self.play()

    def stop(self) -> None:
        """Stop whatever plays."""
        self._asked += 1
        self.rest.stop()
        self.player.stop()

    def pointer_moved(self) -> None:
        """The pointer is elsewhere: it may come to rest there; where it left the map, what it played ends."""
        if self.explorer.pointer is None:
            self.rest.stop()
            if self._by_dwell:
                self._asked += 1
                if self.plays:
                    self.player.stop()
        elif self.dwells and self.heard:
            self.rest.start()

    def rested(self) -> None:
        """The pointer has rested: play what is there, unless something else plays that was asked for."""
        if self.explorer.pointer is None or not self.dwells:
            return
        if self.player.number == 0 or (self.plays and self._by_dwell):
            self._ask(by_dwell=True)

    # ---- settings -------------------------------------------------------------------------------------

    def toggle_dwell(self) -> None:
        """Have resting play, or not."""
        self.dwells = not self.dwells
        self.settings[DWELL] = self.dwells
        if not self.dwells:
            self.rest.stop()
            if self._by_dwell and self.plays:
                self.player.stop()
        self.explorer.tell("dwells")
        self.explorer.messages.say(
            "Where the pointer rests, it plays." if self.dwells else "The pointer no longer plays; S does."
        )

    def change_volume(self, by: float) -> None:
        """Make it louder, or softer."""
        self.set_volume(self.volume + by)
        self.explorer.messages.say(f"Volume {100 * self.volume:.0f} %")

    def set_volume(self, volume: float) -> None:
        """Set the volume, in [0, 1]."""
        self.volume = min(max(round(volume, 3), 0.0), 1.0)
        self.player.set_volume(self.volume)
        self.settings[VOLUME] = self.volume

    def devices(self) -> list[str]:
        """The devices that sound can come out of."""
        return list(self.player.devices())

    def choose_device(self, name: str) -> None:
        """Play on the device of that name, now and at the next start; "" for the system's own choice."""
        self.player.set_device(name)
        self.settings[DEVICE] = name

    # ---- on the way -----------------------------------------------------------------------------------

    def _ask(self, by_dwell: bool, start: float = 0.0) -> None:
        if not self.heard or self.explorer.ended:
            return
        self._asked += 1
        number = self._asked

        def decoded(found: Decoded) -> None:
            if isinstance(found.view, Heard) and number == self._asked:
                self._render(found.view, number, by_dwell, start)

        code = np.asarray(self.explorer.here().code, np.float32)
        self.explorer.live.latest(
            "sound", "decode", decoded, self._failed, code=code, condition=self.explorer.condition
        )

    def _render(self, view: Heard, number: int, by_dwell: bool, start: float) -> None:
        """Have a view made a sound, and play it unless another was asked for meanwhile."""

        def rendered(sound: Sound) -> None:
            if number == self._asked and not self.explorer.ended:
                self._begin(sound, by_dwell, start)

        self.explorer.later.run(view.sound, rendered, self._failed, slot="sound")

    def _begin(self, sound: Sound, by_dwell: bool, start: float) -> None:
        """Play a sound; what trembling of the pointer would begin anew goes on, and so does what was asked for."""
        if by_dwell and self.player.number and not self.plays:
            return
        if by_dwell and self.plays and self._playing is not None and same(self._playing, sound):
            return
        self._number = self.player.play(sound, start=start)
        self._by_dwell, self._playing = by_dwell, sound

    def _failed(self, problem: Problem) -> None:
        self.explorer.messages.problem(problem)

    def move_playhead(self, seconds: float) -> None:
        """A sound is at so many seconds."""
        if self.plays:
            self.inspector.set_playhead(seconds)
        elif self._number:
            self.ended()

    def ended(self) -> None:
        """The sound that was begun here is over."""
        if self._number:
            self._number, self._playing, self._by_dwell = 0, None, False
            self.inspector.set_playhead(None)

    def warn(self) -> None:
        """Say once that nothing is heard, and why."""
        if self.player.silent and self.player.silent != self._warned and not self.explorer.ended:
            self.explorer.messages.say(self.player.silent)
        self._warned = self.player.silent

    def close(self) -> None:
        """The run is closed: its sound ends, the player stays for the next one."""
        self._asked += 1
        self.rest.stop()
        if self.plays:
            self.player.stop()
        for signal, slot in (
            (self.player.moved, self.move_playhead),
            (self.player.stopped, self.ended),
            (self.player.device_changed, self.warn),
        ):
            signal.disconnect(slot)


def same(one: Sound, other: Sound) -> bool:
    """Whether two sounds are the same."""
    return one.rate == other.rate and np.array_equal(one.samples, other.samples)


def kept_number(
    settings: MutableMapping[str, Any], name: str, default: float, low: float, high: float
) -> float:
    """A number of the settings, within its range; the default where there is none, or something else."""
    found = settings.get(name, default)
    if isinstance(found, bool) or not isinstance(found, int | float) or not low <= found <= high:
        return default
    return float(found)


def one_shot() -> Any:
    """A timer of Qt's that fires once."""
    from PySide6.QtCore import QTimer

    timer = QTimer()
    timer.setSingleShot(True)
    return timer
