# The exponential moving average of the weights: what is validated and kept.
"""The exponential moving average of the weights: what is validated and kept."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

EVERY = 4


class Averages:
    """A copy of a module whose weights follow the module's.

    The decay grows as min(decay, (1 + n) / (10 + n)) with the number n of updates, so that short runs do
    not drag their first weights along. Buffers and whole numbers are copied. Each update stands for `EVERY`
    steps at once, which costs a quarter and averages the same.
    """

    def __init__(self, module: nn.Module, decay: float) -> None:
        self.decay = decay
        self.module = copy.deepcopy(module).requires_grad_(False).eval()
        pairs = list(zip(self.module.parameters(), module.parameters(), strict=True))
        self.averaged: list[Tensor] = [average for average, weight in pairs if weight.is_floating_point()]
        self.followed: list[Tensor] = [weight for _, weight in pairs if weight.is_floating_point()]
        self.buffers = list(zip(self.module.buffers(), module.buffers(), strict=True))

    @torch.no_grad()
    def update(self, count: int) -> None:
        """Follow the module after step number `count`, counted from 0: every fourth step, for all four."""
        if (count + 1) % EVERY:
            return
        decay = min(self.decay, (1 + count) / (10 + count)) ** EVERY
        torch._foreach_lerp_(self.averaged, self.followed, 1 - decay)
        for kept, followed in self.buffers:
            kept.copy_(followed)
