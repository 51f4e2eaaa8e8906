# Which runs are opened: those that were named, a shipped demo, or none.
"""Which runs are opened: those that were named, a shipped demo, or none."""

from __future__ import annotations

from pathlib import Path

from aekit.errors import RunError, UsageError, unknown_name

DEMOS = Path(__file__).parent / "demos"


def chosen_runs(runs: list[Path], demo: str, self_test: bool) -> list[Path]:
    """The runs to open, in order.

    Raises:
        UsageError: a demo and runs were named, or there is no such demo.
        RunError: a run that was named does not exist.
    """
    if demo and runs:
        raise UsageError(f"Name runs or a demo, not both (received {runs[0]} and --demo {demo}).")
    if demo or (self_test and not runs):
        return [demo_path(demo or "digits-2d")]
    for path in runs:
        if not path.exists():
            raise RunError(f"There is no run at {path}. List the runs here with: aekit runs")
    return runs


def demo_path(name: str) -> Path:
    """The folder of a shipped demo.

    Raises:
        UsageError: there is no such demo.
    """
    if not (DEMOS / name / "run.json").exists():
        raise UsageError(unknown_name("demo", name, (path.parent.name for path in DEMOS.glob("*/run.json"))))
    return DEMOS / name
