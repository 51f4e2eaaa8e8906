# What the benchmarks share: facts of the machine, commands, tables, and where results go.
"""What the benchmarks share: facts of the machine, commands, tables, and where results go.

Imports neither torch nor NumPy, so that a benchmark's own memory does not count as that of what it starts.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("aekit", "torch", "numpy", "lightning-fabric", "pydantic", "typer", "pillow")


def arguments(description: str | None, name: str) -> argparse.ArgumentParser:
    """A parser with what every benchmark takes: where its JSON goes, and how many threads torch uses."""
    parser = argparse.ArgumentParser(description=(description or "").splitlines()[0])
    parser.add_argument("--json", type=Path, default=RESULTS / f"{name}.json", help="where the results go")
    parser.add_argument(
        "--threads", type=int, help="OMP_NUM_THREADS of all that is measured; by default as it is"
    )
    return parser


def use_threads(count: int | None) -> None:
    """Set the number of threads for this process (before it imports torch) and for those it starts."""
    if count is not None:
        os.environ["OMP_NUM_THREADS"] = str(count)


def facts() -> dict[str, Any]:
    """What the figures depend on besides the code; no name and no path of the machine."""
    return {
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "threads": os.environ.get("OMP_NUM_THREADS", "default"),
        "memory_gb": memory_gb(),
        "load_before": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {name: installed(name) for name in PACKAGES},
        "day": time.strftime("%Y-%m-%d"),
    }


def processor() -> str:
    """The processor's model."""
    listing = Path("/proc/cpuinfo")
    if listing.exists():
        names = [line for line in listing.read_text().splitlines() if line.startswith("model name")]
        if names:
            return names[0].partition(":")[2].strip()
    return platform.processor() or platform.machine()


def memory_gb() -> float | None:
    """Memory of the machine in units of 10^9 bytes, where the system says."""
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (ValueError, OSError, AttributeError):
        return None


def installed(name: str) -> str | None:
    """The installed version of a distribution, or None."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def aekit(*words: object) -> list[str]:
    """A command line of aekit under this interpreter."""
    return [sys.executable, "-m", "aekit", *map(str, words)]


def call(command: Sequence[str], **options: Any) -> str:
    """Run a command and give its output; end the benchmark with its complaint where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\nended with {done.returncode}:\n{done.stderr[-3000:]}")
    return done.stdout


def seconds_of(command: Sequence[str], **options: Any) -> float:
    """How long a command takes."""
    started = time.perf_counter()
    call(command, **options)
    return time.perf_counter() - started


def peak_of(command: Sequence[str], stop_after: float | None = None) -> tuple[int, float, int]:
    """Run a command, with Ctrl-C after a time where one is given: (exit status, seconds, peak resident bytes).

    The peak is the kernel's own figure for the process and those that it waited for. POSIX only.
    """
    import signal
    import threading

    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if stop_after is not None:
        timer = threading.Timer(stop_after, process.send_signal, [signal.SIGINT])
        timer.start()
    _, status, usage = os.wait4(process.pid, 0)
    if stop_after is not None:
        timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return process.returncode, time.perf_counter() - started, usage.ru_maxrss * unit


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table in Markdown, so that it can go into docs/benchmarks.md as it is."""
    texts = [[shown(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *texts, strict=True)]
    for cells in [columns, ["-" * width for width in widths], *texts]:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |")


def shown(cell: object) -> str:
    """A cell as people read it."""
    if isinstance(cell, float):
        return f"{cell:.4g}" if abs(cell) < 100 else f"{cell:,.1f}"
    return "" if cell is None else str(cell)


def save(path: Path, machine: Mapping[str, Any], results: Mapping[str, Any]) -> None:
    """Write the results with the facts of the machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": machine, **results}, indent=2) + "\n", encoding="utf-8")
    print(f"\nWrote {path.name}")
