# The store: the look of now, those before it, and who wants to know when it changes.
"""The store: the look of now, those before it, and who wants to know when it changes."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aekit_gui.models.look import Look

Listener = Callable[[Look, Look], None]  # (before, now)

MOST = 500  # looks that undo remembers
PASSING = frozenset({"camera", "tool"})  # what undo does not count, and carries along


class Store:
    """Holds the look, changes it, and undoes changes.

    A change is named in words ("Hide label 4"): undo says so. Changes with the same `merge` key that follow one
    another (a dragged slider) count as one. What passes (the camera, the tool) is no change to undo.
    """

    def __init__(self, look: Look | None = None) -> None:
        self.look = look or Look()
        self.said = ""  # what was done last, in words
        self._listeners: list[Listener] = []
        self._past: list[tuple[str, str, Look]] = []  # (words, merge key, the look before)
        self._future: list[tuple[str, str, Look]] = []
        self._news: deque[tuple[Look, Look]] = deque()  # changes that not everybody has heard of

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Have `listener(before, now)` called after each change; gives the function that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def change(self, words: str, merge: str = "", **fields: Any) -> None:
        """Change fields of the look; nothing happens where they are as they were."""
        if "here" in fields:
            fields = {"steering": {}, **fields}  # another place is not steered yet
        now = replace(self.look, **fields)
        if now == self.look:
            return
        if not fields.keys() <= PASSING:
            if not (merge and self._past and self._past[-1][1] == merge):
                self._past.append((words, merge, self.look))
                del self._past[:-MOST]
            self._future.clear()
            self.said = words
        self._show(now)

    def renumber(self, other: Callable[[Look], Look]) -> None:
        """Give all looks, those of undo too, other rows of the same items, and tell nobody: the items are the same."""
        self.look = other(self.look)
        for steps in (self._past, self._future):
            steps[:] = [(words, merge, other(look)) for words, merge, look in steps]

    def seal(self) -> None:
        """End a merged change: a slider was let go."""
        if self._past and self._past[-1][1]:
            words, _, look = self._past[-1]
            self._past[-1] = (words, "", look)

    def undo(self) -> str:
        """Go back by one change; gives its words, "" where there is none."""
        return self._step(self._past, self._future, "Undone")

    def redo(self) -> str:
        """Do again what was undone last; gives its words, "" where there is none."""
        return self._step(self._future, self._past, "Done again")

    @property
    def undo_words(self) -> str:
        """What undo would undo; "" where there is nothing."""
        return self._past[-1][0] if self._past else ""

    @property
    def redo_words(self) -> str:
        """What redo would do again; "" where there is nothing."""
        return self._future[-1][0] if self._future else ""

    def _step(
        self, source: list[tuple[str, str, Look]], target: list[tuple[str, str, Look]], what: str
    ) -> str:
        if not source:
            return ""
        words, _, look = source.pop()
        self.said = f"{what}: {words}"
        target.append((words, "", self.look))
        self._show(replace(look, **{name: getattr(self.look, name) for name in PASSING}))
        return words

    def _show(self, now: Look) -> None:
        self._news.append((self.look, now))
        self.look = now
        if len(self._news) > 1:
            return  # a listener has changed the look: all hear of its change after they heard of this one
        while self._news:
            try:
                self._tell(*self._news[0])
            finally:
                self._news.popleft()

    def _tell(self, before: Look, now: Look) -> None:
        """Tell all listeners; one that fails keeps none of the others from hearing of it."""
        for listener in list(self._listeners):
            try:
                listener(before, now)
            except Exception as error:
                sys.excepthook(type(error), error, error.__traceback__)
