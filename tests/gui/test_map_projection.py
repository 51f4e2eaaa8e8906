# Where codes lie on the map, and which codes places stand for.
import time

import numpy as np
import pytest
from aekit_gui.models.lifting import Neighbours, nearest_codes, weights_of
from aekit_gui.models.look import Look
from aekit_gui.models.projection import project
from stand_ins import space

from aekit.latent import PCA, nearest

RANDOM = np.random.default_rng(5)


def spread_space(dims=5, count=800):
    """Codes with a plain order of axes, far from the origin."""
    made = space(dims, count)
    made.codes[:] = RANDOM.normal(7, np.linspace(3, 0.5, dims), (count, dims)).astype(np.float32)
    return made


def test_two_dimensions_are_the_map_itself_whatever_is_asked_for():
    plain = space(2)
    found = project(plain, Look(projection="umap", lift="near"))

    assert found.kind == "codes" and found.exact and found.positions is plain.codes
    assert np.array_equal(found.lift(np.array([[1.5, -2]])), [[1.5, -2]])
    assert np.array_equal(found.place(np.array([[1.5, -2]])), [[1.5, -2]])


def test_one_dimension_lies_left_to_right_with_a_row_for_each_class():
    plain = space(1, 200, 3)
    found = project(plain, Look())
    heights = [found.positions[plain.labels == label, 1] for label in range(3)]

    assert np.array_equal(found.positions[:, 0], plain.codes[:, 0])
    assert heights[0].min() > heights[1].max() > heights[1].min() > heights[2].max()
    assert np.array_equal(project(plain, Look()).positions, found.positions)
    assert found.lift(np.array([[0.5, 9.0], [1, 0]])).tolist() == [[0.5], [1.0]]
    assert found.place(np.array([[2.5]])).tolist() == [[2.5, 0.0]] and not found.exact


def test_pca_places_and_plane_lift_are_those_of_the_core():
    made = spread_space()
    found, fitted = project(made, Look(lift="plane")), PCA.fit(made.codes, 2)
    points = RANDOM.normal(size=(64, 2))

    assert np.allclose(found.positions, fitted.transform(made.codes), atol=1e-4)
    assert np.allclose(found.lift(points), fitted.inverse(points), atol=1e-5)
    assert np.allclose(found.place(found.lift(points)), points, atol=1e-5)
    assert found.exact and f"{100 * fitted.explained.sum():.0f} %" in found.says and "plane" in found.says


def test_dimensions_show_their_own_values_and_keep_the_mean_in_the_others():
    made = spread_space()
    found = project(made, Look(projection="dimensions", axes=(3, 1), lift="plane"))
    lifted = found.lift(np.array([[2.0, -1.0]]))[0]

    assert np.allclose(found.positions, made.codes[:, [3, 1]], atol=1e-4)
    assert lifted[3] == pytest.approx(2, abs=1e-5) and lifted[1] == pytest.approx(-1, abs=1e-5)
    assert np.allclose(lifted[[0, 2, 4]], made.codes.mean(0)[[0, 2, 4]], atol=1e-4)
    assert "4 and 2" in found.says


def test_a_plane_through_three_items_goes_through_them():
    made = spread_space()
    found = project(made, Look(projection="items", axes=(3, 77, 500), lift="plane"))
    three = made.codes[[3, 77, 500]]

    assert np.allclose(found.lift(found.positions[[3, 77, 500]]), three, atol=1e-4)
    apart = np.linalg.norm(found.positions[3] - found.positions[77])
    assert apart == pytest.approx(np.linalg.norm(three[0] - three[1]), rel=1e-5)
    assert np.allclose(found.place(found.lift(np.array([[4.0, 2.0]]))), [[4, 2]], atol=1e-4)


def test_three_items_on_a_line_or_on_one_place_still_span_a_plane():
    made = spread_space()
    made.codes[1], made.codes[2] = 2 * made.codes[0], 3 * made.codes[0]
    made.codes[4], made.codes[5] = made.codes[3], made.codes[3]
    for axes in ((0, 1, 2), (3, 4, 5)):
        found = project(made, Look(projection="items", axes=axes, lift="plane"))
        assert np.allclose(found.lift(found.positions[list(axes)]), made.codes[list(axes)], atol=1e-3)
        assert np.allclose(found.place(found.lift(np.array([[1.0, 2.0]]))), [[1, 2]], atol=1e-4)


@pytest.mark.parametrize(
    "look",
    [
        Look(projection="dimensions", axes=(0, 99)),
        Look(projection="dimensions", axes=(1, 1)),
        Look(projection="items", axes=(0, 1, 5000)),
        Look(projection="items"),
        Look(projection="umap"),
    ],
)
def test_what_cannot_be_laid_out_is_laid_out_by_pca(look):
    assert project(spread_space(), look).kind == "pca"


def test_near_items_are_exact_at_an_item_and_their_codes_lie_at_the_pointer():
    made = spread_space()
    found = project(made, Look(lift="near"))
    points = RANDOM.normal(0, 6, (64, 2))

    assert np.allclose(found.lift(found.positions[:50]), made.codes[:50], atol=1e-4)
    assert np.allclose(found.place(found.lift(points)), points, atol=1e-4)
    assert not found.exact and "12 items" in found.says


def test_near_items_speak_for_what_lies_off_the_plane():
    made = space(3, 400, 2)
    made.codes[:, :2] = RANDOM.uniform(-8, 8, (400, 2))
    made.codes[:, 2] = np.where(made.codes[:, 0] > 0, 0.5, -0.5)
    found = project(made, Look(lift="near", projection="dimensions", axes=(0, 1)))
    assert found.lift(np.array([[6.0, 0.0], [-6.0, 0.0]]))[:, 2].tolist() == pytest.approx([0.5, -0.5])


@pytest.mark.parametrize("projection", ["pca", "umap"])
def test_hovering_never_jumps(projection):
    made = spread_space(6, 500)
    laid = RANDOM.normal(0, 4, (500, 2)).astype(np.float32)
    found = project(made, Look(projection=projection), laid)
    walk = np.stack([np.linspace(-3, 3, 4001), np.linspace(-2, 2.5, 4001)], 1)
    steps = np.linalg.norm(np.diff(found.lift(walk), axis=0), axis=1)
    finer = np.linalg.norm(np.diff(found.lift(np.linspace(walk[0], walk[-1], 40001)), axis=0), axis=1)

    assert finer.max() < 0.2 * steps.max()  # a jump would not shrink with the steps


def test_umap_is_exact_at_items_both_ways_and_says_so():
    made = spread_space()
    laid = RANDOM.normal(0, 4, (800, 2)).astype(np.float32)
    for lift in ("near", "plane"):
        found = project(made, Look(projection="umap", lift=lift), laid)
        assert found.kind == "umap" and not found.exact and "UMAP" in found.says
        assert np.allclose(found.lift(laid[:40]), made.codes[:40], atol=1e-5)
        assert np.allclose(found.place(made.codes[:40]), laid[:40], atol=1e-5)


def test_a_new_code_lies_among_the_places_of_its_nearest_codes():
    made = spread_space()
    laid = made.codes[:, :2] * 2
    new = made.codes[:1] + 0.01
    place = project(made, Look(projection="umap"), laid).place(new)
    rows = nearest(made.codes, new, 12)[1][0]
    assert (laid[rows].min(0) <= place[0]).all() and (place[0] <= laid[rows].max(0)).all()
    assert np.linalg.norm(place[0] - laid[0]) < 0.1


def test_another_lift_keeps_the_very_positions():
    made = spread_space()
    first = project(made, Look(lift="near"))
    assert project(made, Look(lift="plane")).positions is first.positions
    assert project(made, Look(projection="dimensions", axes=(0, 1))).positions is not first.positions
    assert project(spread_space(), Look()).positions is not first.positions


def test_few_items_and_items_without_a_place_do_no_harm():
    small = space(4, 5)
    laid = np.array([[0, 0], [1, 0], [0, 1], [np.nan, 1], [5, 5]], np.float32)
    for found in (project(small, Look()), project(small, Look(projection="umap"), laid)):
        assert np.isfinite(found.lift(np.array([[0.3, 0.3], [1e6, 0]]))).all()
        assert np.allclose(found.lift(found.positions[:2]), small.codes[:2], atol=1e-5)
    one = project(space(3, 1), Look())
    assert np.isfinite(one.lift(np.array([[2.0, 0.0]]))).all() and np.isfinite(one.positions).all()


def test_neighbours_are_those_of_all_distances_in_clusters_and_in_gaps():
    positions = (RANDOM.integers(0, 3, (9000, 1)) * 20 + RANDOM.normal(size=(9000, 2))).astype(np.float32)
    positions[7] = np.nan
    found = Neighbours(positions)
    for x, y in (*RANDOM.uniform(-30, 60, (60, 2)), (1e7, 0), positions[100]):
        far = np.hypot(*(positions.astype(np.float64) - np.array([x, y], np.float64)).T)
        distances, rows = found.near(float(x), float(y), 13)
        assert np.allclose(distances, np.sort(far)[:13], rtol=1e-6) and np.allclose(
            far[rows], distances, rtol=1e-6
        )


@pytest.mark.parametrize("count", [3, 40, 5000, 70_000])
def test_nearest_codes_are_those_of_the_core(count):
    codes = RANDOM.normal(size=(count, 4)).astype(np.float32)
    queries = np.concatenate([codes[:2], RANDOM.normal(size=(6, 4))]).astype(np.float32)
    distances, rows = nearest_codes(codes, (codes**2).sum(1), queries, 13)
    kept = min(count, 13)
    assert np.array_equal(rows[:, :kept], nearest(codes, queries, kept)[1])
    assert distances[0, 0] == 0 and np.isinf(distances[:, kept:]).all()


def test_weights_fall_to_nothing_at_the_bound():
    weights = weights_of(
        np.array([[1, 2, 4, 4 - 1e-9, 4.0], [0, 0, 1, 2, 3], [2, 2, 2, 2, 2], [0, 0, 0, 0, 0]])
    )
    assert np.allclose(weights.sum(1), 1) and weights[0, 0] > weights[0, 1] > weights[0, 2] >= 0
    assert weights[0, 3] < 1e-15 and weights[0, 4] == 0
    assert weights[1].tolist() == [0.5, 0.5, 0, 0, 0] and np.allclose(weights[2:], 0.2)


def test_a_place_is_lifted_in_a_blink_also_between_clusters():
    positions = (RANDOM.integers(0, 4, (60_000, 1)) * 9 + RANDOM.normal(size=(60_000, 2))).astype(np.float32)
    found = project(space(8, 60_000), Look(projection="umap"), positions)
    found.lift(np.zeros((1, 2)))
    taken = []
    for point in RANDOM.uniform(-5, 35, (100, 1, 2)):
        started = time.perf_counter()
        found.lift(point)
        taken.append(time.perf_counter() - started)
    assert np.median(taken) < 0.001  # a tenth of that on an idle core
