# `aekit sample --sampler`: fitted once, the same draws for a seed, errors in one line.
"""`aekit sample --sampler`: fitted once, the same draws for a seed, errors in one line."""

import shutil

import numpy as np
import pytest
from PIL import Image

import aekit.samplers.flow as flows
from aekit.autoencoder import load


@pytest.fixture(autouse=True)
def few_steps(monkeypatch):
    monkeypatch.setattr(flows, "STEPS", 60)


@pytest.mark.parametrize("name", ["prior", "gmm", "kde", "flow"])
def test_a_seed_gives_the_same_codes_before_and_after_the_sampler_is_kept(aekit, copied, tmp_path, name):
    made = [tmp_path / f"{number}.npz" for number in range(3)]

    for path, seed in zip(made, (4, 4, 5), strict=True):
        done = aekit("sample", copied, "--sampler", name, "--seed", seed, "--count", 6, "--out", path)
        assert done.status == 0, done.errors

    first, same, other = (np.load(path) for path in made)
    assert np.array_equal(first["codes"], same["codes"]) and np.array_equal(first["items"], same["items"])
    assert not np.array_equal(first["codes"], other["codes"])
    assert (copied / "samplers" / f"{name}.safetensors").exists() == (name != "prior")


def test_the_sheet_shows_the_samplers_draws(aekit, copied, tmp_path):
    for name in ("prior", "gmm"):
        assert aekit("sample", copied, "--sampler", name, "--out", tmp_path / f"{name}.png").status == 0

    sheets = [np.asarray(Image.open(tmp_path / f"{name}.png")) for name in ("prior", "gmm")]

    assert not np.array_equal(*sheets)


def test_from_python_a_name_and_a_fitted_sampler_do_the_same(copied):
    model = load(copied)

    by_name = model.sample(4, sampler="gmm", seed=1)

    assert np.array_equal(by_name, model.sample(4, sampler=model.sampler("gmm"), seed=1))
    assert np.array_equal(model.sample_codes(4, sampler="prior", seed=1), model.sample_codes(4, seed=1))


def test_a_damaged_sampler_is_told_and_replaced(aekit, copied, tmp_path):
    asked = ["sample", copied, "--sampler", "kde", "--out", tmp_path / "x.npz"]
    aekit(*asked)
    (copied / "samplers" / "kde.safetensors").write_bytes(b"no sampler")

    done = aekit(*asked)

    assert done.status == 0 and "is damaged: the sampler is fitted anew" in done.errors
    assert "damaged" not in aekit(*asked).errors


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--sampler", "gnm"], 2, "No sampler named 'gnm'"),
        (["--components", "3"], 2, "--components is of the sampler 'gmm'"),
        (["--sampler", "gmm", "--components", "900"], 2, "needs at least 1800 codes"),
    ],
)
def test_errors_are_one_line(aekit, copied, arguments, status, words):
    done = aekit("sample", copied, *arguments)

    assert done.status == status and words in done.errors
    assert len(done.errors.strip().splitlines()) == 1


def test_a_run_without_codes_says_how_to_go_on(aekit, copied):
    shutil.rmtree(copied / "latents")

    done = aekit("sample", copied, "--sampler", "gmm")

    assert done.status == 1 and "holds no codes yet" in done.errors and "--resume" in done.errors
