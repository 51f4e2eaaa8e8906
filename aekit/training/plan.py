# A plan: everything that was asked of a training, checked and ready to be sent to other processes.
"""A plan: everything that was asked of a training, checked and ready to be sent to other processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aekit import plugins
from aekit.errors import UsageError, unknown_name
from aekit.modality import Modality
from aekit.objective import Objective
from aekit.options import Options, check, listed, route
from aekit.runs import Run, Stage, fresh_folder, refuse_occupied
from aekit.training.settings import ON_RESUME, TrainOptions

DEFAULT_SECONDS = 100.0


@dataclass(frozen=True)
class Plan:
    """What to train.

    Attributes:
        plugin, objective: names of entry points.
        source: a source that the plugin knows.
        out: the run's folder.
        options, objective_options: of the plugin and the objective.
        training: of the trainer.
        stage: the schedule.
        resume: go on with the run in `out`.
        lengthens: the schedule is a fresh one, to be added to the run that is resumed.
        explicit_batch: the batch size was asked for, and is not to be lowered on small data.
        base: the folder of a run that the objective builds on: its `base` starts with that run's weights, and the
            data is taken as that run's spec says.
    """

    plugin: str
    objective: str
    source: str
    out: Path
    options: Options
    objective_options: Options
    training: TrainOptions
    stage: Stage
    resume: bool = False
    lengthens: bool = False
    explicit_batch: bool = False
    base: Path | None = None

    @property
    def modality_class(self) -> type[Modality]:
        return plugins.modality(self.plugin)

    @property
    def objective_class(self) -> type[Objective]:
        return plugins.objective(self.objective)


def new_plan(
    plugin: str, objective: str, source: str | None, out: Path | str | None, values: Mapping[str, Any]
) -> Plan:
    """Check what was asked and fill in the defaults.

    Args:
        values: options of the trainer, the plugin and the objective, in one flat mapping.

    Raises:
        UsageError: a name is unknown, a value is out of range, or the folder is taken.
        PluginError: the plugin or the objective cannot be used.
    """
    modality_class, objective_class = plugins.modality(plugin), plugins.objective(objective)
    owners = owners_of(plugin, modality_class, objective, objective_class)
    shares = route(values, owners)
    given, mine, theirs = (shares[owner] for owner in owners)
    options = check(modality_class.Options, mine, f"the plugin '{plugin}'")
    source = known_source(plugin, modality_class, source or modality_class.default_source_for(options))
    defaults = modality_class.defaults_for(options, source)
    training, theirs = with_defaults(defaults, objective_class, given, theirs)
    path = Path(out) if out is not None else fresh_folder(plugin, source)
    refuse_occupied(path)
    return Plan(
        plugin,
        objective,
        source,
        path,
        options,
        check(objective_class.Options, theirs, f"the objective '{objective}'"),
        training,
        first_stage(training, given),
        explicit_batch="batch_size" in given,
    )


def owners_of(
    plugin: str, modality_class: type[Modality], objective: str, objective_class: type[Objective]
) -> dict[str, type[Options]]:
    """Who declares options, in the order in which help shows them."""
    return {
        "the trainer": TrainOptions,
        f"the plugin '{plugin}'": modality_class.Options,
        f"the objective '{objective}'": objective_class.Options,
    }


def with_defaults(
    defaults: Mapping[str, Any],
    objective_class: type[Objective],
    given: Mapping[str, Any],
    theirs: Mapping[str, Any],
) -> tuple[TrainOptions, dict[str, Any]]:
    """The trainer's options and the objective's values, with the modality's defaults beneath what was given.

    A default for an option that this objective does not have is left out: it speaks of other objectives.
    """
    mine = {name: value for name, value in defaults.items() if name in TrainOptions.model_fields}
    others = {name: value for name, value in defaults.items() if name in objective_class.Options.model_fields}
    return check(TrainOptions, {**mine, **given}, "the trainer"), {**others, **theirs}


def known_source(plugin: str, modality_class: type[Modality], received: str) -> str:
    """The source to load; a path in it made absolute, so that the run finds it from everywhere.

    Raises:
        UsageError: the plugin knows none of that name.
    """
    sources = modality_class.sources()
    found = next((source for source in sources if source.accepts(received)), None)
    if found is None and sources:
        names = [source.name for source in sources]
        raise UsageError(unknown_name(f"source of the plugin '{plugin}'", received, names))
    if found is not None and found.name.endswith(":PATH"):
        kind, _, path = received.partition(":")
        return f"{kind}:{Path(path).expanduser().resolve()}"
    return received


def first_stage(training: TrainOptions, given: Mapping[str, Any]) -> Stage:
    """The schedule that was asked for: by epochs, by time, or the plugin's or the general default."""
    if "epochs" in given and "max_time" in given and None not in (given["epochs"], given["max_time"]):
        raise UsageError("--epochs and --max-time were both given; a schedule is measured by one of them.")
    if given.get("max_time") is not None or training.epochs is None:
        return Stage(seconds=training.max_time or DEFAULT_SECONDS)
    return Stage(epochs=training.epochs)


def resume_plan(run: Run, values: Mapping[str, Any]) -> Plan:
    """Go on with a run, by what is left of its last stage or by a fresh one.

    Raises:
        UsageError: `values` has an option that a resumed run cannot change.
        PluginError: the run's plugin or objective is gone.
    """
    for name in values:
        if name not in ON_RESUME:
            raise UsageError(
                f"A resumed run keeps its options; '{name}' cannot change. With --resume may stand: "
                f"{listed('--' + option.replace('_', '-') for option in ON_RESUME)}."
            )
    record = run.record
    modality_class, objective_class = plugins.modality(record.plugin), plugins.objective(record.objective)
    kept = {name: value for name, value in record.training.items() if name not in ("epochs", "max_time")}
    training = check(TrainOptions, {**kept, **values}, "the trainer")
    more = first_stage(training, values) if values.keys() & {"epochs", "max_time"} else None
    return Plan(
        record.plugin,
        record.objective,
        record.source,
        run.path,
        check(modality_class.Options, record.options, f"the plugin '{record.plugin}'"),
        check(objective_class.Options, record.objective_options, f"the objective '{record.objective}'"),
        training,
        more or record.stages[-1],
        resume=True,
        lengthens=more is not None,
        explicit_batch=True,
        base=Path(record.base) if record.base is not None and not run.state.exists() else None,
    )


def fitted_batch(plan: Plan, items: int) -> Plan:
    """The plan with a batch that the data can fill and the processes can share.

    Raises:
        UsageError: the batch that was asked for is larger than the data, or cannot be shared evenly.
    """
    size, pieces = (
        plan.training.batch_size,
        plan.training.devices * plan.training.num_nodes * plan.training.accumulate,
    )
    if size > items:
        if plan.explicit_batch:
            raise UsageError(
                f"batch_size {size} is larger than the {items} items to train on. Use --batch-size {items} or less."
            )
        size = items
    if size % pieces:
        if plan.explicit_batch or size < pieces:
            raise UsageError(
                f"batch_size {size} cannot be shared evenly by {pieces} pieces (devices x nodes x accumulate). "
                f"Use a multiple of {pieces}."
            )
        size -= size % pieces
    return replace(plan, training=plan.training.model_copy(update={"batch_size": size}))
