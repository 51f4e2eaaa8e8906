# Faults, in the whole window: nothing is lost, nothing hangs, and the window can be gone on with.
"""Faults, in the whole window: nothing is lost, nothing hangs, and the window can be gone on with."""

from __future__ import annotations

import errno
import json
import resource
import shutil
import time

import numpy as np
import psutil
import pytest
from aekit_gui.models import keeping
from aekit_gui.models.exports import Choice
from aekit_gui.models.session import session_path
from aekit_gui.work import client
from aekit_gui.work.output import Output
from event_loop import pause, wait
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from whole import LEFT

Key = Qt.Key
FAULTS = (  # as in work/faulty, whose code's first number chooses the fault, in tens
    "none", "raises", "hangs", "nan", "shape", "huge", "prints", "exits", "killed", "sys_exit", "own_view",
    "own_picture", "no_view", "note_nan", "slow",
)  # fmt: skip
WRONG = ("raises", "nan", "shape", "sys_exit", "no_view", "note_nan")
ODD = ("huge", "prints", "own_view", "own_picture", "slow")


def go(hand, fault):
    """Go to the place whose item has a fault."""
    hand.paste([10.0 * FAULTS.index(fault), 0.0])


def goes_on(hand):
    """The window decodes what is asked for next."""
    before = hand.run.hover.decoded
    hand.paste([0.01, 0.02])
    hand.wait_decoded(before)
    hand.wait_shown()
    assert hand.run.hover.shown.picture.shape[2] == 3


@pytest.fixture
def own_run(small_runs, tmp_path):
    """A run of digits that a test may spoil."""
    return shutil.copytree(small_runs["digits"], tmp_path / "mine")


# ---- the run's files ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_run_that_is_deleted_while_open_stays_on_the_map_and_decodes(desk, own_run):
    hand = desk.window(own_run)
    shutil.rmtree(own_run)
    wait(lambda: any("is gone" in text for text in hand.problems))
    before = hand.run.hover.decoded
    hand.click(hand.place(3))
    hand.wait_decoded(before)
    pause(1.2)
    assert len(hand.problems) == 1 and hand.look.pins[0].row == 3
    session = session_path(own_run)
    desk.close()
    assert len(json.loads(session.read_text())["look"]["pins"]) == 1


@pytest.mark.slow
def test_a_run_that_is_replaced_by_one_of_another_size_says_so(desk, own_run, small_runs):
    hand = desk.window(own_run)
    kept = hand.run.explorer.space
    shutil.rmtree(own_run)
    shutil.copytree(small_runs["classes"], own_run)
    wait(lambda: any("another size" in text for text in hand.problems))
    assert hand.run.explorer.space is kept
    hand.hover(hand.place(5))
    hand.dismiss()
    hand.open(own_run)
    assert hand.run.explorer.space.latent_dim == 8 and hand.problems == []


@pytest.mark.slow
def test_a_run_that_is_trained_on_moves_its_map_and_keeps_its_marks(desk, own_run):
    hand = desk.window(own_run)
    hand.click(hand.place(3))
    old = hand.run.explorer.space
    codes = next((own_run / "latents").glob("[0-9f]*.safetensors"))
    again = codes.read_bytes()
    codes.unlink()
    codes.write_bytes(again)
    wait(lambda: hand.run.explorer.space is not old)
    hand.wait_shown()
    assert hand.look.pins[0].row == 3 and hand.problems == []


@pytest.mark.parametrize("part", ["latents", "weights.safetensors", "run.json"])
@pytest.mark.slow
def test_files_that_are_cut_short_while_open_change_nothing(desk, own_run, part):
    hand = desk.window(own_run)
    whole = own_run / part
    for path in [whole] if whole.is_file() else whole.glob("*.safetensors"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    pause(2.5)
    before = hand.run.hover.decoded
    hand.click(hand.place(3))
    hand.wait_decoded(before)
    assert len(hand.look.pins) == 1 and len(hand.run.explorer.space) > 100


@pytest.mark.parametrize("part", ["latents", "weights.safetensors", "run.json"])
@pytest.mark.slow
def test_a_run_that_was_cut_short_before_is_told_of_and_another_can_be_opened(
    desk, own_run, small_runs, part
):
    whole = own_run / part
    for path in [whole] if whole.is_file() else whole.glob("*.safetensors"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    hand = desk.window(own_run, ready=False)
    wait(lambda: hand.problems)
    pause(0.3)
    assert hand.window.main.page == ("gallery" if part == "run.json" else "explorer")
    assert all("Traceback" not in text for text in hand.problems)
    hand.dismiss()
    hand.open(small_runs["digits"])
    hand.click(hand.place(0))
    assert len(hand.look.pins) == 1 and hand.problems == []


@pytest.mark.slow
def test_a_run_without_codes_shows_its_facts(desk, own_run):
    shutil.rmtree(own_run / "latents")
    hand = desk.window(own_run, ready=False)
    wait(lambda: hand.problems)
    wait(lambda: type(hand.window.main.slots["map"].held).__name__ == "RunFacts")
    assert hand.window.run is None and hand.window.main.page == "explorer"


@pytest.mark.slow
def test_a_run_that_does_not_exist_leads_to_the_gallery(desk, tmp_path):
    hand = desk.window(tmp_path / "nowhere", ready=False)
    wait(lambda: hand.problems)
    wait(lambda: hand.window.main.page == "gallery")


@pytest.mark.slow
def test_a_run_whose_plugin_is_missing_shows_its_map_and_what_to_install(desk, small_runs, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "")
    hand = desk.window(small_runs["words"], ready=False)
    wait(lambda: hand.problems)
    facts = None

    def shown():
        nonlocal facts
        found = [slot.held for slot in hand.window.main.slots.values()]
        facts = next((one for one in found if type(one).__name__ == "RunFacts"), None)
        return facts is not None and facts.isVisible()

    wait(shown)
    wait(lambda: hand.window.run is not None)
    assert any("words" in text for text in hand.problems)
    hand.click(hand.place(0))  # decodes nothing, and breaks nothing
    hand.key(Key.Key_R)
    assert "place.pin" not in hand.window.main.enabled


# ---- the disk -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_full_disk_at_export_leaves_no_part_of_a_file_and_is_told(desk, small_runs, tmp_path):
    hand = desk.window(small_runs["digits"])
    hand.click(hand.place(0))
    hand.do("file.export")
    strip = hand.run.widgets.strip
    QTest.keyClick(strip.dialog, Key.Key_Escape)
    wait(lambda: strip.dialog is None)
    process = hand.window.background()
    wait(lambda: process._awake and not process.busy)
    full = psutil.Process(process._child.process.pid)
    full.rlimit(psutil.RLIMIT_FSIZE, (64, resource.RLIM_INFINITY))
    path = tmp_path / "out" / "sheet.png"
    path.parent.mkdir()
    path.write_bytes(b"an older one")
    strip.export_chosen.emit(Choice("sheet", path, "png"))
    wait(lambda: hand.problems)
    assert path.read_bytes() == b"an older one" and [one.name for one in path.parent.iterdir()] == [
        "sheet.png"
    ]
    assert str(path.parent) in hand.problems[0] or path.name in hand.problems[0]
    full.rlimit(psutil.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    hand.dismiss()
    strip.export_chosen.emit(Choice("sheet", path, "png"))
    wait(lambda: path.read_bytes()[:4] == b"\x89PNG")
    wait(lambda: hand.run.journey.exports._busy is None)
    assert hand.problems == []


@pytest.mark.slow
def test_a_full_disk_at_session_save_is_told_once_and_saved_when_there_is_room(desk, small_runs, monkeypatch):
    hand = desk.window(small_runs["digits"])
    write = keeping.write_json

    def full(path, content):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(keeping, "write_json", full)
    hand.click(hand.place(0))
    wait(lambda: any("No space left" in text for text in hand.said))
    pause(2.5)
    assert sum("No space left" in text for text in hand.said) <= 2  # of the session, and of the settings
    hand.click(hand.place(1))
    monkeypatch.setattr(keeping, "write_json", write)
    desk.close()
    assert len(json.loads(session_path(small_runs["digits"]).read_text())["look"]["pins"]) == 2


# ---- plugins ------------------------------------------------------------------------------------------------


def test_whatever_a_plugin_returns_the_window_says_so_and_goes_on(desk, small_runs):
    hand = desk.window(small_runs["faulty"])
    for fault in WRONG:
        go(hand, fault)
        wait(lambda: hand.problems)
        assert len(hand.problems) == 1 and "\n" not in hand.problems[0].strip(), fault
        goes_on(hand)
        hand.dismiss()
    for fault in ODD:
        before = hand.run.hover.decoded
        go(hand, fault)
        hand.wait_decoded(before)
        hand.wait_shown()
        assert max(hand.run.hover.shown.picture.shape) <= 2048 and hand.problems == [], fault
    goes_on(hand)


@pytest.mark.slow
def test_what_went_wrong_can_be_looked_at(desk, small_runs):
    hand = desk.window(small_runs["faulty"])
    go(hand, "raises")
    wait(lambda: hand.problems)
    toast = hand.window.messages._toasts[-1]
    wait(toast.details.isVisible)
    QTest.mouseClick(toast.details, LEFT)
    dialog = hand.window.messages.dialog
    assert dialog is not None and dialog.isVisible()
    QTest.keyClick(dialog, Key.Key_Escape)
    goes_on(hand)


@pytest.mark.parametrize("fault", ["killed", "exits"])
@pytest.mark.slow
def test_a_process_that_a_plugin_ends_is_started_anew_and_not_ended_again(desk, small_runs, fault):
    hand = desk.window(small_runs["faulty"])
    first = hand.window.live._child.process.pid
    go(hand, fault)
    wait(lambda: hand.problems)
    wait(lambda: hand.window.live._child is not None and hand.window.live._child.process.pid != first)
    wait(lambda: hand.window.live._awake and not hand.window.live.busy)
    pause(0.3)
    assert not hand.window.live._over  # the same place was not asked for again
    goes_on(hand)


@pytest.mark.slow
def test_a_pin_at_which_a_plugin_ends_its_process_ends_no_second_one(desk, small_runs):
    hand = desk.window(small_runs["faulty"])
    first = hand.window.live._child.process.pid
    go(hand, "killed")
    hand.key(Key.Key_Return)
    wait(lambda: hand.window.live._child is not None and hand.window.live._child.process.pid != first)
    wait(lambda: hand.window.live._awake and not hand.window.live.busy)
    pause(0.3)
    assert len(hand.look.pins) == 1 and not hand.window.live._over
    goes_on(hand)


def hang_and_cancel(hand, least):
    go(hand, "hangs")
    begun = time.monotonic()
    wait(lambda: hand.under_way() is not None)
    assert time.monotonic() - begun > least
    toast = hand.under_way()
    assert "has not answered" in toast.text
    wait(toast.cancel.isVisible)
    QTest.mouseClick(toast.cancel, LEFT)
    wait(lambda: hand.under_way() is None)
    wait(lambda: hand.window.live._awake and not hand.window.live.busy)
    pause(2 * client.PATIENCE if client.PATIENCE < 2 else 0)
    assert hand.under_way() is None  # the same place was not asked for again
    goes_on(hand)


def test_a_plugin_that_hangs_can_be_given_up(desk, small_runs, monkeypatch):
    monkeypatch.setattr(client, "PATIENCE", 0.8)
    hang_and_cancel(desk.window(small_runs["faulty"]), 0.7)


@pytest.mark.slow
def test_a_plugin_hangs_for_five_seconds_before_it_is_said(desk, small_runs):
    hang_and_cancel(desk.window(small_runs["faulty"]), 4.5)


# ---- a person's files, sound --------------------------------------------------------------------------------


def test_files_that_cannot_be_read_are_refused_in_a_sentence_each(desk, small_runs, tmp_path):
    hand = desk.window(small_runs["digits"])
    folder, huge, odd, empty = (tmp_path / name for name in ("folder", "huge.png", "odd.png", "empty.png"))
    folder.mkdir()
    with huge.open("wb") as file:
        file.truncate(2**30)
    odd.write_bytes(np.random.default_rng(0).bytes(5000))
    empty.touch()
    for path, words in ((folder, "is a folder"), (huge, "1,024 MB"), (odd, "odd.png"), (empty, "is empty"),
                        (tmp_path / "gone.png", "can't be read")):  # fmt: skip
        assert hand.drop(hand.map, [path])
        wait(lambda: hand.problems)
        assert words in hand.problems[0] and "Traceback" not in hand.problems[0]
        hand.dismiss()
    assert hand.look.files == ()
    hand.click(hand.place(0))
    assert hand.look.pins


@pytest.mark.slow
def test_a_run_that_is_dropped_is_opened(desk, small_runs):
    hand = desk.window(small_runs["digits"])
    assert hand.drop(hand.window.main, [small_runs["words"]])
    wait(lambda: hand.window.run is not None and hand.run.explorer.path == small_runs["words"])
    hand.wait_ready()


@pytest.mark.slow
def test_without_a_sound_card_melodies_play_in_silence(desk, small_runs, monkeypatch):
    hand = desk.window(small_runs["melodies"])
    hand.click(hand.place(0))
    hand.wait_shown()
    moved = []
    hand.window.player.moved.connect(moved.append)
    hand.key(Key.Key_S)
    wait(lambda: len(moved) > 3)
    assert hand.problems == [] and isinstance(hand.window.player._output, Output)
    hand.key(Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
    wait(lambda: hand.window.player.number == 0)


# ---- quitting -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_quitting_while_the_model_is_loaded(desk, small_runs):
    hand = desk.window(small_runs["digits"], ready=False)
    hand.app_events()
    assert desk.close() < 2


@pytest.mark.slow
def test_quitting_while_the_pointer_decodes(desk, small_runs):
    hand = desk.window(small_runs["classes"])
    for step in range(30):
        hand.hover(QPoint(100 + 7 * step, 150 + 3 * step))
    hand.key(Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert not hand.window.main.isVisible() if not hand.window.ended else True
    assert desk.close() < 2


def test_quitting_while_a_plugin_hangs(desk, small_runs):
    hand = desk.window(small_runs["faulty"])
    go(hand, "hangs")
    pause(0.2)
    assert hand.window.live.busy
    assert desk.close() < 2


@pytest.mark.slow
def test_quitting_during_an_export_and_umap(desk, small_runs, tmp_path):
    hand = desk.window(small_runs["classes"])
    hand.do("map.umap")
    strip = hand.run.widgets.strip
    hand.click(hand.place(0))
    hand.do("file.export")
    QTest.keyClick(strip.dialog, Key.Key_Escape)
    strip.export_chosen.emit(Choice("sheet", tmp_path / "sheet.png", "png"))
    wait(lambda: hand.window.niced._awake)
    pause(0.2)
    assert desk.close() < 2
    assert not list(tmp_path.glob("sheet*")) or (tmp_path / "sheet.png").stat().st_size


@pytest.mark.slow
def test_leaving_a_run_during_an_export_writes_whole_files_or_none(desk, small_runs, tmp_path):
    hand = desk.window(small_runs["faulty"])
    for x in (140.0, 140.5):  # slow items
        hand.paste([x, 0.0])
        hand.key(Key.Key_W)
    wait(lambda: len(hand.run.journey.steps) == 16)
    hand.do("file.export")
    strip = hand.run.widgets.strip
    QTest.keyClick(strip.dialog, Key.Key_Escape)
    out = tmp_path / "walk.gif"
    strip.export_chosen.emit(Choice("animation", out, "gif", 0.1, True))
    wait(lambda: hand.window.niced is not None and hand.window.niced.busy == "export")
    pause(0.5)
    hand.do("file.gallery")
    hand.open(small_runs["digits"])
    pause(0.5)
    assert not out.exists() and hand.problems == []
