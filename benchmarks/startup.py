# How long the commands take to start, and that those which need no torch load none.
"""How long the commands take to start, and that those which need no torch load none.

    python benchmarks/startup.py                    (under a minute)

Medians of 9 starts, the commands taking turns with `python -c "import torch"`, files warm in the system's cache. A
small run is trained first where `--run` names none. "Ready to decode" is the whole life of a process that loads a
run and decodes one code: by `aekit decode`, which also writes the picture, and from Python.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import machine

NEEDLESS = ("torch", "lightning_fabric", "matplotlib", "numpy", "aekit_image")
DECODE = "import sys, numpy, aekit; aekit.load(sys.argv[1]).decode(numpy.zeros((1, int(sys.argv[2])), numpy.float32))"


def main() -> None:
    parser = machine.arguments(__doc__, "startup")
    parser.add_argument("--starts", type=int, default=9, help="of each command")
    parser.add_argument("--run", type=Path, help="a finished run; by default a small one is trained")
    asked = parser.parse_args()
    machine.use_threads(asked.threads)
    facts = machine.facts()
    with tempfile.TemporaryDirectory() as folder:
        commands = timed_commands(asked.run or trained(Path(folder)), Path(folder))
        times: dict[str, list[float]] = {name: [] for name in commands}
        for number in range(asked.starts + 1):
            for name, command in commands.items():
                seconds = machine.seconds_of(command)
                if number:  # the first round warms the system's cache
                    times[name].append(seconds)
    medians = {name: statistics.median(values) for name, values in times.items()}
    loaded = {f"aekit {word}": loaded_by(word) for word in ("--help", "plugins")}
    rows = [[name, medians[name], min(times[name]), ", ".join(loaded.get(name, []))] for name in commands]
    machine.table(["start", "median, s", "least, s", "loads needlessly"], rows)
    machine.save(asked.json, facts, {"seconds": times, "medians": medians, "loaded": loaded})
    if any("torch" in names for names in loaded.values()):
        raise SystemExit("A command that needs no torch has loaded it.")


def timed_commands(run: Path, folder: Path) -> dict[str, list[str]]:
    """The commands that are timed."""
    import json

    dim = json.loads((run / "run.json").read_text())["training"]["latent_dim"]
    codes = folder / "codes.npy"
    machine.call(
        [sys.executable, "-c", f"import numpy; numpy.save({str(codes)!r}, numpy.zeros((1, {dim}), 'f4'))"]
    )
    script = Path(sys.executable).with_name("aekit" + (".exe" if os.name == "nt" else ""))
    start = [str(script)] if script.exists() else machine.aekit()
    return {
        "python -c pass": [sys.executable, "-c", "pass"],
        "aekit --help": [*start, "--help"],
        "aekit plugins": [*start, "plugins"],
        "python -c 'import torch'": [sys.executable, "-c", "import torch"],
        "a run ready to decode: aekit decode": [
            *start,
            "decode",
            str(run),
            str(codes),
            "--out",
            str(folder / "x.npz"),
        ],
        "a run ready to decode: aekit.load": [sys.executable, "-c", DECODE, str(run), str(dim)],
    }


def trained(folder: Path) -> Path:
    """A run of the default networks after a few steps."""
    words = ("--plugin", "image", "--epochs", 0.02, "--snapshots", 0, "--no-figures", "--out", folder / "run")
    machine.call(machine.aekit("train", *words))
    return folder / "run"


def loaded_by(word: str) -> list[str]:
    """Packages among NEEDLESS that `aekit WORD` imports, by Python's own list of imports."""
    command = [sys.executable, "-X", "importtime", "-m", "aekit", word]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    modules = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    return sorted(modules & set(NEEDLESS))


if __name__ == "__main__":
    main()
