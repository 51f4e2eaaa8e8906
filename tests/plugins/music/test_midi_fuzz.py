# Tests that mutated MIDI files are read or refused, never worse: the quick form of tools/fuzz_midi.py.
"""Tests that mutated MIDI files are read or refused, never worse: the quick form of tools/fuzz_midi.py."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[3] / "tools" / "fuzz_midi.py"


@pytest.mark.parametrize("count, seed", [(150, 4), pytest.param(2000, 5, marks=pytest.mark.slow)])
def test_mutated_files_are_read_or_refused(count, seed):
    command = [sys.executable, str(TOOL), "--count", str(count), "--seed", str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert f"seed {seed}" in done.stdout and f"0 of {count} failed" in done.stdout
