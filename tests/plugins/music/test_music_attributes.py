# Attributes of windows made by hand, against values worked out by hand.
"""Attributes of windows made by hand, against values worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from aekit_music.attributes import melody_attributes, metrical_weights, prime_factors
from aekit_music.encodings import ENCODINGS
from aekit_music.piece import Voice

SPEC = {"metre": "4/4", "steps_per_bar": 16, "steps_per_beat": 4}
COMMON = {"density", "syncopation", "rhythmic_variety", "repetition"}
PITCHED = COMMON | {"mean_pitch", "range", "chromaticism", "mode"}
NAN = math.nan


def window(encoding, notes, steps=16):
    """Notes (start, end, pitch[, voice]) as one stored window (1, T, ...)."""
    rows = [(*note, 0) if len(note) == 3 else note for note in notes]
    table = np.array(rows, np.int64).reshape(-1, 4)
    return torch.from_numpy(ENCODINGS[encoding].encode(table, steps))[None]


def measured(encoding, *windows, spec=SPEC):
    """The attributes of windows, as lists."""
    values = melody_attributes(torch.cat(windows), ENCODINGS[encoding], spec)
    return {name: column.tolist() for name, column in values.items()}


def of_notes(notes, steps=16, encoding="melody", spec=SPEC):
    """The attributes of one window."""
    return {
        name: column[0]
        for name, column in measured(encoding, window(encoding, notes, steps), spec=spec).items()
    }


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("melody", PITCHED),
        ("pianoroll", PITCHED),
        ("trio", PITCHED | {"bass_density", "drum_density"}),
        ("drums", COMMON),
    ],
)
def test_every_encoding_has_its_attributes_and_silence_has_nan(encoding, names):
    silent = window(encoding, [], 32)

    found = measured(encoding, silent)

    assert found.keys() == names
    densities = {name for name in names if name.endswith("density")}
    assert all(found[name] == [0.0] for name in densities)
    assert all(math.isnan(found[name][0]) for name in names - densities)


@pytest.mark.parametrize("encoding", ["melody", "pianoroll"])
def test_density_pitch_and_range(encoding):
    notes = [(0, 4, 60), (4, 8, 64), (8, 16, 67), (16, 32, 72)]

    found = of_notes(notes, 32, encoding)

    assert found["density"] == 2.0
    assert found["mean_pitch"] == (60 + 64 + 67 + 72) / 4
    assert found["range"] == 12.0
    assert of_notes([(0, 4, 60)], 16, encoding)["range"] == 0.0


@pytest.mark.parametrize(
    ("metre", "bar", "expected"),
    [
        ("4/4", 16, [0, -4, -3, -4, -2, -4, -3, -4, -1, -4, -3, -4, -2, -4, -3, -4]),
        ("3/4", 12, [0, -3, -2, -3, -1, -3, -2, -3, -1, -3, -2, -3]),
        ("6/8", 12, [0, -3, -2, -3, -2, -3, -1, -3, -2, -3, -2, -3]),
        ("any", 8, [0, -3, -2, -3, -1, -3, -2, -3]),
        ("7/8", 14, [0, -2, -1, -2, -1, -2, -1, -2, -1, -2, -1, -2, -1, -2]),
    ],
)
def test_metrical_weights(metre, bar, expected):
    weights = metrical_weights({"metre": metre, "steps_per_bar": bar})

    assert weights.tolist() == expected
    assert [prime_factors(number) for number in (1, 2, 12, 7)] == [[], [2], [2, 2, 3], [7]]


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        ([(0, 4, 60), (4, 8, 60), (8, 12, 60), (12, 16, 60)], 0.0),
        ([(0, 6, 60), (6, 16, 62)], 2.0),  # from -3 over the half bar's -1
        ([(0, 6, 60), (6, 7, 62)], 2.0),  # a rest there counts as a tie does
        (
            [(3, 8, 60), (8, 15, 60), (15, 16, 60)],
            2.0,
        ),  # from -4 over the beat's -2; the last lasts over nothing
        ([(2, 6, 60), (6, 10, 60), (10, 14, 60), (14, 16, 60)], 1.0 + 2.0 + 1.0),
    ],
)
def test_syncopation_adds_up_what_is_held_over(notes, expected):
    assert of_notes(notes)["syncopation"] == expected
    assert of_notes(notes, 32)["syncopation"] >= expected / 2


def test_syncopation_is_a_bar():
    twice = [(0, 6, 60), (6, 16, 62), (16, 22, 60), (22, 32, 62)]

    assert of_notes(twice, 32)["syncopation"] == 2.0


def test_rhythmic_variety_is_the_entropy_of_the_times_between_notes():
    even = [(start, start + 4, 60) for start in range(0, 16, 4)]
    mixed = [(0, 4, 60), (4, 8, 60), (8, 10, 60), (10, 12, 60), (12, 16, 60)]  # 4 4 2 2
    three = [(0, 1, 60), (1, 3, 60), (3, 6, 60), (6, 7, 60)]  # 1 2 3

    found = [of_notes(notes)["rhythmic_variety"] for notes in (even, mixed, three)]

    assert found == pytest.approx([0.0, 1.0, math.log2(3)])
    assert math.isnan(of_notes([(0, 4, 60)])["rhythmic_variety"])


def test_repetition_is_the_share_of_notes_that_come_again():
    bar = [(0, 4, 60), (4, 8, 62), (8, 16, 64)]
    again = [(start + 16, end + 16, pitch) for start, end, pitch in bar]
    other = [(16, 20, 60), (20, 24, 62), (24, 28, 65)]  # two the same; 64 and 65 are by themselves

    assert of_notes(bar + again, 32)["repetition"] == 1.0
    assert of_notes(bar + other, 32)["repetition"] == pytest.approx(2 / 4)
    assert of_notes(bar, 32)["repetition"] == 0.0
    assert math.isnan(of_notes(bar, 16)["repetition"])


def test_repetition_compares_each_bar_with_the_one_before():
    first, second = [(0, 4, 60), (4, 8, 62)], [(0, 4, 70), (4, 8, 72)]
    bars = [first, first, second, second]
    notes = [(s + 16 * n, e + 16 * n, p) for n, bar in enumerate(bars) for s, e, p in bar]

    assert of_notes(notes, 64)["repetition"] == pytest.approx((2 + 0 + 2) / (2 + 4 + 2))


def test_chromaticism_is_the_share_outside_the_best_major_scale():
    d_major = [62, 64, 66, 67, 69, 71, 73, 74]
    c_with_one = [60, 62, 64, 65, 67, 69, 71, 61]
    harmonic_minor = [57, 59, 60, 62, 64, 65, 68, 69]  # A minor with G sharp
    every = list(range(60, 72))

    found = [
        of_notes([(2 * n, 2 * n + 2, pitch) for n, pitch in enumerate(pitches)], 32)["chromaticism"]
        for pitches in (d_major, c_with_one, harmonic_minor, every)
    ]

    assert found == pytest.approx([0, 1 / 8, 1 / 8, 5 / 12])


def test_mode_tells_major_from_minor_in_any_key():
    triads = {"major": (0, 4, 7), "minor": (0, 3, 7)}

    for tonic in range(60, 72):
        values = {
            name: of_notes([(4 * n, 4 * n + 4, tonic + step) for n, step in enumerate(steps)])["mode"]
            for name, steps in triads.items()
        }
        assert values["major"] > 0.05 and values["minor"] < -0.05, tonic


def test_mode_is_the_difference_of_the_best_correlations():
    profiles = (
        (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
        (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
    )
    lengths = np.zeros(12)
    lengths[[0, 4, 7, 9]] = [6, 2, 5, 3]
    notes = [(0, 6, 60), (6, 8, 76), (8, 13, 67), (13, 16, 57)]

    best = [max(np.corrcoef(lengths, np.roll(profile, k))[0, 1] for k in range(12)) for profile in profiles]

    assert of_notes(notes)["mode"] == pytest.approx(best[0] - best[1], abs=1e-5)


def test_mode_is_unknown_where_all_pitch_classes_sound_alike():
    assert math.isnan(of_notes([(n, n + 1, 60 + n) for n in range(12)], 16)["mode"])


def test_a_piano_roll_counts_chords_and_what_sounds_on_from_before():
    chord = [(0, 8, 60), (0, 8, 64), (0, 8, 67), (8, 16, 60)]
    rows = window("pianoroll", chord)
    rows[0, 0, :88] = 0  # the onsets of the first step are gone, and all sustain
    rows[0, 0, 88 + 60 - 21] = rows[0, 0, 88 + 64 - 21] = rows[0, 0, 88 + 67 - 21] = 1

    found = measured("pianoroll", rows)

    assert found["density"] == [4.0]
    assert found["mean_pitch"] == [(60 + 64 + 67 + 60) / 4]


def test_a_hold_with_nothing_to_hold_is_silent():
    rows = torch.ones(1, 16, dtype=torch.uint8)
    rows[0, 8] = 2 + 60 - 21

    found = measured("melody", rows)

    assert found["density"] == [1.0]
    assert found["mean_pitch"] == [60.0]


def test_drums_count_each_class_for_itself():
    drums = int(Voice.DRUMS)
    hats = [(step, step + 1, 42, drums) for step in range(0, 16, 2)]
    kicks = [(0, 1, 36, drums), (6, 7, 36, drums)]

    steady, off = of_notes(hats, encoding="drums"), of_notes(hats + kicks, encoding="drums")

    assert (steady["density"], off["density"]) == (8.0, 10.0)
    assert (steady["syncopation"], off["syncopation"]) == (0.0, 2.0)
    assert steady["rhythmic_variety"] == 0.0
    shares = np.array([7, 1]) / 8  # seven gaps of 2, one of 6
    assert off["rhythmic_variety"] == pytest.approx(-(shares * np.log2(shares)).sum())
    kick_kept = of_notes([*hats, *[(s + 16, e + 16, k, v) for s, e, k, v in hats], *kicks], 32, "drums")
    assert kick_kept["repetition"] == pytest.approx(8 / 10)


def test_a_trio_is_measured_by_its_melody():
    melody, bass, drums = (int(voice) for voice in (Voice.MELODY, Voice.BASS, Voice.DRUMS))
    tune = [(0, 4, 72, melody), (4, 16, 76, melody)]
    others = [(0, 8, 36, bass), (8, 16, 43, bass), (12, 16, 40, bass), (0, 1, 36, drums)]

    found = of_notes(tune + others, encoding="trio")

    assert (found["density"], found["bass_density"], found["drum_density"]) == (2.0, 3.0, 1.0)
    assert found["mean_pitch"] == 74.0
    assert found == {
        **of_notes(tune), "bass_density": 3.0, "drum_density": 1.0, "repetition": found["repetition"]
    }  # fmt: skip


@pytest.mark.parametrize("encoding", list(ENCODINGS))
def test_a_window_is_measured_by_itself(encoding):
    shape = {"melody": (64, 32), "drums": (64, 32), "trio": (64, 32, 3), "pianoroll": (64, 32, 176)}[encoding]
    torch.manual_seed(0)
    rows = torch.randint(0, 2 if encoding == "pianoroll" else 90, shape)
    rows = rows * (torch.rand(shape) < 0.3)

    together = melody_attributes(rows, ENCODINGS[encoding], SPEC)

    for number in range(0, 64, 7):
        alone = melody_attributes(rows[number : number + 1], ENCODINGS[encoding], SPEC)
        for name, values in together.items():
            assert values.dtype == torch.float32
            torch.testing.assert_close(values[number : number + 1], alone[name], equal_nan=True)


def test_a_pitch_that_is_struck_more_often_than_a_byte_can_count():
    steps = 16 * 96  # sixteen bars of 96 steps
    rows = torch.zeros(1, steps, 176, dtype=torch.uint8)
    rows[:, :, 60 - 21] = 1
    rows[:, 0, 72 - 21] = 1
    spec = {"metre": "4/4", "steps_per_bar": 96}

    found = measured("pianoroll", rows, spec=spec)

    assert found["density"] == pytest.approx([(steps + 1) / 16])
    assert found["mean_pitch"] == pytest.approx([(60 * steps + 72) / (steps + 1)])
    assert found["repetition"] == pytest.approx([(steps - 96) / (steps - 96 + 1)])


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (0, 2, 1), (2, 0, 1)])
def test_how_rows_lie_in_memory_does_not_matter(order):
    rows = (torch.rand(5, 32, 176, generator=torch.Generator().manual_seed(0)) < 0.05).to(torch.uint8)
    back = tuple(order.index(axis) for axis in range(3))

    moved = melody_attributes(rows.permute(order).contiguous().permute(back), ENCODINGS["pianoroll"], SPEC)

    for name, values in melody_attributes(rows, ENCODINGS["pianoroll"], SPEC).items():
        assert torch.equal(moved[name], values), name


def test_no_windows_have_no_attributes():
    found = melody_attributes(torch.zeros(0, 32, dtype=torch.uint8), ENCODINGS["melody"], SPEC)

    assert all(values.shape == (0,) for values in found.values())


def test_syncopation_of_any_line_is_what_a_loop_over_its_notes_finds():
    weights = metrical_weights(SPEC).tolist() * 2
    rows = torch.randint(0, 90, (40, 32), generator=torch.Generator().manual_seed(0))
    rows *= torch.rand(40, 32, generator=torch.Generator().manual_seed(1)) < 0.3

    found = measured("melody", rows)["syncopation"]

    for row, value in zip(rows.tolist(), found, strict=True):
        starts = [step for step, number in enumerate(row) if number >= 2]
        ends = [*starts[1:], 32]
        lasts = [max(weights[start:end]) - weights[start] for start, end in zip(starts, ends, strict=True)]
        assert value == sum(lasts) / 2
