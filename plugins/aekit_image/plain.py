# The plain network of the image plugin: linear layers with a nonlinearity between, as in textbooks.
"""The plain network of the image plugin: linear layers with a nonlinearity between, as in textbooks.

With hidden widths 128 and 64 a picture of 784 pixels goes 784-128-64-D-64-128-784, where the core's head makes the
D dimensions; with no hidden widths 784-D-784.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from aekit import Encoder
from aekit_image.networks import Shape


def hidden_layers(widths: Sequence[int]) -> nn.Sequential:
    """Linear layers between neighbouring widths, each followed by the nonlinearity."""
    layers: list[nn.Module] = []
    for inner, outer in pairwise(widths):
        layers.extend([linear(inner, outer), nn.ReLU()])
    return nn.Sequential(*layers)


def linear(inner: int, outer: int) -> nn.Linear:
    """A linear layer that keeps the spread of what comes out of a ReLU (He et al. 2015, equation 10)."""
    layer = nn.Linear(inner, outer)
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    nn.init.zeros_(layer.bias)
    return layer


class PlainEncoder(Encoder):
    """Prepared pictures (B, C, H, W), less their mean, through the hidden layers to (B, width of the last)."""

    mean: Tensor

    def __init__(self, shape: Shape, hidden: Sequence[int], mean: Tensor) -> None:
        super().__init__()
        widths = (math.prod(shape), *hidden)
        self.width = widths[-1]
        self.register_buffer("mean", mean, persistent=False)
        self.layers = hidden_layers(widths)

    def forward(self, x: Tensor) -> Tensor:
        return self.layers((x - self.mean).flatten(1))  # type: ignore[no-any-return]


class PlainOutputs(nn.Module):
    """Codes (B, D) through the hidden layers in reverse to raw outputs (B, channels, H, W)."""

    def __init__(self, shape: Shape, latent_dim: int, hidden: Sequence[int]) -> None:
        super().__init__()
        self.shape = shape
        widths = (latent_dim, *reversed(hidden))
        self.layers = hidden_layers(widths)
        self.leave = nn.Linear(widths[-1], math.prod(shape))

    def forward(self, z: Tensor) -> Tensor:
        return self.leave(self.layers(z)).unflatten(1, self.shape)  # type: ignore[no-any-return]

    @torch.no_grad()
    def begin_with(self, bias: Tensor) -> None:
        """Make `bias` (channels, H, W) the outputs' bias."""
        self.leave.bias.copy_(bias.flatten())
