# Settings: what a person chose once, kept from one start to the next in one JSON file.
"""Settings: what a person chose once, kept from one start to the next in one JSON file."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

from aekit.places import config_folder
from aekit_gui.models.keeping import Kept, read_json

THEMES = ("system", "light", "dark")
SMALLEST, LARGEST = 0.8, 2.0  # interface scale
STEP = 0.1
MOST_RECENT = 12

DEFAULTS: dict[str, Any] = {
    "theme": "system",
    "scale": 1.0,
    "sound.volume": 0.8,
    "sound.device": "",
    "sound.dwell": True,
    "sound.dwell_seconds": 0.25,
    "window": {},  # what `MainWindow.layout_state` gives
    "recents": [],  # folders of runs, the last one first
    "toured": False,  # whether the tour was seen
}


class Settings(MutableMapping[str, Any]):
    """Settings by name; a name that was never set has its default.

    What the file holds beside them (a newer aekit's settings) stays in it. Two windows that are open at once each
    write only what was changed in them.
    """

    def __init__(self, path: Path | None = None, tell: Callable[[str], None] = lambda words: None) -> None:
        """Read the settings at `path`, or where this person's are.

        Args:
            tell: called with one sentence where they can't be saved, once.
        """
        self.path = path or config_folder() / "settings.json"
        self.tell = tell
        self._values = _read(self.path)
        self._touched: set[str] = set()
        self._kept = Kept(self.path, self._content, lambda words: self.tell(words))

    # ---- by name --------------------------------------------------------------------------------------

    def __getitem__(self, name: str) -> Any:
        default = DEFAULTS.get(name)
        value = self._values.get(name, default)
        if value is None:
            raise KeyError(name)
        return value if fits(value, default) else default

    def __setitem__(self, name: str, value: Any) -> None:
        if not fits(value, DEFAULTS.get(name)):
            raise ValueError(
                f"The setting '{name}' takes a {type(DEFAULTS[name]).__name__} (received {value!r})."
            )
        if name in self._values and self._values[name] == value:
            return
        self._values[name] = value
        self._touched.add(name)
        self._kept.changed = True

    def __delitem__(self, name: str) -> None:
        if self._values.pop(name, None) is not None:
            self._touched.add(name)
            self._kept.changed = True

    def __iter__(self) -> Iterator[str]:
        return iter(
            dict.fromkeys([*DEFAULTS, *(name for name, value in self._values.items() if value is not None)])
        )

    def __len__(self) -> int:
        return len(list(iter(self)))

    # ---- with their ranges ----------------------------------------------------------------------------

    @property
    def theme(self) -> str:
        """Of `THEMES`."""
        return self["theme"] if self["theme"] in THEMES else "system"

    @property
    def scale(self) -> float:
        """Of the interface, from `SMALLEST` to `LARGEST`."""
        return clamped(self["scale"])

    @property
    def recents(self) -> list[Path]:
        """Folders of runs that were opened, the last one first."""
        return [Path(text) for text in self["recents"] if isinstance(text, str) and text][:MOST_RECENT]

    def opened(self, run: Path) -> None:
        """A run was opened: it is the most recent one now."""
        text = str(run.absolute())
        others = [str(path) for path in self.recents if str(path) != text]
        self["recents"] = [text, *others][:MOST_RECENT]

    # ---- the file -------------------------------------------------------------------------------------

    def due(self, now: float) -> bool:
        """Save where it is time to; see `Kept.due`."""
        return self._kept.due(now)

    def save(self) -> bool:
        """Save what changed at once; whether all is on the disk."""
        return self._kept.save()

    def _content(self) -> dict[str, Any]:
        """What the file holds by now, with what was changed here."""
        content = {**_read(self.path)}
        for name in self._touched:
            if name in self._values:
                content[name] = self._values[name]
            else:
                content.pop(name, None)
        return content


def _read(path: Path) -> dict[str, Any]:
    """What a file holds; nothing where it is missing or damaged."""
    try:
        content = read_json(path)
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def fits(value: Any, default: Any) -> bool:
    """Whether a value is of its default's type, and a number finite."""
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return default is None or isinstance(value, type(default))


def clamped(scale: float) -> float:
    """An interface scale on the steps between the smallest and the largest."""
    return round(min(max(round(scale / STEP) * STEP, SMALLEST), LARGEST), 2)
