# The hybrid decoder: a perceptron that ends in two convolutions; with a perceptron's encoder the digits' default.
"""The hybrid decoder: a perceptron that ends in two convolutions; with a perceptron's encoder the digits' default.

The perceptron decides where strokes go, the convolutions draw them. In the same time it ends more than half a nat above
a perceptron alone in 16 dimensions. With shallower perceptrons, convolutions in the encoder too gained no more there
and lost two nats in 2 dimensions.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aekit_image.networks import FineLinear, PlainBlock, Shape

FINE, COARSE = 16, 32  # channels of the grid of half the picture's side, and of a quarter


class HybridOutputs(nn.Module):
    """Codes (B, D) to raw outputs (B, channels, H, W); a side that does not divide by four is cut from a longer one."""

    def __init__(self, shape: Shape, latent_dim: int, width: int, depth: int) -> None:
        super().__init__()
        self.shape = shape
        self.grid = [math.ceil(side / 4) for side in shape[1:]]
        self.enter = FineLinear(latent_dim, width)
        self.blocks = nn.Sequential(*(PlainBlock(width) for _ in range(depth - 1)))
        self.coarse = nn.Linear(width, math.prod(self.grid) * COARSE)
        self.fine = nn.Conv2d(COARSE, 4 * FINE, 3, padding=1)
        self.leave = nn.Conv2d(FINE, 4 * shape[0], 3, padding=1)
        self.bias = nn.Parameter(torch.zeros(shape))

    def forward(self, z: Tensor) -> Tensor:
        x = F.gelu(self.coarse(self.blocks(self.enter(z))))
        x = x.view(-1, *self.grid, COARSE).permute(0, 3, 1, 2)
        x = F.gelu(F.pixel_shuffle(self.fine(x), 2)).contiguous(memory_format=torch.channels_last)
        x = F.pixel_shuffle(self.leave(x), 2)
        _, height, width = self.shape
        return x[:, :, :height, :width].float() + self.bias

    @torch.no_grad()
    def begin_with(self, bias: Tensor) -> None:
        """Make `bias` (channels, H, W) the outputs' bias."""
        self.bias.copy_(bias)
