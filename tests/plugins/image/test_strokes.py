# Attributes of digits, against drawn strokes whose thickness, slant and width are known.
import math

import pytest
import torch
from aekit_image.digits import load_digits
from aekit_image.strokes import digit_attributes, picture_attributes
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

SCALE = 16


def stroke(thickness: float, slant: float = 0.0, length: float = 18.0) -> torch.Tensor:
    """A straight stroke with soft edges through the middle of (1, 1, 28, 28): pixels, radians, pixels."""
    image = Image.new("L", (28 * SCALE, 28 * SCALE))
    along = (math.sin(slant), -math.cos(slant))
    across = (math.cos(slant), math.sin(slant))
    corners = [
        tuple(
            SCALE * (14 + side * thickness / 2 * across[axis] + end * length / 2 * along[axis])
            for axis in (0, 1)
        )
        for side, end in ((-1, -1), (-1, 1), (1, 1), (1, -1))
    ]
    ImageDraw.Draw(image).polygon(corners, fill=255)
    small = image.resize((28, 28), Image.Resampling.BOX)
    return torch.frombuffer(bytearray(small.tobytes()), dtype=torch.uint8).view(1, 1, 28, 28)


@given(thickness=st.floats(2, 5), slant=st.floats(-0.7, 0.7))
def test_thickness_of_a_stroke_is_found_within_a_fifth(thickness, slant):
    assert digit_attributes(stroke(thickness, slant))["thickness"].item() == pytest.approx(thickness, rel=0.2)


def test_thickness_of_a_ring_is_found():
    image = Image.new("L", (28 * SCALE, 28 * SCALE))
    ImageDraw.Draw(image).ellipse(
        [4 * SCALE, 4 * SCALE, 24 * SCALE, 24 * SCALE], outline=255, width=3 * SCALE
    )
    ring = torch.frombuffer(
        bytearray(image.resize((28, 28), Image.Resampling.BOX).tobytes()), dtype=torch.uint8
    )

    assert digit_attributes(ring.view(1, 1, 28, 28))["thickness"].item() == pytest.approx(3, rel=0.15)


@given(slant=st.floats(-0.7, 0.7))
def test_slant_of_a_thin_stroke_is_found(slant):
    assert digit_attributes(stroke(2, slant))["slant"].item() == pytest.approx(slant, abs=0.03)


def test_width_ink_and_brightness_of_a_block():
    x = torch.zeros(1, 1, 28, 28, dtype=torch.uint8)
    x[:, :, 4:24, 10:17] = 204

    found = digit_attributes(x)

    assert found["width"].item() == 7
    assert found["ink"].item() == pytest.approx(20 * 7 / 28**2)
    assert found["brightness"].item() == pytest.approx(0.8)


def test_each_item_counts_for_itself_and_blanks_are_zero():
    x = torch.cat([stroke(2), torch.zeros(1, 1, 28, 28, dtype=torch.uint8), stroke(4, 0.4)])

    together = digit_attributes(x)

    for name, values in together.items():
        assert values.shape == (3,)
        assert values.dtype == torch.float32
        assert values[1] == 0, name
        for row in range(3):
            assert values[row] == pytest.approx(digit_attributes(x[row : row + 1])[name].item(), abs=1e-5)


def test_mnist_has_the_strokes_that_people_see():
    pictures, labels = load_digits("test")
    found = digit_attributes(torch.from_numpy(pictures).unsqueeze(1))

    ones, zeros = torch.from_numpy(labels) == 1, torch.from_numpy(labels) == 0
    assert found["width"][zeros].mean() > 1.8 * found["width"][ones].mean()
    assert 1.5 < found["thickness"].mean() < 4
    assert found["slant"].mean() > 0.05  # most people lean to the right
    assert all(values.isfinite().all() for values in found.values())


def test_colour_pictures_have_brightness_contrast_and_colourfulness():
    x = torch.zeros(2, 3, 8, 8, dtype=torch.uint8)
    x[0, 0] = 255
    x[1, :, :4] = 255

    found = picture_attributes(x)

    assert found["brightness"].tolist() == pytest.approx([1 / 3, 0.5])
    assert found["contrast"].tolist() == pytest.approx([0, 0.5], abs=1e-6)
    assert found["colourfulness"].tolist() == pytest.approx([4 / 9, 0], abs=1e-6)
