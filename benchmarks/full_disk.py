# Lets each kind of write meet a full disk, and checks that the outcome is that of a run left alone.
"""Lets each kind of write meet a full disk, and checks that the outcome is that of a run left alone.

    python benchmarks/full_disk.py                    (about 2 minutes; Linux)
    python benchmarks/full_disk.py --writes weights metrics --epochs 1

For each kind, a training is stopped half-way and resumed while that one write fails for want of space: the name
beside the file, under which it is written first, leads to /dev/full; or the size of files is limited, so that the
write breaks off in the middle (run.json, metrics). It must end with status 1 and one line, and, resumed once more when
there is space, with the outcome of the run left alone. Figures are no part of the outcome: a run whose figures cannot
be drawn says so in one line, and may end with status 0. `trial.py` says what is compared.
"""

from __future__ import annotations

import resource
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import machine
from trial import STATE, STUCK, Trial, said

WRITES = ("run.json", "stage", "metrics", "state", "weights", "snapshot", "codes", "figures")


def main() -> None:
    parser = machine.arguments(__doc__, "full_disk")
    parser.add_argument("--writes", nargs="+", choices=WRITES, default=list(WRITES), help="which are to fail")
    parser.add_argument("--epochs", type=float, default=2.3, help="length of the training")
    parser.set_defaults(threads=1)
    asked = parser.parse_args()
    machine.use_threads(asked.threads)
    facts = machine.facts()
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(Path(folder), asked.epochs)
        found = [failed(trial, what) for what in asked.writes]
    rows = [
        [row["write"], row["status"], " / ".join(row["lines"])[:70], row["odd"] or "", said(row["differs"])]
        for row in found
    ]
    machine.table(["write", "status", "said", "odd", "resumed, against the run left alone"], rows)
    machine.save(asked.json, facts, {"alone": trial.facts, "writes": found})
    raise SystemExit(1 if any(row["odd"] or row["differs"] for row in found) else 0)


def failed(trial: Trial, what: str) -> dict[str, Any]:
    """Let one write fail for want of space, then make space and go on to the end."""
    place = trial.new_place()
    command, options = prepared(trial, place, what)
    done = subprocess.run(command, capture_output=True, text=True, timeout=STUCK, **options)
    lines = [line.replace(f"{place}", "RUN") for line in done.stderr.strip().splitlines()]
    for link in [path for path in place.rglob("*") if path.is_symlink()]:
        link.unlink()
    trial.run(trial.go_on(place))
    odd = oddness(what, done.returncode, lines)
    return {
        "write": what,
        "status": done.returncode,
        "lines": lines,
        "odd": odd,
        "differs": trial.differs(place),
    }


def oddness(what: str, status: int, lines: list[str]) -> str:
    """What is not as it should be in how the command ended; "" where all is."""
    complaints = [line for line in lines if "Cannot write" in line]
    if what == "figures":
        return "" if len(complaints) == 1 and status in (0, 1) else "no plain line"
    if status != 1:
        return f"status {status}"
    return "" if len(complaints) == 1 and len(lines) == 1 else "not one plain line"


def prepared(trial: Trial, place: Path, what: str) -> tuple[list[str], dict[str, Any]]:
    """A training that stopped half-way, and the command that goes on and meets the full disk."""
    if what == "run.json":
        return trial.fresh(place), {"preexec_fn": limit(200)}
    trial.stop_half_way(place)
    if what == "metrics":
        size = (place / "metrics.jsonl").stat().st_size
        return trial.go_on(place, "--save-every", "1h"), {"preexec_fn": limit(size + 100)}
    last = sorted((trial.alone / "latents").glob("[0-9]*.safetensors"))[-1].name
    files = {
        "stage": Path("run.json"),
        "state": STATE,
        "weights": Path("weights.safetensors"),
        "snapshot": Path("latents") / last,
        "codes": Path("latents") / "final.safetensors",
        "figures": Path("figures") / "curves.png",
    }
    lead_to_full(place / files[what])
    command = trial.go_on(place, *(("--epochs", 1) if what == "stage" else ()))
    return [word for word in command if what != "figures" or word != "--no-figures"], {}


def lead_to_full(path: Path) -> None:
    """Make the name beside `path`, under which it is written first, lead to a device that is always full."""
    path.parent.mkdir(exist_ok=True)
    aside = path.with_name(path.name + ".unfinished")
    aside.unlink(missing_ok=True)
    aside.symlink_to("/dev/full")


def limit(size: int) -> Callable[[], None]:
    """What a process does before it begins, so that no file of its own grows beyond `size` bytes."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


if __name__ == "__main__":
    main()
