# Picking: against plain searches through all items.
"""Picking: against plain searches through all items."""

from __future__ import annotations

import time

import numpy as np
import pytest
from aekit_gui.models.picking import Index
from aekit_gui.models.strips import joined, strips_of

GROUNDS = ["clusters", "grid", "line", "one place", "outlier", "few"]


def positions(kind: str) -> np.ndarray:
    random = np.random.default_rng(1)
    spread = random.normal(0, 0.3, (3000, 2)) + random.integers(-2, 3, (3000, 1))
    made = {
        "clusters": spread,
        "grid": np.stack(np.meshgrid(np.arange(40), np.arange(40)), 2).reshape(-1, 2) / 4,
        "line": np.stack([spread[:, 0], np.zeros(3000)], 1),
        "one place": np.full((500, 2), 0.25),
        "outlier": np.concatenate([spread, [[1e6, -1e6]]]),
        "few": np.array([[0, 0], [1, 0.5]]),
    }
    return made[kind].astype(np.float32)


def distances(places: np.ndarray, x: float, y: float) -> np.ndarray:
    return np.hypot(places[:, 0].astype(float) - x, places[:, 1].astype(float) - y)


@pytest.mark.parametrize("kind", GROUNDS)
def test_the_nearest_is_that_of_a_plain_search(kind: str) -> None:
    places, random = positions(kind), np.random.default_rng(2)
    index, shown = Index(places), random.random(len(places)) < 0.3

    for x, y in random.uniform(-3, 3, (60, 2)):
        for radius in (0.05, 1.0, np.inf):
            for mask in (None, shown):
                away = distances(places, x, y)
                away[[] if mask is None else ~mask] = np.inf
                wanted = int(away.argmin()) if away.min() <= radius and away.min() < np.inf else -1
                assert index.nearest(x, y, radius, mask) == wanted


@pytest.mark.parametrize("kind", GROUNDS)
@pytest.mark.parametrize("count", [1, 5, 4000])
def test_the_near_ones_are_those_of_a_plain_search(kind: str, count: int) -> None:
    places = positions(kind)
    index = Index(places)

    for x, y in [*places[:3].tolist(), (0.1, 0.2), (40.0, -7.0)]:
        found, rows = index.near(x, y, count)
        away = distances(places, x, y)
        wanted = np.lexsort((np.arange(len(places)), away))[:count]
        assert np.array_equal(rows, wanted) and found == pytest.approx(away[wanted])


@pytest.mark.parametrize("kind", GROUNDS)
def test_a_box_holds_its_edges_whichever_corner_comes_first(kind: str) -> None:
    places = positions(kind)
    x0, y0 = (float(v) for v in places[0])

    rows = Index(places).inside_box(x0 + 1.5, y0 - 0.5, x0, y0)

    x, y = places.T.astype(float)
    assert np.array_equal(rows, np.flatnonzero((x >= x0) & (x <= x0 + 1.5) & (y >= y0 - 0.5) & (y <= y0)))
    assert 0 in rows


def plainly_inside(places: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """The even-odd rule, corner by corner."""
    x, y = places.T.astype(float)
    odd = np.zeros(len(places), bool)
    for (xa, ya), (xb, yb) in zip(corners, np.roll(corners, -1, 0), strict=True):
        if ya != yb:
            crossing = (np.minimum(ya, yb) <= y) & (y < np.maximum(ya, yb))
            odd ^= crossing & (x < xa + (y - ya) * (xb - xa) / (yb - ya))
    return np.flatnonzero(odd)


@pytest.mark.parametrize("corners", [3, 4, 20, 300])
def test_a_lasso_follows_the_even_odd_rule_even_where_it_crosses_itself(corners: int) -> None:
    random = np.random.default_rng(corners)
    places = random.uniform(-3, 3, (40_000, 2)).astype(np.float32)

    for _ in range(4):
        line = random.normal(0, 1.5, (corners, 2))
        assert np.array_equal(Index(places).inside(line), plainly_inside(places, line))


def test_a_lasso_around_places_of_a_grid_and_along_its_lines() -> None:
    places = positions("grid")
    line = np.array([[1, 1], [5, 1], [5, 3.5], [3, 3.5], [3, 7], [1, 7]], float)

    rows = Index(places).inside(line)

    assert np.array_equal(rows, plainly_inside(places, line)) and len(rows) == 8 * 24 + 8 * 10


def test_a_lasso_of_a_line_or_of_nothing_holds_nothing() -> None:
    index = Index(positions("clusters"))

    for line in (
        [],
        [[0, 0], [1, 1]],
        [[0, 0], [1, 1], [0, 0]],
        [[np.nan, 0], [1, 1], [2, 0]],
        [[9, 9], [9, 10], [10, 9]],
    ):
        assert len(index.inside(np.array(line, float).reshape(-1, 2))) == 0


def test_broken_places_are_never_found_and_rows_keep_their_numbers() -> None:
    places = np.array([[np.nan, 0], [0, np.inf], [0.1, 0], [5, 5]], np.float32)
    index = Index(places)

    assert index.nearest(0, 0, 1) == 2
    assert index.near(0, 0, 9)[1].tolist() == [2, 3]
    assert index.inside_box(-9, -9, 9, 9).tolist() == [2, 3]
    nothing = Index(places[:2])
    assert nothing.nearest(0, 0, 9) == -1 and len(nothing.near(0, 0, 3)[1]) == 0
    assert len(nothing.inside(np.array([[-9, -9], [9, -9], [0, 9]]))) == 0


def test_strips_are_shared_by_those_who_ask_for_the_same_array() -> None:
    places = positions("clusters")

    assert strips_of(places) is strips_of(places)
    assert strips_of(places.copy()) is not strips_of(places)


def test_strips_that_are_filtered_find_what_is_left() -> None:
    places = positions("clusters")
    strips = strips_of(places)
    kept = np.random.default_rng(0).random(len(strips)) < 0.1

    few = strips.only(kept)

    spots = few.about(-1, -1, 1, 1)
    x, y = places[strips.rows[kept]].T
    inside = set(strips.rows[kept][(abs(x) <= 1) & (abs(y) <= 1)].tolist())
    assert inside and inside <= set(few.rows[spots].tolist())
    assert len(spots) == few.held(-1, -1, 1, 1)


def test_pieces_are_joined() -> None:
    assert joined(np.array([3, 9, 5]), np.array([5, 9, 8])).tolist() == [3, 4, 5, 6, 7]


def test_a_million_items_are_picked_among_in_little_time() -> None:
    random = np.random.default_rng(0)
    places = (random.normal(0, 0.5, (1_000_000, 2)) + random.integers(0, 6, (1_000_000, 2))).astype(
        np.float32
    )
    index = Index(places)
    at = random.uniform(-1, 6, (200, 2))
    turns = np.linspace(0, 2 * np.pi, 100, endpoint=False)
    line = np.stack([2.5 + 2.2 * np.cos(turns), 2.5 + (2 + 0.4 * np.sin(9 * turns)) * np.sin(turns)], 1)

    def best(call, repeats: int) -> float:
        times = []
        for number in range(repeats):
            began = time.perf_counter()
            call(number)
            times.append(time.perf_counter() - began)
        return float(np.median(times))

    assert best(lambda number: index.nearest(*at[number], 0.3), 200) < 2e-3
    assert best(lambda number: index.near(*at[number], 12), 200) < 4e-3
    assert (
        best(lambda number: index.inside(line), 5) < 60e-3
    )  # 30 ms are aimed at; twice that for a busy machine
    assert 0.25e6 < len(index.inside(line)) < 0.6e6
