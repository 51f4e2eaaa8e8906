# The flat recurrent networks of MusicVAE: a bidirectional encoder, a decoder that writes step after step.
"""The flat recurrent networks of MusicVAE: a bidirectional encoder, a decoder that writes step after step.

Roberts et al. 2018, section 3.1, but for two things, without which minutes on a laptop are not enough: the encoder sums
up its states of all steps instead of its last ones, and each step of the decoder reads the code in its own way. Both
pass by the recurrent layers as well as through them.
B windows, T steps.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from aekit import Encoder
from aekit_music.networks.autoregressive import AutoregressiveDecoder, Before
from aekit_music.networks.steps import Form, Reading, StepInput, Summary

EMBEDDING = 64


class LSTMEncoder(Encoder):
    """Rows to (B, self.width), by two directions that are each half as wide."""

    def __init__(self, form: Form, width: int, depth: int) -> None:
        super().__init__()
        self.enter = StepInput(form, 2 * EMBEDDING)
        self.lstm = nn.LSTM(2 * EMBEDDING, width // 2, depth, batch_first=True, bidirectional=True)
        self.summary = Summary(form.steps, 2 * (width // 2) + 2 * EMBEDDING, form.parts)
        self.width, self.parts = self.summary.width, self.summary.parts

    def forward(self, x: Tensor) -> Tensor:
        seen = self.enter(x)
        h = self.lstm(seen)[0]
        return self.summary(torch.cat([h, seen], 2))  # type: ignore[no-any-return]


class LSTMDecoder(AutoregressiveDecoder):
    """Codes to rows, one after another."""

    def __init__(
        self,
        form: Form,
        code: int,
        width: int,
        depth: int,
        forcing_decay: float,
        drop: float,
        condition_dim: int = 0,
    ) -> None:
        reading = Reading(form.steps, code, form.parts, condition_dim)
        super().__init__(form, width + reading.width, forcing_decay)
        self.before = Before(form, EMBEDDING, drop)
        self.reading = reading
        self.start = nn.Linear(code, 2 * depth * width)
        self.lstm = nn.LSTM(EMBEDDING + self.reading.width, width, depth, batch_first=True)

    def begin(self, z: Tensor) -> Any:
        return self.reading(z), first_states(self.start(z), self.lstm)

    def features(self, known: Any, x: Tensor) -> Tensor:
        reading, state = known
        seen = torch.cat([self.before(x), reading], 2)
        return torch.cat([self.lstm(seen, state)[0], reading], 2)

    def advance(self, row: Tensor | None, at: int, known: Any) -> tuple[Tensor, Any]:
        reading, state = known
        now = reading[:, at : at + 1]
        h, state = self.lstm(torch.cat([self.before.one(row, len(now)), now], 2), state)
        return torch.cat([h, now], 2), (reading, state)


def first_states(h: Tensor, lstm: nn.LSTM) -> tuple[Tensor, Tensor]:
    """(B, 2 depth width) to the two first states of an LSTM, each (depth, B, width)."""
    states = h.tanh().unflatten(1, (2 * lstm.num_layers, lstm.hidden_size)).transpose(0, 1).contiguous()
    hidden, cell = states.chunk(2)
    return hidden, cell
