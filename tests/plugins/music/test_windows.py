# Windows: which bars are taken and why others are not, and that rows cut apart join to the quantised piece.
"""Windows: which bars are taken and why others are not, and that rows cut apart join to the quantised piece."""

import numpy as np
import pytest
from aekit_music.piece import Metre, Piece, Track
from aekit_music.score import score_of
from aekit_music.settings import MusicOptions
from aekit_music.windows import sentences, size_of, taken, tiles
from hypothesis import given, settings
from hypothesis import strategies as st

from aekit import UsageError


def piece(notes, metres=((0, 4, 4),), beats=None, drums=False):
    """A piece of one track from (onset, length, pitch) in beats."""
    table = np.array([(*note, 90) for note in notes], float).reshape(-1, 4)
    metres = tuple(Metre(float(at), over, under) for at, over, under in metres)
    end = float((table[:, 0] + table[:, 1]).max(initial=0))
    return Piece("made", (Track("melody", table, 0, drums),), metres, float(beats or end))


def crotchets(count, first=60, at=0.0):
    """Notes of a beat, each a different tune: pitches go round by sevens."""
    return [(at + number, 1.0, first + number * 7 % 25) for number in range(count)]


def options(**given):
    return MusicOptions(**{"bars": 1, **given})


def windows_of(tune, options):
    """The windows that are taken of a piece."""
    return taken(score_of(tune, options), options)


def test_a_window_every_stride_bars():
    tune = piece(crotchets(32))

    assert windows_of(tune, options(bars=2)).bars.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert windows_of(tune, options(bars=2, stride=3)).bars.tolist() == [1, 4, 7]
    assert windows_of(tune, options(bars=2)).rows.shape == (7, 32)


def test_rows_are_what_is_played():
    window = windows_of(piece([(0, 1, 60), (1, 0.5, 62), (2, 2, 64)]), options(steps_per_beat=2)).rows[0]

    assert window.tolist() == [41, 1, 43, 0, 45, 1, 1, 1]


def test_bars_of_another_metre_and_pickups_are_left_out_with_their_bars():
    tune = piece(crotchets(24, at=1), [(1, 4, 4), (9, 3, 4), (15, 4, 4)], 25)

    found = windows_of(tune, options())

    assert found.bars.tolist() == [2, 3, 6, 7]
    assert sentences(found.rejected) == [
        "bar 1: 1 of 4 beats, a pickup or a bar cut short",
        "bars 4-5: metre 3/4, not 4/4",
        "bar 8: fewer than 3 notes",
    ]


def test_cut_common_time_counts_as_common_time_and_two_four_does_not():
    tune = piece(crotchets(16), [(0, 2, 2), (8, 2, 4), (12, 4, 4)])

    assert windows_of(tune, options()).bars.tolist() == [1, 2, 5]
    assert windows_of(tune, options(metre="2/2")).bars.tolist() == [1, 2, 5]
    assert windows_of(tune, options(metre="2/4", least_notes=2)).bars.tolist() == [3, 4]


@pytest.mark.parametrize(
    ("metre", "steps"), [("3/4", 12), ("6/8", 12), ("7/8", 14), ("12/8", 24), ("5/16", 5)]
)
def test_any_metre_can_be_asked_for(metre, steps):
    over, under = map(int, metre.split("/"))
    beats = 4 * over / under
    tune = piece(
        [(bar * beats + step / 4, 0.25, 60 + bar + step) for bar in range(5) for step in range(5)],
        [(0, over, under)],
    )

    found = windows_of(tune, options(metre=metre))

    assert found.rows.shape == (5, steps)
    assert (found.rows[:, 0] == np.arange(5) + 41).all()


def test_any_takes_windows_of_four_beats_from_every_bar_line():
    tune = piece(crotchets(16), [(0, 3, 4), (6, 5, 4)])

    found = windows_of(tune, options(metre="any"))

    assert found.bars.tolist() == [1, 2, 3, 4]
    assert found.rows.shape == (4, 16)
    assert [row[0] for row in found.rows] == [41 + onset * 7 % 25 for onset in (0, 3, 6, 11)]


def test_bars_that_are_no_whole_number_of_steps_are_left_out_or_refused():
    tune = piece(crotchets(14), [(0, 4, 4), (4, 7, 8), (7.5, 4, 4)], 15.5)

    assert sentences(windows_of(tune, options(metre="any", steps_per_beat=1)).rejected) == [
        "bar 2: 3.5 steps long at 1 a beat, no whole number",
        "bar 4: fewer than 3 notes",
    ]
    with pytest.raises(
        UsageError, match=r"--metre 7/8 makes bars of 10.5 steps at --steps-per-beat 3.* 2, 4, 6"
    ):
        windows_of(tune, options(metre="7/8", steps_per_beat=3))


def test_a_window_has_a_most_number_of_steps():
    with pytest.raises(
        UsageError, match="--bars 16 of 96 steps make windows of 1536 steps, where 1024 are the most"
    ):
        windows_of(piece(crotchets(4)), options(bars=16, steps_per_beat=24))


def test_few_notes_long_rests_and_repeats_are_left_out():
    tune = [*crotchets(8), (12, 0.5, 60), (12.5, 0.5, 60), (13, 1, 60), *crotchets(8, at=24), (32, 4, 50)]

    found = windows_of(piece(tune), options(bars=2))

    assert found.bars.tolist() == [1, 2, 3, 6, 8]
    assert sentences(found.rejected) == [
        "bar 4: more than a bar of rests in a row",
        "bar 5: fewer than 3 notes",
        "bar 7: the same as an earlier window",
    ]


def test_windows_that_differ_in_the_lengths_of_notes_alone_are_repeats():
    tune = [
        (0, 1, 60),
        (1, 1, 62),
        (2, 2, 64),
        (4, 0.5, 60),
        (5, 0.5, 62),
        (6, 0.5, 64),
        (8, 1, 60),
        (9, 1, 62),
        (10, 1, 65),
    ]

    found = windows_of(piece(tune, beats=12), options())

    assert found.bars.tolist() == [1, 3]
    assert sentences(found.rejected) == ["bar 2: the same as an earlier window"]


def test_runs_too_short_and_left_overs_are_reported():
    tune = piece(crotchets(46), [(0, 4, 4), (12, 3, 4), (18, 4, 4)])

    found = windows_of(tune, options(bars=4, stride=3))

    assert found.bars.tolist() == [6, 9]
    assert sentences(found.rejected) == [
        "bars 1-3: too few bars in a row for a window of 4",
        "bars 4-5: metre 3/4, not 4/4",
    ]
    assert (
        sentences(windows_of(tune, options(bars=3, stride=3)).rejected)[-1]
        == "bar 12: left over behind the last window"
    )


def test_every_bar_is_in_a_window_or_in_the_report():
    random = np.random.default_rng(5)
    for _ in range(40):
        metres, at = [], 0.0
        for _ in range(5):
            over, under = [(4, 4), (3, 4), (2, 2), (7, 8), (2, 4)][random.integers(5)]
            metres.append((at, over, under))
            at += 4 * over / under * random.integers(1, 6)
        notes = [
            (beat, 0.5, int(random.integers(50, 80)))
            for beat in np.arange(0, at, 0.5)
            if random.random() < 0.4
        ]
        bars, stride = (int(number) for number in random.integers(1, 5, 2))
        tune = piece(notes, metres, at)

        found = windows_of(tune, options(bars=bars, stride=min(stride, bars)))

        covered = {int(first) + more for first in found.bars for more in range(bars)}
        starting = {bar for bar, _ in found.rejected}
        covered |= {bar + more for bar, reason in found.rejected for more in range(bars) if "notes" in reason}
        covered |= {bar + more for bar, reason in found.rejected for more in range(bars) if "rests" in reason}
        covered |= {bar + more for bar, reason in found.rejected for more in range(bars) if "same" in reason}
        assert set(range(1, len(tune.bars()) + 1)) <= covered | starting


def test_a_window_begins_with_the_note_that_sounds_on():
    found = windows_of(piece([(0, 1, 60), (1, 1, 62), (2, 4, 64), (6, 1, 65), (7, 1, 66)]), options())

    assert found.rows[1, 0] == 45
    assert found.tied[:, 0].tolist() == [False, True]


@pytest.mark.parametrize("apart", [0.01, 0.03, 0.06])
def test_short_hits_of_drums_that_are_nearly_together_share_a_step(apart):
    hits = [(beat + late, 0.02, key) for beat in range(16) for late, key in ((0, 36), (apart, 42))]

    score = score_of(piece(hits, drums=True), options(encoding="drums"))

    assert score.rows.nonzero()[0].tolist() == list(range(0, 64, 4))
    assert set(score.rows[::4].tolist()) == {0b101}


def test_a_pickup_ends_on_its_bar_line():
    third = 1 / 3
    tune = piece([(0, third, 60), *crotchets(8, at=third)], [(third, 4, 4)])

    score = score_of(tune, options())

    assert score.starts.tolist() == [0, 2, 18, 34]
    assert score.notes[:3, 0].tolist() == [1, 2, 6]
    assert windows_of(tune, options()).rows[0].tolist()[:5] == [41, 1, 1, 1, 48]


@st.composite
def odd_pieces(draw):
    """Melodies of odd metres, pickups and changes, on sixteenths or between."""
    pickup = draw(st.sampled_from([0, 0.5, 1, 1.25, 3]))
    kinds = st.tuples(st.sampled_from([(4, 4), (3, 4), (7, 8), (6, 8), (5, 16), (2, 2)]), st.integers(1, 4))
    metres, at = [], float(pickup)
    for (over, under), bars in draw(st.lists(kinds, min_size=1, max_size=4)):
        metres.append((at, over, under))
        at += 4 * over / under * bars
    grid = draw(st.sampled_from([4, 7]))
    bounds = sorted(draw(st.sets(st.integers(0, int(at * grid)), min_size=2, max_size=30)))
    pitches = draw(st.lists(st.integers(40, 90), min_size=len(bounds), max_size=len(bounds)))
    spans = zip(bounds[:-1], bounds[1:], pitches, strict=False)
    notes = [(start / grid, (end - start) / grid, pitch) for start, end, pitch in spans if pitch % 5]
    return piece(notes or [(0, 1, 60)], metres, at)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(odd_pieces(), st.integers(1, 80), st.sampled_from(["melody", "pianoroll"]))
def test_rows_cut_anywhere_join_to_the_quantised_piece(tune, steps, encoding):
    score = score_of(tune, options(metre="any", encoding=encoding))

    windows, tied = score.encoding.cut(score.rows, np.arange(0, len(score.rows), steps), steps)

    again = score.encoding.decode(score.encoding.join(windows, tied)[: len(score.rows)])
    assert np.array_equal(again, score.encoding.decode(score.rows))
    if (
        len(np.unique(score.notes[:, 0])) == len(score.notes)
        and (score.notes[1:, 0] >= score.notes[:-1, 1]).all()
    ):
        assert np.array_equal(again, score.notes)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(odd_pieces(), st.integers(1, 5), st.sampled_from(["melody", "pianoroll"]))
def test_tiles_of_any_metre_begin_at_bar_lines_and_do_not_overlap(tune, bars, encoding):
    asked = options(bars=bars, metre="any", encoding=encoding)
    score, size = score_of(tune, asked), size_of(asked)

    cut = tiles(score, asked)

    starts = score.starts[cut.bars - 1]
    assert (np.diff(starts) >= size.steps).all()
    assert cut.rows.any(tuple(range(1, cut.rows.ndim))).all()
    for start, row in zip(starts.tolist(), cut.rows, strict=True):
        played = score.rows[start : start + size.steps]
        assert np.array_equal(row[1 : len(played)], played[1:])
        assert not row[len(played) :].any()


def test_tiles_of_any_metre_begin_at_the_first_whole_bar_and_each_at_the_next_bar_line():
    tune = piece(crotchets(20), [(1, 3, 4)])

    found = tiles(score_of(tune, options(metre="any")), options(metre="any"))

    assert found.bars.tolist() == [2, 4, 6, 8]
    assert found.rows[:, 0].tolist() == [41 + beat * 7 % 25 for beat in (1, 7, 13, 19)]
    assert sentences(found.rejected) == [
        "the ends of bars in whose midst a window ends, 3 in all",
        "bar 1: a pickup or a bar cut short",
    ]


def test_tiles_of_any_metre_of_a_piece_in_common_time_leave_nothing_out():
    tune = piece(crotchets(16))

    found = tiles(score_of(tune, options(bars=2)), options(bars=2, metre="any"))

    assert found.bars.tolist() == [1, 3] and not found.rejected and not found.filled


@pytest.mark.parametrize("metre", ["4/4", "any"])
def test_tiles_without_a_note_are_left_out(metre):
    tune = piece([*crotchets(8), *crotchets(8, at=24)])

    found = tiles(score_of(tune, options(bars=2)), options(bars=2, metre=metre))

    assert found.bars.tolist() == [1, 7]
    assert sentences(found.rejected) == ["bars 3-6: rests alone"]


def test_tiles_of_one_metre_join_to_its_bars():
    asked = options(bars=2)
    tune = piece([*crotchets(20), (20, 3, 60)], [(0, 4, 4), (20, 3, 4)])
    score = score_of(tune, asked)

    cut = tiles(score, asked)

    assert cut.bars.tolist() == [1, 3, 5]
    assert not cut.rows[-1, 16:].any()
    joined = score.encoding.join(cut.rows, cut.tied)[: len(score.rows)]
    assert np.array_equal(score.encoding.decode(joined), score.notes[:-1])
    assert sentences(cut.rejected) == ["bar 6: metre 3/4, not 4/4"]


def test_equal_reasons_of_bars_in_a_row_are_one_line():
    rejected = [(3, "b"), (1, "a"), (2, "a"), (4, "a"), (None, "c"), (5, "a")]

    assert sentences(rejected) == ["c", "bars 1-2: a", "bar 3: b", "bars 4-5: a"]
