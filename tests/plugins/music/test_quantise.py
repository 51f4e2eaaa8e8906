# Tests of beats to steps: grids, swing, triplets, grace notes, rolled chords, crowded steps.
"""Tests of beats to steps: grids, swing, triplets, grace notes, rolled chords, crowded steps."""

from __future__ import annotations

import numpy as np
import pytest
from aekit_music.quantise import bent_triplets, in_steps, is_swung
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_files import GRACED, SWUNG


def steps(onsets, lengths, steps_per_beat=4, swung=None):
    starts, ends = in_steps(
        np.array(onsets, float), np.broadcast_to(np.array(lengths, float), len(onsets)), steps_per_beat, swung
    )
    return starts.tolist(), ends.tolist()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 30)), min_size=0, max_size=40),
    st.integers(1, 24),
)
def test_what_lies_on_the_steps_stays_there(notes, steps_per_beat):
    onsets, lengths = np.array(notes, float).reshape(-1, 2).T / steps_per_beat

    starts, ends = in_steps(onsets, lengths, steps_per_beat, swung=False)

    assert starts.tolist() == [start for start, _ in notes]
    assert ends.tolist() == [start + length for start, length in notes]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 50), st.floats(0.001, 4)), max_size=60),
    st.sampled_from([1, 2, 3, 4, 6, 8, 12]),
)
def test_any_notes_keep_their_order_and_move_by_less_than_a_step(notes, steps_per_beat):
    onsets, lengths = np.array(notes, float).reshape(-1, 2).T

    starts, ends = in_steps(onsets, lengths, steps_per_beat, swung=False)

    assert (ends > starts).all() and (starts >= 0).all() and starts.dtype == np.int64
    assert (np.diff(starts[np.argsort(onsets, kind="stable")]) >= 0).all()
    assert (np.abs(starts - onsets * steps_per_beat) <= 1.0001).all()


def test_unevenness_of_a_player_is_evened_out():
    chance = np.random.default_rng(2)
    written = np.arange(64) / 4
    onsets = np.maximum(written + chance.normal(0, 0.03, 64), 0)

    assert steps(onsets, 0.2)[0] == list(range(64))


@pytest.mark.parametrize("ratio", [1.6, 2.0, 2.6])
@pytest.mark.parametrize("steps_per_beat", [2, 4, 8])
def test_swung_eighths_become_straight_ones(ratio, steps_per_beat):
    late = ratio / (1 + ratio)
    onsets = [n // 2 + (n % 2) * late for n in range(32)]
    lengths = [late if n % 2 == 0 else 1 - late for n in range(32)]

    starts, ends = steps(onsets, lengths, steps_per_beat)

    assert starts == [n * steps_per_beat // 2 for n in range(32)]
    assert ends == [n * steps_per_beat // 2 for n in range(1, 33)]


def test_a_triplet_in_a_swung_piece_stays_three_notes():
    onsets = [onset for onset, _, _ in SWUNG] + [20, 20 + 1 / 3, 20 + 2 / 3]

    starts, _ = steps(onsets, 1 / 3)

    assert starts[-3:] == [80, 81, 83] and starts[1] == 2


def test_triplets_are_no_swing():
    onsets = np.arange(48) / 3

    assert not is_swung(onsets)
    assert steps(onsets, 1 / 3)[0] == [
        step for beat in range(16) for step in (4 * beat, 4 * beat + 1, 4 * beat + 3)
    ]
    assert steps(onsets, 1 / 3, 3)[0] == list(range(48))


def test_beats_whose_triplets_have_no_room_are_named():
    onsets = np.array([0, 1 / 3, 2 / 3, 1, 1.25, 1.5, 1.75, 2, 2 + 2 / 3, 5, 5.34, 5.65])

    assert bent_triplets(onsets, 4).tolist() == [0, 5]
    assert bent_triplets(onsets, 6).tolist() == bent_triplets(onsets[3:9], 4).tolist() == []


@pytest.mark.parametrize("steps_per_beat", [number for number in range(1, 25) if number % 3])
def test_what_lies_on_the_steps_is_no_bent_triplet_and_thirds_are(steps_per_beat):
    assert not len(bent_triplets(np.arange(8 * steps_per_beat) / steps_per_beat, steps_per_beat))
    assert bent_triplets(np.arange(12) / 3, steps_per_beat).tolist() == [0, 1, 2, 3]


def test_dotted_rhythms_and_straight_eighths_are_no_swing():
    dotted = np.array([n // 2 + (n % 2) * 0.75 for n in range(32)])

    assert not is_swung(dotted) and steps(dotted, 0.25)[0][:4] == [0, 3, 4, 7]
    assert not is_swung(np.arange(64) / 2)
    assert not is_swung(np.append(np.arange(64) / 2, 20 + 2 / 3))


def test_swing_is_kept_where_the_steps_can_hold_it():
    onsets = [onset for onset, _, _ in SWUNG]

    assert steps(onsets, 1 / 3, 6)[0][:4] == [0, 4, 6, 10]


def test_a_grace_note_takes_the_step_before_its_main_note():
    onsets, lengths, _ = np.array(GRACED).T

    assert steps(onsets, lengths)[0][:4] == [3, 4, 7, 8]


def test_a_grace_note_on_the_beat_leaves_the_beat_to_its_main_note():
    assert steps([1.0, 1.0625, 2.0], [0.0625, 0.9, 1.0])[0] == [3, 4, 8]


def test_a_grace_note_without_room_shares_the_step():
    assert steps([0.0, 0.25, 0.45, 0.5, 0.75], [0.25, 0.2, 0.05, 0.25, 0.25])[0] == [0, 1, 2, 2, 3]


def test_a_rolled_chord_falls_on_one_step():
    assert steps([0.97, 1.0, 1.02, 1.05, 1.065], 1.0)[0] == [4] * 5
    assert steps([1.11, 1.125, 1.14], 1.0)[0] == [4] * 3  # about half-way between two steps


def test_notes_struck_apart_find_room():
    assert steps([0.1375, 0.3625], 0.2)[0] == [1, 2] or steps([0.1375, 0.3625], 0.2)[0] == [0, 1]
    assert steps([0.0, 0.125, 1.0], 0.125)[0] == [0, 1, 4]


def test_thirty_seconds_share_steps_two_by_two():
    assert steps(np.arange(8) / 8, 0.125)[0][:7] == [0, 0, 1, 1, 2, 2, 3]


def test_no_notes_have_no_steps():
    assert steps([], []) == ([], [])
