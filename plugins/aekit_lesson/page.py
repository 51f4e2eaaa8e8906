# The page: every chapter with its question, pictures, words and figures, in one file that needs no other.
"""The page: every chapter with its question, pictures, words and figures, in one file that needs no other."""

from __future__ import annotations

import base64
import html
import struct
from collections.abc import Sequence
from typing import Any

from aekit.listening import SCRIPT as PLAYER
from aekit_lesson.shelf import Entry, Shelf
from aekit_lesson.style import SCRIPT, STYLE

TITLE = "Autoencoders, from digits to melodies"
LEAD = (
    "What an autoencoder keeps, what it cannot do, and what each kind of it is for: a lesson in pictures, "
    "trained and measured on one computer."
)
TIGHT = 2  # pictures are drawn at twice the size at which they are shown


def page(lesson: dict[str, Any], entries: Sequence[Entry], shelf: Shelf) -> str:
    """The whole page, as HTML that loads nothing.

    Args:
        lesson: the content of lesson.json.
        entries: the chapters as they stand, in order.
        shelf: where their pictures and sounds lie.
    """
    parts = [
        section(number, entry, told, shelf)
        for number, (entry, told) in enumerate(zip(entries, lesson["chapters"], strict=True), 1)
    ]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{text(TITLE)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f'<body><div class="frame">{heading(lesson)}{contents(entries)}'
        f"<main>{''.join(parts)}{all_figures(lesson)}</main>{ending(lesson)}</div><script>{PLAYER}{SCRIPT}</script></body></html>\n"
    )


def text(words: Any) -> str:
    """Words as HTML."""
    return html.escape(str(words))


def heading(lesson: dict[str, Any]) -> str:
    """Title, and what the lesson was made on."""
    made = [chapter for chapter in lesson["chapters"] if chapter["state"] == "made"]
    machine = lesson["machine"]
    facts = (
        f"{len(made)} of {len(lesson['chapters'])} chapters, made in {minutes(lesson['seconds'])} by aekit "
        f"lesson --{lesson['budget']} on {machine['processor']}, {machine['threads']} threads; aekit "
        f"{lesson['aekit']}, torch {lesson['torch']}; {lesson['written'][:10]}."
    )
    return (
        f'<header><p class="over">aekit lesson</p><h1>{text(TITLE)}</h1><p class="lead">{text(LEAD)}</p>'
        f'<p class="facts">{text(facts)}</p></header>'
    )


def minutes(seconds: float) -> str:
    """A time in words."""
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes"


def contents(entries: Sequence[Entry]) -> str:
    """The list of chapters."""
    rows = [
        f'<li><a href="#{entry.chapter.name}"{"" if entry.state == "made" else " class=off"}><i>{number}</i>'
        f"<span>{text(entry.chapter.title)}</span></a></li>"
        for number, entry in enumerate(entries, 1)
    ]
    last = '<li><a href="#figures"><i></i><span>All figures</span></a></li>'
    return f"<nav><b>Contents</b><ol>{''.join(rows)}{last}</ol></nav>"


def section(number: int, entry: Entry, told: dict[str, Any], shelf: Shelf) -> str:
    """One chapter."""
    chapter = entry.chapter
    head = (
        f"<h2><small>Chapter {number}</small>{text(chapter.title)}</h2>"
        f'<p class="question">{text(chapter.question)}</p>'
    )
    if entry.state == "made" and entry.kept is not None:
        body = made(entry.kept, told, shelf)
    elif entry.state == "to come":
        body = '<p class="note">This chapter is not made yet.</p>'
    else:
        failed = " failed" if entry.state == "failed" else ""
        body = f'<p class="note{failed}">{text(told["reason"])}</p>'
    return f'<section id="{chapter.name}">{head}{body}</section>'


def made(kept: dict[str, Any], told: dict[str, Any], shelf: Shelf) -> str:
    """What a chapter shows and says: the first picture, the words, what is left to see and hear, the figures."""
    drawn = [picture(shelf.picture(entry["file"]), entry["caption"]) for entry in kept["pictures"]]
    said = [f'<p class="say">{text(words)}</p>' for words in kept["words"]]
    heard = hearings(kept["hearings"], shelf)
    seen = [*drawn[:1], said[0], *drawn[1:], *said[1:]] if said else drawn
    return "".join([heard, *seen, figures(kept["figures"]), trainings(told["trainings"])])


def picture(png: bytes, caption: str) -> str:
    """One picture with its caption."""
    return f'<figure><div class="mat">{image(png, caption)}</div><figcaption>{text(caption)}</figcaption></figure>'


def image(png: bytes, alternative: str) -> str:
    """A PNG file at the size at which it is to be shown."""
    width, height = (side // TIGHT for side in struct.unpack(">II", png[16:24]))
    data = base64.b64encode(png).decode()
    return f'<img alt="{text(alternative)}" width="{width}" height="{height}" src="data:image/png;base64,{data}">'


def hearings(entries: Sequence[dict[str, Any]], shelf: Shelf) -> str:
    """Cards with a player each."""
    if not entries:
        return ""
    longest = max(entry["seconds"] for entry in entries)
    cards = []
    for entry in entries:
        wide = " wide" if entry["seconds"] == longest and len(entries) > 1 else ""
        sound = base64.b64encode(shelf.picture(entry["sound"])).decode()
        cards.append(
            f'<div class="heard{wide}" data-seconds="{entry["seconds"]:.4f}"><h4>{text(entry["caption"])}</h4>'
            f'<div class="roll">{image(shelf.picture(entry["file"]), entry["caption"])}<i></i></div>'
            f'<audio controls preload="metadata" src="data:{entry["media"]};base64,{sound}"></audio></div>'
        )
    return f'<div class="cards">{"".join(cards)}</div>'


HEAD = '<tr><th>measured</th><th class="n">here</th><th class="n">printed</th><th class="n">{bar}</th><th></th></tr>'


def figures(entries: Sequence[dict[str, Any]]) -> str:
    """A chapter's figures beside the sources'."""
    crossed = [entry for entry in entries if entry["column"]]
    entries = [entry for entry in entries if not entry["column"]]
    return plain_table(entries) + cross_table(crossed)


def cross_table(entries: Sequence[dict[str, Any]]) -> str:
    """Figures that are compared: a row for each label, a column for each of what is compared."""
    if not entries:
        return ""
    columns = list(dict.fromkeys(entry["column"] for entry in entries))
    values = {(entry["label"], entry["column"]): entry["text"] for entry in entries}
    head = "".join(f'<th class="n">{text(column)}</th>' for column in columns)
    rows = [
        f"<tr><td>{text(label)}</td>"
        + "".join(f'<td class="n own">{text(values.get((label, column), ""))}</td>' for column in columns)
        + "</tr>"
        for label in dict.fromkeys(entry["label"] for entry in entries)
    ]
    return f'<div class="scroll"><table><tr><th>measured</th>{head}</tr>{"".join(rows)}</table></div>'


def plain_table(entries: Sequence[dict[str, Any]]) -> str:
    """Figures, each in a row with the sources' and its bar."""
    rows = [row(entry) for entry in entries]
    bar = "bar of --full" if any(entry["bar"] is not None for entry in entries) else ""
    printed = any(entry["printed"] for entry in entries)
    head = HEAD.format(bar=bar) if printed or bar else HEAD.format(bar="").replace("printed", "")
    return f'<div class="scroll"><table>{head}{"".join(rows)}</table></div>' if rows else ""


def row(entry: dict[str, Any]) -> str:
    """One figure: what was measured, here, what the sources printed, what it should reach, and whether it does."""
    printed = "<br>".join(
        f"{format(source['value'], entry['form'])} <small>{text(source['by'])}</small>"
        for source in entry["printed"]
    )
    bar, verdict = "", "<td></td>"
    if entry["bar"] is not None:
        sign = "at least" if entry["better"] == "higher" else "at most"
        bar = f"<small>{sign}</small> {format(entry['bar'], entry['form'])}"
        verdict = (
            '<td class="reached">reached</td>' if entry["reached"] else '<td class="missed">not reached</td>'
        )
    return (
        f'<tr><td>{text(entry["label"])}</td><td class="n own">{text(entry["text"])}</td><td class="n">{printed}</td>'
        f'<td class="n">{bar}</td>{verdict}</tr>'
    )


def trainings(entries: Sequence[dict[str, Any]]) -> str:
    """The commands that make a chapter's trainings again."""
    if not entries:
        return ""
    commands = "".join(f"<pre>{text(entry['command'])}</pre>" for entry in entries)
    seen = "".join(f"<pre>aekit explore {text(entry['run'])}</pre>" for entry in entries[:1])
    return (
        f"<details><summary>Make it yourself</summary>{commands}To look around in what was trained here, in the "
        f"lesson's folder:{seen}</details>"
    )


def all_figures(lesson: dict[str, Any]) -> str:
    """Every figure that a source printed, or that has a bar, once more in one table."""
    rows = []
    for chapter in lesson["chapters"]:
        told = [row(entry) for entry in chapter["figures"] if entry["printed"] or entry["bar"] is not None]
        if told:
            link = f'<a href="#{chapter["name"]}">{text(chapter["title"])}</a>'
            rows += [f'<tr class="chapter"><td colspan="5">{link}</td></tr>', *told]
    body = (
        f'<div class="scroll"><table>{HEAD.format(bar="bar of --full")}{"".join(rows)}</table></div>'
        if rows
        else '<p class="note">No figure was measured yet.</p>'
    )
    return (
        '<section id="figures"><h2><small>At the end</small>All figures beside the sources\'</h2>'
        f'<p class="question">What was printed elsewhere, and what came out here.</p>{body}</section>'
    )


def ending(lesson: dict[str, Any]) -> str:
    """How the figures were made."""
    quick = (
        " Trainings were short, as for a classroom; the bars are those of aekit lesson --full."
        if lesson["budget"] == "quick"
        else ""
    )
    return (
        "<footer>Everything on this page was trained and measured where it was made; figures are of the test digits, "
        "which no network has seen. Cross-entropies are in nats, of grey levels, and of the mean of what a network "
        f"gives.{quick} lesson.json has every figure; runs has the trainings.</footer>"
    )
