# The packed tunes: as the books have them, with bars that add up; a damaged or missing file is one plain line.
from collections import Counter

import numpy as np
import pytest
from aekit_music.piece import Metre, Piece, Track
from aekit_music.tunes import PACKED, TICKS, load_tunes, pack

from aekit import DataError, UsageError

FOLK = {piece.name: piece for piece in load_tunes("folk")}
CHORALES = {piece.name: piece for piece in load_tunes("chorales")}
EVERYTHING = [*FOLK.values(), *CHORALES.values()]


def rows(track: Track) -> list[tuple[float, float, int]]:
    return [(float(onset), float(length), int(pitch)) for onset, length, pitch, _ in track.notes]


def test_the_package_holds_the_three_books_and_the_chorales():
    assert Counter(name.split("/")[0] for name in FOLK) == {"aird": 1172, "oneill": 1712, "ryan": 1024}
    assert len(CHORALES) == 404
    assert sum(len(track.notes) for piece in EVERYTHING for track in piece.tracks) == 407_885 + 95_378


def test_the_white_cockade_is_as_aird_printed_it():
    tune = FOLK["aird/0001 The Ranting Highlandman"]

    # AG|B2B2 B2AG|... in G, two in a bar, eighths; two parts of eight bars
    assert rows(tune.tracks[0])[:8] == [
        (0, 0.5, 69), (0.5, 0.5, 67), (1, 1, 71), (2, 1, 71), (3, 1, 71), (4, 0.5, 69), (4.5, 0.5, 67), (5, 1, 71)
    ]  # fmt: skip
    assert tune.metres == (Metre(1.0, 2, 2),)
    assert (tune.tonic, tune.beats) == (7, 64.0)
    assert len(tune.bars()) == 1 + 16


def test_the_irish_washerwoman_keeps_its_accidental_until_the_bar_line():
    tune = FOLK["aird/0619 The Irish Washerwoman"]
    notes = tune.tracks[0].notes

    assert rows(tune.tracks[0])[:5] == [
        (0, 0.25, 74), (0.25, 0.25, 72), (0.5, 0.5, 71), (1, 0.5, 67), (1.5, 0.5, 67)
    ]  # fmt: skip
    # bars 11 and 12, =fcf fcf|=fcf agf: F natural, but no other note of the scale of G is changed
    in_bars = notes[(notes[:, 0] >= 30.5) & (notes[:, 0] < 36.5), 2]
    assert in_bars.tolist() == [77, 72, 77, 77, 72, 77, 77, 72, 77, 81, 79, 77]
    assert str(tune.metres[0]) == "6/8"


def test_a_chorale_has_four_voices():
    """BWV 66.6 and 269, as every edition has them."""
    first, second = CHORALES["bach/bwv66.6"], CHORALES["bach/bwv269"]

    assert [track.name for track in first.tracks] == ["Soprano", "Alto", "Tenor", "Bass"]
    assert [pitch for *_, pitch in rows(first.tracks[0])[:9]] == [73, 71, 69, 71, 73, 76, 73, 71, 69]
    assert rows(first.tracks[3])[:3] == [(0, 0.5, 57), (0.5, 0.5, 56), (1, 1, 54)]
    assert sorted(int(track.notes[-1, 2]) % 12 for track in first.tracks) == [1, 6, 6, 10]  # F sharp major
    assert (first.tonic, first.metres, first.beats) == (6, (Metre(1.0, 4, 4),), 36.0)
    assert rows(second.tracks[0])[:4] == [(0, 1, 67), (1, 2, 67), (3, 1, 74), (4, 1.5, 71)]
    assert second.metres == (Metre(1.0, 3, 4),)


def test_bars_add_up_but_for_those_beside_a_repeat():
    short = 0
    for piece in EVERYTHING:
        bars = piece.bars()
        begun_anew = {metre.at for metre in piece.metres}
        assert bars[-1].start < piece.beats <= bars[-1].start + bars[-1].beats + 1e-6, piece.name
        for bar in bars[1:]:
            if abs(bar.beats - bar.metre.beats) > 1e-6:
                short += 1
                assert bar.beats < bar.metre.beats, piece.name
                assert any(abs(bar.start + bar.beats - at) < 1e-6 for at in begun_anew), piece.name
    assert short < 0.006 * sum(len(piece.bars()) for piece in EVERYTHING)


def test_tracks_are_single_lines_within_the_piano_and_their_piece():
    for piece in EVERYTHING:
        for track in piece.tracks:
            onsets, lengths, pitches, velocities = track.notes.T
            assert (lengths > 0).all()
            assert (onsets[1:] >= onsets[:-1] + lengths[:-1] - 1e-9).all(), piece.name
            assert onsets[0] >= 0, piece.name
            assert onsets[-1] + lengths[-1] <= piece.beats + 1e-9, piece.name
            assert pitches.min() >= 21, piece.name
            assert pitches.max() <= 108, piece.name
            assert (velocities > 0).all()


def test_names_are_unique_and_plain():
    names = [*FOLK, *CHORALES]
    assert len(set(names)) == len(names)
    assert all(name.isprintable() and len(name) < 80 and "[" not in name for name in names)


def odd_pieces() -> list[Piece]:
    notes = np.array([[1 / 3, 1 / 7, 60, 90], [1, 2 / 9, 108, 90], [1.5, 30, 21, 90]])
    return [
        Piece(
            "a",
            (Track("x", notes), Track("y", notes[1:])),
            (Metre(1 / 3, 6, 8), Metre(12.0, 5, 4)),
            31.5,
            tonic=11,
        ),
        Piece("b", (Track("", notes[:1]),), (Metre(0.0, 3, 2),), 6.0),
    ]


def test_packing_keeps_any_pieces(tmp_path):
    (tmp_path / "tunes.pack").write_bytes(pack({"folk": odd_pieces(), "chorales": odd_pieces()[1:]}))

    for book, pieces in (("folk", odd_pieces()), ("chorales", odd_pieces()[1:])):
        for piece, loaded in zip(pieces, load_tunes(book, tmp_path / "tunes.pack"), strict=True):
            assert (loaded.name, loaded.metres, loaded.beats) == (piece.name, piece.metres, piece.beats)
            assert loaded.tonic == piece.tonic
            for track, other in zip(piece.tracks, loaded.tracks, strict=True):
                assert track.name == other.name
                assert np.allclose(track.notes, other.notes, atol=1e-12)


def test_what_cannot_be_packed_exactly_is_refused():
    piece = Piece("a", (Track("", np.array([[0.5 / TICKS, 1, 60, 90.0]])),), (Metre(0.0, 4, 4),), 4.0)
    with pytest.raises(ValueError, match="ticks"):
        pack({"folk": [piece]})
    piece = Piece("a", (Track("", np.array([[0, 2, 60, 90.0], [1, 1, 61, 90]])),), (Metre(0.0, 4, 4),), 4.0)
    with pytest.raises(ValueError, match="overlap"):
        pack({"folk": [piece]})


@pytest.mark.parametrize("seed", range(24))
def test_a_damaged_file_is_one_plain_line(tmp_path, seed):
    content = bytearray(pack({"folk": odd_pieces()}))
    where = int(np.random.default_rng(seed).integers(0, len(content)))
    if seed % 2:
        del content[where:]
    else:
        content[where] ^= 0x55
    (tmp_path / "tunes.pack").write_bytes(content)

    with pytest.raises(
        DataError, match=r"damaged or cut short; .*pack_tunes\.py from a checkout\.$"
    ) as caught:
        load_tunes("folk", tmp_path / "tunes.pack")
    assert "\n" not in str(caught.value)


def test_a_missing_file_says_how_to_make_it(tmp_path):
    with pytest.raises(DataError, match=r"not here .*tools/pack_tunes\.py from a checkout\.$"):
        load_tunes("folk", tmp_path / "tunes.pack")
    with pytest.raises(DataError, match=r"cannot be read"):
        load_tunes("folk", tmp_path)


def test_an_unknown_book_is_named():
    with pytest.raises(UsageError, match="essen"):
        load_tunes("essen")


def test_the_file_is_small():
    assert PACKED.stat().st_size < 300_000
