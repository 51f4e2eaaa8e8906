# The networks of the image plugin: a residual perceptron, and the encoder and decoder around any network.
"""The networks of the image plugin: a residual perceptron, and the encoder and decoder around any network."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aekit import Decoder, Encoder
from aekit_image.pixels import PixelLikelihood

Shape = tuple[int, int, int]


class FineLinear(nn.Linear):
    """A linear layer whose inputs and outputs stay in fp32 under autocast.

    Between 2 and 4 numbers in bf16 lie 1/64 apart, and a posterior of two dimensions is little wider than that.
    """

    def forward(self, input: Tensor) -> Tensor:
        with torch.autocast(input.device.type, enabled=False):
            return super().forward(input.float())


class PlainBlock(nn.Module):
    """x + W2 gelu(W1 x) on (B, width), without normalisation; the sum is in fp32 where x is.

    With normalisation, digits end more than a nat lower after as many steps, and each step takes longer.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = nn.Linear(width, width)
        self.outer = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.outer(F.gelu(self.inner(x)))  # type: ignore[no-any-return]


class PerceptronEncoder(Encoder):
    """Prepared pictures (B, C, H, W), less their mean, through a residual perceptron to (B, width)."""

    mean: Tensor

    def __init__(self, shape: Shape, width: int, depth: int, mean: Tensor) -> None:
        super().__init__()
        self.width = width
        self.register_buffer("mean", mean, persistent=False)
        self.enter = nn.Linear(math.prod(shape), width)
        self.blocks = nn.Sequential(*(PlainBlock(width) for _ in range(depth)))

    def forward(self, x: Tensor) -> Tensor:
        return self.blocks(self.enter((x - self.mean).flatten(1)).float())  # type: ignore[no-any-return]


class PerceptronOutputs(nn.Module):
    """Codes (B, D) to raw outputs (B, channels, H, W) through a residual perceptron."""

    def __init__(self, shape: Shape, latent_dim: int, width: int, depth: int) -> None:
        super().__init__()
        self.shape = shape
        self.enter = FineLinear(latent_dim, width)
        self.blocks = nn.Sequential(*(PlainBlock(width) for _ in range(depth)))
        self.leave = nn.Linear(width, math.prod(shape))

    def forward(self, z: Tensor) -> Tensor:
        return self.leave(self.blocks(self.enter(z))).unflatten(1, self.shape)  # type: ignore[no-any-return]

    @torch.no_grad()
    def begin_with(self, bias: Tensor) -> None:
        """Make `bias` (channels, H, W) the outputs' bias."""
        self.leave.bias.copy_(bias.flatten())


class PictureDecoder(Decoder):
    """A network from codes to raw outputs, read by a pixel likelihood."""

    def __init__(self, outputs: nn.Module, likelihood: PixelLikelihood) -> None:
        super().__init__()
        self.outputs = outputs
        self.likelihood = likelihood
        self.is_proper = likelihood.is_proper

    def log_prob(self, z: Tensor, x: Tensor) -> Tensor:
        return self.likelihood.log_prob(self.outputs(z), x)

    def generate(self, z: Tensor, temperature: float = 0.0, top_p: float = 1.0) -> Tensor:
        return self.likelihood.generate(self.outputs(z), temperature, top_p)

    def mean(self, z: Tensor) -> Tensor:
        return self.likelihood.mean(self.outputs(z))
