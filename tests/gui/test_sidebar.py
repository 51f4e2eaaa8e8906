# The sidebar by real mouse and keys, and the icons.
"""The sidebar by real mouse and keys, and the icons."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from aekit_gui.models.colours import RAMPS, Legend, LegendRow
from aekit_gui.theme import DARK, LIGHT
from aekit_gui.views.icons import SIGNS, icon
from aekit_gui.views.legend import number
from aekit_gui.views.sidebar import Sidebar
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

LEFT, ALT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier
ROWS = tuple(
    LegendRow(n, name, 100 * (n + 1), "#0072b2", False) for n, name in enumerate(("cat", "dog", "eel"))
)
ROWS = (*ROWS, LegendRow(-1, "no label", 7, "#5b7ea6", False))


def heard(signal: Any) -> list[Any]:
    """What a signal says from now on."""
    said: list[Any] = []
    signal.connect(lambda *values: said.append(values[0] if values else None))
    return said


@pytest.fixture
def sidebar(qtbot: Any) -> Sidebar:
    made = Sidebar()
    made.resize(260, 800)
    qtbot.addWidget(made)
    made.set_colours(["label", "", "ink"], "label")
    made.set_legend(Legend("label", ROWS))
    made.set_projection(16, "pca", "near")
    made.show()
    qtbot.waitActive(made)
    return made


def hiding(*numbers: int) -> Legend:
    return Legend("label", tuple(replace(row, hidden=row.number in numbers) for row in ROWS))


def row(sidebar: Sidebar, at: int) -> QWidget:
    return sidebar.legend.buttons[at]


def picture(widget: QWidget) -> np.ndarray:
    image = widget.grab().toImage()
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).copy()


# ---- legend --------------------------------------------------------------------------------------------


def test_a_click_toggles_a_class_and_facts_show_it(sidebar: Sidebar, qtbot: Any) -> None:
    toggled, isolated = heard(sidebar.label_toggled), heard(sidebar.label_isolated)

    qtbot.mouseClick(row(sidebar, 1), LEFT)
    qtbot.mouseClick(row(sidebar, 3), LEFT)
    assert toggled == [1, -1] and isolated == []
    assert "shown" in row(sidebar, 1).accessibleName()  # until the legend says otherwise
    before = picture(row(sidebar, 1))
    sidebar.set_legend(hiding(1))

    assert "hidden" in row(sidebar, 1).accessibleName() and not row(sidebar, 1).isChecked()
    assert (picture(row(sidebar, 1)) != before).any()


def test_a_double_click_isolates_and_a_second_one_brings_all_back(sidebar: Sidebar, qtbot: Any) -> None:
    hidden: set[int] = set()
    isolated, everything = heard(sidebar.label_isolated), heard(sidebar.all_wanted)

    def show(numbers: set[int]) -> None:
        hidden.clear()
        hidden.update(numbers)
        sidebar.set_legend(hiding(*hidden))

    sidebar.label_toggled.connect(lambda label: show(hidden ^ {label}))
    sidebar.label_isolated.connect(lambda label: show({-1, 0, 1, 2} - {label}))
    sidebar.all_wanted.connect(lambda: show(set()))

    def double_click() -> None:  # as a mouse makes it: a click, then a press that is the second one
        qtbot.mouseClick(row(sidebar, 2), LEFT)
        qtbot.mouseDClick(row(sidebar, 2), LEFT)

    double_click()
    assert isolated == [2] and hidden == {-1, 0, 1} and everything == []
    double_click()

    assert isolated == [2] and len(everything) == 1 and hidden == set()


def test_alt_with_a_click_or_a_key_isolates(sidebar: Sidebar, qtbot: Any) -> None:
    toggled, isolated = heard(sidebar.label_toggled), heard(sidebar.label_isolated)

    qtbot.mouseClick(row(sidebar, 0), LEFT, ALT)
    row(sidebar, 0).setFocus()
    QTest.keyClick(row(sidebar, 0), Qt.Key.Key_Return, ALT)

    assert isolated == [0, 0] and toggled == []


def test_all_is_there_while_something_is_hidden(sidebar: Sidebar, qtbot: Any) -> None:
    everything = heard(sidebar.all_wanted)
    assert not sidebar.all.isVisible()

    sidebar.set_legend(hiding(0))
    qtbot.mouseClick(sidebar.all, LEFT)
    sidebar.set_legend(hiding())

    assert len(everything) == 1 and not sidebar.all.isVisible()


def test_the_legend_is_worked_by_keys_even_where_they_are_shortcuts(sidebar: Sidebar, qtbot: Any) -> None:
    toggled = heard(sidebar.label_toggled)
    shortcuts = [
        heard(QShortcut(QKeySequence(key), sidebar).activated) for key in ("Space", "Down", "Return")
    ]
    row(sidebar, 0).setFocus()

    for key in (Qt.Key.Key_Down, Qt.Key.Key_Space, Qt.Key.Key_Down, Qt.Key.Key_Return):
        focus = sidebar.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, key)

    assert toggled == [1, 2] and shortcuts == [[], [], []]
    assert [at for at in range(4) if row(sidebar, at).focusPolicy() & Qt.FocusPolicy.TabFocus] == [2]


def test_fewer_classes_leave_no_rows_behind(sidebar: Sidebar) -> None:
    row(sidebar, 3).setFocus()

    sidebar.set_legend(Legend("label", ROWS[:2]))

    assert [row(sidebar, at).isVisible() for at in range(4)] == [True, True, False, False]
    assert sidebar.legend.current <= 1


def test_an_attribute_has_a_ramp_with_its_ends(sidebar: Sidebar) -> None:
    sidebar.set_legend(Legend("ink", ROWS, RAMPS["light"], 0.125, 3.5, unknown=4))

    shown = picture(sidebar.ramp)
    assert sidebar.ramp.isVisible() and sidebar.colour.currentData() == "ink"
    assert "0.125" in sidebar.ramp.accessibleName() and "4 items have no value" in sidebar.ramp.toolTip()
    first, last = shown[5, 6, 2::-1], shown[5, -6, 2::-1]
    assert np.abs(first.astype(int) - (0x32, 0x24, 0x74)).max() < 30
    assert np.abs(last.astype(int) - (0xD0, 0xAA, 0x13)).max() < 30
    sidebar.set_legend(Legend("label", ROWS))
    assert not sidebar.ramp.isVisible()


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0"), (0.12345, "0.123"), (-3.5, "-3.5"), (12345.6, "12,346")]
)
def test_numbers_are_short(value: float, said: str) -> None:
    assert number(value) == said


# ---- choices -------------------------------------------------------------------------------------------


def test_tools_are_chosen_by_mouse_and_arrows(sidebar: Sidebar, qtbot: Any) -> None:
    chosen, buttons = heard(sidebar.tool_chosen), sidebar.tools.buttons

    qtbot.mouseClick(buttons["lasso"], LEFT)
    buttons["lasso"].setFocus()
    QTest.keyClick(buttons["lasso"], Qt.Key.Key_Right)
    QTest.keyClick(buttons["draw"], Qt.Key.Key_Right)
    qtbot.mouseClick(buttons["look"], LEFT)

    assert chosen == ["lasso", "draw", "look"]
    assert [key for key, button in buttons.items() if button.isChecked()] == ["look"]


def test_a_tool_that_is_set_is_shown_and_not_told(sidebar: Sidebar) -> None:
    chosen = heard(sidebar.tool_chosen)

    sidebar.set_tool("box")

    assert sidebar.tools.buttons["box"].isChecked() and chosen == []


def test_projection_and_lift_are_for_more_than_two_dimensions(sidebar: Sidebar, qtbot: Any) -> None:
    lifts, projections = heard(sidebar.lift_chosen), heard(sidebar.projection_chosen)

    qtbot.mouseClick(sidebar.lift.buttons["plane"], LEFT)
    sidebar.projection.setFocus()
    QTest.keyClick(sidebar.projection, Qt.Key.Key_Down)
    assert lifts == ["plane"] and projections == ["umap"]

    sidebar.set_projection(16, "umap", "plane")
    assert not sidebar.lift.buttons["plane"].isEnabled() and sidebar.lift.key == "near"
    sidebar.set_projection(2, "pca", "near")
    assert not sidebar.projection.isVisible() and not sidebar.lift.isVisible()


def test_a_colour_is_chosen_by_key_and_set_without_telling(sidebar: Sidebar) -> None:
    chosen = heard(sidebar.colour_chosen)
    sidebar.set_colours(["label", "", "ink", "stroke_width"], "ink")
    assert chosen == [] and sidebar.colour.currentText() == "Ink"

    sidebar.colour.setFocus()
    QTest.keyClick(sidebar.colour, Qt.Key.Key_Down)
    QTest.keyClick(sidebar.colour, Qt.Key.Key_Home)

    assert chosen == ["stroke_width", "label"]


# ---- search --------------------------------------------------------------------------------------------


def test_a_search_is_told_once_typing_rests(sidebar: Sidebar, qtbot: Any) -> None:
    searched = heard(sidebar.search_changed)
    sidebar.focus_search()

    QTest.keyClicks(sidebar.search, "dog")
    assert searched == []
    qtbot.waitUntil(lambda: bool(searched))
    sidebar.set_found(200, 607, "showing all 607 items")
    assert searched == ["dog"] and sidebar.found.text() == "200 of 607 found"
    QTest.keyClick(sidebar.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(searched) == 2)

    assert searched[1] == "" and sidebar.search.text() == ""


def test_letters_in_the_search_are_no_shortcuts(sidebar: Sidebar) -> None:
    fit = heard(QShortcut(QKeySequence("F"), sidebar).activated)
    sidebar.focus_search()

    QTest.keyClick(sidebar.search, Qt.Key.Key_F)

    assert fit == [] and sidebar.search.text() == "f"


def test_a_search_that_is_set_is_not_told(sidebar: Sidebar, qtbot: Any) -> None:
    searched = heard(sidebar.search_changed)

    sidebar.set_search("eel")
    qtbot.wait(250)

    assert searched == [] and sidebar.search.text() == "eel"


@pytest.mark.parametrize(
    ("count", "chosen", "said"),
    [
        (607, "showing all 607 items", "Showing all 607 items"),
        (7, "showing all 607 items", "7 of 607 shown"),
        (7, "showing 607 of 9,000 items, an even selection",
         "7 of 607 shown · Showing 607 of 9,000 items, an even selection"),
    ],
)  # fmt: skip
def test_how_many_are_shown(sidebar: Sidebar, count: int, chosen: str, said: str) -> None:
    sidebar.set_found(count, 607, chosen)

    assert sidebar.found.text() == said


# ---- looks ---------------------------------------------------------------------------------------------


def test_everything_that_can_be_acted_on_has_a_name_and_a_tooltip(sidebar: Sidebar) -> None:
    parts = [sidebar.search, sidebar.colour, sidebar.projection, sidebar.all, *sidebar.legend.buttons]
    parts += [*sidebar.tools.buttons.values(), *sidebar.lift.buttons.values()]

    assert all(part.accessibleName() and part.toolTip() for part in parts)


def test_themes_differ_and_neither_is_blank(sidebar: Sidebar) -> None:
    sidebar.set_run("digits-2d", "image · vae")
    sidebar.set_says("Two dimensions.")
    shots = []
    for theme in (LIGHT, DARK):
        sidebar.set_theme(theme)
        shots.append(picture(sidebar))

    assert (shots[0] != shots[1]).any()
    assert all(len(np.unique(shot.reshape(-1, 4), axis=0)) > 50 for shot in shots)


@pytest.mark.parametrize("name", sorted(SIGNS))
def test_each_icon_is_drawn_crisp_and_dim_where_it_is_off(qtbot: Any, name: str) -> None:
    made = icon(name, DARK)

    def alpha(size: int, mode: Any = QIcon.Mode.Normal) -> np.ndarray:
        image = made.pixmap(QSize(size, size), mode).toImage()
        return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).copy()

    small, large = alpha(20), alpha(40)
    assert small.shape == (20, 20, 4) and large.shape == (40, 40, 4)
    assert 0.02 < (small[..., 3] > 128).mean() < 0.7
    edge = np.concatenate([large[0, :, 3], large[-1, :, 3], large[:, 0, 3], large[:, -1, 3]])
    assert edge.max() == 0  # nothing is cut off
    assert (alpha(20, QIcon.Mode.Disabled) != small).any()


def test_an_icon_is_drawn_once(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = icon("lasso", DARK)
    monkeypatch.setattr("aekit_gui.views.icons.draw_icon", None)
    again = icon("lasso", DARK)
    assert again.pixmap(20).toImage() == first.pixmap(20).toImage()
