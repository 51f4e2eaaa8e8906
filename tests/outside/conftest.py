# Makes packages visible to Python and to aekit as pip would, without installing anything.
"""Makes packages visible to Python and to aekit as pip would, without installing anything."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aekit import plugins

HERE = Path(__file__).parent


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
    info.joinpath("METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {facts['name']}\nVersion: {facts['version']}\nSummary: {facts['description']}\n"
    )
    lines = []
    for group, entries in facts["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in entries.items())]
    info.joinpath("entry_points.txt").write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="session")
def words_and_rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site folder with the two plugins of this directory."""
    site = tmp_path_factory.mktemp("site")
    for name in ("words", "rows"):
        put_in_place(HERE / name, site)
    return site


@pytest.fixture(scope="module")
def outside(words_and_rows: Path) -> Iterator[Path]:
    """The two plugins, importable in this process for as long as a test module runs."""
    yield from visible(words_and_rows)


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


@pytest.fixture(scope="session")
def aekit_in() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`aekit_in(site, "train", ...)`: a command line in a process of its own that sees a site folder."""

    def call(site: Path, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        seen = os.pathsep.join([str(site), *filter(None, [os.environ.get("PYTHONPATH")])])
        environment = {**os.environ, "PYTHONPATH": seen, "COLUMNS": "120", "NO_COLOR": "1"}
        command = [sys.executable, "-m", "aekit", *arguments]
        return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False)

    return call
