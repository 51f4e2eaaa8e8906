# Sheets of pictures: where rows, names and headings stand.
"""Sheets of pictures: where rows, names and headings stand."""

import numpy as np
import pytest
from PIL import ImageFont

from aekit.figures import GAP, LABEL_HEIGHT, MARGIN, elided, sheet

BLACK = np.zeros((60, 60, 3), np.uint8)
FONT = ImageFont.load_default(13)


def dark_rows(picture):
    """The first row of each run of rows that have whole black pictures in them."""
    dark = (picture[:, MARGIN : MARGIN + 60].max((1, 2)) == 0).astype(int)
    return np.flatnonzero(np.diff(dark, prepend=0) == 1)


def test_headings_stand_above_their_rows_and_move_what_is_below():
    plain = dark_rows(sheet([[BLACK], [BLACK], [BLACK]]))
    named = dark_rows(sheet([[BLACK], [BLACK], [BLACK]], headings={0: ["one"], 2: ["two"]}))

    assert (named - plain).tolist() == [LABEL_HEIGHT, LABEL_HEIGHT, 2 * LABEL_HEIGHT]


def test_a_heading_is_drawn_between_the_rows():
    picture = sheet([[BLACK], [BLACK]], headings={1: ["a name"]})
    between = picture[MARGIN + 60 + GAP // 2 : MARGIN + 60 + LABEL_HEIGHT]

    assert between.min() < 100


@pytest.mark.parametrize(
    "name", ["a tune of a long name, bar 12", "short", "", "IMG_20261129_114512.jpeg", "x" * 100_000]
)
def test_a_name_keeps_both_ends_and_fits(name):
    shown = elided(name, 60, FONT)

    assert FONT.getlength(shown) <= 60
    assert shown == name or (shown[0] == name[0] and shown[-1] == name[-1] and "…" in shown)


def test_numbers_are_never_cut():
    assert elided("+12.5", 10, FONT) == "+12.5"


def test_a_name_that_fits_is_left_whole():
    assert elided("reel, bar 9", 200, FONT) == "reel, bar 9"
