# PCA against NumPy's decompositions; UMAP as a guest that may be absent.
"""PCA against NumPy's decompositions; UMAP as a guest that may be absent."""

import sys

import numpy as np
import pytest
import torch

from aekit.errors import UsageError
from aekit.latent import PCA, projection, umap


def table(count=300, width=8, seed=0):
    random = np.random.default_rng(seed)
    return random.standard_normal((count, width)) * np.geomspace(5, 0.1, width) @ np.linalg.qr(
        random.standard_normal((width, width))
    )[0] + np.arange(width)


def test_axes_and_variances_are_those_of_the_singular_values():
    values = table()
    _, singular, rows = np.linalg.svd(values - values.mean(0), full_matrices=False)

    pca = PCA.fit(values, 3)

    np.testing.assert_allclose(pca.variance, singular[:3] ** 2 / 299)
    np.testing.assert_allclose(np.abs((pca.axes * rows[:3]).sum(1)), 1)
    np.testing.assert_allclose(pca.explained, (singular**2 / (singular**2).sum())[:3])


def test_all_components_give_the_values_back_and_few_the_best_approximation():
    values = table()
    singular = np.linalg.svd(values - values.mean(0), compute_uv=False)

    whole, plane = PCA.fit(values, 8), PCA.fit(values, 2)

    np.testing.assert_allclose(whole.inverse(whole.transform(values)), values, atol=1e-10)
    missing = plane.inverse(plane.transform(values)) - values
    assert (missing**2).sum() == pytest.approx((singular[2:] ** 2).sum())


def test_signs_do_not_depend_on_the_order_or_sign_of_the_data():
    values = table()

    for other in (values[::-1], -values, values + 100):
        axes = PCA.fit(other, 4).axes
        np.testing.assert_allclose(axes, PCA.fit(values, 4).axes, atol=1e-9)
        assert (np.take_along_axis(axes, np.abs(axes).argmax(1)[:, None], 1) > 0).all()


@pytest.mark.parametrize("exact", [10, 3])
def test_wide_tables_and_large_ones_get_the_same_axes(exact, monkeypatch):
    values = table(count=12 if exact == 10 else 300, width=40)
    expected = PCA.fit(values, 3)
    monkeypatch.setattr(projection, "EXACT", exact)
    monkeypatch.setattr(projection, "ROWS", 70)

    found = PCA.fit(values, 3)

    np.testing.assert_allclose(found.axes, expected.axes, atol=1e-6)
    np.testing.assert_allclose(found.variance, expected.variance, rtol=1e-9)
    assert found.total_variance == pytest.approx(expected.total_variance)


def test_the_wide_case_by_rows_agrees_with_the_covariance(monkeypatch):
    values = table(count=20, width=40)
    expected = PCA.fit(values, 5)
    monkeypatch.setattr(projection, "EXACT", 30)

    np.testing.assert_allclose(PCA.fit(values, 5).axes, expected.axes, atol=1e-8)


def test_tensors_give_tensors_and_integers_are_taken():
    pixels = torch.randint(0, 255, (50, 6), dtype=torch.uint8)

    coordinates = PCA.fit(pixels, 2).transform(pixels)

    assert isinstance(coordinates, torch.Tensor)
    assert coordinates.dtype == torch.float32
    np.testing.assert_allclose(coordinates, PCA.fit(pixels.numpy(), 2).transform(pixels.numpy()), rtol=1e-4)


def test_a_constant_table_explains_nothing():
    assert PCA.fit(np.ones((5, 3)), 2).explained.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("values", "components"), [(np.ones((5, 3)), 4), (np.ones((5, 3)), 0), (np.ones(5), 1)]
)
def test_components_beyond_the_table_are_refused(values, components):
    with pytest.raises(UsageError, match=rf"1 to min\(N, D\).*received {components}"):
        PCA.fit(values, components)


def test_without_umap_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "umap", None)

    with pytest.raises(UsageError, match=r"pip install 'aekit\[umap\]'"):
        umap(table())


def test_umap_refuses_too_few_codes():
    with pytest.raises(UsageError, match="at least 4 codes"):
        umap(np.ones((3, 2)))


@pytest.mark.slow
def test_umap_keeps_far_clusters_apart_and_repeats():
    pytest.importorskip("umap")
    codes = np.concatenate([table(60), table(60) + 200])

    found = umap(codes, seed=3)

    assert found.shape == (120, 2)
    np.testing.assert_array_equal(found, umap(codes, seed=3))
    gap = np.linalg.norm(found[:60].mean(0) - found[60:].mean(0))
    assert gap > found[:60].std(0).max() + found[60:].std(0).max()
