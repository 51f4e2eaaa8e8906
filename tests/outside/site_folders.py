# Site folders: packages visible to Python and to aekit as after `pip install`, with nothing installed.
"""Site folders: packages visible to Python and to aekit as after `pip install`, with nothing installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from aekit import plugins


def put_in_place(project: Path, site: Path) -> None:
    """What `pip install --no-deps PROJECT` leaves in a site folder: the packages, and their metadata."""
    for package in project.iterdir():
        if (package / "__init__.py").exists():
            shutil.copytree(package, site / package.name, ignore=shutil.ignore_patterns("__pycache__"))
        elif package.suffix == ".py":
            shutil.copy(package, site)
    facts = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = site / f"{facts['name'].replace('-', '_')}-{facts['version']}.dist-info"
    info.mkdir()
    header = {"Metadata-Version": "2.1", "Name": facts["name"], "Version": facts["version"]}
    header["Summary"] = facts["description"]
    info.joinpath("METADATA").write_text("".join(f"{name}: {value}\n" for name, value in header.items()))
    lines = []
    for group, entries in facts["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in entries.items())]
    info.joinpath("entry_points.txt").write_text("\n".join(lines) + "\n")


def visible(site: Path) -> Iterator[Path]:
    """Put a site folder on the path of this process, and take it off again."""
    before = set(sys.modules)
    sys.path.insert(0, str(site))
    plugins.registrations.cache_clear()
    yield site
    sys.path.remove(str(site))
    plugins.registrations.cache_clear()
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(site)):
            del sys.modules[name]


def environment(site: Path) -> dict[str, str]:
    """The variables of a process that sees a site folder."""
    seen = os.pathsep.join([str(site), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": seen, "COLUMNS": "120", "NO_COLOR": "1", "OMP_NUM_THREADS": "1"}


def python_in(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python ...` in `folder`, in a process of its own that sees a site folder."""
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, env=environment(site), cwd=folder, capture_output=True, text=True, check=False
    )
