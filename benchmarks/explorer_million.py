# The explorer's window with a million items of 32 dimensions: memory, frames of the real map, blocks of the interface.
"""The explorer's window with a million items of 32 dimensions: memory, frames of the real map, blocks of the interface.

    python benchmarks/explorer_million.py               (a minute)
    python benchmarks/explorer_million.py --items 200000 --blocks

A small run is trained, whose codes are then replaced by synthetic ones in ten clusters. In the window a real pointer
hovers, pans, zooms, selects and filters. Memory is what is resident at the end, and the most that was on the way, of
the window's process; and of it and the model process together.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import machine
import numpy as np

DIMENSIONS = 32
CLASSES = 10


def main() -> None:
    parser = machine.arguments(__doc__, "explorer_million")
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--blocks", action="store_true", help="say where the interface was blocked")
    asked = parser.parse_args()
    machine.use_threads(asked.threads)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    facts = machine.facts()
    with tempfile.TemporaryDirectory() as folder:
        # in a process of its own, so that what made the codes does not count
        made = f"import explorer_million as one; one.made({folder!r}, {asked.items})"
        machine.call([sys.executable, "-c", made], cwd=Path(__file__).parent)
        found = measured(Path(folder) / "run", asked.blocks)
    machine.table(["what", "value"], [[name, value] for name, value in found.items() if name != "blocks"])
    if asked.blocks:
        for block in found["blocks"][:20]:
            print(f"{block['ms']:7.1f} ms ({block['busy_ms']:.1f} busy)  {block['step']}: {block['where']}")
    machine.save(asked.json, facts, {"items": asked.items, **found})


def made(folder: str, count: int) -> None:
    """A run of `DIMENSIONS` dimensions with this many codes, at `folder`/run."""
    from aekit.files import write_arrays

    run = Path(folder) / "run"
    words = (
        "--plugin",
        "image",
        "--latent-dim",
        DIMENSIONS,
        "--epochs",
        0.02,
        "--snapshots",
        0,
        "--no-figures",
    )
    machine.call(machine.aekit("train", *words, "--out", run))
    items = json.loads((run / "run.json").read_text())["items"]
    random = np.random.default_rng(0)
    labels = random.integers(CLASSES, size=count)
    means = random.standard_normal((count, DIMENSIONS), np.float32)
    means += random.normal(0, 2, (CLASSES, DIMENSIONS)).astype(np.float32)[labels]
    spread = np.full((count, DIMENSIONS), -2, np.float32)
    arrays = {"mean": means, "log_variance": spread, "label": labels, "index": np.arange(count) % items}
    write_arrays(run / "latents" / "final.safetensors", arrays, {"step": 1})


def measured(path: Path, look: bool = False) -> dict[str, Any]:
    """Use a run's window; what was found."""
    from aekit_gui.app import application
    from aekit_gui.selftest import exposed, percentile
    from aekit_gui.window import Window
    from explorer_hand import Blocks, Hand, resident, settled

    application()
    window, blocks = Window("light", remembers=False), Blocks(look)
    window.main.resize(1280, 800)
    window.show()
    exposed(window.app, window.main)
    before = resident()
    hand, figures = Hand(window), {}
    blocks.begin("open")
    window.open_run(path)
    hand.wait(lambda: window.run is not None and window.run.explorer.opened is not None, 120)
    hand.wait(lambda: window.run.hover.decoded > 0, 60)
    blocks.stop()
    run = window.run
    hand.wait(lambda: run.map._ground.image is not None, 60)
    for name, act in (("panning", pan), ("zooming", zoom), ("hover", hover)):
        run.map.frame_times.clear()
        run.hover.latencies.clear()
        blocks.begin(name)
        act(hand)
        blocks.stop()
        figures[f"frame while {name}, p95, ms"] = percentile(run.map.frame_times)
    figures["pointer to pixels, p95, ms"] = percentile(run.hover.latencies)
    for name, act in (("select", select), ("filter", filter_classes), ("search", search), ("dress", dress)):
        blocks.begin(name)
        act(hand, window)
        blocks.stop()
    window.main.do("edit.clear")
    blocks.stop()
    listed = sorted(blocks.found, key=lambda block: -block.seconds)
    kept = settled()
    model = resident(window.live._child.process.pid)
    found = figures | {
        "longest block, ms": 1000 * listed[0].seconds if listed else 0.0,
        "at": listed[0].step if listed else "",
        "window's process before, MB": before / 1e6,
        "window's process, MB": kept / 1e6,
        "window's process at most, MB": most_resident() / 1e6,
        "model process, MB": model / 1e6,
        "together, MB": (kept + model) / 1e6,
    }
    window.close()
    found["blocks"] = [
        {"ms": 1000 * one.seconds, "busy_ms": 1000 * one.busy, "step": one.step, "where": one.where}
        for one in listed
    ]
    return found


def pan(hand: Any) -> None:
    """The map is dragged about."""
    for _ in range(3):
        hand.drag([(0.5, 0.5), (0.2, 0.3), (0.7, 0.8), (0.5, 0.5)], 24)


def zoom(hand: Any) -> None:
    """The wheel turns in and out."""
    for spot in ((0.5, 0.5), (0.3, 0.6)):
        hand.wheel(spot, 10)
        hand.wheel(spot, -10)


def hover(hand: Any) -> None:
    """The pointer wanders."""
    hand.wander(4)


def select(hand: Any, window: Any) -> None:
    """A box, then a lasso."""
    for id in ("map.box", "map.lasso"):
        window.main.do(id)
        hand.drag(
            [(0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6)] if "lasso" in id else [(0.4, 0.4), (0.6, 0.6)]
        )
        hand.wander(1.5)
    window.main.do("map.look")


def filter_classes(hand: Any, window: Any) -> None:
    """Classes come and go."""
    for label in (1, 2, 1, 2):
        window.run.sidebar.label_toggled.emit(label)
        hand.wander(1)


def search(hand: Any, window: Any) -> None:
    """For a label."""
    window.run.sidebar.search_changed.emit("3")
    hand.wander(1.5)
    window.run.sidebar.search_changed.emit("")
    hand.wander(1.5)


def dress(hand: Any, window: Any) -> None:
    """Another theme, another plane, a pin."""
    window.main.do("view.dark")
    hand.wander(1.5)
    window.run.scene.show_dimensions(0, 1)
    hand.wander(2)
    hand.click((0.5, 0.5))
    hand.wander(1)


def most_resident() -> int:
    """The most bytes that were ever resident in this process."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
