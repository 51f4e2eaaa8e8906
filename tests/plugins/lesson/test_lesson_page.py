# The page: one file that loads nothing, with every chapter, its pictures at half their size, its sounds.
"""The page: one file that loads nothing, with every chapter, its pictures at half their size, its sounds."""

from __future__ import annotations

import json
import struct
from html.parser import HTMLParser

import numpy as np
import pytest
from aekit_lesson.chapter import Chapter
from aekit_lesson.content import Content, Hearing
from aekit_lesson.page import figures, page
from aekit_lesson.pictures import CELL, EDGE, GAP, bars, code_cells, lines, scatter, sheet, tiled
from aekit_lesson.shelf import Shelf, lesson_of
from torch import arange, tensor, zeros

SQUARE = np.full((28, 28, 3), 90, np.uint8)
VOID = {"meta", "img", "br", "link", "input", "hr"}


class Reader(HTMLParser):
    """Collects what a page refers to, its ids, and tags that are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.refers: list[str] = []
        self.ids: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.refers += [
            values[name] or "" for name in ("src", "href", "srcset", "data", "action") if name in values
        ]
        self.ids += [values["id"]] if "id" in values else []
        self.images += [values] if tag == "img" else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture
def made(workshop):
    """A page with a chapter that has everything, one that failed and one to come, and what a reader finds."""
    content = Content()
    content.figure("simple_bce", "cross-entropy <a pixel>", 0.0888, ".4f")
    content.picture("copies", sheet({"digit": [SQUARE] * 3}), "Copies & more.")
    content.say("It errs by {simple_bce}.")
    content.hearings.append(Hearing("tune", sheet({"": [SQUARE]}), "A tune.", 2.0, "audio/mpeg", b"sound"))
    chapters = [
        Chapter(name, name.title(), "Why?", (), lambda w, c: None) for name in ("first", "second", "third")
    ]
    shelf = Shelf(workshop.folder)
    entries = [shelf.keep(chapters[0], "print", content, 1.0)]
    entries += [shelf.entry(chapter, "print") for chapter in chapters[1:]]
    entries[1].state, entries[1].reason = "failed", "There was <no> luck."
    text = page(lesson_of(workshop, entries), entries, shelf)
    reader = Reader()
    reader.feed(text)
    return text, reader


def test_nothing_is_loaded_from_anywhere(made):
    text, reader = made

    assert reader.refers
    assert [link for link in reader.refers if not link.startswith(("data:", "#"))] == []
    assert "url(" not in text and "@import" not in text and "http" not in text


def test_every_link_of_the_contents_leads_to_a_chapter(made):
    _, reader = made

    links = [link[1:] for link in reader.refers if link.startswith("#")]

    assert {"first", "second", "third", "figures"} <= set(reader.ids)
    assert set(links) <= set(reader.ids) and len(reader.ids) == len(set(reader.ids))


def test_tags_are_closed_and_words_are_escaped(made):
    text, reader = made

    assert reader.open == []
    assert "There was &lt;no&gt; luck." in text and "cross-entropy &lt;a pixel&gt;" in text


def test_a_figure_stands_beside_the_sources_and_its_bar(made):
    text, _ = made

    assert "0.0888" in text and "Keras blog" in text and "reached" in text


def test_pictures_are_shown_at_half_their_size_and_have_words(made):
    _, reader = made

    shown = [(int(image["width"]), image["alt"]) for image in reader.images]

    assert (sheet_width(3) // 2, "Copies & more.") in shown


def sheet_width(count: int) -> int:
    """The width of a sheet's row without a name's column, as `sheet` lays it out, plus that column."""
    width = struct.unpack(">I", sheet({"digit": [SQUARE] * count})[16:20])[0]
    assert width > 2 * EDGE + count * (CELL + GAP) - GAP
    return width


def test_the_page_is_for_light_and_dark_and_for_paper(made):
    text, _ = made

    assert (
        "prefers-color-scheme: dark" in text and "color-scheme: light dark" in text and "@media print" in text
    )


def test_a_sound_is_in_the_page_with_its_length(made):
    text, reader = made

    assert any(link.startswith("data:audio/mpeg;base64,") for link in reader.refers)
    assert 'data-seconds="2.0000"' in text


def test_the_lesson_is_plain_json(workshop):
    chapter = Chapter("first", "First", "Why?", ("simple",), lambda w, c: None)

    lesson = lesson_of(workshop, [Shelf(workshop.folder).entry(chapter, "print")])

    training = json.loads(json.dumps(lesson))["chapters"][0]["trainings"][0]
    assert training["run"] == "runs/simple"
    assert training["command"].startswith("aekit train --plugin image --source npz:")
    assert '--layers ""' in training["command"] and "--max-time 12s" in training["command"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: tiled(zeros(6, 1, 5, 5).byte(), 3),
        lambda: scatter(np.random.default_rng(0).normal(size=(50, 2)), arange(50) % 10, ("a", "b")),
        lambda: lines([0, 1, 2], {"one": [1, 2, 3], "two": [3, 2, 1]}, ("x", "y"), 2.0),
        lambda: bars({"a": {"x": 0.5, "y": 0.7}, "b": {"x": 0.2, "y": 0.1}}, "share"),
    ],
)
def test_drawings_are_png_files(draw):
    assert draw().startswith(b"\x89PNG\r\n")


def test_codes_are_blue_below_nothing_orange_above_and_white_at_nothing():
    low, nothing, high = code_cells(tensor([[-1.0, 0.0, 1.0]]), 3)[0][0]

    assert low[2] > low[0] and high[0] > high[2]
    assert nothing.tolist() == [255, 255, 255]


def test_figures_that_are_compared_stand_in_one_row():
    content = Content()
    content.figure("first_a", "error", 0.25, ".2f", "one way")
    content.share("first_b", "error", 0.5, "another")

    table = figures([figure.to_json() for figure in content.figures])

    assert table.count("<tr>") == 2 and table.index("one way") < table.index("another")
    assert table.index("0.25") < table.index("50.0%")
