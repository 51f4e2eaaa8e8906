# Personal runs: a few of a person's own items, learnt on top of a trained run.
"""Personal runs: a few of a person's own items, learnt on top of a trained run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aekit import plugins
from aekit.errors import RunError
from aekit.options import Options, check
from aekit.runs import Record, Run, Stage, fresh_folder, refuse_occupied
from aekit.training.plan import Plan, known_source
from aekit.training.settings import TrainOptions
from aekit.training.start import carry_out

DEFAULTS: dict[str, Any] = {
    "latent_dim": 4,
    "max_time": 20,
    "batch_size": 64,
    "weight_decay": 0.05,
    "augment": False,  # what is one's own includes the key, the size, the place
    "snapshots": 5,
}


def personalize(
    run: Run | Path | str, source: str, *, out: Path | str | None = None, quiet: bool = False, **options: Any
) -> Run:
    """Learn a person's own corner of a trained run's space: a run like any other.

    Args:
        run: the run to start from; it is not changed.
        source: a folder of one's own files, or any source of the run's plugin.
        out: the new run's folder; None for a named one under `runs/`.
        options: of the trainer (`latent_dim`, `max_time`, `epochs`, ...) and `beta`.

    Raises:
        RunError: the run is conditional, or has no weights yet.
        UsageError, DataError: as `aekit.train`.
    """
    base = run if isinstance(run, Run) else Run(run)
    return carry_out(plan_from(base, source, out, options), quiet)


def plan_from(base: Run, source: str, out: Path | str | None, options: dict[str, Any]) -> Plan:
    """What to train, from a base run."""
    from aekit.objectives.personal import PersonalOptions

    record = base.record
    if record.condition is not None:
        raise RunError(f"The run {base.path} is conditional; personalize takes a run without a condition.")
    if record.objective == "personal":
        raise RunError(f"The run {base.path} is personal itself; start from the run that it was made from.")
    if not base.weights.exists():
        raise RunError(f"The run {base.path} has no weights yet. Go on with it: {base.resume_line()}")
    kind = plugins.modality(record.plugin)
    where = known_source(record.plugin, kind, f"folder:{source}" if Path(source).is_dir() else source)
    theirs = {"beta": options.pop("beta")} if "beta" in options else {}
    timing = {} if options.get("epochs") is None else {"max_time": None}
    training = check(TrainOptions, {**DEFAULTS, **timing, **options}, "the trainer")
    about_base = {
        "base_objective": record.objective,
        "base_options": json.dumps(record.objective_options, sort_keys=True),
        "base_latent_dim": record.latent_dim,
    }
    path = Path(out) if out is not None else fresh_folder(record.plugin, f"personal:{where}")
    refuse_occupied(path)
    stage = Stage(epochs=training.epochs) if training.epochs else Stage(seconds=training.max_time)
    return Plan(
        record.plugin,
        "personal",
        where,
        path,
        closed(kind.Options, record),
        check(PersonalOptions, {**theirs, **about_base}, "the objective 'personal'"),
        training,
        stage,
        base=base.path.resolve(),
    )


def closed(kind: type[Options], record: Record) -> Options:
    """The plugin's options of a run; those left open become what its spec says under their names."""
    values = {
        name: record.spec.get(name) if value is None and name in kind.model_fields else value
        for name, value in record.options.items()
    }
    return check(kind, values, f"the plugin '{record.plugin}'")
