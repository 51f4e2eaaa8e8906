# What a chapter gives: figures, pictures, sounds and words; whatever the words say was measured before.
"""What a chapter gives: figures, pictures, sounds and words; whatever the words say was measured before."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from aekit_lesson.printed import EXPECTED, Expected

UNKNOWN = Expected()


@dataclass(frozen=True)
class Figure:
    """One measured number.

    Attributes:
        name: its key in lesson.json, one in the whole lesson.
        label: what it is, for people.
        value: as measured; finite.
        form: how it is written, a format specification.
        column: where it stands in a table of several columns, in the row of its label; "" for a row of its own.
    """

    name: str
    label: str
    value: float
    form: str = ".3f"
    column: str = ""

    @property
    def expected(self) -> Expected:
        """What the sources printed for it, and what it should reach; empty for most."""
        return EXPECTED.get(self.name, UNKNOWN)

    @property
    def text(self) -> str:
        """The number as people read it."""
        return format(self.value, self.form)

    def to_json(self) -> dict[str, Any]:
        """The figure beside the sources'; `reached` is None where there is no bar."""
        expected = self.expected
        return {
            "name": self.name,
            "label": self.label,
            "column": self.column,
            "value": self.value,
            "text": self.text,
            "form": self.form,
            "printed": [{"by": by, "value": value} for by, value in expected.printed],
            "bar": expected.bar,
            "better": expected.better,
            "reached": expected.reached_by(self.value),
        }


@dataclass(frozen=True)
class Picture:
    """A PNG file, drawn at twice the size at which the page shows it."""

    name: str
    png: bytes
    caption: str


@dataclass(frozen=True)
class Hearing:
    """Something to listen to: a picture across which a line follows the sound, and the sound as a file."""

    name: str
    png: bytes
    caption: str
    seconds: float
    media: str
    audio: bytes


@dataclass
class Content:
    """A chapter as it is being made.

    Attributes:
        note: what the chapter lacks to be made, and how to get it; "" where it lacks nothing.
    """

    figures: list[Figure] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    hearings: list[Hearing] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    note: str = ""

    def figure(self, name: str, label: str, value: float, form: str = ".3f", column: str = "") -> float:
        """Keep a measured number, and give it back.

        Raises:
            ValueError: it is not finite.
        """
        if not math.isfinite(value):
            raise ValueError(f"the figure '{name}' is not finite ({value})")
        self.figures.append(Figure(name, label, float(value), form, column))
        return float(value)

    def share(self, name: str, label: str, value: float, column: str = "") -> float:
        """A figure that is a share of something, in [0, 1], written in per cent."""
        return self.figure(name, label, value, ".1%", column)

    def picture(self, name: str, png: bytes, caption: str, **more: Any) -> None:
        """Keep a picture; its caption is filled in as `say` does."""
        self.pictures.append(Picture(name, png, self.filled(caption, more)))

    def say(self, template: str, **more: Any) -> None:
        """A paragraph. `{name}` stands for the figure of that name, or for one of `more`.

        Numbers enter through such places alone: a template holds no digit, and a test looks for them.
        """
        self.words.append(self.filled(template, more))

    def filled(self, template: str, more: dict[str, Any]) -> str:
        """The template with figures, as they are written, in their places."""
        return template.format_map({**{figure.name: figure.text for figure in self.figures}, **more})
