# A minute's work in the window: nothing blocks it for long, nothing is thrown, little memory stays.
"""A minute's work in the window: nothing blocks it for long, nothing is thrown, little memory stays."""

import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
LONGEST = 400.0  # ms; Qt alone takes 160 for a change of theme on a slow core. What is aimed at: benchmarks/explorer.py
TRIES = 2  # a machine busy with other work stands still now and then; what our own code waits for comes every time
GROWTH = 60.0  # MB


@pytest.mark.slow
def test_a_minutes_session_blocks_nothing_throws_nothing_and_keeps_little(qapp, monkeypatch, request):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    before = qapp.font(), qapp.palette()

    def restore():
        qapp.setFont(before[0])
        qapp.setPalette(before[1])
        for name in ("machine", "explorer_hand", "explorer_session"):
            sys.modules.pop(name, None)

    request.addfinalizer(restore)
    import explorer_session

    for _ in range(TRIES):
        found = explorer_session.session(explorer_session.shipped()[-1:], 60)

        assert found["faults"] == []
        assert found["opened"] >= 2 and found["decoded"] > 1000, found
        assert found["growth_mb"] < GROWTH, found["memory_mb"]
        computed = [block for block in found["blocks"] if block["busy_ms"] >= LONGEST]
        assert not computed, computed
        if found["longest_block_ms"] < LONGEST:
            break
    else:
        pytest.fail(f"The interface waited in each of {TRIES} sessions, last so: {found['blocks'][:5]}")
