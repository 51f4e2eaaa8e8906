# The ledger: figures of a training, written where people look: the run's metrics, the progress bar, TensorBoard.
"""The ledger: figures of a training, written where people look: the run's metrics, the progress bar, TensorBoard."""

from __future__ import annotations

import time
from typing import Any

import torch
from torch import Tensor

from aekit.data import Order
from aekit.runs import Run
from aekit.training.progress import Report
from aekit.training.state import Position


class Ledger:
    """Adds up the terms of steps on the device, and writes their averages when it is told to.

    Only the first process writes; `terms` of the others are added up all the same.
    """

    def __init__(self, run: Run, report: Report, order: Order, *, writes: bool, tensorboard: bool) -> None:
        self.run, self.report, self.order, self.writes = run, report, order, writes
        self.sums: Tensor | None = None
        self.names: list[str] = []
        self.count, self.last_step, self.last_time = 0, 0, 0.0
        self.board = event_files(run) if tensorboard and writes else None

    def start(self, step: int) -> None:
        """Begin to measure time from here."""
        self.last_step, self.last_time = step, time.monotonic()
        self.report.start()

    def add(self, terms: dict[str, Tensor]) -> None:
        """Add a step's terms to the sums, on the device."""
        self.names = list(terms)
        values = torch.stack([value.float() for value in terms.values()])
        self.sums = values if self.sums is None else self.sums + values
        self.count += 1

    def steps(self, position: Position, share: float, rate: float) -> None:
        """Write the averages since the last time; `share` of the schedule is done, `rate` is the optimizer's."""
        if self.sums is None:
            return
        terms = dict(zip(self.names, (self.sums / self.count).tolist(), strict=True))
        now = time.monotonic()
        items = (position.step - self.last_step) * self.order.batch_size / max(now - self.last_time, 1e-9)
        self.sums, self.count, self.last_step, self.last_time = None, 0, position.step, now
        if not self.writes:
            return
        left = position.seconds * (1 - share) / max(share, 1e-6)
        self.report.step(share, self.order.epoch(position.step), items, left, terms)
        self.run.log({**self.place(position), **terms, "items_per_second": round(items, 1), "rate": rate})
        self.draw("train", terms, position.step)

    def validation(self, terms: dict[str, float], position: Position, monitor: str, best: bool) -> None:
        """Write a validation."""
        if self.writes:
            self.report.validated(terms, monitor, best)
            self.run.log({"event": "validation", **self.place(position), **terms, "best": best})
            self.draw("validation", terms, position.step)

    def event(self, name: str, position: Position, **facts: Any) -> None:
        """Write that something happened."""
        if self.writes:
            self.run.log({"event": name, **self.place(position), **facts})

    def close(self) -> None:
        """Take the bar away and finish the event files."""
        self.report.close()
        if self.board is not None:
            self.board.close()

    def place(self, position: Position) -> dict[str, float]:
        """Where in the training a line belongs."""
        epoch = round(self.order.epoch(position.step), 4)
        return {"step": position.step, "epoch": epoch, "seconds": round(position.seconds, 3)}

    def draw(self, part: str, terms: dict[str, float], step: int) -> None:
        """Hand terms to TensorBoard, where it was asked for."""
        if self.board is not None:
            for name, value in terms.items():
                self.board.add_scalar(f"{part}/{name}", value, step)


def event_files(run: Run) -> Any:
    """TensorBoard's writer in the run's folder."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        from aekit.errors import UsageError

        raise UsageError(
            "--tensorboard needs TensorBoard: pip install 'aekit[tensorboard]' from the checkout."
        ) from error
    return SummaryWriter(str(run.path / "tensorboard"))
