# A scripted session in the explorer: what blocks its interface, how quickly it decodes, what its memory grows by.
"""A scripted session in the explorer: what blocks its interface, how quickly it decodes, what its memory grows by.

    python benchmarks/explorer_session.py                       (ten minutes)
    python benchmarks/explorer_session.py --seconds 60 --blocks

One window opens copies of the shipped runs by turns. In each a real pointer wanders, zooms, pans and selects; classes
are filtered, items coloured by attributes, sliders moved, waypoints set, walks played, files dropped; all is undone
and done again; themes and sizes change; UMAP and exports run in the niced process; then comes the gallery. The
session is saved all along, as it is for a person. Memory is that of the window's process in the gallery.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import machine
import numpy as np
from explorer_steps import Steps

RUNS = ("digits-16d", "folk-tunes", "digits-2d")
WARM = 0.1  # share of the session after which memory counts


def main() -> None:
    parser = machine.arguments(__doc__, "explorer_session")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--blocks", action="store_true", help="say where the interface was blocked")
    parser.add_argument("runs", nargs="*", type=Path, help="by default the shipped ones")
    asked = parser.parse_args()
    machine.use_threads(asked.threads)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    facts = machine.facts()
    with own_folders():
        found = session(asked.runs or shipped(), asked.seconds, asked.blocks)
    machine.table(["what", "value"], rows_of(found))
    if asked.blocks:
        for block in found["blocks"][:20]:
            print(f"{block['ms']:7.1f} ms ({block['busy_ms']:.1f} busy)  {block['step']}: {block['where']}")
    for fault in found["faults"]:
        print(fault)
    machine.save(asked.json, facts, found)
    if found["faults"]:
        raise SystemExit("There were faults.")


def shipped() -> list[Path]:
    """The shipped runs of the session."""
    from aekit_gui.choices import DEMOS

    return [DEMOS / name for name in RUNS if (DEMOS / name / "run.json").exists()]


@contextlib.contextmanager
def own_folders() -> Iterator[Path]:
    """Settings, sessions and caches that nobody else uses."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as home:
        for variable in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
            os.environ[variable] = str(Path(home) / variable)
        try:
            yield Path(home)
        finally:
            os.environ.clear()
            os.environ.update(before)


def rows_of(found: dict[str, Any]) -> list[list[object]]:
    """The figures as rows of a table."""
    hover = [[f"pointer to pixels, p95: {run}, ms", value] for run, value in found["hover_p95_ms"].items()]
    return [
        ["session, s", found["seconds"]],
        ["runs opened", found["opened"]],
        ["places decoded", found["decoded"]],
        ["longest block, ms", found["longest_block_ms"]],
        ["at", found["longest_block_at"]],
        ["blocks over 50 ms", sum(block["ms"] > 50 for block in found["blocks"])],
        *hover,
        ["memory in the gallery at the end, MB", found["memory_mb"][-1]],
        ["growth since a tenth of it and each run's first opening, MB", found["growth_mb"]],
        ["faults", len(found["faults"])],
    ]


def session(runs: Sequence[Path], seconds: float, look: bool = False) -> dict[str, Any]:
    """Work in a window for so long; what was found. Settings, sessions and caches are this process's own affair.

    Args:
        look: whether it is found out, too, which code blocks the interface.
    """
    from aekit_gui.app import application
    from aekit_gui.selftest import exposed
    from aekit_gui.window import Window
    from explorer_hand import Blocks, Faults

    application()
    faults, blocks = Faults(), Blocks(look)
    window = Window("light")
    faults.watch(window)
    window.main.resize(1280, 800)
    window.show()
    exposed(window.app, window.main)
    with tempfile.TemporaryDirectory() as folder:
        script = Script(window, blocks, Path(folder), time.monotonic() + seconds)
        try:
            script.rounds([copied(run, Path(folder)) for run in runs], seconds)
        finally:
            blocks.stop()
            window.close()
            faults.close()
    return script.report() | {"seconds": seconds, "faults": faults.found}


def copied(run: Path, folder: Path) -> Path:
    """A copy of a run, so that layouts are not kept with the shipped one."""
    return Path(shutil.copytree(run, folder / "runs" / run.name))


class Over(Exception):
    """The session's time is over."""


class Script(Steps):
    """What is done, step by step, and what was measured meanwhile."""

    def __init__(self, window: Any, blocks: Any, folder: Path, until: float) -> None:
        super().__init__(window, folder)
        self.blocks, self.until = blocks, until
        self.memory: list[tuple[int, float]] = []  # runs opened so far, and MB in the gallery
        self.kinds = 0  # of runs
        self.lasted: list[tuple[str, float]] = []  # seconds of each step
        self.decoded = 0

    # ---- rounds ---------------------------------------------------------------------------------------

    def rounds(self, runs: Sequence[Path], seconds: float) -> None:
        """Each run in its turn, until the time is over."""
        from explorer_hand import settled

        begun = time.monotonic()
        with contextlib.suppress(Over):
            while True:
                for path in runs:
                    self.visit(path)
                    if time.monotonic() - begun >= WARM * seconds:
                        self.memory.append((self.opened, settled() / 1e6))
        self.to_gallery()
        self.memory.append((self.opened, settled() / 1e6))
        self.kinds = len(runs)

    def visit(self, path: Path) -> None:
        """Open a run, use everything, and go back to the gallery."""
        (path / "latents" / "umap.safetensors").unlink(missing_ok=True)
        self.do(f"{path.name}: open", lambda: self.open(path))
        try:
            for step in self.steps():
                if time.monotonic() > self.until:
                    raise Over
                self.do(f"{path.name}: {step.__name__.replace('_', ' ')}", step)
        finally:
            self.decoded += self.run.hover.decoded
            self.do(f"{path.name}: gallery", self.to_gallery)

    def do(self, name: str, step: Callable[[], object]) -> None:
        """One step, watched."""
        begun = time.monotonic()
        self.blocks.begin(name)
        try:
            step()
        finally:
            self.blocks.stop()
            self.lasted.append((name, round(time.monotonic() - begun, 2)))

    def report(self) -> dict[str, Any]:
        """What was measured."""
        blocks = sorted(self.blocks.found, key=lambda block: -block.seconds)
        listed = [
            {"ms": 1000 * one.seconds, "busy_ms": 1000 * one.busy, "step": one.step, "where": one.where}
            for one in blocks
        ]
        return {
            "opened": self.opened,
            "decoded": self.decoded,
            "longest_block_ms": listed[0]["ms"] if listed else 0.0,
            "longest_block_at": listed[0]["step"] if listed else "",
            "blocks": listed[:200],
            "hover_p95_ms": {
                run: float(1000 * np.percentile(times, 95)) for run, times in self.hover.items() if times
            },
            "memory_mb": [size for _, size in self.memory],
            "growth_mb": self.memory[-1][1] - self.warm(),
            "steps_s": self.lasted,
        }

    def warm(self) -> float:
        """MB when a tenth of the session was over and each run had been opened once; sooner in a short session."""
        return next((size for opened, size in self.memory[:-1] if opened >= self.kinds), self.memory[0][1])


if __name__ == "__main__":
    main()
