# Layouts by UMAP: computed in the niced model process, kept with the run, found again without computing.
"""Layouts by UMAP: computed in the niced model process, kept with the run, found again without computing.

N codes of D dimensions. Up to `MOST` codes are laid out by UMAP itself; the others are placed among them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aekit.errors import AekitError
from aekit.files import read_arrays, write_arrays
from aekit.latent import nearest, umap
from aekit.latent.arrays import checked_codes
from aekit.places import cache_folder

Floats = NDArray[np.float32]
Progress = Callable[[float, str], None]

MOST = 20_000  # codes that UMAP lays out; its time grows a little faster than their number
NEIGHBOURS = 8  # laid-out codes among which another one is placed
BLOCK = 4_096  # codes placed at a time
FITTED = 0.7  # the share of the work that UMAP itself is taken for, where others have to be placed


def umap_positions(codes: Floats, run: Path, progress: Progress) -> Floats:
    """Places on the map for codes (N, D): (N, 2). Kept with the run, or where it can't be written, in the cache.

    Args:
        run: the run's folder.
        progress: called with the share that is done, in [0, 1], and words; what it raises ends the work.

    Raises:
        UsageError: UMAP is not installed, there are fewer than 4 codes, or they are not finite.
    """
    known = cached_positions(codes, run)
    if known is not None:
        return known
    checked_codes(codes)
    rows = even(len(codes))
    more = "" if len(rows) == len(codes) else f" of {len(codes):,}"
    progress(0.02, f"UMAP of {len(rows):,}{more} codes")
    laid = np.asarray(umap(codes[rows], components=2), np.float32)
    positions = laid if len(rows) == len(codes) else placed(codes, rows, laid, progress)
    progress(0.99, "keeping the layout")
    keep(positions, codes, run)
    progress(1.0, "laid out")
    return positions


def cached_positions(codes: Floats, run: Path) -> Floats | None:
    """The layout of exactly these codes (N, D) that was kept before: (N, 2); None where there is none."""
    wanted = None
    for path in kept_at(run):
        if not path.is_file():
            continue
        try:
            arrays, facts = read_arrays(path)
        except (AekitError, OSError):
            continue
        positions = arrays.get("positions")
        wanted = wanted or digest(codes)
        if facts.get("codes") == wanted and positions is not None and positions.shape == (len(codes), 2):
            return np.ascontiguousarray(positions, np.float32)
    return None


def keep(positions: Floats, codes: Floats, run: Path) -> None:
    """Write a layout beside the run's codes, else into the person's cache, else nowhere: it can be made again."""
    for path in kept_at(run):
        if path.parent == run / "latents" and not path.parent.is_dir():
            continue  # a run that was deleted meanwhile does not come back
        try:
            write_arrays(path, {"positions": positions}, {"codes": digest(codes)})
        except AekitError:
            continue
        return


def kept_at(run: Path) -> tuple[Path, Path]:
    """Where a run's layout may lie."""
    name = hashlib.sha256(str(run.resolve()).encode()).hexdigest()[:24]
    return run / "latents" / "umap.safetensors", cache_folder() / "umap" / f"{name}.safetensors"


def digest(codes: Floats) -> str:
    """What tells these codes from others: SHA-256 of an even selection of rows, and of sums of all bits."""
    table = np.ascontiguousarray(codes, np.float32)
    sums = table.view(np.uint32).sum(0, dtype=np.uint64)
    found = hashlib.sha256(f"{table.shape}".encode())
    found.update(sums.tobytes())
    found.update(np.ascontiguousarray(table[even(len(table))]).tobytes())
    return found.hexdigest()


def even(count: int) -> NDArray[np.int64]:
    """Rows of an even selection, rising: all of up to `MOST`."""
    if count <= MOST:
        return np.arange(count)
    return np.linspace(0, count - 1, MOST).astype(np.int64)


def placed(codes: Floats, rows: NDArray[np.int64], laid: Floats, progress: Progress) -> Floats:
    """Places of all codes (N, 2): `laid` for the `rows`, the others at the weighted mean of their neighbours'."""
    positions = np.empty((len(codes), 2), np.float32)
    positions[rows] = laid
    others = np.delete(np.arange(len(codes)), rows)
    fitted = codes[rows]
    for first in range(0, len(others), BLOCK):
        block = others[first : first + BLOCK]
        positions[block] = among(fitted, laid, codes[block])
        done = min(first + BLOCK, len(others))
        progress(FITTED + (0.98 - FITTED) * done / len(others), f"placed {done:,} of {len(others):,} more")
    return positions


def among(fitted: Floats, laid: Floats, codes: Floats) -> Floats:
    """Places of codes (B, D): the mean of the nearest fitted ones' places, weighted by one over the distance."""
    distances, near = nearest(fitted, codes, min(NEIGHBOURS, len(fitted)))
    least = 1e-6 * float(np.abs(fitted).max() or 1.0)  # a code that was laid out itself keeps its place
    weights = 1 / (distances.astype(np.float64) + least)
    weights /= weights.sum(1, keepdims=True)
    found: Floats = np.einsum("bk,bkc->bc", weights, laid[near]).astype(np.float32)
    return found
