# `aekit train`: trains a model; its flags are the options of the trainer, the plugin and the objective.
"""`aekit train`: trains a model; its flags are the options of the trainer, the plugin and the objective."""

from __future__ import annotations

import inspect
import tomllib
import types
import typing
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from aekit.cli import with_place
from aekit.cli.arguments import tell
from aekit.errors import AekitError, PluginError, StoppedError, UsageError
from aekit.options import Options, check

if TYPE_CHECKING:
    from aekit.modality import Modality

NAMES = ("plugin", "source", "objective", "out")


def build(arguments: list[str]) -> Callable[..., None]:
    """The command for a command line: with the flags of the plugin and the objective that it names."""
    from aekit import plugins
    from aekit.training.plan import owners_of
    from aekit.training.settings import TrainOptions

    file = read_config(flag(arguments, "--config"))
    plugin = flag(arguments, "--plugin", file.get("plugin"))
    objective = flag(arguments, "--objective", file.get("objective", "vae"))
    owners: dict[str, type[Options]] = {"the trainer": TrainOptions}
    defaults: Mapping[str, Any] = {}
    if plugin is not None and flag(arguments, "--resume") is None:
        modality = plugins.modality(plugin)
        defaults = usual(modality, arguments, file)
        owners = owners_of(plugin, modality, objective, plugins.objective(objective))
    refuse_taken("train", own_names(begin_signature), owners)
    parameters = [
        parameter(name, field, owner, defaults)
        for owner, kind in owners.items()
        for name, field in kind.model_fields.items()
    ]

    def command(**values: Any) -> None:
        begin(file, values)

    own = list(inspect.signature(begin_signature, eval_str=True).parameters.values())
    return described(command, [*own, *parameters], HELP)


def own_names(signature: Callable[..., None]) -> set[str]:
    """The names of a command's own flags and arguments, as options would be called."""
    names = {"help"}
    for item in inspect.signature(signature, eval_str=True).parameters.values():
        info = item.annotation.__metadata__[0]
        said = [text for text in (info.default, *(info.param_decls or ())) if isinstance(text, str)]
        flags = [flag for text in said for flag in text.split("/") if flag.startswith("--")]
        names |= {item.name, *(flag.removeprefix("--").replace("-", "_") for flag in flags)}
    return names


def refuse_taken(command: str, taken: Collection[str], owners: Mapping[str, type[Options]]) -> None:
    """Raise where an option has the name of one of the command's own flags.

    Raises:
        PluginError: says which, and whose.
    """
    for owner, kind in owners.items():
        for name in kind.model_fields:
            if name in taken:
                raise PluginError(
                    f"The option '{name}' of {owner} is called like a flag of `aekit {command}`. Its author must "
                    "rename it."
                )


def usual(modality: type[Modality], arguments: list[str], file: dict[str, Any]) -> Mapping[str, Any]:
    """The plugin's defaults beside what the command line and the file say of its own options and the source."""
    said = {
        name: flag(arguments, "--" + name.replace("_", "-"), file.get(name))
        for name, field in modality.Options.model_fields.items()
        if flag_type(field.annotation) is not bool
    }
    given = {name: value for name, value in said.items() if value is not None}
    try:
        options = check(modality.Options, given, "the plugin")
    except UsageError:  # told of when the command runs
        return modality.training_defaults
    source = flag(arguments, "--source", file.get("source")) or modality.default_source_for(options)
    return modality.defaults_for(options, source)


def described(
    command: Callable[..., None], parameters: Sequence[inspect.Parameter], text: str
) -> Callable[..., None]:
    """A function with the parameters and the help that typer is to read off it."""
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {item.name: item.annotation for item in parameters}
    command.__doc__ = text
    return command


HELP = """Train a model, or go on with a run.

Name a plugin to see its own options here: `aekit train --plugin image --help`

Examples: `aekit train --plugin image --latent-dim 2` and `aekit train --resume runs/NAME`
"""


def begin_signature(
    plugin: Annotated[
        str | None, typer.Option(help="What kind of data: see `aekit plugins`.", show_default=False)
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(help="What to train on: see `aekit sources PLUGIN`.", show_default="the plugin's first"),
    ] = None,
    objective: Annotated[str | None, typer.Option(help="How to train.", show_default="vae")] = None,
    out: Annotated[
        Path | None, typer.Option(help="The run's own folder.", show_default="a named one under runs/")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="A TOML file of options; flags override it.", show_default=False)
    ] = None,
    resume: Annotated[Path | None, typer.Option(help="Go on with this run.", show_default=False)] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show nothing but errors.")] = False,
    figures: Annotated[bool, typer.Option("--figures/--no-figures", help="Draw figures at the end.")] = True,
) -> None:
    """The flags that are not options of the trainer, the plugin or the objective."""


def parameter(name: str, field: Any, owner: str, defaults: Mapping[str, Any]) -> inspect.Parameter:
    """An option as a flag; its default stays None, so that only what was given is passed on."""
    value = defaults.get(name, field.default)
    default = False if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    dashed = name.replace("_", "-")
    kind = flag_type(field.annotation)
    flags, shown = (
        ([f"--{dashed}/--no-{dashed}"], None) if kind is bool else ([f"--{dashed}"], type_name(kind))
    )
    option = typer.Option(
        *flags,
        help=field.description,
        show_default=default,
        metavar=shown,
        rich_help_panel=f"Options of {owner}",
    )
    # Numbers are handed on as text: pydantic checks them, with one kind of message for flags, TOML and Python
    parsed = kind if kind is bool or typing.get_origin(kind) is Literal else str
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[parsed | None, option]
    )


def flag_type(annotation: Any) -> Any:
    """The type of a flag's value, without None."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return next(flag_type(part) for part in typing.get_args(annotation) if part is not type(None))
    return typing.get_args(annotation)[0] if typing.get_origin(annotation) is Annotated else annotation


def type_name(kind: Any) -> str | None:
    """What help calls a flag's value; a choice is spelt out by typer."""
    if typing.get_origin(kind) is Literal:
        return None
    return {int: "INTEGER", float: "NUMBER", str: "TEXT"}.get(kind, "VALUE")


def flag(arguments: list[str], name: str, otherwise: Any = None) -> Any:
    """The value of a flag on a command line that is not parsed yet."""
    for position, argument in enumerate(arguments):
        if argument == name and position + 1 < len(arguments):
            return arguments[position + 1]
        if argument.startswith(name + "="):
            return argument.partition("=")[2]
    return otherwise


def read_config(path: str | None) -> dict[str, Any]:
    """A TOML file's flat table of options.

    Raises:
        UsageError: it is missing or no TOML.
    """
    if path is None:
        return {}
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"--config {path}: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"--config {path} is no TOML: {error}.") from error
    nested = [name for name, value in content.items() if isinstance(value, dict | list)]
    if nested:
        raise UsageError(
            f"--config {path}: '{nested[0]}' is a table or list; options stand flat, like epochs = 10."
        )
    return {name.replace("-", "_"): value for name, value in content.items()}


def begin(file: dict[str, Any], values: dict[str, Any]) -> None:
    """Train as asked, then draw figures and say what to try next."""
    values.pop("config")
    resume, quiet, figures = values.pop("resume"), values.pop("quiet"), values.pop("figures")
    given = {name: value for name, value in values.items() if value is not None}
    from aekit.training import start

    try:
        run = started(start, resume, quiet, given, file)
    except start.Stopped as stop:
        raise StoppedError(str(stop)) from None
    if figures:
        draw_figures(run, quiet)
    if not quiet:
        say_next(run)
        warn_of_collapse(run)


def started(start: Any, resume: Path | None, quiet: bool, given: dict[str, Any], file: dict[str, Any]) -> Any:
    """Train anew or go on, as asked: the finished run."""
    if resume is not None:
        odd = sorted(given.keys() & set(NAMES))
        if odd:
            raise UsageError(f"--resume goes on with a run as it is; --{odd[0]} cannot stand beside it.")
        return start.resume(resume, quiet=quiet, **given)
    asked = {**without_other_length(file, given), **given}
    if "plugin" not in asked:
        raise UsageError(
            "Name what to train: --plugin NAME (see: aekit plugins), or what to go on with: --resume RUN"
        )
    return start.train(asked.pop("plugin"), quiet=quiet, **asked)


def without_other_length(file: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The file's options; a length given as a flag takes the place of the file's, whichever unit that has."""
    lengths = {"epochs", "max_time"}
    return {name: value for name, value in file.items() if not (name in lengths and given.keys() & lengths)}


def draw_figures(run: Any, quiet: bool) -> None:
    """Draw the run's figures; a failure costs the figures, not the run."""
    from aekit.figures import draw_all

    try:
        drawn = draw_all(run)
        if not quiet:
            tell(f"Drew {run.figures}: {', '.join(path.name for path in drawn)}")
    except AekitError as error:
        tell(f"No figures: {error}")
    except Exception as error:  # a plugin's
        tell(f"No figures: {with_place(error)}")


def say_next(run: Any) -> None:
    """How it ended, and the next two commands to try."""
    from aekit import plugins
    from aekit.runs import quoted
    from aekit.training.progress import picked_text

    best = run.best()
    if best is not None:
        figures = {name: value for name, value in best.items() if isinstance(value, float)}
        picked = picked_text(figures, plugins.objective(run.record.objective).monitor)
        tell(f"Done: the best weights are of epoch {best['epoch']:.1f}, validation {picked}.")
    tell(f"Next:  aekit evaluate {quoted(run.path)}\n       aekit report {quoted(run.path)}")


def warn_of_collapse(run: Any) -> None:
    """Say so where the codes of the training items hardly vary: the decoder has learnt to do without them."""
    import torch

    from aekit import plugins
    from aekit.evaluation.units import active_units, collapse

    objective = plugins.objective(run.record.objective)
    if not objective.has_bound:
        return
    means = torch.from_numpy(run.codes()[0]["mean"])
    said = collapse(active_units(means), run.record.latent_dim, objective.Options.model_fields)
    if said is not None:
        tell(said)
