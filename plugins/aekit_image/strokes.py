# Attributes of handwritten digits: how thick, slanted, wide, inked and dark the strokes are.
"""Attributes of handwritten digits: how thick, slanted, wide, inked and dark the strokes are."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

INKED = 0.5
LEAST = 1e-6


def digit_attributes(x: Tensor) -> dict[str, Tensor]:
    """Named numbers of stored digits (B, C, H, W), bright ink on dark paper: each (B,), fp32.

    thickness: of the strokes, in pixels.
    slant: from upright to the right, in radians (negative leans to the left).
    width: of the inked part, in pixels.
    ink: the inked fraction of the picture.
    brightness: mean level of the inked pixels, 0 to 1.

    A picture without ink has 0 everywhere.
    """
    level = x.float().mean(1) / 255  # (B, H, W)
    inked = level >= INKED
    count = inked.sum((1, 2))
    return {
        "thickness": thickness(level),
        "slant": slant(level),
        "width": extent(inked.any(1)),
        "ink": count / inked[0].numel(),
        "brightness": (level * inked).sum((1, 2)) / count.clamp(min=1),
    }


def thickness(level: Tensor) -> Tensor:
    """Stroke thickness t in pixels of levels (B, H, W): (B,).

    A stroke of length l has area A = l t and outline P = 2 (l + t), which gives t. The outline is the total
    variation, so that soft edges count as sharp ones do.
    """
    area = level.sum((1, 2))
    half = outline(level) / 2
    return (half - (half.square() - 4 * area).clamp(min=0).sqrt()) / 2


def outline(level: Tensor) -> Tensor:
    """Length in pixels of the outline of levels (B, H, W): (B,), their total variation."""
    padded = F.pad(level, (1, 1, 1, 1))
    across = padded[:, :, 1:] - padded[:, :, :-1]
    down = padded[:, 1:] - padded[:, :-1]
    across, down = (across[:, 1:] + across[:, :-1]) / 2, (down[:, :, 1:] + down[:, :, :-1]) / 2
    return (across.square() + down.square()).sqrt().sum((1, 2))


def slant(level: Tensor) -> Tensor:
    """Slant in radians of levels (B, H, W): (B,), from the ink's second moments."""
    weight = level / level.sum((1, 2), keepdim=True).clamp(min=LEAST)
    y = torch.arange(level.shape[1], device=level.device).float().view(1, -1, 1)
    x = torch.arange(level.shape[2], device=level.device).float().view(1, 1, -1)
    y = y - (weight * y).sum((1, 2), keepdim=True)
    x = x - (weight * x).sum((1, 2), keepdim=True)
    together, upright = (weight * x * y).sum((1, 2)), (weight * y.square()).sum((1, 2))
    return torch.atan(-together / upright.clamp(min=LEAST))


def extent(columns: Tensor) -> Tensor:
    """Distance in pixels from the first to the last of the columns (B, W) with ink, both counted: (B,)."""
    places = torch.arange(columns.shape[1], device=columns.device).expand_as(columns)
    first = torch.where(columns, places, columns.shape[1]).amin(1)
    last = torch.where(columns, places, -1).amax(1)
    return (last - first + 1).clamp(min=0).float()


def picture_attributes(x: Tensor) -> dict[str, Tensor]:
    """Named numbers of any stored pictures (B, C, H, W), each (B,), fp32.

    brightness: mean level, 0 to 1.
    contrast: standard deviation of the grey level, 0 to 0.5.
    colourfulness: mean distance of the channels from grey, 0 for grey pictures.
    """
    level = x.float() / 255
    grey = level.mean(1, keepdim=True)
    return {
        "brightness": grey.mean((1, 2, 3)),
        "contrast": grey.flatten(1).std(1, correction=0),
        "colourfulness": (level - grey).abs().mean((1, 2, 3)),
    }
