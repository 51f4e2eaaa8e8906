# All of the explorer's speed table in one run: what must be, what is aimed at, what was measured.
"""All of the explorer's speed table in one run: what must be, what is aimed at, what was measured.

    python benchmarks/explorer.py --threads 1                       (fourteen minutes)
    python benchmarks/explorer.py --threads 1 --session 60          (five)

Offscreen. Start-up and hovering are medians of several starts of `aekit explore --self-test --json` on the shipped
runs, files warm in the system's cache. Frames of the real map, memory and blocks come from the windows of
explorer_million.py and explorer_session.py; picking, lasso and pyqtgraph's scatter from explorer_map.py.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import machine

HERE = Path(__file__).parent
PACKAGES = ("aekit", "torch", "numpy", "PySide6-Essentials", "pyqtgraph", "umap-learn")
Found = dict[str, Any]


def main() -> None:
    parser = machine.arguments(__doc__, "explorer")
    parser.add_argument("--starts", type=int, default=5, help="of the self-test, for each run")
    parser.add_argument(
        "--session", type=float, default=600, help="seconds of the scripted session; 0 for none"
    )
    parser.add_argument("--items", type=int, default=1_000_000)
    asked = parser.parse_args()
    machine.use_threads(asked.threads)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    facts = machine.facts() | {"versions": {name: machine.installed(name) for name in PACKAGES}}
    found: Found = {run: self_tests(run, asked.starts) for run in ("digits-2d", "digits-16d", "folk-tunes")}
    found["map"] = measured("explorer_map", "--items", asked.items)
    found["million"] = measured("explorer_million", "--items", asked.items)
    if asked.session:
        found["session"] = measured("explorer_session", "--seconds", asked.session)
    rows = [row_of(found, *row) for row in TABLE]
    machine.table(["what", "at least", "aim", "measured", ""], rows)
    machine.save(asked.json, facts, found)


def self_tests(name: str, count: int) -> Found:
    """Medians of the figures of several self-tests on a shipped run, and the worst of them; {} without that run."""
    demos = HERE.parent / "gui" / "aekit_gui" / "demos"
    if not (demos / name / "run.json").exists():
        return {}
    command = machine.aekit("explore", "--demo", name, "--self-test", "--json")
    told = [json.loads(machine.call(command).splitlines()[-1]) for _ in range(count + 1)][1:]
    numbers = [key for key, value in told[0].items() if isinstance(value, int | float)]
    return {key: statistics.median(one[key] for one in told) for key in numbers} | {"all": told}


def measured(name: str, *words: object) -> Found:
    """What another benchmark writes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "found.json"
        machine.call([sys.executable, str(HERE / f"{name}.py"), *map(str, words), "--json", str(path)])
        found: Found = json.loads(path.read_text())
    return found


def longest(found: Found) -> float:
    return float(found["session"]["longest_block_ms"])


# what, at least, aim, unit, where it is found
TABLE: tuple[tuple[str, float | None, float | None, str, Callable[[Found], float]], ...] = (
    ("command to window on screen", 1.0, 0.6, "s", lambda f: f["digits-2d"]["window_ms"] / 1000),
    ("shipped digits ready to decode", 3.5, 2.2, "s", lambda f: f["digits-2d"]["ready_ms"] / 1000),
    ("pointer to new pixels, p95: digits, 2-D", 16, 6, "ms", lambda f: f["digits-2d"]["hover_p95_ms"]),
    ("pointer to new pixels, p95: digits, 16-D", 16, 6, "ms", lambda f: f["digits-16d"]["hover_p95_ms"]),
    ("pointer to new pixels, p95: melodies", 30, 12, "ms", lambda f: f["folk-tunes"]["hover_p95_ms"]),
    (
        "map frame with 1,000,000 points while panning, p95", 33, 16, "ms",
        lambda f: f["million"]["frame while panning, p95, ms"],
    ),
    ("and while zooming, p95", 33, 16, "ms", lambda f: f["million"]["frame while zooming, p95, ms"]),
    (
        "the image of 1,000,000 points, in its thread, p95", None, None, "ms",
        lambda f: f["map"]["ms"]["panning, all seen"]["p95"],
    ),
    (
        "pyqtgraph's scatter while panning, p95", None, None, "ms",
        lambda f: f["map"]["ms"]["pyqtgraph, panning, all seen"]["p95"],
    ),
    ("picking among 1,000,000, p95", 2, 0.1, "ms", lambda f: f["map"]["ms"]["nearest"]["p95"]),
    (
        "lasso over 1,000,000, p95", 30, 8, "ms",
        lambda f: next(value["p95"] for name, value in f["map"]["ms"].items() if name.startswith("lasso")),
    ),
    ("longest block in the session", 100, 50, "ms", longest),
    ("longest block with 1,000,000 points", 100, 50, "ms", lambda f: f["million"]["longest block, ms"]),
    ("memory: growth over the session", 50, 10, "MB", lambda f: f["session"]["growth_mb"]),
    (
        "memory with 1,000,000 points of 32 dimensions: window", 1200, 800, "MB",
        lambda f: f["million"]["window's process, MB"],
    ),
    ("and at most on the way", None, None, "MB", lambda f: f["million"]["window's process at most, MB"]),
    ("and with the model process", None, None, "MB", lambda f: f["million"]["together, MB"]),
)  # fmt: skip


def row_of(
    found: Found,
    what: str,
    least: float | None,
    aim: float | None,
    unit: str,
    value: Callable[[Found], float],
) -> list[object]:
    """A row of the table; without a figure where it was not measured."""
    try:
        figure = value(found)
    except (KeyError, StopIteration, TypeError):
        return [what, with_unit(least, unit), with_unit(aim, unit), "–", ""]
    verdict = ""
    if least is not None and aim is not None:
        verdict = "aim" if figure <= aim else "bar" if figure <= least else "MISSED"
    return [what, with_unit(least, unit), with_unit(aim, unit), with_unit(figure, unit), verdict]


def with_unit(value: float | None, unit: str) -> str:
    return "" if value is None else f"{machine.shown(float(value))} {unit}"


if __name__ == "__main__":
    main()
