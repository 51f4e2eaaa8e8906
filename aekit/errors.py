# Errors that a person can act on: one line each, shown without a traceback.
"""Errors that a person can act on: one line each, shown without a traceback."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class AekitError(Exception):
    """Something that the person can mend; the message says what was received, expected, and what to do."""

    exit_status = 1


class UsageError(AekitError, ValueError):
    """An option, name or argument that cannot be used as it was given."""

    exit_status = 2


class PluginError(AekitError):
    """A plugin that cannot be imported, is registered twice, speaks another version, or gives what it must not."""


class RunError(AekitError):
    """A run folder that is missing, damaged, unfinished, or of a newer schema."""


class DataError(AekitError):
    """Data that is missing, damaged, or of another kind than expected."""


class StoppedError(AekitError):
    """A person stopped it with Ctrl-C; everything is saved."""

    exit_status = 130


class NonFiniteError(AekitError):
    """The loss, a gradient or a validation became infinite or not a number during training."""


def unknown_name(kind: str, received: str, known: Iterable[str]) -> str:
    """The sentence for a name that is not among `known`, with the nearest one offered."""
    names = sorted(known)
    near = difflib.get_close_matches(received, names, n=1)
    offer = f" Did you mean '{near[0]}'?" if near else ""
    listing = ", ".join(names) if names else "none"
    return f"No {kind} named '{received}'. Available: {listing}.{offer}"
