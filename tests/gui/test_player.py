# The player: no click anywhere in what a device gets, gapless loops, and silence that keeps time.
"""The player: no click anywhere in what a device gets, gapless loops, and silence that keeps time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from aekit_gui.work import output
from aekit_gui.work.mixer import Mixer
from aekit_gui.work.output import NO_DEVICE, NO_LIBRARY
from aekit_gui.work.player import Player
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from aekit.errors import UsageError
from aekit.heard import Note, Notes, Sound

RATE = 44_100
BLOCK = 1_323  # frames: 30 ms
LOUDEST_STEP = 2 * np.pi * 441 / RATE  # between two samples of the tone below
FADE_STEP = 1 / (0.005 * RATE)  # by which a fade may move a full sample


def tone(seconds: float, phase: float = 0.0) -> NDArray[np.float32]:
    """A sine of 441 Hz, 100 samples a turn, as loud as can be."""
    return np.sin(2 * np.pi * 441 * np.arange(round(seconds * RATE)) / RATE + phase).astype(np.float32)


def read(mixer: Mixer, blocks: int) -> NDArray[np.float32]:
    return np.concatenate([mixer.read(BLOCK) for _ in range(blocks)])


def loudest_step(samples: NDArray[np.float32]) -> float:
    """The largest step between neighbouring samples, with silence before."""
    return float(np.abs(np.diff(samples[:, 0], prepend=0)).max())


def settle(qtbot: QtBot, player: Player) -> None:
    qtbot.waitUntil(lambda: (player.position() or 0) > 0.05, timeout=3000)


# ---- what the device gets -----------------------------------------------------------------------------


def test_a_sound_that_begins_and_ends_in_full_swing_does_not_click() -> None:
    mixer = Mixer()
    mixer.play(tone(0.1, phase=np.pi / 2), RATE)

    out = read(mixer, 5)

    assert loudest_step(out) < LOUDEST_STEP + 2 * FADE_STEP
    assert np.allclose(out[1000:3000, 0], tone(0.1, np.pi / 2)[1000:3000], atol=1e-6)
    assert np.array_equal(out[:, 0], out[:, 1])
    assert mixer.silent and mixer.number == 0


def test_stopping_in_full_swing_does_not_click() -> None:
    mixer = Mixer()
    mixer.play(tone(2.0), RATE)

    before = read(mixer, 2)
    mixer.stop()
    out = np.concatenate([before, read(mixer, 2)])

    assert loudest_step(out) < LOUDEST_STEP + 2 * FADE_STEP
    assert not out[2 * BLOCK + 221 :].any()


def test_a_replaced_sound_crosses_over_without_a_click_and_without_a_gap() -> None:
    mixer = Mixer()
    mixer.play(tone(2.0), RATE)
    out = [read(mixer, 1)]
    for turn in range(6):
        mixer.play(tone(2.0, phase=turn + 0.5), RATE)
        out.append(read(mixer, 1))
    whole = np.concatenate(out)

    assert loudest_step(whole) < LOUDEST_STEP + 2 * FADE_STEP
    assert np.abs(whole).max() <= 1
    loudness = np.abs(whole[300:, 0]).reshape(-1)[: 8000 // 100 * 100].reshape(-1, 100).max(1)
    assert loudness.min() > 0.3


def test_a_sound_that_was_replaced_before_it_was_heard_leaves_nothing_behind() -> None:
    mixer = Mixer()
    mixer.play(tone(1.0, 1.0), RATE)
    mixer.play(np.zeros(RATE, np.float32), RATE)

    assert not read(mixer, 3).any()


def test_a_loop_goes_on_as_if_there_were_no_seam() -> None:
    mixer = Mixer()
    whole = tone(0.1)[:4400]  # 44 turns
    mixer.play(whole, RATE, loop=True)

    out = read(mixer, 12)[:, 0]

    expected = np.resize(whole, len(out))
    assert np.allclose(out[221:], expected[221:], atol=1e-6)


def test_a_loop_whose_ends_do_not_meet_is_faded_there() -> None:
    mixer = Mixer()
    mixer.play(np.linspace(-1, 1, 4000, dtype=np.float32), RATE, loop=True)

    assert loudest_step(read(mixer, 10)) < 4 * FADE_STEP


@pytest.mark.parametrize("rate", [22_050, 48_000, 16_000])
def test_another_rate_keeps_pitch_length_and_seam(rate: int) -> None:
    mixer = Mixer()
    turns = np.sin(2 * np.pi * 200 * np.arange(rate // 10) / rate).astype(np.float32)  # 20 whole turns
    mixer.play(turns, rate, loop=True)

    out = read(mixer, 20)[:, 0]

    expected = np.sin(2 * np.pi * 200 * np.arange(len(out)) / RATE)
    assert np.abs(out[221:] - expected[221:]).max() < 0.01


def test_rendered_notes_loop_without_a_seam() -> None:
    notes = Notes(tuple(Note(60 + step, 0.2 * step, 0.2 * step + 0.19) for step in range(5)), 1.0)
    sound = notes.sound(loop=True)
    mixer = Mixer(sound.rate)
    mixer.play(sound.samples, sound.rate, loop=True)

    out = read(mixer, 100)

    assert loudest_step(out) <= 1.1 * float(np.abs(np.diff(sound.samples)).max()) + FADE_STEP


def test_the_volume_moves_without_a_click() -> None:
    mixer = Mixer()
    mixer.play(tone(1.0), RATE)
    out = [read(mixer, 2)]
    mixer.set_volume(0.1)
    out.append(read(mixer, 2))

    whole = np.concatenate(out)
    assert loudest_step(whole) < LOUDEST_STEP + 2 * FADE_STEP
    assert np.abs(whole[3 * BLOCK :]).max() == pytest.approx(0.1, abs=1e-3)


def test_wild_samples_stay_within_the_range() -> None:
    mixer = Mixer()
    mixer.play(np.array([[np.nan, 5.0, 1.0], [np.inf, -9.0, 0.0]] * 400, np.float32), RATE)

    out = read(mixer, 2)

    assert np.isfinite(out).all() and np.abs(out).max() <= 1


@pytest.mark.parametrize(
    "samples", [np.zeros((2, 2, 2), np.float32), np.zeros((4, 0), np.float32), np.zeros(4, int)]
)
def test_what_is_no_sound_is_refused_in_a_sentence(samples: NDArray[np.float32]) -> None:
    with pytest.raises(UsageError, match="received"):
        Mixer().play(samples, RATE)


def test_the_position_goes_round_with_a_loop() -> None:
    mixer = Mixer()
    mixer.play(tone(0.05), RATE, loop=True)
    mixer.read(RATE // 50)
    mixer.read_at = time.perf_counter() - 1.0  # all of the block was heard

    assert mixer.position() == pytest.approx(0.02, abs=1e-4)
    mixer.read(RATE // 20)
    mixer.read_at = time.perf_counter() - 1.0
    assert mixer.position() == pytest.approx(0.02, abs=1e-4)


@pytest.mark.parametrize("loop", [False, True])
def test_an_empty_sound_is_over_at_once(loop: bool) -> None:
    mixer = Mixer()
    mixer.play(np.zeros(0, np.float32), RATE, loop=loop)

    assert mixer.position() is None and not read(mixer, 1).any() and mixer.number == 0


def test_a_sound_can_begin_in_its_middle() -> None:
    mixer = Mixer()
    whole = tone(0.2)
    mixer.play(whole, RATE, start=0.1)
    assert mixer.position() == pytest.approx(0.1)

    out = read(mixer, 4)[:, 0]

    assert np.allclose(out[221:4000], whole[4410 + 221 : 4410 + 4000], atol=1e-6)
    assert loudest_step(out[:, None]) < LOUDEST_STEP + 2 * FADE_STEP


def test_beginning_behind_the_end_is_silence() -> None:
    mixer = Mixer()
    mixer.play(tone(0.1), RATE, start=9.0)

    assert not read(mixer, 2).any() and mixer.number == 0


# ---- without a sound card -----------------------------------------------------------------------------


@pytest.fixture
def player(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Player]:
    """A player on a computer without a sound card."""

    def no_device(rate: int, systems: list[object] | None, identity: object = None) -> object:
        null = output.miniaudio().Backend.NULL
        if systems != [null]:
            raise output.miniaudio().MiniaudioError("no suitable audio backend found")
        return made(rate, systems)

    made = output.made
    monkeypatch.setattr(output, "made", no_device)
    player = Player()
    yield player
    player.close()


def threads() -> int:
    folder = Path("/proc/self/task")
    return len(list(folder.iterdir())) if folder.exists() else threading.active_count()


def test_without_a_card_time_passes_and_the_end_is_told(qtbot: QtBot, player: Player) -> None:
    places: list[float] = []
    player.moved.connect(places.append)

    with qtbot.waitSignal(player.stopped, timeout=4000):
        began = time.perf_counter()
        number = player.play(Sound(tone(0.4), RATE))
        assert time.perf_counter() - began < 0.02
        assert player.number == number

    assert player.silent == NO_DEVICE
    assert 0.3 < time.perf_counter() - began < 2.0
    assert places == sorted(places) and 0.15 < places[-1] <= 0.4 and len(places) >= 4
    assert player.position() is None and player.number == 0


def test_one_sound_takes_anothers_place_without_stopped(qtbot: QtBot, player: Player) -> None:
    stops: list[bool] = []
    player.stopped.connect(lambda: stops.append(True))
    first = player.play(Sound(tone(5.0), RATE))
    settle(qtbot, player)

    second = player.play(Sound(tone(5.0), RATE), loop=True)
    qtbot.wait(100)
    assert not stops and second != first == second - 1

    player.stop()
    assert stops == [True] and player.position() is None


def test_the_device_rests_after_silence_and_wakes_again(
    qtbot: QtBot, player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aekit_gui.work.player.IDLE", 0.1)
    player.play(Sound(tone(0.05), RATE))
    qtbot.waitUntil(lambda: player._output.running, timeout=3000)
    qtbot.waitUntil(lambda: not player._output.running, timeout=3000)

    player.play(Sound(tone(0.5), RATE))
    settle(qtbot, player)


def test_a_device_that_was_pulled_out_is_opened_anew(
    qtbot: QtBot, player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aekit_gui.work.player.STUCK", 0.2)
    player.play(Sound(tone(5.0), RATE))
    settle(qtbot, player)
    first = player._output._device

    first.callback_generator = None  # it asks for nothing more
    qtbot.waitUntil(lambda: player._output._device not in (None, first), timeout=3000)
    place = player.position()
    qtbot.waitUntil(lambda: (player.position() or 0) > (place or 0), timeout=3000)


def test_closing_leaves_no_thread(qtbot: QtBot, player: Player) -> None:
    before = threads()
    player.play(Sound(tone(5.0), RATE))
    settle(qtbot, player)
    assert threads() > before

    player.close()

    assert threads() == before
    assert not [one for one in threading.enumerate() if one.name == "aekit-sound"]
    assert player.play(Sound(tone(0.1), RATE)) == 0 and player.devices() == []
    player.close()


def test_an_unknown_device_falls_back_to_the_systems_choice(qtbot: QtBot, player: Player) -> None:
    player.set_device("Somebody's headphones")
    player.play(Sound(tone(1.0), RATE))

    settle(qtbot, player)
    player.set_device("")
    settle(qtbot, player)


def test_without_the_library_the_sound_just_ends(
    qtbot: QtBot, player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise ImportError("no miniaudio")

    with monkeypatch.context() as patched:
        patched.setattr(output, "miniaudio", missing)
        with qtbot.waitSignal(player.stopped, timeout=3000):
            player.play(Sound(tone(5.0), RATE))
        assert player.silent == NO_LIBRARY and player.devices() == []


def test_closing_does_not_wait_for_a_sound_system_that_hangs(
    player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = threading.Event()
    monkeypatch.setattr(output, "PATIENCE", 0.2)
    monkeypatch.setattr(output, "opened", lambda name, rate: (free.wait(5), (None, ""))[1])
    player.play(Sound(tone(1.0), RATE))
    began = time.perf_counter()

    player.close()

    assert time.perf_counter() - began < 1.0
    free.set()
