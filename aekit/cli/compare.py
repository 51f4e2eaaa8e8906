# `aekit compare`: trains and measures objectives under one budget, or measures runs, and sets them side by side.
"""`aekit compare`: trains and measures objectives under one budget, or measures runs, and sets them side by side."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aekit.cli.arguments import AsJson, emit, open_model, table, tell, written
from aekit.cli.evaluate import Limit, NllItems, NllSamples
from aekit.cli.train import described, flag, own_names, parameter, refuse_taken
from aekit.errors import UsageError

if TYPE_CHECKING:
    from aekit.comparison.outcome import Outcome
    from aekit.evaluation.kept import Measuring
    from aekit.options import Options
    from aekit.runs import Run

SHOWN = (
    "nll",
    "elbo",
    "reconstruction",
    "kl",
    "active_units",
    "linear_probe",
    "knn_probe",
)  # what a terminal has room for

HELP = """Train objectives under one budget, or take runs, and set them side by side.

Writes comparison.json and one page, index.html. With --objectives, every objective is trained with as many seeds,
the same time and the same networks, and measured; stopped and called again it goes on where it stopped. Options of
the trainer and the plugin are as for `aekit train`.

Example: `aekit compare --plugin image --objectives vae,iwae --seeds 3 --max-time 100s --set vae.beta=2 --out runs/two`

Example: `aekit compare runs/one runs/other --out runs/both`
"""


def build(arguments: list[str]) -> Callable[..., None]:
    """The command for a command line: with the options of the trainer and of the plugin that it names."""
    from aekit import plugins
    from aekit.training.settings import TrainOptions

    owners: dict[str, type[Options]] = {"the trainer": TrainOptions}
    defaults: dict[str, Any] = {}
    name = flag(arguments, "--plugin")
    if name is not None:
        modality = plugins.modality(name)
        defaults = modality.training_defaults
        owners[f"the plugin '{name}'"] = modality.Options
    refuse_taken("compare", own_names(signature), owners)
    own = list(inspect.signature(signature, eval_str=True).parameters.values())
    parameters = [
        parameter(option, field, owner, defaults)
        for owner, kind in owners.items()
        for option, field in kind.model_fields.items()
    ]

    def command(**values: Any) -> None:
        options = {option.name: values.pop(option.name) for option in parameters}
        begin(options={key: value for key, value in options.items() if value is not None}, **values)

    return described(command, [*own, *parameters], HELP)


def signature(
    runs: Annotated[
        list[Path] | None,
        typer.Argument(help="Runs of the same data.", metavar="[RUN]...", show_default=False),
    ] = None,
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The folder that the page, the figures and new runs go to."),
    ] = None,
    plugin: Annotated[
        str | None, typer.Option(help="What kind of data: see `aekit plugins`.", show_default=False)
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(help="What to train on: see `aekit sources PLUGIN`.", show_default="the plugin's first"),
    ] = None,
    objectives: Annotated[
        str | None, typer.Option(help="What to train, like vae,iwae,betatc.", show_default=False)
    ] = None,
    seeds: Annotated[int, typer.Option(help="How many runs of each, with seeds from --seed up.")] = 3,
    assign: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="An option of one objective: vae.beta=4. May stand often.",
            metavar="NAME.OPTION=VALUE",
        ),
    ] = None,
    nll_samples: NllSamples = 500,
    nll_items: NllItems = 1000,
    limit: Limit = 0,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress.")] = False,
) -> None:
    """The flags that are not options of the trainer or the plugin."""


def begin(
    runs: list[Path] | None,
    out: Path | None,
    plugin: str | None,
    source: str | None,
    objectives: str | None,
    seeds: int,
    assign: list[str] | None,
    nll_samples: int,
    nll_items: int,
    limit: int,
    as_json: bool,
    quiet: bool,
    options: dict[str, Any],
) -> None:
    """Train and measure as asked, then write the comparison."""
    if out is None:
        raise UsageError("Say where the comparison goes: --out DIR")
    from aekit.evaluation.kept import Measuring

    how = Measuring(nll_samples, nll_items, limit)
    device = options.get("device") or "cpu"
    say: Callable[[str], None] = (lambda text: None) if quiet else tell
    failed: dict[str, str] = {}
    if runs:
        given = {"plugin": plugin, "source": source, "objectives": objectives, "set": assign, **options}
        odd = [name for name, value in given.items() if value is not None and name != "device"]
        if odd:
            raise UsageError(
                f"Runs are compared as they are; --{odd[0].replace('_', '-')} cannot stand beside them."
            )
        named = of_runs(runs)
    else:
        if plugin is None or objectives is None:
            raise UsageError(
                "Name what to compare: runs, or --plugin NAME and --objectives a,b (see: aekit compare --help)"
            )
        asked = {
            "plugin": plugin,
            "source": source,
            "objectives": tuple(name.strip() for name in objectives.split(",") if name.strip()),
            "seeds": seeds,
            "folder": out / "runs",
            "first_seed": first_seed(options.pop("seed", None)),
            "options": options,
            "settings": settings(assign or []),
        }
        named, failed = of_contest(asked, how, device, say, quiet)
    finish(named, failed, how, device, out, say, as_json)


def of_runs(paths: Sequence[Path]) -> list[tuple[str, list[Run]]]:
    """Runs that are there, in rows."""
    from aekit.comparison.rows import grouped
    from aekit.runs import Run

    return grouped([Run(path) for path in paths])


def of_contest(
    asked: dict[str, Any], how: Measuring, device: str, say: Callable[[str], None], quiet: bool
) -> tuple[list[tuple[str, list[Run]]], dict[str, str]]:
    """Runs trained and measured as asked, in rows, and what could not be trained."""
    from aekit.comparison.contest import Contest, trained

    def measure(run: Run) -> None:
        evaluated(run, how, device, say)

    runs, failed = trained(Contest(**asked), measure, say, quiet)
    return list(runs.items()), failed


def evaluated(run: Run, how: Measuring, device: str, say: Callable[[str], None]) -> dict[str, Any]:
    """A run's figures; measured only where its evaluation.json does not have them."""
    from aekit.evaluation.kept import kept, measured

    found = kept(run, how) if run.weights.exists() else None
    if found is None:
        say(f"Measuring {run.path}")
        found = measured(open_model(run.path, device), how, tell)
    return found


def finish(
    named: Sequence[tuple[str, list[Run]]],
    failed: dict[str, str],
    how: Measuring,
    device: str,
    out: Path,
    say: Callable[[str], None],
    as_json: bool,
) -> None:
    """Measure what is not measured yet, and write the table and the page."""
    from aekit.comparison.outcome import outcome
    from aekit.comparison.page import page
    from aekit.comparison.rows import Row
    from aekit.files import finite, write_json, write_whole

    rows = [Row(name, runs, [evaluated(run, how, device, say) for run in runs]) for name, runs in named]
    models = [open_model(row.runs[0].path, device) for row in rows]
    found = outcome(rows, models, failed)
    content = finite(found.to_json(out))
    write_json(out / "comparison.json", content)
    say("Drawing the page")
    write_whole(out / "index.html", page(found, models).encode())
    if as_json:
        emit(content, True)
        return
    show(found)
    written(out / "index.html")


def show(found: Outcome) -> None:
    """The table and its notes, on the terminal."""
    from aekit.comparison.page import cells_of, head_of

    columns = [name for name in SHOWN if name in found.columns]
    columns = columns or found.columns[: len(SHOWN)]
    table(head_of(columns), [cells_of(row, columns) for row in found.rows])
    for note in found.notes:
        typer.echo(f"- {note}")


def first_seed(given: str | None) -> int:
    """The first run's seed.

    Raises:
        UsageError: it is no whole number from 0 up.
    """
    if given is not None and not given.isdigit():
        raise UsageError(f"--seed takes a whole number from 0 up (received '{given}').")
    return int(given or 0)


def settings(assignments: Sequence[str]) -> dict[str, dict[str, str]]:
    """`vae.beta=4` and the like, by objective.

    Raises:
        UsageError: one has another form.
    """
    found: dict[str, dict[str, str]] = {}
    for text in assignments:
        left, equals, value = text.partition("=")
        objective, dot, option = left.partition(".")
        if not (equals and dot and objective and option):
            raise UsageError(f"--set takes NAME.OPTION=VALUE, like vae.beta=4 (received '{text}').")
        found.setdefault(objective, {})[option.replace("-", "_")] = value
    return found
