# Layouts by UMAP: kept with the run or in the cache, found again, and large ones placed among a selection.
"""Layouts by UMAP: kept with the run or in the cache, found again, and large ones placed among a selection."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from aekit_gui.work import layout
from aekit_gui.work.layout import cached_positions, umap_positions

from aekit.errors import AekitError, UsageError

Calls = list[int]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "run" / "latents").mkdir(parents=True)
    return tmp_path / "run"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """In UMAP's place the first two dimensions, doubled; keeps how many codes it was given."""
    given: Calls = []

    def first_two(codes: np.ndarray, components: int) -> np.ndarray:
        given.append(len(codes))
        return 2 * codes[:, :components]

    monkeypatch.setattr(layout, "umap", first_two)
    return given


def some(count: int, width: int = 3, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 1, (count, width)).astype(np.float32)


def quiet(share: float, text: str) -> None:
    pass


def test_a_layout_is_kept_with_the_run_and_found_again(run: Path, calls: Calls) -> None:
    codes = some(300)
    assert cached_positions(codes, run) is None

    made = umap_positions(codes, run, quiet)
    again = umap_positions(codes, run, quiet)

    assert np.array_equal(made, 2 * codes[:, :2]) and made.dtype == np.float32
    assert np.array_equal(again, made) and calls == [300]
    assert [path.name for path in (run / "latents").iterdir()] == ["umap.safetensors"]


def test_other_codes_have_no_layout_yet(run: Path, calls: Calls) -> None:
    codes = some(300)
    umap_positions(codes, run, quiet)
    nudged = codes.copy()
    nudged[123, 2] = np.nextafter(nudged[123, 2], 9)

    assert cached_positions(nudged, run) is None
    assert cached_positions(codes[:299], run) is None
    assert cached_positions(codes[::-1], run) is None
    assert cached_positions(codes, run) is not None


def test_a_damaged_layout_is_made_anew(run: Path, calls: Calls) -> None:
    codes = some(300)
    umap_positions(codes, run, quiet)
    path = run / "latents" / "umap.safetensors"
    path.write_bytes(path.read_bytes()[:-5])

    assert cached_positions(codes, run) is None
    umap_positions(codes, run, quiet)

    assert calls == [300, 300] and cached_positions(codes, run) is not None


def test_a_run_that_cannot_be_written_has_its_layout_in_the_cache(
    run: Path, calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = layout.write_arrays

    def refuse(path: Path, *rest: object) -> None:
        if run in path.parents:
            raise AekitError("Cannot write: Read-only file system.")
        write(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(layout, "write_arrays", refuse)
    codes = some(300)

    made = umap_positions(codes, run, quiet)

    assert not list((run / "latents").iterdir())
    assert len(list((tmp_path / "cache").rglob("*.safetensors"))) == 1
    assert np.array_equal(cached_positions(codes, run), made)


def test_where_nothing_can_be_written_the_layout_is_still_given(
    run: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AekitError("Cannot write: No space left on device.")

    monkeypatch.setattr(layout, "write_arrays", refuse)

    assert umap_positions(some(300), run, quiet).shape == (300, 2)


def test_a_run_that_was_deleted_does_not_come_back(tmp_path: Path, calls: Calls) -> None:
    umap_positions(some(50), tmp_path / "gone", quiet)

    assert not (tmp_path / "gone").exists()


def test_many_codes_are_placed_among_an_even_selection(
    run: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "MOST", 2_000)
    codes = some(9_000, width=2)
    told: list[float] = []

    made = umap_positions(codes, run, lambda share, text: told.append(share))

    assert calls == [2_000] and told == sorted(told) and told[-1] == 1.0 and len(told) >= 4
    fitted = layout.even(9_000)
    assert np.array_equal(made[fitted], 2 * codes[fitted])
    inside = np.linalg.norm(codes, axis=1) < 2
    away = np.linalg.norm(made - 2 * codes, axis=1)[inside]
    assert np.median(away) < 0.1 and away.max() < 0.6


def test_the_weights_are_one_over_the_distance() -> None:
    fitted = np.array([[0.0], [3.0]], np.float32)
    laid = np.array([[0.0, 10.0], [30.0, 10.0]], np.float32)

    places = layout.among(fitted, laid, np.array([[1.0], [3.0]], np.float32))

    assert places == pytest.approx(np.array([[10.0, 10.0], [30.0, 10.0]]), abs=1e-3)


def test_placing_is_bounded_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "MOST", 4_000)
    codes = some(30_000, width=8)
    rows = layout.even(len(codes))
    tracemalloc.start()

    layout.placed(codes, rows, codes[rows, :2], quiet)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 250 * 2**20


def test_finding_a_large_layout_is_quick(run: Path, calls: Calls) -> None:
    codes = some(20_000, width=16)
    umap_positions(codes, run, quiet)
    began = time.perf_counter()

    assert cached_positions(codes, run) is not None

    assert time.perf_counter() - began < 0.05


@pytest.mark.parametrize("codes", [some(3), np.full((10, 2), np.nan, np.float32)])
def test_codes_that_cannot_be_laid_out_are_a_sentence(run: Path, codes: np.ndarray) -> None:
    with pytest.raises(UsageError, match="received"):
        umap_positions(codes, run, quiet)


def test_a_cancelled_layout_leaves_nothing(run: Path, calls: Calls) -> None:
    def cancel(share: float, text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        umap_positions(some(50), run, cancel)

    assert not list((run / "latents").iterdir())


def test_looking_for_a_layout_loads_neither_torch_nor_umap() -> None:
    heavy = ("torch", "umap", "matplotlib", "PySide6")
    code = f"import sys, aekit_gui.work.layout; print([name for name in {heavy} if name in sys.modules])"

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ), check=True
    )

    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_real_umap_keeps_clusters_apart(run: Path) -> None:
    pytest.importorskip("umap")
    random = np.random.default_rng(0)
    codes = np.concatenate([random.normal(5 * group, 0.3, (150, 6)) for group in range(3)]).astype(np.float32)

    made = umap_positions(codes, run, quiet)

    centres = np.stack([made[150 * group : 150 * (group + 1)].mean(0) for group in range(3)])
    spread = max(made[150 * group : 150 * (group + 1)].std() for group in range(3))
    assert np.linalg.norm(centres[0] - centres[1]) > 2 * spread
    assert np.array_equal(cached_positions(codes, run), made)
