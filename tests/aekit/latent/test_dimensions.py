# Dimensions sorted by KL, against a hand computation.
"""Dimensions sorted by KL, against a hand computation."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from aekit.errors import UsageError
from aekit.latent import by_kl


def test_dimensions_are_sorted_by_their_kl_and_told_active_by_their_means_variance():
    mean = torch.tensor([[0.0, 2.0, 0.05], [0.0, -2.0, -0.05]])
    log_variance = torch.tensor([[0.0, -2.0, -1.0]]).expand(2, -1)

    found = by_kl(mean, log_variance)

    expected = [0.5 * (4 + np.exp(-2) - 1 + 2), 0.5 * (0.0025 + np.exp(-1) - 1 + 1), 0.0]
    assert found.order.tolist() == [1, 2, 0]
    np.testing.assert_allclose(found.kl, expected, atol=1e-7)
    np.testing.assert_allclose(found.variance, [4, 0.0025, 0], atol=1e-7)
    assert found.active.tolist() == [True, False, False]


def test_codes_without_spread_are_sorted_by_variance():
    mean = np.array([[0.0, 1.0, 3.0], [0.0, -1.0, -3.0]])

    found = by_kl(mean, np.full((2, 3), -np.inf))

    assert found.order.tolist() == [2, 1, 0]
    assert np.isposinf(found.kl).all()


def test_shapes_that_differ_are_refused():
    with pytest.raises(UsageError, match=r"one shape \(N, D\) \(received \(2, 3\) and \(2, 2\)\)"):
        by_kl(np.zeros((2, 3)), np.zeros((2, 2)))


def test_the_latent_tools_load_no_torch():
    code = "import aekit.latent, numpy, sys; aekit.latent.path(numpy.eye(3), 5); sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
