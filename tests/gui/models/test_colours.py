# Colours: that they mean what the legend says, and that colour-blind eyes tell them apart.
"""Colours: that they mean what the legend says, and that colour-blind eyes tell them apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from aekit_gui.models import colours
from aekit_gui.theme import CLASSES, DARK, LIGHT, Theme
from stand_ins import space

# Linear RGB as seen without one kind of cone (Machado, Oliveira and Fernandes 2009, severity 1).
BLIND = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}  # fmt: skip


def oklab(rgb: np.ndarray, eyes: str = "normal") -> np.ndarray:
    """Colours (n, 3) in OKLab (Ottosson 2020)."""
    share = np.asarray(rgb) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    linear = np.clip(linear @ np.array(BLIND[eyes]).T, 0, 1)
    cones = linear @ np.array(
        [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
         [0.0883024619, 0.2817188376, 0.6299787005]]
    ).T  # fmt: skip
    return np.cbrt(cones) @ np.array(
        [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
         [0.0259040371, 0.7827717662, -0.8086757660]]
    ).T  # fmt: skip


def test_labels_take_the_themes_classes_in_turn() -> None:
    rgb = colours.of_labels(np.array([0, 9, 10, -1]), DARK)

    assert rgb.dtype == np.uint8
    classes = [list(bytes.fromhex(one[1:])) for one in (CLASSES[0], CLASSES[9], CLASSES[0])]
    assert rgb.tolist() == [*classes, colours.dimmed(DARK).tolist()]
    assert colours.of_labels(np.array([-1]), DARK).tolist() == [colours.rgb_of(DARK.point).tolist()]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_ramps_steps_are_even_and_it_grows_lighter(theme: Theme) -> None:
    points = np.array([colours.rgb_of(one) for one in colours.RAMPS[theme.name]])

    steps = np.linalg.norm(np.diff(oklab(points), axis=0), axis=1)

    assert steps.max() / steps.min() < 1.15
    assert (np.diff(oklab(colours.ramp(theme))[:, 0]) >= -2e-3).all()


@pytest.mark.parametrize("eyes", list(BLIND))
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_ramp_rises_for_all_eyes_and_stands_off_the_ground(theme: Theme, eyes: str) -> None:
    points = np.array([colours.rgb_of(one) for one in colours.RAMPS[theme.name]])

    seen = oklab(points, eyes)

    assert (np.diff(seen[:, 0]) > 0.01).all()
    assert np.linalg.norm(seen - oklab(colours.rgb_of(theme.map), eyes), axis=1).min() > 0.2


@pytest.mark.parametrize("eyes", list(BLIND))
def test_classes_are_told_apart_by_all_eyes(eyes: str) -> None:
    seen = oklab(np.array([colours.rgb_of(one) for one in CLASSES]), eyes)

    apart = np.linalg.norm(seen[:, None] - seen, axis=2)[np.triu_indices(len(seen), 1)]

    assert apart.min() > 0.03


def test_values_run_along_the_ramp_and_missing_ones_are_dim() -> None:
    values = np.concatenate([np.linspace(2, 6, 1001), [np.nan, np.inf]])

    rgb, low, high = colours.of_values(values, LIGHT)

    table = colours.ramp(LIGHT)
    assert (low, high) == pytest.approx((2.04, 5.96), abs=1e-3)
    assert (rgb[0] == table[0]).all() and (rgb[1000] == table[-1]).all() and (rgb[500] == table[128]).all()
    assert (rgb[1001:] == colours.dimmed(LIGHT)).all()


def test_one_outlier_does_not_make_all_others_alike() -> None:
    values = np.append(np.random.default_rng(0).normal(size=5000), 1e9)

    rgb, _, high = colours.of_values(values, DARK)

    assert high < 4 and len(np.unique(rgb, axis=0)) > 200


def test_rare_values_among_equal_ones_are_seen_and_equal_ones_have_the_ramps_middle() -> None:
    rare = np.zeros(1000)
    rare[3] = 5

    rgb, low, high = colours.of_values(rare, DARK)
    same, *ends = colours.of_values(np.full(4, 7.0), DARK)

    assert (low, high) == (0, 5) and (rgb[3] != rgb[0]).any()
    assert ends == [7, 7] and (same == colours.ramp(DARK)[128]).all()
    assert colours.of_values(np.full(2, np.nan), DARK)[1:] == (0, 0)


def test_the_legend_counts_classes_and_says_which_are_hidden() -> None:
    shown = space(count=300, classes=3)

    legend = colours.legend(shown, "label", frozenset({1}), LIGHT)

    assert [row.name for row in legend.rows] == ["a", "b", "c"] and not legend.ramp
    assert [row.count for row in legend.rows] == np.bincount(shown.labels).tolist()
    assert [row.hidden for row in legend.rows] == [False, True, False]
    assert [row.colour for row in legend.rows] == list(CLASSES[:3])


def test_items_without_a_class_come_last_and_names_may_be_missing() -> None:
    some = space(count=6, classes=2)
    some = replace(some, labels=np.array([-1, 0, 1, 5, -1, 0]))

    rows = colours.legend(some, "label", frozenset({-1}), DARK).rows

    assert [(row.number, row.name, row.count) for row in rows] == [
        (0, "a", 2), (1, "b", 1), (5, "5", 1), (-1, "no label", 2),
    ]  # fmt: skip
    assert colours.rgb_of(rows[-1].colour).tolist() == colours.dimmed(DARK).tolist() and rows[-1].hidden


def test_an_attributes_legend_has_a_ramp_and_still_filters() -> None:
    some = space(count=200)
    some.values["ink"] = np.append(np.linspace(0, 1, 199), np.nan)

    legend = colours.legend(some, "ink", frozenset(), DARK)

    assert legend.ramp == colours.RAMPS["dark"] and (legend.low, legend.high) == pytest.approx((0.01, 0.99))
    assert legend.unknown == 1 and {row.colour for row in legend.rows} == {DARK.point}
    assert colours.legend(some, "not measured", frozenset(), DARK).ramp == ()


def test_data_without_classes_has_no_rows() -> None:
    some = space(count=5)

    assert colours.legend(replace(some, labels=np.full(5, -1)), "label", frozenset(), LIGHT).rows == ()
