# Grouping: versions of a tune are found whatever their key and bar lines, and stay on one side.
"""Grouping: versions of a tune are found whatever their key and bar lines, and stay on one side."""

import numpy as np
import pytest
from aekit_music.grouping import grouped, hashes, phrases, same_names, split, stem_of


def tune(seed, count=60):
    """A random melody in steps."""
    random = np.random.default_rng(seed)
    starts = np.cumsum(random.integers(1, 5, count))
    pitches = 60 + np.cumsum(random.integers(-4, 5, count)) % 25
    return np.stack([starts, starts + 1, pitches, np.zeros(count, int)], 1)


def moved(notes, *by):
    """Notes with numbers added to start, end, pitch and voice."""
    return notes + np.array(by)


def groups_of(*melodies, names=None):
    return grouped(
        [phrases(one) for one in melodies], names or [f"{n:x}a/{n:x}x" for n in range(len(melodies))]
    ).tolist()


def test_a_transposed_and_shifted_version_joins_its_tune():
    version = moved(tune(1), 9, 9, 5, 0)

    assert groups_of(tune(0), tune(1), tune(2), version) == [0, 1, 2, 1]


def test_versions_chain_to_one_group():
    first, second = tune(1), tune(2)
    both = np.concatenate([first, moved(second, 400, 400, 0, 0)])

    assert groups_of(first, tune(3), second, both) == [0, 1, 0, 0]


def test_one_phrase_in_common_is_no_version():
    one, other = tune(1), tune(2)
    other[20:29, 1:3] = one[20:29, 1:3]
    other[20:29, 0] = one[20:29, 0] - one[20, 0] + other[20, 0]
    other[29:, 0] += 50

    assert len(np.intersect1d(phrases(one), phrases(other))) >= 1
    assert groups_of(one, other) == [0, 1]


def test_a_formula_of_many_tunes_joins_none_of_them():
    formula = tune(99, 16)
    melodies = [np.concatenate([tune(n), moved(formula, 300, 300, 0, 0)]) for n in range(40)]

    assert groups_of(*melodies) == list(range(40))


def test_many_copies_are_one_group():
    assert set(groups_of(*(moved(tune(1), 0, 0, n % 12, 0) for n in range(50)))) == {0}


def test_lengths_of_notes_and_repeated_notes_do_not_matter():
    longer = moved(tune(1), 0, 3, 0, 0)
    drone = np.stack([np.arange(60), np.arange(60) + 1, np.full(60, 60), np.zeros(60, int)], 1)

    assert np.array_equal(phrases(longer), phrases(tune(1)))
    assert len(phrases(drone)) == 0
    assert len(phrases(tune(1, 7))) == 0


def test_the_highest_notes_of_chords_are_the_tune():
    chords = np.concatenate([tune(1), moved(tune(1), 0, 0, -7, 0), moved(tune(1), 0, 0, -30, 1)])
    chords = chords[np.lexsort((chords[:, 2], chords[:, 3], chords[:, 0]))]

    assert np.array_equal(phrases(chords), phrases(tune(1)))


def test_drums_are_compared_by_their_sets():
    hits = tune(1) * [1, 1, 1, 0] + [0, 0, 0, 2]
    other = hits.copy()
    other[:, 2] = 38

    assert np.array_equal(phrases(hits), phrases(moved(hits, 7, 7, 0, 0)))
    assert len(np.intersect1d(phrases(hits), phrases(other))) == 0


@pytest.mark.parametrize(
    ("names", "together"),
    [
        (["melody/x.mid", "full/x.mid", "full/y.mid"], {(0, 1)}),
        (
            ["x.mid", "x_2.mid", "x (1).MID", "x v3.mid", "x copy.mid", "y.mid"],
            {(0, 1), (0, 2), (0, 3), (0, 4)},
        ),
        (["reel 1.mid", "reel 2.mid"], set()),
        (["aird/01.mid", "oneill/01.mid"], set()),
        (["oneill/0042 The Humours", "ryan/0007 The Humours"], {(0, 1)}),
        ([f"{n}/x.mid" for n in range(9)], set()),
        ([f"song{n}/drums.mid" for n in range(8)], set()),
        (
            ["a/verse 1.mid", "b/Verse_1.mid", "b/verse_2.mid", "a/Lead Vocals.mid", "b/lead vocals.mid"],
            set(),
        ),
        (["drums.mid", "drums_2.mid", "drums (1).mid"], set()),
        (["a/drums of war.mid", "b/drums of war.mid"], {(0, 1)}),
    ],
)
def test_names_say_what_is_a_version(names, together):
    assert set(same_names(names)) == together


def test_phrases_make_versions_of_files_named_for_an_instrument():
    melodies = [tune(1), tune(2), moved(tune(1), 0, 0, 5, 0)]

    assert groups_of(*melodies, names=[f"song{n}/piano.mid" for n in range(3)]) == [0, 1, 0]


def test_stems():
    assert stem_of("a/b/03 - The Rakes (2).midi") == "the rakes"
    assert stem_of("0042.kar") == "0042"


def test_equal_rows_have_equal_hashes_and_others_do_not():
    rows = np.random.default_rng(0).integers(0, 90, (5000, 32)).astype(np.uint8)
    rows[7] = rows[3]
    bits = np.zeros((3, 64, 176), np.uint8)
    bits[1, 63, 175] = 1

    assert hashes(rows)[7] == hashes(rows)[3]
    assert len(np.unique(hashes(rows))) == len(np.unique(rows, axis=0))
    assert hashes(rows[3:4])[0] == hashes(rows)[3]
    assert len(np.unique(hashes(bits))) == 2


def test_a_tenth_of_the_groups_is_for_testing_and_groups_stay_whole():
    groups = np.repeat(np.arange(0, 4000, 2), 2)
    contents = np.random.default_rng(1).integers(0, 2**32, 4000)

    test = split(groups, contents, np.ones(4000, int))

    assert 0.08 < test.mean() < 0.12
    assert np.array_equal(test[::2], test[1::2])


def test_the_split_depends_on_content_and_not_on_order_or_neighbours():
    contents = np.random.default_rng(1).integers(0, 2**32, 500)
    order = np.random.default_rng(2).permutation(500)

    test = split(np.arange(500), contents, np.ones(500, int))
    moved = split(np.arange(400), contents[order][:400], np.ones(400, int))

    assert np.array_equal(moved, test[order][:400])


@pytest.mark.parametrize("windows", [[1, 1], [1, 9], [9, 1], [5, 5, 5], [100, 1, 1, 0]])
def test_neither_side_is_empty(windows):
    for seed in range(20):
        contents = np.random.default_rng(seed).integers(0, 2**32, len(windows))
        test = split(np.arange(len(windows)), contents, np.array(windows))
        sizes = [np.array(windows)[test == side].sum() for side in (False, True)]
        assert min(sizes) > 0
        assert sizes[0] >= sizes[1]


def test_one_tune_cannot_be_split():
    assert not split(np.array([0, 0, 0]), [1, 2, 3], np.array([4, 4, 0])).any()


def test_no_pieces_are_no_groups():
    assert len(grouped([], [])) == 0
    assert not split(np.empty(0, int), [], np.empty(0, int)).any()
