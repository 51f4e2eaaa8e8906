# Windows one after another: sessions come back, runs are opened from the gallery, demos need no data.
"""Windows one after another: sessions come back, runs are opened from the gallery, demos need no data."""

from __future__ import annotations

import pytest
from aekit_gui.choices import DEMOS
from event_loop import wait
from PySide6.QtCore import Qt

Key = Qt.Key


def middle(hand):
    return hand.map.rect().center()


def test_a_session_comes_back_in_another_window(desk, small_runs):
    hand = desk.window(small_runs["digits"])
    hand.click(hand.place(3))
    hand.click(hand.place(5))
    hand.key(Key.Key_W)
    hand.do("view.dark")
    hand.wheel(middle(hand), 2)
    hand.settle()
    look = hand.look
    desk.close()
    again = desk.window(small_runs["digits"], theme="")
    assert again.look == look and again.window.style.choice == "dark"
    again.settle()
    assert again.map.camera == look.camera
    wait(lambda: len(again.run.pins.decoded) == 2)
    assert again.window.settings.recents[0] == small_runs["digits"]


@pytest.mark.slow
def test_from_the_gallery_to_a_run_and_back_and_to_another(desk, small_runs, monkeypatch):
    monkeypatch.chdir(small_runs["digits"].parent)
    (small_runs["digits"].parent / "runs").mkdir(exist_ok=True)
    hand = desk.window()
    hand.window.settings.opened(small_runs["words"])
    hand.window.show_gallery()
    wait(lambda: hand.window.cards.shown)
    assert hand.window.main.page == "gallery"
    hand.open(small_runs["digits"])
    first = hand.run
    hand.hover(hand.place(0))
    hand.do("file.gallery")
    assert hand.window.run is None and hand.window.main.page == "gallery" and first.explorer.ended
    assert "map.fit" not in hand.window.main.enabled
    hand.open(small_runs["melodies"])
    assert hand.run.explorer.opened.kind == "Notes" and hand.run is not first
    hand.click(hand.place(0))
    wait(lambda: hand.run.pins.decoded)
    assert hand.problems == []


@pytest.mark.parametrize(
    "name",
    ["digits-2d", *(pytest.param(name, marks=pytest.mark.slow) for name in ("digits-16d", "folk-tunes"))],
)
def test_a_shipped_demo_opens_and_decodes_without_its_data(desk, name):
    if not (DEMOS / name / "weights.safetensors").exists():
        pytest.skip("this demo is not made yet")
    hand = desk.window(DEMOS / name)
    assert len(hand.run.explorer.space) > 100
    first, last = hand.apart()
    hand.click(hand.place(first))
    hand.click(hand.place(last))
    hand.key(Key.Key_M)
    hand.wait_shown()
    assert hand.look.here.name.startswith("halfway") and hand.problems == []
    if name == "digits-2d":
        hand.wheel(middle(hand), 12)
        wait(lambda: hand.run.manifold.asked is not None or hand.run.manifold.wanted)
