# Degradations of pictures: noise of the moments that theory gives, shares of pixels, and cells averaged by hand.
import numpy as np
import pytest
import torch
from aekit_image import ImageModality, ImageOptions
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from aekit import UsageError

NOISES = ["gaussian", "haze", "masking", "salt-and-pepper"]


@pytest.fixture
def plugin():
    spec = {
        "shape": [1, 28, 28],
        "digits": True,
        "likelihood": "bernoulli",
        "network": "hybrid",
        "mean": None,
    }
    return ImageModality(ImageOptions(), spec)


def pictures(level, count=100, channels=1, side=32):
    return torch.full((count, channels, side, side), level, dtype=torch.uint8)


def clipped_moments(mean, deviation):
    """Mean and variance of a Gaussian clipped to [0, 1], from SciPy's truncated moments."""
    normal = stats.norm(mean, deviation)
    inside = normal.expect(lambda v: v, lb=0, ub=1), normal.expect(lambda v: v**2, lb=0, ub=1)
    above = normal.sf(1)
    return inside[0] + above, inside[1] + above - (inside[0] + above) ** 2


@pytest.mark.parametrize("name", [*NOISES, "resolution"])
@pytest.mark.parametrize("shape", [(5, 1, 28, 28), (2, 3, 20, 24)])
def test_degraded_pictures_are_new_and_of_the_same_shape_and_type(plugin, name, shape):
    x = torch.randint(0, 256, shape, dtype=torch.uint8)
    before = x.clone()

    worse = plugin.degrade(x, name, plugin.degradations()[name].amount)

    assert (worse.shape, worse.dtype) == (x.shape, torch.uint8)
    assert not torch.equal(worse, x)
    assert torch.equal(x, before)


@pytest.mark.parametrize("name", NOISES)
def test_noise_comes_from_the_default_stream_and_is_fresh_each_time(plugin, name):
    x = pictures(128, 2)

    torch.manual_seed(3)
    first, second = plugin.degrade(x, name, 0.5), plugin.degrade(x, name, 0.5)
    torch.manual_seed(3)
    again = plugin.degrade(x, name, 0.5)

    assert torch.equal(first, again)
    assert not torch.equal(first, second)
    assert not torch.equal(first[0], first[1])


@pytest.mark.parametrize(("name", "middle"), [("gaussian", 0.0), ("haze", 0.5)])
@pytest.mark.parametrize("level", [0, 77, 255])
@pytest.mark.parametrize("deviation", [0.1, 0.5])
def test_gaussian_noise_has_the_moments_of_a_clipped_gaussian(plugin, name, middle, level, deviation):
    mean, variance = clipped_moments(level / 255 + middle, deviation)

    noisy = plugin.degrade(pictures(level), name, deviation).double() / 255

    # five standard errors of 102,400 pixels, and what rounding to levels may move
    assert noisy.mean().item() == pytest.approx(mean, abs=5 * variance**0.5 / 320 + 1e-3)
    assert noisy.var().item() == pytest.approx(variance, rel=0.03, abs=1e-4)


def test_unclipped_noise_is_that_of_a_normal_distribution(plugin):
    noisy = plugin.degrade(pictures(127, 20), "gaussian", 0.1).double().flatten().numpy()

    found = np.quantile(noisy, [0.05, 0.25, 0.5, 0.75, 0.95])

    assert np.allclose(found, 127 + 25.5 * stats.norm.ppf([0.05, 0.25, 0.5, 0.75, 0.95]), atol=1.0)


def test_noise_of_neighbours_and_channels_is_independent(plugin):
    noisy = plugin.degrade(pictures(127, 30, channels=3), "gaussian", 0.1).double()

    sideways = torch.corrcoef(torch.stack([noisy[..., 1:].flatten(), noisy[..., :-1].flatten()]))[0, 1]
    channels = torch.corrcoef(noisy.transpose(0, 1).flatten(1))[0, 1]

    assert abs(sideways) < 0.02
    assert abs(channels) < 0.03


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_masking_blackens_its_share_in_all_channels_and_nothing_else(plugin, share):
    x = torch.randint(1, 256, (100, 3, 32, 32), dtype=torch.uint8)

    masked = plugin.degrade(x, "masking", share)

    black = masked == 0
    assert black.float().mean().item() == pytest.approx(share, abs=0.008)
    assert (black == black[:, :1]).all()
    assert torch.equal(masked[~black], x[~black])


@pytest.mark.parametrize("share", [0.0, 0.2, 1.0])
def test_salt_and_pepper_are_half_of_the_share_each_in_all_channels(plugin, share):
    x = pictures(100, channels=3)

    damaged = plugin.degrade(x, "salt-and-pepper", share)

    for level in (0, 255):
        hit = damaged == level
        assert hit.float().mean().item() == pytest.approx(share / 2, abs=0.006)
        assert (hit == hit[:, :1]).all()
    assert set(damaged.unique().tolist()) <= {0, 100, 255}


def test_a_coarser_grid_has_the_means_of_its_cells_in_all_their_pixels(plugin):
    x = torch.tensor([[0, 1, 10, 20], [2, 4, 30, 41], [255, 255, 7, 7], [255, 254, 7, 7]], dtype=torch.uint8)

    coarse = plugin.degrade(x.view(1, 1, 4, 4), "resolution", 2.0)

    # means 1.75, 25.25, 254.75 and 7
    assert coarse[0, 0].tolist() == [[2, 2, 25, 25], [2, 2, 25, 25], [255, 255, 7, 7], [255, 255, 7, 7]]


@settings(max_examples=30)
@given(
    factor=st.integers(2, 8), rows=st.integers(1, 4), columns=st.integers(1, 4), seed=st.integers(0, 10_000)
)
def test_coarsening_is_average_pooling_and_changes_nothing_the_second_time(factor, rows, columns, seed):
    plugin = ImageModality(ImageOptions(), {"shape": [3, 16, 16], "likelihood": "logistic", "network": "mlp"})
    shape = (2, 3, rows * factor, columns * factor)
    x = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)

    once = plugin.degrade(torch.from_numpy(x), "resolution", factor)
    twice = plugin.degrade(once, "resolution", factor)

    by_hand = np.empty(shape)
    for row in range(rows):
        for column in range(columns):
            cell = np.s_[:, :, row * factor : (row + 1) * factor, column * factor : (column + 1) * factor]
            by_hand[cell] = x[cell].astype(float).mean((2, 3), keepdims=True)
    assert np.abs(once.numpy() - by_hand).max() <= 0.5
    assert torch.equal(once, twice)


@pytest.mark.parametrize(
    ("shape", "factor", "message"),
    [
        ((28, 28), 3, r"divides 28 x 28 pixels \(received 3\); take 2, 4 or 7\.$"),
        ((28, 28), 2.5, r"whole number .*\(received 2\.5\); take 2, 4 or 7\.$"),
        ((28, 28), 14, r"received 14"),
        ((28, 28), 1, r"received 1"),
        ((20, 25), 2, r"25 x 20 pixels \(received 2\); take 5\.$"),
        ((31, 31), 2, r"none from 2 to 8 does: give the pictures another --size\.$"),
    ],
)
def test_a_factor_that_does_not_suit_the_size_is_one_plain_line(plugin, shape, factor, message):
    x = torch.zeros(1, 1, *shape, dtype=torch.uint8)

    with pytest.raises(UsageError, match=message) as error:
        plugin.degrade(x, "resolution", factor)

    assert "\n" not in str(error.value)


def test_an_unknown_degradation_is_named_with_the_nearest(plugin):
    with pytest.raises(UsageError, match="Did you mean 'masking'"):
        plugin.degrade(pictures(0, 1), "maskin", 0.5)


def test_every_degradation_lists_a_default_within_its_range(plugin):
    listed = plugin.degradations()

    assert [name for name, way in listed.items() if way.kind == "noise"] == NOISES
    assert [name for name, way in listed.items() if way.kind == "resolution"] == ["resolution"]
    for way in listed.values():
        assert way.least <= way.amount <= way.most
