# Degradations of music: what vanishes, goes astray or moves is notes, windows stay windows, and shares are right.
"""Degradations of music: what vanishes, goes astray or moves is notes, windows stay windows, and shares are right."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
import torch
from aekit_music import MusicModality
from aekit_music.degradations import DEGRADATIONS, degraded
from aekit_music.encodings import ENCODINGS
from aekit_music.encodings.drums import DRUM_CLASSES
from aekit_music.networks import Form
from aekit_music.piece import Voice
from aekit_music.settings import MusicOptions

from aekit import UsageError

NOISES = [name for name, degradation in DEGRADATIONS.items() if degradation.kind == "noise"]


def form(encoding, steps):
    kind = ENCODINGS[encoding]
    dtype = getattr(torch, kind.dtype.__name__)
    return Form(steps, steps, kind.classes, kind.planes, len(kind.classes) == 1, dtype)


@lru_cache
def windows(encoding):
    """The test windows of a source that loads fast."""
    source = "chorales" if encoding == "pianoroll" else "patterns"
    data = MusicModality.load(MusicOptions(encoding=encoding), source, "test")
    return data.items[torch.arange(min(len(data), 300))]


def real(encoding, count=60):
    """The first of the test windows, a fresh copy."""
    return windows(encoding)[:count].clone()


def notes(encoding, window):
    """The notes of a window as (start, end, pitch, voice)."""
    return [tuple(note) for note in ENCODINGS[encoding].decode(window.numpy()).tolist()]


def melodies(*windows):
    return torch.tensor(windows, dtype=torch.uint8)


def outcomes(x, name, amount=1.0):
    """All windows that 400 tries make of one melody."""
    torch.manual_seed(0)
    made = degraded(x.expand(400, -1), form("melody", x.shape[1]), name, amount)
    return {tuple(row) for row in made.tolist()}


@pytest.mark.parametrize("name", DEGRADATIONS)
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("rows", ["real", "any"])
def test_the_result_is_a_window_that_its_own_notes_encode_to(encoding, name, rows):
    torch.manual_seed(1)
    x = real(encoding)
    if rows == "any":  # holds of nothing, sustains without an onset, everything at once
        ends = {"melody": 90, "drums": 512, "trio": 90, "pianoroll": 2}
        x = torch.randint(ends[encoding], x.shape).to(x.dtype)

    made = degraded(x, form(encoding, 32), name, DEGRADATIONS[name].amount)

    if encoding == "pianoroll":  # what began before the window is decoded as a note that starts in it
        tied = made[:, 0, 88:].clone()
        assert not (tied & made[:, 0, :88]).any()
        canonical = made.clone()
        canonical[:, 0, :88] |= tied
        canonical[:, 0, 88:] = 0
    else:
        canonical = made
    for window, expected in zip(made, canonical, strict=True):
        encoding_of = ENCODINGS[encoding]
        again = encoding_of.encode(encoding_of.decode(window.numpy()), 32)
        assert np.array_equal(again, expected.numpy())


@pytest.mark.parametrize("name", NOISES)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_no_noise_leaves_windows_as_they_are(encoding, name):
    x = real(encoding)

    made = degraded(x, form(encoding, 32), name, 0.0)

    assert made.dtype == x.dtype
    assert torch.equal(made, x)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_notes_that_are_dropped_vanish_whole_and_the_others_stay(encoding):
    torch.manual_seed(2)
    x = real(encoding, 300)

    made = degraded(x, form(encoding, 32), "dropped", 0.3)

    before, after = ([set(notes(encoding, window)) for window in batch] for batch in (x, made))
    assert all(some <= every for some, every in zip(after, before, strict=True))
    left, total = sum(map(len, after)), sum(map(len, before))
    assert left / total == pytest.approx(0.7, abs=4 * (0.21 / total) ** 0.5)  # four standard errors


def test_of_a_dropped_note_its_holds_become_rests():
    x = melodies([40, 1, 1, 0, 45, 1])

    assert outcomes(x, "dropped", 0.5) == {
        (40, 1, 1, 0, 45, 1),
        (0, 0, 0, 0, 45, 1),
        (40, 1, 1, 0, 0, 0),
        (0, 0, 0, 0, 0, 0),
    }
    assert outcomes(x, "dropped", 1.0) == {(0, 0, 0, 0, 0, 0)}


def test_a_shifted_note_of_a_line_keeps_its_time_and_is_off_by_up_to_two_semitones():
    torch.manual_seed(3)
    x = real("melody", 400)

    made = degraded(x, form("melody", 32), "shifted", 0.3)

    off = (made.int() - x.int())[x >= 2]
    assert torch.equal(made[x < 2], x[x < 2])
    counts = torch.stack([(off == by).float().mean() for by in (-2, -1, 1, 2)])
    assert torch.allclose(counts, torch.full((4,), 0.075), atol=4 * (0.075 / len(off)) ** 0.5)
    assert float((off == 0).float().mean()) == pytest.approx(0.7, abs=4 * (0.21 / len(off)) ** 0.5)


def test_a_shifted_note_stays_within_the_pitches():
    assert outcomes(melodies([2, 1]), "shifted") == {(3, 1), (4, 1)}
    assert outcomes(melodies([3, 1]), "shifted") == {(2, 1), (4, 1), (5, 1)}
    assert outcomes(melodies([89, 0]), "shifted") == {(88, 0), (87, 0)}


def test_a_shifted_note_of_a_pianoroll_takes_its_sustain_along():
    torch.manual_seed(4)
    x = torch.zeros(300, 4, 176, dtype=torch.uint8)
    x[:, 1, 0] = x[:, 2, 88] = x[:, 3, 88] = 1  # the lowest pitch, from step 1 on
    x[:, 0, 88 + 50] = x[:, 1, 88 + 50] = 1  # one that began before the window

    made = degraded(x, form("pianoroll", 4), "shifted", 1.0)

    lowest = {notes("pianoroll", window)[1][:3] for window in made}
    tied = [window.nonzero()[0].tolist() for window in made]
    assert lowest == {(1, 4, 22), (1, 4, 23)}
    assert {tuple(place) for place in tied} == {(0, 88 + 50 + by) for by in (-2, -1, 1, 2)}
    assert (made.flatten(1).sum(1) == 5).all()


def test_notes_that_meet_on_one_pitch_become_one():
    torch.manual_seed(5)
    x = torch.zeros(500, 3, 176, dtype=torch.uint8)
    x[:, 0, 40] = x[:, 1, 88 + 40] = x[:, 1, 42] = x[:, 2, 88 + 42] = 1

    made = degraded(x, form("pianoroll", 3), "shifted", 1.0)

    met = made[(made[:, 0, 41] == 1) & (made[:, 1, 41] == 1)]  # 42 came down onto the held 40 that went up
    assert len(met) > 5
    assert {tuple(notes("pianoroll", window)) for window in met} == {((0, 1, 62, 0), (1, 3, 62, 0))}


def test_a_shifted_drum_becomes_each_other_drum_alike():
    torch.manual_seed(6)
    x = torch.full((8000, 1), 1 << 3, dtype=torch.int16)

    made = degraded(x, form("drums", 1), "shifted", 0.5)

    shares = torch.stack([(made == 1 << drum).float().mean() for drum in range(len(DRUM_CLASSES))])
    expected = torch.full((9,), 0.5 / 8)
    expected[3] = 0.5
    assert float(shares.sum()) == pytest.approx(1.0)
    assert torch.allclose(shares, expected, atol=0.022)  # four standard errors


def test_an_onset_moves_a_step_where_there_is_room():
    assert outcomes(melodies([0, 40, 1, 0]), "jittered") == {(40, 1, 1, 0), (0, 0, 40, 0)}
    # at the edges and between neighbours there is none
    assert outcomes(melodies([40, 41, 42]), "jittered") == {(40, 41, 42)}
    assert outcomes(melodies([40, 1, 1]), "jittered") == {(40, 1, 1), (0, 40, 1)}
    # the note before gives way, or holds on
    assert outcomes(melodies([40, 41, 1, 45, 1]), "jittered") == {
        (40, 41, 45, 1, 1),
        (40, 41, 1, 1, 45),
        (40, 1, 41, 1, 45),
    }


def test_two_onsets_that_would_meet_do_not():
    made = outcomes(melodies([40, 0, 45, 0]), "jittered")

    assert made == {(40, 45, 1, 0), (40, 0, 0, 45), (0, 40, 0, 45)}


def test_half_of_the_onsets_with_room_move_as_often_early_as_late():
    torch.manual_seed(7)
    x = melodies([0, 0, 40, 1, 0, 0, 0, 45, 1, 1, 0, 0]).expand(4000, -1)

    made = degraded(x, form("melody", 12), "jittered", 0.5)

    for step, pitch in ((2, 40), (7, 45)):
        shares = [float((made[:, at] == pitch).float().mean()) for at in (step - 1, step, step + 1)]
        assert shares == pytest.approx([0.25, 0.5, 0.25], abs=0.032)  # four standard errors


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_jitter_keeps_all_notes_and_moves_each_by_a_step_at_most(encoding):
    torch.manual_seed(8)
    x = real(encoding, 100)

    made = degraded(x, form(encoding, 32), "jittered", 0.7)

    moved = 0
    for before, after in zip(x, made, strict=True):
        first, second = (
            sorted(notes(encoding, window), key=lambda note: (note[3], note[2], note[0]))
            for window in (before, after)
        )
        assert [note[2:] for note in first] == [note[2:] for note in second]
        steps = [abs(one[0] - other[0]) for one, other in zip(first, second, strict=True)]
        assert max(steps) <= 1
        moved += sum(steps)
    assert moved > 100


def test_a_melody_in_coarser_rhythm_by_hand():
    x = melodies(
        [40, 1, 42, 1, 44, 1, 45, 1],  # eighths: every other one
        [40, 42, 1, 1, 1, 1, 44, 1],  # what is struck first wins, early as it may be
        [40, 42, 1, 1, 1, 1, 1, 1],  # what lost is struck where it still sounds
        [0, 0, 0, 40, 1, 0, 0, 0],  # an offbeat comes to the beat, and its end with it
        [40, 1, 1, 0, 0, 0, 1, 1],  # a hold of nothing stays silent
    )

    made = degraded(x, form("melody", 8), "rhythm", 4.0)

    assert made.tolist() == [
        [40, 1, 1, 1, 44, 1, 1, 1],
        [40, 1, 1, 1, 44, 1, 1, 1],
        [40, 1, 1, 1, 42, 1, 1, 1],
        [40, 1, 1, 1, 1, 1, 1, 1],
        [40, 1, 1, 1, 0, 0, 0, 0],
    ]


def coarser(all_notes, steps, factor):
    """Notes of one voice in a coarser rhythm, one group of steps after another."""
    made, sounding = [], {}
    for start in range(0, steps, factor):
        onsets = [note[0] for note in all_notes if start <= note[0] < start + factor]
        shown = min(onsets, default=start)
        heard = {note for note in all_notes if note[0] <= shown < note[1]}
        for note in [note for note in sounding if note not in heard]:
            made.append((sounding.pop(note), start, *note[2:]))
        for note in heard:
            sounding.setdefault(note, start)
    made += [(start, steps, *note[2:]) for note, start in sounding.items()]
    return made


@pytest.mark.parametrize("factor", [2, 4])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_coarser_rhythm_is_that_of_a_plain_loop_over_notes(encoding, factor):
    x = real(encoding)
    if encoding == "pianoroll":  # a loop over notes cannot tell what began before the window
        x = x[~x[:, 0, 88:].bool().any(1)]
        assert len(x) > 20

    made = degraded(x, form(encoding, 32), "rhythm", factor)

    for before, after in zip(x, made, strict=True):
        expected = [
            note
            for voice in Voice
            for note in coarser([note for note in notes(encoding, before) if note[3] == voice], 32, factor)
        ]
        if encoding in ("drums", "trio"):  # drums have one step
            expected = [
                (note[0], note[0] + 1, *note[2:]) if note[3] == Voice.DRUMS else note for note in expected
            ]
        assert sorted(notes(encoding, after)) == sorted(expected)


@pytest.mark.parametrize("factor", [2, 4])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_coarser_rhythm_draws_nothing_and_done_twice_is_the_same(encoding, factor):
    x = real(encoding, 300)
    before = torch.get_rng_state()

    once = degraded(x, form(encoding, 32), "rhythm", factor)
    twice = degraded(once, form(encoding, 32), "rhythm", factor)

    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(once, twice)
    assert not torch.equal(once, x)


@pytest.mark.parametrize(
    ("steps", "factor", "advice"),
    [(24, 2.5, "take 2 or 3 or 4"), (6, 4, "take 2 or 3"), (5, 2, "--steps-per-beat")],
)
def test_a_factor_that_does_not_divide_the_window_is_refused(steps, factor, advice):
    x = torch.zeros(1, steps, dtype=torch.uint8)

    with pytest.raises(UsageError, match=f"divides the {steps} steps .*received {factor}.*{advice}"):
        degraded(x, form("melody", steps), "rhythm", factor)


@pytest.mark.parametrize("name", DEGRADATIONS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_nothing_leaves_the_device_of_the_windows(encoding, name):
    x = windows(encoding)[:4].to("meta")  # which refuses to be mixed with any other

    made = degraded(x, form(encoding, 32), name, DEGRADATIONS[name].amount)

    assert (made.device, made.shape, made.dtype) == (x.device, x.shape, x.dtype)
