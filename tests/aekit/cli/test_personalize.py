# `aekit personalize`, on real digits: a corner for one kind of digit, in a run like any other.
"""`aekit personalize`, on real digits: a corner for one kind of digit, in a run like any other."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from digits import train

import aekit as package
from aekit.files import read_arrays
from aekit.training.personal import personalize
from aekit.training.start import Stopped
from aekit.training.trainer import Trainer


@pytest.fixture(scope="module")
def base(trained, tmp_path_factory):
    return train(trained.source, tmp_path_factory.mktemp("base") / "run", epochs=40)


@pytest.fixture(scope="module")
def sevens(trained, tmp_path_factory):
    """A source with the sevens alone."""
    arrays = np.load(trained.source.removeprefix("npz:"))
    path = tmp_path_factory.mktemp("sevens") / "sevens.npz"
    np.savez(path, x=arrays["x"][arrays["y"] == 7], x_test=arrays["x_test"][arrays["y_test"] == 7])
    return f"npz:{path}"


@pytest.fixture(scope="module")
def mine(base, sevens, tmp_path_factory):
    return personalize(
        base, sevens, out=tmp_path_factory.mktemp("mine") / "run", quiet=True, latent_dim=2, epochs=200
    )


def test_samples_are_nearer_to_the_chosen_items_than_the_bases(base, mine):
    own = package.load(mine).dataset("train").items.numpy().reshape(-1, 784) / 255

    def distance(run):
        made = package.load(run).sample(100).reshape(-1, 784) / 255
        return np.median(((made[:, None] - own) ** 2).mean(2).min(1))

    assert distance(mine) < 0.8 * distance(base)


def test_the_bases_weights_are_inside_and_unchanged(base, mine):
    weights, inside = read_arrays(base.weights)[0], read_arrays(mine.weights)[0]
    for name, array in weights.items():
        np.testing.assert_array_equal(inside[f"base.{name}"], array)


def test_it_is_a_run_like_any_other(aekit, mine, tmp_path):
    path = shutil.copytree(mine.path, tmp_path / "run")
    for words in (
        ("evaluate", path, "--nll-samples", 5, "--json"),
        ("encode", path, "--out", tmp_path / "codes.npz"),
        ("decode", path, tmp_path / "codes.npz", "--out", tmp_path / "made.png"),
        ("reconstruct", path, "0", "--out", tmp_path / "again.png"),
        ("interpolate", path, "0", "1", "--out", tmp_path / "walk.png"),
        ("traverse", path, "--out", tmp_path / "traversal.png"),
        ("report", path, "--out", tmp_path / "page.html"),
        ("train", "--resume", path, "--epochs", 1, "--quiet"),
    ):
        done = aekit(*words)
        assert done.status == 0, (words, done.errors)


def test_resume_continues_bit_for_bit(base, sevens, mine, tmp_path, monkeypatch):
    real = Trainer.share_done

    def stopped(self, seconds, interrupted):
        return real(self, seconds, interrupted or self.position.step >= 30)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "share_done", stopped)
        with pytest.raises(Stopped):
            personalize(base, sevens, out=tmp_path / "cut", quiet=True, latent_dim=2, epochs=200)
    resumed = package.resume(tmp_path / "cut", quiet=True)

    assert resumed.weights.read_bytes() == mine.weights.read_bytes()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"latent_dim": 0}, "latent_dim"),
        ({"source": "folder:/nowhere"}, "no folder"),
        ({"run": "nowhere"}, "no run at"),
    ],
)
def test_wrong_uses_are_one_line(base, sevens, tmp_path, change, said):
    asked = {"run": base, "source": sevens, "out": tmp_path / "out", "quiet": True, **change}
    with pytest.raises(package.errors.AekitError, match=said):
        personalize(asked.pop("run"), asked.pop("source"), **asked)


def test_training_one_without_a_base_points_to_the_command(aekit, trained, tmp_path):
    done = aekit(
        "train",
        "--plugin",
        "image",
        "--source",
        trained.source,
        "--objective",
        "personal",
        "--out",
        tmp_path / "x",
    )

    assert done.status == 2
    assert "aekit personalize RUN FOLDER" in done.errors
