# The residual convolutional networks of the image plugin, for pictures of any size from 16 pixels.
"""The residual convolutional networks of the image plugin, for pictures of any size from 16 pixels.

Both work on a pyramid of grids: the finest has half the picture's side, each further one half of the one before,
the coarsest 4 to 7 cells. A picture whose sides do not divide is padded by repeating its edge, and cut after decoding.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aekit import Encoder
from aekit_image.networks import Shape

WIDEST = 8
GROUP = 16
FEATURES = 256


class Pyramid(NamedTuple):
    """The grids of a picture.

    Attributes:
        widths: channels of each grid, from the finest to the coarsest.
        rows, columns: cells of the coarsest grid.
        padded: height and width of the padded picture.
    """

    widths: tuple[int, ...]
    rows: int
    columns: int
    padded: tuple[int, int]


def pyramid(height: int, width: int, first: int) -> Pyramid:
    """The grids of a picture of `height` x `width` pixels, with `first` channels in the finest."""
    count = max(1, int(math.log2(max(min(height, width), 8) / 4)))
    rows, columns = (math.ceil(side / 2**count) for side in (height, width))
    widths = tuple(min(first * 2**level, first * WIDEST) for level in range(count))
    return Pyramid(widths, rows, columns, (rows * 2**count, columns * 2**count))


def normalisation(channels: int) -> nn.GroupNorm:
    """Group normalisation in groups of about GROUP channels."""
    groups = max(count for count in range(1, max(1, channels // GROUP) + 1) if channels % count == 0)
    return nn.GroupNorm(groups, channels)


class ConvBlock(nn.Module):
    """x + mix(silu(conv(silu(norm(x))))) on (B, channels, H, W): one convolution in space, one across channels."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = normalisation(channels)
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)
        self.mix = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.mix(F.silu(self.conv(F.silu(self.norm(x)))))  # type: ignore[no-any-return]


def blocks(channels: int, depth: int) -> list[nn.Module]:
    """`depth` residual blocks."""
    return [ConvBlock(channels) for _ in range(depth)]


class ConvEncoder(Encoder):
    """Prepared pictures (B, C, H, W), less their mean, down the pyramid to features (B, FEATURES)."""

    mean: Tensor

    def __init__(self, shape: Shape, width: int, depth: int, mean: Tensor) -> None:
        super().__init__()
        self.width = FEATURES
        self.register_buffer("mean", mean, persistent=False)
        self.grids = grids = pyramid(*shape[1:], width)
        layers: list[nn.Module] = [nn.Conv2d(shape[0], grids.widths[0], 4, 2, 1)]
        for level, channels in enumerate(grids.widths):
            if level:
                layers.append(nn.Conv2d(grids.widths[level - 1], channels, 2, 2))
            layers.extend(blocks(channels, depth))
        self.layers = nn.Sequential(*layers, normalisation(grids.widths[-1]), nn.SiLU(), nn.Flatten())
        self.leave = nn.Linear(grids.widths[-1] * grids.rows * grids.columns, FEATURES)

    def forward(self, x: Tensor) -> Tensor:
        down, right = (whole - side for whole, side in zip(self.grids.padded, x.shape[2:], strict=True))
        x = F.pad(
            x - self.mean, (right // 2, right - right // 2, down // 2, down - down // 2), mode="replicate"
        )
        return self.leave(self.layers(x.contiguous(memory_format=torch.channels_last)))  # type: ignore[no-any-return]


class ConvOutputs(nn.Module):
    """Codes (B, D) up the pyramid to raw outputs (B, channels, H, W)."""

    def __init__(self, shape: Shape, latent_dim: int, width: int, depth: int) -> None:
        super().__init__()
        self.shape = shape
        self.grids = grids = pyramid(*shape[1:], width)
        self.enter = nn.Linear(latent_dim, grids.widths[-1] * grids.rows * grids.columns)
        layers: list[nn.Module] = []
        for level in reversed(range(len(grids.widths))):
            layers.extend(blocks(grids.widths[level], depth))
            if level:
                layers.append(nn.Conv2d(grids.widths[level], 4 * grids.widths[level - 1], 1))
                layers.append(nn.PixelShuffle(2))
        self.layers = nn.Sequential(*layers, normalisation(grids.widths[0]), nn.SiLU())
        self.leave = nn.Conv2d(grids.widths[0], 4 * shape[0], 3, padding=1)

    def forward(self, z: Tensor) -> Tensor:
        x = self.enter(z).unflatten(1, (-1, self.grids.rows, self.grids.columns))
        x = self.layers(x.contiguous(memory_format=torch.channels_last))
        x = F.pixel_shuffle(self.leave(x), 2)
        _, height, width = self.shape
        top, left = (x.shape[2] - height) // 2, (x.shape[3] - width) // 2
        return x[:, :, top : top + height, left : left + width].contiguous()

    @torch.no_grad()
    def begin_with(self, bias: Tensor) -> None:
        """Make the mean over the pixels of `bias` (channels, H, W) the outputs' bias."""
        assert self.leave.bias is not None
        self.leave.bias.copy_(bias.mean((1, 2)).repeat_interleave(4))
