# Tests of what each voice gets: melody, bass and drums found, refusals with reasons, skylines, keys.
"""Tests of what each voice gets: melody, bass and drums found, refusals with reasons, skylines, keys."""

from __future__ import annotations

import numpy as np
import pytest
from aekit_music.encodings import ENCODINGS
from aekit_music.midi import read_midi
from aekit_music.piece import Piece, Track, Unusable, Voice
from aekit_music.tracks import MAJOR, MINOR, key_of, moved_to_common_key, parts, share_at_once, skyline
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_files import BASS, CHORDS, MELODY, ODD_FILES, beat_of_drums, tune

MELODY_OF, DRUMS_OF, TRIO_OF, ROLL_OF = (ENCODINGS[name] for name in ("melody", "drums", "trio", "pianoroll"))


def notes_of(notes):
    return np.array([(onset, length, pitch, 80) for onset, length, pitch in sorted(notes)], float).reshape(
        -1, 4
    )


def track(name, notes, program=0, drums=False):
    return Track(name, notes_of(notes), program, drums)


def piece(*tracks, tonic=None):
    return Piece("piece", tracks, (), 16.0, tonic=tonic)


LEAD, CHORDING, LOW = track("", MELODY), track("", CHORDS, 48), track("", BASS)
KIT = track("Kit", beat_of_drums(4), drums=True)


def melody_of(*tracks, chosen=None):
    return parts(piece(*tracks), MELODY_OF, chosen)[Voice.MELODY]


def test_the_melody_is_the_high_single_line():
    np.testing.assert_array_equal(melody_of(CHORDING, LOW, KIT, LEAD), LEAD.notes)


def test_a_name_counts_more_than_height():
    low_lead = track("Lead Vocals", tune(1.0, 16, low=-5))

    np.testing.assert_array_equal(melody_of(LEAD, low_lead), low_lead.notes)
    np.testing.assert_array_equal(melody_of(LEAD, track("Backing vocals", tune(1.0, 16))), LEAD.notes)


def test_the_soprano_of_a_choir_is_its_melody():
    names = ("Alto", "Soprano", "Tenor", "Bass")
    choir = [track(name, tune(1.0, 16, low=low)) for name, low in zip(names, (15, 10, 0, -9), strict=True)]

    np.testing.assert_array_equal(melody_of(*choir), choir[1].notes)


@pytest.mark.parametrize("chosen", ["2", "elec", "Electric Organ"])
def test_a_chosen_track_is_taken_by_number_or_name(chosen):
    tracks = (LEAD, track("Melody", MELODY), track("Electric organ", BASS))

    np.testing.assert_array_equal(melody_of(*tracks, chosen=chosen), tracks[2].notes)


def test_a_chosen_track_that_is_not_there_is_an_error_that_lists_the_tracks():
    with pytest.raises(Unusable, match="named like 'flute'.*0 'Kit', 1 'Melody'"):
        melody_of(KIT, track("Melody", MELODY), chosen="flute")
    with pytest.raises(Unusable, match="track 0 has drums"):
        melody_of(KIT, LEAD, chosen="0")
    with pytest.raises(Unusable, match="named like '7'"):
        melody_of(LEAD, chosen="7")


def test_chords_alone_are_no_melody_but_can_be_chosen():
    piano = track("Piano", CHORDS)

    with pytest.raises(Unusable, match=r"'Piano', has 67 % of its notes at once; name one with --track"):
        melody_of(piano)
    assert melody_of(piano, chosen="piano")[:, 2].tolist() == [pitch for _, _, pitch in CHORDS[2::3]]


def test_legato_is_a_single_line_and_each_note_ends_where_the_next_begins():
    legato = notes_of((n * 0.5, 0.6, 60 + n % 5) for n in range(16))

    assert share_at_once(legato) == 0
    np.testing.assert_allclose(skyline(legato)[:-1, 1], 0.5)


def test_skyline_drops_what_sounds_under_a_higher_note_and_keeps_a_struck_again_one():
    notes = notes_of([(0, 4, 72), (1, 1, 60), (2, 1, 74), (4, 2, 65), (5, 1, 65), (5.9, 1, 60)])

    assert skyline(notes)[:, [0, 1, 2]].tolist() == [
        [0, 2, 72],
        [2, 1, 74],
        [4, 1, 65],
        [5, 0.9, 65],
        [5.9, 1, 60],
    ] or (skyline(notes)[:, 2].tolist() == [72, 74, 65, 65, 60])
    assert skyline(notes_of(CHORDS), lowest=True)[:, 2].tolist() == [pitch for _, _, pitch in CHORDS[::3]]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 200), st.integers(1, 60), st.integers(40, 90)), min_size=1, max_size=40
    ),
    st.booleans(),
)
def test_a_skyline_has_one_note_at_a_time_and_is_its_own_skyline(notes, lowest):
    line = skyline(notes_of({(o / 8, length / 8, pitch) for o, length, pitch in notes}), lowest)

    assert (line[:-1, 0] + line[:-1, 1] <= line[1:, 0] + 1e-9).all() and (line[:, 1] > 0).all()
    np.testing.assert_array_equal(skyline(line, lowest), line)


def test_a_trio_has_melody_bass_and_drums(tmp_path):
    (band,) = [file for file in ODD_FILES if file.name == "band.mid"]
    path = tmp_path / band.name
    path.write_bytes(band.data)

    found = parts(read_midi(path), TRIO_OF, None)

    assert set(found) == {Voice.MELODY, Voice.BASS, Voice.DRUMS}
    for voice, notes in zip(Voice, (MELODY, BASS, beat_of_drums(4)), strict=True):
        np.testing.assert_array_equal(found[voice][:, :3], notes_of(notes)[:, :3])


def test_a_bass_is_known_by_program_name_or_register():
    by_program, by_name = track("", BASS, 33), track("Fretless Bass", tune(1.0, 16, low=0))

    for bass in (by_program, by_name, LOW):
        found = parts(piece(LEAD, CHORDING, bass, KIT), TRIO_OF, None)
        np.testing.assert_array_equal(found[Voice.BASS], bass.notes)
    with pytest.raises(Unusable, match="no bass"):
        parts(piece(LEAD, CHORDING, track("Bassoon", tune(1.0, 16)), KIT), TRIO_OF, None)


def test_missing_voices_are_reasons():
    with pytest.raises(Unusable, match="only drums"):
        melody_of(KIT)
    with pytest.raises(Unusable, match="no drums"):
        parts(piece(LEAD), DRUMS_OF, None)
    with pytest.raises(Unusable, match="no drums"):
        parts(piece(LEAD, LOW), TRIO_OF, None)
    with pytest.raises(Unusable, match="only drums"):
        parts(piece(KIT), ROLL_OF, None)


def test_a_roll_has_everything_pitched_once():
    roll = parts(piece(LEAD, KIT, CHORDING, track("double", MELODY)), ROLL_OF, None)[Voice.MELODY]

    assert roll[:, :3].tolist() == [
        list(map(float, note)) for note in sorted(MELODY + CHORDS, key=lambda n: (n[0], n[2]))
    ]


def drums_of(*tracks, chosen=None):
    return parts(piece(*tracks), DRUMS_OF, chosen)[Voice.DRUMS]


@pytest.mark.parametrize("chosen", ["1", "beats", " Beats"])
def test_drums_that_are_not_marked_are_chosen_by_number_or_name(chosen):
    beats = track("My beats", beat_of_drums(4))

    np.testing.assert_array_equal(drums_of(LEAD, beats, KIT, chosen=chosen), beats.notes)
    with pytest.raises(Unusable, match="no track is named like 'claps' .its tracks: 0 '', 1 'My beats'"):
        drums_of(LEAD, beats, chosen="claps")


def test_a_part_of_a_name_chooses_all_drum_tracks_that_have_it():
    low, high = track("Set low", [(0.0, 1.0, 36)]), track("Set high", [(1.0, 1.0, 42)])

    assert drums_of(LEAD, high, low, chosen="set")[:, 2].tolist() == [36, 42]


def test_the_only_track_of_a_file_is_drums_where_it_keeps_to_their_keys():
    beats = track("", beat_of_drums(4))

    np.testing.assert_array_equal(drums_of(beats), beats.notes)
    for others in [(LEAD,), (beats, LEAD)]:
        with pytest.raises(Unusable, match="no drums in it"):
            drums_of(*others)


def test_a_track_chosen_for_a_trio_is_its_melody():
    found = parts(piece(LOW, LEAD, KIT), TRIO_OF, "1")

    np.testing.assert_array_equal(found[Voice.MELODY], LEAD.notes)
    np.testing.assert_array_equal(found[Voice.DRUMS], KIT.notes)


def test_all_drum_tracks_play_together():
    drums = parts(piece(KIT, LEAD, track("more", [(0.0, 1.0, 49)], drums=True)), DRUMS_OF, None)[Voice.DRUMS]

    assert len(drums) == len(KIT.notes) + 1 and (np.diff(drums[:, 0]) >= 0).all()


SCALE = [
    (0, 2, 60),
    (2, 1, 62),
    (3, 1, 64),
    (4, 1, 65),
    (5, 2, 67),
    (7, 1, 69),
    (8, 1, 71),
    (9, 3, 72),
    (12, 2, 67),
    (14, 2, 60),
]
MINOR_TUNE = [
    (0, 2, 57),
    (2, 1, 60),
    (3, 1, 64),
    (4, 2, 57),
    (6, 1, 68),
    (7, 1, 69),
    (8, 2, 64),
    (10, 2, 60),
    (12, 4, 57),
]


@pytest.mark.parametrize("by", range(-6, 7))
@pytest.mark.parametrize("notes, tonic", [(SCALE, 0), (MINOR_TUNE, 9)])
@pytest.mark.parametrize("told", [True, False])
def test_any_key_is_moved_to_c_major_or_a_minor_by_the_nearest_way(by, notes, tonic, told):
    lead = track("", [(onset, length, pitch + by) for onset, length, pitch in notes])

    moved = moved_to_common_key(piece(lead, KIT, tonic=(tonic + by) % 12 if told else None))

    shift = moved.tracks[0].notes[:, 2] - lead.notes[:, 2]
    assert moved.tonic == tonic and (shift == shift[0]).all() and -5 <= shift[0] <= 6
    assert (shift[0] + by) % 12 == 0
    np.testing.assert_array_equal(moved.tracks[1].notes, KIT.notes)


def test_pitches_stay_in_midi_s_range():
    lead = track("", [(onset, length, pitch + 57) for onset, length, pitch in SCALE[:-1]] + [(14, 2, 2)])

    moved = moved_to_common_key(piece(lead, tonic=9))

    assert moved.tracks[0].notes[:, 2].min() >= 0 and moved.tracks[0].notes[:, 2].max() <= 127


@pytest.mark.parametrize("profile, minor", [(MAJOR, False), (MINOR, True)])
def test_the_profiles_find_themselves(profile, minor):
    for root in range(12):
        notes = [(float(n), weight, 60 + (root + n) % 12) for n, weight in enumerate(profile)]
        assert key_of(notes_of(notes), None) == (root, minor)
