# `aekit explore`: opens the desktop explorer, or tests it on this machine.
"""`aekit explore`: opens the desktop explorer, or tests it on this machine."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Literal

import typer

STARTED = time.perf_counter()


def explore(
    runs: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Folders of runs; without any, the gallery of demos and runs.", show_default=False
        ),
    ] = None,
    demo: Annotated[
        str,
        typer.Option(help="Open a shipped demo: digits-2d, digits-16d or folk-tunes.", show_default=False),
    ] = "",
    self_test: Annotated[
        bool,
        typer.Option("--self-test", help="Open the window, move a pointer over the map, print what it took."),
    ] = False,
    seconds: Annotated[float, typer.Option(min=1, help="How long the self-test moves the pointer.")] = 5.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the self-test's figures as JSON.")] = False,
    screenshot: Annotated[
        Path | None, typer.Option(help="Where the self-test saves a PNG of the window.", show_default=False)
    ] = None,
    theme: Annotated[
        Literal["light", "dark", "system"] | None,
        typer.Option(help="As last time where it is not given.", show_default=False),
    ] = None,
) -> None:
    """Open the desktop explorer: the whole data set as a map, and whatever is under the pointer decoded.

    Example: `aekit explore runs/NAME`, or `aekit explore --demo digits-2d`
    """
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        raise missing(error) from error
    from aekit_gui.app import launch
    from aekit_gui.choices import chosen_runs

    paths = chosen_runs(list(runs or ()), demo, self_test)
    if self_test:
        from aekit_gui.selftest import run_self_test

        run_self_test(paths[0], seconds, as_json, screenshot, theme or "", STARTED)
        return
    raise typer.Exit(launch(paths, theme or ""))


def missing(error: ImportError) -> Exception:
    """What to do where Qt cannot be imported."""
    from aekit.errors import UsageError

    if "PySide6" in str(error) and "lib" not in str(error).split("PySide6")[0]:
        return UsageError(
            "The explorer needs PySide6, which is not installed. Install it: pip install 'aekit[gui]'"
        )
    return UsageError(
        f"Qt cannot start on this machine: {error}. On Debian or Ubuntu: apt-get install libegl1 libgl1 "
        "libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0"
    )
