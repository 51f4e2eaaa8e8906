# The hierarchical networks of MusicVAE: a conductor over bars, and a decoder for each voice within a bar.
"""The hierarchical networks of MusicVAE: a conductor over bars, and a decoder for each voice within a bar.

Roberts et al. 2018, sections 3.2 and 3.3. The conductor turns the code into one embedding a bar, with which the bar
begins; a bar's rows see the rows before them in the same bar and no others: what lasts over bars must go through the
code. Each row also reads the code in its own way, as in `lstm.py`.
B windows, N bars, S steps a bar.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aekit import Encoder, UsageError
from aekit_music.networks.autoregressive import AutoregressiveDecoder, Before
from aekit_music.networks.lstm import EMBEDDING, first_states
from aekit_music.networks.steps import Form, Reading, StepInput, Summary


class HierarchicalEncoder(Encoder):
    """Rows to (B, self.width): a bidirectional LSTM within the bars, and one over the last states of each.

    The code is summed up of all rows, beside what is said over the bars: of one vector a bar alone far less was learnt
    in the same time (docs/benchmarks.md).
    """

    def __init__(self, form: Form, width: int, depth: int) -> None:
        super().__init__()
        check_bars(form)
        self.form = form
        self.enter = StepInput(form, 2 * EMBEDDING)
        self.within = nn.LSTM(2 * EMBEDDING, width // 2, depth, batch_first=True, bidirectional=True)
        both = width // 2 * 2
        self.over = nn.LSTM(both, width // 2, 1, batch_first=True, bidirectional=True)
        self.summary = Summary(form.steps, both + 2 * EMBEDDING, form.parts)
        self.width, self.parts = self.summary.width, self.summary.parts
        self.bars = nn.Linear(form.bars // self.parts * both, self.width // self.parts)

    def forward(self, x: Tensor) -> Tensor:
        steps = in_bars(self.enter(x), self.form)
        h, (last, _) = self.within(steps)
        over = self.over(torch.cat([*last[-2:]], 1).unflatten(0, (len(x), -1)))[0]
        rows = torch.cat([h, steps], 2).unflatten(0, (len(x), -1)).flatten(1, 2)
        return self.summary(rows, self.bars(over.unflatten(1, (self.parts, -1)).flatten(2)))  # type: ignore[no-any-return]


class HierarchicalDecoder(AutoregressiveDecoder):
    """Codes to bars' embeddings, and each to its rows, voice by voice with a recurrent network each."""

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
        voices = max(len(form.classes), 1)
        reading = Reading(form.steps, code, form.parts, condition_dim)
        super().__init__(form, voices * width + reading.width, forcing_decay)
        check_bars(form)
        self.plan = Reading(form.bars, code, form.parts, condition_dim)
        self.conductor_start = nn.Linear(code, 2 * width)
        self.conductor = nn.LSTM(self.plan.width, width, 1, batch_first=True)
        self.bar = nn.Linear(width + self.plan.width, width)
        # without the norm so little of a code reached the steps that they ignored it
        self.norm = nn.LayerNorm(width)
        self.before = Before(form, EMBEDDING, drop)
        self.reading = reading
        self.start = nn.ModuleList(nn.Linear(width, 2 * depth * width) for _ in range(voices))
        self.voices = nn.ModuleList(
            nn.LSTM(EMBEDDING + self.reading.width, width, depth, batch_first=True) for _ in range(voices)
        )

    def embeddings(self, z: Tensor) -> Tensor:
        """What the conductor says of each bar: (B, N, width)."""
        plan = self.plan(z)
        h = self.conductor(plan, first_states(self.conductor_start(z), self.conductor))[0]
        return self.norm(F.gelu(self.bar(torch.cat([h, plan], 2))))  # type: ignore[no-any-return]

    def begin(self, z: Tensor) -> Any:
        return self.embeddings(z), self.reading(z), None

    def features(self, known: Any, x: Tensor) -> Tensor:
        embeddings, reading, _ = known
        reading = in_bars(reading, self.form)
        seen = torch.cat([self.before(in_bars(x, self.form)), reading], 2)
        states = self.states(embeddings.flatten(0, 1))  # of B N bars
        h = [lstm(seen, state)[0] for lstm, state in zip(self.lstms(), states, strict=True)]
        return torch.cat([*h, reading], 2).unflatten(0, (len(x), -1)).flatten(1, 2)  # type: ignore[no-any-return]

    def advance(self, row: Tensor | None, at: int, known: Any) -> tuple[Tensor, Any]:
        embeddings, reading, states = known
        bar, step = divmod(at, self.form.steps_per_bar)
        if step == 0:
            row, states = None, self.states(embeddings[:, bar])
        read = reading[:, at : at + 1]
        seen = torch.cat([self.before.one(row, len(read)), read], 2)
        moved = [lstm(seen, state) for lstm, state in zip(self.lstms(), states, strict=True)]
        return torch.cat([*(h for h, _ in moved), read], 2), (
            embeddings,
            reading,
            [state for _, state in moved],
        )

    def states(self, bars: Tensor) -> list[tuple[Tensor, Tensor]]:
        """The first states of each voice's network at a bar's embedding (bars, width)."""
        return [first_states(start(bars), lstm) for start, lstm in zip(self.start, self.lstms(), strict=True)]

    def lstms(self) -> list[nn.LSTM]:
        """The voices' networks."""
        return list(self.voices)  # type: ignore[arg-type]


def in_bars(x: Tensor, form: Form) -> Tensor:
    """(B, T, ...) to (B N, S, ...)."""
    return x.unflatten(1, (form.bars, form.steps_per_bar)).flatten(0, 1)  # type: ignore[no-any-return]


def check_bars(form: Form) -> None:
    """Raise UsageError where windows are no whole number of bars, or only one."""
    if form.bars < 2 or form.bars * form.steps_per_bar != form.steps:
        raise UsageError(
            f"The hierarchical network needs two or more whole bars (received {form.steps} steps of "
            f"{form.steps_per_bar} a bar); raise --bars, or use --network lstm or parallel."
        )
