# What can be slid, how far, and what that is worth.
import numpy as np
import pytest
from aekit_gui.models.sliders import (
    Origin,
    attribute_rows,
    dimension_rows,
    effects,
    values_of,
    with_amount,
    with_value,
)
from stand_ins import space

from aekit.latent import by_kl


def known_space(point=False):
    """Four dimensions: a wide one, a usual one, one that is not used, one far from the origin."""
    made = space(4, 3000)
    made.codes[:] = np.random.default_rng(2).normal((0, 0, 0, 20), (4, 1, 0.01, 2), (3000, 4))
    made.log_variance[:] = -np.inf if point else (-3, -1, 0, -2)
    return made


def test_dimensions_are_sorted_by_kl_and_the_inactive_one_is_unused():
    made = known_space()
    rows, found = dimension_rows(made), by_kl(made.codes, made.log_variance)

    assert [row.dimension for row in rows] == found.order.tolist() == [3, 0, 1, 2]
    assert [row.unused for row in rows] == [False, False, False, True]
    assert [row.detail for row in rows] == [f"{kl:.2f} nats" for kl in found.kl]
    assert rows[0].title == "Dimension 4" and "KL" in rows[0].help and rows[0].rest == 0


def test_a_range_holds_the_data_and_what_the_prior_reaches():
    rows = {row.dimension: row for row in dimension_rows(known_space())}
    assert rows[0].low == pytest.approx(4 * -2.326, abs=0.5) and rows[0].high == pytest.approx(
        4 * 2.326, abs=0.5
    )
    assert (rows[1].low, rows[1].high) == (-2.5, 2.5)  # 98 % of it lie within 2.33
    assert rows[3].low == -2.5 and rows[3].high == pytest.approx(20 + 2 * 2.326, abs=0.3)


def test_without_a_posterior_the_data_alone_say_how_far():
    rows = {row.dimension: row for row in dimension_rows(known_space(point=True))}
    assert rows[3].low == pytest.approx(20 - 2 * 2.326, abs=0.3)
    assert rows[2].high - rows[2].low < 0.1 and rows[2].unused
    assert rows[3].rest == pytest.approx(20, abs=0.2)
    assert rows[3].detail == f"spread {known_space().codes[:, 3].std():.2f}"
    assert [row.dimension for row in dimension_rows(known_space(point=True))] == [0, 3, 1, 2]


def test_a_dimension_that_is_the_same_for_all_still_has_room():
    made = known_space(point=True)
    made.codes[:, 1] = 7
    row = next(row for row in dimension_rows(made) if row.dimension == 1)
    assert (row.low, row.high, row.unused) == (6, 8, True)


def test_codes_that_are_not_finite_are_left_out():
    made = known_space()
    expected = [row.dimension for row in dimension_rows(made)]
    made.codes[::7] = np.nan
    assert [row.dimension for row in dimension_rows(made)] == expected
    made.codes[:] = np.nan
    assert dimension_rows(made) == ()


def test_a_shape_stands_highest_where_most_items_are():
    made = known_space()
    made.codes[:, 0] = np.where(np.arange(3000) % 3, 3, -3) + np.random.default_rng(3).normal(0, 0.2, 3000)
    row = next(row for row in dimension_rows(made) if row.dimension == 0)
    peak = row.low + (np.argmax(row.shape) + 0.5) * (row.high - row.low) / len(row.shape)
    assert peak == pytest.approx(3, abs=0.3) and max(row.shape) == 1 and min(row.shape) >= 0
    assert row.shape[len(row.shape) // 2] < 0.05


def test_attributes_go_three_deviations_either_way():
    (row,) = attribute_rows(["mean_pitch"])
    assert (row.key, row.title, row.attribute, row.dimension) == (
        "attribute mean_pitch",
        "Mean pitch",
        "mean_pitch",
        None,
    )
    assert (row.low, row.high, row.rest) == (-3, 3, 0)
    assert row.stops() == pytest.approx((-2.4, -1.2, 0, 1.2, 2.4))


def test_typed_values_end_a_length_beyond_the_slider():
    (row,) = attribute_rows(["ink"])
    assert [row.clamped(value) for value in (5, 90, -90)] == [5, 9, -9]


def test_values_come_from_the_code_and_from_what_was_steered():
    rows = (*attribute_rows(["ink", "slant"]), *dimension_rows(known_space()))
    values = values_of(rows, (1.0, 2.0, 3.0, 4.0), {"ink": 1.5})
    assert values == {
        "attribute ink": 1.5, "attribute slant": 0.0,
        "dimension 3": 4.0, "dimension 0": 1.0, "dimension 1": 2.0, "dimension 2": 3.0,
    }  # fmt: skip


def test_a_value_is_as_exact_as_codes_are():
    assert with_value((1.0, 2.0, 3.0), 1, 0.1) == (1.0, float(np.float32(0.1)), 3.0)


def test_amounts_of_nothing_are_left_out():
    assert with_amount({"ink": 1.0}, "slant", 2.0) == {"ink": 1.0, "slant": 2.0}
    assert with_amount({"ink": 1.0}, "ink", 0.0) == {}


def test_effects_differ_in_their_own_dimension_only():
    row = next(row for row in dimension_rows(known_space()) if row.dimension == 1)
    codes = effects((9.0, 9.0, 9.0, 9.0), row)
    assert codes[:, 1].tolist() == pytest.approx([-2, -1, 0, 1, 2]) and (codes[:, [0, 2, 3]] == 9).all()


def test_an_origin_knows_how_far_there_is_to_go():
    origin = Origin((1.0,), {"ink": 1.0, "slant": 2.0})
    assert origin.apart({"ink": 1.5, "slant": 2.0, "width": -1.0}) == {"ink": 0.5, "width": -1.0}
    assert origin.apart({}) == {"ink": -1.0, "slant": -2.0} and Origin((1.0,)).apart({}) == {}
