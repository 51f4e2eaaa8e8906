# The scripts of benchmarks/ in their smallest forms: they still run, and print and write what they promise.
"""The scripts of benchmarks/ in their smallest forms: they still run, and print and write what they promise.

How large the figures are is not looked at, but for what holds on every machine. `kills.py` and `full_disk.py` are run
by tests/aekit/test_kills.py, `explorer_session.py` by tests/gui/test_session_script.py.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
LOOPS = ("aekit", "bare, clipping and averaging", "bare")


def outcome(name: str, folder: Path, *words: object) -> tuple[list[list[str]], dict[str, Any]]:
    """Run a script as a person does: the cells of its tables without the rules, and what it wrote, all finite."""
    found = folder / "found.json"
    script = str(BENCHMARKS / f"{name}.py")
    command = [sys.executable, script, "--threads", "1", "--json", str(found), *map(str, words)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    written: dict[str, Any] = json.loads(found.read_text(encoding="utf-8"))
    machine = written.pop("machine")
    assert machine["versions"]["aekit"] and machine["threads"] == "1"
    assert all(math.isfinite(number) for number in numbers(written)), written
    return [row for row in cells if not row[0].startswith("-")], written


def numbers(value: Any) -> Iterator[float]:
    """Every number within a value of JSON."""
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from numbers(part)
    elif isinstance(value, int | float):
        yield value


def names(table: list[list[str]]) -> list[str]:
    """The first cell of each row."""
    return [row[0] for row in table[1:]]


@pytest.fixture(scope="module")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run that `startup.py` trains where none is named."""
    folder = tmp_path_factory.mktemp("small")
    made = f"import pathlib, startup; startup.trained(pathlib.Path({str(folder)!r}))"
    done = subprocess.run([sys.executable, "-c", made], cwd=BENCHMARKS, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / "run"


@pytest.mark.slow
def test_the_trainer_and_both_bare_loops_are_timed(tmp_path: Path) -> None:
    words = ("--rounds", 1, "--epochs", 1, "--network", "mlp", "--width", 16)
    table, found = outcome("trainer", tmp_path, *words)

    assert names(table) == list(LOOPS) == list(found["items_per_second"])
    for row in table[1:]:
        rates = found["items_per_second"][row[0]]
        assert rates and min(rates) > 0
        assert row[1] == str(len(rates))


@pytest.mark.slow
def test_the_nll_of_a_few_digits_is_timed(tmp_path: Path, small_run: Path) -> None:
    table, found = outcome("nll", tmp_path, "--run", small_run, "--items", 20, "--samples", 10)

    assert table[1][:3] == ["aekit", "20", "10"]
    assert found["aekit"]["items"] == 20 and found["aekit"]["seconds"] > 0
    assert 50 < found["aekit"]["nll"] < 784 * math.log(2)  # what all pixels cost where each is a coin
    assert found["aekit"]["nll_standard_error"] > 0


@pytest.mark.slow
def test_starts_are_timed_and_what_needs_no_torch_loads_none(tmp_path: Path, small_run: Path) -> None:
    table, found = outcome("startup", tmp_path, "--run", small_run, "--starts", 3)

    assert names(table) == list(found["medians"]) and len(table) == 7
    assert set(found["loaded"]) == {"aekit --help", "aekit plugins"}
    assert not any("torch" in modules for modules in found["loaded"].values())
    least = found["medians"].pop("python -c pass")
    assert all(seconds > least > 0 for seconds in found["medians"].values())


@pytest.mark.slow
def test_starts_on_a_folder_of_pictures_are_timed(tmp_path: Path) -> None:
    table, found = outcome("folder", tmp_path, "--count", 40, "--side", 16, "--starts", 1)

    assert names(table) == ["first", "later"]
    assert found["bytes"] > 40 * 100
    assert len(found["starts"]) == 2
    assert all(start["whole"] > start["imports"] + start["load"] > 0 for start in found["starts"])


@pytest.mark.slow
def test_starts_on_a_folder_of_midi_files_are_timed(tmp_path: Path) -> None:
    table, found = outcome("midi_folder", tmp_path, "--count", 12, "--bars", 8, "--starts", 1)

    first, later, four_bars, roll, alone = table[1:]
    assert (first[0], later[0], alone[0]) == ("first", "later", "pretty_midi alone, one core")
    assert four_bars[0] == "4 bars for the first time" and roll[0] == "piano-rolls as well"
    assert found["notes"] > 12 * 8 * 13  # a bar has 8 strokes of drums, a triad, 2 of bass, and a melody
    assert found["cache"] > 0
    starts = [*found["starts"], found["other_bars"], found["pianoroll"]]
    assert all(start["whole"] > start["imports"] + start["load"] > 0 for start in starts)
    assert starts[0]["items"] == starts[1]["items"] > starts[2]["items"] > 0


@pytest.mark.slow
def test_decoding_of_melodies_is_timed(tmp_path: Path) -> None:
    table, found = outcome("music", tmp_path, "--only", "speed")

    assert list(found) == ["speed"]
    rates = found["speed"]["windows_a_second"]
    assert set(rates) == {"parallel", "lstm"} and min(rates.values()) > 0
    assert found["speed"]["one_window_seconds"] > 0
    ratio = next(row for row in table if row[0] == "parallel over lstm")
    assert float(ratio[1]) == pytest.approx(rates["parallel"] / rates["lstm"], rel=1e-3)


def test_sound_is_timed_and_measured(tmp_path: Path) -> None:
    table, found = outcome("sound", tmp_path, "--repeats", 1)

    assert names(table) == list(found["passages"]) and len(table) == 6
    assert table[0][1:] == list(found["passages"]["8 s of melody"])
    for row in found["passages"].values():
        assert row["loudness, dB"] < row["peak, dB"] <= 0
        assert row["later, ms"] > 0
    assert max(found["pitch_error_cents"]) < 5


def test_the_explorers_map_is_timed(tmp_path: Path) -> None:
    table, found = outcome("explorer_map", tmp_path, "--items", 2000, "--frames", 2)

    assert names(table) == [*found["ms"], "memory", *found["memory_mb"]]
    assert {"panning, all seen", "pyqtgraph, panning, all seen", "nearest", "box"} < set(found["ms"])
    assert all(0 < row["p50"] <= row["p95"] <= row["most"] for row in found["ms"].values())
    assert min(found["memory_mb"].values()) > 0
