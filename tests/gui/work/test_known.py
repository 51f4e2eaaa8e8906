# What a model process knows of a run's prior, words and degradation, by other means.
"""What a model process knows of a run's prior, words and degradation, by other means."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from aekit_gui.work.known import degradation_of, log_prior, prior_facts, words_of, words_used
from scipy.stats import multivariate_normal

from aekit.priors import FittedGaussian


def model_with(**parts: Any) -> Any:
    """A model of two dimensions, of which the parts are known."""
    values = {"restores": False, "device": torch.device("cpu"), "latent_dim": 2, **parts}
    return SimpleNamespace(**values)


@pytest.fixture
def leaning() -> Any:
    """A model whose prior is a Gaussian far from the origin, and that Gaussian."""
    true = multivariate_normal([4.0, -1.0], [[0.04, 0.0], [0.0, 9.0]])
    prior = FittedGaussian(torch.from_numpy(true.rvs(100_000, random_state=0)))

    def sample_codes(count: int) -> Any:
        torch.manual_seed(0)
        return prior.sample(count).numpy()

    return model_with(prior=prior, sample_codes=sample_codes), true


def test_the_prior_is_known_wherever_it_lies(leaning: Any) -> None:
    model, true = leaning

    facts = prior_facts(model)

    assert facts.mean == pytest.approx((4.0, -1.0), abs=0.2)
    assert facts.spread == pytest.approx((0.2, 3.0), rel=0.05)
    assert facts.density[0] == pytest.approx(-true.entropy(), abs=0.1)
    assert facts.density[1] == pytest.approx(1.0, abs=0.15)  # half a chi-square of 2 has this deviation
    # the narrow dimension adds little to the mean distance along the wide one, 2 * 3 / root pi
    assert facts.apart == pytest.approx(6 / math.sqrt(math.pi), rel=0.08)


def test_log_densities_are_those_of_the_prior(leaning: Any) -> None:
    model, true = leaning
    codes = np.array([[4.0, 0.0], [3.8, -5.0]], np.float32)

    assert log_prior(model, codes) == pytest.approx(true.logpdf(codes), abs=0.05)


class Halves(SimpleNamespace):
    """An objective whose words are the whole halves of a code's numbers."""

    def words(self, z: torch.Tensor) -> torch.Tensor:
        return (2 * z).long()


def test_words_are_asked_of_the_objective_that_has_them() -> None:
    codes = np.repeat(np.array([[0.0, 0.5], [1.0, 1.0]], np.float32), 300, 0)
    run = SimpleNamespace(codes=lambda: ({"mean": codes}, {}))
    model = model_with(objective=Halves(codebook=torch.zeros(8, 1)), run=run)

    words = words_of(model, codes)

    assert words is not None and words[[0, -1]].tolist() == [[0, 1], [2, 2]]
    assert words_used(model) == (3, 8)
    assert words_of(model_with(objective=SimpleNamespace()), codes) is None


def test_a_degradation_is_named_with_its_amount() -> None:
    noisy = SimpleNamespace(degradation="haze", amount=0.5)

    assert degradation_of(model_with(restores=True, objective=noisy)) == "haze 0.5"
    assert degradation_of(model_with(restores=True, objective=SimpleNamespace())) == "degraded items"
    assert degradation_of(model_with(objective=noisy)) == ""
