# How well melodies are told by how many bits, and how fast they are decoded.
"""How well melodies are told by how many bits, and how fast they are decoded.

    python benchmarks/music.py                      (about half an hour on two cores: two bars, and speed)
    python benchmarks/music.py --only speed
    python benchmarks/music.py --only curve         (10 minutes: accuracy against bits, as a picture)
    python benchmarks/music.py --only long          (an hour: 16 bars, three networks)

Every figure comes from `aekit train --plugin music` and `aekit evaluate` on the embedded folk tunes: the posterior's
mean of windows of unseen tunes, decoded greedily, beside the bits (the KL) at which that run told them.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import machine

PARTS = ("quality", "speed", "curve", "long")
ACCURACY, BITS = "free_running_step_accuracy", "kl_bits"
KEYS = (BITS, ACCURACY, "teacher_forced_step_accuracy", "exact_windows", "note_f1")
COLUMNS = ("run", "seconds", "bits", "steps right", "teacher forced", "exact windows", "note F1")
CURVE = (0.05, 0.1, 0.2, 0.4, 0.8)
CURVE_SECONDS = 100
WINDOWS, ROUNDS = 256, 9


class Trial(NamedTuple):
    """One training: its name, how long it runs, and what else its command says."""

    name: str
    seconds: int
    words: tuple[object, ...]


QUALITY = (
    Trial("parallel, by default", 300, ()),
    Trial("parallel, many bits", 300, ("--beta", 0.2)),
    Trial("parallel, few bits", 600, ("--beta", 0.52)),
    Trial("lstm", 300, ("--network", "lstm")),
)
LONG = tuple(
    Trial(f"16 bars, {network}", 1200, ("--bars", 16, "--network", network))
    for network in ("parallel", "lstm", "hierarchical")
)


def main() -> None:
    parser = machine.arguments(__doc__, "music")
    parser.add_argument("--only", choices=PARTS, action="append", help="by default quality and speed")
    parser.add_argument("--scale", type=float, default=1.0, help="of the trainings' seconds, for a try")
    parser.add_argument("--picture", type=Path, default=machine.RESULTS / "music-curve.png")
    asked = parser.parse_args()
    machine.use_threads(asked.threads)
    facts, found = machine.facts(), {}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for part in asked.only or ("quality", "speed"):
            found[part] = {
                "quality": lambda: quality(home, QUALITY, asked.scale),
                "long": lambda: quality(home, LONG, asked.scale),
                "curve": lambda: curve(home, asked.scale, asked.picture),
                "speed": lambda: speed(home),
            }[part]()
    machine.save(asked.json, facts, found)


def quality(home: Path, trials: tuple[Trial, ...], scale: float) -> dict[str, Any]:
    """Train and evaluate each, and print the table."""
    found = {trial.name: measured(home, trial, scale) for trial in trials}
    print()
    machine.table(
        COLUMNS,
        [[trial.name, trial.seconds * scale, *(found[trial.name][key] for key in KEYS)] for trial in trials],
    )
    return found


def measured(home: Path, trial: Trial, scale: float) -> dict[str, Any]:
    """One training and its evaluation."""
    run = home / trial.name.replace(" ", "-").replace(",", "")
    train(run, trial.seconds * scale, *trial.words)
    figures: dict[str, Any] = json.loads(
        machine.call(machine.aekit("evaluate", run, "--json", "--nll-samples", 0))
    )
    print(f"{trial.name}: {figures[ACCURACY]:.4f} of the steps at {figures[BITS]:.1f} bits", flush=True)
    return figures


def train(run: Path, seconds: float, *words: object) -> None:
    """A run of the music plugin."""
    quiet = ("--quiet", "--no-figures", "--out", run)
    machine.call(machine.aekit("train", "--plugin", "music", "--max-time", f"{seconds:g}s", *words, *quiet))


def curve(home: Path, scale: float, picture: Path) -> dict[str, Any]:
    """Accuracy against bits for several weights of the KL term, and its picture."""
    trials = [Trial(f"beta {beta:g}", CURVE_SECONDS, ("--beta", beta)) for beta in CURVE]
    found = quality(home, tuple(trials), scale)
    from aekit.figures import PALETTE, new_figure, rendered

    figure, plot = new_figure(6.4, 4.2)
    for key, colour in ((ACCURACY, PALETTE[0]), ("exact_windows", PALETTE[3])):
        points = sorted((figures[BITS], figures[key]) for figures in found.values())
        plot.plot(*zip(*points, strict=True), color=colour, marker="o", label=key.replace("_", " "))
    plot.set(
        xlabel="bits a window (KL)", title=f"Two bars of unseen folk tunes after {CURVE_SECONDS * scale:g} s"
    )
    plot.legend(frameon=False)
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(rendered(figure))
    print(f"Drew {picture.name}")
    return found


def speed(home: Path) -> dict[str, Any]:
    """Windows a second in batches of WINDOWS, for two networks by turns; and one window to notes."""
    import aekit

    for network in ("parallel", "lstm"):
        train(home / f"speed-{network}", 2, "--network", network)
    models = {network: aekit.load(home / f"speed-{network}") for network in ("parallel", "lstm")}
    codes = models["parallel"].sample_codes(WINDOWS)
    times: dict[str, list[float]] = {network: [] for network in models}
    for _ in range(ROUNDS):
        for network, model in models.items():
            times[network].append(seconds_of(lambda model=model: model.decode(codes)))
    model = models["parallel"]
    one = [seconds_of(lambda: model.view(model.decode(codes[:1])[0])) for _ in range(200)]
    rates = {network: WINDOWS / statistics.median(taken) for network, taken in times.items()}
    ratio = rates["parallel"] / rates["lstm"]
    print()
    machine.table(
        ["decoding", "measured"],
        [
            ["parallel, windows a second", rates["parallel"]],
            ["lstm, windows a second", rates["lstm"]],
            ["parallel over lstm", ratio],
            ["one code to notes, ms, median", 1000 * statistics.median(one)],
        ],
    )
    return {"windows_a_second": rates, "one_window_seconds": statistics.median(one)}


def seconds_of(act: Any) -> float:
    """How long a call takes."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
