# The export dialog: formats, places and what stands in the way, by mouse and by keyboard.
"""The export dialog: formats, places and what stands in the way, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from aekit_gui.models.exports import Choice, formats, fresh
from aekit_gui.theme import DARK, LIGHT
from aekit_gui.views.export import ExportDialog
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

MUSIC = ("mid", "wav", "json")
Open = Callable[..., ExportDialog]


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> Open:
    def make(
        kind: str = "Picture", joined: tuple[str, ...] = (), ffmpeg: bool = True, count: int = 9
    ) -> ExportDialog:
        made = ExportDialog(formats(kind, joined, ffmpeg), count, tmp_path / "walk", LIGHT)
        qtbot.addWidget(made)
        made.show()
        qtbot.waitExposed(made)
        return made

    return make


def choose(dialog: ExportDialog, kind: str, ending: str) -> None:
    rows = [row for row, one in enumerate(dialog._formats) if (one.kind, one.ending) == (kind, ending)]
    dialog._list.setCurrentRow(rows[0])


def offered(kind: str, joined: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [(one.kind, one.ending) for one in formats(kind, joined)]


# ---- the table ----------------------------------------------------------------------------------------


def test_pictures_offer_sheets_films_files_and_arrays() -> None:
    assert offered("Picture") == [
        ("sheet", "png"), ("animation", "gif"), ("animation", "mp4"),
        ("files", "png"), ("files", "jpg"), ("files", "webp"), ("arrays", "npz"),
    ]  # fmt: skip


def test_music_offers_one_piece_first() -> None:
    found = offered("Notes", MUSIC)

    assert found[:2] == [("piece", "wav"), ("piece", "mid")]
    assert ("piece", "json") in found and ("files", "mid") in found


def test_a_kind_that_nobody_knows_is_a_picture() -> None:
    assert [ending for kind, ending in offered("Hologram") if kind == "files"] == ["png"]


def test_every_format_explains_itself_in_a_sentence() -> None:
    for kind in ("Picture", "Notes", "Sound", "Curves", "Table"):
        for one in formats(kind, MUSIC):
            assert one.words.endswith(".") and one.title and len(one.words) < 90


def test_mp4_says_what_it_needs() -> None:
    (without,) = [one for one in formats("Picture", ffmpeg=False) if one.ending == "mp4"]

    assert "ffmpeg" in without.missing and not any(one.missing for one in formats("Picture", ffmpeg=True))


def test_a_fresh_folder_has_a_number_behind_its_whole_name(tmp_path: Path) -> None:
    (tmp_path / "beta-0.5-walk").mkdir()
    (tmp_path / "beta-0.5-walk-2").mkdir()

    assert fresh(tmp_path / "beta-0.5-walk").name == "beta-0.5-walk-3"
    assert fresh(tmp_path / "other.5").name == "other.5"


# ---- the dialog ---------------------------------------------------------------------------------------


def test_enter_exports_what_is_chosen(qtbot: QtBot, dialog: Open, tmp_path: Path) -> None:
    opened = dialog()

    with qtbot.waitSignal(opened.accepted_export) as caught:
        qtbot.keyClick(opened._list, Qt.Key.Key_Down)
        qtbot.keyClick(opened._list, Qt.Key.Key_Return)

    assert caught.args == [Choice("animation", tmp_path / "walk.gif", "gif", 0.5, True)]
    assert not opened.isVisible()


def test_escape_exports_nothing(qtbot: QtBot, dialog: Open) -> None:
    opened, caught = dialog(), []
    opened.accepted_export.connect(caught.append)

    qtbot.keyClick(opened, Qt.Key.Key_Escape)

    assert not caught and not opened.isVisible()


def test_a_click_chooses_and_the_button_exports(qtbot: QtBot, dialog: Open, tmp_path: Path) -> None:
    opened = dialog("Notes", MUSIC)
    box = opened._list.visualItemRect(opened._list.item(1))

    qtbot.mouseClick(opened._list.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    with qtbot.waitSignal(opened.accepted_export) as caught:
        qtbot.mouseClick(opened._export, Qt.MouseButton.LeftButton)

    assert caught.args[0] == Choice("piece", tmp_path / "walk.mid", "mid", 0.5, True)


def test_speed_and_loop_are_there_where_they_matter(qtbot: QtBot, dialog: Open) -> None:
    opened = dialog()
    seen = {}
    for kind, ending in offered("Picture")[:4]:
        choose(opened, kind, ending)
        seen[ending] = (opened._seconds.isVisible(), opened._loop.isVisible())
        if ending == "gif":
            opened._seconds.setValue(0.1)
            opened._loop.setFocus()
            qtbot.keyClick(opened._loop, Qt.Key.Key_Space)
    assert seen["gif"] == (True, True) and seen["mp4"] == (True, False) and seen["png"] == (False, False)
    assert (opened.choice.seconds, opened.choice.loop) == (0.1, False)


def test_a_typed_name_keeps_its_stem_and_gets_the_formats_ending(
    qtbot: QtBot, dialog: Open, tmp_path: Path
) -> None:
    opened = dialog()
    opened._place.clear()
    qtbot.keyClicks(opened._place, str(tmp_path / "v1.2.png"))

    choose(opened, "animation", "gif")
    assert opened.choice.path == tmp_path / "v1.2.gif"
    choose(opened, "files", "jpg")
    assert opened.choice.path == tmp_path / "v1.2"
    choose(opened, "arrays", "npz")
    assert opened.choice.path == tmp_path / "v1.2.npz"


@pytest.mark.parametrize(
    "name, words", [("", "Give a name"), ("walk.jpg", "ends in .png"), (".", "a folder")]
)
def test_what_stands_in_the_way_is_said(
    qtbot: QtBot, dialog: Open, tmp_path: Path, name: str, words: str
) -> None:
    opened = dialog()

    opened._place.setText(str(tmp_path / name) if name else "")

    assert words in opened._note.text() and not opened._export.isEnabled()
    opened._place.setText(str(tmp_path / "fine.png"))
    assert opened._note.text() == "" and opened._export.isEnabled()


def test_a_file_that_would_be_replaced_is_named(dialog: Open, tmp_path: Path) -> None:
    (tmp_path / "walk.png").touch()

    opened = dialog()

    assert "replaced" in opened._note.text() and opened._export.isEnabled()


def test_a_folder_that_holds_steps_already_is_not_offered(dialog: Open, tmp_path: Path) -> None:
    (tmp_path / "walk").mkdir()
    (tmp_path / "walk" / "step-000.png").touch()
    opened = dialog()

    choose(opened, "files", "png")
    assert opened.choice.path == tmp_path / "walk-2" and opened._export.isEnabled()

    opened._place.setText(str(tmp_path / "walk"))
    assert "step-000.png" in opened._note.text() and not opened._export.isEnabled()


@pytest.mark.parametrize("typed", ["~nobody-of-that-name/walk.png", "~x.png"])
def test_a_home_that_nobody_has_is_said_to_be_none(dialog: Open, typed: str) -> None:
    opened = dialog()
    opened._place.setText(typed)

    assert "is nobody's home here" in opened._note.text() and not opened._export.isEnabled()
    choose(opened, "animation", "gif")
    assert not opened._export.isEnabled() and opened.choice.path.suffix == ".gif"
    opened._place.setText("~/walk.gif")
    assert opened.choice.path == Path.home() / "walk.gif" and opened._export.isEnabled()


@pytest.mark.parametrize("typed", ["/", "."])
def test_a_place_without_a_name_gets_the_one_that_was_offered_with_another_format(
    dialog: Open, typed: str
) -> None:
    opened = dialog()
    opened._place.setText(typed)

    choose(opened, "animation", "gif")
    assert opened.choice.path == Path(typed) / "walk.gif"


def test_one_place_as_a_named_file_says_what_it_would_replace(dialog: Open, tmp_path: Path) -> None:
    (tmp_path / "me.png").touch()
    for count, words, able in ((1, "will be replaced", True), (9, "That is a file", False)):
        opened = dialog(count=count)
        choose(opened, "files", "png")
        opened._place.setText(str(tmp_path / "me.png"))

        assert words in opened._note.text() and opened._export.isEnabled() == able


def test_mp4_without_ffmpeg_is_shown_and_cannot_be_chosen(qtbot: QtBot, dialog: Open) -> None:
    opened = dialog(ffmpeg=False)
    item = opened._list.item(2)
    box = opened._list.visualItemRect(item)

    qtbot.mouseClick(opened._list.viewport(), Qt.MouseButton.LeftButton, pos=box.center())

    assert "ffmpeg" in item.toolTip() and opened.format.ending == "png"


def test_browsing_takes_a_place_and_cancelling_leaves_it(qtbot: QtBot, dialog: Open, tmp_path: Path) -> None:
    opened = dialog()
    browse = next(button for button in opened.findChildren(QPushButton) if button.text() == "Browse…")
    asked: list[tuple[str, str]] = []

    def ask(title: str, start: Path, filter: str) -> Path | None:
        asked.append((start.name, filter))
        return tmp_path / "elsewhere" if len(asked) == 1 else None

    opened.ask_place = ask
    qtbot.mouseClick(browse, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(browse, Qt.MouseButton.LeftButton)

    assert asked == [("walk.png", "Sheet (*.png)"), ("elsewhere.png", "Sheet (*.png)")]
    assert opened.choice.path == tmp_path / "elsewhere.png"


def test_everything_has_a_name_for_screen_readers(dialog: Open) -> None:
    opened = dialog("Notes", MUSIC)

    for widget in (opened._list, opened._place, opened._seconds, opened._loop):
        assert widget.accessibleName() and widget.toolTip()
    spoken = opened._list.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("WAV, one piece: All steps")


def test_cards_follow_the_theme(dialog: Open) -> None:
    opened = dialog()
    light = opened._list.grab().toImage()

    opened.set_theme(DARK)

    assert opened._list.grab().toImage() != light
