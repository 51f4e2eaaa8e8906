# What a walk or a place can be exported as: one table, by the kind of the run's views.
"""What a walk or a place can be exported as: one table, by the kind of the run's views."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from aekit import views

STEP = "step"  # the beginning of the names of "files"
NO_FFMPEG = "needs ffmpeg, which was not found on the PATH: install it, or take a GIF"

SOUNDS = {
    "wav": ("WAV, one piece", "All steps as one continuous sound, uncompressed: opens everywhere."),
    "mid": (
        "MIDI, one piece",
        "All steps as one continuous piece, to go on with in a music program.",
    ),
    "json": ("JSON, one piece", "The notes of all steps as numbers, for scripts."),
    "flac": ("FLAC, one piece", "All steps as one continuous sound, compressed without loss."),
    "mp3": ("MP3, one piece", "All steps as one continuous sound, small enough to send."),
    "ogg": ("OGG, one piece", "All steps as one continuous sound, small and free of patents."),
}
FIRST = ("wav", "mid")  # of the pieces, before all that is seen


@dataclass(frozen=True)
class Format:
    """One way to export.

    Attributes:
        kind, ending: as in `work.protocol.Export`; the ending has no dot.
        title: as on a card.
        words: one sentence on what comes out.
        timed: whether the seconds of each picture matter.
        loops: whether it can be made to start anew.
        folder: whether it is written as a folder of files.
        missing: why it can't be chosen here, or "".
    """

    kind: str
    ending: str
    title: str
    words: str
    timed: bool = False
    loops: bool = False
    folder: bool = False
    missing: str = ""


@dataclass(frozen=True)
class Choice:
    """What a person chose; its names are those of `work.protocol.Export`."""

    kind: str
    path: Path
    ending: str
    seconds: float = 0.5
    loop: bool = True


def formats(kind: str, joined_formats: Iterable[str] = (), ffmpeg: bool = True) -> tuple[Format, ...]:
    """All that items of a kind can be exported as, the likeliest first.

    Args:
        kind: of the views: "Picture", "Notes", "Sound", "Curves" or "Table"; another is taken for a picture.
        joined_formats: endings in which several views are one piece.
        ffmpeg: whether it is on the PATH; without it MP4 is listed with the reason why it can't be chosen.
    """
    joined = tuple(joined_formats)
    pieces = [piece(ending) for ending in sorted(joined, key=rank)]
    own = getattr(views, kind, views.View).formats
    return (
        *(one for one in pieces if one.ending in FIRST),
        Format("sheet", "png", "Sheet", "All steps side by side in one PNG picture."),
        Format(
            "animation", "gif", "GIF", "A small film without sound that plays in any browser.", True, True
        ),
        Format(
            "animation",
            "mp4",
            "MP4",
            "A film for slides and posts.",
            True,
            missing="" if ffmpeg else NO_FFMPEG,
        ),
        *(one for one in pieces if one.ending not in FIRST),
        *(files(ending) for ending in own),
        Format("arrays", "npz", "NPZ", "Items and codes as NumPy arrays, to compute with."),
    )


def piece(ending: str) -> Format:
    """One continuous piece."""
    title, words = SOUNDS.get(
        ending, (f"{ending.upper()}, one piece", f"All steps as one piece (.{ending}).")
    )
    return Format("piece", ending, title, words)


def files(ending: str) -> Format:
    """One file for each step."""
    words = f"A folder with {STEP}-000.{ending} and so on, one file for each step."
    return Format("files", ending, f"{ending.upper()} files", words, folder=True)


def rank(ending: str) -> int:
    """The order of pieces."""
    return list(SOUNDS).index(ending) if ending in SOUNDS else len(SOUNDS)


def place_of(text: str) -> Path:
    """The place that a person typed; one in the home of somebody who is not known stays as it is."""
    path = Path(text.strip())
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def clashing(folder: Path, ending: str) -> str:
    """The name of a file that an export of files would write over; "" where there is none."""
    return next((found.name for found in sorted(folder.glob(f"{STEP}-*.{ending}"))), "")


def fresh(path: Path) -> Path:
    """A folder, or with a number behind its name one that does not exist yet."""
    tries = (path.with_name(f"{path.name}-{number}") for number in range(2, 10_000))
    return next((one for one in (path, *tries) if not one.exists()), path)
