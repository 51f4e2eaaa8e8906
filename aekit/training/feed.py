# Feeds the trainer: which items a process sees at a step, prepared and on the device.
"""Feeds the trainer: which items a process sees at a step, prepared and on the device."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from aekit.conditions import Condition
from aekit.data import Batch, Dataset, Items, Order, chunks, held_out, prepared_alone, stream_seed
from aekit.errors import DataError
from aekit.evaluation.likelihood import fitting_of
from aekit.modality import Modality

MOST_HELD_OUT = 2500
CACHE_BYTES = 512 * 2**20

Degrade = Callable[[Tensor], Tensor]  # stored items to worse ones


class Feed:
    """Training and validation batches of one data set.

    A batch is shared out in `shards` equal pieces, one for each process and each accumulated piece. The
    random draws of a piece are a function of (seed, step, shard): two processes see the very draws that one
    process sees which accumulates two pieces.

    Attributes:
        kept, held: positions in the data set of the training and the validation items.
        order: which of `kept` a step sees.
    """

    def __init__(
        self,
        dataset: Dataset,
        modality: Modality,
        condition: Condition | None,
        *,
        batch_size: int,
        shards: int,
        seed: int,
        validation: float,
        device: torch.device,
        augment: bool = True,
        degrade: Degrade | None = None,
    ) -> None:
        self.dataset, self.modality, self.condition = dataset, modality, condition
        self.degrade = degrade
        self.shards, self.seed, self.device = shards, seed, device
        self.augment = augment
        self.kept, self.held = held_out(len(dataset), validation, MOST_HELD_OUT, seed)
        self.order = Order(len(self.kept), batch_size, seed)
        self.values = self._condition_values()
        self.prepared: dict[int, Batch] = {}

    def _condition_values(self) -> Tensor | None:
        if self.condition is None:
            return None
        return self.condition.of_items(self.modality, self.dataset, torch.arange(len(self.dataset)))

    def ids(self, step: int) -> Tensor:
        """The positions in the data set of all items of a step."""
        return self.kept[self.order(step)]

    def batch(self, step: int, shard: int) -> Batch:
        """One piece of a step's batch; seeds the default random stream for it."""
        positions = self.ids(step).chunk(self.shards)[shard]
        seed_streams(stream_seed(self.seed, step, shard), self.device)
        stored = rows(self.dataset.items, positions).to(self.device, non_blocking=True)
        varied = self.modality.augment(stored) if self.augment else stored
        x = self.modality.prepare(varied)
        degraded = self.modality.prepare(self.degrade(varied)) if self.degrade is not None else None
        return Batch(x, self.columns(positions, None if varied is stored else varied), degraded)

    def columns(self, positions: Tensor, varied: Tensor | None = None) -> Tensor:
        """The conditions of items: (B, C); an attribute is measured again on `varied`, what training made of them."""
        if self.condition is None or self.values is None:
            return torch.zeros(len(positions), 0, device=self.device)
        values = self.values[positions]
        if varied is not None and self.condition.of != "label":
            # on the CPU, as everywhere else: a plugin need not measure attributes on the training device
            again = self.modality.attributes(varied.cpu())[self.condition.of].float()
            values = torch.where(again.isfinite(), again, values)
        return self.condition.columns(values).to(self.device)

    def alone(self, positions: Tensor) -> Batch:
        """Items prepared for evaluation."""
        stored = self.dataset.items[positions]
        x, degraded = prepared_alone(self.modality, self.degrade, stored, self.device)
        return Batch(x, self.columns(positions), degraded)

    def spread(self, count: int) -> Batch:
        """`count` training items, spread over all of them, prepared for evaluation.

        Raises:
            DataError: there are fewer.
        """
        if count > len(self.kept):
            raise DataError(f"{count} training items are asked for; there are {len(self.kept)}.")
        return self.alone(self.kept[torch.arange(count) * len(self.kept) // max(1, count)])

    def validation_batches(self) -> list[Tensor]:
        """Positions of the validation items, in pieces; the pieces do not depend on the number of processes."""
        return list(chunks(self.held, self.at_once(max(self.order.batch_size, 250))))

    def at_once(self, most: int) -> int:
        """How many items networks see at once in evaluation: `most`, or of large ones as many as fit, or a batch."""
        return min(most, max(self.order.batch_size, fitting_of(self.dataset.item_shape, self.device)))

    def validation_batch(self, number: int) -> Batch:
        """One piece of the validation items; prepared once and kept while they are small."""
        positions = self.validation_batches()[number]
        if number not in self.prepared:
            batch = self.alone(positions)
            if size_of(batch) + sum(map(size_of, self.prepared.values())) < CACHE_BYTES:
                self.prepared[number] = batch
            return batch
        return self.prepared[number]


class Draws:
    """Draws training items of a feed for `Objective.begin`: an `aekit.objective.Draw`."""

    def __init__(self, feed: Feed) -> None:
        self.feed, self.total = feed, len(feed.kept)

    def __call__(self, count: int, /) -> Batch:
        return self.feed.spread(count)


def size_of(batch: Batch) -> int:
    """Bytes of a batch's items."""
    return batch.x.nbytes + (batch.degraded.nbytes if batch.degraded is not None else 0)


def rows(items: Items, positions: Tensor) -> Tensor:
    """Items by position; on tensors `index_select` takes a tenth of the time of indexing."""
    return items.index_select(0, positions) if isinstance(items, Tensor) else items[positions]


def seed_streams(seed: int, device: torch.device) -> None:
    """Seed the default random streams that a step draws from; `torch.manual_seed` asks every backend, slowly."""
    torch.default_generator.manual_seed(seed)
    if device.type != "cpu":
        torch.manual_seed(seed)
