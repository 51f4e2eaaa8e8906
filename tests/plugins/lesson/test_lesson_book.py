# The book: what is made is kept, whatever happens; what changed is made anew; what fails is said and passed over.
"""The book: what is made is kept, whatever happens; what changed is made anew; what fails is said and passed over."""

from __future__ import annotations

import errno
import json
from dataclasses import replace

import pytest
from aekit_lesson import book, shelf
from aekit_lesson.chapter import Chapter
from aekit_lesson.pictures import sheet

from aekit import AekitError, DataError, UsageError
from aekit.errors import StoppedError
from aekit.files import cannot_write

MADE: list[str] = []
TROUBLE: dict[str, BaseException] = {}


def make(name):
    """What makes a stand-in for a chapter: it notes that it was made, and has the trouble that a test gives it."""

    def making(workshop, content):
        MADE.append(name)
        if name in TROUBLE:
            raise TROUBLE[name]
        value = content.figure(f"{name}_value", "a value", 1.5)
        content.picture("grey", sheet({"": [GREY]}), "A grey square.")
        content.say("It is {" + f"{name}_value" + "}.")
        assert value == 1.5

    making.__module__ = __name__
    return making


GREY = __import__("numpy").full((4, 4, 3), 128, "uint8")
THREE = tuple(Chapter(name, name.title(), "Why?", (), make(name)) for name in ("one", "two", "three"))


@pytest.fixture(autouse=True)
def three_chapters(monkeypatch):
    """A lesson of three chapters that take no time."""
    monkeypatch.setattr(book, "CHAPTERS", THREE)
    MADE.clear()
    TROUBLE.clear()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "lesson"


def states(folder):
    lesson = json.loads((folder / "lesson.json").read_text())
    return {chapter["name"]: chapter["state"] for chapter in lesson["chapters"]}


def test_a_second_call_makes_nothing_anew(folder, terms):
    book.go_through(folder, terms)
    before = (folder / "chapters" / "two.json").read_bytes()

    book.go_through(folder, terms)

    assert MADE == ["one", "two", "three"]
    assert (folder / "chapters" / "two.json").read_bytes() == before
    assert states(folder) == {"one": "made", "two": "made", "three": "made"}


def test_only_makes_that_chapter_and_lists_the_others(folder, terms):
    entries = book.go_through(folder, terms, ["two"])

    assert MADE == ["two"] and [entry.chapter.name for entry in entries] == ["two"]
    assert states(folder) == {"one": "to come", "two": "made", "three": "to come"}
    assert 'id="three"' in (folder / "index.html").read_text()


def test_an_unknown_chapter_is_refused_with_the_known_ones(folder, terms):
    with pytest.raises(
        UsageError, match="No chapter named 'tow'. Available: one, three, two. Did you mean 'two'"
    ):
        book.go_through(folder, terms, ["tow"])

    assert not folder.exists()


def test_a_failed_chapter_is_said_in_one_line_and_does_not_stop_the_others(folder, terms):
    TROUBLE["two"] = DataError("There is nothing\nto learn from.")
    said: list[str] = []

    book.go_through(folder, terms, tell=said.append)

    assert "Chapter 2 of 3, two: failed: There is nothing to learn from." in said
    assert states(folder) == {"one": "made", "two": "failed", "three": "made"}
    assert "nothing to learn from" in (folder / "index.html").read_text()


def test_a_failed_chapter_is_tried_again(folder, terms):
    TROUBLE["two"] = RuntimeError("out of luck")
    book.go_through(folder, terms)
    TROUBLE.clear()

    book.go_through(folder, terms)

    assert MADE == ["one", "two", "three", "two"]
    assert set(states(folder).values()) == {"made"}


def test_ctrl_c_keeps_what_was_made_and_says_how_to_go_on(folder, terms):
    TROUBLE["two"] = KeyboardInterrupt()

    with pytest.raises(StoppedError, match="Go on with: aekit lesson --out"):
        book.go_through(folder, terms)
    TROUBLE.clear()
    book.go_through(folder, terms)

    assert MADE == ["one", "two", "two", "three"]


def test_a_full_disk_stops_the_lesson_and_keeps_what_was_made(folder, terms):
    full = OSError(errno.ENOSPC, "No space left on device")
    refused = cannot_write(folder / "chapters" / "two.json", full)
    refused.__cause__ = full
    TROUBLE["two"] = refused

    with pytest.raises(AekitError, match="No space left on device"):
        book.go_through(folder, terms)

    assert MADE == ["one", "two"]
    assert states(folder)["one"] == "made"


def test_a_chapter_with_a_missing_picture_is_made_anew(folder, terms):
    book.go_through(folder, terms)
    (folder / "chapters" / "one-grey.png").unlink()

    book.go_through(folder, terms)

    assert MADE == ["one", "two", "three", "one"]


def test_a_chapter_cut_short_by_a_kill_is_made_anew(folder, terms):
    book.go_through(folder, terms, ["one"])
    path = folder / "chapters" / "one.json"
    path.write_bytes(path.read_bytes()[:40])

    book.go_through(folder, terms, ["one"])

    assert MADE == ["one", "one"]


def test_a_chapter_that_asks_otherwise_is_made_anew(folder, terms, monkeypatch):
    book.go_through(folder, terms)
    changed = (replace(THREE[0], question="Why not?"), *THREE[1:])
    monkeypatch.setattr(book, "CHAPTERS", changed)

    book.go_through(folder, terms)

    assert MADE == ["one", "two", "three", "one"]


def test_a_chapter_that_lacks_something_is_looked_at_again(folder, terms, monkeypatch):
    def lacking(workshop, content):
        MADE.append("lacking")
        content.note = "There is nothing to see yet."

    monkeypatch.setattr(book, "CHAPTERS", (Chapter("one", "One", "Why?", (), lacking),))

    first = book.go_through(folder, terms)
    book.go_through(folder, terms)

    assert MADE == ["lacking", "lacking"] and first[0].state == "lacking"
    assert "There is nothing to see yet." in (folder / "index.html").read_text()


def test_a_lesson_of_the_other_budget_is_refused(folder, terms):
    book.go_through(folder, terms)

    with pytest.raises(UsageError, match="made with --quick"):
        book.settled(folder, "full", None, None)
    assert book.settled(folder, None, None, None).budget == "quick"


def test_a_folder_with_something_else_is_refused(folder):
    folder.mkdir()
    (folder / "thesis.tex").write_text("")

    with pytest.raises(UsageError, match="already holds something else"):
        book.settled(folder, "quick", None, None)


def test_going_on_remembers_the_folders_that_were_named(folder, terms, tmp_path):
    named = replace(terms, data_dir=tmp_path / "data")
    book.go_through(folder, named)

    kept = book.settled(folder, None, None, None)

    assert kept.data_dir == tmp_path / "data" and kept.pictures is None


def test_lesson_json_says_what_each_chapter_measured(folder, terms):
    book.go_through(folder, terms)

    lesson = json.loads((folder / "lesson.json").read_text())

    assert lesson["schema_version"] == shelf.SCHEMA and lesson["budget"] == "quick"
    assert {"processor", "cores", "threads"} <= lesson["machine"].keys()
    keys = {"name", "title", "question", "state", "reason", "seconds", "figures", "trainings"}
    assert all(chapter.keys() == keys for chapter in lesson["chapters"])
    figure = lesson["chapters"][0]["figures"][0]
    assert figure.keys() == {
        "name", "label", "column", "value", "text", "form", "printed", "bar", "better", "reached",
    }  # fmt: skip
    assert (figure["name"], figure["value"]) == ("one_value", 1.5)


def test_time_left_counts_each_training_once(folder, terms, monkeypatch):
    shared = tuple(replace(chapter, runs=("simple", "deep")) for chapter in THREE)
    monkeypatch.setattr(book, "CHAPTERS", shared)
    made = book.Book(folder, terms, lambda line: None)

    seconds = made.seconds_left(shared)

    assert seconds == pytest.approx(terms.factor * (12 + 15) + 3 * book.FIRST_GUESS)
