# What is measured of music beside the core's figures: steps, windows, notes, pitches, paths.
"""What is measured of music beside the core's figures: steps, windows, notes, pitches, paths.

Rows are as stored: B windows of T steps, (B, T) or (B, T, V) categories, or (B, T, P) bits.
"""

from __future__ import annotations

import torch
from torch import Tensor

from aekit_music.encodings.drums import DRUM_CLASSES
from aekit_music.encodings.line import FIRST, HIGHEST, LOWEST
from aekit_music.networks.steps import Form

PITCHES = HIGHEST - LOWEST + 1
DRUMS = len(DRUM_CLASSES)


def equal_steps(first: Tensor, second: Tensor) -> Tensor:
    """Which steps are the same in every column or bit: (B, T), bool."""
    same = first == second
    return same if same.ndim == 2 else same.flatten(2).all(2)


def struck(rows: Tensor, form: Form) -> Tensor:
    """Which notes begin at each step: (B, T, K), bool; K pitches of each line, then drum classes."""
    if form.planes:
        return rows[..., : form.planes // 2].bool()
    columns = rows.unsqueeze(-1) if rows.ndim == 2 else rows
    parts = []
    for column, classes in enumerate(form.classes):
        values = columns[..., column : column + 1].long()
        if classes == 2**DRUMS:
            parts.append((values >> torch.arange(DRUMS, device=rows.device)) & 1 > 0)
        else:
            parts.append(values == torch.arange(FIRST, FIRST + PITCHES, device=rows.device))
    return torch.cat(parts, -1)


def note_f1(true: Tensor, made: Tensor, form: Form) -> Tensor:
    """F1 of the notes' beginnings, same step and pitch: (B,); 1 where both windows are silent."""
    first, second = struck(true, form), struck(made, form)
    right = (first & second).flatten(1).sum(1)
    total = first.flatten(1).sum(1) + second.flatten(1).sum(1)
    return torch.where(total > 0, 2 * right / total.clamp(min=1), 1.0)


def pitch_overlap(true: Tensor, made: Tensor, form: Form) -> Tensor:
    """The area that two windows' histograms of struck pitches share, 0 to 1: (B,); 1 where both are silent."""
    first, second = (struck(rows, form).sum(1).float() for rows in (true, made))
    counts = first.sum(1), second.sum(1)
    shared = torch.minimum(
        *(h / n.clamp(min=1).unsqueeze(1) for h, n in zip((first, second), counts, strict=True))
    )
    return torch.where((counts[0] == 0) & (counts[1] == 0), 1.0, shared.sum(1))


def smoothness(paths: Tensor) -> Tensor:
    """How evenly paths of windows lead from their first to their last, 0 to 1: (pairs,), NaN where both are the same.

    Args:
        paths: (pairs, points, T, ...) stored rows, decoded along paths through the latent space.

    The share of steps that differ from the first window, over that of the last window, should rise as for a mixture
    of both in the data (Roberts et al. 2018, figure 4), so by equal parts; this is 1 less the mean absolute
    difference from that line.
    """
    points = paths.shape[1]
    first = paths[:, :1].expand_as(paths)
    differ = 1 - equal_steps(first.flatten(0, 1), paths.flatten(0, 1)).float().mean(1).unflatten(
        0, (-1, points)
    )
    line = torch.linspace(0, 1, points, device=paths.device)
    return 1 - (differ / differ[:, -1:].where(differ[:, -1:] > 0, torch.nan) - line).abs()[:, 1:-1].mean(1)  # type: ignore[no-any-return]
