# Transposition: windows of rows moved up or down by semitones.
"""Transposition: windows of rows moved up or down by semitones."""

from __future__ import annotations

import torch
from torch import Tensor

from aekit_music.encodings.line import CLASSES, FIRST
from aekit_music.networks.steps import Form


def transposed(x: Tensor, form: Form, most: int) -> Tensor:
    """Stored windows (B, T, ...), each moved by the same number of semitones in all its voices but drums.

    The number is drawn from -most ... most, and cut so that no pitch leaves the encoding's range.
    """
    wanted = torch.randint(-most, most + 1, (len(x),), device=x.device)
    if form.planes:
        return moved_planes(x, wanted)
    table = (x.unsqueeze(-1) if x.ndim == 2 else x).long()
    lines = torch.tensor([classes == CLASSES for classes in form.classes], device=x.device)
    pitched = lines & (table >= FIRST)
    lowest = torch.where(pitched, table, CLASSES).flatten(1).amin(1)
    highest = torch.where(pitched, table, FIRST - 1).flatten(1).amax(1)
    move = torch.minimum(torch.maximum(wanted, FIRST - lowest), CLASSES - 1 - highest).view(-1, 1, 1)
    moved = torch.where(pitched, table + move, table).to(x.dtype)
    return moved.view(x.shape)


def moved_planes(x: Tensor, wanted: Tensor) -> Tensor:
    """Planes of bits (B, T, 2 * pitches) moved by up to `wanted` (B,) pitches."""
    pitches = x.shape[2] // 2
    planes = x.unflatten(2, (2, pitches))
    used = planes.amax((1, 2)) > 0  # (B, pitches)
    place = torch.arange(pitches, device=x.device)
    lowest = torch.where(used, place, pitches).amin(1)
    highest = torch.where(used, place, -1).amax(1)
    move = torch.minimum(torch.maximum(wanted, -lowest), pitches - 1 - highest)
    origin = (place - move.unsqueeze(1)) % pitches
    return planes.gather(3, origin.view(len(x), 1, 1, pitches).expand_as(planes)).flatten(2)  # type: ignore[no-any-return]
