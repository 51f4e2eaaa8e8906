# The parallel network: all steps at once, through layers that mix steps and channels by turns.
"""The parallel network: all steps at once, through layers that mix steps and channels by turns.

The mixer of Tolstikhin et al. 2021, on steps instead of patches and without normalisation: with it, fewer steps of
music came back right after the same number of training steps. Windows of more than two bars are mixed within bars and
over bars by turns. B windows, T steps.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aekit import Decoder, Encoder
from aekit_music.networks.steps import Form, Reading, StepInput, Summary, step_output

FIRST_SHARE = 0.3


class MixerBlock(nn.Module):
    """(B, T, width) to the same: channels mixed over each part's steps, then over parts, then steps over channels."""

    def __init__(self, form: Form, width: int) -> None:
        super().__init__()
        parts, steps = form.parts, form.steps // form.parts
        self.parts = parts
        self.step_inner, self.step_outer = nn.Linear(steps, 2 * steps), nn.Linear(2 * steps, steps)
        self.inner, self.outer = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        last = [self.step_outer, self.outer]
        if parts > 1:
            self.part_inner, self.part_outer = nn.Linear(parts, 2 * parts), nn.Linear(2 * parts, parts)
            last.append(self.part_outer)
        with torch.no_grad():  # a block begins near the identity
            for layer in last:
                layer.weight.mul_(FIRST_SHARE)

    def forward(self, h: Tensor) -> Tensor:
        h = h.unflatten(1, (self.parts, -1))
        h = h + self.step_outer(F.gelu(self.step_inner(h.transpose(2, 3)))).transpose(2, 3)
        if self.parts > 1:
            h = h + self.part_outer(F.gelu(self.part_inner(h.transpose(1, 3)))).transpose(1, 3)
        h = h.flatten(1, 2)
        return h + self.outer(F.gelu(self.inner(h)))  # type: ignore[no-any-return]


class ParallelEncoder(Encoder):
    """Rows to (B, self.width)."""

    def __init__(self, form: Form, width: int, depth: int) -> None:
        super().__init__()
        self.enter = StepInput(form, width)
        self.place = nn.Parameter(0.02 * torch.randn(form.steps, width))
        self.blocks = nn.Sequential(*(MixerBlock(form, width) for _ in range(depth)))
        self.norm = nn.LayerNorm(width)
        self.summary = Summary(form.steps, width, form.parts)
        self.width, self.parts = self.summary.width, self.summary.parts

    def forward(self, x: Tensor) -> Tensor:
        return self.summary(self.norm(self.blocks(self.enter(x) + self.place)))  # type: ignore[no-any-return]


class ParallelDecoder(Decoder):
    """Codes to independent rows: p(x|z) is a product over steps."""

    def __init__(self, form: Form, code: int, width: int, depth: int, condition_dim: int = 0) -> None:
        super().__init__()
        self.form = form
        self.reading = Reading(form.steps, code, form.parts, condition_dim)
        self.enter = nn.Linear(self.reading.width, width)
        self.place = nn.Parameter(0.02 * torch.randn(form.steps, width))
        self.blocks = nn.Sequential(*(MixerBlock(form, width) for _ in range(depth)))
        self.norm = nn.LayerNorm(width)
        self.output = step_output(form, width)

    def features(self, z: Tensor) -> Tensor:
        """(B, D) to (B, T, width)."""
        return self.norm(self.blocks(self.enter(self.reading(z)) + self.place))  # type: ignore[no-any-return]

    def log_prob(self, z: Tensor, x: Tensor) -> Tensor:
        return self.output.log_prob(self.features(z), x).float().sum(1)

    @torch.no_grad()
    def generate(self, z: Tensor, temperature: float = 0.0, top_p: float = 1.0) -> Tensor:
        return self.output.sample(self.features(z), temperature, top_p).to(self.form.dtype)

    def likeliest(self, z: Tensor, x: Tensor) -> Tensor:
        """The likeliest row at each step, which here needs none of the rows before: stored rows."""
        return self.generate(z)
