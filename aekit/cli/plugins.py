# `aekit plugins`: what is installed, as package metadata tells; imports none of it.
"""`aekit plugins`: what is installed, as package metadata tells; imports none of it."""

from __future__ import annotations

import json
from dataclasses import asdict

import typer

from aekit import plugins
from aekit.cli.arguments import AsJson, table


def command(as_json: AsJson = False) -> None:
    """List modalities, objectives and commands that are installed. Nothing is imported.

    Example: `aekit plugins`
    """
    entries = [entry for group in plugins.KINDS for entry in plugins.registrations(group)]
    if as_json:
        typer.echo(json.dumps([{"kind": plugins.KINDS[entry.group], **asdict(entry)} for entry in entries]))
        return
    rows = [
        [plugins.KINDS[entry.group], entry.name, f"{entry.distribution} {entry.version}"] for entry in entries
    ]
    table(["kind", "name", "from"], rows)
