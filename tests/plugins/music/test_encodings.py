# The four encodings: what was encoded comes back, whatever the notes and whatever the rows.
"""The four encodings: what was encoded comes back, whatever the notes and whatever the rows."""

import numpy as np
import pytest
from aekit_music.encodings import ENCODINGS
from aekit_music.encodings.drums import BIT_OF_KEY, DRUM_CLASSES, SETS
from aekit_music.encodings.line import CLASSES, HIGHEST, LOWEST
from aekit_music.piece import NO_STEP_NOTES, Voice
from hypothesis import given, settings
from hypothesis import strategies as st

STEPS = 24
few = settings(max_examples=60, deadline=None, derandomize=True)


def table(rows):
    """Notes (start, end, pitch, voice), sorted as `decode` gives them."""
    notes = np.array(sorted(rows, key=lambda note: (note[0], note[3], note[2])), np.int64)
    return notes if len(notes) else NO_STEP_NOTES


@st.composite
def lines(draw, voice, steps=STEPS):
    """A monophonic voice: notes one behind the other, with and without gaps."""
    bounds = sorted(draw(st.sets(st.integers(0, steps), max_size=10)))
    pitches = draw(st.lists(st.integers(LOWEST, HIGHEST), min_size=len(bounds), max_size=len(bounds)))
    return [
        (start, end, pitch, voice)
        for start, end, pitch in zip(bounds[:-1], bounds[1:], pitches, strict=False)
        if draw(st.integers(0, 3))
    ]


@st.composite
def hits(draw, steps=STEPS):
    """Drums, each on the key that stands for its class."""
    keys = st.sampled_from([drum.key for drum in DRUM_CLASSES])
    return [
        (at, at + 1, key, Voice.DRUMS)
        for at, key in draw(st.sets(st.tuples(st.integers(0, steps - 1), keys)))
    ]


@st.composite
def chords(draw, steps=STEPS):
    """Any notes of which no two of one pitch overlap."""
    notes = []
    for pitch in draw(st.sets(st.integers(LOWEST, HIGHEST), max_size=6)):
        notes += [(*note[:2], pitch, Voice.MELODY) for note in draw(lines(Voice.MELODY, steps))]
    return notes


PARTS = {
    "melody": lines(Voice.MELODY),
    "drums": hits(),
    "trio": st.tuples(lines(Voice.MELODY), lines(Voice.BASS), hits()).map(
        lambda parts: [note for part in parts for note in part]
    ),
    "pianoroll": chords(),
}
ROWS = {
    "melody": lambda random, count: random.integers(0, CLASSES, (count, STEPS)),
    "drums": lambda random, count: random.integers(0, SETS, (count, STEPS)),
    "trio": lambda random, count: random.integers(0, (CLASSES, CLASSES, SETS), (count, STEPS, 3)),
    "pianoroll": lambda random, count: random.random((count, STEPS, 176)) < 0.2,
}
names = pytest.mark.parametrize("name", ENCODINGS)


def any_rows(name, seed, count=1):
    """Rows such as networks might make: mostly holds and rests for lines, so that odd ones occur."""
    random = np.random.default_rng(seed)
    rows = ROWS[name](random, count).astype(ENCODINGS[name].dtype)
    if name in ("melody", "trio"):
        rows = np.where(random.random(rows.shape) < 0.6, random.integers(0, 2, rows.shape), rows).astype(
            rows.dtype
        )
    return rows


@names
def test_notes_come_back_exactly(name):
    encoding = ENCODINGS[name]

    @few
    @given(PARTS[name])
    def holds(notes):
        rows = encoding.encode(table(notes[::-1]), STEPS)
        assert rows.dtype == encoding.dtype
        assert rows.shape == (STEPS, *(() if name in ("melody", "drums") else rows.shape[1:]))
        assert encoding.decode(rows).tolist() == table(notes).tolist()
        assert encoding.strikes(rows).sum() == len(notes)

    holds()


@names
def test_any_rows_decode_to_notes_that_encode_to_the_same_notes(name):
    encoding = ENCODINGS[name]
    for seed in range(30):
        notes = encoding.decode(any_rows(name, seed)[0])

        again = encoding.encode(notes, STEPS)

        assert encoding.decode(again).tolist() == notes.tolist()
        assert encoding.encode(encoding.decode(again), STEPS).tolist() == again.tolist()
        assert (notes[:, 1] > notes[:, 0]).all()
        assert np.array_equal(notes, notes[np.lexsort((notes[:, 2], notes[:, 3], notes[:, 0]))])


def test_every_set_of_drums_comes_back():
    sets = np.arange(SETS).astype(np.int16)

    drums = ENCODINGS["drums"]

    assert np.array_equal(drums.encode(drums.decode(sets), SETS), sets)
    assert drums.strikes(sets).tolist() == [bin(number).count("1") for number in range(SETS)]


def test_each_percussion_key_has_one_class_at_most():
    keys = [key for drum in DRUM_CLASSES for key in drum.keys]

    assert len(keys) == len(set(keys))
    assert all(
        BIT_OF_KEY[key] == 1 << number for number, drum in enumerate(DRUM_CLASSES) for key in drum.keys
    )
    assert all(drum.key in drum.keys for drum in DRUM_CLASSES)
    assert set(range(27, 88)) - set(keys) == set()


def test_what_does_not_fit_a_line_is_left_out_or_cut():
    notes = table(
        [(0, 8, 60, 0), (2, 4, 64, 0), (2, 6, 67, 0), (7, 8, 10, 0), (20, 40, 62, 0), (30, 31, 60, 0)]
    )

    decoded = ENCODINGS["melody"].decode(ENCODINGS["melody"].encode(notes, STEPS))

    assert decoded.tolist() == [[0, 2, 60, 0], [2, 6, 67, 0], [20, 24, 62, 0]]


def test_a_pitch_struck_again_ends_the_note_before():
    notes = table(
        [(0, 8, 60, 0), (4, 6, 60, 0), (0, 3, 64, 0), (0, 5, 64, 0), (3, 99, 21, 0), (1, 2, 108, 0)]
    )

    decoded = ENCODINGS["pianoroll"].decode(ENCODINGS["pianoroll"].encode(notes, STEPS))

    assert decoded.tolist() == [[0, 4, 60, 0], [0, 5, 64, 0], [1, 2, 108, 0], [3, 24, 21, 0], [4, 6, 60, 0]]


def test_a_note_that_ends_before_it_starts_has_one_step():
    for name in ("melody", "pianoroll"):
        encoding = ENCODINGS[name]
        assert encoding.decode(encoding.encode(np.array([[5, 5, 60, 0]]), STEPS)).tolist() == [[5, 6, 60, 0]]


@names
def test_no_notes_are_rests(name):
    encoding = ENCODINGS[name]

    rows = encoding.encode(NO_STEP_NOTES, STEPS)

    assert not rows.any()
    assert encoding.decode(rows).shape == (0, 4)
    assert encoding.decode(rows[:0]).shape == (0, 4)
    assert encoding.pitches(rows) is None


@names
def test_windows_that_are_cut_join_to_the_rows(name):
    encoding = ENCODINGS[name]

    @few
    @given(PARTS[name], st.sampled_from([1, 3, 4, 8, 24]))
    def holds(notes, size):
        rows = encoding.encode(table(notes), STEPS)
        windows, tied = encoding.cut(rows, np.arange(0, STEPS, size), size)
        assert np.array_equal(encoding.join(windows, tied), rows)
        for window, start in zip(windows, range(0, STEPS, size), strict=True):
            within = {
                (max(n[0], start), min(n[1], start + size), *n[2:]) for n in notes if n[0] < start + size > 0
            }
            within = {note for note in within if note[1] > note[0]}
            moved = {(a - start, b - start, pitch, voice) for a, b, pitch, voice in within}
            assert {tuple(note) for note in encoding.decode(window).tolist()} == moved

    holds()


@names
def test_a_window_past_the_end_is_filled_with_rests(name):
    encoding = ENCODINGS[name]
    rows = any_rows(name, 1)[0]

    windows, _ = encoding.cut(rows, np.array([STEPS - 2]), 8)

    assert len(windows[0]) == 8
    assert not windows[0, 2:].any()


@pytest.mark.parametrize("name", ["melody", "trio", "pianoroll"])
def test_transposed_windows_are_equal_once_untransposed(name):
    encoding = ENCODINGS[name]
    notes = table(
        [(0, 4, 60, 0), (4, 6, 63, 0), (6, 20, 55, 0)] + [(0, 8, 43, 1), (2, 3, 38, 2)] * (name == "trio")
    )
    higher = notes + [0, 0, 5, 0] * (notes[:, 3:] != Voice.DRUMS)
    other = notes + [0, 0, 1, 0] * (notes[:, :1] == 4)

    windows = np.stack([encoding.encode(each, STEPS) for each in (notes, higher, other)])
    first, moved, changed = encoding.untransposed(windows)

    assert np.array_equal(first, moved)
    assert not np.array_equal(first, changed)
    assert encoding.pitches(windows[:2]) == ((55, 68) if name != "trio" else (43, 68))


def test_untransposing_keeps_holds_and_rests_apart_from_pitches():
    melody = ENCODINGS["melody"]
    windows = np.array([[80, 2, 1, 0], [81, 3, 1, 0], [80, 2, 0, 0], [80, 2, 0, 1]], np.uint8)

    moved = melody.untransposed(windows)

    assert np.array_equal(moved[0], moved[1])
    assert len(np.unique(moved, axis=0)) == 3
