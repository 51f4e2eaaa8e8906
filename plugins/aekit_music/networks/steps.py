# Steps: how rows of whole numbers enter a network, and how a network's features become a distribution over rows.
"""Steps: how rows of whole numbers enter a network, and how a network's features become a distribution over rows.

Prepared rows x are int64 (B, T) or (B, T, V) for encodings of categories, V columns, and float (B, T, P) for planes of
P bits. Features h are (B, T, width).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aekit.likelihoods import Bernoulli, Categorical

SUMMARY = 2048  # numbers that stand between all steps and the code
FEATURES = 512
PART_FEATURES = 64  # of each part, where there are several
WHOLE = 2  # bars that are seen as a whole


class Form(NamedTuple):
    """What a window looks like.

    Attributes:
        steps: T.
        steps_per_bar: of them.
        classes: how many each column has; () for planes.
        planes: P, or 0 for categories.
        flat: whether a single column comes without its axis.
        dtype: of stored rows.
        autoregressive: for planes, whether each bit sees the ones before it.
    """

    steps: int
    steps_per_bar: int
    classes: tuple[int, ...]
    planes: int
    flat: bool
    dtype: torch.dtype
    autoregressive: bool = False

    @property
    def bars(self) -> int:
        return self.steps // self.steps_per_bar

    @property
    def parts(self) -> int:
        """Into how many equal parts, bars, the networks divide a window; short ones are seen as a whole."""
        return self.bars if self.bars > WHOLE and self.bars * self.steps_per_bar == self.steps else 1


class StepInput(nn.Module):
    """Rows to (B, T, width): the sum of their columns' embeddings."""

    offsets: Tensor

    def __init__(self, form: Form, width: int) -> None:
        super().__init__()
        self.form = form
        if form.planes:
            self.embed: nn.Module = nn.Linear(form.planes, width)
        else:
            self.embed = nn.Embedding(sum(form.classes), width)
            starts = torch.tensor([sum(form.classes[:column]) for column in range(len(form.classes))])
            self.register_buffer("offsets", starts, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        if self.form.planes:
            return self.embed(x)  # type: ignore[no-any-return]
        if self.form.flat:
            return self.embed(x)  # type: ignore[no-any-return]
        return self.embed(x + self.offsets).sum(-2)  # type: ignore[no-any-return]


class Summary(nn.Module):
    """Features of all steps (B, T, width) to (B, self.width), each part by the same layers."""

    def __init__(self, steps: int, width: int, parts: int = 1) -> None:
        super().__init__()
        each, features = steps // parts, part_features(parts)
        self.parts, self.width = parts, parts * features
        self.narrow = nn.Linear(width, channels(each))
        self.leave = nn.Linear(each * channels(each), features)

    def forward(self, h: Tensor, beside: Tensor | float = 0.0) -> Tensor:
        """What is known of each part already, `beside` (B, parts, features of a part), is added to the features."""
        narrow = self.narrow(h).unflatten(1, (self.parts, -1)).flatten(2)
        return F.gelu(self.leave(narrow) + beside).flatten(1)


class Reading(nn.Module):
    """A code (B, D) to what each step reads of it: (B, T, self.width).

    Of several parts each reads its own share of the code, all by the same layer, and the condition at the code's end is
    read by all. A code that cannot be shared out equally, as by the head, is read by all too; bars that have to find
    their shares themselves learn far more slowly (docs/benchmarks.md).
    """

    def __init__(self, steps: int, code: int, parts: int = 1, condition_dim: int = 0) -> None:
        super().__init__()
        each, features = steps // parts, part_features(parts)
        latent_dim = code - condition_dim
        share = code if parts == 1 else latent_dim // parts if latent_dim % parts == 0 else 0
        rest = code - parts * share
        self.parts, self.shared, self.width = parts, parts * share, channels(each)
        self.enter = nn.Linear(share, features) if share else None
        self.rest = nn.Linear(rest, parts * features) if rest else None
        self.leave = nn.Linear(features, each * self.width)

    def forward(self, z: Tensor) -> Tensor:
        read = []
        if self.enter is not None:
            read.append(self.enter(z[:, : self.shared].unflatten(1, (self.parts, -1))))
        if self.rest is not None:
            read.append(self.rest(z[:, self.shared :]).unflatten(1, (self.parts, -1)))
        h = F.gelu(sum_of(read))
        return self.leave(h).flatten(1).unflatten(1, (-1, self.width))  # type: ignore[no-any-return]


class StepOutput(nn.Module, ABC):
    """Features (B, T, width) to a distribution over each row, given the features."""

    @abstractmethod
    def log_prob(self, h: Tensor, x: Tensor) -> Tensor:
        """Nats (B, T) of prepared rows."""

    @abstractmethod
    def sample(self, h: Tensor, temperature: float, top_p: float = 1.0) -> Tensor:
        """Prepared rows; at temperature 0 the likeliest of each column or bit."""


class CategoryOutput(StepOutput):
    """Independent categories, one a column."""

    def __init__(self, form: Form, width: int) -> None:
        super().__init__()
        self.form = form
        self.leave = nn.Linear(width, sum(form.classes))

    def distributions(self, h: Tensor) -> list[Categorical]:
        """The categorical of each column, over (B, T)."""
        return [Categorical(logits) for logits in self.leave(h).split(self.form.classes, -1)]

    def log_prob(self, h: Tensor, x: Tensor) -> Tensor:
        if self.form.flat:
            logits = self.leave(h).float()
            nats = F.cross_entropy(logits.flatten(0, 1), x.flatten(), reduction="none")
            return -nats.view(x.shape)
        columns = x.unbind(-1)
        return sum_of(
            [one.log_prob(column) for one, column in zip(self.distributions(h), columns, strict=True)]
        )

    def sample(self, h: Tensor, temperature: float, top_p: float = 1.0) -> Tensor:
        columns = [one.sample(temperature, top_p) for one in self.distributions(h)]
        return columns[0] if self.form.flat else torch.stack(columns, -1)


class BitsOutput(StepOutput):
    """Independent bits."""

    def __init__(self, form: Form, width: int) -> None:
        super().__init__()
        self.leave = nn.Linear(width, form.planes)
        nn.init.constant_(self.leave.bias, -4.0)  # most bits are 0

    def log_prob(self, h: Tensor, x: Tensor) -> Tensor:
        return Bernoulli(self.leave(h)).log_prob(x).sum(-1)

    def sample(self, h: Tensor, temperature: float, top_p: float = 1.0) -> Tensor:
        return Bernoulli(self.leave(h)).sample(temperature, top_p)


class PitchwiseOutput(StepOutput):
    """Bits that see the ones before them in the step, from the lowest pitch up (Larochelle and Murray 2011).

    Bit k's logit is a linear reading of the features, plus one of a layer over the bits before it.
    """

    before: Tensor

    def __init__(self, form: Form, width: int, hidden: int = 64) -> None:
        super().__init__()
        pitches = form.planes // 2
        self.pitches = pitches
        self.leave = nn.Linear(width, form.planes)
        nn.init.constant_(self.leave.bias, -4.0)
        self.enter = nn.Linear(width, hidden)
        self.reads = nn.Parameter(
            torch.zeros(pitches, 2, hidden)
        )  # what a pitch's two bits add for those above
        self.writes = nn.Parameter(torch.randn(pitches, 2, hidden) / hidden**0.5)

    def log_prob(self, h: Tensor, x: Tensor) -> Tensor:
        bits = x.unflatten(-1, (2, self.pitches)).transpose(-1, -2).float()  # (B, T, pitches, 2)
        added = torch.einsum("btpk,pkh->btph", bits, self.reads.float()).cumsum(2)
        state = F.pad(added[:, :, :-1], (0, 0, 1, 0)) + self.enter(h).float().unsqueeze(2)
        logits = self.own(h) + torch.einsum("btph,pkh->btpk", state.tanh(), self.writes.float())
        return Bernoulli(logits).log_prob(bits).flatten(2).sum(-1)

    def sample(self, h: Tensor, temperature: float, top_p: float = 1.0) -> Tensor:
        own, state = self.own(h), self.enter(h).float()
        bits = []
        for pitch in range(self.pitches):
            logits = own[:, :, pitch] + state.tanh() @ self.writes[pitch].float().T
            bits.append(Bernoulli(logits).sample(temperature, top_p))
            state = state + bits[-1] @ self.reads[pitch].float()
        return torch.stack(bits, -1).flatten(2)

    def own(self, h: Tensor) -> Tensor:
        """What the features alone say: (B, T, pitches, 2), fp32."""
        return self.leave(h).float().unflatten(-1, (2, self.pitches)).transpose(-1, -2)  # type: ignore[no-any-return]


def step_output(form: Form, width: int) -> StepOutput:
    """The output that suits the form."""
    if form.planes:
        return PitchwiseOutput(form, width) if form.autoregressive else BitsOutput(form, width)
    return CategoryOutput(form, width)


def part_features(parts: int) -> int:
    """Numbers between a part of a window and the code."""
    return FEATURES if parts == 1 else PART_FEATURES


def channels(steps: int) -> int:
    """Channels a step through which the code passes: 8 to 256."""
    return min(256, max(8, SUMMARY // steps))


def sum_of(tensors: list[Tensor]) -> Tensor:
    """The sum of tensors of one shape."""
    total: Any = tensors[0]
    for tensor in tensors[1:]:
        total = total + tensor
    return total  # type: ignore[no-any-return]
