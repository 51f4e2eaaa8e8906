# The synthesiser: pitches, silence, clicks, loudness, loops, drums, SoundFonts.
"""The synthesiser: pitches, silence, clicks, loudness, loops, drums, SoundFonts."""

import sys
from pathlib import Path

import numpy as np
import pytest

from aekit.drumkit import DRUMS, drum
from aekit.errors import DataError, UsageError
from aekit.pianoroll import LANES
from aekit.sound import CEILING, LOUDNESS, RATE, TAIL, render
from aekit.views import Note, Notes

MELODY = tuple(Note(62 + (number * 5) % 12, number / 4, number / 4 + 0.25) for number in range(32))
BEAT = tuple(
    Note(key, number / 4, number / 4 + 0.1, 96, "drums")
    for number, key in enumerate((36, 42, 38, 46, 36, 42, 38, 49))
)


def level(samples):
    """Peak in dB below full scale."""
    return 20 * np.log10(np.abs(samples).max() + 1e-12)


@pytest.mark.parametrize("name", ["piano", "bass"])
@pytest.mark.parametrize("pitch", [28, 40, 55, 60, 69, 81, 96, 108])
def test_a_note_sounds_at_its_pitch(name, pitch):
    samples = render([Note(pitch, 0, 1, 96, name)], 1.0)[: 2**15]

    # The strongest of the first three partials' spacing: correlate with harmonics of every semitone
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 2**18))
    wanted = 440 * 2 ** ((pitch - 69) / 12)
    near = np.arange(wanted * 0.94, wanted * 1.06, RATE / 2**18)
    peak = near[power[np.round(near * 2**18 / RATE).astype(int)].argmax()]
    assert abs(1200 * np.log2(peak / wanted)) < 8  # cents
    below = power[: int(wanted * 0.8 * 2**18 / RATE)].max(initial=0)
    assert below < 0.05 * power.max()


@pytest.mark.parametrize("notes", [MELODY, BEAT, MELODY + BEAT], ids=["melody", "drums", "both"])
@pytest.mark.parametrize("loop", [False, True])
def test_loudness_peak_and_offset(notes, loop):
    samples = render(notes, 8.0, loop=loop)

    assert samples.dtype == np.float32 and samples.ndim == 1
    assert level(samples) <= CEILING + 1e-3
    assert abs(samples.mean()) < 1e-3
    blocks = (samples[: len(samples) // 2205 * 2205].reshape(-1, 2205) ** 2).mean(1)
    rms = 10 * np.log10(blocks[blocks >= blocks.max() * 1e-4].mean())
    assert LOUDNESS - 6 < rms <= LOUDNESS + 0.01
    assert level(samples) > CEILING - 0.01 or rms > LOUDNESS - 0.01


def test_many_notes_at_once_do_not_clip():
    crowd = [Note(pitch, 0, 2, 127) for pitch in range(21, 109)] + [
        Note(key, 0, 1, 127, "drums") for key in DRUMS
    ]

    assert level(render(crowd, 2.0)) <= CEILING + 1e-3


def test_a_soft_note_beside_a_loud_one_is_softer_and_duller():
    samples = render([Note(60, 0, 0.5, 127), Note(60, 2, 2.5, 30)], 4.0)
    loud, soft = samples[: RATE // 2], samples[2 * RATE : 2 * RATE + RATE // 2]
    bright = [np.abs(np.diff(part)).mean() / np.abs(part).mean() for part in (loud, soft)]

    assert level(soft) < level(loud) - 8
    assert bright[1] < 0.9 * bright[0]


def test_nothing_sounds_before_after_and_between():
    samples = render([Note(60, 1, 1.5), Note(64, 3, 3.5)], 5.0)

    assert len(samples) == 5 * RATE
    for start, end in ((0, 1), (1.8, 3), (3.8, 5)):
        assert not samples[round(start * RATE) : round(end * RATE)].any()
    assert samples[round(1.1 * RATE) : round(1.4 * RATE)].any()


@pytest.mark.parametrize("name", ["piano", "bass", "drums"])
def test_a_note_begins_on_its_sample(name):
    samples = render([Note(40, 1 / 3, 1, 96, name), Note(40, 2.0, 2.5, 96, name)], 3.0)

    assert 0 <= np.flatnonzero(samples)[0] - RATE / 3 < 2
    assert 0 <= np.flatnonzero(samples[round(1.9 * RATE) :])[0] - 0.1 * RATE < 2


@pytest.mark.parametrize("pitch", [33, 60, 84])
@pytest.mark.parametrize("name", ["piano", "bass"])
def test_a_note_begins_and_ends_without_a_click(name, pitch):
    samples = render([Note(pitch, 0.5, 1.0, 96, name)], 2.0)
    steps, held = np.abs(np.diff(samples)), round(0.5 * RATE)
    steady = steps[held + 500 : held + 8000].max()

    assert steps[: held + 60].max() < 1.05 * steady  # at the start
    assert steps[2 * held - 50 :].max() < 1.05 * steady  # at the end, and in the release
    # a click is broad: nothing above the partials' highest at either edge
    for edge in (held, 2 * held):
        piece = samples[edge - 1024 : edge + 1024] * np.hanning(2048)
        power = np.abs(np.fft.rfft(piece)) ** 2
        assert power[round(12_000 * 2048 / RATE) :].sum() < 1e-5 * power.sum()


def test_what_rings_on_is_kept_for_a_while():
    short = render([Note(60, 0, 1)], 1.0)
    crash = render([Note(49, 0.9, 1.0, 96, "drums")], 1.0)

    assert RATE < len(short) < 1.5 * RATE and abs(short[-1]) < 1e-4
    assert 2 * RATE < len(crash) <= (1 + TAIL) * RATE and abs(crash[-1]) < 1e-4


@pytest.mark.parametrize("notes", [MELODY, MELODY + BEAT], ids=["melody", "both"])
def test_a_loop_has_no_seam(notes):
    samples = render(notes, 8.0, loop=True)
    steps = np.abs(np.diff(samples))

    assert len(samples) == 8 * RATE
    assert abs(samples[0] - samples[-1]) <= np.percentile(steps, 99.9)
    again = np.abs(np.diff(np.concatenate([samples[-200:], samples[:200]]), 2))
    assert again.max() <= np.abs(np.diff(samples, 2)).max()
    ringing = render([Note(60, 0.5, 1.0)], 1.0, loop=True)
    assert np.abs(ringing[: RATE // 20]).max() > 0.01, "the release should lie over the start"


def test_a_loop_shorter_than_its_ringing_still_folds():
    samples = render([Note(49, 0, 0.1, 96, "drums")], 0.25, loop=True)

    assert len(samples) == round(0.25 * RATE) and np.isfinite(samples).all()


def test_what_begins_outside_is_left_out_and_nothing_is_held_beyond_the_end():
    inside = [Note(60, 0, 0.5)]
    odd = [*inside, Note(64, 1.0, 2.0), Note(65, 7.0, 8.0), Note(66, -1.0, 0.5)]

    np.testing.assert_array_equal(render(odd, 1.0), render(inside, 1.0))
    np.testing.assert_array_equal(render([Note(60, 0, 99)], 1.0), render([Note(60, 0, 1)], 1.0))


def test_silence_very_long_and_empty_notes_are_fine():
    assert not render([], 1.0).any() and len(render([], 1.0)) == RATE
    assert len(render([], 0.0)) == 0
    assert render([Note(60, 0.5, 0.5)], 1.0).any()
    assert np.isfinite(render([Note(60, 0, 30)], 30.0)).all()
    assert len(render(MELODY, 8.0, rate=8000)) >= 64_000


def test_an_unknown_instrument_plays_as_a_piano():
    np.testing.assert_array_equal(
        render([Note(60, 0, 1, 96, "kazoo")], 1.0), render([Note(60, 0, 1, 96, "piano")], 1.0)
    )


# ---- drums --------------------------------------------------------------------------------------------


def centre(samples):
    """The middle of the spectrum's power, hertz."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    return float((np.fft.rfftfreq(len(samples), 1 / RATE) * power).sum() / power.sum())


def test_drums_lie_where_drums_lie():
    kick, tom, snare, hat, crash = (centre(drum(key, RATE)) for key in (36, 45, 38, 42, 49))

    assert kick < 150 and tom < 400 < snare < 5000 < hat
    assert crash > 3000
    toms = [centre(drum(key, RATE)) for key in (41, 43, 45, 47, 48, 50)]
    assert toms == sorted(toms)


def test_every_key_of_the_percussion_makes_a_sound_that_dies():
    for key in range(128):
        samples = drum(key, RATE)
        assert 0.05 < np.abs(samples).max() < 3 and abs(samples[-1]) < 1e-6 and samples[0] == 0
    assert set(LANES) <= set(DRUMS)


def test_a_closed_hat_silences_an_open_one():
    open_alone = render([Note(46, 0, 0.1, 96, "drums")], 1.0)
    cut = render([Note(46, 0, 0.1, 96, "drums"), Note(42, 0.25, 0.3, 96, "drums")], 1.0)

    late = slice(round(0.45 * RATE), round(0.55 * RATE))
    assert np.abs(open_alone[late]).max() > 10 * np.abs(cut[late]).max()


def test_a_stroke_is_the_same_each_time():
    assert (drum.__wrapped__(38, RATE) == drum.__wrapped__(38, RATE)).all()


# ---- SoundFonts ---------------------------------------------------------------------------------------


@pytest.fixture
def soundfont():
    """The SF2 file that pretty_midi brings along."""
    pytest.importorskip("midirenderer")
    pretty_midi = pytest.importorskip("pretty_midi")
    path = Path(pretty_midi.__file__).parent / "TimGM6mb.sf2"
    if not path.exists():
        pytest.skip("this pretty_midi brings no SoundFont")
    return path


def test_a_soundfont_plays_the_notes(soundfont):
    samples = render([Note(69, 1.0, 2.0)], 3.0, soundfont=soundfont)

    power = np.abs(np.fft.rfft(samples[RATE + 4000 : 2 * RATE]))
    hertz = np.fft.rfftfreq(RATE - 4000, 1 / RATE)[power.argmax()]
    assert min(abs(hertz / 440 - partial) for partial in (1, 2, 3)) < 0.02
    assert np.abs(samples[: round(0.95 * RATE)]).max() < 1e-3 and level(samples) <= CEILING + 1e-3
    assert len(samples) > 3 * RATE - 1
    looped = Notes((Note(69, 1.0, 3.0),), 3.0, soundfont=soundfont).sound(loop=True)
    assert looped.seconds == 3.0
    assert not render([], 1.0, soundfont=soundfont).any()


def test_a_file_that_is_no_soundfont_is_one_plain_line(tmp_path):
    pytest.importorskip("midirenderer")
    (tmp_path / "text.sf2").write_text("no SoundFont")
    (tmp_path / "empty.sf2").touch()

    for name, said in (
        ("text.sf2", "no SoundFont"),
        ("empty.sf2", "no SoundFont"),
        ("none.sf2", "No such file"),
    ):
        with pytest.raises(DataError, match=said) as raised:
            render(MELODY, 8.0, soundfont=tmp_path / name)
        assert "\n" not in str(raised.value)


def test_a_missing_library_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "midirenderer", None)
    with pytest.raises(UsageError, match=r"pip install 'aekit\[soundfont\]'"):
        render(MELODY, 8.0, soundfont="x.sf2")
