# Synthetic patterns: the same from the same seed, plainly named, and musical by rules that can be checked.
import numpy as np
import pytest
from aekit_music.encodings.drums import DRUM_CLASSES
from aekit_music.patterns import EACH, FLOOR, patterns
from aekit_music.styles import ENDINGS, FILLS, KEYS, SCALES, STYLES

PIECES = patterns()
GRID = {style.name: style.grid for style in STYLES}


def style_of(piece):
    return piece.name.split("/")[1].rsplit("-", 1)[0]


def same(one, other):
    return all(
        a.name == b.name and a.tempo == b.tempo and np.array_equal(x.notes, y.notes)
        for a, b in zip(one, other, strict=True)
        for x, y in zip(a.tracks, b.tracks, strict=True)
    )


def test_the_same_seed_makes_the_same_pieces_and_another_does_not():
    assert same(PIECES, patterns(0))
    assert not same(PIECES, patterns(1))


def test_there_are_hundreds_named_as_synthetic():
    names = [piece.name for piece in PIECES]

    assert len(set(names)) == len(names) == EACH * len(STYLES) >= 400
    assert names[0] == "synthetic/rock-001"
    assert all(name.startswith("synthetic/") for name in names)


def test_pieces_are_8_to_16_bars_of_four_with_three_tracks():
    for piece in PIECES:
        bars = piece.bars()
        assert 8 <= len(bars) <= 16
        assert {(bar.beats, str(bar.metre)) for bar in bars} == {(4.0, "4/4")}
        assert [(track.name, track.drums) for track in piece.tracks] == [
            ("Melody", False), ("Bass", False), ("Drums", True)
        ]  # fmt: skip


@pytest.mark.parametrize("voice", [0, 1])
def test_melody_and_bass_are_single_lines_within_the_piano(voice):
    for piece in PIECES:
        onsets, lengths, pitches, velocities = piece.tracks[voice].notes.T
        assert (lengths > 0).all()
        assert (onsets[1:] >= onsets[:-1] + lengths[:-1] - 1e-9).all(), piece.name
        assert onsets[-1] + lengths[-1] <= piece.beats
        assert 21 <= pitches.min() <= pitches.max() <= 108
        assert 0 < velocities.min() <= velocities.max() < 128


def test_the_bass_lies_under_the_melody():
    assert all(
        piece.tracks[1].notes[:, 2].mean() + 12 < piece.tracks[0].notes[:, 2].mean() for piece in PIECES
    )


def test_drums_use_the_key_of_each_class_and_are_struck_once():
    keys = {drum.key for drum in DRUM_CLASSES}
    for piece in PIECES:
        notes = piece.tracks[2].notes
        assert set(notes[:, 2].astype(int)) <= keys
        assert len(np.unique(notes[:, [0, 2]], axis=0)) == len(notes), piece.name
        both = notes[np.isin(notes[:, 2], [KEYS["hat"], KEYS["open"]]), 0]
        assert len(np.unique(both)) == len(both), piece.name  # a hi-hat is open or closed


def test_every_section_but_the_first_begins_with_kick_and_crash():
    for piece in PIECES:
        notes = piece.tracks[2].notes
        for start in np.arange(16, piece.beats, 16):
            struck = set(notes[notes[:, 0] == start, 2].astype(int))
            assert {KEYS["kick"], KEYS["crash"]} <= struck, piece.name


def test_pieces_end_at_home():
    for piece in PIECES:
        assert piece.tracks[0].notes[-1, 2] % 12 == piece.tonic
        assert piece.tracks[1].notes[-1, 2] % 12 == piece.tonic


def test_pitches_are_of_one_scale_but_for_a_bass_that_leads_on():
    for piece in PIECES:
        scales = [[(piece.tonic + step) % 12 for step in scale] for scale in SCALES.values()]
        melody, bass = (piece.tracks[voice].notes[:, 2].astype(int) for voice in (0, 1))
        fitting = [scale for scale in scales if np.isin(melody % 12, scale).all()]
        assert fitting, piece.name
        bass = bass[np.append(True, np.diff(bass) != 0)]
        stray = [np.flatnonzero(~np.isin(bass % 12, scale)) for scale in fitting]
        assert any((np.abs(bass[at + 1] - bass[at]) == 1).all() for at in stray), piece.name


def test_the_third_bar_of_a_phrase_has_the_rhythm_of_the_first():
    for piece in PIECES:
        size = 4 * GRID[style_of(piece)]
        onsets = np.rint(piece.tracks[0].notes[:, 0] * GRID[style_of(piece)]).astype(int)
        bars = [onsets[onsets // size == bar] - bar * size for bar in range(len(piece.bars()))]
        assert all(bar.tolist() == third.tolist() for bar, third in zip(bars[::4], bars[2::4], strict=True))


def test_times_lie_on_the_grid_of_the_style():
    for piece in PIECES:
        for track in piece.tracks:
            steps = track.notes[:, :2] * GRID[style_of(piece)]
            assert np.allclose(steps, steps.round())


def test_every_line_of_the_styles_is_one_bar():
    for style in STYLES:
        size = 4 * style.grid
        grooves = [word for groove in (*style.grooves, *FILLS[style.grid]) for word in groove.split()[1::2]]
        lines = [*grooves, *style.basses, *style.rhythms, *ENDINGS[style.grid]]
        assert {len(line) for line in lines} == {size}, style.name
        assert {len(progression) for progression in style.progressions} == {4}, style.name


def test_melodies_keep_to_their_register():
    lowest = min(piece.tracks[0].notes[:, 2].min() for piece in PIECES)
    highest = max(piece.tracks[0].notes[:, 2].max() for piece in PIECES)
    assert lowest >= 57 + FLOOR - 3
    assert highest <= 93
