# Objective: how an encoder and a decoder are trained; owns them, and all else that learns.
"""Objective: how an encoder and a decoder are trained; owns them, and all else that learns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, ClassVar, NamedTuple, Protocol

import torch
from torch import Tensor, nn

from aekit.data import Batch
from aekit.modality import Decoder, Modality
from aekit.options import Options
from aekit.posterior import Head, Posterior
from aekit.priors import Prior, StandardNormal

# Whether oneDNN, which runs recurrent layers on CPUs, does so in bf16 on this processor. Asked once, here: asked within
# a compiled model it cut the graph in two at each `autocast`, which was then compiled anew at each step.
ONEDNN_HAS_BFLOAT16 = torch.backends.mkldnn.is_available() and bool(
    torch.ops.mkldnn._is_mkldnn_bf16_supported()
)


class Outcome(NamedTuple):
    """What one forward pass gives.

    Attributes:
        loss: a scalar to differentiate; weights, annealing, free bits and surrogates act here alone.
        terms: detached scalars for people: honest nats per item averaged over the batch, and accuracies.
    """

    loss: Tensor
    terms: dict[str, Tensor]


class Draw(Protocol):
    """Draws training items for `Objective.begin`: a number to as many, spread over all, prepared as for evaluation."""

    @property
    def total(self) -> int:
        """How many items there are to train on."""
        ...

    def __call__(self, count: int, /) -> Batch:
        """`count` of them; DataError where there are fewer."""
        ...


class Objective(nn.Module, ABC):
    """Base of all objectives; `docs/objectives.md` adds one.

    Trained through `forward` only, so that Fabric can wrap it; everything else runs on the plain module.

    Attributes:
        Options: the objective's own options.
        monitor: the validation figure that picks the best weights, lower is better: "loss" (with all
            schedules ended) or the name of a term.
        has_bound: whether `bound` gives a lower bound of log p(x); never where the decoder's distribution is improper.
        restores: whether the encoder sees items as `degrade` makes them.
        autocast_dtype: type of the networks' matrix products; None computes in fp32. Set by the trainer.
        share_done: how much of the training is done, a scalar tensor from 0 to 1. Set by the trainer before each step.
    """

    share_done: Tensor

    Options: ClassVar[type[Options]] = Options
    monitor: ClassVar[str] = "loss"
    has_bound: bool = True
    restores: ClassVar[bool] = False

    def __init__(self, modality: Modality, options: Any, latent_dim: int, condition_dim: int = 0) -> None:
        super().__init__()
        self.options = options
        self.latent_dim = latent_dim
        self.condition_dim = condition_dim
        self.autocast_dtype: torch.dtype | None = None
        self.register_buffer("share_done", torch.zeros(()), persistent=False)
        self.encoder = modality.encoder()
        self.head = Head(self.encoder.width, latent_dim, condition_dim, self.encoder.parts)
        modality.condition_dim = condition_dim
        self.decoder = modality.decoder(latent_dim + condition_dim)
        self.has_bound = type(self).has_bound and self.decoder.is_proper

    @classmethod
    def condition(cls, options: Any) -> str | None:
        """What the model is conditioned on: "label", an attribute's name, or None."""
        return None

    @abstractmethod
    def forward(self, batch: Batch, step: Tensor | None) -> Outcome:
        """One pass over a batch. `step` is a scalar tensor, or None where schedules have ended (validation)."""

    def begin(self, draw: Draw) -> None:
        """Called once before the first step, the same in every process: parameters may be set from items here.

        Args:
            draw: a number to as many training items, spread over all, prepared as for evaluation; `draw.total` is
                how many there are.

        Raises:
            DataError: by `draw`, where there are fewer items.
        """

    def risen(self, warmup: float, step: Tensor | None) -> Tensor | float:
        """How far what rises over `warmup` steps, or up to 1 over that share of the training, has risen: 0 to 1."""
        if step is None or not warmup:
            return 1.0
        return (self.share_done / warmup if warmup <= 1 else (step + 1) / warmup).clamp(max=1)

    def warms_up(self, step: int) -> bool:
        """Whether a warm-up, an option of the name `warmup`, is still under way at `step`."""
        return float(self.risen(getattr(self.options, "warmup", 0.0), torch.tensor(step))) < 1

    def degrade(self, x: Tensor) -> Tensor:
        """Stored items (B, ...) as the encoder of an objective that restores is to see them."""
        return x

    def posterior(self, x: Tensor, condition: Tensor) -> Posterior:
        """q(z|x) of prepared items (B, ...), degraded where the objective restores, with conditions (B, C)."""
        with self.autocast():
            features = self.encoder(x)
        return self.head(features, condition)  # type: ignore[no-any-return]

    def log_prob(self, x: Tensor, z: Tensor, condition: Tensor) -> Tensor:
        """log p(x|z) in nats: (B,)."""
        with self.autocast():
            return self.decoder.log_prob(self.code(z, condition), x)

    def training_log_prob(self, x: Tensor, z: Tensor, condition: Tensor, step: Tensor | None) -> Tensor:
        """The decoder's surrogate in training mode, its log p(x|z) otherwise: (B,)."""
        if not self.training:
            return self.log_prob(x, z, condition)
        with self.autocast():
            return self.decoder.training_log_prob(self.code(z, condition), x, step)

    def bound(self, batch: Batch, samples: int) -> Tensor | None:
        """A lower bound of log p(x) in nats from `samples` draws: (B,); None where there is none."""
        return None

    def prior(self) -> Prior | None:
        """What z is drawn from; None where the objective imposes nothing (a Gaussian is then fitted)."""
        return StandardNormal(self.latent_dim)

    def figures(self, means: Tensor) -> dict[str, float]:
        """Figures of the objective's own for `evaluate`, from the codes (N, D) of the test split."""
        return {}

    def groups(self, learning_rate: float) -> list[dict[str, Any]]:
        """Optimizer groups; the gradients of each are clipped by themselves. A group may have a `weight_decay`."""
        return [{"params": list(self.parameters()), "lr": learning_rate}]

    def code(self, z: Tensor, condition: Tensor) -> Tensor:
        """What the decoder sees: (B, D + C)."""
        return torch.cat([z, condition], dim=1) if self.condition_dim else z

    def decoding(self, z: Tensor, condition: Tensor) -> tuple[Decoder, Tensor]:
        """The modality's own decoder and the codes that it takes, for codes z (B, D)."""
        return self.decoder, self.code(z, condition)

    def autocast(self) -> AbstractContextManager[Any]:
        """The precision of the networks; likelihoods and posteriors cast back to fp32 themselves."""
        if self.autocast_dtype is None:
            return nullcontext()
        return autocast_on(next(self.parameters()).device.type, self.autocast_dtype)


def autocast_on(device: str, dtype: torch.dtype) -> AbstractContextManager[Any]:
    """Autocast on a kind of device, also where a CPU has no bf16."""
    return torch.autocast(device, dtype) if device != "cpu" or ONEDNN_HAS_BFLOAT16 else emulated(dtype)


@contextmanager
def emulated(dtype: torch.dtype) -> Iterator[None]:
    """Autocast on a CPU without bf16: without oneDNN, whose recurrent layers refuse it there."""
    before = torch._C._get_mkldnn_enabled()
    torch._C._set_mkldnn_enabled(False)
    try:
        with torch.autocast("cpu", dtype):
            yield
    finally:
        torch._C._set_mkldnn_enabled(before)
