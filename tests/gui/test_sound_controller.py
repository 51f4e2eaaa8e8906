# The sound controller with stand-ins: what plays where the pointer rests, and what does not.
"""The sound controller with stand-ins: what plays where the pointer rests, and what does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aekit_gui.controllers.explorer import Explorer
from aekit_gui.controllers.sound import SoundController
from aekit_gui.models.store import Store
from aekit_gui.work.protocol import Decoded
from stand_ins import Messages, Model, Now, Signal, Widget, opened, space

from aekit.heard import Note, Notes, Sound

MELODY = Notes((Note(60, 0.0, 0.4), Note(64, 0.5, 0.9)), 1.0)
OTHER = Notes((Note(72, 0.0, 0.4),), 1.0)


class Rest:
    """A timer that fires when the test says so."""

    def __init__(self) -> None:
        self.timeout = Signal()
        self.waits, self.milliseconds = False, 0

    def setInterval(self, milliseconds: int) -> None:
        self.milliseconds = milliseconds

    def start(self) -> None:
        self.waits = True

    def stop(self) -> None:
        self.waits = False

    def fire(self) -> None:
        if self.waits:
            self.waits = False
            self.timeout.emit()


class Cut(Signal):
    """A signal that can be let go of."""

    def disconnect(self, slot: Any) -> None:
        self.slots.remove(slot)


class Played:
    """A player that keeps what it was given."""

    def __init__(self) -> None:
        self.moved, self.stopped, self.device_changed = Cut(), Cut(), Cut()
        self.sounds: list[Sound] = []
        self.start = 0.0
        self.number, self.volume, self.device, self.silent = 0, -1.0, "?", ""

    def play(self, sound: Sound, loop: bool = False, start: float = 0.0) -> int:
        self.start = start
        self.sounds.append(sound)
        self.number = len(self.sounds)
        return self.number

    def stop(self) -> None:
        if self.number:
            self.number = 0
            self.stopped.emit()

    def end(self) -> None:
        self.number = 0
        self.stopped.emit()

    def set_volume(self, volume: float) -> None:
        self.volume = volume

    def set_device(self, name: str) -> None:
        self.device = name

    def devices(self) -> list[str]:
        return ["Speakers"]


class Room:
    """A controller and all that it is joined with."""

    def __init__(self, example: Any = MELODY, settings: dict[str, Any] | None = None) -> None:
        self.model, self.messages, self.player, self.rest = Model(), Messages(), Played(), Rest()
        self.settings = {} if settings is None else settings
        self.inspector = Widget("play_wanted", "seek_wanted", "view_play_wanted")
        self.explorer = Explorer(
            Path("run"), Store(), space(), self.model, lambda: None, Now(), self.messages
        )
        self.explorer.opened = opened(kind=type(example).__name__, example=example)
        self.sound = SoundController(self.explorer, self.player, self.inspector, self.settings, self.rest)

    def point(self, x: float, y: float) -> None:
        self.explorer.pointer = (x, y)
        self.explorer.tell("pointer")

    def leave(self) -> None:
        self.explorer.pointer = None
        self.explorer.tell("pointer")

    def answer(self, view: Any = MELODY) -> None:
        asked = self.model.take("decode")
        asked.done(Decoded(view, np.zeros((2, 2, 3), np.uint8), asked.arguments["code"], 0.001))

    def dwell(self, x: float = 1.0, view: Any = MELODY) -> None:
        self.point(x, 0.0)
        self.rest.fire()
        self.answer(view)

    def playheads(self) -> list[Any]:
        return [told[0] for name, told in self.inspector.all_told if name == "set_playhead"]


def test_where_the_pointer_rests_it_plays() -> None:
    room = Room()
    room.point(1.0, 2.0)
    room.point(1.5, 2.0)
    assert not room.model.asked

    room.rest.fire()

    (asked,) = room.model.asked
    assert np.allclose(asked.arguments["code"], room.explorer.code_at(1.5, 2.0))
    room.answer()
    assert len(room.player.sounds) == 1 and np.array_equal(
        room.player.sounds[0].samples, MELODY.sound().samples
    )


def test_a_pointer_that_moves_on_keeps_its_sound_until_it_rests_again() -> None:
    room = Room()
    room.dwell()
    room.point(2.0, 0.0)
    assert room.player.number == 1

    room.rest.fire()
    room.answer(OTHER)

    assert room.player.number == 2


def test_a_trembling_pointer_does_not_begin_anew() -> None:
    room = Room()
    room.dwell(1.0)
    room.dwell(1.001)
    assert len(room.player.sounds) == 1

    room.player.end()
    room.dwell(1.0)
    assert len(room.player.sounds) == 2


def test_leaving_the_map_stops_what_the_pointer_played() -> None:
    room = Room()
    room.dwell()

    room.leave()

    assert room.player.number == 0 and room.playheads()[-1] is None


def test_an_answer_that_comes_after_leaving_is_not_played() -> None:
    room = Room()
    room.dwell()
    room.point(3.0, 0.0)
    room.rest.fire()
    room.leave()

    room.answer(OTHER)

    assert len(room.player.sounds) == 1


def test_what_was_asked_for_goes_on_when_the_pointer_moves_rests_and_leaves() -> None:
    room = Room()
    room.inspector.play_wanted.emit()
    room.answer()

    room.point(1.0, 1.0)
    room.rest.fire()
    room.leave()

    assert room.player.number == 1 and not room.model.asked


def test_a_journey_that_plays_is_not_disturbed_by_resting() -> None:
    room = Room()
    room.player.play(MELODY.sound())

    room.point(1.0, 1.0)
    room.rest.fire()
    room.leave()

    assert not room.model.asked and room.player.number == 1


def test_playing_again_stops_it_and_the_action_begins_anew() -> None:
    room = Room()
    room.sound.play()
    room.answer()

    room.inspector.play_wanted.emit()
    assert room.player.number == 0

    room.sound.play()
    room.answer()
    room.sound.play()
    room.answer()
    assert len(room.player.sounds) == 3


def test_a_click_on_the_picture_plays_from_there() -> None:
    room = Room()

    room.inspector.seek_wanted.emit(0.5)
    room.answer()

    assert room.player.start == 0.5


def test_stop_stops_a_sound_that_is_still_on_its_way() -> None:
    room = Room()
    room.sound.play()
    room.sound.stop()

    room.answer()

    assert not room.player.sounds


def test_the_playhead_moves_for_sounds_of_its_own_alone() -> None:
    room = Room()
    room.dwell()
    room.player.moved.emit(0.25)
    assert room.playheads() == [0.25]

    room.player.play(OTHER.sound())  # a journey takes over
    room.player.moved.emit(0.5)
    room.player.moved.emit(0.6)

    assert room.playheads() == [0.25, None]


def test_the_end_takes_the_playhead_away() -> None:
    room = Room()
    room.dwell()
    room.player.moved.emit(0.9)

    room.player.end()

    assert room.playheads() == [0.9, None]


def test_pictures_are_never_asked_for() -> None:
    from aekit.views import Picture

    room = Room(Picture(np.zeros((4, 4), np.uint8)))
    room.point(1.0, 1.0)

    assert not room.sound.heard and not room.rest.waits
    room.sound.play()
    assert not room.model.asked


def test_what_dwelling_asked_for_does_not_interrupt_a_walk_that_began_meanwhile() -> None:
    room = Room()
    room.point(1.0, 0.0)
    room.rest.fire()
    walk = room.player.play(MELODY.sound())

    room.answer()

    assert room.player.number == walk and len(room.player.sounds) == 1


def test_dwelling_can_be_turned_off_and_stays_off() -> None:
    room = Room()
    room.dwell()
    room.sound.toggle_dwell()
    assert room.player.number == 0

    room.point(2.0, 0.0)
    assert not room.rest.waits

    again = Room(settings=room.settings)
    assert again.sound.dwells is False
    again.sound.toggle_dwell()
    assert Room(settings=again.settings).sound.dwells is True


def test_volume_and_device_are_kept() -> None:
    room = Room()
    assert room.player.volume == 0.8 and room.player.device == "" and room.rest.milliseconds == 250
    for _ in range(4):
        room.sound.change_volume(0.1)
    room.sound.choose_device("Speakers")

    again = Room(settings=room.settings)

    assert room.player.volume == again.player.volume == 1.0 and again.player.device == "Speakers"
    assert room.messages.said[-1] == "Volume 100 %"


@pytest.mark.parametrize("volume", ["loud", None, -1, 7, float("nan"), True])
def test_damaged_settings_are_left_at_their_defaults(volume: Any) -> None:
    room = Room(settings={"sound.volume": volume, "sound.dwell_seconds": volume, "sound.dwell": "no"})

    assert room.player.volume == 0.8 and room.rest.milliseconds == 250 and room.sound.dwells


def test_silence_is_explained_once() -> None:
    room = Room()
    room.player.silent = "No sound is heard: this computer has no sound device."
    room.player.device_changed.emit()
    room.player.device_changed.emit()

    assert room.messages.said == ["No sound is heard: this computer has no sound device."]


def test_a_failing_model_is_told_of() -> None:
    room = Room()
    room.sound.play()

    room.model.take("decode").failed("it broke")

    assert room.messages.problems == ["it broke"]


def test_closing_the_run_ends_its_sound_and_lets_the_player_go() -> None:
    room = Room()
    room.dwell()
    room.sound.play()

    room.explorer.close()
    room.answer()

    assert room.player.number == 0 and len(room.player.sounds) == 1
    assert not room.player.moved.slots and not room.player.stopped.slots
