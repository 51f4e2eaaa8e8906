# The raster: discs and density against what was worked out by hand, and that moving the map changes nothing else.
"""The raster: discs and density against what was worked out by hand, and that moving the map changes nothing else."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from aekit_gui.models import raster
from aekit_gui.models.camera import fitted, moved, to_screen, zoomed
from aekit_gui.models.crowds import Crowds
from aekit_gui.models.density import apart, strengths, sums
from aekit_gui.models.discs import mixed, packed
from aekit_gui.models.look import Camera
from aekit_gui.models.raster import DENSE, RADII, Points, draw, eased_radius
from aekit_gui.models.strips import strips_of

SIZE = (120, 80)
GROUND = np.array([16, 19, 23], np.uint8)
RED, BLUE = (200, 30, 20), (10, 60, 220)
CAMERA = Camera(0.0, 0.0, 10.0)


def coloured(count: int, colour: tuple[int, int, int] = RED) -> np.ndarray:
    return np.tile(np.array(colour, np.uint8), (count, 1))


def drawn(places: Any, camera: Camera = CAMERA, size: Any = SIZE, **changes: Any) -> np.ndarray:
    """The image (h, w, 4) as integers; all items red on a dark ground unless changed."""
    points = places if isinstance(places, Points) else Points(np.array(places, np.float32).reshape(-1, 2))
    asked = {
        "ratio": 1.0,
        "rgb": coloured(1000),
        "shown": None,
        "selected": None,
        "background": GROUND,
        **changes,
    }
    return draw(points, camera, size, **asked).astype(int)


def clusters(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Places and colours of ten clusters."""
    random = np.random.default_rng(seed)
    labels = random.integers(10, size=count)
    centres = random.normal(0, 3, (10, 2))
    places = (centres[labels] + random.normal(0, 0.6, (count, 2))).astype(np.float32)
    return places, random.integers(0, 256, (10, 3)).astype(np.uint8)[labels]


def cover(image: np.ndarray) -> np.ndarray:
    """How much of each pixel is red, in 0 to 1."""
    return (image[:, :, 0] - GROUND[0]) / (RED[0] - GROUND[0])


# ---- discs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("radius", [1.5, 2.0, 3.25, 6.0])
@pytest.mark.parametrize("place", [(0, 0), (0.013, -0.027), (1.05, 2.31)])
def test_a_disc_is_round_and_lies_where_the_camera_says(place: tuple[float, float], radius: float) -> None:
    share = cover(drawn([place], radius=radius))

    rows, columns = np.mgrid[: SIZE[1], : SIZE[0]] + 0.5
    middle = (share * columns).sum() / share.sum(), (share * rows).sum() / share.sum()
    assert share.sum() == pytest.approx(np.pi * radius**2, rel=0.04)
    assert middle == pytest.approx(tuple(to_screen(CAMERA, SIZE, np.array([place]))[0]), abs=0.2)
    assert share.max() == 1 and 0 < ((share > 0) & (share < 1)).sum() < 12 * radius  # a thin soft rim
    assert np.hypot(columns - middle[0], rows - middle[1])[share > 0].max() < radius + 1.3


def test_discs_keep_their_colour_and_the_ground_its_own() -> None:
    image = drawn([(0, 0), (3, 1)], rgb=np.array([RED, BLUE], np.uint8))

    assert image[40, 60].tolist() == [*RED, 255] and image[30, 90].tolist() == [*BLUE, 255]
    assert (image[:20, :40] == [*GROUND, 255]).all()


def test_filtered_and_broken_items_are_absent() -> None:
    places = [(0, 0), (3, 1), (np.nan, 0), (np.inf, 1)]

    image = drawn(places, shown=np.array([True, False, True, True]))

    assert cover(image)[40, 60] == 1 and cover(image).sum() == pytest.approx(np.pi * 16, rel=0.1)
    for nothing in ([], [(np.nan, 0)]):
        assert cover(drawn(nothing)).sum() == 0
    assert cover(drawn(places, shown=np.zeros(4, bool))).sum() == 0


def test_discs_at_the_windows_edge_are_cut_and_none_wraps_around() -> None:
    image = drawn([(-6, 0), (6, 4), (0, 4.25), (0, -9), (-7, 1)], radius=3.0)

    share = cover(image)
    assert share[38:42, 0].min() > 0.5 and share[38:42, -1].max() == 0
    assert share[0, -1] == 1 and share[0, 0] == 0
    assert 0 < share[:2, 55:65].sum() < 5


def test_the_order_of_items_does_not_change_the_picture() -> None:
    places, rgb = clusters(3000)
    order = np.random.default_rng(1).permutation(3000)
    camera = fitted(places, SIZE)

    one, other = drawn(Points(places), camera, rgb=rgb), drawn(Points(places[order]), camera, rgb=rgb[order])

    assert np.array_equal(one, other)


def test_rims_mix_with_what_lies_under_them() -> None:
    image = drawn([(-0.25, 0), (0.25, 0)], rgb=np.array([RED, BLUE], np.uint8), radius=4.0)

    around = image[36:44, 56:64].reshape(-1, 4)
    purple = (around[:, 0] > GROUND[0] + 20) & (around[:, 0] < RED[0] - 20) & (around[:, 2] > BLUE[2] // 4)
    assert purple.sum() >= 3  # along the border of the upper disc on the lower one
    assert (around[:, 1] >= min(RED[1], GROUND[1])).all()


def test_deep_zoom_stays_exact() -> None:
    places = np.array([(1.2345678, -0.7654321), (1.2345678 + 2e-7, -0.7654321)], np.float32)
    x, y = places[0].astype(float)

    image = drawn(places, Camera(x, y, 1e9), radius=3.0)

    assert cover(image)[40, 60] == 1 and cover(image).sum() == pytest.approx(np.pi * 9, rel=0.1)


def test_selected_items_have_a_ring_and_the_others_fade() -> None:
    places, selected = [(0, 0), (3, 1)], np.array([True, False])

    image = drawn(places, selected=selected, radius=4.0)

    bright, plain = image[40, 60], image[30, 90]
    assert bright.tolist() == [*RED, 255]
    assert image[40, 64].min() > 180  # the ring, white on a dark ground
    assert GROUND[0] + 40 < plain[0] < RED[0] - 60
    assert drawn(places, selected=selected, radius=4.0, background=(255, 255, 255))[40, 64, :3].max() < 70
    assert np.array_equal(drawn(places, selected=np.zeros(2, bool)), drawn(places))


def test_selected_items_lie_on_top() -> None:
    places, rgb = [(0, 0.05), (0, 0), (0, -0.05)], np.array([RED, BLUE, RED], np.uint8)

    assert drawn(places, rgb=rgb, selected=np.array([False, True, False]))[40, 60].tolist() == [*BLUE, 255]


def test_device_pixels_follow_the_ratio() -> None:
    share = cover(drawn([(1, 1)], size=(240, 160), ratio=2.0, radius=3.0))

    rows, columns = np.nonzero(share == 1)
    assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx((140, 60), abs=0.5)
    assert share.sum() == pytest.approx(np.pi * 36, rel=0.03)


@pytest.mark.parametrize("density", [False, True])
def test_a_clear_ground_over_a_background_is_the_same_picture(density: bool) -> None:
    places, rgb = clusters(2000)
    points, camera = Points(places), fitted(places, SIZE)

    clear = drawn(points, camera, rgb=rgb, background=None, density=density)
    whole = drawn(points, camera, rgb=rgb, density=density)

    laid = clear[:, :, :3] + GROUND * (255 - clear[:, :, 3:]) / 255
    assert (clear[:, :, :3] <= clear[:, :, 3:]).all() and clear[0, 0, 3] == 0
    assert np.abs(laid - whole[:, :, :3]).max() <= 3


# ---- moving and zooming -------------------------------------------------------------------------------


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("density", [False, True])
def test_moving_the_map_moves_the_picture_as_it_is(density: bool, ratio: float) -> None:
    places, rgb = clusters(5000)
    points, size = Points(places), (120, 80)
    camera = fitted(places, (size[0] / ratio, size[1] / ratio))
    first = drawn(points, camera, size, ratio=ratio, rgb=rgb, density=density)

    for right, down in ((6, 0), (-12, 6), (0.37 * 3, 0)):
        other = moved(camera, right / ratio, down / ratio)
        image = drawn(points, other, size, ratio=ratio, rgb=rgb, density=density)
        steps = [
            round(v * camera.scale * ratio - side / 2) - round(w * camera.scale * ratio - side / 2)
            for v, w, side in ((camera.x, other.x, size[0]), (-camera.y, -other.y, size[1]))
        ]
        back = np.roll(image, (-steps[1], -steps[0]), (0, 1))[15:-15, 15:-15]
        differing = (np.abs(back - first[15:-15, 15:-15]).max(2) > 0).mean()
        assert differing < 0.002  # an item in a thousand lies on a border of cells, to the last digit


def test_sizes_follow_the_scale_and_not_the_place() -> None:
    places, _ = clusters(60_000)
    points, camera = Points(places), fitted(places, (1200, 800))

    radii = [
        eased_radius(points, zoomed(camera, (1200, 800), (600, 400), 2.0**n), (1200, 800))
        for n in range(-2, 14)
    ]

    assert radii[0] == RADII[0] and radii[-1] == RADII[1] and (np.diff(radii) >= -1e-9).all()
    assert eased_radius(points, moved(camera, 500, 99), (1200, 800)) == eased_radius(
        points, camera, (1200, 800)
    )
    assert eased_radius(points, camera, (1200, 800), 0.01) > RADII[0] + 1  # few are shown
    assert eased_radius(Points(places[:50]), camera, (1200, 800)) == RADII[1]


def test_crowds_are_counted_as_they_are() -> None:
    side = np.arange(512) / 512
    crowds = Crowds(strips_of(np.stack(np.meshgrid(side, side), 2).reshape(-1, 2).astype(np.float32)))

    assert crowds.usual(0.25) == pytest.approx(512**2 / 16, rel=0.1)
    assert crowds.crowded(0.0625) == pytest.approx(512**2 / 256, rel=0.1)
    assert crowds.usual(1e-6) == 1 and crowds.usual(99) == pytest.approx(512**2)
    assert Crowds(strips_of(np.zeros((0, 2), np.float32))).usual(3) == 1
    assert Crowds(strips_of(np.zeros((70, 2), np.float32))).usual(1.0) == pytest.approx(70)


# ---- density ------------------------------------------------------------------------------------------


def test_a_lone_item_is_a_dot_of_two_by_two_cells() -> None:
    share = cover(drawn([(0, 0), (3, 1)], density=True))

    assert (share[39:41, 59:61] > 0.35).all() and (share > 0).sum() == 8


def test_a_cells_colour_is_the_mean_of_its_items() -> None:
    rgb = np.array([RED, RED, RED, BLUE], np.uint8)

    image = drawn([(0, 0)] * 4, rgb=rgb, density=True)

    assert image[40, 60, :3] == pytest.approx(rgb.mean(0), abs=1.5)


def test_density_is_that_of_a_plain_histogram() -> None:
    places, rgb = clusters(20_000)
    size, points = (300, 200), Points(places)
    camera = fitted(places, size)
    crowded = points.crowds.crowded(2 / camera.scale)

    image = drawn(points, camera, size, rgb=rgb, density=True)

    scale = camera.scale
    left, top = round(camera.x * scale - 150), round(-camera.y * scale - 100)
    x = np.floor(places[:, 0].astype(float) * scale - left + 0.5).astype(int)
    y = np.floor(-places[:, 1].astype(float) * scale - top + 0.5).astype(int)
    total = np.zeros((201, 301, 4))
    for dx in (0, 1):
        for dy in (0, 1):
            inside = (x - dx >= 0) & (x - dx < 300) & (y - dy >= 0) & (y - dy < 200)
            np.add.at(
                total, ((y - dy)[inside], (x - dx)[inside]), np.hstack([rgb, np.ones((20_000, 1))])[inside]
            )
    total = total[:200, :300]
    share = strengths(total[:, :, 3].astype(np.float32), crowded)[:, :, None]
    wanted = total[:, :, :3] / np.maximum(total[:, :, 3:], 1) * share + GROUND * (1 - share)
    differing = np.abs(image[:, :, :3] - wanted).max(2) > 1.5
    assert differing[:-1, :-1].mean() < 0.001


def test_strength_rises_with_the_count_up_to_the_crowded_one() -> None:
    share = strengths(np.array([0, 1, 2, 10, 50, 1000], np.float32), 50.0)

    assert (
        share[0] == 0
        and 0.4 < share[1] < 0.6
        and (np.diff(share[:5]) > 0).all()
        and share[4] == share[5] == 1
    )


@pytest.mark.parametrize("count", [1, 100, 30_000])
def test_two_sums_in_one_number_come_apart_again(count: int) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (count, 3)).astype(np.uint8)
    added = sums(rgb)

    found = [
        apart(np.bincount(np.zeros(count, int), part), added.step) for part in (added.first, added.second)
    ]

    assert np.ravel(found).tolist() == [count, *rgb.sum(0, dtype=float).tolist()]


def test_a_million_items_in_one_cell_keep_their_mean_colour() -> None:
    rgb = np.tile(np.array([RED, RED, BLUE, (7, 201, 99)], np.uint8), (250_000, 1))
    selected = np.arange(1_000_000) % 2 == 0  # red and blue
    points = Points(np.zeros((1_000_000, 2), np.float32))

    image, chosen = drawn(points, rgb=rgb), drawn(points, rgb=rgb, selected=selected, background=None)

    assert image[40, 60, :3] == pytest.approx(rgb[:4].mean(0), abs=1.5)
    assert chosen[40, 60, :3] * 255 / chosen[40, 60, 3] == pytest.approx(
        np.average(rgb[:4], 0, [16, 1, 16, 1]), abs=1.5
    )


def test_selected_items_stand_out_of_the_density() -> None:
    places, _ = clusters(30_000)
    points, camera = Points(places), fitted(places, (300, 200))
    selected = places[:, 0] > np.median(places[:, 0])

    plain = cover(drawn(points, camera, (300, 200), rgb=coloured(30_000), density=True))
    chosen = cover(drawn(points, camera, (300, 200), rgb=coloured(30_000), density=True, selected=selected))

    x = (np.arange(300) - 150) / camera.scale + camera.x
    right = x > np.median(places[:, 0]) + 0.1
    assert chosen[:, right].sum() > 0.99 * plain[:, right].sum()
    assert chosen[:, x < np.median(places[:, 0]) - 0.1].sum() < 0.4 * plain[:, ~right].sum()


def test_one_selected_item_among_very_many_is_a_disc() -> None:
    places, _ = clusters(30_000)
    points, selected = Points(places), np.arange(30_000) == 5
    camera = fitted(places, (300, 200))

    image = drawn(points, camera, (300, 200), rgb=coloured(30_000), density=True, selected=selected)

    column, row = np.floor(to_screen(camera, (300, 200), places[5:6])[0]).astype(int)
    assert (
        image[row, column].tolist() == [*RED, 255]
        and image[row - 3 : row + 4, column - 3 : column + 4].min(2).max() > 200
    )


def test_very_many_items_are_density_and_those_of_a_corner_discs() -> None:
    places = np.random.default_rng(0).uniform(-1, 1, (DENSE * 2, 2)).astype(np.float32)
    points, rgb = Points(places), coloured(DENSE * 2)
    camera = fitted(places, SIZE)
    closer = Camera(0, 0, camera.scale * 200)

    for seen_at, density in ((camera, True), (closer, False)):
        image = drawn(points, seen_at, rgb=rgb)
        assert np.array_equal(image, drawn(points, seen_at, rgb=rgb, density=density))
        assert not np.array_equal(image, drawn(points, seen_at, rgb=rgb, density=not density))


def test_filtered_items_do_not_count() -> None:
    places = np.stack(np.meshgrid(np.arange(-5, 6), np.arange(-3, 4)), 2).reshape(-1, 2).astype(np.float32)
    rgb, shown = clusters(77)[1], np.arange(77) % 3 == 0
    points, few = Points(places), Points(places[shown])

    for density in (False, True):
        some = drawn(points, rgb=rgb, shown=shown, radius=3.0, density=density)
        assert np.array_equal(some, drawn(few, rgb=rgb[shown], radius=3.0, density=density))
        assert cover(drawn(points, rgb=rgb, shown=np.zeros(77, bool), density=density)).sum() == 0


# ---- colours in one number, and time ------------------------------------------------------------------


def test_packed_colours_mix() -> None:
    random = np.random.default_rng(0)
    one, two = random.integers(0, 256, (2, 500, 3)).astype(np.uint8)
    share = random.integers(0, 256, 500)

    made = mixed(packed(one), packed(two), share).view(np.uint8).reshape(-1, 4)

    wanted = one + (two.astype(float) - one) * share[:, None] / 255
    assert np.abs(made[:, :3] - wanted).max() < 1.6 and (made[:, 3] >= 254).all()
    assert np.array_equal(mixed(packed(one), packed(two), np.full(500, 255)), packed(two))
    assert np.array_equal(mixed(packed(one), packed(two), np.zeros(500, int)), packed(one))


def median_ms(points: Points, cameras: list[Camera], rgb: np.ndarray) -> float:
    times = []
    for camera in cameras:
        began = time.perf_counter()
        draw(points, camera, (1200, 800), 1.0, rgb, None, None, GROUND)
        times.append(1000 * (time.perf_counter() - began))
    return float(np.median(times[1:]))


@pytest.mark.parametrize(("count", "most"), [(60_000, 32), (1_000_000, 66)])
def test_a_frame_takes_little_time_at_any_zoom(count: int, most: float) -> None:
    """Twice what is asked for, as the machine may be busy; benchmarks/explorer_map.py measures."""
    places, rgb = clusters(count)
    points, camera = Points(places), fitted(places, (1200, 800))

    for factor in (1, 8):
        start = zoomed(camera, (1200, 800), tuple(to_screen(camera, (1200, 800), places[:1])[0]), factor)
        assert median_ms(points, [moved(start, 3 * n, n) for n in range(6)], rgb) < most


def test_colours_are_prepared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    made = raster._painted
    monkeypatch.setattr(raster, "_painted", lambda *given: calls.append(1) or made(*given))
    points, rgb = Points(clusters(100)[0]), coloured(100)

    for background in (GROUND, None, GROUND):
        drawn(points, rgb=rgb, background=background)
    drawn(points, rgb=rgb.copy())

    assert len(calls) == 2
