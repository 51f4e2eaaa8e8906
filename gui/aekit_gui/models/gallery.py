# The gallery: the demos and the runs that can be opened, each as a card; nothing is loaded or imported for it.
"""The gallery: the demos and the runs that can be opened, each as a card; nothing is loaded or imported for it."""

from __future__ import annotations

import contextlib
import json
import math
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from aekit.errors import RunError
from aekit.plugins import MODALITIES, registrations
from aekit.runs import ENDINGS, Record, read_record
from aekit_gui.choices import DEMOS

Kind = Literal["demo", "run", "recent"]

TAIL = 16_384  # bytes of metrics.jsonl that are looked at
NEWEST = 4  # lines of it that are read in any case
CURVE = 4_000_000  # bytes of metrics.jsonl that are read for a curve
POINTS = 120  # of a curve
FIGURES = {"elbo": "ELBO", "loss": "loss"}
ALIVE = 120.0  # seconds without a new line after which a run is taken for interrupted


@dataclass(frozen=True)
class Card:
    """One run in the gallery.

    Attributes:
        path: the run's folder.
        kind: where it was found.
        title: what it is called.
        plugin: the kind of its data; "" where the run is damaged.
        line: what was trained, in one line: objective, dimensions, items, step, figure.
        status: one sentence on what is to be minded, or how training ended.
        minded: whether the status is a problem.
        opens: whether there is something to open.
        thumbnail: a PNG, or None.
        changed: seconds since 1970, when run.json was written.
    """

    path: Path
    kind: Kind
    title: str
    plugin: str = ""
    line: str = ""
    status: str = ""
    minded: bool = False
    opens: bool = True
    thumbnail: Path | None = None
    changed: float = 0.0

    @property
    def words(self) -> str:
        """All of it in words, for screen readers and for the filter."""
        return ". ".join(
            part.rstrip(".") for part in (self.title, self.plugin, self.line, self.status) if part
        )

    @cached_property
    def sought(self) -> str:
        """What the filter looks in."""
        return f"{self.words} {self.path}".casefold()


def found(folder: Path, recents: Iterable[Path] = (), demos: Path = DEMOS) -> list[Card]:
    """The cards: shipped demos, runs directly under `folder` (the newest first), and recent ones from elsewhere.

    Args:
        folder: where runs are, as `runs`; it need not exist.
        recents: folders of runs that were opened, the last one first; those that are gone are left out.
        demos: where the shipped demos are; they need not exist.
    """
    shown = [card_of(path, "demo") for path in sorted(run_folders(demos))]
    own = [card_of(path, "run") for path in run_folders(folder)]
    shown += sorted(own, key=lambda card: (-card.changed, card.title))
    seen = {_real(card.path) for card in shown}
    for path in recents:
        if is_run(path) and _real(path) not in seen:
            seen.add(_real(path))
            shown.append(card_of(path, "recent"))
    return shown


def _real(path: Path) -> str:
    return os.path.realpath(path)


def run_folders(parent: Path) -> list[Path]:
    """The runs directly under a folder, in any order; none where it can't be read."""
    try:
        with os.scandir(parent) as entries:
            return [Path(entry.path) for entry in entries if os.path.lexists(f"{entry.path}/run.json")]
    except OSError:
        return []


def is_run(path: Path) -> bool:
    """Whether a folder holds a run, whole or damaged."""
    return os.path.lexists(path / "run.json")


def matching(cards: Sequence[Card], words: str) -> list[Card]:
    """The cards that hold all of the words, in their order."""
    wanted = words.casefold().split()
    return [card for card in cards if all(word in card.sought for word in wanted)]


def card_of(path: Path, kind: Kind) -> Card:
    """The card of the run in a folder; a damaged run's says what is wrong."""
    title = title_of(path)
    try:
        changed = (path / "run.json").stat().st_mtime
        record = read_record(path)
        latent_dim = record.latent_dim
    except (RunError, OSError, KeyError, ValueError, TypeError) as error:
        sentence = str(error) if isinstance(error, RunError) else f"run.json cannot be used: {error!r}"
        sentence = sentence.replace(f"{path}{os.sep}", "")
        return Card(path, kind, title, status=sentence, minded=True, opens=False)
    lines = _newest(path / "metrics.jsonl")
    problem = _missing(record)
    status = problem or _ending(path, lines)
    return Card(
        path=path,
        kind=kind,
        title=title,
        plugin=record.plugin,
        line=_line(record, latent_dim, lines),
        status=status,
        minded=bool(problem),
        thumbnail=_thumbnail(path),
        changed=changed,
    )


def title_of(path: Path) -> str:
    """What a run is called: a demo as its demo.json says, others as their folder."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        return str(json.loads((path / "demo.json").read_bytes())["title"])
    return path.name or path.absolute().name


def _missing(record: Record) -> str:
    """What to install where the run's plugin is not there, or ""; no plugin is imported to know."""
    if any(entry.name == record.plugin for entry in registrations(MODALITIES)):
        return ""
    if record.plugin_distribution:
        return f"Plugin '{record.plugin}' is not installed: pip install {record.plugin_distribution}"
    return f"Plugin '{record.plugin}' is not installed; run.json does not say whose it is."


def _ending(path: Path, lines: list[dict[str, Any]]) -> str:
    """How training ended, as far as the files tell."""
    event = lines[0].get("event") if lines else None
    if event in ENDINGS:
        return {"finished": "", "stopped": "Stopped", "not finite": "Ended: the loss was not finite"}[event]
    try:
        idle = time.time() - (path / "metrics.jsonl").stat().st_mtime
    except OSError:
        return "Nothing was trained yet"
    if idle < ALIVE:
        return "Being trained"
    return "Interrupted"


def _line(record: Record, latent_dim: int, lines: list[dict[str, Any]]) -> str:
    parts = [
        record.objective,
        f"{latent_dim} dimension{'s' if latent_dim != 1 else ''}",
        f"{record.items:,} items",
    ]
    step = next((line["step"] for line in lines if isinstance(line.get("step"), int)), None)
    if step is not None:
        parts.append(f"step {step:,}")
    return " · ".join([*parts, *_figure(lines)])


def _figure(lines: list[dict[str, Any]]) -> list[str]:
    """The figure of a validation: the ELBO where there is one, else the loss."""
    validated = next((line for line in lines if _is_validation(line)), {})
    for name, words in FIGURES.items():
        if _number(validated.get(name)):
            return [f"{words} {validated[name]:.1f}".replace("-", "−")]
    return []


def _is_validation(line: dict[str, Any]) -> bool:
    return line.get("event") == "validation" and any(_number(line.get(name)) for name in FIGURES)


def _thumbnail(path: Path) -> Path | None:
    """The demo's picture, or the newest figure of the run."""
    card = path / "card.png"
    if card.is_file():
        return card
    pictures = []
    with contextlib.suppress(OSError), os.scandir(path / "figures") as entries:
        for entry in entries:
            if entry.name.lower().endswith(".png") and entry.is_file():
                pictures.append((entry.stat().st_mtime, entry.path))
    return Path(max(pictures)[1]) if pictures else None


# ---- metrics.jsonl ------------------------------------------------------------------------------------------


def curve_of(path: Path) -> list[tuple[float, float]]:
    """(step, loss) of a run's validations, at most `POINTS` of them, in order; empty where there are none."""
    lines = _parsed(_raw_lines(path / "metrics.jsonl", CURVE))
    kept = [
        (float(line["step"]), float(line["loss"]))
        for line in lines
        if line.get("event") == "validation" and _number(line.get("loss")) and _number(line.get("step"))
    ]
    stride = max(math.ceil(len(kept) / POINTS), 1)
    return kept[::-stride][::-1]


def _newest(path: Path) -> list[dict[str, Any]]:
    """The last lines of a file and the newest validation, the last one first."""
    raw = _raw_lines(path, TAIL)[::-1]
    lines = list(_parsed(raw[:NEWEST]))
    if not any(map(_is_validation, lines)):
        validations = _parsed(text for text in raw[NEWEST:] if b'"validation"' in text)
        lines += [line for line in (next(filter(_is_validation, validations), None),) if line is not None]
    return lines


def _raw_lines(path: Path, most: int) -> list[bytes]:
    """The whole lines within the last `most` bytes of a file; none where it can't be read."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - most, 0))
            content = file.read(most)
    except OSError:
        return []
    return content.split(b"\n")[1 if size > most else 0 : -1]


def _parsed(raw: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The lines that are JSON objects."""
    for text in raw:
        with contextlib.suppress(ValueError, RecursionError):
            value = json.loads(text)
            if isinstance(value, dict):
                yield value


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
