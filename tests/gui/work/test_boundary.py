# What comes from plugin code crosses as the core's own classes, checked, or as an error that names the plugin.
"""What comes from plugin code crosses as the core's own classes, checked, or as an error that names the plugin."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aekit_gui.work import stream
from aekit_gui.work.boundary import WIDEST, Boundary, shrunk

from aekit.errors import PluginError
from aekit.views import Curves, Note, Notes, Picture, Sound, Table, View

BOUNDARY = Boundary("The plugin 'x' (aekit-x 1.0)")
GREY = np.arange(12, dtype=np.uint8).reshape(3, 4)
X = np.linspace(0, 1, 5)


@dataclass(frozen=True)
class OwnNotes(Notes):
    extra: str = "mine"


class OwnText(str):
    """A text of the plugin's own kind."""


class OwnFloat(float):
    """A number of the plugin's own kind."""


class OwnView(View):
    def picture(self) -> Any:
        return GREY


GOOD: list[tuple[View, View]] = [
    (Picture(GREY), Picture(GREY)),
    (OwnView(), Picture(GREY)),
    (
        OwnNotes((Note(np.int64(60), np.float32(0.5), 1.0, np.int64(90), OwnText("piano")),), OwnFloat(2)),  # type: ignore[arg-type]
        Notes((Note(60, 0.5, 1.0, 90, "piano"),), 2.0),
    ),
    (Notes([], 2, 90, 3, "a.sf2"), Notes((), 2.0, 90.0, 3.0, Path("a.sf2"))),  # type: ignore[arg-type]
    (
        Table([OwnText("a"), "b"], [[np.float64(0.5), OwnFloat("nan")], [None, Path("c")]]),  # type: ignore[arg-type]
        Table(("a", "b"), ((0.5, float("nan")), (None, "c"))),
    ),
]


@pytest.mark.parametrize(("given", "expected"), GOOD)
def test_views_become_the_cores_own(given: View, expected: View) -> None:
    view = BOUNDARY.view(given)

    assert type(view) is type(expected)
    assert repr(view) == repr(expected)
    assert repr(stream.unpacked(stream.packed(view))) == repr(expected)  # nothing of the plugin's within


def test_sounds_and_curves_become_the_cores_own() -> None:
    sound = BOUNDARY.view(Sound(np.zeros((8, 2)), np.int64(8000)))  # type: ignore[arg-type]
    gaps = np.array([0, np.nan, 2, 3, 4])
    curves = BOUNDARY.view(Curves(X.astype(np.float32), {OwnText("up"): gaps}, OwnText("s")))

    assert isinstance(sound, Sound) and sound.samples.dtype == np.float32 and type(sound.rate) is int
    assert (
        isinstance(curves, Curves) and type(next(iter(curves.curves))) is str and type(curves.x_name) is str
    )
    assert np.array_equal(curves.curves["up"], gaps, equal_nan=True)
    assert stream.unpacked(stream.packed(curves)).x.dtype == np.float64


def test_a_curve_without_a_single_reading_is_a_gap_and_keeps_its_name() -> None:
    curves = BOUNDARY.view(Curves(X, {"ax": X, "az": np.full(5, np.nan)}))

    assert isinstance(curves, Curves) and list(curves.curves) == ["ax", "az"]
    assert np.isnan(curves.curves["az"]).all()
    assert BOUNDARY.drawn(curves).dtype == np.uint8
    assert BOUNDARY.drawn(BOUNDARY.view(Curves(X, {"az": np.full(5, np.nan)}))).dtype == np.uint8


def note(**changes: Any) -> Notes:
    return Notes((Note(**{"pitch": 60, "start": 0.0, "end": 1.0, **changes}),), 1.0)


BAD: list[tuple[Any, str]] = [
    ("text", "a str where a view"),
    (None, "a NoneType where a view"),
    (Picture(np.full((3, 4), np.nan)), "float64 with NaN"),  # type: ignore[arg-type]
    (Picture(np.zeros((3, 4), np.int64)), "int64; expected uint8"),
    (Picture(np.zeros((3, 4, 4), np.uint8)), r"\(3, 4, 4\)"),
    (Picture(np.zeros((0, 4), np.uint8)), r"\(0, 4\)"),
    (Picture(np.zeros(4, np.uint8)), r"\(4,\)"),
    (note(start=float("nan")), "from nan to 1"),
    (note(end=float("inf")), "to inf"),
    (note(pitch=128), "pitch 128"),
    (note(velocity=-1), "velocity -1"),
    (note(start=2.0), "not before the start"),
    (Notes(("c",), 1.0), "a str among notes"),  # type: ignore[arg-type]
    (Notes((), float("nan")), "seconds of nan"),
    (Notes((), 1e9), "seconds of 1e"),
    (Notes((), 1.0, tempo=0), "a tempo of 0"),
    (Sound(np.array([0, np.nan], np.float32), 8000), "NaN or infinite samples"),
    (Sound(np.zeros((2, 2, 2), np.float32), 8000), r"\(2, 2, 2\)"),
    (Sound(np.zeros(2, np.float32), 0), "a rate of 0"),
    (Curves(X, {"up": X[:3]}), "'up' of 3 points; expected 5"),
    (Curves(X * np.nan, {"up": X}), "NaN or infinite places"),
    (Curves(X[:0], {}), r"\(0,\)"),
    (Table(("a", "b"), ((1,),)), "row of 1 cells; expected 2"),
    (Table((), ()), "cannot be shown"),
    (Table(("",), ()), "cannot be shown"),
    (Table(("a",), tuple((1,) for _ in range(100_001))), "100,001 rows"),
]


@pytest.mark.parametrize(("given", "says"), BAD)
def test_what_cannot_be_shown_is_a_sentence_that_names_the_plugin(given: Any, says: str) -> None:
    with pytest.raises(PluginError, match=says) as caught:
        BOUNDARY.view(given)

    assert str(caught.value).startswith("The plugin 'x' (aekit-x 1.0) gave ") and "\n" not in str(
        caught.value
    )


@pytest.mark.parametrize("shape", [(10_000, 10_000), (1, 3 * WIDEST), (5 * WIDEST, 2, 3)])
def test_large_pictures_are_shrunk_and_keep_their_shape(shape: tuple[int, ...]) -> None:
    pixels = np.full(shape, 40, np.uint8)

    small = shrunk(pixels)

    assert max(small.shape[:2]) <= WIDEST and small.ndim == pixels.ndim and np.all(small == 40)


def test_shrinking_takes_means_of_blocks() -> None:
    pixels = np.array([[0, 100, 10, 10], [100, 200, 10, 30]], np.uint8)
    assert shrunk(pixels, 2, 2).tolist() == [[100, 15]]
    assert shrunk(pixels) is pixels


def test_a_long_text_is_cut() -> None:
    view = BOUNDARY.view(Table(("a",), (("x" * 5000,),)))
    assert isinstance(view, Table) and len(view.rows[0][0]) == 1000


def test_every_good_view_can_be_drawn() -> None:
    for given, _ in GOOD:
        drawn = BOUNDARY.drawn(BOUNDARY.view(given))
        assert drawn.ndim == 3 and drawn.shape[2] == 3 and drawn.dtype == np.uint8
    with pytest.raises(pickle.UnpicklingError):
        stream.unpacked(stream.packed(OwnText("a")))
