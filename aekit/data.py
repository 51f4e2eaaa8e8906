# Data sets in memory or on disk, the order in which training sees them, and preparation for evaluation.
"""Data sets in memory or on disk, the order in which training sees them, and preparation for evaluation."""

from __future__ import annotations

import hashlib
import mmap
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor

from aekit.errors import DataError


class Items(Protocol):
    """Stored items by number: a tensor, or rows on disk that behave like one."""

    @property
    def shape(self) -> torch.Size: ...
    @property
    def dtype(self) -> torch.dtype: ...
    def __len__(self) -> int: ...
    def __getitem__(self, index: Tensor, /) -> Tensor: ...


class Prepares(Protocol):
    """Whatever turns stored items into what networks see: a modality."""

    def prepare(self, x: Tensor, /) -> Tensor: ...


class Rejection(NamedTuple):
    """Something left out while loading or reading, and why."""

    name: str
    reason: str


def kinds_of(rejected: Sequence[Rejection]) -> list[tuple[int, Rejection]]:
    """How many were left out for each kind of reason, the most first, and the first of them.

    Reasons are of one kind whatever numbers and places ("bar 3: ") they name.
    """
    kinds: dict[str, list[Rejection]] = {}
    for entry in rejected:
        kinds.setdefault(re.sub(r"\d+(\.\d+)?", "#", entry.reason.rpartition(": ")[2]), []).append(entry)
    return sorted(((len(found), found[0]) for found in kinds.values()), key=lambda kind: -kind[0])


def check_rejected(rejected: object) -> None:
    """Raise where what was left out is not told in `Rejection`s.

    Raises:
        DataError: says what was received and expected.
    """
    several = isinstance(rejected, list | tuple) and not isinstance(rejected, Rejection)
    for entry in rejected if several else [rejected]:  # type: ignore[attr-defined]
        told = several and isinstance(entry, Rejection)
        if not (told and isinstance(entry.name, str) and isinstance(entry.reason, str)):
            raise DataError(
                f"rejected must be a tuple of aekit.Rejection(name, reason), both of them text (received "
                f"{'an entry ' if several else ''}{entry!r:.100}). Write one for each thing that was left out."
            )


@dataclass(frozen=True)
class Dataset:
    """One split of a source.

    Attributes:
        items: (N, ...), one tensor each, as stored.
        spec: JSON facts that the networks need (shape, vocabulary, scales), measured on the training split;
            only the training split's is used.
        labels: (N,) class indices, -1 where unknown; None where there are none at all.
        label_names: the classes' names.
        names: where each item came from; None numbers them.
        rejected: what was left out, and why.

    Raises:
        DataError: there are no items, another number of labels or names, or entries of `rejected` that are none.
    """

    items: Items
    spec: dict[str, Any] = field(default_factory=dict)
    labels: Tensor | None = None
    label_names: tuple[str, ...] = ()
    names: Sequence[str] | None = None
    rejected: tuple[Rejection, ...] = ()

    def __post_init__(self) -> None:
        if len(self.items) == 0:
            raise DataError("The data set has no items.")
        for what, values in (("labels", self.labels), ("names", self.names)):
            if values is not None and len(values) != len(self.items):
                raise DataError(f"{len(self.items)} items need as many {what} (received {len(values)}).")
        check_rejected(self.rejected)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def item_shape(self) -> tuple[int, ...]:
        return tuple(self.items.shape[1:])

    def name(self, index: int) -> str:
        """Where item `index` came from."""
        return self.names[index] if self.names is not None else str(index)

    def fingerprint(self) -> str:
        """SHA-256 (hex) over the shape and up to 1,000 items spread over the whole."""
        spread = evenly_spread(len(self), 1000)
        digest = hashlib.sha256(f"{tuple(self.items.shape)} {self.items.dtype}".encode())
        digest.update(np.ascontiguousarray(self.items[spread].numpy()).tobytes())
        return digest.hexdigest()


class MappedItems:
    """Rows of one `.npy` file, mapped and never held: sets larger than memory train from it.

    Pages that were read are given back every `KEEP` bytes of rows, so that resident memory stays small. Linux maps 64
    KiB around each page that it is asked for: more than five times a colour picture of 64 px (12 KiB).
    """

    KEEP = 32 * 2**20

    def __init__(self, path: Path) -> None:
        """Open `path`, a C-ordered `.npy` file of shape (N, ...)."""
        self.array = np.load(path, mmap_mode="r")
        self.shape = torch.Size(self.array.shape)
        self.dtype = torch.from_numpy(np.empty(0, self.array.dtype)).dtype
        self.touched = 0

    def __len__(self) -> int:
        return len(self.array)

    def __getitem__(self, index: Tensor) -> Tensor:
        rows = torch.from_numpy(self.array[index.numpy()])
        self.touched += rows.nbytes
        if self.touched > self.KEEP and hasattr(mmap, "MADV_DONTNEED"):
            self.touched = 0
            self.array._mmap.madvise(mmap.MADV_DONTNEED)
        return rows


class Batch(NamedTuple):
    """What an objective sees.

    Attributes:
        x: (B, ...) prepared items: what the decoder is to give.
        condition: (B, C), C = 0 for objectives without a condition.
        degraded: (B, ...) the same items made worse and prepared, for objectives that restore; else None.
    """

    x: Tensor
    condition: Tensor
    degraded: Tensor | None = None

    @property
    def shown(self) -> Tensor:
        """What the encoder is to see: (B, ...)."""
        return self.x if self.degraded is None else self.degraded


def evenly_spread(count: int, most: int) -> Tensor:
    """Positions of `most` of `count` items, evenly spread; of all where there are fewer.

    In fp32, as fingerprints of runs were made, unless it cannot tell so many positions apart.
    """
    exact = torch.float32 if count <= 2**24 else torch.float64
    return torch.linspace(0, count - 1, min(count, most), dtype=exact).long()


def held_out(count: int, fraction: float, most: int, seed: int) -> tuple[Tensor, Tensor]:
    """Split `count` items at random into (kept, held out) indices, both sorted.

    At least one is held out where there are two or more; at most `most` are.
    """
    number = min(most, max(int(count * fraction), 1 if count > 1 else 0))
    order = torch.from_numpy(generator(seed, 0x5EED).permutation(count))
    return order[number:].sort().values, order[:number].sort().values


def generator(*key: int) -> np.random.Generator:
    """A NumPy stream that is a function of `key` alone, on every machine."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(key)))


def stream_seed(*key: int) -> int:
    """A 63-bit seed that is a function of `key` alone."""
    return int(np.random.SeedSequence(key).generate_state(1, np.uint64)[0] >> np.uint64(1))


class Order:
    """Which items step number `step` sees: a function of (seed, step), so that resuming needs no state.

    The items come as one endless row of permutations, cut into batches; a batch may reach from one
    permutation into the next, so every batch is full and no item is left out of an epoch.
    """

    def __init__(self, count: int, batch_size: int, seed: int) -> None:
        self.count, self.batch_size, self.seed = count, batch_size, seed
        self.permutations: dict[int, np.ndarray[Any, np.dtype[np.int64]]] = {}

    def steps(self, epochs: float) -> int:
        """How many steps see the items `epochs` times."""
        return max(1, -int(-epochs * self.count // self.batch_size))

    def epoch(self, step: int) -> float:
        """How often the items have been seen after `step` steps."""
        return step * self.batch_size / self.count

    def __call__(self, step: int) -> Tensor:
        """The positions (batch_size,) of the items of step number `step`, counted from 0."""
        first, last = step * self.batch_size, (step + 1) * self.batch_size
        parts = []
        for epoch in range(first // self.count, (last - 1) // self.count + 1):
            start = epoch * self.count
            parts.append(self._permutation(epoch)[max(first - start, 0) : last - start])
        return torch.from_numpy(np.concatenate(parts))

    def _permutation(self, epoch: int) -> np.ndarray[Any, np.dtype[np.int64]]:
        if epoch not in self.permutations:
            self.permutations = {e: p for e, p in self.permutations.items() if e >= epoch - 1}
            self.permutations[epoch] = generator(self.seed, epoch).permutation(self.count)
        return self.permutations[epoch]


def prepare_alone(modality: Prepares, x: Tensor) -> Tensor:
    """Prepare stored items (B, ...) for evaluation: each depends on its own content and on nothing else."""
    return each_alone(modality.prepare, x)


def prepared_alone(
    modality: Prepares, degrade: Callable[[Tensor], Tensor] | None, x: Tensor, device: torch.device
) -> tuple[Tensor, Tensor | None]:
    """Stored items (B, ...) prepared for evaluation, and what an encoder sees of them where that is degraded."""
    prepared = prepare_alone(modality, x).to(device)
    if degrade is None:
        return prepared, None
    return prepared, prepare_alone(modality, each_alone(degrade, x)).to(device)


def each_alone(change: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Stored items (B, ...) changed so that each depends on its own content and on nothing else.

    A change that draws random numbers is made item by item, seeded with the item's checksum; one that
    draws none is made once. The default random stream is left as it was.
    """
    stream = torch.default_generator
    with torch.random.fork_rng(devices=[]):
        before = stream.manual_seed(0).get_state()
        changed = change(x)
        if torch.equal(before, stream.get_state()):
            return changed
        rows = np.ascontiguousarray(x.numpy()).reshape(len(x), -1).view(np.uint8)
        alone = []
        for index, row in enumerate(rows):
            stream.manual_seed(zlib.crc32(row.data))
            alone.append(change(x[index : index + 1]))
        return torch.cat(alone)


def chunks(indices: Tensor, size: int) -> Iterator[Tensor]:
    """`indices` in pieces of at most `size`."""
    return iter(torch.split(indices, size))
