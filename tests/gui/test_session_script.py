# A minute's work in the window: nothing blocks it for long, nothing is thrown, little memory stays.
"""A minute's work in the window: nothing blocks it for long, nothing is thrown, little memory stays.

The session runs in a process of its own, as it is for a person: what other tests left in theirs is not looked at.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aekit_gui.choices import DEMOS

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "explorer_session.py"
LONGEST = 400.0  # ms; Qt alone takes 160 for a change of theme on a slow core. What is aimed at: benchmarks/explorer.py
TRIES = 2  # a machine busy with other work stands still now and then; what our own code waits for comes every time
GROWTH = 60.0  # MB


def session(place: Path) -> dict[str, Any]:
    """What a session of a minute on the shipped digits found."""
    words = ("--seconds", "60", "--json", str(place / "session.json"), str(DEMOS / "digits-2d"))
    done = subprocess.run([sys.executable, SCRIPT, *words], capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, f"status {done.returncode}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
    found: dict[str, Any] = json.loads((place / "session.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.slow
def test_a_minutes_session_blocks_nothing_throws_nothing_and_keeps_little(tmp_path: Path) -> None:
    for _ in range(TRIES):
        found = session(tmp_path)

        assert found["faults"] == []
        assert found["opened"] >= 2 and found["decoded"] > 1000, found
        assert found["growth_mb"] < GROWTH, found["memory_mb"]
        computed = [block for block in found["blocks"] if block["busy_ms"] >= LONGEST]
        assert not computed, computed
        if found["longest_block_ms"] < LONGEST:
            break
    else:
        pytest.fail(f"The interface waited in each of {TRIES} sessions, last so: {found['blocks'][:5]}")
