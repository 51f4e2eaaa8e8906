# Tests of reading MIDI: odd files read exactly, refused files with a reason, clocks, names and limits.
"""Tests of reading MIDI: odd files read exactly, refused files with a reason, clocks, names and limits."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import mido
import numpy as np
import pretty_midi
import pytest
from aekit_music import midi as reading
from aekit_music.midi import read_midi
from aekit_music.piece import Piece, Unusable
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_files import MELODY, ODD_FILES, REFUSED_FILES, OddFile, meta, midi, named, played, tempo, track, tune

BY_NAME = {file.name: file for file in (*ODD_FILES, *REFUSED_FILES)}


def read(folder: Path, file: OddFile | bytes, timing: str = "auto") -> Piece:
    path = folder / (file.name if isinstance(file, OddFile) else "file.mid")
    path.write_bytes(file.data if isinstance(file, OddFile) else file)
    return read_midi(path, timing)


def pitched(piece: Piece) -> np.ndarray:
    rows = np.concatenate([np.empty((0, 4)), *(track.notes for track in piece.tracks if not track.drums)])
    return rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))][:, :3]


@pytest.mark.parametrize("file", ODD_FILES, ids=lambda file: file.name)
def test_odd_files_are_read_as_written(tmp_path, file):
    piece = read(tmp_path, file)

    assert tuple(tuple(metre) for metre in piece.metres) == file.metres
    if file.notes is not None:
        ticks = np.round(np.array(file.notes).reshape(-1, 3) * [480, 480, 1]) / [480, 480, 1]
        np.testing.assert_allclose(pitched(piece), ticks, atol=1.01 / 480)
        onsets = pitched(piece)[:, 0]
        np.testing.assert_array_equal(onsets * 480, np.round(onsets * 480))


@pytest.mark.parametrize("file", REFUSED_FILES, ids=lambda file: file.name)
def test_refused_files_say_why_in_one_line(tmp_path, file):
    with pytest.raises(Unusable) as error:
        read(tmp_path, file)

    assert file.refused in error.value.reason
    assert "\n" not in error.value.reason and len(error.value.reason) < 160


def test_every_true_shortening_of_a_file_is_refused_or_read(tmp_path):
    data = BY_NAME["band.mid"].data
    outcomes = set()
    for length in range(0, len(data), 7):
        try:
            outcomes.add(len(read(tmp_path, data[:length]).tracks))
        except Unusable as error:
            outcomes.add(error.reason)

    assert outcomes <= {"an empty file", "not a MIDI file (it does not begin with 'MThd')", "cut short"} | {
        "cut short within its header"
    }


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(Unusable, match="cannot be read"):
        read_midi(tmp_path / "none.mid")
    with pytest.raises(Unusable, match="cannot be read"):
        read_midi(tmp_path)


def test_notes_without_an_end_are_counted(tmp_path):
    assert read(tmp_path, BY_NAME["missing_note_offs.mid"]).notes == ("2 notes without an end left out",)


@pytest.mark.parametrize("name, signature", [("mad_metre", "4/1606938044"), ("no_metre_of_zero", "0 beats")])
def test_impossible_time_signatures_are_passed_over(tmp_path, name, signature):
    notes = read(tmp_path, BY_NAME[f"{name}.mid"]).notes

    assert notes == (f"a time signature of {signature} was passed over",)


def test_the_tempo_of_a_piece_whose_map_has_every_beat_is_that_of_its_middle(tmp_path):
    beats = [tempo(beat, 40 if beat == 63 else 118 + beat % 5) for beat in range(64)]

    assert read(tmp_path, midi(track(*beats, *played(tune(0.5, 128))))).tempo == pytest.approx(120, abs=1)


def test_the_tempo_is_the_one_that_lasts_longest(tmp_path):
    data = midi(track(tempo(0, 60), tempo(2, 200), tempo(12, 90), *played(tune(0.5, 60))))

    assert read(tmp_path, data).tempo == pytest.approx(90, abs=0.01)


def test_the_tonic_is_the_key_signature_s_except_for_c_major_which_is_written_unasked(tmp_path):
    tonics = [
        read(
            tmp_path, midi(track((0, bytes([0xFF, 0x59, 2, sharps % 256, minor])), *played(tune(1, 8))))
        ).tonic
        for sharps, minor in ((1, 0), (-3, 0), (-3, 1), (0, 1), (0, 0))
    ]

    assert tonics == [7, 3, 0, 9, None]


def test_drums_are_known_by_channel_and_by_name(tmp_path):
    by_channel, by_name = (read(tmp_path, BY_NAME[f"{name}.mid"]) for name in ("only_drums", "drums_by_name"))

    assert [track.drums for track in by_channel.tracks + by_name.tracks] == [True, True]
    np.testing.assert_array_equal(by_channel.tracks[0].notes, by_name.tracks[0].notes)
    assert not read(tmp_path, BY_NAME["steel_drums.mid"]).tracks[0].drums


@pytest.mark.parametrize(
    ("name", "drums"),
    [
        *(
            (name, True)
            for name in ("Kick", "snare 2", "Hi-Hat", "closed hihat", "Hats", "Floor Tom", "toms_1")
        ),
        *((name, True) for name in ("Cymbals", "Schlagzeug", "Batterie", "bateria", "BATERÍA", "drums_02")),
        *((name, False) for name in ("Tom's tune", "Custom", "That", "Kickstart", "Steel drums", "Drummer")),
    ],
)
def test_drums_are_known_by_their_names_in_several_languages(tmp_path, name, drums):
    (read_track,) = read(tmp_path, midi(track(named(name), *played(MELODY)))).tracks

    assert read_track.drums == drums


@pytest.mark.parametrize("name", ["Mélodie", "Flöte", "メロディ", "Bateri\u0301a"])
def test_names_in_utf_8_and_in_latin_1_are_read_as_written(tmp_path, name):
    written = [name.encode()] + ([name.encode("latin-1")] if name.isascii() or ord(max(name)) < 256 else [])

    for data in written:
        (read_track,) = read(tmp_path, midi(track((0, meta(3, data)), *played(MELODY)))).tracks
        assert read_track.name == unicodedata.normalize("NFC", name)


def test_names_and_programs_are_kept_and_a_change_of_program_tears_nothing(tmp_path):
    band, changed = read(tmp_path, BY_NAME["band.mid"]), read(tmp_path, BY_NAME["program_changes.mid"])

    assert [track.name for track in band.tracks] == ["Strings", "Lead guitar", "Electric bass", "Kit"]
    assert [track.program for track in band.tracks] == [48, 27, 33, 0]
    assert [(track.program, len(track.notes)) for track in changed.tracks] == [(4, 16)]


def test_the_one_name_of_a_type_0_file_with_several_players_is_nobody_s(tmp_path):
    data = midi(track(named("Lead me home"), *played(tune(1, 4)), *played(tune(1, 4), 1)), kind=0)

    assert [track.name for track in read(tmp_path, data).tracks] == ["", ""]


def test_a_fixed_grid_has_two_beats_a_second(tmp_path):
    piece = read(tmp_path, midi(track(tempo(0, 60), *played(tune(1.0, 8)))), "fixed")

    np.testing.assert_allclose(piece.tracks[0].notes[:, 0], np.arange(8) * 2.0)
    assert piece.tempo == 120 and "fixed grid" in piece.notes[0]


def test_beats_of_a_performance_are_estimated_unasked(tmp_path):
    file = BY_NAME["performance.mid"]
    piece, seconds = read(tmp_path, file), pitched(read(tmp_path, file, "file"))[:, 0] / 2

    onsets = piece.tracks[0].notes[:, 0]
    assert "estimated" in piece.notes[0] and piece.tempo == pytest.approx(60 / 0.83 * 2, rel=0.03)
    away = np.abs(onsets * 2 - np.round(onsets * 2)) / 2  # from the nearest eighth
    assert np.median(away) < 0.06 and away.mean() < 0.1
    assert (np.diff(onsets) >= 0).all() and len(onsets) == len(seconds)


def test_written_music_is_never_estimated_unasked(tmp_path):
    for name in ("swing.mid", "triplets.mid", "grace_notes.mid", "chords.mid", "fine_ticks.mid"):
        assert read(tmp_path, BY_NAME[name]).notes == ()


def test_an_estimate_from_a_few_notes_is_refused(tmp_path):
    with pytest.raises(Unusable, match="too few notes"):
        read(tmp_path, midi(track(*played(tune(1.0, 8)))), "estimated")


def test_a_long_rest_at_a_slow_tempo_is_refused_where_beats_are_to_be_estimated(tmp_path):
    data = midi(track(tempo(0, 4), *played(tune(0.5, 30)), *played(tune(1.0, 4, start=600))))

    with pytest.raises(Unusable, match="too long to estimate"):
        read(tmp_path, data, "estimated")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 40_000), st.integers(1, 2_000), st.integers(0, 127)), min_size=1, max_size=30
    ),
    st.lists(st.tuples(st.integers(0, 40_000), st.integers(10_000, 4_000_000)), max_size=8),
    st.sampled_from([1, 24, 96, 480, 960, 10_080]),
)
def test_beats_are_the_file_s_ticks_exactly(tmp_path_factory, notes, tempi, division):
    notes = list({(start, pitch): (start, length, pitch) for start, length, pitch in notes}.values())
    one_a_channel = notes[:9]  # so that no note's end ends another
    file = mido.MidiFile(ticks_per_beat=division)
    events = [(tick, mido.MetaMessage("set_tempo", tempo=micros)) for tick, micros in tempi]
    for channel, (start, length, pitch) in enumerate(one_a_channel):
        events.append((start, mido.Message("note_on", note=pitch, velocity=64, channel=channel)))
        events.append((start + length, mido.Message("note_off", note=pitch, channel=channel)))
    file.tracks.append(mido.MidiTrack())
    now = 0
    for tick, message in sorted(events, key=lambda event: event[0]):
        file.tracks[0].append(message.copy(time=tick - now))
        now = tick
    path = tmp_path_factory.mktemp("exact") / "file.mid"
    file.save(path)

    try:
        rows = pitched(read_midi(path, "file"))
    except Unusable as error:
        assert division == 1 and "too long" in error.reason
        return
    expected = sorted(
        (start / division, (start + length) / division - start / division, pitch)
        for start, length, pitch in one_a_channel
    )
    assert rows.tolist() == [list(row) for row in expected]


def test_pretty_midi_s_own_seconds_give_the_same_beats(tmp_path):
    path = tmp_path / "file.mid"
    path.write_bytes(BY_NAME["tempo_changes.mid"].data)
    score = pretty_midi.PrettyMIDI(str(path))

    ticks = [score.time_to_tick(note.start) for note in score.instruments[0].notes]
    np.testing.assert_array_equal(read_midi(path).tracks[0].notes[:, 0], np.array(ticks) / 480)


def test_a_large_file_is_not_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_BYTES", 100)

    with pytest.raises(Unusable, match="too large"):
        read(tmp_path, BY_NAME["band.mid"])
