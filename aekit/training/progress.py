# What a person sees while a model trains: a bar in a terminal, plain lines elsewhere.
"""What a person sees while a model trains: a bar in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

PLAIN_EVERY = 10.0
SAME = 0.01  # nats


def duration(seconds: float) -> str:
    """Seconds as m:ss or h:mm:ss."""
    minutes, rest = divmod(max(round(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def terms_text(terms: dict[str, float]) -> str:
    """Loss terms on one line, without those that say the same twice."""
    return "  ".join(f"{name.replace('_', ' ')} {value:.2f}" for name, value in terms.items())


def picked_text(terms: Mapping[str, float], monitor: str) -> str:
    """A validation in figures: its bound, and the figure that picks the best one where that says something else."""
    shown = "elbo" if "elbo" in terms else monitor
    told = f"{shown} {terms[shown]:.2f}"
    same = shown == monitor or (monitor == "loss" and abs(terms["loss"] + terms[shown]) < SAME)
    return told if same else f"{told}, {monitor.replace('_', ' ')} {terms[monitor]:.2f}"


@dataclass
class Report:
    """Shows training on standard error; `quiet` shows nothing."""

    quiet: bool = False
    console: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))
    bar: Progress | None = None
    task: Any = None
    shown: float = 0.0
    validation: str = ""

    def start(self) -> None:
        """Show the bar, where there is a terminal."""
        if self.quiet or not (self.console.is_terminal and sys.stderr.isatty()):
            return
        columns = [BarColumn(28), TextColumn("{task.percentage:3.0f} %"), TextColumn("{task.description}")]
        self.bar = Progress(*columns, console=self.console, refresh_per_second=5, transient=True)
        self.task = self.bar.add_task("starting", total=1.0)
        self.bar.start()

    def step(self, share: float, epoch: float, rate: float, left: float, terms: dict[str, float]) -> None:
        """One logged step.

        Args:
            share: of the schedule that is done.
            epoch: how often the items have been seen.
            rate: items per second.
            left: seconds to the end.
            terms: the loss terms' averages since the last call.
        """
        text = f"epoch {epoch:.1f}  {terms_text(terms)}  {rate:,.0f} items/s  {duration(left)} left  {self.validation}"
        if self.bar is not None:
            self.bar.update(self.task, completed=share, description=text)
        elif not self.quiet and time.monotonic() - self.shown > PLAIN_EVERY:
            self.shown = time.monotonic()
            self.console.print(f"{share:4.0%}  {text}", soft_wrap=True)

    def validated(self, terms: dict[str, float], monitor: str, best: bool) -> None:
        """A validation."""
        self.validation = f"validation {picked_text(terms, monitor)}{' (best)' if best else ''}"

    def say(self, text: str) -> None:
        """A line for the person."""
        if not self.quiet:
            self.console.print(text, soft_wrap=True)

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.stop()
            self.bar = None
