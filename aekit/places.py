# Where this person's files of aekit are kept: what can be made again, settings, and states to come back to.
"""Where this person's files of aekit are kept: what can be made again, settings, and states to come back to."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """What can be made again: downloads, read files, layouts. XDG_CACHE_HOME names another place for it."""
    return place("XDG_CACHE_HOME", ".cache", "Library/Caches", ("LOCALAPPDATA", "cache"))


def config_folder() -> Path:
    """Settings. XDG_CONFIG_HOME names another place for them."""
    return place("XDG_CONFIG_HOME", ".config", "Library/Application Support", ("APPDATA", ""))


def state_folder() -> Path:
    """What was left open. XDG_STATE_HOME names another place for it."""
    return place("XDG_STATE_HOME", ".local/state", "Library/Application Support", ("LOCALAPPDATA", "state"))


def place(variable: str, linux: str, mac: str, windows: tuple[str, str]) -> Path:
    """The folder that an environment variable names by its whole path, or the system's usual one."""
    named = os.environ.get(variable, "")
    if Path(named).is_absolute():  # the XDG standard has relative ones ignored
        return Path(named) / "aekit"
    if sys.platform == "win32":
        home = os.environ.get(windows[0])
        return (Path(home) if home else Path.home() / "AppData" / "Local") / "aekit" / windows[1]
    return Path.home() / (mac if sys.platform == "darwin" else linux) / "aekit"
