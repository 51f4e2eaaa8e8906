# The boundary of a model process: what comes from plugin code is checked, and made of the core's own classes.
"""The boundary of a model process: what comes from plugin code is checked, and made of the core's own classes.

Nothing of a plugin's crosses to the window: a subclass of a kind of view becomes that kind, any other view its
picture. What the window could not draw is an error that names the plugin. N notes, samples or points.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit.errors import PluginError
from aekit.views import Curves, Note, Notes, Picture, Pixels, Sound, Table, View

WIDEST = 2048  # pixels a side that cross
LONGEST = 3600.0  # seconds of a passage or a sound
MOST_NOTES = 100_000
MOST_SAMPLES = 50_000_000
MOST_CELLS = 100_000
LONGEST_CELL = 1000  # letters


class Boundary:
    """Checks views on their way from one plugin to the window.

    Attributes:
        whose: the plugin, for messages.
    """

    def __init__(self, whose: str) -> None:
        self.whose = whose

    def view(self, given: Any) -> View:
        """A plugin's view as exactly one of the five kinds.

        Raises:
            PluginError: it cannot be shown; says what was received and expected.
        """
        for kind, plain in PLAIN.items():
            if isinstance(given, kind):
                return plain(self, given)
        if isinstance(given, View):
            return Picture(self.pixels(given.picture()))
        raise self.wrong(f"a {type(given).__name__} where a view was expected")

    def pixels(self, given: Any) -> Pixels:
        """Pixels (H, W) or (H, W, 3) as uint8, at most `WIDEST` a side: a larger picture is shrunk.

        Raises:
            PluginError: another shape or type, values that are no numbers, or nothing at all.
        """
        array = np.asarray(given)
        if array.dtype != np.uint8:
            nan = np.issubdtype(array.dtype, np.floating) and not bool(np.isfinite(array).all())
            raise self.wrong(
                f"a picture of {array.dtype}{' with NaN or infinite values' if nan else ''}; expected uint8 (0 to 255)"
            )
        if array.ndim not in (2, 3) or array.shape[2:] not in ((), (3,)) or array.size == 0:
            raise self.wrong(
                f"a picture of shape {array.shape}; expected (H, W) or (H, W, 3), neither of them 0"
            )
        return shrunk(np.ascontiguousarray(array))

    def drawn(self, view: View) -> Pixels:
        """A checked view drawn: (H, W, 3), at most `WIDEST` a side."""
        return shrunk(np.ascontiguousarray(view.picture()))

    def wrong(self, what: str) -> PluginError:
        """The error for something that a plugin gave."""
        return PluginError(
            f"{self.whose} gave {what}. Its author must mend it; `aekit plugins` says whose it is."
        )

    # ---- one kind each ----------------------------------------------------------------------------------

    def picture(self, given: Picture) -> Picture:
        return Picture(self.pixels(given.pixels))

    def notes(self, given: Notes) -> Notes:
        seconds = self.number(given.seconds, "seconds", 0, LONGEST)
        listed = self.listed(given.notes, "notes", MOST_NOTES)
        return Notes(
            tuple(self.note(note) for note in listed),
            seconds,
            self.number(given.tempo, "a tempo", 1e-3, 1e5),
            self.number(given.beats_per_bar, "beats a bar", 1e-3, 1e4),
            None if given.soundfont is None else Path(given.soundfont),
            given.metre,
        )

    def note(self, given: Any) -> Note:
        if not isinstance(given, Note):
            raise self.wrong(f"a {type(given).__name__} among notes; expected aekit's Note")
        start, end = float(given.start), float(given.end)
        pitch, velocity = int(given.pitch), int(given.velocity)
        if not (0 <= pitch <= 127 and 0 <= velocity <= 127 and -LONGEST <= start <= end <= 2 * LONGEST):
            raise self.wrong(
                f"a note of pitch {pitch}, velocity {velocity}, from {start:g} to {end:g} seconds; expected pitch and "
                "velocity in 0 to 127, and an end that is not before the start"
            )
        return Note(pitch, start, end, velocity, str(given.instrument))

    def sound(self, given: Sound) -> Sound:
        samples = np.asarray(given.samples)
        if samples.ndim not in (1, 2) or samples.shape[1:] == (0,) or not is_numbers(samples):
            raise self.wrong(
                f"a sound of {samples.dtype} {samples.shape}; expected floats (N,) or (N, channels)"
            )
        rate = int(self.number(given.rate, "a rate", 1, 1e6))
        if samples.size > MOST_SAMPLES or len(samples) > LONGEST * rate:
            raise self.wrong(
                f"a sound of {samples.size:,} samples; expected at most {MOST_SAMPLES:,}, or an hour"
            )
        if not bool(np.isfinite(samples).all()):
            raise self.wrong("a sound with NaN or infinite samples; expected numbers in -1 to 1")
        return Sound(np.ascontiguousarray(samples, np.float32), rate)

    def curves(self, given: Curves) -> Curves:
        """Curves of one length; what is missing (NaN) is a gap, so one of nothing but NaN is a name in the legend."""
        x = self.column(given.x, "the axis of curves")
        if not bool(np.isfinite(x).all()):
            raise self.wrong("curves over an axis with NaN or infinite places; expected numbers")
        found: dict[str, NDArray[np.floating[Any]]] = {}
        for name, given_curve in given.curves.items():
            curve = found[str(name)] = self.column(given_curve, f"the curve '{name}'")
            if len(curve) != len(x):
                raise self.wrong(
                    f"the curve '{name}' of {len(curve)} points; expected {len(x)}, as the axis has"
                )
        return Curves(x, found, str(given.x_name))

    def column(self, given: Any, what: str) -> NDArray[np.float64]:
        array = np.asarray(given)
        if array.ndim != 1 or not 0 < len(array) <= MOST_SAMPLES or not is_numbers(array):
            raise self.wrong(f"{what} of {array.dtype} {array.shape}; expected numbers (N,), at least one")
        return np.ascontiguousarray(array, np.float64)

    def table(self, given: Table) -> Table:
        columns = tuple(cell_text(name) for name in self.listed(given.columns, "columns", MOST_CELLS))
        rows = [tuple(row) for row in self.listed(given.rows, "rows", MOST_CELLS)]
        if len(columns) * len(rows) > MOST_CELLS or not columns or not (rows or any(columns)):
            raise self.wrong(f"a table of {len(rows)} rows and {len(columns)} columns, which cannot be shown")
        for row in rows:
            if len(row) != len(columns):
                raise self.wrong(
                    f"a table's row of {len(row)} cells; expected {len(columns)}, as there are columns"
                )
        return Table(columns, tuple(tuple(cell(value) for value in row) for row in rows))

    # ---- values -----------------------------------------------------------------------------------------

    def number(self, given: Any, what: str, low: float, high: float) -> float:
        value = float(given)
        if not low <= value <= high:  # NaN is neither
            raise self.wrong(f"{what} of {value:g}; expected {low:g} to {high:g}")
        return value

    def listed(self, given: Any, what: str, most: int) -> list[Any]:
        if not isinstance(given, Iterable):
            raise self.wrong(f"a {type(given).__name__} as {what}; expected a tuple")
        found = list(given)
        if len(found) > most:
            raise self.wrong(f"{len(found):,} {what}; expected at most {most:,}")
        return found


PLAIN: dict[type[View], Callable[[Boundary, Any], View]] = {
    Picture: Boundary.picture,
    Notes: Boundary.notes,
    Sound: Boundary.sound,
    Curves: Boundary.curves,
    Table: Boundary.table,
}


def is_numbers(array: NDArray[Any]) -> bool:
    """Whether an array is of real numbers."""
    return array.dtype.kind in "fiu"


def cell(value: Any) -> Any:
    """A table's cell as a plain value: None, a bool, a number or a text."""
    if value is None or type(value) in (bool, int, float):
        return value
    if isinstance(value, np.generic) and value.dtype.kind in "fiub":
        return value.item()
    if isinstance(value, bool | int | float):
        return float(value) if isinstance(value, float) else int(value)
    return cell_text(value)


def cell_text(value: Any) -> str:
    """A text that fits in a cell."""
    text = str(value)
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def shrunk(pixels: Pixels, height: int = WIDEST, width: int = WIDEST) -> Pixels:
    """Pixels (H, W) or (H, W, 3) that are at most so high and wide, by means over whole blocks; others as they are."""
    factor = max(math.ceil(pixels.shape[0] / height), math.ceil(pixels.shape[1] / width))
    if factor <= 1:
        return pixels
    from PIL import Image

    return np.asarray(Image.fromarray(pixels).reduce(factor))
