# Degradations: windows with notes that are missing, wrong or early and late, and windows in a coarser rhythm.
"""Degradations: windows with notes that are missing, wrong or early and late, and windows in a coarser rhythm.

A window is taken apart into voices, each a table of cells (B, T, N): T steps of N lines, drums or pitches. A cell rests
(0), holds the note before it (1) or begins a note (2 and above). So one rule serves all encodings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from aekit import Degradation, UsageError
from aekit_music.encodings.drums import DRUM_CLASSES, SETS
from aekit_music.encodings.line import CLASSES, FIRST, HOLD, REST
from aekit_music.networks.steps import Form

TIED, STRUCK = FIRST, FIRST + 1  # of a drum or a pitch: began before the window, or is struck in it
WRONG = (-2, -1, 1, 2)  # semitones to a pitch near by

DEGRADATIONS = {
    "dropped": Degradation("noise", "share of the notes that vanish", 0.3, 0.0, 1.0),
    "shifted": Degradation(
        "noise", "share of the notes that sound up to two semitones off, or on another drum", 0.3, 0.0, 1.0
    ),
    "jittered": Degradation(
        "noise", "share of the notes that begin a step early or late, where there is room", 0.5, 0.0, 1.0
    ),
    "rhythm": Degradation(
        "resolution", "how many steps of the window become one; must divide its steps", 4.0, 2.0, 4.0
    ),
}


class Part(NamedTuple):
    """One voice of windows.

    Attributes:
        cells: (B, T, N) int64; holds follow what they hold.
        onset: the least cell that is struck within the window.
        sustained: whether notes are held at all; drums are not.
        moves: by how many columns a note can go astray; for a line, whose one column has its pitch, ().
        around: whether the columns go round, the first behind the last.
    """

    cells: Tensor
    onset: int
    sustained: bool
    moves: tuple[int, ...] = ()
    around: bool = False


def degraded(x: Tensor, form: Form, name: str, amount: float) -> Tensor:
    """Stored windows (B, T, ...) made worse; noise comes from torch's default stream.

    Args:
        x: windows of any encoding, on any device.
        form: what a window looks like.
        name: one of DEGRADATIONS.
        amount: a share in [0, 1], or how many steps become one.

    Raises:
        UsageError: a rhythm whose factor does not divide the window's steps.
    """
    return stored([part._replace(cells=CHANGES[name](part, amount)) for part in parts(x, form)], form)


def dropped(part: Part, share: float) -> Tensor:
    """Each note vanishes with probability `share`, and with it what holds it."""
    gone = chosen(part.cells >= FIRST, share)
    return part.cells.masked_fill(gone.gather(1, begun(part.cells)), REST)


def shifted(part: Part, share: float) -> Tensor:
    """Each note goes to another pitch, or to another drum, with probability `share`; two that meet become one."""
    wrong = torch.tensor(part.moves or WRONG, device=part.cells.device)
    move = wrong[torch.randint(len(wrong), part.cells.shape, device=part.cells.device)]
    move = move * chosen(part.cells >= FIRST, share)
    if not part.moves:
        return part.cells + kept_within(move, part.cells, FIRST, CLASSES)
    if not part.around:
        columns = part.cells.shape[2]
        move = kept_within(move, torch.arange(columns, device=move.device), 0, columns)
    move = move.gather(1, begun(part.cells))
    moved = part.cells.masked_fill(move != 0, REST)
    for by in part.moves:
        moved = torch.maximum(moved, part.cells.masked_fill(move != by, REST).roll(by, 2))
    return moved


def kept_within(move: Tensor, place: Tensor, least: int, end: int) -> Tensor:
    """Moves from `place`, turned round where they would lead out of [least, end)."""
    return torch.where((place + move < least) | (place + move >= end), -move, move)


def jittered(part: Part, share: float) -> Tensor:
    """Each onset moves a step with probability `share`, early or late alike, unless that step is another note's.

    A note keeps its end, or is moved whole where it has one step. The note before it gives way, or holds on.
    """
    cells, none = part.cells, torch.zeros_like(part.cells[:, :1], dtype=torch.bool)
    free = cells < FIRST
    picked = chosen(cells >= part.onset, share)
    early = torch.rand(cells.shape, device=cells.device) < 0.5
    late = picked & ~early & torch.cat([free[:, 1:], none], 1)
    early = picked & early & torch.cat([none, free[:, :-1]], 1)
    late &= ~torch.cat([early[:, 2:], none, none], 1)[:, : cells.shape[1]]  # two that would meet: one waits
    sounds = torch.cat([none, cells[:, :-1] != REST], 1)
    held = HOLD if part.sustained else REST
    moved = torch.where(early, held, torch.where(late & sounds, held, cells.masked_fill(late, REST)))
    moved[:, :-1] = torch.where(early[:, 1:], cells[:, 1:], moved[:, :-1])
    moved[:, 1:] = torch.where(late[:, :-1], cells[:, :-1], moved[:, 1:])
    return moved


def coarse(part: Part, factor: float) -> Tensor:
    """Each `factor` steps show for all their time the first of them that has an onset, or else the first.

    A note that sounds on in a step that is shown, but was not shown before, is struck there.

    Raises:
        UsageError: the factor is no whole number, or does not divide the window's steps.
    """
    cells, steps, size = part.cells, part.cells.shape[1], int(factor)
    if size != factor or steps % size:
        raise UsageError(
            f"The factor of a coarser rhythm must be a whole number that divides the {steps} steps of a window "
            f"(received {factor:g}); {factors(steps)}."
        )
    within = torch.arange(size, device=cells.device)
    onsets = (cells >= part.onset).any(2).unflatten(1, (-1, size))  # (B, T / size, size)
    first = torch.where(onsets, within, size).amin(2) % size
    places = (first + torch.arange(0, steps, size, device=cells.device))[:, :, None]
    begin = begun(cells).gather(1, places.expand(-1, -1, cells.shape[2]))
    shown = cells.gather(1, begin)
    shown[:, 1:] = torch.where(begin[:, 1:] == begin[:, :-1], HOLD, shown[:, 1:])
    behind = (shown != REST) * HOLD if part.sustained else torch.zeros_like(shown)
    return torch.stack([shown] + [behind] * (size - 1), 2).flatten(1, 2)


def factors(steps: int) -> str:
    """Which factors suit windows of so many steps, in words."""
    least, most = int(DEGRADATIONS["rhythm"].least), int(DEGRADATIONS["rhythm"].most)
    suiting = [str(factor) for factor in range(least, most + 1) if steps % factor == 0]
    return f"take {' or '.join(suiting)}" if suiting else "none does, take windows of other --steps-per-beat"


def chosen(notes: Tensor, share: float) -> Tensor:
    """Each of `notes`, a mask, with probability `share`."""
    return notes & (torch.rand(notes.shape, device=notes.device) < share)


def begun(cells: Tensor) -> Tensor:
    """For each cell (B, T, N) the step at which its note begins; of a rest its own step."""
    steps = torch.arange(cells.shape[1], device=cells.device)[:, None]
    return torch.where(cells == HOLD, 0, steps).cummax(1).values


def parts(x: Tensor, form: Form) -> list[Part]:
    """The voices of stored windows (B, T, ...)."""
    if form.planes:
        return [pitches(x)]
    columns = (x.unsqueeze(-1) if form.flat else x).long().split(1, 2)
    return [
        kit(column) if classes == SETS else line(column)
        for column, classes in zip(columns, form.classes, strict=True)
    ]


def line(column: Tensor) -> Part:
    """A line (B, T, 1); a hold with nothing to hold is a rest."""
    column = torch.cat([column[:, :1].masked_fill(column[:, :1] == HOLD, REST), column[:, 1:]], 1)
    return Part(column.masked_fill(column.gather(1, begun(column)) == REST, REST), FIRST, sustained=True)


def kit(column: Tensor) -> Part:
    """Sets of drums (B, T, 1) as a column each."""
    struck = (column >> torch.arange(len(DRUM_CLASSES), device=column.device)) & 1
    return Part(
        struck * STRUCK, STRUCK, sustained=False, moves=tuple(range(1, len(DRUM_CLASSES))), around=True
    )


def pitches(x: Tensor) -> Part:
    """Planes of bits (B, T, 2 * N) as a column each; what sounds on without an onset begins a note, as decoded."""
    onset, sustain = x.bool().unflatten(2, (2, -1)).unbind(2)
    sounds = onset | sustain
    begins = onset | (sounds & ~torch.cat([torch.zeros_like(sounds[:, :1]), sounds[:, :-1]], 1))
    cells = torch.where(begins, STRUCK, sustain * HOLD)
    cells[:, 0] = torch.where(onset[:, 0], STRUCK, sustain[:, 0] * TIED)
    return Part(cells, STRUCK, sustained=True, moves=WRONG)


def stored(voices: list[Part], form: Form) -> Tensor:
    """Windows (B, T, ...) from their voices, in the order of `parts`."""
    if form.planes:
        cells = voices[0].cells
        return torch.cat([cells == STRUCK, (cells == HOLD) | (cells == TIED)], 2).to(form.dtype)
    columns = [part.cells if part.sustained else sets(part.cells) for part in voices]
    rows = torch.cat(columns, 2).to(form.dtype)
    return rows.squeeze(2) if form.flat else rows


def sets(cells: Tensor) -> Tensor:
    """Drums (B, T, N) as sets of bits (B, T, 1)."""
    bits = 1 << torch.arange(cells.shape[2], device=cells.device)
    return ((cells == STRUCK) * bits).sum(2, keepdim=True)


CHANGES: dict[str, Callable[[Part, float], Tensor]] = {
    "dropped": dropped,
    "shifted": shifted,
    "jittered": jittered,
    "rhythm": coarse,
}
