# A contest: several objectives trained with several seeds under one budget, resumably, in one folder.
"""A contest: several objectives trained with several seeds under one budget, resumably, in one folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aekit import plugins
from aekit.errors import (
    AekitError,
    DataError,
    NonFiniteError,
    PluginError,
    RunError,
    StoppedError,
    UsageError,
    unknown_name,
)
from aekit.runs import Run
from aekit.training import start
from aekit.training.plan import Plan, new_plan
from aekit.training.settings import ON_RESUME

OWN_FAULT = (DataError, NonFiniteError, PluginError, RunError, UsageError)  # a full disk is everybody's
FITTED = ("precision", "batch_size")  # what a run keeps may be what was found, not what was asked


@dataclass(frozen=True)
class Contest:
    """What is to be trained.

    Attributes:
        plugin, source: the data; a source of None is the plugin's default.
        objectives: names, at least two.
        seeds: how many runs of each; they have the seeds `first_seed`, `first_seed` + 1, ...
        options: of the trainer and the plugin, the same for all.
        settings: options of single objectives, by the objective's name.
        folder: where the runs go.
    """

    plugin: str
    source: str | None
    objectives: tuple[str, ...]
    seeds: int
    folder: Path
    first_seed: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check what can be checked before anything is trained.

        Raises:
            UsageError: an objective is unknown, named twice or alone, there is no seed, or options are for an
                objective that is not among them.
        """
        for name in self.objectives:
            plugins.find(plugins.OBJECTIVES, name)
        twice = [name for name in self.objectives if self.objectives.count(name) > 1]
        if twice:
            raise UsageError(f"--objectives names '{twice[0]}' twice; each is trained once for every seed.")
        if len(self.objectives) < 2:
            raise UsageError(
                f"A comparison takes two objectives or more (received {len(self.objectives)}): --objectives a,b"
            )
        if self.seeds < 1:
            raise UsageError(f"--seeds must be at least 1 (received {self.seeds}).")
        odd = [name for name in self.settings if name not in self.objectives]
        if odd:
            raise UsageError(
                f"--set {odd[0]}.... speaks of an objective that is not compared: {', '.join(self.objectives)}."
            )

    def plan(self, objective: str, seed: int) -> Plan:
        """What one run would be.

        Raises:
            UsageError: an option or the source cannot be used.
        """
        known = plugins.objective(objective).Options.model_fields
        for option in self.settings.get(objective, {}):
            if option not in known:  # nor one of the trainer's: the budget is the same for all
                raise UsageError(unknown_name(f"option of the objective '{objective}'", option, known))
        return new_plan(self.plugin, objective, self.source, None, self.values(objective, seed))

    def values(self, objective: str, seed: int) -> dict[str, Any]:
        """All options of one run."""
        return {**self.options, **self.settings.get(objective, {}), "seed": seed}

    def place(self, objective: str, seed: int) -> Path:
        """One run's folder."""
        return self.folder / f"{objective}-{seed}"


def trained(
    contest: Contest, after: Callable[[Run], None], say: Callable[[str], None], quiet: bool = False
) -> tuple[dict[str, list[Run]], dict[str, str]]:
    """Train what is not trained yet: the runs of each objective, and why others could not be trained.

    Seed by seed, so that an early stop leaves whole rounds. Finished runs are kept, unfinished ones go on.

    Args:
        after: called with each run when it is finished.
        say: told what comes next.
        quiet: show no progress.

    Raises:
        UsageError: an option cannot be used, fewer than two can be trained, or the folder holds runs of other settings.
        StoppedError: stopped by Ctrl-C; what is there is kept.
    """
    for name in contest.objectives:  # whatever is mistyped is said before anything is trained
        contest.plan(name, contest.first_seed)
    runs: dict[str, list[Run]] = {name: [] for name in contest.objectives}
    failed: dict[str, AekitError] = {}
    total = contest.seeds * len(contest.objectives)
    for number in range(total):
        seed = contest.first_seed + number // len(contest.objectives)
        name = contest.objectives[number % len(contest.objectives)]
        if name in failed:
            continue
        say(f"{name}, seed {seed} ({number + 1} of {total})")
        try:
            run = one(contest, name, seed, quiet)
            after(run)
        except OtherSettings:
            raise
        except OWN_FAULT as error:
            failed[name] = error
            say(f"{name} is left out: {error}")
            continue
        except start.Stopped:
            raise StoppedError(
                "Stopped and saved. Go on with the same command: finished runs are kept."
            ) from None
        runs[name].append(run)
    kept = {name: found for name, found in runs.items() if name not in failed}
    refuse_fewer_than_two(kept, failed)
    return kept, {name: str(error) for name, error in failed.items()}


def refuse_fewer_than_two(kept: Mapping[str, Any], failed: Mapping[str, AekitError]) -> None:
    """Raise where there is nothing to compare; where all failed alike, with what they failed at."""
    if len(kept) >= 2:
        return
    reasons = {str(error) for error in failed.values()}
    if not kept and len(reasons) == 1:
        raise next(iter(failed.values()))
    listing = "; ".join(f"{name}: {error}" for name, error in failed.items())
    raise UsageError(f"Fewer than two objectives could be trained, so there is nothing to compare. {listing}")


class OtherSettings(UsageError):
    """The folder holds a run that was trained otherwise than is asked now."""


def one(contest: Contest, objective: str, seed: int, quiet: bool) -> Run:
    """One run, trained to its end: kept, resumed or begun."""
    place, values = contest.place(objective, seed), contest.values(objective, seed)
    if not (place / "run.json").exists():
        return start.train(
            contest.plugin, source=contest.source, objective=objective, out=place, quiet=quiet, **values
        )
    run = Run(place)
    refuse_other_settings(run, contest.plan(objective, seed))
    return run if run.status() == "finished" else start.resume(run, quiet=quiet)


def refuse_other_settings(run: Run, plan: Plan) -> None:
    """Raise where a run that is there is not what would be trained now."""
    record, stage = run.record, plan.stage
    asked = {
        "source": plan.source,
        "epochs": stage.epochs,
        "max_time": stage.seconds,
        **plan.training.model_dump(mode="json", exclude={*ON_RESUME, *FITTED}),
        **plan.options.model_dump(mode="json"),
        **plan.objective_options.model_dump(mode="json"),
    }
    first = record.stages[0]
    there = {
        **record.training,
        **record.options,
        **record.objective_options,
        "source": record.source,
        "epochs": first.epochs,  # `training` keeps what was asked, defaults included, not the schedule that came of it
        "max_time": first.seconds,
    }
    for name, value in asked.items():
        if there.get(name) != value:
            raise OtherSettings(
                f"{run.path} was trained with {name} {there.get(name)} (asked now: {value}). Give the same options, "
                "or choose another --out."
            )
