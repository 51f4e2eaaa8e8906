# Kills a training again and again, and checks that the outcome is that of a run left alone.
"""Kills a training again and again, and checks that the outcome is that of a run left alone.

    python benchmarks/kills.py                    (about 6 minutes)
    python benchmarks/kills.py --kills 3 --epochs 1

A run of small networks on the digits is trained once, left alone. Then the same training is killed with SIGKILL after
a random time, resumed, killed again, until `--kills` kills are used up; a run that comes to its end before that is
compared and another is begun. The moments cover the whole life of a process: its start, its steps, the writing of
states and of the final codes. `trial.py` says what is compared.
"""

from __future__ import annotations

import random
import subprocess
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import machine
from trial import STUCK, Trial, said


def main() -> None:
    parser = machine.arguments(__doc__, "kills")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--epochs", type=float, default=6.3, help="length of the training")
    parser.add_argument("--window", type=float, default=3.0, help="longest time from first step to kill, s")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the moments")
    parser.set_defaults(threads=1)
    asked = parser.parse_args()
    machine.use_threads(asked.threads)
    facts = machine.facts()
    print(f"seed {asked.seed}")
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(Path(folder), asked.epochs)
        runs = killed(trial, asked.kills, asked.window, random.Random(asked.seed))
    further = sum(run["further"] for run in runs)
    rows = [[number + 1, run["kills"], said(run["differs"])] for number, run in enumerate(runs)]
    machine.table(["run", "kills", "against the run left alone"], rows)
    print(f"{sum(run['kills'] for run in runs)} kills; {further} came further than the one before")
    machine.save(asked.json, facts, {"seed": asked.seed, "alone": trial.facts, "runs": runs})
    raise SystemExit(1 if any(run["differs"] for run in runs) else 0)


def killed(trial: Trial, kills: int, window: float, moments: random.Random) -> list[dict[str, Any]]:
    """Kill until the kills are used up, then let the last run end: each run's kills and what differs."""
    runs: list[dict[str, Any]] = []
    used = 0
    while used < kills:
        place, ended, steps = trial.new_place(), False, [-1]
        while not ended:
            after = moments.uniform(0, trial.start + window) if used < kills else STUCK
            ended = ends_within(trial.go_on(place), after)
            if not ended:
                used += 1
                steps.append(trial.step(place))
        further = sum(later > step for step, later in pairwise(steps))
        runs.append({"kills": len(steps) - 1, "further": further, "differs": trial.differs(place)})
    return runs


def ends_within(command: list[str], seconds: float) -> bool:
    """Run a command and kill it after a time; True where it came to its end, which must be a good one."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        _, complaint = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return False
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}\nended with {process.returncode} after a kill:\n{complaint}")
    return True


if __name__ == "__main__":
    main()
