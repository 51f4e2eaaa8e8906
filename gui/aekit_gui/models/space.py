# A run's latent space as the window holds it: codes, labels and what is known of the items; needs no torch.
"""A run's latent space as the window holds it: codes, labels and what is known of the items; needs no torch.

N items on the map, D latent dimensions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aekit.runs import Run

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Space:
    """The codes of one run.

    Attributes:
        run: where they are from.
        codes, log_variance: (N, D), the posteriors of the items.
        index: (N,), each item's position in the training split.
        labels: (N,) class numbers, -1 where unknown.
        label_names: of the classes; empty where there are none.
        step, epoch: when the codes were taken; epoch is None for the final ones.
        values: attributes by name, (N,) each; filled once the model process has measured them.
    """

    run: Run
    codes: Floats
    log_variance: Floats
    index: NDArray[np.int64]
    labels: NDArray[np.int64]
    label_names: tuple[str, ...]
    step: int = 0
    epoch: float | None = None
    values: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    @property
    def latent_dim(self) -> int:
        return int(self.codes.shape[1])

    @cached_property
    def middle(self) -> NDArray[np.float64]:
        """The mean code (D,)."""
        return np.asarray(self.codes.mean(0, dtype=np.float64))

    def __len__(self) -> int:
        return len(self.codes)

    def chosen(self) -> str:
        """What part of the data is on the map: "showing N of M, chosen how"."""
        total = self.run.record.items
        if len(self) >= total:
            return f"showing all {total:,} items"
        how = "a fixed sample of the training" if self.epoch is not None else "an even selection"
        return f"showing {len(self):,} of {total:,} items, {how}"


def read_space(path: Path | str) -> Space:
    """The newest codes of the run at `path`.

    Raises:
        RunError: there is no run, it is damaged, or it holds no codes yet.
    """
    run = Run(path)
    arrays, facts = run.codes()
    return space_of(run, arrays, facts)


def space_of(run: Run, arrays: dict[str, NDArray[Any]], facts: dict[str, Any]) -> Space:
    """Codes as read from one of a run's files, as a space."""
    codes = np.ascontiguousarray(arrays["mean"], np.float32)
    none = np.full(len(codes), -1, np.int64)
    return Space(
        run=run,
        codes=codes,
        log_variance=np.ascontiguousarray(arrays["log_variance"], np.float32),
        index=arrays["index"].astype(np.int64),
        labels=arrays["label"].astype(np.int64) if "label" in arrays else none,
        label_names=tuple(run.record.label_names),
        step=int(facts.get("step", 0)),
        epoch=facts.get("epoch"),
    )
