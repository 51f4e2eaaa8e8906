# Corners of words and rows: personal runs work on any modality, and refuse items that mean something else there.
"""Corners of words and rows: personal runs work on any modality, and refuse items that mean something else there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import aekit
from aekit import DataError, Run
from aekit.cli import run as aekit_command
from aekit.training.personal import personalize

SMALL: dict[str, dict[str, Any]] = {
    "words": {"longest": 6, "width": 16, "latent_dim": 4, "epochs": 1},
    "rows": {"width": 32, "latent_dim": 6, "epochs": 20},
}
HEADER = "km,climb_m,minutes,degrees,weather,bicycle"


@pytest.fixture(scope="module")
def base(outside: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """A short run of each plugin."""
    folder = tmp_path_factory.mktemp("base")
    return {
        plugin: aekit.train(plugin, out=folder / plugin, quiet=True, device="cpu", **options)
        for plugin, options in SMALL.items()
    }


def trips(path: Path, bicycles: tuple[str, ...]) -> str:
    """Long rides, mostly in the snow, as a source."""
    random = np.random.default_rng(0)
    weathers = ["snow"] * 60 + ["dry", "rain"] * 6
    numbers = random.normal([40, 300, 150, -3], [1, 1, 5, 1], (len(weathers), 4))
    lines = [
        ",".join([*map("{:.2f}".format, cells), weather, bicycles[number % len(bicycles)]])
        for number, (cells, weather) in enumerate(zip(numbers, weathers, strict=True))
    ]
    path.write_text("\n".join([HEADER, *lines]))
    return f"csv:{path}"


def test_samples_are_nearer_to_the_chosen_rows_than_the_bases(base: dict[str, Run], tmp_path: Path) -> None:
    source = trips(tmp_path / "snow.csv", ("cargo", "city", "racer"))

    mine = personalize(base["rows"], source, out=tmp_path / "run", quiet=True, latent_dim=2, epochs=150)

    def missed(run: Run) -> float:
        kilometres = aekit.load(run).sample(200)[:, 0]
        return float(np.abs(kilometres - 40).mean())

    assert missed(mine) < 0.6 * missed(base["rows"])
    assert mine.record.spec == base["rows"].record.spec


def test_rows_whose_classes_count_otherwise_are_refused(base: dict[str, Run], tmp_path: Path) -> None:
    source = trips(tmp_path / "odd.csv", ("city", "racer"))  # racer is 1 here, and 2 in the base

    with pytest.raises(DataError, match="stored as something else"):
        personalize(base["rows"], source, out=tmp_path / "run", quiet=True)
    assert not (tmp_path / "run").exists()


def test_words_of_another_alphabet_are_refused(base: dict[str, Run], tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_text("\n".join(["zebra", "zoo", "pizza", "zero", "zone", "lazy", "crazy", "zip", "ozone"]))

    with pytest.raises(DataError, match=r"own\.txt'.*stored as something else"):
        personalize(base["words"], f"file:{path}", out=tmp_path / "run", quiet=True)


def test_a_corner_of_words_is_a_run_like_any_other(base: dict[str, Run], tmp_path: Path) -> None:
    path, known = tmp_path / "own.txt", aekit.load(base["words"]).dataset("train")
    path.write_text("\n".join(known.names[:1500]))

    mine = personalize(base["words"], f"file:{path}", out=tmp_path / "run", quiet=True, epochs=1)

    model = aekit.load(mine)
    first = model.dataset("train")
    assert model.view(first.items[torch.tensor([0])][0]).rows == ((first.name(0),),)
    for words in (
        ("evaluate", mine.path, "--nll-samples", "2", "--limit", "20"),
        ("sample", mine.path, "--count", "3", "--out", tmp_path / "samples.npz"),
        ("interpolate", mine.path, "0", "1", "--out", tmp_path / "walk.npz"),
        ("attributes", mine.path, "--items", "20"),
        ("train", "--resume", mine.path, "--epochs", "1", "--quiet", "--no-figures"),
    ):
        assert aekit_command([str(word) for word in words]) == 0, words


@pytest.mark.parametrize("plugin", list(SMALL))
def test_attributes_of_any_modality_are_steered(
    base: dict[str, Run], capsys: pytest.CaptureFixture[str], plugin: str
) -> None:
    path = base[plugin].path
    capsys.readouterr()

    status = aekit_command(["attributes", str(path), "--items", "50", "--json"])
    said = capsys.readouterr().out

    attributes = aekit.load(path).modality.attributes
    assert attributes.__func__ is not aekit.Modality.attributes
    assert status == 0
    found = json.loads(said, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert all(len(one["means"]) == 5 for one in found["attributes"].values())
