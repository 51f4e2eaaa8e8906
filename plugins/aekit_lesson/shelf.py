# The shelf: chapters on disk, each whole or absent, and the lesson's one file of figures.
"""The shelf: chapters on disk, each whole or absent, and the lesson's one file of figures.

DIR/chapters/NAME.json    a chapter's words and figures, and the names of its pictures and sounds
DIR/chapters/NAME-*.png   its pictures; written before NAME.json, which is the sign that all is there
DIR/lesson.json           every chapter's figures beside the sources'
DIR/index.html            the page
DIR/runs/NAME             the trainings: ordinary runs
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from aekit import __version__
from aekit.errors import RunError
from aekit.files import write_json, write_whole
from aekit_lesson.chapter import Chapter
from aekit_lesson.content import Content
from aekit_lesson.recipes import RECIPES
from aekit_lesson.workshop import Workshop

SCHEMA = 1
ENDINGS = {"audio/mpeg": "mp3", "audio/wav": "wav"}

State = Literal["made", "lacking", "failed", "to come"]


@dataclass
class Entry:
    """A chapter as it stands.

    Attributes:
        chapter: which.
        state: "made"; "lacking" data or a package; "failed"; or "to come".
        kept: the content of its JSON file; None where there is none.
        reason: why it failed.
    """

    chapter: Chapter
    state: State = "to come"
    kept: dict[str, Any] | None = None
    reason: str = ""


class Shelf:
    """The chapters of one lesson's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.chapters = folder / "chapters"

    def entry(self, chapter: Chapter, fingerprint: str) -> Entry:
        """A chapter as it was kept; "to come" where it was not, or was made from something else."""
        path = self.chapters / f"{chapter.name}.json"
        try:
            kept = json.loads(path.read_bytes())
            whole = all((self.chapters / name).is_file() for name in files_of(kept))
        except (OSError, ValueError, KeyError, TypeError):
            return Entry(chapter)
        if not whole or kept.get("fingerprint") != fingerprint:
            return Entry(chapter)
        return Entry(chapter, "lacking" if kept["note"] else "made", kept)

    def keep(self, chapter: Chapter, fingerprint: str, content: Content, seconds: float) -> Entry:
        """Write a chapter: its pictures and sounds first, then the file that says that it is there.

        Raises:
            AekitError: the disk is full.
        """
        pictures, hearings = [], []
        for picture in content.pictures:
            name = f"{chapter.name}-{picture.name}.png"
            write_whole(self.chapters / name, picture.png)
            pictures.append({"file": name, "caption": picture.caption})
        for heard in content.hearings:
            stem = f"{chapter.name}-{heard.name}"
            names = {"file": f"{stem}.png", "sound": f"{stem}.{ENDINGS[heard.media]}"}
            write_whole(self.chapters / names["file"], heard.png)
            write_whole(self.chapters / names["sound"], heard.audio)
            hearings.append(
                {**names, "caption": heard.caption, "seconds": heard.seconds, "media": heard.media}
            )
        kept = {
            "name": chapter.name,
            "fingerprint": fingerprint,
            "title": chapter.title,
            "question": chapter.question,
            "words": content.words,
            "figures": [figure.to_json() for figure in content.figures],
            "pictures": pictures,
            "hearings": hearings,
            "note": content.note,
            "seconds": round(seconds, 1),
        }
        write_json(self.chapters / f"{chapter.name}.json", kept)
        return Entry(chapter, "lacking" if content.note else "made", kept)

    def picture(self, name: str) -> bytes:
        """The bytes of one of a chapter's files."""
        return (self.chapters / name).read_bytes()


def files_of(kept: dict[str, Any]) -> list[str]:
    """The names of all files of a kept chapter."""
    return [
        entry[key]
        for entry in (*kept["pictures"], *kept["hearings"])
        for key in ("file", "sound")
        if key in entry
    ]


def lesson_of(workshop: Workshop, entries: Sequence[Entry]) -> dict[str, Any]:
    """The content of lesson.json."""
    import torch

    return {
        "schema_version": SCHEMA,
        "budget": workshop.terms.budget,
        "digits": workshop.terms.digits,
        "data_dir": path_text(workshop.terms.data_dir),
        "pictures": path_text(workshop.terms.pictures),
        "aekit": __version__,
        "torch": str(torch.__version__),
        "machine": {"processor": processor(), "cores": os.cpu_count(), "threads": workshop.threads},
        "written": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "seconds": round(sum(entry.kept["seconds"] for entry in entries if entry.kept), 1),
        "chapters": [chapter_of(workshop, entry) for entry in entries],
    }


def path_text(path: Path | None) -> str | None:
    """A folder that a person named, so that the lesson finds it when it goes on elsewhere."""
    return None if path is None else str(path.expanduser().resolve())


def chapter_of(workshop: Workshop, entry: Entry) -> dict[str, Any]:
    """A chapter's part of lesson.json."""
    kept = entry.kept or {}
    return {
        "name": entry.chapter.name,
        "title": entry.chapter.title,
        "question": entry.chapter.question,
        "state": entry.state,
        "reason": entry.reason or kept.get("note", ""),
        "seconds": kept.get("seconds"),
        "figures": kept.get("figures", []),
        "trainings": [
            {
                "run": f"runs/{name}",
                "seconds": workshop.seconds(name),
                "command": RECIPES[name].command(workshop.terms.budget, source_text(workshop, name)),
            }
            for name in entry.chapter.runs
        ],
    }


def source_text(workshop: Workshop, name: str) -> str:
    """What a training's `--source` is; for colour where there is none, what it stands for."""
    recipe = RECIPES[name]
    if recipe.source == "colour" and workshop.colour is None:
        return "cifar10"
    return workshop.source(recipe).source


def processor() -> str:
    """What the machine computes with, as its system names it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    except OSError:
        named = []
    return named[0] if named else platform.processor() or platform.machine()


def read_lesson(folder: Path) -> dict[str, Any] | None:
    """The lesson.json of a folder; None where there is none.

    Raises:
        RunError: it is damaged.
    """
    path = folder / "lesson.json"
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_bytes())
        return {"budget": str(content["budget"]), **content}
    except (ValueError, KeyError, TypeError) as error:
        raise RunError(
            f"{path} is damaged; delete it and run the lesson again: nothing else is lost."
        ) from error
