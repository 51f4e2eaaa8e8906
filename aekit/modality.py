# The one contract that a plugin fulfils: Modality, with its Encoder and Decoder.
"""The one contract that a plugin fulfils: Modality, with its Encoder and Decoder.

A modality must write `load`, `encoder`, `decoder` and `view`; everything else has a default.
`docs/plugins.md` builds one from an empty folder.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

from torch import Tensor, nn

from aekit.data import Dataset, Rejection, check_rejected
from aekit.errors import DataError
from aekit.options import Options
from aekit.views import View

API = (1, 0)

Split = Literal["train", "test"]


@dataclass(frozen=True)
class Source:
    """One named data set that a modality can load.

    Attributes:
        name: what `--source` takes; `folder:PATH` stands for any path behind `folder:`.
        description: one line.
        size: how much there is, in words ("60,000 + 10,000 pictures of 28 px").
        licence: of the data; "yours" for a person's own files.
        obtained: how it gets here ("in the package", "downloaded on first use", "read from the folder").
    """

    name: str
    description: str
    size: str
    licence: str
    obtained: str

    def accepts(self, received: str) -> bool:
        """Whether `received` names this source."""
        prefix, colon, _ = self.name.partition(":")
        return (
            received.startswith(prefix + ":") and received != prefix + ":" if colon else received == self.name
        )


@dataclass(frozen=True)
class ReadResult:
    """What came of reading a person's own file.

    Attributes:
        items: (N, ...) as stored.
        names: one for each item.
        notes: what was done to the file ("inverted", "cropped to the ink").
        rejected: what was left out, and why.

    Raises:
        DataError: there are more or fewer names than items, or entries of `rejected` that are none.
    """

    items: Tensor
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()
    rejected: tuple[Rejection, ...] = field(default=())

    def __post_init__(self) -> None:
        if isinstance(self.names, str) or len(self.names) != len(self.items):
            received = repr(self.names) if isinstance(self.names, str) else str(len(self.names))
            raise DataError(
                f"{len(self.items)} items of a file need as many names (received {received:.100})."
            )
        check_rejected(self.rejected)


@dataclass(frozen=True)
class Degradation:
    """A way in which items can be made worse; models learn from it to make them good again.

    Attributes:
        kind: "noise", which is drawn anew each time an item is seen, or "resolution", which draws nothing and gives
            the same when it is done twice.
        description: one line, with what its amount means ("standard deviation of noise on grey levels in [0, 1]").
        amount: how much, when nothing else is asked for.
        least, most: the range of amounts.
    """

    kind: Literal["noise", "resolution"]
    description: str
    amount: float
    least: float
    most: float


class Encoder(nn.Module, ABC):
    """Prepared items (B, ...) to features (B, width).

    Attributes:
        width: of the features.
        parts: into how many equal parts they fall, one after another, say the bars of a piece. Where the latent
            dimension can be shared out equally too, each part gives a share of the code of its own, all by the same
            layer; otherwise all features give all of it.
    """

    width: int
    parts: int = 1

    @abstractmethod
    def forward(self, x: Tensor) -> Tensor:
        """(B, ...) to (B, width)."""


class Decoder(nn.Module, ABC):
    """Codes z (B, D + C), the condition's columns behind the code's, to a distribution over items.

    Attributes:
        is_proper: whether the distribution sums to one; without that there is no bound on log p(x).
    """

    is_proper: bool = True

    @abstractmethod
    def log_prob(self, z: Tensor, x: Tensor) -> Tensor:
        """log p(x|z) of prepared items x (B, ...): (B,) nats, fp32, summed over the item."""

    def training_log_prob(self, z: Tensor, x: Tensor, step: Tensor | None) -> Tensor:
        """A surrogate to learn from, (B,); by default `log_prob`. `step` is None once schedules have ended."""
        return self.log_prob(z, x)

    @abstractmethod
    def generate(self, z: Tensor, temperature: float = 0.0, top_p: float = 1.0) -> Tensor:
        """Items as stored, (B, ...). At temperature 0 the same each time; above it drawn from p(x|z).

        `top_p`, in (0, 1], keeps to the most likely outcomes that have so much probability together.
        """

    def mean(self, z: Tensor) -> Tensor | None:
        """The expected prepared item (B, ...), differentiable in z, or None where there is no such thing."""
        return None


class Modality(ABC):
    """What the data is, and which networks model it.

    Attributes:
        api: the version of this contract that the plugin was written for, `(major, minor)`.
        Options: the plugin's own options.
        condition_dim: how many of the numbers that `decoder` is asked for are a condition's, behind the code's; set by
            the core before it asks.
        training_defaults: options of the trainer and of objectives whose defaults the plugin knows better
            (`{"latent_dim": 16, "free_bits": 8.0}`).
        default_source: what is loaded when no source is named.
        options, spec: what the instance was made from.
    """

    api: ClassVar[tuple[int, int]] = API
    Options: ClassVar[type[Options]] = Options
    training_defaults: ClassVar[dict[str, Any]] = {}
    condition_dim: int = 0
    default_source: ClassVar[str]

    def __init__(self, options: Any, spec: dict[str, Any]) -> None:
        """Made anew for each run.

        Args:
            options: an instance of `Options`.
            spec: JSON facts measured on the training split by `load` (shape, vocabulary, scales).
        """
        self.options = options
        self.spec = spec

    @classmethod
    def defaults_for(cls, options: Any, source: str) -> dict[str, Any]:
        """`training_defaults`, or others where they hang on the plugin's own options or on the source."""
        return cls.training_defaults

    @classmethod
    def default_source_for(cls, options: Any) -> str:
        """`default_source`, or another where it hangs on the plugin's own options."""
        return cls.default_source

    @classmethod
    def sources(cls) -> tuple[Source, ...]:
        """The data sets that `load` knows by name."""
        return ()

    @classmethod
    @abstractmethod
    def load(cls, options: Any, source: str, split: Split) -> Dataset:
        """Load one split of a source.

        Raises:
            DataError: the source is missing, damaged, or holds nothing that can be used.
        """

    @abstractmethod
    def encoder(self) -> Encoder:
        """A fresh encoder."""

    @abstractmethod
    def decoder(self, latent_dim: int) -> Decoder:
        """A fresh decoder for codes of `latent_dim` columns, a condition's columns included."""

    @abstractmethod
    def view(self, x: Tensor) -> View:
        """What one item, as stored, looks or sounds like."""

    def prepare(self, x: Tensor) -> Tensor:
        """Stored items (B, ...), on the training device, to what the networks see.

        Random draws come from torch's default stream only.
        """
        return x

    def augment(self, x: Tensor) -> Tensor:
        """Stored items, on the training device, to varied ones of the same shape; in training only."""
        return x

    def degradations(self) -> dict[str, Degradation]:
        """The ways in which `degrade` makes items worse, by name; the first of a kind is that kind's default."""
        return {}

    def degrade(self, x: Tensor, name: str, amount: float) -> Tensor:
        """Stored items (B, ...), on any device, made worse: a new tensor of the same shape and type.

        Noise comes from torch's default stream only.

        Args:
            name: one of `degradations`.
            amount: within that one's range.

        Raises:
            UsageError: the amount does not suit these items (a factor that does not divide their size).
        """
        raise NotImplementedError(f"{type(self).__name__} lists degradations but has no `degrade`")

    def read(self, path: Path) -> ReadResult:
        """A person's own file to items.

        Raises:
            DataError: the file cannot be used; says why.
        """
        raise DataError(f"This plugin reads no files of one's own (received {path}).")

    def attributes(self, x: Tensor) -> dict[str, Tensor]:
        """Named numbers of stored items (B, ...), each (B,): to colour by, to steer along, to condition on."""
        return {}

    def metrics(self, decoder: Decoder, z: Tensor, x: Tensor) -> dict[str, Tensor]:
        """Figures of the modality's own for `evaluate`, each (B,), averaged by the core.

        A figure that is not of every item, or costs too much for all, may have fewer numbers, or be left out.

        Args:
            decoder: in evaluation mode.
            z: (B, D + C), the posterior's means with the condition behind them.
            x: (B, ...) stored items.
        """
        return {}
