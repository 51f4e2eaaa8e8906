# The subject of a conformance check: a modality with a few of its items, and the networks it makes.
"""The subject of a conformance check: a modality with a few of its items, and the networks it makes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from aekit.data import Dataset, prepare_alone
from aekit.modality import Decoder, Encoder, Modality
from aekit.options import Options

LATENT_DIM = 3
BATCH = 5


class BrokenRuleError(Exception):
    """A rule that a check found broken; the message says what was received and what was expected."""


class Subject:
    """What the checks look at; made once, handed out fresh.

    Attributes:
        kind: the modality's class.
        options, source: what it is checked with.
        train, test: both splits.
        modality: made from the training split's spec.
    """

    def __init__(self, kind: type[Modality], options: Options, source: str) -> None:
        self.kind, self.options, self.source = kind, options, source
        self.train, self.test = self.load("train"), self.load("test")
        self.modality = kind(options, self.train.spec)

    def load(self, split: Any) -> Dataset:
        """One split of the source."""
        return self.kind.load(self.options, self.source, split)

    def items(self) -> Tensor:
        """The first few stored items, a fresh copy: (B, ...)."""
        return self.train.items[torch.arange(min(BATCH, len(self.train)))].clone()

    def prepared(self) -> Tensor:
        """The same items prepared, a fresh copy: (B, ...)."""
        return self._prepared.clone()

    @functools.cached_property
    def _prepared(self) -> Tensor:
        return prepare_alone(self.modality, self.items())

    def codes(self, count: int | None = None) -> Tensor:
        """Codes, the same ones each time: (B, LATENT_DIM)."""
        made = torch.randn(BATCH, LATENT_DIM, generator=torch.Generator().manual_seed(1))
        return made[: len(self.items()) if count is None else count]

    def encoder(self) -> Encoder:
        """The encoder, in evaluation mode; its weights are the same each time."""
        torch.manual_seed(2)
        return self.modality.encoder().eval()

    def decoder(self, latent_dim: int = LATENT_DIM) -> Decoder:
        """The decoder, in evaluation mode; its weights are the same each time."""
        torch.manual_seed(3)
        return self.modality.decoder(latent_dim).eval()

    @torch.no_grad()
    def generate(self, z: Tensor, temperature: float = 0.0, top_p: float = 1.0) -> Tensor:
        """Items from codes (B, D), as the core asks for them: without gradients."""
        return self.decoder(z.shape[1]).generate(z, temperature, top_p)


Check = Callable[[Subject], None]


def expect(holds: bool, otherwise: str) -> None:
    """Raise `BrokenRuleError` with the sentence `otherwise` unless `holds`."""
    if not holds:
        raise BrokenRuleError(otherwise)


def same(first: Tensor, second: Tensor) -> bool:
    """Whether two tensors agree in shape, type and every element, NaN included."""
    if first.shape != second.shape or first.dtype != second.dtype:
        return False
    return torch.equal(first.nan_to_num(), second.nan_to_num()) and torch.equal(first.isnan(), second.isnan())


def near(first: Tensor, second: Tensor) -> bool:
    """Whether two tensors agree to four figures: sums in another order differ a little."""
    if first.shape != second.shape:
        return False
    return torch.allclose(first.double(), second.double(), rtol=1e-4, atol=1e-4)


def seeded(seed: int, draw: Callable[[], Tensor]) -> Tensor:
    """What `draw` gives with torch's default random stream seeded."""
    torch.manual_seed(seed)
    return draw()


def looks(x: Tensor) -> str:
    """Shape and type of a tensor, for messages."""
    return f"{tuple(x.shape)} {str(x.dtype).removeprefix('torch.')}"
