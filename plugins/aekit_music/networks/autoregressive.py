# What decoders share that write one row after another: teacher forcing, scheduled sampling, generation.
"""What decoders share that write one row after another: teacher forcing, scheduled sampling, generation.

B windows, T steps; `before` is x moved on by one step, behind a sign for "nothing yet".
"""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Any

import torch
from torch import Tensor, nn

from aekit import Decoder
from aekit_music.networks.steps import Form, StepInput, StepOutput, step_output


class Before(nn.Module):
    """Rows (B, T, ...) to what a decoder sees of them, each moved on by one step: (B, T, width).

    In training each row is hidden with probability `drop`, so that the code must tell it (Bowman et al. 2016, the
    word dropout of section 3.1).
    """

    def __init__(self, form: Form, width: int, drop: float = 0.0) -> None:
        super().__init__()
        self.embed = StepInput(form, width)
        self.nothing = nn.Parameter(torch.zeros(width))
        self.hidden = nn.Parameter(torch.zeros(width))
        self.drop = drop

    def forward(self, x: Tensor) -> Tensor:
        rows = self.embed(x[:, :-1])
        if self.training and self.drop:
            gone = torch.rand(*rows.shape[:2], 1, device=rows.device) < self.drop
            rows = torch.where(gone, self.hidden.to(rows.dtype), rows)
        first = self.nothing.to(rows.dtype).expand(len(rows), 1, -1)
        return torch.cat([first, rows], 1)

    def one(self, row: Tensor | None, count: int) -> Tensor:
        """What is seen of a single row (B, 1, ...), or of nothing yet: (B, 1, width)."""
        return self.nothing.expand(count, 1, -1) if row is None else self.embed(row)


class AutoregressiveDecoder(Decoder):
    """Base: a subclass says what one step sees and how a step follows from the ones before.

    Args:
        form: of the windows.
        width: of the features that the output reads.
        forcing_decay: the k of scheduled sampling, in training steps.
    """

    def __init__(self, form: Form, width: int, forcing_decay: float) -> None:
        super().__init__()
        self.form, self.forcing_decay = form, forcing_decay
        self.output: StepOutput = step_output(form, width)

    @abstractmethod
    def begin(self, z: Tensor) -> Any:
        """What is known of codes (B, D) before the first row."""

    @abstractmethod
    def features(self, known: Any, x: Tensor) -> Tensor:
        """(B, T, width): each step's features from what `begin` gave and the rows before it in x."""

    @abstractmethod
    def advance(self, row: Tensor | None, at: int, known: Any) -> tuple[Tensor, Any]:
        """The features (B, 1, width) of step `at`, given the row before, and what is known for the next."""

    def log_prob(self, z: Tensor, x: Tensor) -> Tensor:
        return self.nats(self.begin(z), x, x)

    def nats(self, known: Any, shown: Tensor, x: Tensor) -> Tensor:
        """log p of rows x where the rows `shown` stand before them: (B,)."""
        return self.output.log_prob(self.features(known, shown), x).float().sum(1)

    def training_log_prob(self, z: Tensor, x: Tensor, step: Tensor | None) -> Tensor:
        """Scheduled sampling by an inverse sigmoid (Bengio et al. 2015, section 2.4).

        A true row is shown with probability k / (k + exp(step / k)), else the decoder's own guess, taken from one
        pass over the true rows (Mihaylova and Martins 2019, section 3).
        """
        if step is None:
            return self.log_prob(z, x)
        known = self.begin(z)
        with torch.no_grad():
            guessed = self.output.sample(self.features(known, x), 1.0)
        probability = torch.sigmoid(math.log(self.forcing_decay) - step / self.forcing_decay)
        forced = torch.rand(x.shape[:2], device=x.device) < probability
        if x.ndim == 3:
            forced = forced.unsqueeze(-1)
        shown = torch.where(forced, x, guessed.to(x.dtype))
        return self.nats(known, shown, x)

    @torch.no_grad()
    def generate(self, z: Tensor, temperature: float = 0.0, top_p: float = 1.0) -> Tensor:
        known, row, rows = self.begin(z), None, []
        for at in range(self.form.steps):
            h, known = self.advance(row, at, known)
            row = self.output.sample(h, temperature, top_p)
            rows.append(row)
        return torch.cat(rows, 1).to(self.form.dtype)

    @torch.no_grad()
    def likeliest(self, z: Tensor, x: Tensor) -> Tensor:
        """The likeliest row at each step where the true rows before it are shown: stored rows."""
        return self.output.sample(self.features(self.begin(z), x), 0.0).to(self.form.dtype)
