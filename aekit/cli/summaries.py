# What a command of another package does, in one line, read off its source: nothing is imported for a list.
"""What a command of another package does, in one line, read off its source: nothing is imported for a list."""

from __future__ import annotations

import ast
import importlib.util
from importlib.machinery import PathFinder
from pathlib import Path

from aekit.plugins import Registration


def summary_of(entry: Registration) -> str:
    """The first line of the docstring of the function that an entry point names; else whose command it is."""
    module, _, name = entry.value.partition(":")
    try:
        tree = ast.parse(source_of(module).read_text(encoding="utf-8"))
    except (ImportError, OSError, SyntaxError, ValueError):
        tree = ast.Module([], [])
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    said = (ast.get_docstring(found[0]) or "") if found else ""
    return said.partition("\n")[0] or f"From {entry.distribution} {entry.version}."


def source_of(module: str) -> Path:
    """The file that a module is in, found without importing its packages.

    Raises:
        ImportError: there is none.
    """
    first, *rest = module.split(".")
    spec = importlib.util.find_spec(first)
    for part in rest:
        inside = spec.submodule_search_locations if spec is not None else None
        first = f"{first}.{part}"
        spec = PathFinder.find_spec(first, inside) if inside else None
    if spec is None or not spec.origin:
        raise ImportError(module)
    return Path(spec.origin)
