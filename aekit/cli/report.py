# `aekit report`: writes one page about a run.
"""`aekit report`: writes one page about a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aekit.cli.arguments import RunPath, written
from aekit.files import write_whole


def command(
    run: RunPath,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The page.", show_default="report.html in the run")
    ] = None,
) -> None:
    """Write one HTML page: settings, curves, figures, numbers. It needs no other file and no network.

    Example: `aekit report runs/NAME`
    """
    from aekit.report import report
    from aekit.runs import Run

    opened = Run(run)
    path = out if out is not None else run / "report.html"
    write_whole(path, report(opened).encode("utf-8", "backslashreplace"))
    written(path)
