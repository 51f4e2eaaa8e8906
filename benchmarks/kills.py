# Kills a training again and again, and fills its disk, and checks that the outcome is that of a run left alone.
"""Kills a training again and again, and fills its disk, and checks that the outcome is that of a run left alone.

    python benchmarks/kills.py                    (about 6 minutes; Linux)
    python benchmarks/kills.py --kills 3 --disk weights --epochs 1

A run of small networks on the digits is trained once, left alone. Then:

1. *Kills.* The same training is killed with SIGKILL after a random time, resumed, killed again, until `--kills` kills
   are used up; a run that comes to its end before that is compared and another is begun. The moments cover the whole
   life of a process: its start, its steps, the writing of states and of the final codes.
2. *Full disk.* For each file that a run writes, a training is stopped half-way and resumed while that one write fails
   for want of space: the place beside the file, where it is written first, leads to /dev/full, or the size of files is
   limited so that the write breaks off in the middle. It must end with status 1 and one line, and, resumed once more,
   with the outcome of the run left alone. (Figures are no part of the outcome: a run whose figures cannot be drawn says
   so in one line and ends with status 0.)

Compared byte for byte: `weights.safetensors`, `latents/final.safetensors`, and every array of
`last/state.safetensors`; its facts too, but for the seconds that the training took. Equal thread counts are part of
the protocol, since sums depend on them.
"""

from __future__ import annotations

import random
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import machine

STATE = Path("last") / "state.safetensors"
DISK = ("run.json", "stage", "metrics", "state", "weights", "snapshot", "codes", "figures")
STUCK = 300.0


def main() -> None:
    parser = machine.arguments(__doc__, "kills")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--epochs", type=float, default=6, help="length of the training")
    parser.add_argument(
        "--window", type=float, default=3.0, help="kills come up to so long after the first step, s"
    )
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the moments")
    parser.add_argument(
        "--disk", nargs="*", choices=DISK, default=list(DISK), help="writes that meet a full disk"
    )
    parser.set_defaults(threads=1)
    asked = parser.parse_args()
    machine.use_threads(asked.threads)
    facts = machine.facts()
    print(f"seed {asked.seed}")
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(Path(folder), asked.epochs)
        trial.leave_alone()
        found = {"seed": asked.seed, "alone": trial.facts}
        found["kills"] = killed(trial, asked.kills, asked.window, random.Random(asked.seed))
        found["full_disk"] = [full_disk(trial, what) for what in asked.disk]
    machine.save(asked.json, facts, found)
    wrong = [
        row for row in [*found["kills"]["runs"], *found["full_disk"]] if row["differs"] or row.get("odd")
    ]
    print(
        f"{len(wrong)} of {len(found['kills']['runs']) + len(found['full_disk'])} ended otherwise than they should"
    )
    raise SystemExit(1 if wrong else 0)


class Trial:
    """One training that can be run many times over, and what it comes to when it is left alone."""

    def __init__(self, home: Path, epochs: float) -> None:
        self.home, self.epochs = home, epochs
        self.alone = home / "alone"
        self.count = 0

    def leave_alone(self) -> None:
        """Train without trouble, and note how long the start and the steps take."""
        started = time.monotonic()
        self.run(self.fresh(self.alone))
        whole = time.monotonic() - started
        steps = self.seconds(self.alone)
        self.start = max(whole - steps, 0.5)
        self.facts = {"seconds": round(whole, 2), "seconds_of_steps": steps, "step": self.step(self.alone)}
        print(f"left alone: {whole:.1f} s, of which {steps:.1f} s for {self.facts['step']} steps\n")

    def new_place(self) -> Path:
        """A folder for another run; the one before it is removed."""
        shutil.rmtree(self.home / f"run-{self.count}", ignore_errors=True)
        self.count += 1
        return self.home / f"run-{self.count}"

    def fresh(self, place: Path, *more: object) -> list[str]:
        """The command that begins the training."""
        size = ("--latent-dim", 4, "--width", 48, "--depth", 1, "--batch-size", 128)
        length = ("--epochs", self.epochs, "--save-every", "0.3s", "--snapshots", 6)
        words = (
            "train",
            "--plugin",
            "image",
            *size,
            *length,
            "--no-figures",
            "--quiet",
            "--out",
            place,
            *more,
        )
        return machine.aekit(*words)

    def go_on(self, place: Path, *more: object) -> list[str]:
        """The command that resumes it, or begins it where not even run.json was written."""
        if not (place / "run.json").exists():
            return self.fresh(place)
        return machine.aekit("train", "--resume", place, "--no-figures", "--quiet", *more)

    def run(self, command: list[str], status: int = 0, **options: Any) -> str:
        """Run a command to its end; what it said on standard error."""
        done = subprocess.run(command, capture_output=True, text=True, timeout=STUCK, **options)
        if done.returncode != status:
            raise SystemExit(f"{' '.join(command)}\nended with {done.returncode}:\n{done.stderr[-2000:]}")
        return done.stderr

    def seconds(self, place: Path) -> float:
        """Seconds of training that the saved state counts."""
        return round(float(read(place / STATE)[1]["seconds"]), 2)

    def step(self, place: Path) -> int:
        """The step of the saved state; -1 where there is none."""
        return int(read(place / STATE)[1]["step"]) if (place / STATE).exists() else -1

    def differs(self, place: Path) -> list[str]:
        """What is not as in the run left alone."""
        names = ("weights.safetensors", "latents/final.safetensors")
        odd = [name for name in names if (place / name).read_bytes() != (self.alone / name).read_bytes()]
        (ours, facts), (theirs, expected) = read(place / STATE), read(self.alone / STATE)
        same = ours.keys() == theirs.keys() and all(
            ours[name].tobytes() == theirs[name].tobytes() for name in theirs
        )
        odd += [] if same else ["the arrays of last/state.safetensors"]
        names = [name for name in expected if name != "seconds" and facts[name] != expected[name]]
        return odd + [f"{name} of last/state.safetensors" for name in names]


def read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arrays and facts of a tensor file."""
    from aekit.files import read_arrays

    return read_arrays(path)


# ---- kills --------------------------------------------------------------------------------------------------


def killed(trial: Trial, kills: int, window: float, moments: random.Random) -> dict[str, Any]:
    """Kill until the kills are used up, then let the last run end."""
    runs: list[dict[str, Any]] = []
    used = 0
    while used < kills:
        place, steps, ended = trial.new_place(), [], False
        while not ended:
            after = moments.uniform(0, trial.start + window) if used < kills else STUCK
            ended = ends_within(trial.go_on(place), after)
            if not ended:
                used += 1
                steps.append(trial.step(place))
        runs.append({"kills": len(steps), "steps": steps, "differs": trial.differs(place)})
    moved = sum(
        later > step for run in runs for step, later in zip([-1, *run["steps"]], run["steps"], strict=False)
    )
    rows = [[number + 1, run["kills"], said(run["differs"])] for number, run in enumerate(runs)]
    machine.table(["run", "kills", "against the run left alone"], rows)
    print(f"{used} kills; {moved} of them had come further than the one before\n")
    return {"count": used, "moved": moved, "runs": runs}


def ends_within(command: list[str], seconds: float) -> bool:
    """Run a command and kill it after a time; True where it came to its end, which must be a good one."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        _, complaint = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return False
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}\nended with {process.returncode} after a kill:\n{complaint}")
    return True


def said(differs: list[str]) -> str:
    """The outcome in words."""
    return "the same bytes" if not differs else "DIFFERENT: " + ", ".join(differs)


# ---- full disk ----------------------------------------------------------------------------------------------


def full_disk(trial: Trial, what: str) -> dict[str, Any]:
    """Let one write fail for want of space, then make space and go on to the end."""
    place = trial.new_place()
    command, options = prepared(trial, place, what)
    done = subprocess.run(command, capture_output=True, text=True, timeout=STUCK, **options)
    lines = done.stderr.strip().splitlines()
    for link in place.rglob("*"):
        if link.is_symlink():
            link.unlink()
    trial.run(trial.go_on(place))
    expected = 0 if what == "figures" else 1
    odd = done.returncode != expected or not any("Cannot write" in line for line in lines)
    odd = odd or (expected == 1 and len(lines) != 1) or "Traceback" in done.stderr
    row = {"write": what, "status": done.returncode, "lines": [plain(line, trial.home) for line in lines]}
    row |= {"odd": odd, "differs": trial.differs(place)}
    print(
        f"full disk, {what}: status {done.returncode}{' (ODD)' if odd else ''}, then {said(row['differs'])}"
    )
    print("   " + "\n   ".join(row["lines"]))
    return row


def plain(line: str, home: Path) -> str:
    """A line without the names of temporary folders."""
    return line.replace(str(home), "HOME")


def prepared(trial: Trial, place: Path, what: str) -> tuple[list[str], dict[str, Any]]:
    """A training that stopped half-way, and the command that goes on and meets the full disk."""
    if what == "run.json":
        return trial.fresh(place), {"preexec_fn": limit(200)}
    stop_half_way(trial, place)
    if what == "stage":
        lead_to_full(place / "run.json")
        return trial.go_on(place, "--epochs", 1), {}
    if what == "metrics":
        size = (place / "metrics.jsonl").stat().st_size
        return trial.go_on(place, "--save-every", "1h"), {"preexec_fn": limit(size + 100)}
    if what == "figures":
        lead_to_full(place / "figures" / "curves.png")
        return [word for word in trial.go_on(place) if word != "--no-figures"], {}
    last = sorted((trial.alone / "latents").glob("[0-9]*.safetensors"))[-1].name
    files = {
        "state": STATE,
        "weights": Path("weights.safetensors"),
        "snapshot": Path("latents") / last,
        "codes": Path("latents") / "final.safetensors",
    }
    lead_to_full(place / files[what])
    return trial.go_on(place), {}


def stop_half_way(trial: Trial, place: Path) -> None:
    """Kill a training once its state is past a third of the way."""
    process = subprocess.Popen(trial.fresh(place), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while trial.step(place) < trial.facts["step"] // 3 and process.poll() is None:
        time.sleep(0.05)
    process.kill()
    process.wait()


def lead_to_full(path: Path) -> None:
    """Make the place beside `path`, where it is written first, a device that is always full."""
    path.parent.mkdir(exist_ok=True)
    aside = path.with_name(path.name + ".unfinished")
    aside.unlink(missing_ok=True)
    aside.symlink_to("/dev/full")


def limit(size: int) -> Callable[[], None]:
    """What a process does before it begins, so that no file of its own grows beyond `size` bytes."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


if __name__ == "__main__":
    main()
