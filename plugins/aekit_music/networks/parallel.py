# The parallel network: all steps at once, through layers that mix steps and channels by turns.
"""The parallel network: all steps at once, through layers that mix steps and channels by turns.

The mixer of Tolstikhin et al. 2021, on steps instead of patches and without normalisation: with it, fewer steps of
music came back right after the same number of training steps. B windows, T steps.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aekit import Decoder, Encoder
from aekit_music.networks.steps import FEATURES, Form, Reading, StepInput, Summary, step_output

FIRST_SHARE = 0.3


class MixerBlock(nn.Module):
    """(B, T, width) to the same: each channel mixed over steps, then each step over channels."""

    def __init__(self, steps: int, width: int) -> None:
        super().__init__()
        self.step_inner, self.step_outer = nn.Linear(steps, 2 * steps), nn.Linear(2 * steps, steps)
        self.inner, self.outer = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        with torch.no_grad():  # a block begins near the identity
            self.step_outer.weight.mul_(FIRST_SHARE)
            self.outer.weight.mul_(FIRST_SHARE)

    def forward(self, h: Tensor) -> Tensor:
        mixed = self.step_outer(F.gelu(self.step_inner(h.transpose(1, 2))))
        h = h + mixed.transpose(1, 2)
        return h + self.outer(F.gelu(self.inner(h)))  # type: ignore[no-any-return]


class ParallelEncoder(Encoder):
    """Rows to (B, FEATURES)."""

    def __init__(self, form: Form, width: int, depth: int) -> None:
        super().__init__()
        self.width = FEATURES
        self.enter = StepInput(form, width)
        self.place = nn.Parameter(0.02 * torch.randn(form.steps, width))
        self.blocks = nn.Sequential(*(MixerBlock(form.steps, width) for _ in range(depth)))
        self.norm = nn.LayerNorm(width)
        self.summary = Summary(form.steps, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.summary(self.norm(self.blocks(self.enter(x) + self.place)))  # type: ignore[no-any-return]


class ParallelDecoder(Decoder):
    """Codes to independent rows: p(x|z) is a product over steps."""

    def __init__(self, form: Form, latent_dim: int, width: int, depth: int) -> None:
        super().__init__()
        self.form = form
        self.reading = Reading(form.steps, latent_dim)
        self.enter = nn.Linear(self.reading.width, width)
        self.place = nn.Parameter(0.02 * torch.randn(form.steps, width))
        self.blocks = nn.Sequential(*(MixerBlock(form.steps, width) for _ in range(depth)))
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
