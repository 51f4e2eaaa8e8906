# The command line: one file for each command, imported when it is called.
"""The command line: one file for each command, imported when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from aekit import __version__
from aekit import plugins as installed  # not `plugins`: importing the command of that name would replace it
from aekit.cli.summaries import summary_of
from aekit.errors import AekitError, UsageError, unknown_name

COMMANDS = {
    "train": "Train a model, or go on with a run.",
    "evaluate": "Measure a run on data that it has not seen.",
    "sample": "Draw new items.",
    "reconstruct": "Encode and decode items.",
    "interpolate": "Walk between items.",
    "map": "Draw the latent space.",
    "traverse": "Show what each dimension does.",
    "attributes": "Show what can be steered, and how well.",
    "encode": "Turn items into codes.",
    "decode": "Turn codes into items.",
    "compare": "Set objectives or runs side by side.",
    "personalize": "Learn your own corner of a run's space.",
    "report": "Write one page about a run.",
    "runs": "List runs, or show one.",
    "plugins": "List what is installed.",
    "sources": "List the data sets of a plugin.",
}


class Commands(TyperGroup):
    """The commands of aekit and of other packages; only the one that is called is imported."""

    def list_commands(self, ctx: Any) -> list[str]:
        others = [entry.name for entry in installed.registrations(installed.COMMANDS)]
        return [*COMMANDS, *(name for name in dict.fromkeys(others) if name not in COMMANDS)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A stand-in that carries the name and the summary, for lists."""
        if cmd_name in COMMANDS:
            return TyperCommand(cmd_name, short_help=COMMANDS[cmd_name], help=COMMANDS[cmd_name])
        owners = [entry for entry in installed.registrations(installed.COMMANDS) if entry.name == cmd_name]
        if not owners:
            raise UsageError(unknown_name("command", cmd_name, self.list_commands(ctx)))
        summary = summary_of(owners[0])
        return TyperCommand(cmd_name, short_help=summary, help=summary)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, stand_in, rest = super().resolve_command(ctx, args)
        if stand_in is None or name is None:
            return name, stand_in, rest
        return name, as_command(name, callback_of(name, rest)), rest


def callback_of(name: str, arguments: list[str]) -> Callable[..., Any]:
    """The function behind a command; commands whose options depend on the arguments build theirs from them."""
    if name not in COMMANDS:
        return installed.find(installed.COMMANDS, name).load()  # type: ignore[no-any-return]
    module = importlib.import_module(f"aekit.cli.{name}")
    build = getattr(module, "build", None)
    return build(arguments) if build is not None else module.command  # type: ignore[no-any-return]


def as_command(name: str, callback: Callable[..., Any]) -> Any:
    """A function as a command of its own."""
    single = typer.Typer(add_completion=False, rich_markup_mode="markdown", context_settings=HELP_NAMES)
    single.command(name)(callback)
    return typer.main.get_command(single)


STOPPED = 130  # the exit status of a program that Ctrl-C ended
HELP_NAMES = {"help_option_names": ["-h", "--help"]}

app = typer.Typer(
    cls=Commands,
    name="aekit",
    help="Train autoencoders on any kind of data, trust the numbers, walk the space.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    context_settings=HELP_NAMES,
    epilog="Start with: `aekit train --plugin image`",
)


def show_version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        typer.echo(f"aekit {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(
        False, "--version", callback=show_version, is_eager=True, help="Print the version."
    ),
    debug: bool = typer.Option(False, "--debug", help="Show a traceback with an error; may stand anywhere."),
) -> None:
    """Options before the command."""


def main() -> NoReturn:
    """Run the command line: errors become one line on standard error and an exit status."""
    debug = "--debug" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    sys.exit(run(arguments, debug))


def run(arguments: list[str], debug: bool = False) -> int:
    """Run one command line and give its exit status: 0, 1 (failed), 2 (usage), 130 (stopped)."""
    command = typer.main.get_command(app)
    try:
        status = command.main(args=arguments, prog_name="aekit", standalone_mode=False)
        if status == STOPPED:  # typer has turned Ctrl-C into this
            return complain("Stopped.", STOPPED)
        return status if isinstance(status, int) else 0
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if debug:
            import traceback

            traceback.print_exc()
        return complain(sentence(error), status_of(error))


def complain(message: str, status: int) -> int:
    """Say what is wrong, on one line of standard error."""
    if message:
        print("aekit: " + " ".join(message.split()), file=sys.stderr)  # noqa: T201
    return status


def sentence(error: Exception) -> str:
    """What went wrong, for a person."""
    if isinstance(error, AekitError):
        return str(error)
    if hasattr(error, "format_message"):  # a usage error of typer's
        return str(error.format_message())
    return f"{with_place(error)} (unexpected; add --debug for the traceback)"


def with_place(error: Exception) -> str:
    """An error that nobody foresaw, in one line, with the place in the code that raised it."""
    import traceback

    said = " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return said
    return f"{said}, at {Path(frames[-1].filename).name}:{frames[-1].lineno} in {frames[-1].name}"


def status_of(error: Exception) -> int:
    """The exit status that an error ends with."""
    if isinstance(error, AekitError):
        return error.exit_status
    return int(getattr(error, "exit_code", 1))
