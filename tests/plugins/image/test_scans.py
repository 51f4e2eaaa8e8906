# Photos and scans of digits: made as MNIST has them, whatever the paper, the light and the pen.
import numpy as np
import pytest
import torch
from aekit_image.digits import load_digits
from aekit_image.scans import read_digit
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from aekit import DataError

DIGITS = load_digits("test")[0]


def photo(
    number: int, side=500, place=(180, 120), size=(900, 700), seed=0, dark=True, shade=0.0
) -> Image.Image:
    """Digit `number` of the test split on uneven, noisy paper."""
    random = np.random.default_rng(seed)
    ink = Image.new("L", size)
    ink.paste(Image.fromarray(DIGITS[number]).resize((side, side), Image.Resampling.BICUBIC), place)
    amount = np.asarray(ink) / 255
    across = np.linspace(0, shade, size[0])[None, :]
    picture = (225 - across) * (1 - amount) + 45 * amount + random.normal(0, 4, amount.shape)
    return Image.fromarray((picture if dark else 255 - picture).clip(0, 255).astype(np.uint8)).convert("RGB")


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """Correlation of two pictures of 28 px, one of them moved by up to a pixel."""
    moved = [np.roll(one, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    return max(float(np.corrcoef(picture.ravel(), other.ravel())[0, 1]) for picture in moved)


@settings(max_examples=12)
@given(
    number=st.integers(0, 200),
    side=st.integers(150, 400),
    dark=st.booleans(),
    shade=st.floats(0, 120),
    seed=st.integers(0, 99),
)
def test_a_photographed_digit_comes_back_as_it_was(number, side, dark, shade, seed):
    scan = read_digit(photo(number, side, (540 - side, 30), (600, 450), seed, dark, shade))

    assert scan.pixels.shape == (28, 28)
    assert likeness(scan.pixels, DIGITS[number]) > 0.85
    assert ("inverted: dark ink on light paper" in scan.notes) == dark


def test_the_notes_say_where_the_ink_was():
    scan = read_digit(photo(3, 500, (180, 120)))

    crop = next(note for note in scan.notes if note.startswith("cropped"))
    x, y, width, height = (int(word) for word in crop.replace(",", " ").split() if word.isdigit())
    rows, columns = (np.flatnonzero((DIGITS[3] > 100).any(axis)) for axis in (1, 0))
    pixel = 500 / 28
    assert x == pytest.approx(180 + columns[0] * pixel, abs=pixel)
    assert y == pytest.approx(120 + rows[0] * pixel, abs=pixel)
    assert width == pytest.approx((np.ptp(columns) + 1) * pixel, abs=2 * pixel)
    assert height == pytest.approx((np.ptp(rows) + 1) * pixel, abs=2 * pixel)


def test_the_longer_side_has_20_pixels_and_the_mass_is_in_the_middle():
    pixels = read_digit(photo(4)).pixels.astype(float)

    rows, columns = (np.flatnonzero((pixels > 20).any(axis)) for axis in (1, 0))
    assert 19 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 20
    for axis in (0, 1):
        middle = (pixels.sum(1 - axis) * (np.arange(28) + 0.5)).sum() / pixels.sum()
        assert middle == pytest.approx(14.5, abs=0.51)


def test_a_dark_table_beside_the_paper_is_left_out():
    pixels = np.array(photo(4).convert("L"))
    pixels[:, :40] = 20

    scan = read_digit(Image.fromarray(pixels))

    assert likeness(scan.pixels, DIGITS[4]) > 0.85
    assert any(note.startswith("left out") for note in scan.notes)


def test_a_thin_pen_is_thickened():
    pixels = np.full((600, 600), 240, np.uint8)
    pixels[100:500, 298:302] = 30

    scan = read_digit(Image.fromarray(pixels))

    assert "thickened the strokes" in scan.notes
    assert 1.5 < (scan.pixels > 127).sum(1).max() < 5
    assert scan.pixels.max() > 200


def test_an_mnist_picture_is_taken_as_it_is():
    assert np.array_equal(read_digit(Image.fromarray(DIGITS[0])).pixels, DIGITS[0])


@pytest.mark.parametrize(
    "pixels",
    [
        np.full((50, 50), 240.0),
        np.random.default_rng(0).normal(200, 6, (300, 300)),
        np.tile(np.linspace(100, 250, 300), (300, 1)),
        np.zeros((1, 1)),
        np.full((28, 28), 0.0),
    ],
    ids=["blank", "noise", "shade", "one pixel", "black"],
)
def test_no_ink_says_so(pixels):
    with pytest.raises(DataError, match="no ink found"):
        read_digit(Image.fromarray(pixels.clip(0, 255).astype(np.uint8)))


@settings(max_examples=40)
@given(width=st.integers(1, 60), height=st.integers(1, 60), seed=st.integers(0, 999))
def test_any_picture_is_a_digit_or_a_plain_line(width, height, seed):
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, (height, width), np.uint8) * (random.random((height, width)) < 0.3)
    try:
        scan = read_digit(Image.fromarray(pixels.astype(np.uint8)))
    except DataError as error:
        assert str(error).startswith("no ink found")
    else:
        assert scan.pixels.shape == (28, 28)
        assert torch.from_numpy(scan.pixels.copy()).dtype == torch.uint8
