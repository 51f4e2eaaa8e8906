# A short training that is run many times over, and what it comes to when it is left alone.
"""A short training that is run many times over, and what it comes to when it is left alone.

Compared byte for byte: `weights.safetensors`, `latents/final.safetensors`, and every array of
`last/state.safetensors`; its facts too, but for the seconds that the training took. Equal thread counts are part of
the protocol, since the rounding of sums depends on them.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import machine

STATE = Path("last") / "state.safetensors"
STUCK = 300.0
SIZE = ("--latent-dim", 4, "--width", 48, "--depth", 1, "--batch-size", 128)
PACE = ("--save-every", "0.3s", "--snapshots", 6)


class Trial:
    """The training; small networks on the digits.

    Attributes:
        home: where its runs go.
        alone: the run that was left alone.
        facts: how long that took, and how many steps it has.
        start: seconds before its first step.
    """

    def __init__(self, home: Path, epochs: float) -> None:
        """Train the run that is left alone, and note how long the start and the steps take."""
        self.home, self.epochs, self.count = home, epochs, 0
        self.alone = home / "alone"
        started = time.monotonic()
        self.run(self.fresh(self.alone))
        whole, steps = time.monotonic() - started, self.seconds(self.alone)
        self.start = max(whole - steps, 0.5)
        self.facts = {"seconds": round(whole, 2), "seconds_of_steps": steps, "steps": self.step(self.alone)}
        print(f"left alone: {whole:.1f} s, of which {steps:.1f} s for {self.facts['steps']} steps\n")

    def new_place(self) -> Path:
        """A folder for another run; the one before it is removed."""
        shutil.rmtree(self.home / f"run-{self.count}", ignore_errors=True)
        self.count += 1
        return self.home / f"run-{self.count}"

    def fresh(self, place: Path) -> list[str]:
        """The command that begins the training."""
        words = ("--no-figures", "--quiet", "--epochs", self.epochs, "--out", place)
        return machine.aekit("train", "--plugin", "image", *SIZE, *PACE, *words)

    def go_on(self, place: Path, *more: object) -> list[str]:
        """The command that resumes it, or begins it where not even run.json was written."""
        if not (place / "run.json").exists():
            return self.fresh(place)
        return machine.aekit("train", "--resume", place, "--no-figures", "--quiet", *more)

    def run(self, command: list[str]) -> None:
        """Run a command to its good end."""
        machine.call(command, timeout=STUCK)

    def stop_half_way(self, place: Path) -> None:
        """Begin the training, and kill it once a state past a third of the way is saved."""
        process = subprocess.Popen(self.fresh(place), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while self.step(place) < self.facts["steps"] // 3 and process.poll() is None:
            time.sleep(0.05)
        process.kill()
        process.wait()

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
        odd += [] if same else [f"the arrays of {STATE.as_posix()}"]
        other = [name for name in expected if name != "seconds" and facts[name] != expected[name]]
        return odd + [f"'{name}' in {STATE.as_posix()}" for name in other]


def read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arrays and facts of a tensor file."""
    from aekit.files import read_arrays

    return read_arrays(path)


def said(differs: list[str]) -> str:
    """The outcome in words."""
    return "the same bytes" if not differs else "DIFFERENT: " + ", ".join(differs)
