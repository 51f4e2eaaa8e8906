# The one public name of the music plugin, imported when it is asked for.
"""Melodies, drums, trios and piano-rolls for aekit.

`MusicModality` is imported when it is asked for, so that the processes that parse MIDI files load no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aekit_music.modality import MusicModality as MusicModality


def __getattr__(name: str) -> Any:
    if name == "MusicModality":
        from aekit_music.modality import MusicModality

        return MusicModality
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
