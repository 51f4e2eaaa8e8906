# A classifier of real digits that judges made ones; trained once and kept.
"""A classifier of real digits that judges made ones; trained once and kept."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from aekit.files import read_arrays, write_arrays

SIZE = 128


class Judge:
    """Digits as stored (B, 1, 28, 28) to their classes (B,).

    Attributes:
        accuracy: on the 10,000 test digits.
    """

    def __init__(self, network: nn.Module, accuracy: float) -> None:
        self.network, self.accuracy = network.eval(), accuracy

    @classmethod
    def made(cls, path: Path, seconds: float) -> Judge:
        """The classifier kept at `path`; trained for so long where there is none that was trained as long."""
        if path.exists():
            arrays, facts = read_arrays(path)
            if facts["seconds"] >= seconds:
                network = convolutional()
                network.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
                return cls(network, facts["accuracy"])
        judge = learnt(seconds)
        arrays = {name: value.numpy() for name, value in judge.network.state_dict().items()}
        write_arrays(path, arrays, {"seconds": seconds, "accuracy": judge.accuracy})
        return judge

    @torch.no_grad()
    def __call__(self, items: Any) -> np.ndarray[Any, Any]:
        pieces = torch.as_tensor(items).split(1000)
        return torch.cat([self.network(scaled(piece)).argmax(1) for piece in pieces]).numpy()


def scaled(items: Tensor) -> Tensor:
    """Bytes to [0, 1]."""
    return items.float() / 255


def convolutional() -> nn.Sequential:
    """Two convolutions and two layers: .99 of the test digits in two minutes."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 5, stride=2, padding=2),
        nn.ReLU(),
        nn.Conv2d(32, 64, 5, stride=2, padding=2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(64 * 49, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    )


def learnt(seconds: float) -> Judge:
    """A classifier trained for so long on the training digits."""
    from aekit import plugins

    kind = plugins.modality("image")
    train, test = (kind.load(kind.Options(), "mnist", split) for split in ("train", "test"))
    assert train.labels is not None and test.labels is not None
    torch.manual_seed(0)
    network = convolutional()
    optimizer = torch.optim.AdamW(network.parameters(), 1e-3)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        rows = torch.randint(len(train), (SIZE,))
        loss = nn.functional.cross_entropy(network(scaled(train.items[rows])), train.labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    judge = Judge(network, 0.0)
    judge.accuracy = float((judge(test.items[torch.arange(len(test))]) == test.labels.numpy()).mean())
    return judge
