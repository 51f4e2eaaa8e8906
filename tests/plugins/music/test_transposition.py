# Transposition: all voices but drums move together, and no pitch leaves the range.
"""Transposition: all voices but drums move together, and no pitch leaves the range."""

from __future__ import annotations

import torch
from aekit_music.encodings import ENCODINGS
from aekit_music.networks import Form
from aekit_music.transposition import transposed


def form(encoding, steps):
    kind = ENCODINGS[encoding]
    return Form(
        steps, steps, kind.classes, kind.planes, len(kind.classes) == 1, getattr(torch, kind.dtype.__name__)
    )


def test_a_melodys_notes_move_and_rests_and_holds_stay():
    torch.manual_seed(0)
    x = torch.tensor([[40, 1, 0, 45]] * 300, dtype=torch.uint8)

    moved = transposed(x, form("melody", 4), 3)

    assert moved.dtype == torch.uint8
    assert (moved[:, 1:3] == x[:, 1:3]).all()
    assert set((moved[:, 0].int() - 40).tolist()) == set(range(-3, 4))
    assert (moved[:, 3].int() - moved[:, 0].int() == 5).all()


def test_no_pitch_leaves_the_range():
    torch.manual_seed(0)
    x = torch.tensor([[2, 89, 1, 0], [3, 1, 1, 1], [88, 1, 1, 1], [0, 1, 0, 1]] * 50, dtype=torch.uint8)

    moved = transposed(x, form("melody", 4), 12)

    assert torch.equal(moved[::4], x[::4])
    assert moved[1::4, 0].min() == 2
    assert moved[2::4, 0].max() == 89
    assert torch.equal(moved[3::4], x[3::4])


def test_a_trios_drums_stay_and_its_lines_move_together():
    torch.manual_seed(0)
    x = torch.tensor([[[40, 20, 300], [1, 0, 5]]] * 100, dtype=torch.int16)

    moved = transposed(x, form("trio", 2), 5)

    assert torch.equal(moved[..., 2], x[..., 2])
    assert (moved[:, 0, 0] - moved[:, 0, 1] == 20).all()
    assert len(moved[:, 0, 0].unique()) == 11


def test_planes_move_as_notes_do():
    torch.manual_seed(0)
    x = torch.zeros(100, 2, 176, dtype=torch.uint8)
    x[:, 0, 40] = x[:, 0, 44] = 1
    x[:, 1, 88 + 40] = 1

    moved = transposed(x, form("pianoroll", 2), 4)

    assert (moved.flatten(1).sum(1) == 3).all()
    onset = moved[:, 0, :88].float().argmax(1)
    assert torch.equal(moved[:, 1, 88:].float().argmax(1), onset)
    assert set((onset - 40).tolist()) == set(range(-4, 5))
