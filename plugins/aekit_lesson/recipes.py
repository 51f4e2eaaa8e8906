# The trainings of the lesson: what each is, and for how long; chapters share them by name.
"""The trainings of the lesson: what each is, and for how long; chapters share them by name.

Every one is an ordinary run of `aekit train`, and `Recipe.command` is the line that makes it again.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Budget = Literal["quick", "full"]

DIGITS, COLOUR = "digits", "colour"  # sources that are looked up where the lesson runs
SQUARED = math.sqrt(0.5)  # the scale at which a Gaussian's nats are the squared error, but for a constant
GREY: Mapping[str, Any] = {"likelihood": "crossentropy"}
BINARY: Mapping[str, Any] = {"likelihood": "bernoulli"}
SQUARED_ERROR: Mapping[str, Any] = {"likelihood": "gaussian", "scale": SQUARED}
CONVOLUTIONS: Mapping[str, Any] = {"network": "conv", "width": 16}
HAZE: Mapping[str, Any] = {"noise": "haze"}
# One hidden layer of 512 and small batches: on a slow processor the digits' default makes half an epoch in the time
WIDE: Mapping[str, Any] = {
    "network": "plain",
    "layers": "512",
    "batch_size": 64,
    "learning_rate": 2e-3,
    "weight_decay": 0.0,
}
# A small network for melodies, which learns on slow processors too
MELODIES: Mapping[str, Any] = {
    "latent_dim": 128,
    "width": 64,
    "depth": 1,
    "batch_size": 64,
    "learning_rate": 2e-3,
}
BRISK: Mapping[str, Any] = {"learning_rate": 5e-3, "weight_decay": 0.0}  # as suits small perceptrons


@dataclass(frozen=True)
class Recipe:
    """One training.

    Attributes:
        name: of the run's folder.
        plugin, objective: names of entry points.
        quick, full: seconds of training.
        options: of the trainer, the plugin and the objective.
        source: what to train on; DIGITS and COLOUR are looked up.
    """

    name: str
    objective: str
    quick: float
    full: float
    options: Mapping[str, Any] = field(default_factory=dict)
    plugin: str = "image"
    source: str = DIGITS

    def seconds(self, budget: Budget) -> float:
        """How long it trains."""
        return self.quick if budget == "quick" else self.full

    def command(self, budget: Budget, source: str) -> str:
        """The line that trains it again, anywhere."""
        options = {**self.options, "max_time": f"{self.seconds(budget):g}s"}
        flags = [f"--{name.replace('_', '-')} {quoted(value)}" for name, value in options.items()]
        return " ".join(
            [f"aekit train --plugin {self.plugin} --source {source} --objective {self.objective}", *flags]
        )

    def digest(self, seconds: float, source: str, more: Mapping[str, Any]) -> str:
        """A number, in hex, that changes with anything that is asked of the training."""
        asked = [self.plugin, self.objective, source, seconds, {**self.options, **more}]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]


def quoted(value: Any) -> str:
    """An option's value on a command line."""
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if text and " " not in text else f'"{text}"'


def perceptron(latent_dim: int, layers: str = "") -> dict[str, Any]:
    """A plain perceptron of the lesson: 784 - layers - latent_dim - layers reversed - 784, on grey levels."""
    return {"network": "plain", "layers": layers, "latent_dim": latent_dim, **GREY, **BRISK}


DEEP = "128,64"

ALL = (
    Recipe(
        "simple",
        "autoencoder",
        12,
        120,
        {**perceptron(32), "learning_rate": 1e-2, "weight_decay": 0.02, "validation": 0.02},
    ),
    Recipe("deep", "autoencoder", 15, 100, perceptron(32, DEEP)),
    Recipe("sparse", "sparse", 12, 60, {**perceptron(32), "penalty": "l1", "penalty_weight": 0.5}),
    Recipe("sparse-kl", "sparse", 12, 40, {**perceptron(32), "penalty": "kl", "penalty_weight": 2.0}),
    Recipe("plane", "autoencoder", 15, 40, perceptron(2, DEEP)),
    Recipe("plain-32", "autoencoder", 25, 100, {**WIDE, **BINARY, "latent_dim": 32}),
    Recipe("vae-32", "vae", 25, 100, {**WIDE, **BINARY, "latent_dim": 32}),
    Recipe("vae-plane", "vae", 30, 200, {**WIDE, **SQUARED_ERROR, "layers": "512,256,128", "latent_dim": 2}),
    Recipe("denoising", "denoising", 20, 60, {**WIDE, **GREY, **HAZE, "latent_dim": 64, "noise_amount": 0.5}),
    Recipe(
        "denoising-lighter",
        "denoising",
        12,
        60,
        {**WIDE, **GREY, **HAZE, "latent_dim": 64, "noise_amount": 0.3},
    ),
    Recipe("superresolution", "superresolution", 15, 60, {**WIDE, **GREY, "latent_dim": 196, "factor": 2}),
    Recipe("superresolution-4x", "superresolution", 12, 60, {**WIDE, **GREY, "latent_dim": 49, "factor": 4}),
    Recipe("colour", "superresolution", 20, 100, {**WIDE, "latent_dim": 256, "factor": 2}, source=COLOUR),
    Recipe("loss-squared", "vae", 12, 50, {**WIDE, **SQUARED_ERROR, "latent_dim": 32}),
    Recipe("loss-crossentropy", "vae", 12, 50, {**WIDE, **GREY, "latent_dim": 32}),
    Recipe("loss-logistic", "vae", 12, 50, {**WIDE, "likelihood": "logistic", "latent_dim": 32}),
    Recipe("convolutional", "autoencoder", 25, 120, {**GREY, **CONVOLUTIONS, "latent_dim": 128}),
    Recipe("convolutional-vae", "vae", 25, 100, {**BINARY, **CONVOLUTIONS, "latent_dim": 16}),
    Recipe("aae", "adversarial", 25, 120, {**WIDE, **GREY, "posterior": "gaussian", "latent_dim": 150}),
    Recipe("conditional", "conditional", 20, 80, {**WIDE, **BINARY, "latent_dim": 4}),
    Recipe("music", "vae", 60, 200, MELODIES, plugin="music", source="folk"),
)

RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in ALL}


def seconds_of(names: Iterable[str], budget: Budget) -> float:
    """How long trainings take together, each counted once."""
    return sum(RECIPES[name].seconds(budget) for name in dict.fromkeys(names))
