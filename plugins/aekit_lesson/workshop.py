# The workshop: what chapters work with. Data, trained models, their figures and a judge, each made once and kept.
"""The workshop: what chapters work with. Data, trained models, their figures and a judge, each made once and kept."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

import aekit
from aekit import plugins
from aekit.data import Dataset
from aekit.errors import DataError
from aekit.evaluation import Labelled, evaluate, neighbour_accuracy
from aekit.files import write_json
from aekit.runs import Run
from aekit_lesson import places
from aekit_lesson.judging import Judge, judge
from aekit_lesson.recipes import COLOUR, DIGITS, RECIPES, Budget, Recipe

ASKED = "asked.json"  # what each run in the folder was asked for
COMMON: Mapping[str, Any] = {"snapshots": 4}
SHOWN = 10
QUERIES = 2500  # test codes whose neighbours are looked for: a standard error below .01


@dataclass(frozen=True)
class Terms:
    """What a lesson is made under.

    Attributes:
        budget: quick or full.
        digits: the source of the digits.
        data_dir, pictures: where a person's copies of clothes, colour pictures and own pictures lie.
        factor: all seconds and steps are multiplied by it; tests make it small.
    """

    budget: Budget = "quick"
    digits: str = "mnist"
    data_dir: Path | None = None
    pictures: Path | None = None
    factor: float = 1.0


class Workshop:
    """Everything that chapters share.

    Attributes:
        folder: the lesson's own.
        terms: what it is made under.
        tell: takes a line for the person.
        threads: that torch computes with.
    """

    def __init__(self, folder: Path, terms: Terms, tell: Callable[[str], None]) -> None:
        self.folder, self.terms, self.tell = folder, terms, tell
        self.threads = torch.get_num_threads()  # before UMAP, which changes it
        self.evaluated: dict[str, dict[str, float | int]] = {}
        self.models: dict[str, aekit.Autoencoder] = {}

    # ---- data -----------------------------------------------------------------------------------------

    @functools.cached_property
    def train(self) -> Dataset:
        """The training digits."""
        return self.split("train")

    @functools.cached_property
    def test(self) -> Dataset:
        """The test digits."""
        return self.split("test")

    def split(self, split: Any) -> Dataset:
        """One split of the digits."""
        modality = plugins.modality("image")
        return modality.load(modality.Options(), self.terms.digits, split)

    def digits(self, count: int = SHOWN) -> tuple[Tensor, Tensor]:
        """The first test digits, as stored, with their classes."""
        return labelled(self.test, count)

    def labelled(self, split: str) -> tuple[Tensor, Tensor]:
        """All digits of a split, as stored, with their classes."""
        return labelled(self.train if split == "train" else self.test)

    @functools.cached_property
    def shown(self) -> Tensor:
        """Ten test digits, one of each class where there are: (10, 1, 28, 28)."""
        items, labels = self.digits(len(self.test))
        firsts = [int((labels == label).nonzero()[0]) for label in labels.unique()]
        others = [row for row in range(len(labels)) if row not in firsts]
        return items[torch.tensor([*firsts, *others][:SHOWN])]

    @functools.cached_property
    def clothes(self) -> places.Found | None:
        """Where clothes lie on this machine."""
        return places.clothes(self.terms.data_dir)

    @functools.cached_property
    def colour(self) -> places.Found | None:
        """Where colour pictures lie on this machine."""
        return places.colour(self.terms.data_dir, self.terms.pictures, self.folder / "data")

    def steps(self, quick: int, full: int) -> int:
        """How many steps a small classifier learns."""
        return max(5, round((quick if self.terms.budget == "quick" else full) * min(1.0, self.terms.factor)))

    # ---- trainings ------------------------------------------------------------------------------------

    def seconds(self, name: str) -> float:
        """How long a training takes."""
        return RECIPES[name].seconds(self.terms.budget) * self.terms.factor

    def source(self, recipe: Recipe) -> places.Found:
        """What a recipe trains on.

        Raises:
            DataError: it is not on this machine.
        """
        if recipe.source == COLOUR:
            if self.colour is None:
                raise DataError(
                    "There are no colour pictures at hand; name some with --pictures or --data-dir."
                )
            return self.colour
        return places.Found(self.terms.digits if recipe.source == DIGITS else recipe.source, "")

    def digest(self, name: str) -> str:
        """A number that changes with anything that is asked of a training."""
        recipe = RECIPES[name]
        if recipe.source == COLOUR and self.colour is None:
            return ""
        found = self.source(recipe)
        return recipe.digest(self.seconds(name), found.source, found.options)

    def path(self, name: str) -> Path:
        """The folder of a training."""
        return self.folder / "runs" / name

    def is_trained(self, name: str) -> bool:
        """Whether the training that is asked for now is finished."""
        return self.asked().get(name) == self.digest(name) and is_finished(self.path(name))

    def asked(self) -> dict[str, str]:
        """The digest of what each run in the folder was asked for."""
        path = self.folder / "runs" / ASKED
        return dict(json.loads(path.read_bytes())) if path.is_file() else {}

    def run(self, name: str) -> Run:
        """The finished training of that name: kept from before, gone on with, or trained now.

        Raises:
            AekitError, KeyboardInterrupt: as `aekit.train`.
        """
        path, asked, digest = self.path(name), self.asked(), self.digest(name)
        if path.exists() and asked.get(name) != digest:
            set_aside(path)
        if asked.get(name) != digest:
            write_json(self.folder / "runs" / ASKED, {**asked, name: digest})
        if is_finished(path):
            return Run(path)
        if (path / "run.json").exists():
            self.tell(f"  going on with the training '{name}'")
            return aekit.resume(path, quiet=True)
        recipe, length = RECIPES[name], self.seconds(name)
        found = self.source(recipe)
        self.tell(f"  training '{name}' for {length:.3g} s")
        return aekit.train(
            recipe.plugin,
            source=found.source,
            objective=recipe.objective,
            out=path,
            quiet=True,
            max_time=length,
            **{**COMMON, **recipe.options, **found.options},
        )

    def model(self, name: str) -> aekit.Autoencoder:
        """A training's result, ready to use."""
        if name not in self.models:
            self.models[name] = aekit.load(self.run(name))
        return self.models[name]

    def figures(self, name: str) -> dict[str, float | int]:
        """What `aekit evaluate` measures on the whole test split, without the NLL and the probes."""
        if name not in self.evaluated:
            model = self.model(name)
            self.evaluated[name] = evaluate(model, None, model.dataset("test"), nll_samples=0)
            write_json(model.run.path / "evaluation.json", self.evaluated[name])
        return self.evaluated[name]

    # ---- measuring ------------------------------------------------------------------------------------

    @functools.cached_property
    def judge(self) -> Judge:
        """A classifier of the digits."""
        assert self.train.labels is not None
        steps = self.steps(1500, 3000)
        items = self.train.items[torch.arange(len(self.train))]
        return judge(
            self.folder / "judge.safetensors", items, self.train.labels, steps, self.train.fingerprint()
        )

    def codes(self, name: str, split: str, most: int | None = None) -> Labelled:
        """The codes of the digits' first items, with their classes."""
        items, labels = labelled(self.train if split == "train" else self.test, most)
        return Labelled(self.model(name).encode(items), labels)

    def draws(self, name: str, split: str) -> Tensor:
        """A draw from each digit's posterior, which is its code where the encoder gives points: (N, D).

        Its noise is neither the other split's nor that of the prior's draws in `telling_apart`, whose seed is 0.
        """
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed({"train": 1, "test": 2}[split])
            return self.model(name).posterior(self.labelled(split)[0]).sample()

    def neighbours(self, name: str) -> float:
        """The accuracy of the five nearest training codes' vote on test digits."""
        return told_by_neighbours(self.codes(name, "train"), self.codes(name, "test"))


def labelled(dataset: Dataset, most: int | None = None) -> tuple[Tensor, Tensor]:
    """The first items of a labelled data set, and their classes.

    Raises:
        DataError: it has no labels.
    """
    if dataset.labels is None:
        raise DataError("The lesson needs digits with their classes; this source has none.")
    rows = torch.arange(len(dataset) if most is None else min(most, len(dataset)))
    return dataset.items[rows], dataset.labels[rows]


def told_by_neighbours(train: Labelled, test: Labelled) -> float:
    """The accuracy of the five nearest training codes' vote on `QUERIES` of the test codes, spread over all."""
    rows = torch.linspace(0, len(test.codes) - 1, min(QUERIES, len(test.codes))).long()
    return neighbour_accuracy(train, Labelled(test.codes[rows], test.labels[rows]))


def is_finished(path: Path) -> bool:
    """Whether the run at `path` came to its end, its codes included."""
    codes = path / "latents" / "final.safetensors"
    return (path / "run.json").exists() and codes.exists() and Run(path).status() == "finished"


def set_aside(path: Path) -> None:
    """Rename a run that was asked for otherwise; nothing is deleted."""
    number = 1
    while (aside := path.with_name(f"{path.name}-before-{number}")).exists():
        number += 1
    path.rename(aside)
