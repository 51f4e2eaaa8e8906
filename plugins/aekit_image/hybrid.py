# The hybrid networks: two strided convolutions on each side of a residual perceptron; the digits' default.
"""The hybrid networks: two strided convolutions on each side of a residual perceptron; the digits' default.

The convolutions find and draw strokes, the perceptron decides where they go. A picture whose sides do not divide by
four is padded by repeating its edge, and cut after decoding.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aekit import Encoder
from aekit_image.networks import PlainBlock, Shape

FINE, COARSE = 16, 32  # channels of the grid of half the side, and of a quarter


class HybridEncoder(Encoder):
    """Prepared pictures (B, C, H, W), less their mean, to (B, width)."""

    mean: Tensor

    def __init__(self, shape: Shape, width: int, depth: int, mean: Tensor) -> None:
        super().__init__()
        self.width = width
        self.register_buffer("mean", mean, persistent=False)
        self.fine = nn.Conv2d(shape[0], FINE, 4, 2, 1)
        self.coarse = nn.Conv2d(FINE, COARSE, 4, 2, 1)
        self.enter = nn.Linear(COARSE * math.prod(coarse_grid(shape)), width)
        self.blocks = nn.Sequential(*(PlainBlock(width) for _ in range(depth)))

    def forward(self, x: Tensor) -> Tensor:
        top, left = padding(x.shape[2]), padding(x.shape[3])
        x = x - self.mean
        if top or left:
            x = F.pad(x, (left // 2, left - left // 2, top // 2, top - top // 2), mode="replicate")
        x = F.gelu(self.fine(x.contiguous(memory_format=torch.channels_last)))
        x = F.gelu(self.coarse(x)).permute(0, 2, 3, 1).flatten(1)
        return self.blocks(self.enter(x))  # type: ignore[no-any-return]


class HybridOutputs(nn.Module):
    """Codes (B, D) to raw outputs (B, channels, H, W)."""

    def __init__(self, shape: Shape, latent_dim: int, width: int, depth: int) -> None:
        super().__init__()
        self.shape = shape
        self.grid = coarse_grid(shape)
        self.enter = nn.Linear(latent_dim, width)
        self.blocks = nn.Sequential(*(PlainBlock(width) for _ in range(depth)))
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
        top, left = padding(height) // 2, padding(width) // 2
        return x[:, :, top : top + height, left : left + width].float() + self.bias

    @torch.no_grad()
    def begin_with(self, bias: Tensor) -> None:
        """Make `bias` (channels, H, W) the outputs' bias."""
        self.bias.copy_(bias)


def coarse_grid(shape: Shape) -> tuple[int, int]:
    """Rows and columns of the coarse grid."""
    return math.ceil(shape[1] / 4), math.ceil(shape[2] / 4)


def padding(side: int) -> int:
    """Pixels that a side lacks to divide by four."""
    return -side % 4
