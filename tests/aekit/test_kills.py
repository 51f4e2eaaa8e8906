# Killed trainings and full disks, in short: the long form is benchmarks/kills.py and benchmarks/full_disk.py.
"""Killed trainings and full disks, in short: the long form is `benchmarks/kills.py` and `benchmarks/full_disk.py`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).parents[2] / "benchmarks"

pytestmark = pytest.mark.slow


def results_of(script: str, folder: Path, *words: str) -> dict[str, Any]:
    """Run a script, which ends with status 0 only where every outcome is as it should be; its figures."""
    found = folder / "found.json"
    command = [sys.executable, str(SCRIPTS / script), "--epochs", "0.7", "--json", str(found), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    content: dict[str, Any] = json.loads(found.read_text())
    return content


def test_killed_training_resumes_to_the_same_bytes(tmp_path: Path) -> None:
    found = results_of("kills.py", tmp_path, "--kills", "3", "--window", "2", "--seed", "5")

    assert sum(run["kills"] for run in found["runs"]) == 3
    assert not any(run["differs"] for run in found["runs"])


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits on the size of files")
def test_full_disk_ends_with_one_line_and_resumes_to_the_same_bytes(tmp_path: Path) -> None:
    found = results_of("full_disk.py", tmp_path, "--writes", "metrics")

    (row,) = found["writes"]
    assert row["status"] == 1
    assert len(row["lines"]) == 1 and "Cannot write" in row["lines"][0]
    assert not row["differs"]
