# The source `shapes`: each sprite is where, as large, and turned as its factors say.
import math

import numpy as np
import pytest
import torch
from aekit_image import ImageModality, ImageOptions, shapes


@pytest.fixture(scope="module")
def test_split():
    return ImageModality.load(ImageOptions(), "shapes", "test")


@pytest.fixture(scope="module")
def levels(test_split):
    """(N, 32, 32), 0 to 1."""
    return test_split.items[:, 0].double().numpy() / 255


@pytest.fixture(scope="module")
def factors():
    return shapes.factors("test")


def centred_moments(levels, factors):
    """Second moments about the factors' centre over the squared area: xx, yy and xy, each (N,)."""
    pixels = np.arange(32) + 0.5
    x = pixels[None, None, :] - factors["x"][:, None, None]
    y = pixels[None, :, None] - factors["y"][:, None, None]
    area = levels.sum((1, 2))
    return tuple((levels * product).sum((1, 2)) / area**2 for product in (x * x, y * y, x * y))


def test_both_splits_are_grey_pictures_with_the_shape_as_label(test_split):
    train = ImageModality.load(ImageOptions(), "shapes", "train")

    assert (tuple(train.items.shape), tuple(test_split.items.shape)) == (
        (40_000, 1, 32, 32),
        (5_000, 1, 32, 32),
    )
    assert train.label_names == ("square", "ellipse", "heart")
    assert np.array_equal(train.labels.numpy(), shapes.factors("train")["shape"])
    assert (train.spec["likelihood"], train.spec["network"], train.spec["digits"]) == (
        "bernoulli",
        "hybrid",
        False,
    )


def test_no_picture_is_in_both_splits_or_twice_in_one(test_split):
    train = ImageModality.load(ImageOptions(), "shapes", "train")

    seen = {item.tobytes() for split in (train, test_split) for item in split.items.numpy()}

    # some squares and ellipses are too small for two neighbouring orientations to look different
    assert len(seen) > 0.999 * 45_000
    rows = [np.stack(list(shapes.factors(split).values()), 1) for split in ("train", "test")]
    assert len(np.unique(np.concatenate(rows), axis=0)) == 45_000


def test_the_same_pictures_are_made_each_time(test_split):
    again = ImageModality.load(ImageOptions(), "shapes", "test")

    assert torch.equal(again.items, test_split.items)
    first = [float(values[0]) for values in shapes.factors("train").values()]
    assert first == pytest.approx([1.0, 0.5, 0.9163, 11.5, 14.5], abs=1e-4)


def test_factors_are_independent_and_each_value_is_as_likely():
    found = shapes.factors("train")
    table = np.stack(list(found.values()), 1)

    correlations = np.corrcoef(table.T) - np.eye(5)

    assert list(found) == ["shape", "scale", "orientation", "x", "y"]
    assert np.abs(correlations).max() < 5 / math.sqrt(40_000)
    for column, values in zip(table.T, (3, 6, 12, 16, 16), strict=True):
        _, counts = np.unique(column, return_counts=True)
        assert len(counts) == values
        assert np.abs(counts * values / 40_000 - 1).max() < 0.1


def test_the_centre_of_mass_is_where_the_factors_say(levels, factors):
    pixels = np.arange(32) + 0.5
    area = levels.sum((1, 2))

    x = (levels.sum(1) * pixels).sum(1) / area
    y = (levels.sum(2) * pixels).sum(1) / area

    assert np.abs(x - factors["x"]).max() < 0.03
    assert np.abs(y - factors["y"]).max() < 0.03


def test_the_area_is_the_square_of_ten_times_the_scale(levels, factors):
    area = levels.sum((1, 2))

    ratio = area / (10 * factors["scale"]) ** 2

    assert np.abs(ratio - 1).max() < 0.03
    for shape in range(3):
        assert ratio[factors["shape"] == shape].mean() == pytest.approx(1, abs=0.005)


def test_ellipses_lie_along_their_orientation_and_are_twice_as_long_as_wide(levels, factors):
    ellipses = factors["shape"] == 1
    xx, yy, xy = (moment[ellipses] for moment in centred_moments(levels, factors))
    large = factors["scale"][ellipses] == 1

    angle = 0.5 * np.arctan2(2 * xy, xx - yy)
    axes = np.linalg.eigvalsh(np.stack([np.stack([xx, xy], 1), np.stack([xy, yy], 1)], 1)[large])

    assert np.abs(angle - factors["orientation"][ellipses]).max() < 0.03
    # semi-axes a = 2 b: moments are a^2 / 4 and b^2 / 4 of the area pi a b
    assert np.sqrt(axes[:, 1] / axes[:, 0]).mean() == pytest.approx(2, abs=0.03)


def test_squares_have_the_second_moment_of_a_square_and_four_corners_as_turned(levels, factors):
    squares = (factors["shape"] == 0) & (factors["scale"] == 1)
    xx, yy, xy = (moment[squares] for moment in centred_moments(levels, factors))

    # side^2 / 12 both ways, in any orientation, and no pixel's own spread to speak of
    assert np.allclose([xx * 100, yy * 100], 100 / 12, rtol=0.03)
    assert np.abs(xy * 100).max() < 0.1
    reach = [farthest(*parts) for parts in zip(levels[squares], *places(factors, squares), strict=True)]
    expected = 10 / math.sqrt(2) * np.cos(np.pi / 4 - factors["orientation"][squares])
    assert np.abs(np.array(reach) - expected).max() < 0.6


def places(factors, rows):
    return factors["x"][rows], factors["y"][rows]


def farthest(level, x, y):
    """How far to the right of its centre the sprite reaches, in pixels, a pixel's level taken as its share."""
    columns = level.max(0)
    last = np.flatnonzero(columns)[-1]
    return last + columns[last] - x


def test_hearts_point_down_until_they_are_turned_clockwise(levels, factors):
    hearts = (factors["shape"] == 2) & (factors["scale"] == 1)
    pixels = np.arange(32) + 0.5
    x, y = places(factors, hearts)
    right = pixels[None, None, :] - x[:, None, None]
    down = pixels[None, :, None] - y[:, None, None]

    # where far pixels count most, both lobes together outweigh the tip
    weight = levels[hearts] * np.hypot(right, down) ** 6
    lobes = np.arctan2((weight * down).sum((1, 2)), (weight * right).sum((1, 2)))

    turned = (lobes + np.pi / 2 - factors["orientation"][hearts] + np.pi) % (2 * np.pi) - np.pi
    assert np.abs(turned).max() < 0.2


def test_no_sprite_is_cut(levels):
    border = np.concatenate(
        [levels[:, [0, -1]].reshape(5000, -1), levels[:, :, [0, -1]].reshape(5000, -1)], 1
    )

    assert border.max() < 0.6  # only the longest ellipses touch the outermost pixels


def test_making_them_takes_a_moment():
    import time

    start = time.perf_counter()
    shapes.load_shapes("train")

    assert time.perf_counter() - start < 3
