# Finds plugins, objectives and commands through entry points; imports only the one that is named.
"""Finds plugins, objectives and commands through entry points; imports only the one that is named."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any

from aekit.errors import PluginError, UsageError, unknown_name

if TYPE_CHECKING:
    from aekit.modality import Modality
    from aekit.objective import Objective

MODALITIES = "aekit.modalities"
OBJECTIVES = "aekit.objectives"
COMMANDS = "aekit.commands"

KINDS = {MODALITIES: "plugin", OBJECTIVES: "objective", COMMANDS: "command"}


@dataclass(frozen=True)
class Registration:
    """What package metadata says of one entry point; nothing was imported to learn it."""

    group: str
    name: str
    value: str
    distribution: str
    version: str
    summary: str

    def load(self) -> Any:
        """Import what the entry point names.

        Raises:
            PluginError: the import fails; says whose it is, why, and what to do.
        """
        try:
            return metadata.EntryPoint(self.name, self.value, self.group).load()
        except Exception as error:
            raise PluginError(
                f"The {KINDS[self.group]} '{self.name}' of {self.distribution} {self.version} cannot be imported: "
                f"{type(error).__name__}: {error}. Mend or uninstall it: pip install --upgrade {self.distribution}"
            ) from error


@functools.cache
def registrations(group: str) -> tuple[Registration, ...]:
    """All entry points of a group, sorted by name; an editable install listed twice counts once."""
    found: dict[tuple[str, str, str], Registration] = {}
    for point in metadata.entry_points(group=group):
        distribution, version, summary = described(point.dist)
        entry = Registration(group, point.name, point.value, distribution, version, summary)
        found.setdefault((point.name, point.value, distribution), entry)
    return tuple(sorted(found.values(), key=lambda entry: (entry.name, entry.distribution)))


def described(distribution: metadata.Distribution | None) -> tuple[str, str, str]:
    """A distribution's name, version and summary."""
    if distribution is None:
        return "unknown", "?", ""
    return distribution.name, distribution.version, (distribution.metadata.get_all("Summary") or [""])[0]


def find(group: str, name: str) -> Registration:
    """The one registration of `name`.

    Raises:
        UsageError: nobody registers that name; offers the nearest.
        PluginError: two distributions register it.
    """
    entries = registrations(group)
    matches = [entry for entry in entries if entry.name == name]
    if not matches:
        raise UsageError(unknown_name(KINDS[group], name, {entry.name for entry in entries}))
    if len(matches) > 1:
        owners = " and by ".join(f"{entry.distribution} ({entry.value})" for entry in matches)
        raise PluginError(
            f"The {KINDS[group]} name '{name}' is registered by {owners}. Uninstall one of them: pip uninstall NAME"
        )
    return matches[0]


def modality(name: str) -> type[Modality]:
    """The Modality class that the plugin `name` registers.

    Raises:
        UsageError, PluginError: see `find`; also where it is no Modality or speaks another contract version.
    """
    from aekit.modality import API, Modality

    entry = find(MODALITIES, name)
    loaded = entry.load()
    if not (isinstance(loaded, type) and issubclass(loaded, Modality)):
        raise PluginError(
            f"The plugin '{name}' of {entry.distribution} registers {entry.value}, which is no subclass of "
            "aekit.Modality. Its author must name the class in the entry point."
        )
    if loaded.api[0] != API[0] or loaded.api[1] > API[1]:
        older = "a newer aekit" if tuple(loaded.api) > API else f"a newer {entry.distribution}"
        raise PluginError(
            f"The plugin '{name}' of {entry.distribution} {entry.version} speaks version "
            f"{'.'.join(map(str, loaded.api))} of the contract; this aekit speaks {API[0]}.{API[1]}. Install {older}."
        )
    return loaded


def objective(name: str) -> type[Objective]:
    """The Objective class registered as `name`.

    Raises:
        UsageError, PluginError: see `find`; also where it is no Objective.
    """
    from aekit.objective import Objective

    entry = find(OBJECTIVES, name)
    loaded = entry.load()
    if not (isinstance(loaded, type) and issubclass(loaded, Objective)):
        raise PluginError(
            f"The objective '{name}' of {entry.distribution} registers {entry.value}, which is no subclass of "
            "aekit.Objective. Its author must name the class in the entry point."
        )
    return loaded
