# The whole window by real mouse and keys, on small real runs of each kind, of our plugins and of strangers'.
"""The whole window by real mouse and keys, on small real runs of each kind, of our plugins and of strangers'."""

from __future__ import annotations

import json

import numpy as np
import pytest
from aekit_gui.models.camera import to_world
from aekit_gui.models.exports import Choice, formats
from event_loop import wait
from odd_files import write_tune
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from whole import CTRL, KINDS, LEFT, SHIFT, quiet

SLOW = ("classes", "words", "rows")
STEERED = {"melodies": "mean_pitch"}  # of others the first attribute
Key = Qt.Key
ON_EACH = pytest.mark.parametrize(
    "open_kind",
    [pytest.param(kind, marks=pytest.mark.slow if kind in SLOW else ()) for kind in KINDS],
    indirect=True,
    scope="module",
)
CONDITIONAL = pytest.mark.parametrize("open_kind", ["classes"], indirect=True, scope="module")


@pytest.fixture
def hand(open_kind, qtlog, capfd):
    """A window on a run as it is just opened."""
    open_kind.refresh()
    yield open_kind
    problems = open_kind.problems
    open_kind.dismiss()
    assert problems == []
    quiet(qtlog, capfd)


def pixels(widget) -> np.ndarray:
    """What a widget shows (H, W, 4)."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    return np.array(image.constBits(), np.uint8).reshape(image.height(), -1)


def middle(hand) -> QPoint:
    return hand.map.rect().center()


# ---- the pointer --------------------------------------------------------------------------------------------


@ON_EACH
def test_the_pointer_decodes_and_where_it_rests_near_items_are_named(hand):
    rows = hand.apart(4)
    seen = []
    for row in rows:
        before = hand.run.hover.decoded
        hand.hover(hand.place(row))
        hand.wait_decoded(before)
        hand.wait_shown()
        seen.append(hand.run.hover.shown.code)
    assert len(np.unique(np.round(seen, 4), axis=0)) == 4
    wait(lambda: hand.run.hover.near_rows)
    if hand.kind == "digits":  # in the plane the item under the pointer is the nearest one
        wait(lambda: hand.run.hover.near_rows[0] == rows[-1])
    wait(lambda: hand.run.widgets.inspector.near.count > 0)
    view = hand.run.widgets.inspector.panel.view
    assert view is not None and type(view).__name__ == hand.run.explorer.opened.kind


@ON_EACH
def test_clicks_pin_m_goes_halfway_and_all_is_undone_and_done_again(hand):
    first, last = hand.apart()
    hand.click(hand.place(first))
    assert [pin.row for pin in hand.look.pins] == [first]
    hand.click(hand.place(last))
    assert [pin.row for pin in hand.look.pins] == [first, last]
    wait(lambda: len(hand.run.pins.decoded) == 2)
    hand.key(Key.Key_M)
    there = hand.look.here
    assert there.name.startswith("halfway") and there.code not in [pin.code for pin in hand.look.pins]
    hand.wait_shown()
    hand.key(Key.Key_Z, CTRL)
    assert hand.look.here == hand.look.pins[1]
    hand.key(Key.Key_Z, CTRL, times=2)
    assert hand.look.pins == ()
    hand.key(Key.Key_Z, CTRL | SHIFT, times=3)
    assert hand.look.here == there and len(hand.look.pins) == 2
    hand.wait_shown()
    hand.key(Key.Key_Escape)
    assert hand.look.pins == () and hand.look.here is None


@ON_EACH
def test_the_wheel_zooms_around_the_pointer_and_f_fits_again(hand):
    size, at = (hand.map.width(), hand.map.height()), middle(hand) + QPoint(60, -40)
    where = np.array([[at.x(), at.y()]])
    fitted = hand.look.camera
    before = to_world(hand.map.camera, size, where)
    hand.hover(at)
    hand.wheel(at, 3)
    hand.settle()
    assert hand.map.camera.scale > 1.5 * fitted.scale
    np.testing.assert_allclose(to_world(hand.map.camera, size, where), before, rtol=1e-4, atol=1e-6)
    hand.drag([at, at + QPoint(30, 20), at + QPoint(60, 40)])
    moved = to_world(hand.map.camera, size, where)
    assert not np.allclose(moved, before) and hand.look.pins == ()
    hand.key(Key.Key_F)
    hand.settle()
    assert hand.look.camera == fitted


@ON_EACH
def test_boxes_and_lassos_select_and_shift_adds(hand):
    width, height = hand.map.width(), hand.map.height()
    count = len(hand.run.explorer.space)
    hand.key(Key.Key_B)
    assert hand.look.tool == "box"
    hand.drag([QPoint(8, 8), QPoint(50, 50), QPoint(width // 2, height - 8)])
    left = set(hand.look.selected)
    assert 0 < len(left) < count
    places = hand.run.explorer.projected.positions
    assert set(np.flatnonzero(places[:, 0] < hand.map.camera.x - 2 / hand.map.camera.scale)) <= left
    hand.key(Key.Key_L)
    around = [(8, 8), (width // 2, 8), (width - 8, 8), (width - 8, height - 8), (8, height - 8), (8, 12)]
    hand.drag([QPoint(x, y) for x, y in around], SHIFT)
    assert len(hand.look.selected) == count
    hand.key(Key.Key_Z, CTRL)
    assert set(hand.look.selected) == left
    hand.key(Key.Key_V)
    assert hand.look.tool == "look" and hand.run.sidebar.tools is not None


# ---- the sidebar --------------------------------------------------------------------------------------------


@ON_EACH
def test_search_filters_and_undo_empties_the_field(hand):
    hand.key(Key.Key_F, CTRL)
    assert QApplication.focusWidget() is hand.run.sidebar.search
    names = hand.run.explorer.space.label_names
    word = names[0] if names else "1"
    hand.type(word)
    wait(lambda: hand.look.search == word)
    wait(lambda: hand.run.scene.names)  # the names have come from the other process
    shown = hand.run.scene.shown()
    assert shown is not None and 0 < shown.sum() < len(hand.run.explorer.space)
    assert f"{int(shown.sum()):,} of" in hand.run.sidebar.found.text()
    hand.map.setFocus()
    hand.key(Key.Key_Z, CTRL)
    assert hand.look.search == "" and hand.run.sidebar.search.text() == ""


@ON_EACH
def test_the_legend_filters_by_mouse_and_keyboard(hand):
    names = hand.run.explorer.space.label_names
    legend = hand.run.sidebar.legend
    if not names:
        pytest.skip("items of this kind have no labels")
    first, second = legend.buttons[:2]
    QTest.mouseClick(first, LEFT)
    wait(lambda: hand.look.hidden == {first.row.number})
    QTest.mouseClick(first, LEFT)
    wait(lambda: hand.look.hidden == frozenset())
    shown = np.unique(hand.run.explorer.space.labels).tolist()
    hand.hover(middle(hand))
    second.setFocus()
    QTest.keyClick(second, Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    wait(lambda: hand.look.hidden == set(shown) - {second.row.number})
    labels = hand.run.explorer.space.labels[hand.run.scene.shown()]
    assert set(labels) == {second.row.number}
    QTest.mouseClick(hand.run.sidebar.all, LEFT)
    assert hand.look.hidden == frozenset()
    hand.map.setFocus()
    hand.key(Key.Key_Z, CTRL)
    assert hand.look.hidden


@ON_EACH
def test_items_are_coloured_by_an_attribute(hand):
    attributes = hand.run.explorer.opened.attributes
    combo = hand.run.sidebar.colour
    combo.setFocus()
    while combo.currentData() not in attributes:
        hand.key(Key.Key_Down)
    name = combo.currentData()
    wait(lambda: hand.look.colour == name and name in hand.run.explorer.space.values)
    wait(lambda: hand.run.sidebar.ramp.isVisible())
    assert len(hand.run.explorer.space.values[name]) == len(hand.run.explorer.space)
    hand.map.setFocus()
    while hand.look.colour != "label":
        hand.key(Key.Key_Z, CTRL)
    assert combo.currentData() == "label" and not hand.run.sidebar.ramp.isVisible()


# ---- walks --------------------------------------------------------------------------------------------------


@ON_EACH
def test_a_walk_is_made_played_and_exported_in_every_format(hand, tmp_path):
    run, strip = hand.run, hand.run.widgets.strip
    for row in hand.apart():
        hand.hover(hand.place(row))
        hand.key(Key.Key_W)
    assert len(hand.look.journey.waypoints) == 2 and len(run.journey.steps) == 16
    wait(lambda: len(run.journey.places) > 2)
    strip._steps.setFocus()
    strip._steps.selectAll()
    hand.type("6")
    hand.key(Key.Key_Return)
    strip._method.setFocus()
    hand.key(Key.Key_Home)
    wait(lambda: len(run.journey.steps) == 6)
    assert hand.look.journey.method == strip._method.itemData(0)
    hand.map.setFocus()
    hand.key(Key.Key_Space, CTRL)
    wait(lambda: run.journey.position is not None and run.journey.position > 0.05)
    hand.key(Key.Key_Space, CTRL)
    assert run.journey.position is None and not run.journey.playback.plays
    opened = run.explorer.opened
    for number, one in enumerate(formats(opened.kind, opened.joined_formats, ffmpeg=False)):
        if one.missing:
            continue
        hand.key(Key.Key_E, CTRL)
        assert strip.dialog is not None and strip.dialog.isVisible()
        QTest.keyClick(strip.dialog, Key.Key_Escape)
        wait(lambda: strip.dialog is None)
        path = tmp_path / (f"out{number}" if one.folder else f"out{number}.{one.ending}")
        strip.export_chosen.emit(Choice(one.kind, path, one.ending, 0.1, True))
        wait(lambda: run.journey.exports._busy is None)
        assert hand.problems == [], one
        files = sorted(path.iterdir()) if one.folder else [path]
        assert len(files) == (6 if one.folder else 1) and all(file.stat().st_size for file in files)
        if one.kind == "arrays":
            np.testing.assert_array_equal(np.load(path)["codes"], run.journey.steps)
    assert not [path for path in tmp_path.rglob("*") if "unfinished" in path.name]


@ON_EACH
def test_a_line_drawn_by_hand_is_a_walk_and_waypoints_are_dragged(hand):
    width, height = hand.map.width(), hand.map.height()
    hand.key(Key.Key_P)
    hand.drag([QPoint(x, height // 2 + (x % 90)) for x in range(60, width - 60, 20)])
    waypoints = hand.look.journey.waypoints
    assert len(waypoints) > 2 and hand.look.journey.method == "spline"
    hand.key(Key.Key_V)
    x, y = hand.map.handles()[0]
    at = QPoint(round(x), round(y))
    hand.drag([at, at + QPoint(15, -30), at + QPoint(30, -60)])
    moved = hand.look.journey.waypoints
    assert moved[0].code != waypoints[0].code and moved[1:] == waypoints[1:]
    hand.key(Key.Key_Backspace, CTRL)
    assert hand.look.journey.waypoints == ()


# ---- sliders, codes, keys -----------------------------------------------------------------------------------


@ON_EACH
def test_sliders_move_the_place_at_hand_by_mouse_and_keyboard(hand):
    sliders, run = hand.run.widgets.sliders, hand.run
    wait(lambda: run.sliders.dimensions)
    hand.click(hand.place(hand.apart()[0]))
    row = next(row for row in run.sliders.rows.values() if row.dimension is not None)
    slider = sliders.slider(row.key)
    track, before = slider.track, hand.look.here.code
    at = QPointF(track.left() + 0.9 * track.width(), track.center().y()).toPoint()
    QTest.mousePress(slider, LEFT, Qt.KeyboardModifier.NoModifier, at)
    QTest.mouseRelease(slider, LEFT, Qt.KeyboardModifier.NoModifier, at)
    moved = hand.look.here.code
    changed = [number for number in range(len(moved)) if moved[number] != before[number]]
    assert changed == [row.dimension]
    hand.wait_shown()
    slider.setFocus()
    QTest.keyClick(slider, Key.Key_Left)
    assert hand.look.here.code[row.dimension] < moved[row.dimension]
    QTest.keyClick(slider, Key.Key_Delete)
    assert hand.look.here.code[row.dimension] == pytest.approx(row.rest, abs=1e-5)
    hand.map.setFocus()
    hand.key(Key.Key_Z, CTRL, times=3)
    assert hand.look.here.code == before


@ON_EACH
def test_an_attribute_is_steered(hand):
    run = hand.run
    wait(lambda: run.sliders.dimensions)
    hand.click(hand.place(hand.apart()[0]))
    rows = [row for row in run.sliders.rows.values() if row.dimension is None]
    row = next(row for row in rows if row.attribute == STEERED.get(hand.kind, row.attribute))
    slider = run.widgets.sliders.slider(row.key)
    before = hand.look.here.code
    slider.setFocus()
    QTest.keyClick(slider, Key.Key_PageUp)
    wait(lambda: hand.look.here.code != before or hand.problems)
    assert hand.problems == []
    assert hand.look.steering[row.attribute] > 0
    unsteered = [row for row in rows if row.attribute in ("colourfulness", "density")]
    for row in unsteered:  # the same for all items: who moves it is told why, and nothing moves
        before = hand.look.here.code
        slider = run.widgets.sliders.slider(row.key)
        slider.setFocus()
        QTest.keyClick(slider, Key.Key_PageUp)
        wait(lambda: hand.problems)
        assert "is the same for all items" in hand.problems[0] and hand.look.here.code == before
        hand.dismiss()


@ON_EACH
def test_codes_are_copied_and_pasted(hand):
    clipboard = QGuiApplication.clipboard()
    hand.click(hand.place(hand.apart()[0]))
    code = hand.look.here.code
    hand.key(Key.Key_C, CTRL | SHIFT)
    assert json.loads(clipboard.text()) == list(code)
    hand.paste([2 * value for value in code])
    np.testing.assert_allclose(hand.look.here.code, 2 * np.array(code), rtol=1e-6)
    hand.wait_shown()
    for text in ("[1, 2, 3]", "nan", "[NaN]", json.dumps([float("inf")] * len(code)), "{}", "", "x" * 10_000):
        before = hand.look.here
        clipboard.setText(text)
        hand.key(Key.Key_V, CTRL)
        assert hand.look.here == before and "A code is a JSON list" in hand.said[-1], text
    hand.key(Key.Key_C, CTRL)
    assert clipboard.image().width() == hand.run.hover.shown.picture.shape[1]


@ON_EACH
def test_the_palette_does_what_is_typed(hand):
    hand.key(Key.Key_K, CTRL)
    assert hand.window.palette.isVisible()
    hand.type("lasso")
    hand.key(Key.Key_Return)
    assert not hand.window.palette.isVisible() and hand.look.tool == "lasso"


@ON_EACH
def test_themes_change_all_at_once(hand):
    shots = []
    for name in ("dark", "light"):
        hand.do(f"view.{name}")
        hand.app_events()
        shots.append(pixels(hand.window.main))
        assert hand.window.main.actions_by_id[f"view.{name}"].isChecked()
    assert shots[0].mean() < shots[1].mean() - 25
    assert hand.window.settings.theme == "light"


@ON_EACH
def test_everything_goes_by_keyboard_alone(hand):
    hand.map.setFocus()
    codes = [hand.run.explorer.here().code]
    for key in (Key.Key_Left, Key.Key_Up, Key.Key_Right, Key.Key_Down, Key.Key_N, Key.Key_N, Key.Key_R):
        before = hand.run.hover.decoded
        hand.key(key)
        codes.append(hand.look.here.code)
        hand.wait_decoded(before)
    if hand.kind == "digits":  # a plane: four steps around lead back to where they began
        np.testing.assert_allclose(codes[4], codes[0], atol=1e-3)
    assert len(set(codes)) >= len(codes) - 1
    hand.key(Key.Key_Return)
    assert hand.look.pins[-1].code == codes[-1]
    hand.key(Key.Key_N)
    hand.key(Key.Key_Return)
    hand.key(Key.Key_M)
    assert hand.look.here.name.startswith("halfway")


@CONDITIONAL
@pytest.mark.slow
def test_a_class_is_chosen_and_undone(hand):
    choice = hand.run.widgets.sliders.choice
    hand.click(hand.place(hand.apart()[0]))
    hand.wait_shown()
    views = []
    choice.setFocus()
    for _ in range(2):
        before = hand.run.hover.decoded
        hand.key(Key.Key_Down)
        hand.wait_decoded(before)
        wait(lambda: hand.run.explorer.live.busy == "")
        views.append(hand.run.hover.shown.picture.copy())
    chosen = hand.look.condition
    assert chosen in hand.run.explorer.opened.conditions and not np.array_equal(*views)
    hand.map.setFocus()
    hand.key(Key.Key_Z, CTRL)
    assert hand.look.condition != chosen and choice.currentText() != chosen


# ---- files --------------------------------------------------------------------------------------------------


def own_file(hand, folder):
    """A file that the run's plugin reads."""
    kind = hand.kind
    if kind == "rows":
        columns = hand.run.explorer.space.run.record.spec["columns"]
        cells = [str(column.get("categories", ["1"])[0]) for column in columns]
        names = ",".join(column["name"] for column in columns)
        (folder / "mine.csv").write_text(f"{names}\n{','.join(cells)}\n")
        return folder / "mine.csv"
    if kind == "melodies":
        return write_tune(folder / "mine.mid", 99)
    if kind == "words":
        (folder / "mine.txt").write_text("sign\nletter\n")
        return folder / "mine.txt"
    image = QImage(28, 28, QImage.Format.Format_RGB32)
    image.fill(0)
    for y in range(5, 23):
        for x in (13, 14):
            image.setPixel(x, y, 0xFFFFFFFF)
    image.save(str(folder / "mine.png"))
    return folder / "mine.png"


@ON_EACH
def test_a_dropped_file_is_put_on_the_map_and_can_be_a_waypoint(hand, tmp_path):
    path = own_file(hand, tmp_path)
    assert hand.drop(hand.map, [path])
    wait(lambda: hand.look.files)
    assert all(place.file == str(path) for place in hand.look.files)
    wait(lambda: hand.run.widgets.dropped.isVisible())
    hand.wait_shown()
    hand.key(Key.Key_W)
    assert hand.look.journey.waypoints[-1].code == hand.look.files[0].code
    hand.key(Key.Key_Z, CTRL, times=2)
    assert hand.look.files == () and not hand.run.widgets.dropped.isVisible()
    assert hand.drop(hand.run.widgets.strip, [path])  # on the walk it is a waypoint at once
    wait(lambda: hand.look.journey.waypoints)


@ON_EACH
def test_the_menu_of_a_place_makes_it_the_one_at_hand(hand):
    row = hand.apart()[0]
    at = hand.place(row)

    QApplication.sendEvent(
        hand.map, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, hand.map.mapToGlobal(at))
    )

    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu) and hand.look.here.row == row
    pin = next(action for action in menu.actions() if action.text() == "Pin the place")
    pin.trigger()
    menu.close()
    assert [place.row for place in hand.look.pins] == [row]
