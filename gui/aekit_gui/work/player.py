# The player: one sound at a time on the person's device; another takes its place without a click.
"""The player: one sound at a time on the person's device; another takes its place without a click."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from aekit.heard import Sound
from aekit_gui.work.mixer import Mixer
from aekit_gui.work.output import Output

BEAT = 33  # milliseconds from one news of the position to the next
IDLE = 1.5  # seconds of silence after which the device is let rest
STUCK = 1.5  # seconds without a question from a device that runs: it was pulled out
RATES = (8_000, 192_000)  # hertz that devices are asked for
LISTING = 0.03  # seconds that a list of devices is waited for


class Player(QObject):
    """Plays sounds. The device is opened in a thread when something is first played.

    Signals:
        moved(float): 30 times a second while a sound plays: where it is, in its seconds.
        stopped(): the sound has ended, or was stopped; not where another one took its place.
        device_changed(): a device was opened or the list of devices has changed: `silent` and `devices()` are news.
    """

    moved = Signal(float)
    stopped = Signal()
    device_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mixer = Mixer()
        self._output = Output(self._mixer, self.device_changed.emit)
        self._volume, self._device = 1.0, ""
        self._playing = 0
        self._asked = 0.0  # when the device was last told to run
        self._quiet_since = 0.0
        self._closed = False
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    # ---- sounds ---------------------------------------------------------------------------------------

    def play(self, sound: Sound, loop: bool = False, start: float = 0.0) -> int:
        """Play a sound, or have it go round and round, in the place of the one that plays.

        Args:
            start: seconds of the sound that are left out.

        Returns:
            The sound's number: `number` is this as long as it plays.

        Raises:
            UsageError: its samples are no sound.
        """
        if self._closed:
            return 0
        if not self._asked:
            self._mixer.rate = min(max(int(sound.rate), RATES[0]), RATES[1])
        self._playing = self._mixer.play(sound.samples, sound.rate, loop, start)
        self._asked = time.perf_counter()
        self._output.start()
        self._timer.start(BEAT)
        return self._playing

    def stop(self) -> None:
        """Fade the sound out."""
        self._mixer.stop()
        self._end()

    @property
    def number(self) -> int:
        """The number of the sound that plays; 0 where none does."""
        return self._mixer.number

    def position(self) -> float | None:
        """Where the sound is, in its seconds; None where none plays."""
        return self._mixer.position()

    # ---- the device -----------------------------------------------------------------------------------

    @property
    def silent(self) -> str:
        """ "" or why nothing is heard; known once something was played."""
        return self._output.silent

    @property
    def volume(self) -> float:
        return self._volume

    def set_volume(self, volume: float) -> None:
        """Set the volume, in [0, 1]; heard as the square, which is nearer to how loud it seems."""
        self._volume = min(max(float(volume), 0.0), 1.0)
        self._mixer.set_volume(self._volume**2)

    def devices(self) -> list[str]:
        """Names of devices; where listing them takes long, those known so far, and `device_changed` follows."""
        return [] if self._closed else self._output.names(LISTING)

    @property
    def device(self) -> str:
        """The chosen device; "" for the system's own choice."""
        return self._device

    def set_device(self, name: str) -> None:
        """Play on the device of that name; "", or one that is not there, for the system's own choice."""
        if name != self._device and not self._closed:
            self._device = name
            self._output.choose(name)

    def close(self) -> None:
        """End all sound, the device and its thread."""
        if not self._closed:
            self._closed = True
            self._timer.stop()
            self._mixer.stop()
            self._playing = 0
            self._output.close()

    # ---- time -----------------------------------------------------------------------------------------

    def _beat(self) -> None:
        """Tell the position, notice ends, and let a device rest that has nothing to play."""
        now = time.perf_counter()
        position = self.position()
        if position is not None:
            self._quiet_since = now
            self.moved.emit(position)
        else:
            self._end()
        if self._output.running and now - max(self._mixer.read_at, self._asked) > STUCK:
            self._asked = now
            self._output.reopen()
        if now - self._quiet_since > IDLE:
            self._timer.stop()
            self._output.pause()

    def _end(self) -> None:
        if self._playing:
            self._playing = 0
            self.stopped.emit()
