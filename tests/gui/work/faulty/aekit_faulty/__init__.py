# A plugin that goes wrong in every way, where a code asks for it: the code's first number chooses the fault.
"""A plugin that goes wrong in every way, where a code asks for it: the code's first number chooses the fault."""

from __future__ import annotations

import math
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from torch import Tensor, nn

from aekit import DataError, Dataset, Decoder, Encoder, Modality, Note, Notes, Picture, ReadResult, View

print("a plugin prints where a reply would be")

FAULTS = (
    "none", "raises", "hangs", "nan", "shape", "huge", "prints", "exits", "killed", "sys_exit", "own_view",
    "own_picture", "no_view", "note_nan", "slow",
)  # fmt: skip


class OwnError(Exception):
    """An exception that only the plugin knows."""


@dataclass(frozen=True)
class OwnPicture(Picture):
    """A picture of the plugin's own kind."""


class OwnView(View):
    """A view of no kind that the core knows."""

    def picture(self) -> Any:
        return np.full((5, 6, 3), 77, np.uint8)


class PointEncoder(Encoder):
    def __init__(self) -> None:
        super().__init__()
        self.width = 2
        self.layer = nn.Linear(2, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x)


class PointDecoder(Decoder):
    def __init__(self) -> None:
        super().__init__()
        self.shift = nn.Parameter(torch.zeros(2))

    def log_prob(self, z: Tensor, x: Tensor) -> Tensor:
        return -0.5 * (x - z - self.shift).square().sum(1) - math.log(2 * math.pi)

    def generate(self, z: Tensor, temperature: float = 0.0, top_p: float = 1.0) -> Tensor:
        return z.clone()


class FaultyModality(Modality):
    """Stored items are (2,) float32."""

    training_defaults: ClassVar[dict[str, Any]] = {"latent_dim": 2, "batch_size": 32}
    default_source = "points"

    @classmethod
    def load(cls, options: Any, source: str, split: Literal["train", "test"]) -> Dataset:
        if os.environ.get("FAULTY_DATA_GONE"):
            raise DataError("The points are gone. Bring them back.")
        random = np.random.default_rng(0 if split == "train" else 1)
        return Dataset(torch.from_numpy(random.normal(0, 0.1, (200, 2)).astype(np.float32)))

    def encoder(self) -> Encoder:
        return PointEncoder()

    def decoder(self, latent_dim: int) -> Decoder:
        return PointDecoder()

    def view(self, x: Tensor) -> View:
        fault = FAULTS[round(float(x[0]) / 10)] if float(x[0]) > 5 else "none"
        return getattr(self, fault)(x)

    def attributes(self, x: Tensor) -> dict[str, Tensor]:
        return {"first": x[:, 0], "missing": torch.full((len(x),), torch.nan)}

    def read(self, path: Path) -> ReadResult:
        count = int(path.read_text())
        return ReadResult(torch.zeros(count, 2), tuple(f"point {n}" for n in range(count)), ("read",))

    # ---- faults -----------------------------------------------------------------------------------------

    def none(self, x: Tensor) -> View:
        grey = round(min(max(100 + 100 * float(x[1]), 0), 255))
        return Picture(np.full((4, 4), grey, np.uint8))

    def raises(self, x: Tensor) -> View:
        raise OwnError("the point\nis wrong")

    def hangs(self, x: Tensor) -> View:
        time.sleep(3600)
        return self.none(x)

    def nan(self, x: Tensor) -> View:
        return Picture(np.full((4, 4), np.nan))  # type: ignore[arg-type]

    def shape(self, x: Tensor) -> View:
        return Picture(np.zeros((3, 4, 4), np.uint8))

    def huge(self, x: Tensor) -> View:
        return Picture(np.zeros((10_000, 10_000), np.uint8))

    def prints(self, x: Tensor) -> View:
        print("printed " * 1000)
        os.write(1, b"\xff" * 100_000)
        sys.stdout.flush()
        return self.none(x)

    def exits(self, x: Tensor) -> View:
        os._exit(3)

    def killed(self, x: Tensor) -> View:
        os.kill(os.getpid(), signal.SIGKILL)
        return self.none(x)

    def sys_exit(self, x: Tensor) -> View:
        sys.exit("no more")

    def own_view(self, x: Tensor) -> View:
        return OwnView()

    def own_picture(self, x: Tensor) -> View:
        return OwnPicture(np.full((4, 4), 9, np.uint8))

    def no_view(self, x: Tensor) -> View:
        return "a point"  # type: ignore[return-value]

    def note_nan(self, x: Tensor) -> View:
        return Notes((Note(60, float("nan"), 1.0),), 1.0)

    def slow(self, x: Tensor) -> View:
        time.sleep(0.3)
        return self.none(x)
