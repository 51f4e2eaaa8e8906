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

from aekit.errors import NonFiniteError
from aekit.files import read_arrays, write_arrays
from aekit.objective import Objective
from aekit.runs import Run, Stage
from aekit.training.averages import Averages
from aekit.training.codes import write_snapshot
from aekit.training.feed import Feed
from aekit.training.interrupt import Interrupt
from aekit.training.ledger import Ledger
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
from aekit.training.validation import not_finite, validation_terms

LOG_EVERY = 50
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
        self.options = options
        self.position = Position()
        groups = objective.groups(options.learning_rate)
        self.clipped = [list(entry["params"]) for entry in groups]
        self.optimizer = torch.optim.AdamW(
            decaying(groups, options.weight_decay), betas=(0.9, options.beta2), fused=True
        )
        self.rates = [float(entry["lr"]) for entry in self.optimizer.param_groups]
        if options.compile:
            torch.compiler.reset()  # models that the process compiled before count towards a limit, past which none is
        compiled: Any = torch.compile(objective) if options.compile else objective
        wrapped, self.stepper = fabric.setup(compiled, self.optimizer)
        # Fabric's wrapper costs .2 ms a step, and does nothing in a single process at fp32
        self.model = wrapped if fabric.world_size > 1 else compiled
        self.averages = Averages(objective, options.ema)
        self.best: nn.Module | None = None
        self.control = dist.new_group(backend="gloo") if fabric.world_size > 1 else None
        self.saved = time.monotonic()
        self.first_bad = torch.full((), -1, dtype=torch.int64, device=fabric.device)
        self.ledger = Ledger(
            run, report, feed.order, writes=fabric.is_global_zero, tensorboard=options.tensorboard
        )

    # ---- the loop -------------------------------------------------------------------------------------

    def fit(self) -> bool:
        """Train to the end of the run's last stage; False where the person stopped it before.

        Raises:
            NonFiniteError: the loss or a gradient is not finite.
            AekitError: the disk is full.
        """
        self.restore()
        started = time.monotonic() - self.position.seconds
        self.ledger.start(self.position.step)
        self.objective.train()
        try:
            with Interrupt() as interrupt:
                while True:
                    share, stop = self.share_done(time.monotonic() - started, interrupt.requested)
                    if share >= 1 or stop or self.gains_nothing:
                        break
                    self.step(share)
                    self.position.seconds = time.monotonic() - started
                    if self.validation_due():
                        self.validate(share)
                    if time.monotonic() - self.saved >= self.options.save_every:
                        self.save()
                return self.finish(stop)
        finally:
            self.ledger.close()

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

    def overall(self, share: float) -> float:
        """How much of the training is done: a further stage goes on from where the one before it ended."""
        return self.position.reached + (1 - self.position.reached) * min(share, 1.0)

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
        self.objective.share_done.fill_(self.overall(share))
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
        self.ledger.add(outcome.terms)
        if self.position.step % LOG_EVERY == 0:
            self.check_finite()
            rate = self.optimizer.param_groups[0]["lr"]
            self.ledger.steps(self.position, share, rate)

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
        norms = [clip_gradients(weights, self.options.clip) for weights in self.clipped]
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
        self.ledger.event("not finite", self.position, items=ids.tolist())
        self.refuse(f"The loss or a gradient is not finite at step {step} (items", self.suspects(ids))

    def stop_at_validation(self) -> None:
        """Raise the error for a validation that was not finite."""
        found = not_finite(self.averages.module, self.feed)
        found = found if len(found) else self.suspects(self.feed.held)
        self.ledger.event("not finite", self.position, items=found.tolist())
        self.refuse(f"The validation at step {self.position.step} is not finite (held-out items", found)

    def suspects(self, ids: Tensor) -> Tensor:
        """Those of the items whose stored numbers are not all finite; all, where that is so of none or of all."""
        stored = self.feed.dataset.items[ids]
        if not stored.is_floating_point():
            return ids
        odd = ~stored.flatten(1).isfinite().all(1)
        return ids[odd] if bool(odd.any()) and not bool(odd.all()) else ids

    def refuse(self, what: str, items: Tensor) -> None:
        """Raise NonFiniteError, with the items' names, what is kept and what may help."""
        names = ", ".join(self.feed.dataset.name(int(number)) for number in items[:6])
        more = f" and {len(items) - 6} more" if len(items) > 6 else ""
        saved = self.run.saved_step()
        kept = f"step {saved} is kept" if saved is not None else "no state was saved yet"
        raise NonFiniteError(
            f"{what} {names}{more}); {kept}. Look at "
            f"these items; else start again with a lower --learning-rate (now {self.options.learning_rate:g}), "
            f"--clip 1 (now {self.options.clip:g}) or --precision 32."
        )

    # ---- validation -----------------------------------------------------------------------------------

    def validation_due(self) -> bool:
        """After each epoch, but neither too often on small data nor too seldom on large."""
        epoch = self.feed.order.steps(1)
        every = min(max(epoch, FEWEST_STEPS_BETWEEN_VALIDATIONS), MOST_STEPS_BETWEEN_VALIDATIONS)
        return self.position.step % every == 0

    def validate(self, share: float) -> None:
        """Validate the averaged weights, and keep them if they are the best so far.

        Raises:
            NonFiniteError: the figure that picks the best is not finite.
        """
        self.check_finite()
        terms = validation_terms(self.averages.module, self.feed, self.fabric, self.control)
        position, monitored = self.position, terms[self.objective.monitor]
        if not math.isfinite(monitored):
            self.stop_at_validation()
        best = position.best is None or monitored < position.best
        if best:
            position.best, position.best_step = monitored, position.step
            self.best = copy.deepcopy(self.averages.module)
        rests = best or self.objective.warms_up(position.step)
        position.waiting = 0 if rests else position.waiting + 1
        position.validated = position.step
        self.ledger.validation(terms, position, self.objective.monitor, best)
        if self.fabric.is_global_zero and self.snapshot_due(share):
            write_snapshot(self.averages.module, self.feed, self.run, position.step)

    @property
    def gains_nothing(self) -> bool:
        """Whether it is time to stop early."""
        return 0 < self.options.early_stopping <= self.position.waiting

    def snapshot_due(self, share: float) -> bool:
        """Whether to keep the codes of the sample now: `snapshots` times a stage, and at its end."""
        wanted, kept = self.options.snapshots, len(self.run.snapshots())
        return bool(wanted) and (kept <= (self.position.stage + share) * wanted or share >= 1)

    # ---- states ---------------------------------------------------------------------------------------

    def save(self) -> None:
        """Write the best weights, then the state: whichever a kill leaves is whole, and resumes exactly."""
        self.check_finite()
        self.saved = time.monotonic()
        if self.fabric.is_global_zero:
            self.save_best()
            arrays = grouped(
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
        """Go back to the saved state, if there is one; a stage that was added since then starts from it."""
        last = len(self.run.record.stages) - 1
        if not self.run.state.exists():
            self.position.stage = last
            return
        arrays, facts = read_arrays(self.run.state)
        where = str(self.run.state)
        load_module(self.objective, group(arrays, "weights"), where)
        load_module(self.averages.module, group(arrays, "averages"), where)
        load_optimizer(self.optimizer, self.objective, group(arrays, "optimizer"))
        self.position = Position(**facts)
        begins = self.position.stage < last
        if begins:
            self.position.reached = self.overall(self.share_done(self.position.seconds, False)[0])
            self.position.stage, self.position.seconds, self.position.waiting = last, 0.0, 0
        if self.fabric.is_global_zero:
            if begins:  # the codes of all items are of weights that this stage may replace
                (self.run.path / "latents" / "final.safetensors").unlink(missing_ok=True)
            self.run.rewind(self.position.step)
            for path in self.run.snapshots():
                if int(path.stem) > self.position.step:
                    path.unlink()

    def finish(self, stopped: bool) -> bool:
        """Validate where that is still to be done, save, and say how it ended."""
        if not stopped:
            self.ledger.steps(self.position, 1.0, self.optimizer.param_groups[0]["lr"])
        if not stopped and self.position.validated != self.position.step:
            self.validate(1.0)
        self.save()
        self.ledger.event("stopped" if stopped else "finished", self.position)
        return not stopped


def decaying(groups: list[dict[str, Any]], weight_decay: float) -> list[dict[str, Any]]:
    """Optimizer groups in which matrices and kernels decay, by a group's own rate if it has one; all else does not."""
    split = []
    for entry in groups:
        flat = [weight for weight in entry["params"] if weight.ndim < 2]
        deep = [weight for weight in entry["params"] if weight.ndim >= 2]
        split += [{"weight_decay": weight_decay, **entry, "params": deep}] if deep else []
        split += [{**entry, "params": flat, "weight_decay": 0.0}] if flat else []
    return split


def clip_gradients(weights: list[nn.Parameter], most: float) -> Tensor:
    """Scale gradients down to a norm of at most `most`; the norm that they had.

    `torch.nn.utils.clip_grad_norm_` scales always, also by one. Where the norm can be looked at without a
    wait, gradients that are small enough are left alone, which spares a pass over all of them.
    """
    gradients = [weight.grad for weight in weights if weight.grad is not None]
    norm = nn.utils.get_total_norm(gradients, foreach=True)
    if norm.device.type != "cpu" or float(norm) > most:
        nn.utils.clip_grads_with_norm_(weights, most, norm, foreach=True)
    return norm
