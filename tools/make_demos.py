# Makes the demo runs that the explorer ships: trains them with the real trainer, then shrinks their folders.
"""Make the demo runs that the explorer ships: train them with the real trainer, then shrink their folders.

    python tools/make_demos.py              (about a quarter of an hour on two cores)
    python tools/make_demos.py digits-2d    (only this one)

A shrunk run is a run like any other, without what resuming needs: weights in half precision, codes of an even
selection of the items, their layout by UMAP, the directions of attributes, and a picture for the gallery.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "gui")]
TARGET = ROOT / "gui/aekit_gui/demos"


class Demo(NamedTuple):
    """What is trained, and how many of its codes are kept.

    Attributes:
        title: the name in the gallery.
        arguments: of `aekit train`.
        items: codes that are kept.
        half: whether they are kept in half precision, which a map of two dimensions would show as a grid.
    """

    title: str
    arguments: str
    items: int
    half: bool


DIGITS = "--plugin image --width 256 --depth 2 --learning-rate 1.2e-3 --epochs 40"
DEMOS = {
    "digits-2d": Demo("Digits in two dimensions", f"{DIGITS} --latent-dim 2", 20_000, False),
    "digits-16d": Demo("Digits in sixteen dimensions", f"{DIGITS} --latent-dim 16", 10_000, True),
    "folk-tunes": Demo(
        "Folk tunes, two bars",
        "--plugin music --width 128 --depth 4 --batch-size 128 --max-time 300s",
        3_000,
        True,
    ),
}


def main() -> None:
    """Make the demos that were named, or all."""
    for name in sys.argv[1:] or DEMOS:
        with tempfile.TemporaryDirectory() as place:
            run = Path(place) / name
            command = [
                sys.executable,
                "-m",
                "aekit",
                "train",
                *DEMOS[name].arguments.split(),
                "--out",
                str(run),
            ]
            print("$", *command[2:], flush=True)
            subprocess.run(command, check=True)
            shrink(run, TARGET / name, DEMOS[name])
        size = sum(file.stat().st_size for file in (TARGET / name).rglob("*"))
        print(f"{name}: {size / 1e6:.1f} MB", flush=True)


def shrink(run: Path, target: Path, demo: Demo) -> None:
    """Write the small form of a run to `target`, in place of what is there."""
    from aekit_gui.work.layout import umap_positions

    from aekit import load, steering
    from aekit.files import read_arrays, write_arrays, write_json
    from aekit.views import png

    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    record = json.loads((run / "run.json").read_bytes())
    write_json(target / "run.json", record)
    write_json(target / "demo.json", {"title": demo.title})
    shutil.copy(run / "metrics.jsonl", target)

    arrays, facts = read_arrays(run / "weights.safetensors")
    halves = {name: halved(array) for name, array in arrays.items()}
    write_arrays(target / "weights.safetensors", halves, facts)

    arrays, facts = read_arrays(run / "latents/final.safetensors")
    chosen = np.linspace(0, len(arrays["mean"]) - 1, min(demo.items, len(arrays["mean"]))).astype(int)
    kept = {name: array[chosen] for name, array in arrays.items()}
    if demo.half:
        kept |= {name: kept[name].astype(np.float16) for name in ("mean", "log_variance")}
    write_arrays(target / "latents/final.safetensors", kept, facts)

    model = load(target)
    if model.latent_dim > 2:
        umap_positions(kept["mean"].astype(np.float32), target, lambda share, words: None)
    steering.keep(model, steering.learn(load(run)))
    (target / "card.png").write_bytes(png(card(model)))


def halved(array: np.ndarray) -> np.ndarray:
    """Floats in half precision; the rest as it is."""
    return array.astype(np.float16) if array.dtype == np.float32 else array


def card(model: object) -> np.ndarray:
    """The picture for the gallery, about 2.4 times as wide as high: a plane decoded on a grid, or samples."""
    from aekit import figures

    if model.latent_dim == 2:
        whole = figures.manifold_sheet(model, 12, None)
        rows = len(whole) // 12
        return whole[3 * rows : 8 * rows]
    small = model.run.record.plugin == "image"
    columns, rows = (7, 3) if small else (3, 2)
    views = [model.view(item) for item in model.sample(columns * rows, seed=3)]
    cells = type(views[0]).pictures(views)
    made = np.concatenate([np.concatenate(row, 1) for row in figures.in_rows(cells, columns)], 0)
    return made.repeat(2, 0).repeat(2, 1) if small else made


if __name__ == "__main__":
    main()
