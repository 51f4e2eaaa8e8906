# Films: pictures of any size and number of colours, made to be looked at.
"""Films: pictures of any size and number of colours, made to be looked at."""

from __future__ import annotations

import numpy as np
import pytest
from aekit_gui.work import film

from aekit.errors import UsageError


def test_pictures_of_many_sizes_stand_on_one_ground() -> None:
    made = film.film([np.zeros((10, 30, 3), np.uint8), np.zeros((20, 11, 3), np.uint8)])

    assert [picture.shape for picture in made.pictures] == [(20, 30, 3)] * 2
    assert (made.pictures[0][0] == 255).all() and (made.pictures[0][5:15] == 0).all()
    assert made.times == 8


def test_a_picture_of_100_million_pixels_is_made_small() -> None:
    huge = np.broadcast_to(np.array([7, 8, 9], np.uint8), (10_000, 10_000, 3))

    made = film.film([huge])

    assert made.pictures[0].shape == (1280, 1280, 3) and made.times == 1
    assert (made.pictures[0] == [7, 8, 9]).all()


def test_few_colours_are_kept_and_many_come_near() -> None:
    random = np.random.default_rng(0)
    few = random.integers(0, 256, (200, 3)).astype(np.uint8)[random.integers(0, 200, (40, 50))]
    many = np.stack(np.meshgrid(np.arange(0, 256, 4), np.arange(0, 256, 4)), 2).astype(np.uint8)
    many = np.concatenate([many, np.full((64, 64, 1), 90, np.uint8)], 2)

    assert np.array_equal(np.asarray(film.with_palette(few).convert("RGB")), few)
    near = np.asarray(film.with_palette(many).convert("RGB")).astype(int)
    assert np.abs(near - many).mean() < 10


def test_odd_sides_become_even() -> None:
    pixels = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)

    large = film.enlarged_even(pixels, 3)

    assert large.shape == (16, 22, 3)
    assert np.array_equal(large[15], large[14]) and np.array_equal(large[:15:3, :21:3], pixels)


@pytest.mark.parametrize(
    "picture", [np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8), np.zeros((2, 3, 4, 5), np.uint8)]
)
def test_what_is_no_picture_is_refused_in_a_sentence(picture: np.ndarray) -> None:
    with pytest.raises(UsageError, match="cannot be drawn"):
        film.as_rgb(picture)
