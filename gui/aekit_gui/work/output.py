# The sound device, opened, started and closed in a thread of its own, so that none of it holds the window up.
"""The sound device, opened, started and closed in a thread of its own, so that none of it holds the window up."""

from __future__ import annotations

import contextlib
import importlib
import queue
import sys
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit_gui.work.mixer import Mixer

PERIOD = 30  # milliseconds that a device asks for at a time
PATIENCE = 2.0  # seconds that closing waits for a sound system that hangs
NO_DEVICE = "No sound is heard: this computer has no sound device. Playheads move all the same."
NO_LIBRARY = (
    "No sound is heard: the package 'miniaudio' cannot be loaded. Install it with: pip install 'aekit[gui]'"
)

Stream = Generator[NDArray[np.float32] | bytes, int, None]


def stream(mixer: Mixer) -> Stream:
    """The mixer as the generator that miniaudio asks for frames; already begun."""

    def frames() -> Stream:
        wanted = yield b""
        while True:
            wanted = yield mixer.read(wanted)

    begun = frames()
    next(begun)
    return begun


class Output:
    """A device that plays a mixer. What it is told is done in order, in its thread.

    Attributes:
        silent: "" or why nothing is heard.
        running: whether the device asks for frames.
    """

    def __init__(self, mixer: Mixer, changed: Callable[[], None]) -> None:
        """Join a mixer and a device that is not open yet.

        Args:
            changed: called in the output's thread once a device was opened, or devices were listed.
        """
        self.silent, self.running, self.known = "", False, list[str]()
        self._mixer, self._changed = mixer, changed
        self._name = ""
        self._device: Any = None
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Open the device where it is not, and have it ask for frames."""
        self._tell(self._start)

    def pause(self) -> None:
        """Have the device ask for nothing."""
        self._tell(self._pause)

    def choose(self, name: str) -> None:
        """Play on the device of that name from now on; "" or an unknown one for the system's own choice."""
        self._name = name
        self.reopen()

    def reopen(self) -> None:
        """Close the device; where it was running, open it anew."""
        self._tell(self._reopen)

    def names(self, wait: float) -> list[str]:
        """Names of devices: as listed now where that takes less than `wait` seconds, else as known so far."""
        listed = threading.Event()
        self._tell(lambda: self._list(listed))
        listed.wait(wait)
        return list(self.known)

    def close(self) -> None:
        """Close the device and end the thread; nothing is told any more."""
        self._changed = nothing
        if self._thread is not None:
            self._tasks.put(self._shut)
            self._tasks.put(None)
            self._thread.join(PATIENCE)
            self._thread = None

    # ---- in the thread --------------------------------------------------------------------------------

    def _tell(self, task: Callable[[], None]) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="aekit-sound", daemon=True)
            self._thread.start()
        self._tasks.put(task)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            task()

    def _start(self) -> None:
        if self._device is None:
            self._device, self.silent = opened(self._name, self._mixer.rate)
            self._changed()
        if self._device is None:
            self._mixer.stop()  # nothing will ever ask for it
        elif not self.running:
            self.running = started(self._device, self._mixer)
            if not self.running:
                self._shut()
                self._device, self.silent = silent_device(self._mixer.rate)
                self._changed()
                self.running = self._device is not None and started(self._device, self._mixer)

    def _pause(self) -> None:
        if self.running and self._mixer.silent:
            self.running = False
            with contextlib.suppress(miniaudio().MiniaudioError):
                self._device.stop()

    def _reopen(self) -> None:
        was = self.running
        self._shut()
        if was:
            self._start()

    def _shut(self) -> None:
        device, self._device, self.running = self._device, None, False
        if device is not None:
            device.close()
            release(device)

    def _list(self, listed: threading.Event) -> None:
        before = self.known
        self.known = list(found_devices())
        listed.set()
        if self.known != before:
            self._changed()


def nothing() -> None:
    """Nobody listens."""


# ---- miniaudio ----------------------------------------------------------------------------------------


def miniaudio() -> Any:
    """The library, loaded when sound is first wanted."""
    return importlib.import_module("miniaudio")


def backends() -> list[Any] | None:
    """The sound systems to try, None for all: without a card, ALSA would only print complaints."""
    if not sys.platform.startswith("linux") or Path("/dev/snd").exists():
        return None
    return [miniaudio().Backend.PULSEAUDIO]


def found_devices() -> dict[str, Any]:
    """The devices that can play, by name, with what names them to the system."""
    try:
        library = miniaudio()
    except (ImportError, OSError):
        return {}
    try:
        found = library.Devices(backends()).get_playbacks()
    except (UnicodeDecodeError, library.MiniaudioError):
        return {}
    return {one["name"]: one["id"] for one in found}


def opened(name: str, rate: int) -> tuple[Any, str]:
    """A device that plays at a rate, and "" or why nothing is heard: the named one, the system's, or one of silence."""
    try:
        library = miniaudio()
    except (ImportError, OSError):
        return None, NO_LIBRARY
    chosen = found_devices().get(name) if name else None
    for identity in dict.fromkeys([chosen, None]):
        with contextlib.suppress(library.MiniaudioError):
            device = made(rate, backends(), identity)
            if device.backend != "Null":
                return device, ""
            device.close()
            release(device)
    return silent_device(rate)


def silent_device(rate: int) -> tuple[Any, str]:
    """The device that keeps time and is not heard, and why it is there."""
    library = miniaudio()
    try:
        return made(rate, [library.Backend.NULL]), NO_DEVICE
    except library.MiniaudioError:
        return None, NO_DEVICE


def made(rate: int, systems: list[Any] | None, identity: Any = None) -> Any:
    """A stereo device of floats."""
    library = miniaudio()
    return library.PlaybackDevice(
        library.SampleFormat.FLOAT32, 2, rate, PERIOD, identity, backends=systems, app_name="aekit"
    )


def started(device: Any, mixer: Mixer) -> bool:
    """Have a device ask the mixer for frames; False where the system refuses."""
    try:
        device.start(stream(mixer))
    except miniaudio().MiniaudioError:
        return False
    return True


def release(device: Any) -> None:
    """Let go of the connection to the sound system, which miniaudio's own `close` keeps."""
    miniaudio().lib.ma_context_uninit(device._context)
