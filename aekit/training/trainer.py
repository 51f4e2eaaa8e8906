# The training loop: steps, validation, saved states; the same for every modality and objective.
"""The training loop: steps, validation, saved states; the same for every modality and objective."""

from __future__ import annotations

import copy
import math
import time
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
import torch.distributed as dist
from lightning_fabric import Fabric
from torch import Tensor, nn

from aekit.data import stream_seed
from aekit.errors import NonFiniteError
from aekit.files import read_arrays, write_arrays
from aekit.objective import Objective
from aekit.runs import Run, Stage
from aekit.training.averages import Averages
from aekit.training.feed import Feed
from aekit.training.interrupt import Interrupt
from aekit.training.progress import Report
from aekit.training.schedules import learning_rate_factor
from aekit.training.settings import TrainOptions
from aekit.training.state import (
    Position,
    group,
    grouped,
    load_module,
    load_optimizer,
    module_arrays,
    optimizer_arrays,
)

LOG_EVERY = 50
SNAPSHOT_ITEMS = 2000
VALIDATION_STREAM = 0x7A11D
FEWEST_STEPS_BETWEEN_VALIDATIONS, MOST_STEPS_BETWEEN_VALIDATIONS = 50, 1000


class Trainer:
    """Trains one objective on one feed and keeps the result in a run.

    Attributes:
        position: where the training stands.
    """

    def __init__(
        self,
        fabric: Fabric,
        objective: Objective,
        feed: Feed,
        run: Run,
        options: TrainOptions,
        report: Report,
    ) -> None:
        self.fabric, self.objective, self.feed, self.run = fabric, objective, feed, run
        self.options, self.report = options, report
        self.position = Position()
        groups = objective.groups(options.learning_rate)
        self.optimizer = torch.optim.AdamW(
            groups, betas=(0.9, options.beta2), weight_decay=options.weight_decay, fused=True
        )
        self.rates = [float(entry["lr"]) for entry in self.optimizer.param_groups]
        compiled: Any = torch.compile(objective) if options.compile else objective
        wrapped, self.stepper = fabric.setup(compiled, self.optimizer)
        # Fabric's wrapper costs .2 ms a step, and does nothing in a single process at fp32
        self.model = wrapped if fabric.world_size > 1 else compiled
        self.averages = Averages(objective, options.ema)
        self.best: nn.Module | None = None
        self.control = dist.new_group(backend="gloo") if fabric.world_size > 1 else None
        self.saved = time.monotonic()
        self.first_bad = torch.full((), -1, dtype=torch.int64, device=fabric.device)
        self.sums: Tensor | None = None
        self.summed, self.logged = 0, (0, 0.0)
        self.board = self._board()

    # ---- the loop -------------------------------------------------------------------------------------

    def fit(self) -> bool:
        """Train to the end of the run's last stage; False where the person stopped it before.

        Raises:
            NonFiniteError: the loss or a gradient is not finite.
            AekitError: the disk is full.
        """
        if self.run.state.exists():
            self.restore()
        started = time.monotonic() - self.position.seconds
        self.logged = (self.position.step, time.monotonic())
        self.report.start()
        self.objective.train()
        try:
            with Interrupt() as interrupt:
                while True:
                    share, stop = self.share_done(time.monotonic() - started, interrupt.requested)
                    if share >= 1 or stop:
                        break
                    self.step(share)
                    self.position.seconds = time.monotonic() - started
                    if self.validation_due() and self.validate(share):
                        break
                    if time.monotonic() - self.saved >= self.options.save_every:
                        self.save()
                return self.finish(stop)
        finally:
            self.report.close()

    def share_done(self, seconds: float, interrupted: bool) -> tuple[float, bool]:
        """The share of the stage that is done, and whether to stop; the same answer in every process."""
        if self.control is not None and (self.stage.seconds is not None or self.position.step % 10 == 0):
            agreed = torch.tensor([seconds, float(interrupted)], dtype=torch.float64)
            dist.all_reduce(agreed, dist.ReduceOp.MAX, group=self.control)
            seconds, interrupted = float(agreed[0]), bool(agreed[1])
        elif self.control is not None:
            interrupted = False
        if self.stage.seconds is not None:
            return seconds / self.stage.seconds, interrupted
        return (self.position.step - self.stage.start) / self.stage_steps, interrupted

    @property
    def stage(self) -> Stage:
        return self.run.record.stages[self.position.stage]

    @property
    def stage_steps(self) -> int:
        return self.feed.order.steps(self.stage.epochs or 0)

    def step(self, share: float) -> None:
        """One step of the optimizer."""
        step, pieces = self.position.step, self.options.accumulate
        self.set_rates(share)
        counter = torch.tensor(step, device=self.fabric.device)
        for piece in range(pieces):
            batch = self.feed.batch(step, self.fabric.global_rank * pieces + piece)
            with self.waiting_for_more(piece < pieces - 1):
                outcome = self.model(batch, counter)
                self.fabric.backward(outcome.loss if pieces == 1 else outcome.loss / pieces)
        self.watch(outcome.loss, self.clip(), counter)
        self.stepper.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.averages.update(step)
        self.position.step += 1
        self.add_up(outcome.terms)
        if self.position.step % LOG_EVERY == 0:
            self.log_step(share, list(outcome.terms))

    def waiting_for_more(self, more: bool) -> AbstractContextManager[Any]:
        """Where further pieces of a batch follow, gradients are not exchanged between processes yet."""
        return (
            self.fabric.no_backward_sync(self.model) if more and self.control is not None else nullcontext()
        )

    def set_rates(self, share: float) -> None:
        """Set the learning rate of every group."""
        factor = learning_rate_factor(share, self.options.lr_warmup)
        for entry, rate in zip(self.optimizer.param_groups, self.rates, strict=True):
            entry["lr"] = rate * factor

    def clip(self) -> Tensor:
        """Clip the gradients of each group by itself; the sum of the norms that they had."""
        norms = [
            nn.utils.clip_grad_norm_(entry["params"], self.options.clip, foreach=True)
            for entry in self.optimizer.param_groups
        ]
        return norms[0] if len(norms) == 1 else torch.stack(norms).sum()

    def watch(self, loss: Tensor, norm: Tensor, counter: Tensor) -> None:
        """Note the first step whose loss or gradient is not finite; looks at it where that costs no wait."""
        if self.fabric.device.type == "cpu":
            if not math.isfinite(float(loss.detach()) + float(norm)):
                self.stop_at(int(counter))
            return
        bad = ~torch.isfinite(loss.detach() + norm) & (self.first_bad < 0)
        self.first_bad = torch.where(bad, counter, self.first_bad)

    def check_finite(self) -> None:
        """Stop where a step before was not finite."""
        if int(self.first_bad) >= 0:
            self.stop_at(int(self.first_bad))

    def stop_at(self, step: int) -> None:
        """Raise the error for a step that was not finite."""
        ids = self.feed.ids(step)
        stored = self.feed.dataset.items[ids]
        suspects = ids
        if stored.is_floating_point():
            odd = ~stored.flatten(1).isfinite().all(1)
            suspects = ids[odd] if bool(odd.any()) and not bool(odd.all()) else ids
        names = ", ".join(self.feed.dataset.name(int(number)) for number in suspects[:6])
        more = f" and {len(suspects) - 6} more" if len(suspects) > 6 else ""
        if self.fabric.is_global_zero:
            self.run.log({"event": "not finite", "step": step, "items": ids.tolist()})
        saved = self.run.saved_step()
        kept = f"step {saved} is kept" if saved is not None else "no state was saved yet"
        raise NonFiniteError(
            f"The loss or a gradient is not finite at step {step} (items {names}{more}); {kept}. Look at "
            f"these items; else start again with a lower --learning-rate (now {self.options.learning_rate:g}), "
            f"--clip 1 (now {self.options.clip:g}) or --precision 32."
        )

    # ---- figures --------------------------------------------------------------------------------------

    def add_up(self, terms: dict[str, Tensor]) -> None:
        """Add a step's terms to the sums, on the device."""
        values = torch.stack([value.float() for value in terms.values()])
        self.sums = values if self.sums is None else self.sums + values
        self.summed += 1

    def log_step(self, share: float, names: list[str]) -> None:
        """Log the averages since the last time."""
        self.check_finite()
        assert self.sums is not None
        terms = dict(zip(names, (self.sums / self.summed).tolist(), strict=True))
        self.sums, self.summed = None, 0
        step, now = self.position.step, time.monotonic()
        rate = (step - self.logged[0]) * self.feed.order.batch_size / max(now - self.logged[1], 1e-9)
        self.logged = (step, now)
        epoch = self.feed.order.epoch(step)
        left = self.position.seconds * (1 - share) / max(share, 1e-6)
        if self.fabric.is_global_zero:
            self.report.step(share, epoch, rate, left, terms)
            line = {
                "step": step,
                "epoch": round(epoch, 4),
                "seconds": round(self.position.seconds, 3),
                **terms,
            }
            self.run.log(
                {**line, "items_per_second": round(rate, 1), "rate": self.optimizer.param_groups[0]["lr"]}
            )
            self.draw({f"train/{name}": value for name, value in terms.items()})

    def validation_due(self) -> bool:
        """After each epoch, but neither too often on small data nor too seldom on large."""
        epoch = self.feed.order.steps(1)
        every = min(max(epoch, FEWEST_STEPS_BETWEEN_VALIDATIONS), MOST_STEPS_BETWEEN_VALIDATIONS)
        return self.position.step % every == 0

    def validate(self, share: float) -> bool:
        """Validate the averaged weights, keep the best; True where it is time to stop early."""
        self.check_finite()
        terms = self.validation_terms()
        monitored = terms[self.objective.monitor]
        best = math.isfinite(monitored) and (self.position.best is None or monitored < self.position.best)
        if best:
            self.position.best, self.position.best_step = monitored, self.position.step
            self.best = copy.deepcopy(self.averages.module)
        self.position.waiting = 0 if best else self.position.waiting + 1
        self.position.validated = self.position.step
        if self.fabric.is_global_zero:
            self.report.validated(terms, self.objective.monitor, best)
            epoch = self.feed.order.epoch(self.position.step)
            line = {"event": "validation", "step": self.position.step, "epoch": round(epoch, 4)}
            self.run.log({**line, "seconds": round(self.position.seconds, 3), **terms, "best": best})
            self.draw({f"validation/{name}": value for name, value in terms.items()})
            self.snapshot(share)
        patience = self.options.early_stopping
        return bool(patience) and self.position.waiting >= patience

    @torch.no_grad()
    def validation_terms(self) -> dict[str, float]:
        """The terms of the averaged weights over the validation items, schedules ended."""
        module: Any = self.averages.module
        totals: dict[str, float] = {}
        with torch.random.fork_rng(devices=self.random_devices()):
            pieces = self.feed.validation_batches()
            for number in range(self.fabric.global_rank, len(pieces), self.fabric.world_size):
                torch.manual_seed(stream_seed(self.options.seed, VALIDATION_STREAM, number))
                outcome = module(self.feed.validation_batch(number), None)
                for name, value in {"loss": outcome.loss, **outcome.terms}.items():
                    totals[name] = totals.get(name, 0.0) + float(value) * len(pieces[number])
        return self.averaged(totals)

    def averaged(self, totals: dict[str, float]) -> dict[str, float]:
        """Sums over this process's items to averages over all of them."""
        if self.control is None:
            return {name: total / len(self.feed.held) for name, total in totals.items()}
        shares: list[Any] = [None] * self.fabric.world_size
        dist.all_gather_object(shares, totals, group=self.control)
        names = next(share for share in shares if share)
        return {name: sum(share.get(name, 0.0) for share in shares) / len(self.feed.held) for name in names}

    def random_devices(self) -> list[int]:
        """Devices whose random stream validation must leave alone."""
        return [self.fabric.device.index or 0] if self.fabric.device.type == "cuda" else []

    @torch.no_grad()
    def snapshot(self, share: float) -> None:
        """Keep the codes of a fixed sample of items, at most `snapshots` times a stage."""
        wanted = self.options.snapshots
        folder = self.run.path / "latents"
        kept = len(self.run.snapshots())
        due = self.position.stage * wanted + math.floor(share * wanted)
        if not wanted or (kept > due and share < 1):
            return
        from aekit.training.codes import encode_positions

        count = len(self.feed.dataset)
        positions = torch.linspace(0, count - 1, min(count, SNAPSHOT_ITEMS)).long()
        facts = {"step": self.position.step, "epoch": self.feed.order.epoch(self.position.step)}
        arrays = encode_positions(self.averages.module, self.feed, positions)
        write_arrays(folder / f"{self.position.step:08}.safetensors", arrays, facts)

    # ---- states ---------------------------------------------------------------------------------------

    def save(self) -> None:
        """Write the best weights, then the state: whichever a kill leaves is whole, and resumes exactly."""
        self.check_finite()
        self.saved = time.monotonic()
        if self.fabric.is_global_zero:
            self.save_best()
            arrays = grouped(
                {},
                weights=module_arrays(self.objective),
                averages=module_arrays(self.averages.module),
                optimizer=optimizer_arrays(self.optimizer, self.objective),
            )
            write_arrays(self.run.state, arrays, self.position.to_json())

    def save_best(self) -> None:
        """Write the best weights, if they are new; before the first validation the averaged ones of now."""
        module, step = self.best, self.position.best_step
        if self.position.best is None:
            module, step = self.averages.module, self.position.step
        if module is not None:
            facts = {"step": step, "monitored": self.position.best}
            write_arrays(self.run.weights, module_arrays(module), facts)
            self.best = None

    def restore(self) -> None:
        """Go back to the saved state; a stage that was added since then starts from it."""
        arrays, facts = read_arrays(self.run.state)
        where = str(self.run.state)
        load_module(self.objective, group(arrays, "weights"), where)
        load_module(self.averages.module, group(arrays, "averages"), where)
        load_optimizer(self.optimizer, self.objective, group(arrays, "optimizer"))
        self.position = Position(**facts)
        last = len(self.run.record.stages) - 1
        if self.position.stage < last:
            self.position.stage, self.position.seconds, self.position.waiting = last, 0.0, 0
        if self.fabric.is_global_zero:
            self.run.rewind(self.position.step)
            for path in self.run.snapshots():
                if int(path.stem) > self.position.step:
                    path.unlink()

    def finish(self, stopped: bool) -> bool:
        """Validate where that is still to be done, save, and say how it ended."""
        if not stopped and self.position.validated != self.position.step:
            self.validate(1.0)
        self.save()
        if self.fabric.is_global_zero:
            event = {"event": "stopped" if stopped else "finished", "step": self.position.step}
            self.run.log({**event, "seconds": round(self.position.seconds, 3)})
            if self.board is not None:
                self.board.close()
        return not stopped

    # ---- TensorBoard ----------------------------------------------------------------------------------

    def _board(self) -> Any:
        if not self.options.tensorboard or not self.fabric.is_global_zero:
            return None
        from torch.utils.tensorboard import SummaryWriter

        return SummaryWriter(str(self.run.path / "tensorboard"))

    def draw(self, figures: dict[str, float]) -> None:
        """Hand figures to TensorBoard, where it was asked for."""
        if self.board is not None:
            for name, value in figures.items():
                self.board.add_scalar(name, value, self.position.step)
