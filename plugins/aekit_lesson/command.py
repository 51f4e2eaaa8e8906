# `aekit lesson`: goes through the lesson on the digits and writes it as one page.
"""`aekit lesson`: goes through the lesson on the digits and writes it as one page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from aekit_lesson.recipes import Budget


def lesson(
    out: Annotated[Path, typer.Option(help="The lesson's own folder.", show_default=False)],
    quick: Annotated[
        bool,
        typer.Option("--quick", help="For a classroom: 7 minutes of training, and measuring. The default."),
    ] = False,
    full: Annotated[
        bool,
        typer.Option(
            "--full",
            help="For the sources' figures: half an hour of training, and measuring.",
        ),
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Make this chapter alone; may be given more than once.", show_default=False),
    ] = None,
    data_dir: Annotated[
        Path | None,
        typer.Option(help="A folder with a copy of fashion-mnist or cifar10.", show_default=False),
    ] = None,
    pictures: Annotated[
        Path | None,
        typer.Option(
            help="A folder of your own colour pictures, for the chapter on colour.", show_default=False
        ),
    ] = None,
    factor: Annotated[float, typer.Option(min=0.001, max=100, hidden=True)] = 1.0,
) -> None:
    """Every autoencoder of the lesson, trained and measured here: pictures, numbers and words on one page.

    Interrupted and called again it goes on where it stopped. OUT/index.html is the page, OUT/lesson.json has every
    chapter's figures beside the sources', OUT/runs has the trainings.

    Example: `aekit lesson --quick --out lesson` and `aekit lesson --only vae --out lesson`
    """
    from aekit.errors import RunError, UsageError
    from aekit_lesson.book import chapters_named, go_through, settled
    from aekit_lesson.places import checked_folder

    if quick and full:
        raise UsageError("--quick and --full were both given; a lesson is one of them.")
    chapters_named(only or ())
    data_dir, pictures = checked_folder(data_dir, "--data-dir"), checked_folder(pictures, "--pictures")
    budget: Budget | None = "full" if full else "quick" if quick else None
    terms = replace(settled(out, budget, data_dir, pictures), factor=factor)
    entries = go_through(out, terms, only or (), lambda line: typer.echo(line, err=True))
    typer.echo(f"Wrote {out / 'index.html'}")
    failed = [entry.chapter.name for entry in entries if entry.state == "failed"]
    if failed:
        raise RunError(f"Chapters that failed: {', '.join(failed)}. Call it again to try them anew.")
