# Runs and plugins for the tests of the model process: trained for a second, seen by child processes.
"""Runs and plugins for the tests of the model process: trained for a second, seen by child processes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TESTS = HERE.parents[1]
for folder in (TESTS / "outside", TESTS / "aekit"):
    sys.path.append(str(folder))

import digits
from site_folders import environment, visible

import aekit


@pytest.fixture(scope="session")
def runs(stranger_site: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Small runs by name: digits, digits of a class ("classes") or of a brightness, words, rows, faulty."""
    out = tmp_path_factory.mktemp("runs")
    source = digits.write_digits(out, 200)
    few = {"max_time": "0.5s", "save_every": 60}
    for name, more in {
        "digits": {},
        "classes": {"objective": "conditional"},
        "brightness": {"objective": "conditional", "condition": "brightness"},
    }.items():
        digits.train(source, out / name, epochs=1, **more)
    for _ in visible(stranger_site):
        for name in ("words", "rows", "faulty"):
            aekit.train(name, out=out / name, device="cpu", quiet=True, **few)
    return {name: out / name for name in ("digits", "classes", "brightness", "words", "rows", "faulty")}


@pytest.fixture(autouse=True, scope="module")
def seen_by_children(stranger_site: Path) -> Iterator[None]:
    """Processes that a test starts see the plugins; the test's own process does not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", environment(stranger_site)["PYTHONPATH"])
        yield


@pytest.fixture(scope="module")
def plugins_here(stranger_site: Path) -> Iterator[Path]:
    """The plugins, importable in the test's own process."""
    yield from visible(stranger_site)
