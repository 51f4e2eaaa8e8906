# Samplers against scikit-learn and SciPy, and what is kept of them.
"""Samplers against scikit-learn and SciPy, and what is kept of them."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scipy.stats import gaussian_kde, multivariate_normal
from sklearn.mixture import GaussianMixture

import aekit.samplers.flow as flows
from aekit.errors import DataError, UsageError
from aekit.priors import FittedGaussian
from aekit.samplers import Flow, KernelDensity, Mixture, fitted
from aekit.samplers.whitening import Whitening

KINDS = [Mixture, KernelDensity, Flow]


@pytest.fixture(autouse=True)
def few_steps(monkeypatch):
    monkeypatch.setattr(flows, "STEPS", 100)


def two_moons(count=600, seed=0):
    """Codes (N, 3) on two arcs, in directions of unlike spread."""
    random = np.random.default_rng(seed)
    angle, side = random.uniform(0, np.pi, count), random.integers(0, 2, count)
    x, y = np.cos(angle) * (1 - 2 * side) + side, np.sin(angle) * (1 - 2 * side)
    noise = 0.08 * random.standard_normal((count, 3))
    return torch.tensor(np.stack([x, y, x - y], 1) * [1, 5, 0.2] + noise + [3, 0, -1]).float()


def run_with(tmp_path, codes, step=10):
    """What a sampler asks of a run."""
    kept = {"mean": np.asarray(codes, np.float32)}
    return SimpleNamespace(path=tmp_path, codes=lambda: (kept, {"step": step}))


def draws(sampler, count=50):
    torch.manual_seed(7)
    return sampler.sample(count)


def test_the_mixtures_density_is_scikit_learns():
    codes, asked = two_moons(), two_moons(40, seed=1)
    sampler = Mixture.fit(codes, 5)
    peer = GaussianMixture(5)
    peer.weights_, peer.means_ = sampler.weights.numpy(), sampler.means.numpy()
    peer.covariances_ = (sampler.factors @ sampler.factors.mT).numpy()
    peer.precisions_cholesky_ = np.linalg.inv(sampler.factors.numpy()).transpose(0, 2, 1)

    found = sampler.log_prob(asked.view(4, 10, 3))

    white = np.linalg.solve(sampler.whitening.factor, (asked.double() - sampler.whitening.mean).T).T
    expected = peer.score_samples(white) - np.linalg.slogdet(sampler.whitening.factor.numpy())[1]
    np.testing.assert_allclose(found.flatten(), expected, rtol=1e-4, atol=1e-4)


def test_one_component_is_the_gaussian_of_the_codes():
    codes = two_moons()

    found = Mixture.fit(codes, 1).log_prob(codes[:20])

    gaussian = multivariate_normal(codes.double().mean(0), np.cov(codes.double().T, bias=True))
    np.testing.assert_allclose(found, gaussian.logpdf(codes[:20].double()), atol=0.02)


def test_the_kernel_density_is_scipys_at_the_same_bandwidth():
    codes, asked = two_moons(200), two_moons(30, seed=1)
    sampler = KernelDensity.fit(codes)

    found = sampler.log_prob(asked)

    expected = gaussian_kde(codes.double().numpy().T, sampler.bandwidth).logpdf(asked.double().numpy().T)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)


def test_of_codes_on_arcs_the_bandwidth_is_below_scotts_and_better_on_others():
    codes, asked = two_moons(1000), two_moons(500, seed=1)
    sampler, scott = KernelDensity.fit(codes), 900 ** (-1 / 7)

    smooth = gaussian_kde(codes.double().numpy().T, "scott").logpdf(asked.double().numpy().T).mean()

    assert sampler.bandwidth < scott
    assert sampler.log_prob(asked).mean() > smooth + 0.05


@pytest.mark.parametrize("kind", KINDS)
def test_codes_not_seen_are_likelier_than_under_one_gaussian(kind):
    codes, asked = two_moons(2000), two_moons(500, seed=1)

    sampler = kind.fit(codes)

    assert sampler.log_prob(asked).mean() > FittedGaussian(codes).log_prob(asked).mean() + 0.2


@pytest.mark.parametrize("kind", KINDS)
def test_a_density_integrates_to_one_over_its_own_draws(kind):
    sampler, reference = kind.fit(two_moons()), FittedGaussian(two_moons())
    torch.manual_seed(0)
    wide = reference.sample(40_000, 1.5)

    log_reference = multivariate_normal(
        reference.mean, 2.25 * (reference.factor @ reference.factor.T).numpy()
    ).logpdf(wide.double())

    weights = np.exp(sampler.log_prob(wide).double().numpy() - log_reference)
    assert weights.mean() == pytest.approx(1, abs=0.08)


@pytest.mark.parametrize("kind", KINDS)
def test_draws_have_the_codes_moments_and_shrink_with_the_temperature(kind):
    codes = two_moons()
    sampler = kind.fit(codes)

    torch.manual_seed(0)
    made, cold = sampler.sample(20_000), sampler.sample(500, 0.0)

    np.testing.assert_allclose(made.mean(0), codes.mean(0), atol=0.35)
    np.testing.assert_allclose(made.std(0), codes.std(0), rtol=0.25)
    assert made.dtype == cold.dtype == torch.float32
    if kind is not KernelDensity:  # whose draws at 0 are the codes themselves
        assert len(cold.unique(dim=0)) <= 20
    else:
        assert torch.cdist(cold.double(), codes.double()).amin(1).max() < 1e-4


@pytest.mark.parametrize("kind", KINDS)
def test_one_dimension_is_enough(kind):
    codes = two_moons()[:, 1:2]

    sampler = kind.fit(codes)

    assert sampler.sample(5).shape == (5, 1) and sampler.log_prob(codes).isfinite().all()


def test_whitening_and_its_inverse():
    codes = two_moons()

    whitening = Whitening.of(codes)

    white = whitening.whiten(codes)
    np.testing.assert_allclose(np.cov(white.T), np.eye(3), atol=1e-3)
    torch.testing.assert_close(whitening.colour(white).float(), codes)


@pytest.mark.parametrize("name", ["gmm", "kde", "flow"])
def test_what_is_kept_gives_the_same_draws_and_is_not_fitted_again(tmp_path, name, monkeypatch):
    run = run_with(tmp_path, two_moons())
    first = fitted(run, name)
    for kind in KINDS:
        monkeypatch.setattr(kind, "fit", None)

    again = fitted(run, name)

    assert torch.equal(draws(first), draws(again))
    assert torch.equal(first.log_prob(two_moons()), again.log_prob(two_moons()))


def test_other_codes_or_components_are_fitted_anew(tmp_path):
    path = tmp_path / "samplers" / "gmm.safetensors"
    first = fitted(run_with(tmp_path, two_moons()), "gmm")
    kept = path.read_bytes()

    moved = fitted(run_with(tmp_path, two_moons() + 50), "gmm")
    assert draws(moved).mean() > draws(first).mean() + 40 and path.read_bytes() != kept
    assert len(fitted(run_with(tmp_path, two_moons()), "gmm", 3).weights) == 3
    fitted(run_with(tmp_path, two_moons()), "gmm")
    assert path.read_bytes() == kept


def test_a_damaged_file_is_fitted_anew_with_a_line(tmp_path):
    run, said = run_with(tmp_path, two_moons()), []
    fitted(run, "kde")
    path = tmp_path / "samplers" / "kde.safetensors"
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])

    fitted(run, "kde", say=said.append)

    assert len(said) == 1 and "damaged" in said[0] and path.read_bytes() == whole


@pytest.mark.parametrize(
    ("name", "components", "words"),
    [
        ("gnm", None, "No sampler named 'gnm'.*Did you mean 'gmm'"),
        ("kde", 3, "--components is of the sampler 'gmm'"),
        ("gmm", 0, "at least 1"),
        ("gmm", 400, "needs at least 800 codes .received 600.*--components 300"),
    ],
)
def test_what_cannot_be_fitted_is_said_in_a_line(tmp_path, name, components, words):
    with pytest.raises(UsageError, match=words) as error:
        fitted(run_with(tmp_path, two_moons()), name, components)

    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["gmm", "kde", "flow"])
def test_constant_and_very_few_codes_are_refused(tmp_path, name):
    constant = two_moons()
    constant[:, 1] = 7.0

    with pytest.raises(DataError, match="do not vary in 1 of 3 dimensions, first in 1"):
        fitted(run_with(tmp_path, constant), name)
    with pytest.raises(UsageError, match="at least"):
        fitted(run_with(tmp_path, two_moons(5)), name)
