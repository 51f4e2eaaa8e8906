# Views: what is drawn, joined and written, and that looking at them loads little.
"""Views: what is drawn, joined and written, and that looking at them loads little."""

import io
import json
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from aekit.errors import UsageError
from aekit.pianoroll import frame_of
from aekit.view import HUES
from aekit.views import Curves, Note, Notes, Picture, Sound, Table

SCALE = tuple(Note(60 + number, number / 2, number / 2 + 0.5) for number in range(8))
BEAT = tuple(
    Note(key, number / 2, number / 2 + 0.1, 96, "drums") for number, key in enumerate((36, 42, 38, 42))
)


def coloured(picture, hue=HUES[0]):
    """Where a picture has a colour."""
    return (picture == np.array(hue, np.uint8)).all(-1)


def test_importing_views_loads_no_library_but_numpy():
    code = "import sys, aekit.views; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert not {"torch", "matplotlib", "PIL", "mido", "soundfile", "midirenderer", "scipy"} & set(
        loaded.split()
    )


@pytest.mark.parametrize(
    "view",
    [
        Picture(np.zeros((4, 5), np.uint8)),
        Notes(SCALE, 4.0),
        Notes((), 4.0),
        Sound(np.zeros((100, 2), np.float32), 8000),
        Curves(np.arange(3.0), {"y": np.arange(3.0)}),
        Table(("a",), ((1,),)),
    ],
    ids=lambda view: type(view).__name__,
)
def test_every_view_saves_in_every_format_that_it_lists(view, tmp_path):
    for ending in view.formats:
        assert view.save(tmp_path / f"x.{ending}").stat().st_size > 0
    assert set(view.folder_formats) | set(view.joined_formats) <= set(view.formats)
    assert view.picture().dtype == np.uint8
    with pytest.raises(UsageError, match=r"\.exe"):
        view.save(tmp_path / "x.exe")


# ---- curves -------------------------------------------------------------------------------------------


def test_a_curve_is_broken_where_readings_are_missing():
    flat = np.full(200, 1.0)
    flat[50:150] = np.nan

    drawn = coloured(Curves(np.arange(200.0), {"": flat, "other": np.arange(200.0) / 100}).picture()).any(0)

    assert drawn[20:60].all() and not drawn[75:165].any() and drawn[180:220].all()


def test_a_lone_reading_between_missing_ones_is_a_dot_and_a_curve_of_none_a_name():
    lone = np.full(9, np.nan)
    lone[4] = 1.0

    without, picture = (
        Curves(np.arange(9.0), {"": lone, **more}).picture() for more in ({}, {"az": np.full(9, np.nan)})
    )

    assert 4 <= coloured(picture).sum() <= 25
    rows, columns = np.nonzero((picture != without).any(-1))
    assert len(rows) and rows.max() < 50 and columns.max() < 50


# ---- piano-rolls --------------------------------------------------------------------------------------


def test_a_higher_note_stands_higher_and_a_later_one_further_right():
    picture = Notes((Note(60, 0, 1), Note(67, 3, 4)), 4.0).picture()

    left, right = (coloured(half) for half in np.split(picture, 2, axis=1))
    assert np.flatnonzero(left.any(1)).min() > np.flatnonzero(right.any(1)).max()
    assert np.flatnonzero(left.any(0)).max() < 80 <= np.flatnonzero(right.any(0)).min()


def test_a_struck_again_note_is_set_apart_from_a_long_one():
    long, again = Notes((Note(60, 0, 2),), 4.0), Notes((Note(60, 0, 1), Note(60, 1, 2)), 4.0)

    holes = [
        int((np.diff(np.flatnonzero(coloured(view.picture()).any(0))) > 1).sum()) for view in (long, again)
    ]
    assert holes == [0, 1]


def test_views_drawn_together_share_size_and_rows():
    high, low = Notes((Note(79, 0, 1),), 4.0), Notes((Note(79, 0, 1), Note(40, 1, 2)), 4.0)

    first, second = Notes.pictures([high, low])
    assert first.shape == second.shape
    assert (coloured(first)[:, :80] == coloured(second)[:, :80]).all()


def test_any_pitch_has_a_row_and_any_drum_a_lane():
    frame = frame_of(
        [Note(0, 0, 1), Note(127, 0, 1), Note(81, 0, 1, 96, "drums"), Note(36, 0, 1, 9, "drums")]
    )

    assert frame.low <= 0 and frame.low + frame.semitones > 127
    assert {36, 38, 81} <= set(frame.keys)
    whole = tuple(
        Note(pitch, pitch / 64, pitch / 64 + 0.1, 90, name) for pitch in range(128) for name in ("drums", "x")
    )
    Notes(whole, 2.0).picture()


def test_drums_are_ticks_and_instruments_have_their_own_colours():
    trio = Notes((*SCALE, Note(40, 0, 2, 96, "bass"), *BEAT), 4.0).picture()

    assert all(coloured(trio, hue).any() for hue in HUES[:3])
    assert coloured(Notes(BEAT, 4.0).picture(), HUES[2]).any(0).sum() < 40
    assert not coloured(Notes(BEAT, 4.0).picture()).any()


def test_a_note_outside_the_passage_is_cut_off():
    inside, outside = Notes((Note(60, 3, 4),), 4.0), Notes((Note(60, 3, 9),), 4.0)

    assert inside.picture().shape == outside.picture().shape


# ---- joining and writing ------------------------------------------------------------------------------


def test_joined_notes_follow_one_another():
    piece = Notes.joined([Notes(SCALE, 4.0, tempo=90.0), Notes((Note(72, 1, 2),), 4.0, tempo=90.0)])

    assert piece.seconds == 8 and piece.tempo == 90
    assert piece.notes[:8] == SCALE and piece.notes[8] == Note(72, 5.0, 6.0)


def test_joined_sounds_follow_one_another():
    piece = Sound.joined([Sound(np.zeros(3, np.float32), 8000), Sound(np.ones(2, np.float32), 8000)])

    assert piece.rate == 8000 and piece.samples.tolist() == [0, 0, 0, 1, 1]


def test_pictures_cannot_be_joined():
    assert Picture.joined_formats == ()
    with pytest.raises(NotImplementedError):
        Picture.joined([Picture(np.zeros((2, 2), np.uint8))])


def test_json_keeps_all_that_notes_have():
    kept = json.loads(Notes(SCALE, 4.0, 90.0, 3.5).encoded("json"))

    assert (kept["seconds"], kept["tempo"], kept["beats_per_bar"]) == (4.0, 90.0, 3.5)
    assert tuple(Note(**note) for note in kept["notes"]) == SCALE


def test_a_wav_file_is_16_bit_and_clips_instead_of_wrapping():
    samples = np.array([0, 0.5, 1.5, -1.5], np.float32)

    data = io.BytesIO(Sound(samples, 22_050).encoded("wav"))
    assert soundfile.info(data).subtype == "PCM_16"
    data.seek(0)
    read, rate = soundfile.read(data)
    assert rate == 22_050
    np.testing.assert_allclose(read, [0, 0.5, 1, -1], atol=1e-4)


def test_a_page_gets_wav_where_mp3_cannot_be_written(monkeypatch):
    from aekit import audio

    assert audio.for_pages(np.zeros(44_100, np.float32), 44_100)[0] == "audio/mpeg"
    monkeypatch.setattr(soundfile, "available_formats", lambda: {"WAV": ""})
    tone = np.sin(np.arange(44_101) / 20).astype(np.float32)
    kind, data = audio.for_pages(tone, 44_100)
    assert kind == "audio/wav" and soundfile.info(io.BytesIO(data)).samplerate == 22_050
    with pytest.raises(UsageError, match=r"writes no \.ogg"):
        Sound(tone, 44_100).encoded("ogg")


def test_notes_show_and_play_themselves_in_a_notebook():
    page = Notes(SCALE, 4.0)._repr_html_()

    assert "data:image/png" in page and "<audio controls" in page and "data:audio/mpeg" in page
