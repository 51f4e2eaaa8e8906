# Curves and tables: what they paint keeps its places, is read by pointer and keys, and survives odd content.
"""Curves and tables: what they paint keeps its places, is read by pointer and keys, and survives odd content."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from aekit_gui.theme import LIGHT
from aekit_gui.views.panels.ticks import rounded_out, spaced, tick_words
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from shown_panels import X, holds, pixels, rgb, shown_panel

from aekit.views import Curves, Table

# ---- curves ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "view",
    [
        Curves(X, {"a": np.full(50, np.nan)}), Curves(np.zeros(0), {}), Curves(np.zeros(1), {"a": np.ones(1)}),
        Curves(X, {"a": np.where(X > 0.5, X, np.nan), "b": np.full(50, np.inf)}), Curves(np.full(50, np.nan), {"a": X}),
        Curves(X, {f"curve {n}": X * n for n in range(60)}), Curves(np.arange(3e5), {"long": np.sin(np.arange(3e5))}),
        Curves(X, {"flat": np.full(50, 3.0)}), Curves(X, {"huge": X * 1e300, "tiny": X * 1e-300}),
    ],
)  # fmt: skip
def test_odd_curves_do_no_harm(qtbot: Any, view: Curves) -> None:
    panel = shown_panel(qtbot, view)
    pixels(panel)
    QTest.mouseMove(panel, panel.plot.center().toPoint())
    pixels(panel)
    assert not panel.words.startswith("This cannot")


def test_curves_of_another_length_are_named_in_words(qtbot: Any) -> None:
    panel = shown_panel(qtbot, Curves(X, {"a": X[:3]}))
    assert "each curve must have as many values as x has (received [3] for 50)" in panel.words


def test_a_gap_is_left_open_and_a_lone_value_is_a_dot(qtbot: Any) -> None:
    curve = np.full(50, np.nan)
    curve[:10], curve[25] = 0.5, 1.0
    panel = shown_panel(qtbot, Curves(X, {"": curve}))
    shown = pixels(panel)
    columns = np.flatnonzero((np.abs(shown.astype(int) - rgb(LIGHT.accent)).max(2) <= 3).any(0))
    dot = panel.place(X[25], 1.0).x()
    assert columns.min() < panel.place(X[5], 0).x()
    assert not ((columns > panel.place(X[11], 0).x()) & (columns < dot - 6)).any()
    assert ((columns > dot - 4) & (columns < dot + 4)).any() and columns.max() < dot + 6


def test_a_curve_without_a_single_value_stands_in_the_legend_alone(qtbot: Any) -> None:
    panel = shown_panel(qtbot, Curves(X, {"ax": X, "az": np.full(50, np.nan)}))
    shown = pixels(panel)
    warm = np.argwhere(np.abs(shown.astype(int) - rgb(LIGHT.warm)).max(2) <= 3)
    assert len(warm) and warm[:, 0].max() < panel.plot.top()
    assert np.isfinite(panel.heights.range).all() and not panel.words


def test_axes_keep_still_while_curves_move(qtbot: Any) -> None:
    panel = shown_panel(qtbot, Curves(X, {"a": X}))
    pixels(panel)
    kept = panel.heights.range
    for scale in (0.5, 0.9, 0.2):
        panel.show_view(Curves(X, {"a": X * scale}))
        assert panel.heights.range == kept
    panel.show_view(Curves(X, {"a": X * 7}))
    assert panel.heights.range[1] >= 7


def test_values_are_read_by_pointer_and_keys(qtbot: Any) -> None:
    panel = shown_panel(qtbot, Curves(X, {"a": X, "b": 1 - X}))
    before = pixels(panel)
    QTest.mouseMove(panel, panel.place(X[20], 0.5).toPoint())
    assert panel.at == 20
    assert (pixels(panel) != before).any()
    panel.setFocus()
    QTest.keyClick(panel, Qt.Key.Key_Right)
    assert panel.at == 21
    QTest.keyClick(panel, Qt.Key.Key_Left)
    assert panel.at == 20


def test_ticks_are_round() -> None:
    assert spaced(0, 1, 5) == ([0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0], 0.2)
    assert [tick_words(place, 0.2) for place in spaced(0, 1, 5)[0]] == [
        "0",
        "0.2",
        "0.4",
        "0.6",
        "0.8",
        "1.0",
    ]
    assert [tick_words(place, 1000) for place in (0, 2000, 12000)] == ["0", "2,000", "12,000"]
    assert spaced(float("nan"), 1, 5) == ([], 1.0)
    low, high = rounded_out(3.0, 3.0)
    assert low < 3 < high
    assert rounded_out(0.0, 0.0)[0] < 0


# ---- tables ---------------------------------------------------------------------------------------------


def test_large_tables_are_quick_and_sort_by_their_headers(qtbot: Any) -> None:
    random = np.random.default_rng(0)
    rows = tuple(tuple(row) for row in random.normal(size=(1000, 200)).tolist())
    panel = shown_panel(qtbot, Table(tuple(f"column {n}" for n in range(200)), rows), (500, 300))
    pixels(panel)
    header = panel.grid.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(1) + 10, 8)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    column = [row[1] for row in panel.model.rows]
    assert column == sorted(column)
    assert panel.model.headerData(1, Qt.Orientation.Horizontal) == "column 1 ▴"
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert [row[1] for row in panel.model.rows] == column[::-1]
    started = time.perf_counter()
    panel.show_view(Table(tuple(f"column {n}" for n in range(200)), rows[::-1]))
    assert [row[1] for row in panel.model.rows] == column[::-1]  # the order stays
    assert time.perf_counter() - started < 0.2


def test_numbers_are_shown_to_four_figures_and_what_is_missing_comes_last(qtbot: Any) -> None:
    rows = ((3.14159265, "b"), (None, "a"), (float("nan"), "d"), (12345678.0, "c"), ("word", "e"), (2,))
    panel = shown_panel(qtbot, Table(("value", "name"), rows))
    model = panel.model
    assert model.data(model.index(0, 0)) == "3.142"
    assert model.data(model.index(1, 0)) == "-"
    assert model.data(model.index(5, 1)) == "-"
    model.sort(0, Qt.SortOrder.AscendingOrder)
    assert [row[0] for row in model.rows][:4] == [2, 3.14159265, 12345678.0, "word"]
    model.sort(0, Qt.SortOrder.DescendingOrder)
    assert [row[0] for row in model.rows][:4] == ["word", 12345678.0, 3.14159265, 2]
    assert {str(row[0]) for row in model.rows[4:]} == {"None", "nan"}


def test_a_single_row_is_read_downwards_and_a_single_cell_stands_large(qtbot: Any) -> None:
    panel = shown_panel(qtbot, Table(("age", "height", "name"), ((3.0, 95.25, "Ada"),)))
    assert panel.cells == [("age", 3.0), ("height", 95.25), ("name", "Ada")]
    panel.show_view(Table(("",), (("marble",),)))
    assert panel.single == "marble"
    assert holds(pixels(panel), LIGHT.text, 300)
    assert panel.grid.isHidden()
    panel.show_view(Table((), ()))
    pixels(panel)
    assert panel.words == "A table without rows."
