# The book: goes through the chapters in order, makes what is not made yet, and writes the page after each.
"""The book: goes through the chapters in order, makes what is not made yet, and writes the page after each."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from aekit.errors import AekitError, StoppedError, UsageError, unknown_name
from aekit.files import write_json, write_whole
from aekit.runs import quoted
from aekit.training.progress import duration
from aekit_lesson.chapter import Chapter
from aekit_lesson.chapters import CHAPTERS
from aekit_lesson.content import Content
from aekit_lesson.page import page
from aekit_lesson.recipes import Budget
from aekit_lesson.shelf import Entry, Shelf, lesson_of, read_lesson
from aekit_lesson.workshop import Terms, Workshop

Tell = Callable[[str], None]

NO_WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)
FIRST_GUESS = 9.0  # seconds that a chapter takes beside its trainings, until some were made


def go_through(
    folder: Path, terms: Terms, only: Sequence[str] = (), tell: Tell = lambda line: None
) -> list[Entry]:
    """Make the chapters that are not made yet; everything is kept in `folder` as soon as it is there.

    Args:
        folder: the lesson's own.
        terms: what it is made under.
        only: names of chapters; none for all.
        tell: takes each line for the person.

    Raises:
        UsageError: there is no such chapter.
        StoppedError: the person stopped it.
        AekitError: the folder cannot be written.
    """
    chosen = chapters_named(only)
    book = Book(folder, terms, tell)
    for number, chapter in enumerate(chosen):
        book.open(chapter, number + 1, chosen[number:], len(chosen))
    book.write()
    return [book.entries[chapter.name] for chapter in chosen]


def chapters_named(names: Sequence[str]) -> list[Chapter]:
    """The chapters of those names, in the order of the book; all where none is named.

    Raises:
        UsageError: there is no such chapter.
    """
    known = {chapter.name: chapter for chapter in CHAPTERS}
    for name in names:
        if name not in known:
            raise UsageError(unknown_name("chapter", name, known))
    return [chapter for chapter in CHAPTERS if not names or chapter.name in names]


class Book:
    """The lesson while it is being made.

    Attributes:
        entries: all chapters by name, as they stand.
        beside: seconds that each chapter made now took beside its trainings.
    """

    def __init__(self, folder: Path, terms: Terms, tell: Tell) -> None:
        self.folder, self.tell = folder, tell
        self.workshop, self.shelf = Workshop(folder, terms, tell), Shelf(folder)
        self.prints = {chapter.name: chapter.fingerprint(self.workshop) for chapter in CHAPTERS}
        self.entries = {
            chapter.name: self.shelf.entry(chapter, self.prints[chapter.name]) for chapter in CHAPTERS
        }
        self.beside: list[float] = []

    def open(self, chapter: Chapter, number: int, rest: Sequence[Chapter], count: int) -> None:
        """Make one chapter, unless it is there; say why where that fails."""
        head = f"Chapter {number} of {count}, {chapter.name}"
        if self.entries[chapter.name].state == "made":
            self.tell(f"{head}: made before")
            return
        self.tell(f"{head}: about {duration(self.seconds_left(rest))} left")
        try:
            self.entries[chapter.name] = self.made(chapter)
        except KeyboardInterrupt:
            self.write()
            go_on = f"aekit lesson --out {quoted(self.folder)}"
            raise StoppedError(f"Stopped; all that was made is kept. Go on with: {go_on}") from None
        except Exception as error:
            if cannot_write(error):
                raise
            reason = sentence(error)
            self.tell(f"{head}: failed: {reason}")
            self.entries[chapter.name] = Entry(chapter, "failed", reason=reason)
        self.write()

    def made(self, chapter: Chapter) -> Entry:
        """Make a chapter and keep it."""
        started, content = time.monotonic(), Content()
        trainings = self.training_left([chapter])
        chapter.make(self.workshop, content)
        seconds = time.monotonic() - started
        self.beside.append(max(seconds - trainings, 0.0))
        if content.note:
            self.tell(f"  {content.note}")
        return self.shelf.keep(chapter, self.prints[chapter.name], content, seconds)

    def seconds_left(self, rest: Sequence[Chapter]) -> float:
        """About how long the rest takes: its trainings, and beside them as long as the chapters until now."""
        to_make = [chapter for chapter in rest if self.entries[chapter.name].state != "made"]
        each = sum(self.beside) / len(self.beside) if self.beside else FIRST_GUESS
        return self.training_left(to_make) + each * len(to_make)

    def training_left(self, chapters: Sequence[Chapter]) -> float:
        """Seconds of the trainings that chapters need and that are not finished, each counted once."""
        names = dict.fromkeys(name for chapter in chapters for name in chapter.runs)
        possible = [name for name in names if self.workshop.digest(name)]
        return sum(self.workshop.seconds(name) for name in possible if not self.workshop.is_trained(name))

    def write(self) -> None:
        """Write lesson.json and the page as they stand.

        Raises:
            AekitError: the folder cannot be written.
        """
        entries = [self.entries[chapter.name] for chapter in CHAPTERS]
        lesson = lesson_of(self.workshop, entries)
        write_whole(self.folder / "index.html", page(lesson, entries, self.shelf).encode())
        write_json(self.folder / "lesson.json", lesson)


def settled(folder: Path, budget: Budget | None, data_dir: Path | None, pictures: Path | None) -> Terms:
    """What a lesson is made under: as asked, else as the folder's lesson was until now, else quick.

    Raises:
        UsageError: the folder holds a lesson of the other budget, or something else.
        RunError: its lesson.json is damaged.
    """
    known = read_lesson(folder)
    if known is None and folder.is_dir() and not looks_like_ours(folder):
        raise UsageError(f"{folder} already holds something else. Choose another --out.")
    if known is None:
        return Terms(budget or "quick", data_dir=data_dir, pictures=pictures)
    if budget not in (None, known["budget"]):
        raise UsageError(
            f"{folder} holds a lesson made with --{known['budget']}. Choose another --out for --{budget}, "
            f"or go on with: aekit lesson --out {quoted(folder)}"
        )
    kept = [Path(known[name]) if known.get(name) else None for name in ("data_dir", "pictures")]
    return Terms(known["budget"], data_dir=data_dir or kept[0], pictures=pictures or kept[1])


def looks_like_ours(folder: Path) -> bool:
    """Whether a folder without lesson.json is empty, or a lesson that was interrupted in its first chapter."""
    ours = {"runs", "chapters", "data", "judge.safetensors", "index.html"}
    return all(path.name.removesuffix(".unfinished") in ours | {"lesson.json"} for path in folder.iterdir())


def cannot_write(error: BaseException | None) -> bool:
    """Whether the system refused to write: then no other chapter can be kept either."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in NO_WRITING:
            return True
        error = error.__cause__
    return False


def sentence(error: Exception) -> str:
    """What went wrong, on one line."""
    told = str(error) if isinstance(error, AekitError) else f"{type(error).__name__}: {error}"
    return " ".join(told.split())
