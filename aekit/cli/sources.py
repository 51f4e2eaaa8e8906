# `aekit sources`: the data sets that a plugin can load.
"""`aekit sources`: the data sets that a plugin can load."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from aekit import plugins
from aekit.cli.arguments import AsJson, table


def command(
    plugin: Annotated[str | None, typer.Argument(help="A plugin's name.", show_default=False)] = None,
    as_json: AsJson = False,
) -> None:
    """List the data sets of a plugin; without a name, the plugins that have some (nothing is imported).

    Example: `aekit sources image`
    """
    if plugin is None:
        entries = plugins.registrations(plugins.MODALITIES)
        if as_json:
            typer.echo(json.dumps([asdict(entry) for entry in entries]))
            return
        rows = [
            [entry.name, f"{entry.distribution} {entry.version}", f"aekit sources {entry.name}"]
            for entry in entries
        ]
        table(["plugin", "from", "its data sets"], rows)
        return
    found = plugins.modality(plugin).sources()
    if as_json:
        typer.echo(json.dumps([asdict(source) for source in found]))
        return
    rows = [
        [source.name, source.description, source.size, source.licence, source.obtained] for source in found
    ]
    table(["source", "what", "size", "licence", "how it gets here"], rows)
