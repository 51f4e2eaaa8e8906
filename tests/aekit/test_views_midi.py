# Notes as MIDI files, read back by mido and pretty_midi.
"""Notes as MIDI files, read back by mido and pretty_midi."""

import io
import json
from dataclasses import replace

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aekit.errors import DataError
from aekit.midi import TICKS, metre_of, midi_file
from aekit.views import Note, Notes

STEPS = st.integers(0, 60)
TAKEN = st.tuples(
    STEPS,
    st.integers(1, 16),
    st.sampled_from((0, 36, 38, 60, 127)),  # few, so that notes often meet on one key
    st.integers(1, 127),
    st.sampled_from(("piano", "bass", "drums")),
)


def read(data):
    """The file, and its notes as sorted (start tick, end tick, pitch, velocity, channel)."""
    file = mido.MidiFile(file=io.BytesIO(data))
    found = []
    for track in file.tracks:
        now, sounding = 0, {}
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                assert (message.channel, message.note) not in sounding, "two notes at once on one key"
                sounding[message.channel, message.note] = (now, message.velocity)
            elif message.type in ("note_off", "note_on"):
                start, velocity = sounding.pop((message.channel, message.note))
                found.append((start, now, message.note, velocity, message.channel))
        assert not sounding, "a stuck note"
    return file, sorted(found)


def test_a_note_ends_where_the_next_on_its_key_begins():
    notes = [Note(60, 0, 2), Note(60, 1, 3), Note(62, 0, 4), Note(60, 0, 2, 96, "bass")]

    _, found = read(midi_file(notes, 4.0))

    spans = sorted((start / 960, end / 960, pitch) for start, end, pitch, *_ in found)
    assert spans == [(0, 1, 60), (0, 2, 60), (0, 4, 62), (1, 3, 60)]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(TAKEN, max_size=30), st.sampled_from((60.0, 97.3, 120.0, 133.0, 240.0)), st.sampled_from((4, 6))
)
def test_notes_lie_on_the_beats_that_they_were_given(taken, tempo, steps_per_beat):
    second = 60 / tempo / steps_per_beat
    notes = [
        Note(pitch, start * second, (start + length) * second, velocity, name)
        for start, length, pitch, velocity, name in taken
    ]

    _, found = read(midi_file(notes, 80 * second, tempo))

    step = TICKS // steps_per_beat
    longest = {}
    for start, length, pitch, _, name in taken:
        key = (start, pitch, name)
        longest[key] = max(longest.get(key, 0), start + length)
    ends = {}
    for start, pitch, name in longest:
        later = [other for other, *rest in longest if rest == [pitch, name] and other > start]
        ends[start, pitch, name] = min([longest[start, pitch, name], *later])
    expected = [
        (start * step, end * step, pitch, name == "drums") for (start, pitch, name), end in ends.items()
    ]
    assert sorted((start, end, pitch, channel == 9) for start, end, pitch, _, channel in found) == sorted(
        expected
    )


def test_the_file_names_tempo_metre_instruments_and_programs():
    trio = [
        Note(60, 0, 1),
        Note(36, 0, 1, 90, "bass"),
        Note(38, 1, 2, 90, "drums"),
        Note(70, 0, 1, 90, "flute"),
    ]

    file, found = read(midi_file(trio, 4.0, 90.0, 3.5))

    metas = [message for message in file.tracks[0] if message.is_meta]
    assert file.type == 1 and file.ticks_per_beat == 480
    assert round(60e6 / metas[0].tempo) == 90
    assert (metas[1].numerator, metas[1].denominator) == (7, 8)
    assert [track.name for track in file.tracks[1:]] == ["bass", "flute", "piano", "drums"]
    programs = [
        message.program for track in file.tracks for message in track if message.type == "program_change"
    ]
    assert programs == [33, 73, 0, 0]
    assert len({note[4] for note in found}) == 4 and (720, 1440, 38, 90, 9) in found


@pytest.mark.parametrize(
    ("beats", "metre"),
    [(4, (4, 4)), (3.0, (3, 4)), (3.5, (7, 8)), (0.25, (1, 16)), (4 / 3, (4, 4)), (0.0, (4, 4))],
)
def test_a_bars_length_is_a_time_signature(beats, metre):
    assert metre_of(beats) == metre


def test_a_jig_is_saved_in_its_own_metre_and_not_in_the_simplest_of_its_length():
    jig = Notes((Note(60, 0.0, 0.5),), 1.5, 120.0, 3.0, metre="6/8")

    saved, _ = read(jig.encoded("mid"))
    bare, _ = read(replace(jig, metre="").encoded("mid"))

    signatures = [
        [(m.numerator, m.denominator) for m in file.tracks[0] if m.type == "time_signature"]
        for file in (saved, bare)
    ]
    assert signatures == [[(6, 8)], [(3, 4)]]
    assert json.loads(jig.encoded("json"))["metre"] == "6/8"


def test_a_metre_gives_the_bar_its_length_and_must_be_one():
    assert [Notes((), 1.0, metre=metre).beats_per_bar for metre in ("6/8", "7/8", "2/2", "")] == [
        3,
        3.5,
        4,
        4,
    ]
    for metre in ("six eight", "6/8/4", "6/7", "0/4", "300/4"):
        with pytest.raises(DataError, match=f"time signature such as '6/8' .received '{metre}'"):
            Notes((), 1.0, metre=metre)


def test_every_track_ends_with_the_passage_even_in_silence():
    file, _ = read(Notes((Note(60, 0, 0.5),), 4.0).encoded("mid"))
    assert {sum(message.time for message in track) for track in file.tracks} == {8 * TICKS}
    assert mido.MidiFile(file=io.BytesIO(Notes((), 4.0).encoded("mid"))).length == pytest.approx(4.0)


def test_odd_notes_make_a_file_that_can_be_played():
    odd = [Note(60, 1, 1), Note(60, 1, 0.5), Note(61, -1, 2, 500), Note(62, 0, 1, 0, "naïve ♪")]

    _, found = read(midi_file(odd, 4.0, tempo=1.0))

    assert all(start < end and 1 <= velocity <= 127 for start, end, _, velocity, _ in found)


def test_twenty_instruments_leave_the_drum_channel_to_drums():
    many = [Note(40 + number, 0, 1, 90, f"player {number:02}") for number in range(20)]

    _, found = read(midi_file([*many, Note(36, 0, 1, 90, "drums")], 1.0))

    assert [note[2] for note in found if note[4] == 9] == [36]


def test_pretty_midi_reads_the_same_seconds(tmp_path):
    pretty_midi = pytest.importorskip("pretty_midi")
    notes = tuple(Note(60 + number, number * 0.25, number * 0.25 + 0.25) for number in range(16))

    read_back = pretty_midi.PrettyMIDI(str(Notes(notes, 4.0).save(tmp_path / "x.mid")))

    found = [(note.pitch, note.start, note.end, note.velocity) for note in read_back.instruments[0].notes]
    np.testing.assert_allclose(found, [(n.pitch, n.start, n.end, n.velocity) for n in notes], atol=1e-6)
