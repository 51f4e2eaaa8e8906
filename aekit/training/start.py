# Starts trainings: resolves what was asked, starts the processes, builds everything, trains.
"""Starts trainings: resolves what was asked, starts the processes, builds everything, trains."""

from __future__ import annotations

import functools
import logging
import os
import platform
import signal
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric

from aekit import __version__, errors, plugins
from aekit.conditions import Condition, measure
from aekit.data import Dataset, Rejection, held_out, kinds_of, stream_seed
from aekit.errors import AekitError, DataError
from aekit.files import read_arrays, write_arrays
from aekit.modality import Modality
from aekit.objective import Objective
from aekit.runs import Record, Run, check_spec
from aekit.training.codes import encode_positions
from aekit.training.feed import MOST_HELD_OUT, Draws, Feed
from aekit.training.meaning import check_meaning
from aekit.training.plan import Plan, fitted_batch, new_plan, resume_plan
from aekit.training.precision import resolve_device, resolve_precision
from aekit.training.progress import Report
from aekit.training.settings import Precision
from aekit.training.state import load_module
from aekit.training.trainer import Trainer

INITIAL_WEIGHTS = 0x1A17
MOST_FINAL_CODES = 100_000


class Stopped(KeyboardInterrupt):
    """A person stopped the training; its state is saved."""

    def __init__(self, run: Run) -> None:
        super().__init__(f"Stopped and saved. Go on with: {run.resume_line()}")
        self.run = run


def train(
    plugin: str,
    *,
    source: str | None = None,
    objective: str = "vae",
    out: Path | str | None = None,
    quiet: bool = False,
    **options: Any,
) -> Run:
    """Train a model and keep it in a run.

    Args:
        plugin: name of an installed plugin, like "image".
        source: what to train on; None for the plugin's default.
        objective: how to train, like "vae".
        out: the run's folder; None for a named one under `runs/`.
        quiet: show nothing.
        options: of the trainer (`latent_dim`, `epochs`, `max_time`, ...), the plugin and the objective.

    Returns:
        The finished run; `aekit.load(run)` makes it ready to use.

    Raises:
        AekitError: something cannot be used as it was given; the message says what to do.
        KeyboardInterrupt: stopped by Ctrl-C, after saving.
    """
    return carry_out(new_plan(plugin, objective, source, out, options), quiet)


def resume(run: Run | Path | str, *, quiet: bool = False, **options: Any) -> Run:
    """Go on with a run: to its planned end, or with `epochs` or `max_time` for a fresh schedule.

    Args:
        run: the run or its folder.
        options: any of `epochs` (how many more), `max_time`, `device`, `devices`, `num_nodes`,
            `save_every`, `tensorboard`.

    Raises:
        AekitError, KeyboardInterrupt: as `train`.
    """
    run = run if isinstance(run, Run) else Run(run)
    return carry_out(resume_plan(run, options), quiet)


def carry_out(plan: Plan, quiet: bool) -> Run:
    """Train in this process, or in as many as the plan asks for."""
    device = resolve_device(plan.training.device)
    environment = os.environ
    if "TORCHELASTIC_RUN_ID" in environment:
        local = int(environment["LOCAL_WORLD_SIZE"])
        nodes = int(environment["WORLD_SIZE"]) // local
        training = plan.training.model_copy(update={"devices": local, "num_nodes": nodes})
        plan = replace(plan, training=training)
        fabric = Fabric(accelerator=device, devices=local, num_nodes=nodes, strategy="ddp")
        fabric.launch()
        finished = in_process(fabric, plan, quiet)
    elif plan.training.devices * plan.training.num_nodes > 1:
        finished = in_processes(device, plan, quiet)
    else:
        finished = in_process(Fabric(accelerator=device, devices=1), plan, quiet)
    run = Run(plan.out)
    if not finished:
        raise Stopped(run)
    return run


def in_processes(device: str, plan: Plan, quiet: bool) -> bool:
    """Train in several processes on this machine, started anew by `spawn` as on every system."""
    from torch.multiprocessing.spawn import ProcessExitedException, ProcessRaisedException

    training = plan.training
    fabric = Fabric(
        accelerator=device, devices=training.devices, num_nodes=training.num_nodes, strategy="ddp_spawn"
    )
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "error"
        try:
            # Fabric copies the arguments of what it launches, and refuses frozen dataclasses among them
            return bool(fabric.launch(functools.partial(_worker, plan, quiet, str(said))))
        except (ProcessRaisedException, ProcessExitedException) as error:
            if said.exists():
                kind, _, message = said.read_text().partition(" ")
                raise getattr(errors, kind)(message) from error
            raise
        finally:
            signal.signal(signal.SIGINT, before)


def _worker(plan: Plan, quiet: bool, said: str, fabric: Fabric) -> bool:
    """One of several processes; an error for people is left in the file `said`."""
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    try:
        return in_process(fabric, plan, quiet)
    except AekitError as error:
        Path(said).write_text(f"{type(error).__name__} {error}")
        raise


def in_process(fabric: Fabric, plan: Plan, quiet: bool) -> bool:
    """Load, build and train in this process; False where the person stopped it."""
    precision: Precision = "bf16" if resolve_precision(plan.training.precision, fabric.device.type) else "32"
    plan = replace(plan, training=plan.training.model_copy(update={"precision": precision}))
    report = Report(quiet=quiet or not fabric.is_global_zero)
    modality_class = plan.modality_class
    with fabric.rank_zero_first():  # what a first load caches, the other processes find
        dataset = loaded(modality_class, plan)
    if not plan.resume:
        check_spec(dataset.spec, plan.plugin)
    if plan.base is not None:
        dataset = as_base(dataset, Run(plan.base), plan)
    if len(dataset) < 2:
        raise DataError(f"Training needs at least two items; {plan.source} has {len(dataset)}.")
    kept = len(dataset) - len(
        held_out(len(dataset), plan.training.validation, MOST_HELD_OUT, plan.training.seed)[1]
    )
    plan = fitted_batch(plan, kept)
    run = opened_run(plan, dataset) if plan.resume else None
    modality = plan.modality_class(plan.options, run.record.spec if run is not None else dataset.spec)
    condition = (
        Condition.from_json(run.record.condition)
        if run is not None
        else measure(plan.objective_class.condition(plan.objective_options), modality, dataset)
    )
    objective = build(plan, modality, condition)
    if plan.base is not None:
        weights = Run(plan.base).weights
        load_module(objective.get_submodule("base"), read_arrays(weights)[0], str(weights))
    device = fabric.device
    objective.to(device)
    shards = fabric.world_size * plan.training.accumulate
    feed = Feed(
        dataset,
        modality,
        condition,
        batch_size=plan.training.batch_size,
        shards=shards,
        seed=plan.training.seed,
        validation=plan.training.validation,
        device=device,
        augment=plan.training.augment,
        degrade=objective.degrade if objective.restores else None,
    )
    with torch.no_grad():
        objective.begin(Draws(feed))
    objective.autocast_dtype = resolve_precision(plan.training.precision, device.type)
    run = run or created_run(fabric, plan, dataset, condition)
    trainer = Trainer(fabric, objective, feed, run, plan.training, report)
    if plan.lengthens:
        add_stage(fabric, plan, run)
    report.say(introduction(plan, run, dataset, objective))
    finished = trainer.fit()
    if finished and fabric.is_global_zero:
        report.say(f"Encoding {min(len(dataset), MOST_FINAL_CODES):,} items")
        write_final_codes(objective, feed, run)
    fabric.barrier()
    return finished


def loaded(modality_class: type[Modality], plan: Plan) -> Dataset:
    """The training split of the plan's source.

    Raises:
        DataError: by the plugin; where the run builds on another, with what can be done about its options.
    """
    try:
        return modality_class.load(plan.options, plan.source, "train")
    except DataError as error:
        if plan.base is None:
            raise
        raise DataError(
            f"{error} A run on top of {plan.base} takes items with that run's options; for others train a base with "
            "other options first."
        ) from error


def as_base(dataset: Dataset, base: Run, plan: Plan) -> Dataset:
    """A data set with the spec of the run that is built on.

    Raises:
        DataError: its items have another shape or type than that run's, or mean something else.
    """
    expected, dtype = tuple(base.record.item["shape"]), base.record.item["dtype"]
    received = str(dataset.items.dtype).removeprefix("torch.")
    if (dataset.item_shape, received) != (expected, dtype):
        raise DataError(
            f"The run {base.path} models items of shape {expected}, {dtype} (received {dataset.item_shape}, "
            f"{received})."
        )
    check_meaning(dataset, plan.modality_class(plan.options, base.record.spec), plan.source)
    return replace(dataset, spec=base.record.spec)


def created_run(fabric: Fabric, plan: Plan, dataset: Dataset, condition: Condition | None) -> Run:
    """Make the run's folder (in one process; the others wait)."""
    if fabric.is_global_zero:
        rejected = [entry._asdict() for entry in dataset.rejected]
        Run.create(plan.out, record_of(plan, dataset, condition), rejected)
    fabric.barrier()
    return Run(plan.out)


def add_stage(fabric: Fabric, plan: Plan, run: Run) -> None:
    """Add the plan's schedule to the run, from its saved step; nothing that can be refused comes after it."""
    stage = plan.stage.model_copy(update={"start": run.saved_step() or 0})
    fabric.barrier()  # the others have read run.json
    if fabric.is_global_zero:
        run.add_stage(stage)
    else:
        run.record.stages.append(stage)


def opened_run(plan: Plan, dataset: Dataset) -> Run:
    """Open the run that is resumed.

    Raises:
        DataError: the data is no longer what the run was trained on.
    """
    run = Run(plan.out)
    if dataset.fingerprint() != run.record.fingerprint:
        raise DataError(
            f"The data behind '{plan.source}' is not what the run was trained on (it has changed since). "
            "Restore it, or train a new run."
        )
    return run


def record_of(plan: Plan, dataset: Dataset, condition: Condition | None) -> Record:
    """The content of a new run's run.json."""
    entry = plugins.find(plugins.MODALITIES, plan.plugin)
    training = plan.training
    held = held_out(len(dataset), training.validation, MOST_HELD_OUT, training.seed)[1]
    versions = {"aekit": __version__, "torch": str(torch.__version__), "python": platform.python_version()}
    return Record(
        plugin=plan.plugin,
        plugin_distribution=entry.distribution,
        plugin_version=entry.version,
        options=plan.options.model_dump(mode="json"),
        objective=plan.objective,
        objective_options=plan.objective_options.model_dump(mode="json"),
        training=training.model_dump(mode="json"),
        stages=[plan.stage],
        source=plan.source,
        fingerprint=dataset.fingerprint(),
        spec=dataset.spec,
        item={"shape": list(dataset.item_shape), "dtype": str(dataset.items.dtype).removeprefix("torch.")},
        items=len(dataset),
        validation=len(held),
        label_names=list(dataset.label_names),
        condition=condition.to_json() if condition is not None else None,
        base=str(plan.base) if plan.base is not None else None,
        versions=versions,
        created=time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    )


def build(plan: Plan, modality: Modality, condition: Condition | None) -> Objective:
    """The objective with its networks; the initial weights are a function of the seed."""
    torch.manual_seed(stream_seed(plan.training.seed, INITIAL_WEIGHTS))
    columns = condition.dim if condition is not None else 0
    return plan.objective_class(modality, plan.objective_options, plan.training.latent_dim, columns)


def introduction(plan: Plan, run: Run, dataset: Dataset, objective: Objective) -> str:
    """What is about to happen, in a line or two."""
    weights = sum(weight.numel() for weight in objective.parameters())
    stage = run.record.stages[-1]
    length = epochs_text(stage.epochs) if stage.epochs else f"{stage.seconds:g} s"
    if len(run.record.stages) > 1:
        length += f" more from step {stage.start:,}"
    number = "bf16" if objective.autocast_dtype is not None else "fp32"
    left_out = (
        f" ({len(dataset.rejected):,} left out{commonest(dataset.rejected)})" if dataset.rejected else ""
    )
    return (
        f"{'Resuming' if plan.resume else 'Training'} {plan.objective} on {plan.source}: "
        f"{len(dataset):,} items, {run.record.validation:,} of them held out{left_out}; "
        f"{plan.training.latent_dim} dimensions, {weights:,} weights, "
        f"{length}, {number}\n"
        f"{unshared(objective)}Run: {run.path}"
    )


def unshared(objective: Objective) -> str:
    """A line, with its end, where an encoder's parts cannot have equal shares of the code; otherwise nothing."""
    parts, dim = objective.encoder.parts, objective.latent_dim
    if dim % parts == 0:
        return ""
    nearest = max(1, round(dim / parts)) * parts
    return (
        f"The {parts} parts of an item cannot share {dim} dimensions equally, so all of them read all, which learns "
        f"more slowly; --latent-dim {nearest} can be shared.\n"
    )


def epochs_text(epochs: float) -> str:
    """A number of epochs, in words."""
    return "1 epoch" if epochs == 1 else f"{epochs:g} epochs"


def commonest(rejected: Sequence[Rejection]) -> str:
    """Why most of what was left out was, by an example."""
    if len(rejected) == 1:
        return f": {rejected[0].name}: {rejected[0].reason}"
    count, first = kinds_of(rejected)[0]
    return f", {count:,} of them like {first.name}: {first.reason}; all are in rejected.json"


def write_final_codes(objective: Objective, feed: Feed, run: Run) -> None:
    """Write the codes of the training items under the best weights; of very many an even selection."""
    arrays, facts = read_arrays(run.weights)
    load_module(objective, arrays, str(run.weights))
    objective.eval()
    objective.autocast_dtype = None
    count = len(feed.dataset)
    positions = torch.linspace(0, count - 1, min(count, MOST_FINAL_CODES), dtype=torch.float64).long()
    codes: Mapping[str, Any] = encode_positions(objective, feed, positions)
    write_arrays(run.path / "latents" / "final.safetensors", codes, {"step": facts["step"]})
