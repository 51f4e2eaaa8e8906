# The explorer's map with a million items: frames while panning and zooming, picking, lasso, preparation, memory.
"""The explorer's map with a million items: frames while panning and zooming, picking, lasso, preparation, memory.

    python benchmarks/explorer_map.py --threads 1          (a minute)
    python benchmarks/explorer_map.py --items 200000

Items lie in ten clusters with long tails, the window has 1200 by 800 device pixels, all on one core. A frame is the
finished image, ours in ten colours; pyqtgraph's ScatterPlotItem, in one colour and without outlines, is drawn
offscreen in the same run. The lasso has 100 corners and holds about a third of the items. "Processor" is the time
that the thread itself had of a core, which another program's work beside it does not lengthen. Memory is what is kept
and what is held at the most while drawing, by tracemalloc, without the positions and colours themselves.
"""

from __future__ import annotations

import os
import time
import tracemalloc
from collections.abc import Callable, Iterable
from typing import Any

import machine
import numpy as np

SIZE = (1200, 800)
PACKAGES = ("aekit", "numpy", "PySide6-Essentials", "pyqtgraph")


def main() -> None:
    parser = machine.arguments(__doc__, "explorer_map")
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--frames", type=int, default=120)
    asked = parser.parse_args()
    machine.use_threads(asked.threads)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    facts = machine.facts() | {"versions": {name: machine.installed(name) for name in PACKAGES}}
    positions, rgb = clusters(asked.items)
    rows = frames(positions, rgb, asked.frames)
    rows |= peer(positions, max(10, asked.frames // 8))
    rows |= picking(positions, asked.frames)
    print(f"{asked.items:,} items, ms\n")
    machine.table(["what", *next(iter(rows.values()))], [[name, *row.values()] for name, row in rows.items()])
    kept = memory(positions, rgb)
    print()
    machine.table(["memory", "MB"], list(kept.items()))
    machine.save(asked.json, facts, {"items": asked.items, "ms": rows, "memory_mb": kept})


def clusters(count: int) -> tuple[Any, Any]:
    """Positions (N, 2) float32 and colours (N, 3) uint8 of ten clusters with long tails."""
    random = np.random.default_rng(0)
    labels = random.integers(10, size=count)
    shapes, centres = random.normal(0, 0.7, (10, 2, 2)), random.normal(0, 3, (10, 2))
    spread = np.einsum("nij,nj->ni", shapes[labels], random.normal(size=(count, 2)))
    places = centres[labels] + spread + 0.15 * random.standard_t(3, (count, 2))
    return places.astype(np.float32), random.integers(40, 220, (10, 3)).astype(np.uint8)[labels]


def frames(positions: Any, rgb: Any, count: int) -> dict[str, dict[str, float]]:
    """Frames of ours: while panning at several zooms, while zooming, with a selection, and after other colours."""
    from aekit_gui.models.camera import fitted, moved, to_screen, zoomed
    from aekit_gui.models.raster import Points, draw

    points, home = Points(positions), fitted(positions, SIZE)
    few, middle = Points(positions[:60_000]), np.median(positions, axis=0)
    at = tuple(float(v) for v in to_screen(home, SIZE, middle[None])[0])

    def draw_all(cameras: Iterable[Any], of: Any = points, **changes: Any) -> dict[str, float]:
        colours = rgb[: len(of)]
        draw(of, home, SIZE, 1.0, colours, None, changes.get("selected"), (16, 19, 23))
        return spread(
            lambda camera: draw(of, camera, SIZE, 1.0, colours, None, changes.get("selected"), (16, 19, 23)),
            cameras,
        )

    def panned(factor: float) -> list[Any]:
        start = zoomed(home, SIZE, at, factor)
        return [moved(start, 4 * n, 2 * n) for n in range(count)]

    zooms = [zoomed(home, SIZE, at, 1.06 ** (n if n < count // 2 else count - n)) for n in range(count)]
    chosen = positions[:, 0] > middle[0]
    return {
        "panning, all seen": draw_all(panned(1)),
        "panning, 3 times closer": draw_all(panned(3)),
        "panning, 20 times closer": draw_all(panned(20)),
        "zooming in and out": draw_all(zooms),
        "panning, half of it selected": draw_all(panned(1), selected=chosen),
        "60,000 items, panning": draw_all(panned(1), few),
        "60,000 items, zooming": draw_all(zooms, few),
        "first frame in other colours": spread(
            lambda n: draw(points, home, SIZE, 1.0, rgb.copy(), None, None, (16, 19, 23)), range(8)
        ),
    }


def peer(positions: Any, count: int) -> dict[str, dict[str, float]]:
    """Frames of pyqtgraph while panning, if it is installed."""
    if machine.installed("pyqtgraph") is None:
        return {}
    import pyqtgraph
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    window = pyqtgraph.PlotWidget()
    window.resize(*SIZE)
    window.hideAxis("left")
    window.hideAxis("bottom")
    window.addItem(pyqtgraph.ScatterPlotItem(pos=positions, size=4, pen=None, brush=(90, 140, 220)))
    window.show()
    window.grab()

    def pan(_: int) -> None:
        window.getPlotItem().getViewBox().translateBy(x=0.01, y=0.01)
        app.processEvents()
        window.grab()

    found = spread(pan, range(count))
    window.close()
    return {"pyqtgraph, panning, all seen": found}


def picking(positions: Any, count: int) -> dict[str, dict[str, float]]:
    """What the pointer asks, and what is made once."""
    from aekit_gui.models.picking import Index
    from aekit_gui.models.raster import Points

    index, random = Index(positions), np.random.default_rng(1)
    at = positions[random.integers(len(positions), size=5 * count)] + random.normal(0, 0.1, (5 * count, 2))
    shown = random.random(len(positions)) < 0.01
    line = lasso(positions)
    share = len(index.inside(line)) / len(positions)
    return {
        "nearest": spread(lambda place: index.nearest(*place, 0.3), at),
        "nearest, 1 % shown": spread(lambda place: index.nearest(*place, 0.3, shown), at),
        "the 12 nearest": spread(lambda place: index.near(*place, 12), at),
        f"lasso of 100 corners, {100 * share:.0f} % inside": spread(
            lambda _: index.inside(line), range(count)
        ),
        "box": spread(lambda _: index.inside_box(-2, -2, 2, 2), range(count)),
        "making the index": spread(lambda _: Index(positions.copy()), range(5)),
        "making the index and what is drawn": spread(lambda _: Points(positions.copy()), range(5)),
    }


def lasso(positions: Any) -> Any:
    """A star of 100 corners around the middle that holds about a third of the items."""
    turns = np.linspace(0, 2 * np.pi, 100, endpoint=False)
    star = np.stack([np.cos(turns), np.sin(turns)], 1) * (1 + 0.2 * np.sin(9 * turns))[:, None]
    middle = np.median(positions, axis=0)
    return middle + star * np.quantile(np.hypot(*(positions - middle).T), 0.35)


def memory(positions: Any, rgb: Any) -> dict[str, float]:
    """What is kept for drawing and picking, and the most that was held meanwhile, in MB."""
    from aekit_gui.models.camera import fitted
    from aekit_gui.models.picking import Index
    from aekit_gui.models.raster import Points, draw

    camera, places = fitted(positions, SIZE), positions.copy()
    tracemalloc.start()
    points, index = Points(places), Index(places)
    made = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    draw(points, camera, SIZE, 1.0, rgb, None, None, (16, 19, 23))
    drawn = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del index
    return {
        "kept, nothing drawn yet": made[0] / 1e6,
        "kept after drawing": drawn[0] / 1e6,
        "most while preparing": made[1] / 1e6,
        "most while drawing": drawn[1] / 1e6,
    }


def spread(call: Callable[[Any], Any], over: Iterable[Any]) -> dict[str, float]:
    """The times of a call over something, in ms."""
    times, busy = [], []
    for one in over:
        began, worked = time.perf_counter(), time.thread_time()
        call(one)
        times.append(1000 * (time.perf_counter() - began))
        busy.append(1000 * (time.thread_time() - worked))
    middle, high, most = np.percentile(times, [50, 95, 100])
    own = float(np.percentile(busy, 95))
    return {"p50": float(middle), "p95": float(high), "most": float(most), "processor, p95": own}


if __name__ == "__main__":
    main()
