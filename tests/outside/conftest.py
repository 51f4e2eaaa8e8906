# Fixtures of the tests from outside: the two plugins as if they were installed.
"""Fixtures of the tests from outside: the two plugins as if they were installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from site_folders import put_in_place, visible

HERE = Path(__file__).parent


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Small networks are slower on several threads, and much slower where the cores are shared."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def words_and_rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site folder with the two plugins of this directory."""
    site = tmp_path_factory.mktemp("site")
    for name in ("words", "rows"):
        put_in_place(HERE / name, site)
    return site


@pytest.fixture(scope="module")
def outside(words_and_rows: Path) -> Iterator[Path]:
    """The two plugins, importable in this process for as long as a test module runs."""
    yield from visible(words_and_rows)
