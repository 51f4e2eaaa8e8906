# A chapter: a question, the trainings that it needs, and what makes its content.
"""A chapter: a question, the trainings that it needs, and what makes its content."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass

from aekit_lesson.content import Content
from aekit_lesson.workshop import Workshop

Make = Callable[[Workshop, Content], None]


@dataclass(frozen=True)
class Chapter:
    """One chapter.

    Attributes:
        name: what `--only` takes.
        title, question: what it is about, and what it asks.
        runs: the trainings that it needs.
        make: fills its content.
        needs: of what lies on the machine beside the digits; it is made anew when that changes.
    """

    name: str
    title: str
    question: str
    runs: tuple[str, ...]
    make: Make
    needs: Callable[[Workshop], str] = lambda workshop: ""

    def fingerprint(self, workshop: Workshop) -> str:
        """A number that changes with what the chapter is made from: its own file, trainings, data and terms."""
        module = inspect.getmodule(self.make)
        assert module is not None
        asked = {
            "file": inspect.getsource(module),
            "budget": workshop.terms.budget,
            "digits": workshop.terms.digits,
            "factor": workshop.terms.factor,
            "runs": {name: workshop.digest(name) for name in self.runs},
            "needs": self.needs(workshop),
            "told": [self.title, self.question],
        }
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]
