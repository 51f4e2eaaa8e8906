# A JSON file that is kept up to date: written whole, now and then, and what stands in the way is told once.
"""A JSON file that is kept up to date: written whole, now and then, and what stands in the way is told once."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aekit.errors import AekitError
from aekit.files import write_json

EVERY = 2.0  # seconds from one writing to the next, at least
MOST = 16_000_000  # bytes that are read; more is no file of ours


class Kept:
    """Writes what `content` gives to `path`, at most every `EVERY` seconds and only after a change.

    Attributes:
        changed: whether something is not written yet.
    """

    def __init__(
        self,
        path: Path,
        content: Callable[[], Any],
        tell: Callable[[str], None],
        later: Any = None,
        values: Callable[[Any], Any] = lambda content: content,
    ) -> None:
        """Keep a file.

        Args:
            content: gives what is kept, which nobody changes afterwards.
            tell: called with one sentence where the file can't be written; again only after it was written once.
            later: has `run(function, done, failed)`, which writes what is due in a thread.
            values: makes JSON values of the content; called where it is written.
        """
        self.path, self.changed = path, False
        self._content, self._tell, self._later, self._values = content, tell, later, values
        self._written = float("-inf")
        self._told = False
        self._writing = threading.Lock()
        self._number = 0  # of the newest content that was taken
        self._last = 0  # of the newest that was written

    def due(self, now: float) -> bool:
        """Write where there is a change and the last writing is long enough ago; whether it was written.

        Args:
            now: seconds on a clock that only goes forward.
        """
        if not self.changed or now - self._written < EVERY:
            return False
        self._written = now
        if self._later is None:
            return self.save()
        self.changed = False
        self._number += 1
        number, content = self._number, self._content()
        self._later.run(lambda: self._write(number, content), self._done)
        return True

    def save(self) -> bool:
        """Write what changed at once; whether all is on the disk."""
        if not self.changed and self._last == self._number:  # nothing is being written in a thread either
            return True
        self.changed = False
        self._number += 1
        self._done(self._write(self._number, self._content()))
        return not self.changed

    def _write(self, number: int, content: Any) -> str:
        """Write content, unless newer one was written meanwhile; what stood in the way, or ""."""
        with self._writing:
            if number < self._last:
                return ""
            try:
                write_json(self.path, self._values(content))
            except (AekitError, OSError, TypeError, ValueError) as error:
                return str(error)
            self._last = number
        return ""

    def _done(self, obstacle: str) -> None:
        """It was written, or something stood in the way."""
        if not obstacle:
            self._told = False
            return
        self.changed = True
        if not self._told:
            self._told = True
            self._tell(obstacle)


def read_json(path: Path) -> Any:
    """The JSON values of a file.

    Raises:
        OSError: there is no such file, or it can't be read.
        ValueError: it holds no JSON, or far more than we ever wrote.
    """
    with path.open("rb") as file:
        content = file.read(MOST + 1)
    if len(content) > MOST:
        raise ValueError(f"{path} is larger than {MOST:,} bytes")
    try:
        return json.loads(content)
    except RecursionError as error:
        raise ValueError(f"{path} is nested too deep") from error
