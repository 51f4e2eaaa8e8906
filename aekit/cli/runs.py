# `aekit runs`: lists runs, or shows one; needs neither its plugin nor its data.
"""`aekit runs`: lists runs, or shows one; needs neither its plugin nor its data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from aekit.cli.arguments import AsJson, emit, table, tell
from aekit.errors import RunError
from aekit.runs import Run, find_runs


def command(
    path: Annotated[Path, typer.Argument(help="A run, or a folder of runs.", metavar="[PATH]")] = Path(
        "runs"
    ),
    as_json: AsJson = False,
) -> None:
    """List the runs in a folder, or show the settings and figures of one.

    Example: `aekit runs` and `aekit runs runs/NAME`
    """
    if (path / "run.json").exists():
        emit(facts(Run(path)), as_json)
        return
    if not path.is_dir():
        raise RunError(f"There is no folder {path}. Train something first: aekit train --plugin image")
    lines = [summary(folder) for folder in find_runs(path)]
    if as_json:
        typer.echo(json.dumps(lines))
        return
    table(list(COLUMNS), [[str(line.get(column, "")) for column in COLUMNS] for line in lines])
    for line in lines:
        if "problem" in line:
            tell(line["problem"])


COLUMNS = ("run", "plugin", "objective", "source", "dims", "epochs", "validation", "status")


def summary(folder: Path) -> dict[str, Any]:
    """One line about a run; a damaged one says so."""
    try:
        run = Run(folder)
    except RunError as error:
        return {"run": folder.name, "status": "damaged", "problem": str(error)}
    record, best = run.record, run.best() or {}
    shown = next((name for name in ("elbo", "reconstruction", "loss") if best.get(name) is not None), None)
    return {
        "run": run.name,
        "plugin": record.plugin,
        "objective": record.objective,
        "source": record.source,
        "dims": record.latent_dim,
        "epochs": f"{best['epoch']:.1f}" if "epoch" in best else "",
        "validation": f"{shown} {best[shown]:.2f}" if shown else "",
        "status": run.status(),
    }


def facts(run: Run) -> dict[str, Any]:
    """Everything that the files say of a run."""
    record = run.record
    best = {
        f"validation_{name}": value for name, value in (run.best() or {}).items() if isinstance(value, float)
    }
    return {
        **summary(run.path),
        "plugin_version": f"{record.plugin_distribution} {record.plugin_version}",
        "created": record.created,
        "items": record.items,
        "held_out": record.validation,
        **best,
        **{f"training.{name}": value for name, value in record.training.items()},
        **{f"{record.plugin}.{name}": value for name, value in record.options.items()},
        **{f"{record.objective}.{name}": value for name, value in record.objective_options.items()},
    }
