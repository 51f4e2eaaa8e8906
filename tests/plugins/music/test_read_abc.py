# Reading ABC for the packed tunes: what each sign does to notes, and which bars add up.
import sys
from fractions import Fraction
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "tools"))

from pack_tunes import Span, add_up, plain, regular, rows_of, unmailed
from read_abc import read_abc


def read(
    music: str, key: str = "C", metre: str = "4/4", unit: str = "L:1/4\n"
) -> list[tuple[float, float, int]]:
    (tune,) = read_abc(f"X:1\nT:a\nM:{metre}\n{unit}K:{key}\n{music}\n")
    return [(float(onset), float(length), pitch) for onset, length, pitch in rows_of(tune.measures)]


def pitches(music: str, key: str = "C") -> list[int]:
    return [pitch for *_, pitch in read(music, key)]


def lengths(music: str, metre: str = "4/4") -> list[float]:
    return [length for _, length, _ in read(music, metre=metre)]


@pytest.mark.parametrize(
    ("music", "key", "expected"),
    [
        ("C c c' C,", "C", [60, 72, 84, 48]),
        ("F C G|B", "D", [66, 61, 67, 71]),
        ("F C", "Ador", [66, 60]),
        ("B E", "Gm", [70, 63]),
        ("f c g", "Hp", [78, 73, 79]),
        ("c", "Dmix=c", [72]),
        ("^c c C|c", "C", [73, 73, 60, 72]),  # to the bar line, in its own octave
        ("^c- | c c", "C", [73, 72]),  # a tie carries it over, for one note
        ("{^c}d c", "C", [74, 73]),
        ("[CEG] [c_e] +E3A3+", "C", [67, 75, 69]),
        ("Hc Td ~e .f vg ua !f!b", "C", [72, 74, 76, 77, 79, 81, 83]),
        ('"Am"c "_D.C."d', "C", [72, 74]),
        ("[V:1] c\n[V:2] e\n[V:1] d", "C", [72, 74]),
        ("c % d", "C", [72]),
        ("c [K:D] c", "C", [72, 73]),
    ],
)
def test_pitches(music, key, expected):
    assert pitches(music, key) == expected


@pytest.mark.parametrize(
    ("music", "metre", "expected"),
    [
        ("c c2 c/ c/4 c3/2 c// c3//", "4/4", [1, 2, 0.5, 0.25, 1.5, 0.25, 0.75]),
        ("c>c c<c c>>c", "4/4", [1.5, 0.5, 0.5, 1.5, 1.75, 0.25]),
        ("c> {d}c", "4/4", [1.5, 0.5]),
        ("(3ccc c (2cc", "4/4", [2 / 3, 2 / 3, 2 / 3, 1, 1.5, 1.5]),
        ("(3:2:2c2c c", "4/4", [4 / 3, 2 / 3, 1]),
        ("(5ccccc c", "6/8", [0.6] * 5 + [1]),
        ("[c2e2]2 [ce]", "4/4", [4, 1]),
        ("c-c c-|c2", "4/4", [2, 3]),
    ],
)
def test_lengths(music, metre, expected):
    assert lengths(music, metre) == pytest.approx(expected)


def test_rests_take_time_and_placeholders_none():
    assert read("c z x c Hx|") == [(0, 1, 72), (2, 1, 72)]


def test_the_unit_hangs_on_the_metre_where_it_is_not_given():
    assert read("c", metre="2/4", unit="") == [(0, 0.25, 72)]
    assert read("c", metre="C|", unit="") == [(0, 0.5, 72)]


def spans(*lengths_and_lines: tuple[float, bool]) -> list[Span]:
    return [Span(Fraction(length), (4, 4), closes) for length, closes in lengths_and_lines]


def test_a_bar_that_a_repeat_cuts_is_one_again():
    bars = regular(spans((1, False), (4, False), (3, True), (1, False), (4, False), (3, True)))

    assert [bar.length for bar in bars] == [1, 4, 4, 4, 3]
    assert add_up(bars)


def test_a_missing_bar_line_is_put_in():
    assert [bar.length for bar in regular(spans((4, False), (8, False), (4, False)))] == [4, 4, 4, 4]


@pytest.mark.parametrize(
    ("bars", "expected"),
    [
        (spans((4, False), (3, True), (4, False), (4, False)), True),  # before a repeat
        (spans((4, True), (1, False), (4, False), (4, False)), True),  # after one
        (spans((4, False), (3, False), (4, False), (4, False)), False),
        (spans((4, False), (5, True), (4, False), (4, False)), False),
        (spans((5, False), (4, False)), False),
    ],
)
def test_bars_add_up_but_for_short_ones_at_a_repeat(bars, expected):
    assert add_up(bars) is expected


def test_what_a_mailer_did_to_a_file_is_undone():
    assert unmailed("c=3Dd |=20\nef =\ngab") == "c=d | \nef gab"


def test_titles_lose_remarks_and_slips():
    assert plain("Stat:ue -- Clog [title from index]") == "Statue -- Clog"
    assert plain("  La Nov\\'ell\\'e. ") == "La Novelle"
